//! Help and error texts, as snapshots: whoever changes one sees it. `INSTA_UPDATE=always cargo test` writes them anew.

use super::harness::Scratch;

/// What a command prints, with the scratch folder's path taken out.
fn text(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = scratch.onefold(arguments);
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let place = scratch.path().to_str().unwrap();
    format!("exit code {}\n--- stdout\n{out}--- stderr\n{err}", output.status.code().unwrap()).replace(place, "DIR")
}

fn error(config: &str, data: &str) -> String {
    text(&Scratch::of(&[("onefold.toml", config), ("shop.csv", data)]), &["run"])
}

const SOURCE: &str = r#"[[source]]
name = "shop"
channel = "web"
path = "shop.csv"
record_id = "id"
[source.fields]
email = "email"
"#;

#[test]
fn the_help_of_every_command() {
    let scratch = Scratch::empty();
    let top = text(&scratch, &["--help"]);
    insta::assert_snapshot!("help", top);
    let commands = top.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    // A command's line is indented by two spaces; what it is for may run on, further in.
    let names: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(names.contains(&"run"), "{top}");
    for name in names.into_iter().filter(|name| *name != "help" && name.chars().all(|c| c.is_ascii_lowercase())) {
        insta::assert_snapshot!(format!("help_{name}"), text(&scratch, &[name, "--help"]));
    }
}

#[test]
fn all_misspellings_of_a_config_are_reported_together() {
    let config = r#"[project]
default_regoin = "US"

[[source]]
name = "shop"
chanel = "web"
path = "shop.csv"
[source.fields]
email = "email"

[identifiers.emial]
kind = "emali"

[golden.fields]
emial = "most_recnet"

[[segment]]
name = "a"
where = "orders >= 3"
"#;
    insta::assert_snapshot!("config_faults", error(config, "id,email\n"));
}

#[test]
fn faults_between_parts_of_a_config_are_reported_together() {
    let config = format!(
        "[project]\ntime_zone = \"Europe/Berln\"\n\n{SOURCE}\n[identifiers.email]\n[identifiers.telephone]\n\n\
         [golden.fields]\ncity = \"most_recent\"\n\n[[segment]]\nname = \"a\"\nwhere = \"true\"\n\n\
         [[segment]]\nname = \"a\"\nwhere = \"true\"\n"
    );
    insta::assert_snapshot!("config_faults_between_parts", error(&config, "id,email\n1,a@example.org\n"));
}

#[test]
fn faults_of_rules_and_files_are_reported_together() {
    let config = format!(
        "{SOURCE}\n[identifiers.email]\n\n[golden.fields]\nemail = \"sum\"\n\n[traits]\nspent = \"SUM(emial)\"\n\
         often = \"spent > 3\"\n\n[[segment]]\nname = \"a\"\nwhere = \"spnt > 3 AND spent > 4\"\n\n\
         [[segment]]\nname = \"b\"\nwhere = \"email = \"\n"
    );
    let config = config.replace("shop.csv", "*.csv.gz");
    insta::assert_snapshot!("rule_faults", error(&config, "id,email\n1,a@example.org\n"));
}

#[test]
fn a_missing_column_is_named_with_the_nearest_ones() {
    let config = format!("{SOURCE}\n[identifiers.email]\n");
    insta::assert_snapshot!("missing_column", error(&config, "id,e-mail,phone\n1,a@example.org,\n"));
}

#[test]
fn a_missing_file_is_named_with_those_that_are_there() {
    let config = format!("{SOURCE}\n[identifiers.email]\n").replace("shop.csv", "shops.csv");
    insta::assert_snapshot!("missing_file", error(&config, "id,email\n1,a@example.org\n"));
}

#[test]
fn a_missing_config_says_how_to_begin() {
    insta::assert_snapshot!("missing_config", text(&Scratch::empty(), &["run"]));
}

#[test]
fn a_rule_that_would_read_a_file_is_refused() {
    let rule = "email IN (SELECT column_1 FROM read_csv('/etc/passwd'))";
    let config = format!("{SOURCE}\n[identifiers.email]\n\n[[segment]]\nname = \"a\"\nwhere = \"{rule}\"\n");
    let message = error(&config, "id,email\n1,a@example.org\n");
    assert!(!message.contains("root"), "{message}");
    insta::assert_snapshot!("rule_that_reads_a_file", message);
}

#[test]
fn a_pipe_gets_no_colors_and_no_progress() {
    let scratch = Scratch::of(&[
        ("onefold.toml", &format!("{SOURCE}\n[identifiers.email]\n")),
        ("shop.csv", "id,email\n1,a@b.org\n"),
    ]);
    for arguments in [&["run"][..], &["check"], &["profile"], &["head", "crosswalk"], &["sql", "select 1 from nothing"]]
    {
        let output = scratch.command(arguments).env_remove("NO_COLOR").env("TERM", "xterm-256color").output().unwrap();
        let escape = |bytes: &[u8]| bytes.contains(&0x1b);
        assert!(!escape(&output.stdout) && !escape(&output.stderr), "{arguments:?}");
    }
}

#[test]
fn common_shells_have_completions_and_the_manual_names_every_command() {
    let scratch = Scratch::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(scratch.onefold(&["completions", shell]).stdout).unwrap();
        assert!(script.contains("explain") && script.contains("profile"), "{shell}");
    }
    let manual = String::from_utf8(scratch.onefold(&["man"]).stdout).unwrap();
    for command in ["run", "init", "check", "profile", "explain", "evaluate", "head", "sql", "runs"] {
        assert!(manual.contains(command), "{command}");
    }
}

#[test]
fn the_short_help_is_short_and_the_long_one_teaches() {
    let scratch = Scratch::empty();
    for command in ["run", "init", "check", "profile", "explain", "sql"] {
        let lines = |flag: &str| String::from_utf8(scratch.onefold(&[command, flag]).stdout).unwrap();
        let (short, long) = (lines("-h"), lines("--help"));
        assert!(short.lines().count() < long.lines().count() && short.lines().count() <= 24, "{command}:\n{short}");
        assert!(long.contains("Examples:") && !short.contains("Examples:"), "{command}");
    }
}
