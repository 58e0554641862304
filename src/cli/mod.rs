//! The command line: these structs' doc comments are the help.

mod ask;
mod formats;
mod privacy;
mod publish;
mod runs;
mod setup;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

pub use ask::{DiffArgs, EvaluateArgs, ExplainArgs, HeadArgs, PictureFormat, SqlArgs};
pub use formats::{AnswerFormat, HeadFormat};
pub use privacy::{ForgetArgs, SubjectArgs, WhoArgs};
pub use publish::{LogFormat, PlanArgs, RunArgs};
pub use runs::{CacheArgs, ReportArgs, RollbackArgs, RunsArgs, VerifyArgs};
pub use setup::{CheckArgs, InitArgs, ProfileArgs};

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
    /// merged, split and retired, records that would go to another person, golden values, segments, and what each
    /// merge and split comes from. After a change of the config it tells what the new rule would do.
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
    /// Say again what a run said, and what its stages cost
    ///
    /// The summary that the run printed, where its page for a browser is, and time and work per stage. The page itself,
    /// report.html, knows no clock: it is the same for the same data.
    Report(ReportArgs),
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
