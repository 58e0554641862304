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
  onefold init exports/*             a first config from raw files
  onefold run                        read, link, publish what onefold.toml says
  onefold run -c acme/onefold.toml   the same for another project
  onefold check                      is everything right, before a long run?
  onefold explain pos/4711           why this record is with that customer
  onefold evaluate --truth labels.csv
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
    /// Write a config from raw files
    ///
    /// Looks at the beginning of every file: delimiter, encoding, header, which columns are e-mail, phone, ids, names, amounts
    /// and times, and whether it is a vendor's layout that is known. Files of one kind become one source. The config says how
    /// sure every guess is, and runs as it is. An id never becomes a number.
    Init(InitArgs),
    /// Look at the config and its files without running
    ///
    /// Every fault at once: keys and names with their line, SQL rules against the real columns, files and their headers, the
    /// output folder. Then what the first rows of every file hold, column by column, and what looks odd. What check passes,
    /// run does not refuse before it reads.
    Check(CheckArgs),
    /// Look at the identifiers of every source before anything is linked
    ///
    /// How often they are filled, how many are usable and why the others are not, how many are different, which forms they
    /// have, which values come most often, which look like junk, and what sources have in common: where joins will come from.
    Profile(ProfileArgs),
    /// Say what publishing now would change, and publish nothing
    ///
    /// Reads, links and folds everything as `run` does, and compares the result with the published run: persons created,
    /// merged, split and retired, records that would go to another person, golden values, segments, with the causes of
    /// the largest changes. After a change of the config it tells what the new rule would do.
    Plan(PlanArgs),
    /// Say what is different between two published runs
    Diff(DiffArgs),
    /// Say why two records are one person, or why not
    ///
    /// One thing: who it is, what holds the person together, what it hangs on, and what was ignored or refused and why. Two
    /// things: the shortest chain of evidence between them, its weakest link and what would part them; or, where they are
    /// two persons, what they have in common and why it does not link them. An id that nobody bears any more: who has the
    /// records now. Values are shown in full.
    Explain(ExplainArgs),
    /// Score the published persons against labels
    ///
    /// The labels say who each record really belongs to. Records without a label are left out. Recall is also given against
    /// the pairs that shared identifiers can reach, for no linking over identifiers can find more.
    Evaluate(EvaluateArgs),
    /// Show the first rows of a published table
    Head(HeadArgs),
    /// Ask the published tables with SQL
    ///
    /// One SELECT; tables are those of docs/tables.md. It reads nothing else: no files, no network.
    Sql(SqlArgs),
    /// List the runs in the output folder
    Runs(RunsArgs),
    /// Make an earlier run the published one
    ///
    /// Readers of OUTPUT/current see it from then on, at one instant. Later runs stay where they are. The next run goes
    /// on from it: it keeps its person ids, and gives none of those that later runs gave.
    Rollback(RollbackArgs),
    /// Check a run's files against what run.json says of them
    ///
    /// Exit code 1 when a file is missing or is not what was written.
    Verify(VerifyArgs),
    /// Show or prune the rows that are kept from run to run
    ///
    /// Parsed and normalized rows are kept per input file, under a fingerprint of the file and of everything in the config
    /// that affects them, so that a run reads only what is new. A published run keeps what it used. What is missing or
    /// damaged is read again; deleting it costs time and nothing else.
    Cache(CacheArgs),
    /// Erase a person from everything that onefold keeps
    ///
    /// From all kept runs, the cache and every other file of the output folder. Only keyed hashes stay, by which every run to
    /// come drops the rows of this person, also new ones. Your exports are not changed: the receipt says in which files and
    /// lines the person still stands. All or nothing: an erasure that is interrupted is finished by the next command.
    Forget(ForgetArgs),
    /// Print everything that is held about a person, as JSON
    ///
    /// For an access request: records with their fields, files and lines, golden values and where each is from, identifiers,
    /// segments and every other row that is about this person, in full.
    Subject(SubjectArgs),
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
    /// Most memory to take, as 8GiB or 500MB; what has no room goes to files in the output folder
    /// [default: project.memory_limit in the config, else three quarters of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub memory_limit: Option<u64>,
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

/// What `plan` takes.
#[derive(Debug, Args)]
#[command(after_long_help = PLAN_EXAMPLES)]
pub struct PlanArgs {
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

/// What `diff` takes.
#[derive(Debug, Args)]
#[command(after_long_help = DIFF_EXAMPLES)]
pub struct DiffArgs {
    /// The earlier run [default: the one that the later run went on from]
    #[arg(value_name = "RUN")]
    pub before: Option<u64>,
    /// The later run [default: the published one]
    #[arg(value_name = "RUN2")]
    pub after: Option<u64>,
    /// How to print the difference
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  onefold diff             what the published run changed
  onefold diff 38          from run 38 to the published one
  onefold diff 38 41 --format json";

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

/// What `explain` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXPLAIN_EXAMPLES)]
pub struct ExplainArgs {
    /// A person id (or 8 characters or more of its beginning), SOURCE/RECORD_ID, or IDENTIFIER=VALUE
    pub what: String,
    /// A second one, to compare with
    #[arg(value_name = "WHAT2")]
    pub what_2: Option<String>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
    /// Print a picture instead: records and identifiers as dots and boxes, refused links dashed
    #[arg(long, value_name = "FORMAT", value_enum, conflicts_with = "format")]
    pub picture: Option<PictureFormat>,
    /// The run to look at [default: the published one]
    #[arg(long, value_name = "N")]
    pub run: Option<u64>,
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  onefold explain email=ana@example.com
  onefold explain pos/4711                            the person that a receipt went to
  onefold explain pos/4711 'phone=(617) 555-0123'     why these are one person, or why not
  onefold explain 6f1c2a9e 0b7d44c1 --format json
  onefold explain pos/4711 --picture html > person.html
  onefold explain 3e5d0c77                            an id of last March: where that person is now";

/// Who is meant.
#[derive(Debug, Args)]
pub struct WhoArgs {
    /// A person id (or 8 characters or more of its beginning), SOURCE/RECORD_ID, or IDENTIFIER=VALUE
    #[arg(value_name = "WHO", required_unless_present_any = ["email", "phone"])]
    pub what: Vec<String>,
    /// Whoever has this e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub email: Vec<String>,
    /// Whoever has this telephone number
    #[arg(long, value_name = "NUMBER")]
    pub phone: Vec<String>,
}

/// What `forget` takes.
#[derive(Debug, Args)]
#[command(after_long_help = FORGET_EXAMPLES)]
pub struct ForgetArgs {
    /// Who is meant.
    #[command(flatten)]
    pub who: WhoArgs,
    /// Say what would be erased, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to print the receipt
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
}

const FORGET_EXAMPLES: &str = "\
Examples:
  onefold forget --email ana@example.com --dry-run     what would be erased
  onefold forget --email ana@example.com
  onefold forget loyalty_id=C-1001 --phone '(617) 555-0123'
  onefold forget pos/4711 --format json                the person of a receipt; the receipt of the erasure as JSON";

/// What `subject` takes.
#[derive(Debug, Args)]
#[command(after_long_help = SUBJECT_EXAMPLES)]
pub struct SubjectArgs {
    /// Who is meant.
    #[command(flatten)]
    pub who: WhoArgs,
    /// Write to this file, for its owner alone to read, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

const SUBJECT_EXAMPLES: &str = "\
Examples:
  onefold subject --email ana@example.com --output ana.json
  onefold subject 6f1c2a9e | jq '.persons[0].records'";

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PictureFormat {
    /// A page for a browser, with a legend.
    Html,
    /// The picture alone.
    Svg,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// Plain words.
    Text,
    /// One JSON document.
    Json,
}

/// What `evaluate` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EVALUATE_EXAMPLES)]
pub struct EvaluateArgs {
    /// CSV file with the columns source, record_id, person; without source where the config has one source only
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,
    /// How to print the figures
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = AnswerFormat::Text)]
    pub format: AnswerFormat,
    /// Exit with 1 when pairwise precision is below this share
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub min_precision: Option<f64>,
    /// Exit with 1 when pairwise recall is below this share
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub min_recall: Option<f64>,
    /// Exit with 1 when pairwise F1 is below this share
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub min_f1: Option<f64>,
    /// Exit with 1 when B³ F1 is below this share
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub min_b3: Option<f64>,
    /// The run to look at [default: the published one]
    #[arg(long, value_name = "N")]
    pub run: Option<u64>,
}

const EVALUATE_EXAMPLES: &str = "\
Examples:
  onefold evaluate --truth labels.csv
  onefold evaluate --truth labels.csv --min-precision 0.99 --min-recall 0.85    in CI: exit code 1 when it got worse";

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share is between 0 and 1".to_owned()) }
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

/// What `sql` takes.
#[derive(Debug, Args)]
#[command(after_long_help = SQL_EXAMPLES)]
pub struct SqlArgs {
    /// One SELECT over published tables
    pub query: String,
    /// How to print the rows
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = HeadFormat::Table)]
    pub format: HeadFormat,
    /// The run to look at [default: the published one]
    #[arg(long, value_name = "N")]
    pub run: Option<u64>,
}

const SQL_EXAMPLES: &str = "\
Examples:
  onefold sql 'select channels, count(*) as persons from golden_customers group by channels order by persons desc'
  onefold sql 'select * from segments join golden_customers using (person_id)' --format csv > audience.csv
  onefold sql 'select namespace, decision, count(*) as n from edges group by namespace, decision' --format json";

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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_config_may_be_named_before_or_behind_the_command() {
        for line in [["onefold", "-c", "a.toml", "run"], ["onefold", "run", "-c", "a.toml"]] {
            let read = Cli::try_parse_from(line).expect("a sound command line");
            assert_eq!(read.config, PathBuf::from("a.toml"));
        }
    }
}
