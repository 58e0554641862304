//! `docs/cli.md`: every command with its arguments, made from the command line's own structs.

use clap::{Arg, Command, CommandFactory};

use super::failure::EXIT_CODES;
use crate::cli::Cli;

/// The page, whole.
#[must_use]
pub fn cli_page() -> String {
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    let mut page = String::from(
        "# Commands\n\n\
         <!-- made from src/cli; `ONEFOLD_BLESS=1 cargo test --lib cli_page` writes it anew -->\n\n\
         `onefold COMMAND [-c FILE]`. `-h` is short, `--help` has examples. Results go to standard output, everything else to \
         standard error; colors follow `NO_COLOR` and end at a pipe.\n\n\
         | command | what it does |\n|---|---|\n",
    );
    for command in cli.get_subcommands() {
        let name = command.get_name();
        page += &format!("| [`{name}`](#{name}) | {} |\n", about(command));
    }
    page += "\nFor all of them:\n\n";
    page += &arguments(&cli, |_| true);
    page += "\n## Exit codes\n\n| code | meaning |\n|---|---|\n";
    for (code, meaning) in EXIT_CODES {
        page += &format!("| {code} | {meaning} |\n");
    }
    for command in cli.get_subcommands() {
        page += &section(command);
    }
    page
}

fn about(command: &Command) -> String {
    command.get_about().map(|about| escaped(&about.to_string())).unwrap_or_default()
}

fn section(command: &Command) -> String {
    let mut page = format!("\n## {}\n\n{}.\n", command.get_name(), about(command));
    let long = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    if let Some((_, more)) = long.split_once("\n\n") {
        page += &format!("\n{}\n", more.replace('\n', " "));
    }
    let usage = command.clone().render_usage().to_string();
    page += &format!("\n```text\n{}\n```\n\n", usage.trim_start_matches("Usage: ").trim());
    page += &arguments(command, |argument| !argument.is_global_set());
    if let Some(examples) = command.get_after_long_help() {
        let examples = examples.to_string();
        let lines: Vec<&str> =
            examples.lines().filter(|line| line.trim_start().starts_with("onefold ")).map(str::trim).collect();
        if !lines.is_empty() {
            // Behind two spaces an example says what it is for.
            let told = |line: &&str| match line.split_once("  ") {
                Some((command, note)) => format!("{command}   # {}", note.trim()),
                None => (*line).to_owned(),
            };
            page += &format!("\n```sh\n{}\n```\n", lines.iter().map(told).collect::<Vec<_>>().join("\n"));
        }
    }
    page
}

fn arguments(command: &Command, wanted: fn(&Arg) -> bool) -> String {
    let of_own = |argument: &&Arg| !matches!(argument.get_id().as_str(), "help" | "version") && wanted(argument);
    let rows: Vec<String> = command
        .get_arguments()
        .filter(of_own)
        .map(|argument| {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let defaults = argument.get_default_values().iter().filter(|_| argument.get_action().takes_values());
            let default: Vec<String> = defaults.map(|value| format!("`{}`", value.to_string_lossy())).collect();
            let choices: Vec<String> = argument
                .get_possible_values()
                .iter()
                .filter(|_| argument.get_action().takes_values())
                .map(|value| format!("`{}`", value.get_name()))
                .collect();
            let mut told = escaped(&help.replace('\n', " "));
            if !choices.is_empty() {
                told += &format!(": {}", choices.join(", "));
            }
            if !default.is_empty() {
                told += &format!(" (default: {})", default.join(", "));
            }
            format!("| `{}` | {told} |\n", written(argument))
        })
        .collect();
    if rows.is_empty() { String::new() } else { format!("| argument | meaning |\n|---|---|\n{}", rows.concat()) }
}

/// `-c, --config FILE`, or the name of what stands alone.
fn written(argument: &Arg) -> String {
    let value = match argument.get_value_names() {
        Some(names) if argument.get_action().takes_values() => names.join(" "),
        _ => String::new(),
    };
    let flags: Vec<String> = argument
        .get_short()
        .map(|short| format!("-{short}"))
        .into_iter()
        .chain(argument.get_long().map(|long| format!("--{long}")))
        .collect();
    format!("{} {value}", flags.join(", ")).trim().to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cli_page_in_docs_is_fresh() {
        crate::fresh::fresh("docs/cli.md", &cli_page());
    }

    #[test]
    fn every_command_says_what_it_is_for_and_all_but_the_plainest_show_examples() {
        let mut cli = Cli::command();
        cli.build();
        for command in cli.get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            let plain = ["completions", "man", "help"].contains(&command.get_name());
            assert!(plain || command.get_after_long_help().is_some(), "{} has no example", command.get_name());
        }
    }
}
