//! The command line: these structs' doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Folds every channel into one customer: exports in, golden customers and segments out.
///
/// onefold reads the exports that you already have, links their records into persons over shared identifiers, and
/// writes a golden customer table, segments, and every decision on the way. What to read and how is said in one TOML
/// file, `onefold.toml` in the current folder unless --config names another; paths in it are relative to it.
#[derive(Debug, Parser)]
#[command(name = "onefold", version, arg_required_else_help = true, after_long_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Config file
    #[arg(short, long, global = true, value_name = "FILE", default_value = "onefold.toml", env = "ONEFOLD_CONFIG")]
    pub config: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  onefold run                        read, link, publish what onefold.toml says
  onefold run -c acme/onefold.toml   the same for another project
  onefold head golden_customers      look at the published customers
  onefold head crosswalk -n 100 --format csv

Exit codes: 0 published, 1 a gate failed and nothing was published, 2 usage, config or input/output.
Results go to standard output, everything else to standard error. NO_COLOR is respected.";

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read all exports, link them, and publish golden customers and segments
    ///
    /// Tables are written beside the published ones and swapped in at once: whoever reads OUTPUT/current sees the
    /// earlier run or this one, whole. A run that fails changes nothing.
    Run(RunArgs),
    /// Show the first rows of a published table
    Head(HeadArgs),
    /// List the runs in the output folder
    Runs(RunsArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// What `run` takes.
#[derive(Debug, Args)]
#[command(after_long_help = RUN_EXAMPLES)]
pub struct RunArgs {
    /// Day or moment that traits and segments count back from: YYYY-MM-DD or RFC 3339
    /// [default: project.as_of in the config, else the newest event time]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Most threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Also write the tables between the stages to this folder, as Parquet
    #[arg(long, value_name = "DIR")]
    pub stage_dir: Option<PathBuf>,
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
  onefold run --log-format json 2> run.jsonl   one JSON object per stage";

/// How stages are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A progress line at a terminal, nothing elsewhere.
    Text,
    /// One JSON object per line and stage.
    Json,
}

/// What `head` takes.
#[derive(Debug, Args)]
#[command(after_long_help = HEAD_EXAMPLES)]
pub struct HeadArgs {
    /// The table: golden_customers, segments, crosswalk, edges … (see docs/tables.md)
    pub table: String,
    /// How many rows
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub rows: usize,
    /// How to print them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = HeadFormat::Table)]
    pub format: HeadFormat,
    /// The run to look at [default: the published one]
    #[arg(long, value_name = "N")]
    pub run: Option<u64>,
}

const HEAD_EXAMPLES: &str = "\
Examples:
  onefold head golden_customers
  onefold head segments -n 1000 --format csv > segments.csv";

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HeadFormat {
    /// Aligned columns, wide cells cut.
    Table,
    /// CSV, whole cells.
    Csv,
    /// One JSON object per line.
    Json,
}

/// What `runs` takes.
#[derive(Debug, Args)]
pub struct RunsArgs {
    /// How to print them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = HeadFormat::Table)]
    pub format: HeadFormat,
}
