//! A data steward's files: warnings, faults and contradictions.

use super::harness::{Scratch, root};

const CONFIG: &str = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                      [source.fields]\nemail = \"email\"\n\n[identifiers.email]\n\n[[always_link]]\nfile = \"same.csv\"\n\n\
                      [[never_link]]\nfile = \"different.csv\"\n\n[output]\nformats = [\"csv\"]\n";
const DATA: &str = "id,email\n1,ana@example.org\n2,bo@example.org\n3,cy@example.org\n";
const COLUMNS: &str = "source,record_id,source_2,record_id_2\n";

fn shop(same: &str, different: &str) -> Scratch {
    Scratch::of(&[
        ("onefold.toml", CONFIG),
        ("shop.csv", DATA),
        ("same.csv", &format!("{COLUMNS}{same}")),
        ("different.csv", &format!("{COLUMNS}{different}")),
    ])
}

fn message(output: std::process::Output) -> String {
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_a_steward_names_and_nobody_has_is_a_warning_with_its_line() {
    let scratch = Scratch::copy(&root().join("testdata/scenarios/a_stewards_word_stands_above_every_rule"));
    let output = scratch.onefold(&["run"]);
    assert!(output.status.success());
    let message = message(output);
    assert!(message.contains("data/same_records.csv:4: there is no record shop/99"), "{message}");
    assert!(message.contains("data/same_values.csv:3: no record has the email n…@e….com"), "{message}");
}

#[test]
fn a_steward_who_contradicts_himself_is_shown_every_line() {
    let output = shop("shop,1,shop,2\nshop,3,shop,2\n", "shop,3,shop,1\n").onefold(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    let message = message(output);
    assert!(
        message.contains("different.csv:2: never_link says that shop/3 and shop/1 are never one person"),
        "{message}"
    );
    assert!(message.contains("shop/3 = shop/2 (same.csv:3) = shop/1 (same.csv:2)"), "{message}");
}

#[test]
fn a_steward_row_that_cannot_be_read_stops_the_run() {
    let output = shop("shop,1\n", "shp,1,shop,2\n").onefold(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    let message = message(output);
    assert!(message.contains("same.csv:2: 2 fields, the header has 4"), "{message}");
    assert!(
        message.contains("different.csv:2: the config has no source `shp`\nhint: did you mean `shop`?"),
        "{message}"
    );
}

#[test]
fn a_word_that_joins_a_very_large_group_is_warned_of_with_its_size_and_place() {
    let config = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                  [source.fields]\nemail = \"email\"\n\n[identifiers.email]\n\n[[always_link]]\nfile = \"always.csv\"\n";
    let rows = |count: usize| {
        let row = |row: usize| format!("{row},{}\n", ["desk@shop.example", "x@shop.example"][usize::from(row == 0)]);
        std::iter::once("id,email\n".to_owned()).chain((0..count).map(row)).collect::<String>()
    };
    let said = "namespace,value,namespace_2,value_2\nemail,x@shop.example,email,desk@shop.example\n";
    let scratch = Scratch::of(&[("onefold.toml", config), ("always.csv", said), ("shop.csv", &rows(1_201))]);
    let told = String::from_utf8(scratch.onefold(&["run"]).stderr).unwrap();
    assert!(told.contains("always.csv:2: always_link makes one person of 1201 records"), "{told}");
    scratch.write("shop.csv", rows(900).as_bytes());
    let told = String::from_utf8(scratch.onefold(&["run"]).stderr).unwrap();
    assert!(!told.contains("makes one person"), "{told}");
}
