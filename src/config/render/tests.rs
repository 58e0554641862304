//! What a person sees of a config's faults.

use super::*;
use crate::config::load_text;

/// What a terminal without colors shows of the faults of a text.
fn shown(text: &str) -> String {
    let path = Path::new("acme/onefold.toml");
    let problems = load_text(text, path, &|_| None).expect_err("the text has faults");
    plain(&problems, Some((path, text)))
}

fn plain(problems: &Problems, loaded: Option<(&Path, &str)>) -> String {
    anstream::adapter::strip_str(&render(problems, loaded)).to_string()
}

const SHAPE: &str = "\
[project]
time_zon = \"UTC\"
as_of = 2026-11-21

[source]
name = \"web\"

[identifiers.email]
kind = \"mail\"
priority = -1
compound = \"true\"

[[segment]]
name = \"regulars\"

[output]
dir = \"${OUT}/runs\"
time_zone = \"UTC\"
";

const MEANING: &str = "\
[project]
default_region = \"uk\"

[[source]]
name = \"pos\"
channel = \"pos\"
path = \"exports/pos/*.csv\"
delimiter = \"::\"
event_time = { column = \"sold_at\", format = \"%Y-%m\", time_zone = \"Europe/Berln\" }
[source.fields]
E-Mail = \"customer_email\"
phone = { column = \"mobile\", constant = \"none\" }

[identifiers.email]
conflict = [\"first_name\"]

[golden.fields]
phone = { rule = \"source_priority\", sources = [\"web\"] }

[output]
tables = [\"golden\"]
";

#[test]
fn faults_of_shape_are_shown_all_at_once() {
    insta::assert_snapshot!(shown(SHAPE), @r#"
    error: unknown key `time_zon` in [project]
     --> acme/onefold.toml:2:1
      |
    2 | time_zon = "UTC"
      | ^^^^^^^^
      |
    hint: did you mean "time_zone"?

    error: `as_of` must be a text, found a date or time without quotes
     --> acme/onefold.toml:3:9
      |
    3 | as_of = 2026-11-21
      |         ^^^^^^^^^^
      |
    hint: put it in quotes

    error: `source` must be a list of tables, found a table
     --> acme/onefold.toml:5:1
      |
    5 | [source]
      | ^^^^^^^^
      |
    hint: write [[source]], in double brackets: there may be several

    error: `kind` cannot be "mail"
     --> acme/onefold.toml:9:8
      |
    9 | kind = "mail"
      |        ^^^^^^
      |
    hint: did you mean "email"? Allowed are "email", "phone", "hash", "id", "device", "name", "date", "postal_code", "country", "bool", "money", "number", "time", "text"

    error: `priority` must be a whole number from 0 to 4294967295
      --> acme/onefold.toml:10:12
       |
    10 | priority = -1
       |            ^^
       |
    hint: `priority`: Trust, 1 = strongest: the guard takes stronger identifiers first, and "shared" is judged by stronger ones

    error: `compound` must be true or false, found a text
      --> acme/onefold.toml:11:12
       |
    11 | compound = "true"
       |            ^^^^^^
       |
    hint: leave the quotes out

    error: [[segment]] has no `where`
      --> acme/onefold.toml:13:1
       |
    13 | [[segment]]
       | ^^^^^^^^^^^
       |
    hint: add `where`: SQL condition over golden columns and traits: `orders >= 3 AND country = 'US'`

    error: the environment variable OUT is not set
      --> acme/onefold.toml:17:8
       |
    17 | dir = "${OUT}/runs"
       |        ^^^^^^
       |
    hint: set OUT, or give a default: ${OUT:-default}

    error: unknown key `time_zone` in [output]
      --> acme/onefold.toml:18:1
       |
    18 | time_zone = "UTC"
       | ^^^^^^^^^
       |
    hint: `time_zone` belongs in the table of a source's event_time or [project]
    "#);
}

#[test]
fn faults_of_meaning_are_shown_all_at_once() {
    insta::assert_snapshot!(shown(MEANING), @r#"
    error: "uk" is not a region with telephone numbers
     --> acme/onefold.toml:2:18
      |
    2 | default_region = "uk"
      |                  ^^^^
      |
    hint: write "GB", the United Kingdom's code

    error: "::" is no delimiter
     --> acme/onefold.toml:8:13
      |
    8 | delimiter = "::"
      |             ^^^^
      |
    hint: write one ASCII character (",", ";", "\t", "|"), or "spaces"

    error: "%Y-%m" is not a time format: a value of it has no whole day (year, month, day)
     --> acme/onefold.toml:9:45
      |
    9 | event_time = { column = "sold_at", format = "%Y-%m", time_zone = "Europe/Berln" }
      |                                             ^^^^^^^
      |
    hint: as in strptime: %Y year, %m month, %d day, %H hour, %M minute, %S second, %p AM/PM, %z offset

    error: no time zone "Europe/Berln"
     --> acme/onefold.toml:9:66
      |
    9 | event_time = { column = "sold_at", format = "%Y-%m", time_zone = "Europe/Berln" }
      |                                                                  ^^^^^^^^^^^^^^
      |
    hint: did you mean "Europe/Berlin" or "Europe/Dublin" or "Europe/Belgrade"?

    error: "E-Mail" is not a name: lower-case letters, digits and _ only, no digit first
      --> acme/onefold.toml:11:1
       |
    11 | E-Mail = "customer_email"
       | ^^^^^^
       |
    hint: call it "e_mail", or the like

    error: column and constant say different places for one value
      --> acme/onefold.toml:12:41
       |
    12 | phone = { column = "mobile", constant = "none" }
       |                                         ^^^^^^
       |
    hint: keep one; for alternatives write a list: [ { column = … }, { constant = … } ]

    error: no source maps a field "email"
      --> acme/onefold.toml:14:14
       |
    14 | [identifiers.email]
       |              ^^^^^
       |
    hint: map it under [source.fields], or say which fields hold it: fields = ["…"] (did you mean "E-Mail"?)

    error: no source maps a field "first_name"
      --> acme/onefold.toml:15:13
       |
    15 | conflict = ["first_name"]
       |             ^^^^^^^^^^^^
       |
    hint: fields are "E-Mail", "phone"

    error: no source "web"
      --> acme/onefold.toml:18:48
       |
    18 | phone = { rule = "source_priority", sources = ["web"] }
       |                                                ^^^^^
       |
    hint: sources are "pos"

    error: no table "golden"
      --> acme/onefold.toml:21:11
       |
    21 | tables = ["golden"]
       |           ^^^^^^^^
       |
    hint: did you mean "golden_customers"?
    "#);
}

#[test]
fn faults_of_syntax_are_shown_all_at_once() {
    insta::assert_snapshot!(shown("a =\nb = tru\n[c\nd = 1\n"), @r#"
    error: not TOML: string values must be quoted, expected literal string
     --> acme/onefold.toml:1:4
      |
    1 | a =
      |    ^
      |
    hint: texts stand in quotes on one line: "…"; use '…' for texts with backslashes, """…""" over several lines

    error: not TOML: invalid boolean, expected `true`
     --> acme/onefold.toml:2:5
      |
    2 | b = tru
      |     ^^^
      |
    hint: each line is key = value; texts in quotes, lists in brackets, # for comments

    error: not TOML: unclosed table, expected `]`
     --> acme/onefold.toml:3:3
      |
    3 | [c
      |   ^
      |
    hint: a table's header is [name], one of several of a kind [[name]]
    "#);
}

#[test]
fn a_fault_inside_a_rule_has_its_caret_there() {
    let text = "[traits]\norders = \"COUNT(*) FILTER (WHERE chanel = 'pos')\"\n";
    let path = vec!["traits".to_owned(), "orders".to_owned()];
    let place = Place::Config { path, within: Some(23..29) };
    let problem = Problem { place, what: "no column \"chanel\"".into(), fix: "did you mean \"channel\"?".into() };
    insta::assert_snapshot!(plain(&problem.into(), Some((Path::new("onefold.toml"), text))), @r#"
    error: no column "chanel"
     --> onefold.toml:2:34
      |
    2 | orders = "COUNT(*) FILTER (WHERE chanel = 'pos')"
      |                                  ^^^^^^
      |
    hint: did you mean "channel"?
    "#);
}

#[test]
fn faults_outside_the_config_are_told_in_a_line() {
    let as_of = Place::Argument("--as-of".into());
    let problems = Problems(vec![
        Problem::file("web.csv", Some(1), "no column \"e-mail\"", "columns are \"email\", \"phone\""),
        Problem::file("web.csv", None, "no such file", ""),
        Problem::run("the disk is full", "free some space"),
        Problem { place: as_of, what: "\"soon\" is not a day".into(), fix: "write a day: 2026-11-21".into() },
    ]);
    insta::assert_snapshot!(plain(&problems, None), @r#"
    error: web.csv:1: no column "e-mail"
    hint: columns are "email", "phone"

    error: web.csv: no such file

    error: the disk is full
    hint: free some space

    error: --as-of: "soon" is not a day
    hint: write a day: 2026-11-21
    "#);
}

#[test]
fn without_the_text_a_fault_names_its_key() {
    let problems = Problem::config("source.0.path", "the path is empty", "name a file").into();
    insta::assert_snapshot!(plain(&problems, None), @r#"
    error: config `source.0.path`: the path is empty
    hint: name a file
    "#);
}

#[test]
fn a_fault_of_the_whole_config_names_the_file() {
    let problems = Problem::config("source", "the config declares no source", "add [[source]]").into();
    insta::assert_snapshot!(plain(&problems, Some((Path::new("onefold.toml"), ""))), @r#"
    error: onefold.toml: the config declares no source
    hint: add [[source]]
    "#);
}
