//! `onefold run`: from raw exports to published tables.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::clock::{now, peak_memory};
use super::progress::Progress;
use super::{Failure, print};
use crate::cli::RunArgs;
use crate::config::{self, Loaded, NamespacePolicy};
use crate::ingest::{self, Collected, Inputs};
use crate::model::{InputFile, RunReport, Said, Schema};
use crate::normalize;
use crate::pipeline::{self, Plans, Resolved};
use crate::problem::{Place, Problem};
use crate::publish::{self, OutputFolder, Publication, Selection};

/// Runs the whole job and prints the closing summary.
pub fn run(config: &Path, args: &RunArgs) -> Result<(), Failure> {
    super::threads::limit(args.threads)?;
    let started = now();
    let mut progress = Progress::start("open", args.quiet, args.log_format);
    let job = Job::open(config, args)?;
    for warning in job.inputs.warnings() {
        progress.warn(&warning.to_string());
    }
    let folder = OutputFolder::open(&job.out, &started)?;
    let staging = folder.stage()?;
    let mut report = job.report(staging.run(), started);

    let Job { loaded, schema, policies, selection, plan, said, inputs, as_of, .. } = job;
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

/// A config with everything that can be known before a row is read.
struct Job {
    loaded: Loaded,
    schema: Schema,
    policies: Vec<NamespacePolicy>,
    selection: Selection,
    plan: normalize::Plan,
    /// What the steward's files say.
    said: Vec<Said>,
    inputs: Inputs,
    /// What the user says it is, UTC microseconds.
    as_of: Option<i64>,
    /// The output folder.
    out: PathBuf,
}

impl Job {
    /// Loads the config, compiles every rule, and opens every file: all faults that can be found come before any work.
    fn open(path: &Path, args: &RunArgs) -> Result<Self, Failure> {
        let loaded = super::load(path)?;
        let config = &loaded.config;
        let (schema, policies) = config::schema(config);
        let mut faults = Vec::new();
        let mut keep = |problems: crate::problem::Problems| faults.extend(problems.0);
        let selection = Selection::new(&config.output).map_err(&mut keep).ok();
        let plan = normalize::Plan::new(config, &schema, &policies).map_err(&mut keep).ok();
        let rules = Plans::new(config, &schema, None).map_err(&mut keep).ok();
        let as_of = as_of(args, &loaded).map_err(|problem| keep(problem.into())).ok();
        let said = plan.as_ref().map(|plan| ingest::steward(config, &schema, plan, &loaded.base).map_err(&mut keep));
        let said = said.and_then(Result::ok);
        let inputs = ingest::open(config, &schema, &loaded.base).map_err(&mut keep).ok();
        let (Some(selection), Some(plan), Some(_), Some(as_of), Some(inputs), Some(said), true) =
            (selection, plan, rules, as_of, inputs, said, faults.is_empty())
        else {
            return Err(Failure::in_config(crate::problem::Problems(faults), &loaded));
        };
        let out = loaded.base.join(&config.output.dir);
        Ok(Self { schema, policies, selection, plan, said, inputs, as_of, out, loaded })
    }

    fn report(&self, run: u64, started_at: String) -> RunReport {
        let config = &self.loaded.config;
        let folder = self.loaded.base.canonicalize().ok();
        let folder = folder.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let named = !config.project.name.is_empty();
        RunReport {
            onefold: env!("CARGO_PKG_VERSION").to_owned(),
            project: if named { config.project.name.clone() } else { folder.unwrap_or_default() },
            config_sha256: fingerprint(config),
            run,
            started_at,
            ..RunReport::default()
        }
    }
}

/// `--as-of`, else `project.as_of`, else nothing.
fn as_of(args: &RunArgs, loaded: &Loaded) -> Result<Option<i64>, Problem> {
    let project = &loaded.config.project;
    let zone = project.time_zone.as_deref();
    let fix = "write a day as 2026-01-31 or a moment as 2026-01-31T12:00:00Z";
    if let Some(text) = &args.as_of {
        let what = || format!("`{text}` is no day and no moment");
        return config::parse_as_of(text, zone).map(Some).ok_or_else(|| Problem {
            place: Place::Argument("--as-of".into()),
            what: what(),
            fix: fix.into(),
        });
    }
    let Some(text) = &project.as_of else { return Ok(None) };
    let parsed = config::parse_as_of(text, zone);
    parsed.map(Some).ok_or_else(|| Problem::config("project.as_of", format!("`{text}` is no day and no moment"), fix))
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

/// SHA-256 of what the config says, comments and layout aside.
fn fingerprint(config: &config::Config) -> String {
    let said = serde_json::to_vec(config).unwrap_or_default();
    Sha256::digest(said).iter().map(|byte| format!("{byte:02x}")).collect()
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
