//! What publishes, or would: `run` and `plan`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::AnswerFormat;

/// What `run` and `plan` make tables with.
#[derive(Debug, Args)]
pub struct Making {
    /// Day or moment that traits and segments count back from: YYYY-MM-DD or RFC 3339
    /// [default: project.as_of in the config, else the newest event time]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Most threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Most memory to take, as 8GiB or 500MB; what has no room goes to files in the output folder
    /// [default: project.memory_limit in the config, else three quarters of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub memory_limit: Option<u64>,
}

/// What `run` takes.
#[derive(Debug, Args)]
#[command(after_long_help = RUN_EXAMPLES)]
pub struct RunArgs {
    /// As of when, and with what.
    #[command(flatten)]
    pub making: Making,
    /// Also write the tables between the stages to this folder, as Parquet
    #[arg(long, value_name = "DIR")]
    pub stage_dir: Option<PathBuf>,
    /// Publish although this gate (GATE or GATE:WHAT) is broken; repeatable
    #[arg(long, value_name = "GATE")]
    pub accept: Vec<String>,
    /// Write what every gate said to this file, as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write what every gate said to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub gates: Option<PathBuf>,
    /// Write the run's figures to this file for Prometheus' node exporter [default: output.metrics in the config]
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// Publish pseudonyms instead of identifiers and names
    #[arg(long)]
    pub pseudonymize: bool,
    /// Print nothing when all goes well: no progress, no summary
    #[arg(short, long)]
    pub quiet: bool,
    /// How stages are logged to standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

const RUN_EXAMPLES: &str = "\
Examples:
  onefold run                                  publish; the summary goes to the terminal
  onefold run --quiet                          from cron: silent unless something is wrong
  onefold run --as-of 2026-01-31               traits and segments as of a day
  onefold run --accept reassigned_share        publish although this gate is broken; run.json keeps it
  onefold run --junit gates.xml                in CI: every gate as a test
  onefold run --log-format json 2> run.jsonl   one JSON object per stage";

/// How stages are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A progress line at a terminal, nothing elsewhere.
    Text,
    /// One JSON object per line and stage.
    Json,
}

/// What `plan` takes.
#[derive(Debug, Args)]
#[command(after_long_help = PLAN_EXAMPLES)]
pub struct PlanArgs {
    /// As of when, and with what.
    #[command(flatten)]
    pub making: Making,
    /// How to print the plan
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
}

/// `--memory-limit`.
fn memory(text: &str) -> Result<u64, String> {
    let fault = || "expected a number and a unit, as 8GiB or 500MB".to_owned();
    crate::config::parse_memory(text).ok_or_else(fault)
}

const PLAN_EXAMPLES: &str = "\
Examples:
  onefold plan                               before a run: what would tonight change?
  onefold plan -c candidate.toml             what would this rule do to us? (same [output] dir)
  onefold plan --format json > plan.json     for a script that decides";
