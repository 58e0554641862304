//! One thin file per command: load, call, write.

mod asked;
mod cache;
mod check;
mod clock;
mod diff;
mod evaluate;
mod explain;
mod exports;
mod failure;
mod forget;
mod grid;
mod head;
mod init;
mod job;
mod lookup;
mod make;
mod past;
mod plan;
mod profile;
mod progress;
mod reference;
mod report;
mod rollback;
mod run;
mod runs;
mod shell;
mod sql;
mod subject;
mod threads;
mod verify;
mod why;

use std::io::Write;
use std::path::Path;

pub use failure::{EXIT_CODES, Failure};
pub use reference::cli_page;

use crate::cli::{Cli, Command};
use crate::config::{self, Loaded};

/// Runs the command that was typed.
pub fn dispatch(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Run(args) => run::run(&cli.config, args),
        Command::Explain(args) => explain::explain(&cli.config, args),
        Command::Evaluate(args) => evaluate::evaluate(&cli.config, args),
        Command::Init(args) => init::init(&cli.config, args),
        Command::Profile(args) => profile::profile(&cli.config, args),
        Command::Check(args) => check::check(&cli.config, args),
        Command::Head(args) => head::head(&cli.config, args),
        Command::Sql(args) => sql::sql(&cli.config, args),
        Command::Plan(args) => plan::plan(&cli.config, args),
        Command::Diff(args) => diff::diff(&cli.config, args),
        Command::Rollback(args) => rollback::rollback(&cli.config, args),
        Command::Verify(args) => verify::verify(&cli.config, args),
        Command::Cache(args) => cache::cache(&cli.config, args),
        Command::Report(args) => report::report(&cli.config, args),
        Command::Runs(args) => runs::runs(&cli.config, args),
        Command::Forget(args) => forget::forget(&cli.config, args),
        Command::Subject(args) => subject::subject(&cli.config, args),
        Command::Completions { shell } => shell::completions(*shell),
        Command::Man => shell::man(),
    }
}

/// Writes a result to standard output. A reader that went away has what it wanted.
fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| Failure::output(&error)),
    }
}

/// Loads and checks the config; its faults come with the lines that they are on.
fn load(path: &Path) -> Result<Loaded, Failure> {
    in_text(path, config::load(path))
}

/// Faults with the config's text, so that they can be shown in it.
fn in_text<T>(path: &Path, loaded: Result<T, crate::problem::Problems>) -> Result<T, Failure> {
    loaded.map_err(|problems| {
        let text = config::read(path).ok();
        Failure::Faults(problems, text.map(|text| (path.to_owned(), text)))
    })
}
