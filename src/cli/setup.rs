//! Before a run: `init`, `check`, `profile`.

use std::path::PathBuf;

use clap::Args;

use super::AnswerFormat;

/// What `init` takes.
#[derive(Debug, Args)]
#[command(after_long_help = INIT_EXAMPLES)]
pub struct InitArgs {
    /// The exports: CSV, JSON Lines or Parquet, packed or not
    #[arg(required = true, value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Print the config instead of writing it
    #[arg(long)]
    pub print: bool,
    /// Write over a config that is there
    #[arg(long)]
    pub force: bool,
}

const INIT_EXAMPLES: &str = "\
Examples:
  onefold init exports/*                      writes onefold.toml
  onefold init exports/* -c acme/onefold.toml
  onefold init orders.csv --print             shows it only";

/// What `check` takes.
#[derive(Debug, Args)]
#[command(after_long_help = CHECK_EXAMPLES)]
pub struct CheckArgs {
    /// How many rows of every file to look at
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1000)]
    pub rows: u64,
    /// As `run` takes it
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// As `run` takes it
    #[arg(long, value_name = "DIR")]
    pub stage_dir: Option<PathBuf>,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  onefold check
  onefold check -c acme/onefold.toml -n 100000
  onefold check --format json | jq '.warnings'

Exit codes: 0 a run would start, 2 it would be refused. Warnings do not change the exit code.";

/// What `profile` takes.
#[derive(Debug, Args)]
#[command(after_long_help = PROFILE_EXAMPLES)]
pub struct ProfileArgs {
    /// Show values in full; else they are masked
    #[arg(long)]
    pub full: bool,
    /// How to print the figures
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
}

const PROFILE_EXAMPLES: &str = "\
Examples:
  onefold profile
  onefold profile --full                                    with the values themselves
  onefold profile --format json | jq '.overlaps'";
