//! What asks published runs: `explain`, `diff`, `evaluate`, `head`, `sql`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AnswerFormat, HeadFormat};

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

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PictureFormat {
    /// A page for a browser, with a legend.
    Html,
    /// The picture alone.
    Svg,
}

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
