//! The way from an opened config to the tables of a run in a folder: what `run` publishes and `plan` only compares.

use std::collections::BTreeSet;
use std::path::Path;

use super::Failure;
use super::job::Job;
use super::progress::Progress;
use crate::consent;
use crate::erasure::Domain;
use crate::ingest::{self, Cache, Collected, Inputs, Sieve};
use crate::model::{FieldId, InputFile, MemoryLimit, Records, RunReport, Schema, SuppressionList};
use crate::normalize;
use crate::pipeline::{self, Plans, Resolved};
use crate::problem::{Problem, mask};
use crate::publish::{self, Earlier, Publication, Veil};
use crate::report::More;

/// The cache's folder in the output folder.
pub const CACHE: &str = "cache";

/// What tells this build of onefold from any other: another one may read files otherwise.
fn program() -> String {
    let about = std::env::current_exe().and_then(std::fs::metadata).ok();
    let modified = about.as_ref().and_then(|about| about.modified().ok());
    let modified = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let (size, modified) = (about.map_or(0, |about| about.len()), modified.map_or(0, |time| time.as_nanos()));
    format!("{} {size} {modified}", env!("CARGO_PKG_VERSION"))
}

/// Figures that the closing log line has.
pub type Counts = [(&'static str, u64); 5];

impl Job {
    /// The cache, unless the config says that there is none.
    fn cache(&self, kept: Option<&BTreeSet<FieldId>>) -> Option<Cache> {
        let config = &self.loaded.config;
        let cache = || Cache::new(&self.out.join(CACHE), &program(), config, &self.schema, kept);
        config.output.cache.then(cache)
    }

    /// Reads, links and folds everything and writes the tables of the run that `report` is of into `staging`, and the
    /// tables between the stages into `stage_dir`. `report` gets the figures, with pseudonyms of `veil` where they show values;
    /// those that only the report page needs come back.
    pub fn make(
        &mut self,
        earlier: Option<&Earlier>,
        [staging, stage_dir]: [Option<&Path>; 2],
        veil: Option<&Veil>,
        report: &mut RunReport,
        progress: &mut Progress,
    ) -> Result<(Counts, More), Failure> {
        let inputs = std::mem::take(&mut self.inputs);
        let kept = stage_dir.is_none().then(|| self.rules.reads());
        if let Some(kept) = &kept {
            self.plan.keep_only(kept); // nobody sees the other fields
        }
        let kept: Option<BTreeSet<FieldId>> = kept.map(|kept| kept.into_iter().collect());
        let (loaded, schema) = (&self.loaded, &self.schema);
        progress.next("ingest", &[("files", inputs.files().count() as u64)]);
        let cache = self.cache(kept.as_ref());
        let limit = self.memory_limit();
        let bytes = limit.bytes;
        let sieve = self.erased.as_ref().and_then(|erased| Sieve::new(erased, schema, &self.plan));
        let kept = (cache.as_ref(), sieve.as_ref());
        let (collected, files) = read(inputs, schema, &self.plan, kept, limit, progress)?;
        if ingest::needed(collected.taken()) > bytes {
            progress.warn(&too_little(collected.taken(), bytes).to_string());
        }
        for note in cache.iter().flat_map(Cache::take_notes) {
            progress.warn(&note.to_string());
        }
        progress.next("number", &[("rows", files.iter().map(|file| file.rows).sum())]);
        let numbered = ingest::number(collected, schema)?;
        let records = numbered.records.len() as u64;
        let mut previous = |records: &Records, schema: &Schema| match earlier {
            Some(earlier) => Ok(Some((earlier.report().run, earlier.previous(records, schema)?))),
            None => Ok(None),
        };
        let erased_ids = self.erased.as_ref().and_then(|erased| erased.of(&Domain::person()));
        let is_erased = |id: u128| erased_ids.is_some_and(|ids| ids.holds(id));
        let ids = (&mut previous as &mut pipeline::Earlier<'_>, &is_erased as &(dyn Fn(u128) -> bool + Sync));
        let (policies, said) = (&self.policies, &self.said);
        let digests: &consent::Digests<'_> = &|row, wanted, each| self.plan.digests(row, wanted, each);
        let consent = consent::Rules { plan: self.rules.consent(), lists: &self.lists, digests };
        let resolved = pipeline::resolve(numbered, schema, policies, said, consent, ids, &mut |stage| {
            progress.next(stage, &[("records", records)]);
        })?;
        warn_of(&resolved.warnings, progress);
        warn_of_consent(&resolved, schema, progress);
        warn_of_lists(&self.lists, progress);
        let breaches = resolved.breaches();
        if !breaches.is_empty() {
            let fix = "this is a fault of onefold; please report it".to_owned();
            return Err(Failure::Gate { faults: breaches, fix });
        }
        progress.next("publish", &[("persons", resolved.persons.len() as u64)]);
        report.as_of = self.as_of.or_else(|| resolved.newest());
        let mut plans =
            Plans::new(&loaded.config, schema, report.as_of).map_err(|faults| Failure::in_config(faults, loaded))?;
        plans.look_at_all(&loaded.config, schema, report.as_of, &resolved)?;
        let show = |value: &str| veil.map_or_else(|| mask(value), |veil| veil.short(value));
        let publication = Publication {
            resolved: &resolved,
            schema,
            policies: &self.policies,
            identifiers: &|row, each| self.plan.identifiers(row, each),
            golden: &publish::golden_columns(&loaded.config, schema),
            segments: &loaded.config.segment.iter().map(|segment| segment.name.clone()).collect::<Vec<_>>(),
            files: &files,
            lists: &self.lists,
            audiences: &loaded.config.audience,
            show: &show,
            run: report.run,
            earlier,
        };
        if let Some(stages) = stage_dir {
            publish::write_stages(&publication, stages)?;
        }
        let mut more = More::default();
        if let Some(staging) = staging {
            more = publish::write(&publication, &plans, &self.selection, staging, report)?;
        }
        let counts = counts(&resolved, report);
        report.inputs = files;
        Ok((counts, more))
    }
}

/// A warning for everything that sources say about consent in words that nobody knows.
fn warn_of_consent(resolved: &Resolved, schema: &Schema, progress: &Progress) {
    for key in &schema.consents {
        let unread = resolved.unread(key);
        if unread > 0 {
            let name = key.name();
            progress.warn(&format!(
                "{unread} values of consent `{name}` are in words that nobody knows, so they say nothing (table                  ignored_identifiers lists them); hint: give them a meaning in [source.consent]: {name} = {{ column = …, \
                 values = {{ \"WORD\" = \"opted_out\" }} }}"
            ));
        }
    }
}

/// A warning for every suppression list that has rows nobody can read: whom they mean would be contacted.
fn warn_of_lists(lists: &[SuppressionList], progress: &Progress) {
    for list in lists.iter().filter(|list| list.unread > 0) {
        progress.warn(&format!(
            "suppression list `{}`: {} rows hold no value of its identifier, so nobody is kept back by them",
            list.name, list.unread
        ));
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

/// A limit that cannot be kept.
fn too_little(records: usize, limit: u64) -> Problem {
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let what = format!(
        "{} MiB of memory are too little for {records} records, which need about {} MiB: the run takes what it needs",
        mib(limit),
        mib(ingest::needed(records))
    );
    Problem::run(what, "raise memory_limit, or split the sources over several projects")
}

fn read(
    inputs: Inputs,
    schema: &Schema,
    plan: &normalize::Plan,
    (cache, sieve): (Option<&Cache>, Option<&Sieve<'_>>),
    limit: MemoryLimit,
    progress: &Progress,
) -> Result<(Collected, Vec<InputFile>), Failure> {
    progress.expect_bytes(inputs.bytes());
    let mut collected = Collected::new(schema, Some(limit));
    let mut take = |batch| collected.add(batch);
    let files = ingest::read(inputs, plan, cache, sieve, &mut take, &|bytes| progress.bytes(bytes))?;
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
