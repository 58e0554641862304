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
    let mut pages = String::new();
    let mut add = |command: clap::Command| {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page).map_err(|error| Failure::output(&error))?;
        pages += &with_examples(&String::from_utf8_lossy(&page));
        Ok::<(), Failure>(())
    };
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    add(cli.clone())?;
    for command in cli.get_subcommands() {
        add(command.clone())?;
    }
    print(pages.as_bytes())
}

/// A page whose examples stand line by line; the renderer knows them as text to fill paragraphs with.
fn with_examples(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut is_example = false;
    for line in page.lines() {
        if is_example && line.starts_with(".SH") {
            text += ".fi\n";
            is_example = false;
        }
        if line == ".SH EXTRA" {
            text += ".SH EXAMPLES\n.nf\n";
            is_example = true;
        } else if !(is_example && line == "Examples:") {
            text += line;
            text.push('\n');
        }
    }
    if is_example {
        text += ".fi\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_manual_keep_their_lines() {
        let page = ".SH NAME\nx\n.SH EXTRA\nExamples:\n  x a   this\n  x b   that\n.SH VERSION\nv1\n";
        let expected = ".SH NAME\nx\n.SH EXAMPLES\n.nf\n  x a   this\n  x b   that\n.fi\n.SH VERSION\nv1\n";
        assert_eq!(with_examples(page), expected);
        assert_eq!(with_examples(".SH EXTRA\n  x a\n"), ".SH EXAMPLES\n.nf\n  x a\n.fi\n");
    }
}
