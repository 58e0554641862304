//! The runs themselves, and what is kept between them: `report`, `runs`, `rollback`, `verify`, `cache`.

use clap::Args;

use super::{AnswerFormat, HeadFormat};

/// What `report` takes.
#[derive(Debug, Args)]
#[command(after_long_help = REPORT_EXAMPLES)]
pub struct ReportArgs {
    /// The run to look at [default: the published one]
    #[arg(long, value_name = "N")]
    pub run: Option<u64>,
    /// How to print it: in words, or all of run.json
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
}

const REPORT_EXAMPLES: &str = "\
Examples:
  onefold report                what last night's run said
  onefold report --run 38
  onefold report --format json | jq '.stages'";

/// What `runs` takes.
#[derive(Debug, Args)]
#[command(after_long_help = RUNS_EXAMPLES)]
pub struct RunsArgs {
    /// How to print them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = HeadFormat::Table)]
    pub format: HeadFormat,
}

const RUNS_EXAMPLES: &str = "\
Examples:
  onefold runs
  onefold runs --format csv > runs.csv";

/// What `rollback` takes.
#[derive(Debug, Args)]
#[command(after_long_help = ROLLBACK_EXAMPLES)]
pub struct RollbackArgs {
    /// The run to go back to [default: the one that the published run went on from]
    pub run: Option<u64>,
}

const ROLLBACK_EXAMPLES: &str = "\
Examples:
  onefold rollback         yesterday's tables again
  onefold runs             which runs there are
  onefold rollback 38";

/// What `verify` takes.
#[derive(Debug, Args)]
#[command(after_long_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// The run to check [default: the published one]
    pub run: Option<u64>,
    /// How to print the files
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = HeadFormat::Table)]
    pub format: HeadFormat,
    /// Print the SHA-256 of every file instead, as `sha256sum -c` reads it, when all is well
    #[arg(long, conflicts_with = "format")]
    pub sums: bool,
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  onefold verify                        the published run
  onefold verify 38 --format json
  onefold verify --sums > SHA256SUMS    to check a copy elsewhere: sha256sum -c SHA256SUMS";

/// What `cache` takes.
#[derive(Debug, Args)]
#[command(after_long_help = CACHE_EXAMPLES)]
pub struct CacheArgs {
    /// Delete what the published run did not use
    #[arg(long, conflicts_with = "clear")]
    pub prune: bool,
    /// Delete everything
    #[arg(long)]
    pub clear: bool,
    /// How to print the entries
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = HeadFormat::Table)]
    pub format: HeadFormat,
}

const CACHE_EXAMPLES: &str = "\
Examples:
  onefold cache            which files it has, and how large they are
  onefold cache --prune    what plans left
  onefold cache --clear    all of it: the next run reads every file";
