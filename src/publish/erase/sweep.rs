//! Every file of the output folder, swept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::super::folder::RunFolder;
use super::super::read::read_report;
use super::super::scan::scan;
use super::super::select::has_table;
use super::super::tables::PROVENANCE;
use super::super::verify::{REPORT, REPORT_SUM, report_sum};
use super::journal::Journal;
use super::row::InRun;
use super::stored::{LIST, RECEIPTS, make_secret};
use super::{cache, rewrite};
use crate::disk::fault;
use crate::erasure::{Erased, Receipt, RunErased, Traces};
use crate::model::Rewritten;
use crate::problem::{Problem, Result};
use crate::publish::OutputFolder;

/// The folder of kept rows, in the output folder.
const CACHE: &str = "cache";
/// The first page of a run whose report told of her.
const NO_REPORT: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>onefold</title>\n<p>This report told of a \
                         person who was erased. The next run writes one anew.</p>\n";

/// An erasure in the making: new files wait beside the old ones until [`commit`](Self::commit).
#[derive(Debug)]
pub struct Erasure<'a> {
    folder: &'a OutputFolder,
    journal: Journal,
    swept: Swept,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Per run that held something, by number.
    pub runs: BTreeMap<u64, RunErased>,
    /// Files written anew.
    pub rewritten: u64,
    /// Files deleted.
    pub deleted: u64,
    /// Files that hold something of hers and are of no form that onefold writes, relative to the output folder.
    pub left: Vec<String>,
}

impl<'a> Erasure<'a> {
    /// Sweeps everything: what is to be written anew is written beside the old files. `mixed` tells, per run, the persons
    /// who are not only her; `at` is now, RFC 3339 UTC.
    pub fn sweep(
        folder: &'a OutputFolder,
        runs: &[RunFolder],
        traces: &Traces,
        mixed: &BTreeMap<u64, BTreeSet<String>>,
        at: &str,
        receipt: u64,
    ) -> Result<Self> {
        let out = folder.path();
        let mut erasure = Self { folder, journal: Journal::begin(out)?, swept: Swept::default() };
        let nobody = BTreeSet::new();
        for run in runs {
            erasure.run(run, InRun::new(traces, mixed.get(&run.run).unwrap_or(&nobody)), at, receipt)?;
        }
        let is_run = |path: &Path| runs.iter().any(|run| run.path == path);
        let anywhere = InRun::new(traces, &nobody);
        for path in files(out, &|path| is_run(path) || is_ours(out, path))? {
            let mut counts = RunErased::default();
            erasure.file(&path, &anywhere, &mut counts)?;
        }
        for entry in cache::entries_about(&out.join(CACHE), traces)? {
            erasure.journal.delete(format!("{CACHE}/{entry}"));
            erasure.swept.deleted += 1;
        }
        Ok(erasure)
    }

    /// What was found.
    #[must_use]
    pub fn swept(&self) -> &Swept {
        &self.swept
    }

    /// Adds to the list of what is erased, files the receipt, and swaps everything in. `add` gets the list.
    pub fn commit(self, mut receipt: Receipt, add: &mut dyn FnMut(&mut Erased) -> u64) -> Result<Receipt> {
        let out = self.folder.path();
        let secret = make_secret(out)?;
        let mut list = super::erased(out)?.unwrap_or_else(|| Erased::new(&secret));
        receipt.hashes_added = add(&mut list);
        let fault =
            |error| Problem::run(format!("the receipt: {error}"), "this is a fault of onefold; please report it");
        let mut text = serde_json::to_vec_pretty(&receipt).map_err(fault)?;
        text.push(b'\n');
        self.journal.put(Path::new(LIST), list.text().as_bytes())?;
        self.journal.put(&Path::new(RECEIPTS).join(format!("{:06}.json", receipt.receipt)), &text)?;
        self.journal.commit()?;
        Ok(receipt)
    }

    fn run(&mut self, run: &RunFolder, mut here: InRun<'_>, at: &str, receipt: u64) -> Result<()> {
        if !here.mixed.is_empty() && has_table(run, PROVENANCE.name) {
            for person in here.mixed {
                here.keep.entry(person.clone()).or_default();
            }
            let mut keep = std::mem::take(&mut here.keep);
            scan(run, PROVENANCE.name, ["person_id", "field", "source", "record_id"], &mut |[
                person,
                field,
                source,
                id,
            ]| {
                if let Some(columns) = keep.get_mut(person).filter(|_| !here.has_record(source, id)) {
                    columns.insert(field.to_owned());
                }
            })?;
            here.keep = keep;
        } else {
            here.keep = here.mixed.iter().map(|person| (person.clone(), BTreeSet::new())).collect();
        }
        let mut counts = RunErased { run: run.run, persons_left: here.mixed.len() as u64, ..RunErased::default() };
        let report_path = run.path.join(REPORT);
        let mut changed = BTreeMap::new();
        for path in files(&run.path, &|path| path == report_path || path == run.path.join(REPORT_SUM))? {
            if let Some(done) = self.file(&path, &here, &mut counts)? {
                let name = path.strip_prefix(&run.path).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                changed.insert(name, done);
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        if report_path.exists() {
            let mut report = read_report(&run.path)?;
            for file in report.tables.iter_mut().chain(&mut report.page) {
                if let Some(done) = changed.get(&file.file) {
                    (file.bytes, file.fingerprint) = (done.bytes, done.fingerprint.clone());
                    file.rows = if is_table(Path::new(&file.file)) { done.rows } else { file.rows };
                }
            }
            report.rewritten.push(Rewritten {
                at: at.to_owned(),
                receipt,
                rows_dropped: counts.rows_dropped,
                cells_blanked: counts.cells_blanked,
            });
            let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
            text.push('\n');
            let text = here.traces.without(&text).unwrap_or(text);
            self.put(&report_path, text.as_bytes())?;
            self.put(&run.path.join(REPORT_SUM), report_sum(text.as_bytes()).as_bytes())?;
        }
        self.swept.runs.insert(run.run, counts);
        Ok(())
    }

    /// Sweeps one file.
    fn file(&mut self, path: &Path, run: &InRun<'_>, counts: &mut RunErased) -> Result<Option<rewrite::Rewritten>> {
        let target = || self.journal.place(path.strip_prefix(self.folder.path()).unwrap_or(path));
        let done = match path.extension().and_then(|ending| ending.to_str()) {
            Some("parquet") => rewrite::parquet(path, run, &target)?,
            Some("csv") => rewrite::csv(path, run, &target)?,
            ending => {
                let bytes = fs::read(path).map_err(|error| fault(path, "read", &error, 0))?;
                let Ok(text) = String::from_utf8(bytes) else {
                    self.look_for(path, run.traces)?;
                    return Ok(None);
                };
                // A report calls persons by the beginning of their ids.
                let is_told = |text: &str| run.traces.persons.iter().any(|id| text.contains(id.get(..8).unwrap_or(id)));
                let new = match run.traces.without(&text) {
                    Some(_) if ending == Some("html") => NO_REPORT.to_owned(),
                    None if ending == Some("html") && is_told(&text) => NO_REPORT.to_owned(),
                    Some(new) => new,
                    None => return Ok(None),
                };
                counts.texts_changed += 1;
                let (bytes, fingerprint) = self.put(path, new.as_bytes())?;
                return Ok(Some(rewrite::Rewritten { bytes, fingerprint, ..rewrite::Rewritten::default() }));
            }
        };
        if let Some(done) = &done {
            self.swept.rewritten += 1;
            counts.rows_dropped += done.dropped;
            counts.cells_blanked += done.blanked;
        }
        Ok(done)
    }

    /// Says so when a file of a form that nobody here writes holds something of hers.
    fn look_for(&mut self, path: &Path, traces: &Traces) -> Result<()> {
        let bytes = fs::read(path).map_err(|error| fault(path, "read", &error, 0))?;
        let is_in = |needle: &[u8]| needle.len() > 5 && memchr::memmem::find(&bytes, needle).is_some();
        if traces.needles().into_iter().any(is_in) {
            let name = path.strip_prefix(self.folder.path()).unwrap_or(path);
            self.swept.left.push(name.display().to_string());
        }
        Ok(())
    }

    fn put(&mut self, path: &Path, content: &[u8]) -> Result<(u64, String)> {
        self.swept.rewritten += 1;
        self.journal.put(path.strip_prefix(self.folder.path()).unwrap_or(path), content)
    }
}

fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "parquet" || ending == "csv")
}

/// What of the output folder holds no data of persons, or is swept otherwise.
fn is_ours(out: &Path, path: &Path) -> bool {
    let ours = ["erasure", CACHE, "secret.key", ".lock", ".erasing", ".erasing-new"];
    ours.iter().any(|name| path == out.join(name))
}

/// Files below a folder, in order; links are not followed, and what `is_left_out` is left out with all below it.
fn files(folder: &Path, is_left_out: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let unread = |error| fault(&folder, "read", &error, 0);
        for entry in fs::read_dir(&folder).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(unread)?);
            if is_left_out(&path) || kind.is_symlink() {
                continue;
            }
            if kind.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort_unstable();
    Ok(found)
}
