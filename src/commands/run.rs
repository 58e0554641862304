//! `onefold run`: from raw exports to published tables.

use std::path::Path;

use super::clock::{now, peak_memory};
use super::job::Job;
use super::progress::Progress;
use super::{Failure, print};
use crate::cli::RunArgs;
use crate::ingest::{self, Collected, Inputs};
use crate::model::{InputFile, RunReport, Schema};
use crate::normalize;
use crate::pipeline::{self, Plans, Resolved};
use crate::problem::Problem;
use crate::publish::{self, OutputFolder, Publication};

/// Runs the whole job and prints the closing summary.
pub fn run(config: &Path, args: &RunArgs) -> Result<(), Failure> {
    super::threads::limit(args.threads)?;
    let started = now();
    let mut progress = Progress::start("open", args.quiet, args.log_format);
    let job = Job::open(config, args.as_of.as_deref())?;
    for warning in job.inputs.warnings() {
        progress.warn(&warning.to_string());
    }
    let folder = OutputFolder::open(&job.out, &started)?;
    let staging = folder.stage()?;
    let mut report = job.report(staging.run(), started);

    let Job { loaded, schema, policies, selection, mut plan, rules, said, inputs, as_of, .. } = job;
    if args.stage_dir.is_none() {
        plan.keep_only(&rules.reads());
    }
    progress.next("ingest", &[("files", inputs.files().count() as u64)]);
    let (collected, files) = read(inputs, &schema, &plan, &progress)?;
    progress.next("number", &[("rows", files.iter().map(|file| file.rows).sum())]);
    let numbered = ingest::number(collected, &schema)?;
    let records = numbered.records.len() as u64;
    let resolved = pipeline::resolve(numbered, &schema, &policies, &said, &mut |stage| {
        progress.next(stage, &[("records", records)]);
    })?;
    warn_of(&resolved.warnings, &progress);
    let breaches = resolved.breaches();
    if !breaches.is_empty() {
        return Err(Failure::Gate(breaches));
    }

    progress.next("publish", &[("persons", resolved.persons.len() as u64)]);
    report.as_of = as_of.or_else(|| resolved.newest());
    let plans =
        Plans::new(&loaded.config, &schema, report.as_of).map_err(|faults| Failure::in_config(faults, &loaded))?;
    let publication = Publication {
        resolved: &resolved,
        schema: &schema,
        policies: &policies,
        identifiers: &|row, each| plan.identifiers(row, each),
        golden: &publish::golden_columns(&loaded.config, &schema),
        segments: &loaded.config.segment.iter().map(|segment| segment.name.clone()).collect::<Vec<_>>(),
        files: &files,
    };
    if let Some(stages) = &args.stage_dir {
        publish::write_stages(&publication, stages)?;
    }
    publish::write(&publication, &plans, &selection, staging.path(), &mut report)?;
    let counts = counts(&resolved, &report);
    report.inputs = files;
    report.stages = progress.end(&counts).to_vec();
    report.peak_memory = peak_memory();
    report.published_at = now();
    publish::write_report(&report, staging.path())?;
    staging.publish()?;
    for fault in folder.retire(loaded.config.output.keep_runs) {
        progress.warn(&fault.to_string());
    }
    drop(progress);
    if args.quiet {
        return Ok(());
    }
    let place = Path::new(&loaded.config.output.dir).join("current");
    print(publish::summary(&report, &loaded.base.join(place).display().to_string()).as_bytes())
}

/// Warnings about the steward's files, the first few of them.
fn warn_of(warnings: &[Problem], progress: &Progress) {
    const SHOWN: usize = 10;
    for warning in warnings.iter().take(SHOWN) {
        progress.warn(&warning.to_string());
    }
    if warnings.len() > SHOWN {
        progress.warn(&format!(
            "{} more rows of steward files change nothing or not all that they say",
            warnings.len() - SHOWN
        ));
    }
}

fn read(
    inputs: Inputs,
    schema: &Schema,
    plan: &normalize::Plan,
    progress: &Progress,
) -> Result<(Collected, Vec<InputFile>), Failure> {
    progress.expect_bytes(inputs.bytes());
    let mut collected = Collected::new(schema);
    let files = ingest::read(inputs, plan, &mut |batch| collected.add(batch), &|bytes| progress.bytes(bytes))?;
    let of_source = |name: &str| files.iter().filter(|file| file.source == name).count() as u64;
    collected.files(schema.sources.iter().map(|source| of_source(&source.name)));
    Ok((collected, files))
}

fn counts<'a>(resolved: &Resolved, report: &RunReport) -> [(&'a str, u64); 5] {
    [
        ("records", report.records),
        ("persons", report.persons),
        ("rejects", resolved.rejects.len() as u64),
        ("tables", report.tables.len() as u64),
        ("bytes", report.tables.iter().map(|table| table.bytes).sum()),
    ]
}
