//! `onefold run`: from raw exports to published tables.

use std::path::{Path, PathBuf};

use super::clock::{now, peak_memory, seconds};
use super::job::Job;
use super::progress::Progress;
use super::{Failure, print};
use crate::cli::RunArgs;
use crate::gates;
use crate::model::{Gate, GateState, RunReport};
use crate::problem::{Problem, Result as Checked};
use crate::publish::{self, Earlier, OutputFolder, Staging};

/// Runs the whole job and prints the closing summary.
pub fn run(config: &Path, args: &RunArgs) -> Result<(), Failure> {
    super::threads::limit(args.making.threads)?;
    let started = now();
    let mut progress = Progress::start("open", args.quiet, args.log_format);
    let mut job = Job::open(config, args.making.as_of.as_deref())?;
    job.memory = args.making.memory_limit;
    let accepted = job.gates.accept(&args.accept)?;
    for warning in job.inputs.warnings().iter().chain(&job.doubts()) {
        progress.warn(&warning.to_string());
    }
    if let Some(folder) = &args.stage_dir {
        publish::stage_writable(folder)?;
    }
    let folder = OutputFolder::open(&job.out, &started)?;
    let earlier = Earlier::find(&job.out)?;
    let staging = folder.stage()?;
    let mut report = job.report(staging.run(), started);
    let folders = [Some(staging.path()), args.stage_dir.as_deref()];
    let veil = job.veil(args.pseudonymize)?;
    let (counts, more) = job.make(earlier.as_ref(), folders, veil.as_ref(), &mut report, &mut progress)?;
    if let Some(veil) = &veil {
        publish::pseudonymize(veil, staging.path(), &mut report)?;
    }
    report.stages = progress.end(&counts).to_vec();
    report.peak_memory = peak_memory();
    report.gates = job.gates.check(&report, earlier.as_ref().map(Earlier::report), &accepted)?;
    let page = publish::write_page(&more, &report, earlier.as_ref().map(Earlier::report), staging.path())?;
    report.page = Some(page);
    tell_ci(&report, args)?;
    let metrics = metrics_file(&job, args);
    let broken: Vec<&Gate> = report.gates.iter().filter(|gate| gate.state == GateState::Broken).collect();
    if !broken.is_empty() {
        let failure = hold(&report, &broken, staging)?;
        if let Some(path) = &metrics {
            publish::write_metrics(&report, false, seconds(), path)?;
        }
        return Err(failure);
    }
    report.published_at = now();
    publish::write_report(&report, staging.path())?;
    let close = if veil.is_some() { &publish::KEPT_CLOSE[..] } else { &[] };
    publish::grant(&job.out, staging.path(), job.loaded.config.output.readers, close)?;
    staging.publish()?;
    let mut faults = folder.retire(job.loaded.config.output.keep_runs);
    faults.extend(super::cache::forget(&job.out, &report).err());
    faults.extend(folder.remove_held().err());
    faults.extend(metrics.and_then(|path| publish::write_metrics(&report, true, seconds(), &path).err()));
    for fault in faults {
        progress.warn(&fault.to_string()); // the run is published all the same
    }
    drop(progress);
    if args.quiet {
        return Ok(());
    }
    let place = Path::new(&job.loaded.config.output.dir).join("current");
    print(publish::summary(&report, &job.loaded.base.join(place).display().to_string()).as_bytes())
}

/// `--metrics`, else `[output] metrics`.
fn metrics_file(job: &Job, args: &RunArgs) -> Option<PathBuf> {
    let said = job.loaded.config.output.metrics.as_ref();
    args.metrics.clone().or_else(|| said.map(|path| job.loaded.base.join(path)))
}

/// Keeps the run that broke gates, and says which and what to do.
fn hold(report: &RunReport, broken: &[&Gate], staging: Staging<'_>) -> Checked<Failure> {
    publish::write_report(report, staging.path())?;
    let place = staging.hold()?;
    let fault = |gate: &&Gate| format!("gate {} is broken: {}; limit {}", gate.name(), gate.found, gate.limit);
    let mut names: Vec<String> = broken.iter().map(|gate| format!("--accept {}", gate.name())).collect();
    names.dedup();
    let fix = format!(
        "run {} is kept in {}: look at it with `onefold diff {} {}`; publish it all the same with {}",
        report.run,
        place.display(),
        report.changes.map_or_else(|| "RUN".to_owned(), |changes| changes.since.to_string()),
        report.run,
        names.join(" ")
    );
    Ok(Failure::Gate { faults: broken.iter().map(fault).collect(), fix })
}

/// `--junit` and `--gates`: what every gate said, for a CI.
fn tell_ci(report: &RunReport, args: &RunArgs) -> Checked<()> {
    let write = |path: &Path, text: String| {
        let what = |error| Problem::file(path.display().to_string(), None, format!("cannot write: {error}"), "");
        std::fs::write(path, text).map_err(what)
    };
    if let Some(path) = &args.junit {
        write(path, gates::junit(&report.project, &report.gates))?;
    }
    if let Some(path) = &args.gates {
        write(path, format!("{:#}\n", serde_json::json!({ "run": report.run, "gates": report.gates })))?;
    }
    Ok(())
}
