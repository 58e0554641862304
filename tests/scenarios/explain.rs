//! Why two records are one person, and why not: answers about the retail example, as snapshots.

use super::harness::{Scratch, root};

fn retail() -> Scratch {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    scratch.run();
    scratch
}

fn text(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = scratch.onefold(&[&["explain"], arguments].concat());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(if error.is_empty() { 0 } else { 2 }), "{error}");
    String::from_utf8(output.stdout).unwrap() + &error
}

#[test]
fn a_person_is_shown_with_what_holds_it_together_and_what_does_not_count() {
    insta::assert_snapshot!("explain_person", text(&retail(), &["email/0119B2CAFACB7359C6"]));
}

#[test]
fn the_shortest_way_between_two_records_of_one_person() {
    insta::assert_snapshot!("explain_same", text(&retail(), &["web/ev-e4a820acbc95af46", "pos/00001930"]));
}

#[test]
fn what_spouses_at_one_address_have_in_common_and_why_it_does_not_link_them() {
    let scratch = retail();
    insta::assert_snapshot!("explain_shared_address", text(&scratch, &["email=jennifer206@gmail.com"]));
    let two = ["email/015037AA251184EFC1", "email/01BDAE8358C7DB8D02"];
    insta::assert_snapshot!("explain_different", text(&scratch, &two));
    let json = text(&scratch, &[&two[..], &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["answer"]["verdict"], "different");
    assert_eq!(json["answer"]["in_common"][0]["decision"], "refused");
}

#[test]
fn a_value_is_found_as_people_write_it() {
    let scratch = retail();
    let as_written = text(&scratch, &["phone=(814) 493-9521"]);
    assert_eq!(as_written, text(&scratch, &["phone=+18144939521"]));
    let person = as_written.lines().next().unwrap().strip_prefix("Person ").unwrap();
    assert_eq!(as_written, text(&scratch, &[person]));
    assert_eq!(as_written, text(&scratch, &[&person[..8]]));
}

#[test]
fn a_value_of_too_many_people_is_said_to_be_shared() {
    let scratch = retail();
    let answer = text(&scratch, &["email=Orders@corner-shop.example.com"]);
    let head: String = answer.lines().take(4).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!("explain_shared_value", head);
    let json: serde_json::Value =
        serde_json::from_str(&text(&scratch, &["email=orders@corner-shop.example.com", "--format", "json"])).unwrap();
    assert_eq!(json["decisions"][0]["decision"], "shared", "{json}");
}

#[test]
fn what_is_not_there_is_answered_with_the_nearest() {
    let scratch = retail();
    let all: String =
        ["pos/00001931x", "email=larry53@hotmail.co", "emial=larry53@hotmail.com", "pso/1", "larry", "00000000"]
            .map(|what| text(&scratch, &[what]))
            .concat();
    insta::assert_snapshot!("explain_not_found", all);
}

#[test]
fn parquet_alone_gives_the_same_answers() {
    let scratch = retail();
    let asked = ["pos/00001930", "email=larry53@hotmail.com"];
    let answers = asked.map(|what| text(&scratch, &[what]));
    let config = std::fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
    scratch.write("onefold.toml", config.replace("formats = [\"csv\"]", "formats = [\"parquet\"]").as_bytes());
    scratch.run();
    assert_eq!(answers, asked.map(|what| text(&scratch, &[what])));
}
