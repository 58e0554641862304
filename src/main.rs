//! Parse, dispatch, print the error, exit code.

use std::process::ExitCode;

use clap::Parser;
use onefold::cli::Cli;
use onefold::commands;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::dispatch(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
