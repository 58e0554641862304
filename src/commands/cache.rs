//! `onefold cache`: the rows that are kept from run to run.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::clock::now;
use super::head::shown;
use super::make::CACHE;
use super::{Failure, print};
use crate::cli::CacheArgs;
use crate::ingest::{self, CacheFile};
use crate::model::RunReport;
use crate::problem::{Problem, Result};
use crate::publish::{self, Cells, OutputFolder};

/// Shows it, or deletes some or all of it.
pub fn cache(config: &Path, args: &CacheArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    if args.prune || args.clear {
        let _alone = OutputFolder::open(&out, &now())?;
        let used = if args.clear { BTreeSet::new() } else { used(&current(&out)?) };
        let gone = prune(&out, &used)?;
        let bytes: u64 = gone.iter().map(|file| file.bytes).sum();
        return print(format!("{} entries deleted, {bytes} bytes.\n", gone.len()).as_bytes());
    }
    let folder = out.join(CACHE);
    let files = ingest::cache_files(&folder).map_err(|error| fault(&folder, "read", &error))?;
    let report = current(&out).unwrap_or_default();
    let mut cells = Cells::new(&[("source", false), ("file", false), ("rows", true), ("bytes", true)]);
    let mut row = |source: &str, file: &str, rows: Option<u64>, bytes: u64| {
        let row = [Some(source.to_owned()), Some(file.to_owned()), rows.map(|rows| rows.to_string())];
        cells.rows.push(row.into_iter().chain([Some(bytes.to_string())]).collect());
    };
    let entry = |name: &String| files.iter().find(|file| file.name == *name);
    for input in &report.inputs {
        if let Some(file) = input.cache.as_ref().and_then(entry) {
            row(&input.source, &input.path, Some(input.rows), file.bytes);
        }
    }
    let used = used(&report);
    let others: Vec<&CacheFile> = files.iter().filter(|file| !used.contains(&file.name)).collect();
    if !others.is_empty() {
        let what = format!("{} entries that the published run does not use", others.len());
        row("", &what, None, others.iter().map(|file| file.bytes).sum());
    }
    print(&shown(&cells, args.format)?)
}

/// Deletes what the run that was just published did not use.
pub fn forget(out: &Path, report: &RunReport) -> Result<()> {
    prune(out, &used(report)).map(|_| ())
}

fn prune(out: &Path, used: &BTreeSet<String>) -> Result<Vec<CacheFile>> {
    let folder = out.join(CACHE);
    ingest::prune(&folder, used).map_err(|error| fault(&folder, "prune", &error))
}

fn used(report: &RunReport) -> BTreeSet<String> {
    report.inputs.iter().filter_map(|input| input.cache.clone()).collect()
}

fn current(out: &Path) -> Result<RunReport> {
    publish::read_report(&super::runs::find(out, None)?.path)
}

fn fault(folder: &Path, doing: &str, error: &io::Error) -> Problem {
    Problem::file(folder.display().to_string(), None, format!("cannot {doing} the cache: {error}"), "")
}
