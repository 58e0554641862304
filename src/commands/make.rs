//! The way from an opened config to the tables of a run in a folder: what `run` publishes and `plan` only compares.

use std::path::Path;

use super::Failure;
use super::job::Job;
use super::progress::Progress;
use crate::ingest::{self, Collected, Inputs};
use crate::model::{InputFile, Records, RunReport, Schema};
use crate::normalize;
use crate::pipeline::{self, Plans, Resolved};
use crate::problem::Problem;
use crate::publish::{self, Earlier, Publication};

/// Figures that the closing log line has.
pub type Counts = [(&'static str, u64); 5];

impl Job {
    /// Reads, links and folds everything and writes the tables of the run that `report` is of into `staging`, and the
    /// tables between the stages into `stage_dir`. `report` gets the figures.
    pub fn make(
        &mut self,
        earlier: Option<&Earlier>,
        [staging, stage_dir]: [Option<&Path>; 2],
        report: &mut RunReport,
        progress: &mut Progress,
    ) -> Result<Counts, Failure> {
        let inputs = std::mem::take(&mut self.inputs);
        if stage_dir.is_none() {
            self.plan.keep_only(&self.rules.reads()); // nobody sees the other fields
        }
        let (loaded, schema) = (&self.loaded, &self.schema);
        progress.next("ingest", &[("files", inputs.files().count() as u64)]);
        let (collected, files) = read(inputs, schema, &self.plan, progress)?;
        progress.next("number", &[("rows", files.iter().map(|file| file.rows).sum())]);
        let numbered = ingest::number(collected, schema)?;
        let records = numbered.records.len() as u64;
        let mut previous = |records: &Records, schema: &Schema| match earlier {
            Some(earlier) => Ok(Some((earlier.report().run, earlier.previous(records, schema)?))),
            None => Ok(None),
        };
        let resolved = pipeline::resolve(numbered, schema, &self.policies, &self.said, &mut previous, &mut |stage| {
            progress.next(stage, &[("records", records)]);
        })?;
        warn_of(&resolved.warnings, progress);
        let breaches = resolved.breaches();
        if !breaches.is_empty() {
            let fix = "this is a fault of onefold; please report it".to_owned();
            return Err(Failure::Gate { faults: breaches, fix });
        }
        progress.next("publish", &[("persons", resolved.persons.len() as u64)]);
        report.as_of = self.as_of.or_else(|| resolved.newest());
        let plans =
            Plans::new(&loaded.config, schema, report.as_of).map_err(|faults| Failure::in_config(faults, loaded))?;
        let publication = Publication {
            resolved: &resolved,
            schema,
            policies: &self.policies,
            identifiers: &|row, each| self.plan.identifiers(row, each),
            golden: &publish::golden_columns(&loaded.config, schema),
            segments: &loaded.config.segment.iter().map(|segment| segment.name.clone()).collect::<Vec<_>>(),
            files: &files,
            run: report.run,
            earlier,
        };
        if let Some(stages) = stage_dir {
            publish::write_stages(&publication, stages)?;
        }
        if let Some(staging) = staging {
            publish::write(&publication, &plans, &self.selection, staging, report)?;
        }
        let counts = counts(&resolved, report);
        report.inputs = files;
        Ok(counts)
    }
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

fn counts(resolved: &Resolved, report: &RunReport) -> Counts {
    [
        ("records", report.records),
        ("persons", report.persons),
        ("rejects", resolved.rejects.len() as u64),
        ("tables", report.tables.len() as u64),
        ("bytes", report.tables.iter().map(|table| table.bytes).sum()),
    ]
}
