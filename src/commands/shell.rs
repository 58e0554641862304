//! `completions` and `man`: made from the command line's own structs.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Failure, print};
use crate::cli::Cli;

/// Prints a completion script.
pub fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "onefold", &mut script);
    print(&script)
}

/// Prints the manual page: that of onefold, then one per command.
pub fn man() -> Result<(), Failure> {
    let mut page = Vec::new();
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    clap_mangen::Man::new(cli.clone()).render(&mut page).map_err(|error| Failure::output(&error))?;
    for command in cli.get_subcommands() {
        clap_mangen::Man::new(command.clone()).render(&mut page).map_err(|error| Failure::output(&error))?;
    }
    print(&page)
}
