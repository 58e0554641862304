//! Privacy: `forget` and `subject`.

use std::path::PathBuf;

use clap::Args;

use super::AnswerFormat;

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
