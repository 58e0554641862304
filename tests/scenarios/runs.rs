//! What holds of every run: the accounting, exit codes, what a failed run leaves behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::process::Stdio;

use super::harness::{Scratch, root};

const CONFIG: &str = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                      [source.fields]\nemail = \"email\"\n\n[identifiers.email]\n\n[output]\nformats = [\"csv\"]\n";
const DATA: &str = "id,email\n1,ana@example.org\n2,ana@example.org\n3,bo@example.org\n";

fn shop() -> Scratch {
    Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", DATA)])
}

#[test]
fn every_row_is_accounted_for() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    let published = scratch.run();
    let report = published.report();
    let crosswalk = published.table("crosswalk");
    let mut by_source: BTreeMap<&str, u64> = BTreeMap::new();
    crosswalk.column("source").into_iter().for_each(|source| *by_source.entry(source).or_default() += 1);
    let lines = |file: &str| fs::read_to_string(scratch.path().join(file)).unwrap().lines().count() as u64;
    for source in report["sources"].as_array().unwrap() {
        let count = |name: &str| source[name].as_u64().unwrap();
        let name = source["source"].as_str().unwrap();
        let parts = ["records", "rejects", "superseded", "filtered", "erased"].map(count);
        assert_eq!(count("rows"), parts.iter().sum::<u64>(), "{name}");
        assert_eq!(count("records"), by_source[name], "{name}");
        match name {
            "pos" => assert_eq!(count("rows"), lines("pos.csv") - 1),
            "web" => assert_eq!(count("rows"), lines("web.jsonl")),
            "email" => assert_eq!(count("rejects"), 2),
            _ => {}
        }
    }
    let persons: BTreeSet<&str> = crosswalk.column("person_id").into_iter().collect();
    let golden = published.table("golden_customers");
    assert_eq!(golden.column("person_id").into_iter().collect::<BTreeSet<_>>(), persons);
    assert_eq!(golden.rows.len(), persons.len());
    let records: usize = golden.column("records").into_iter().map(|cell| cell.parse::<usize>().unwrap()).sum();
    assert_eq!(records, crosswalk.rows.len());
    assert_eq!(report["persons"].as_u64().unwrap() as usize, persons.len());
}

#[test]
fn every_golden_value_traces_to_a_record_of_its_person() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    let published = scratch.run();
    let crosswalk = published.table("crosswalk");
    let person_of: BTreeMap<(&str, &str), &str> = crosswalk
        .rows
        .iter()
        .map(|row| {
            let cell = |column| crosswalk.cell(row, column);
            ((cell("source"), cell("record_id")), cell("person_id"))
        })
        .collect();
    let provenance = published.table("provenance");
    let mut traced = BTreeSet::new();
    for row in &provenance.rows {
        let cell = |column| provenance.cell(row, column);
        assert_eq!(person_of[&(cell("source"), cell("record_id"))], cell("person_id"));
        assert!(traced.insert((cell("person_id"), cell("field"))), "two records for one value");
    }
    let golden = published.table("golden_customers");
    for row in &golden.rows {
        for field in ["first_name", "last_name", "email", "phone", "street", "city", "loyalty_id", "customer_id"] {
            let traced = traced.contains(&(golden.cell(row, "person_id"), field));
            assert_eq!(!golden.cell(row, field).is_empty(), traced, "{field} of {row:?}");
        }
    }
}

#[test]
fn a_run_that_publishes_exits_with_0_and_prints_its_summary_to_stdout() {
    let output = shop().onefold(&["run"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("2 customers") && text.contains("3 records"), "{text}");
}

#[test]
fn quiet_says_nothing() {
    let output = shop().onefold(&["run", "--quiet"]);
    assert!(output.status.success());
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn json_logs_are_one_object_per_stage() {
    let output = shop().onefold(&["run", "--log-format", "json"]);
    assert!(output.status.success());
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stderr)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line:?}: {error}")))
        .collect();
    let stages: Vec<&str> = lines.iter().filter_map(|line| line["stage"].as_str()).collect();
    assert_eq!((stages.first(), stages.last()), (Some(&"open"), Some(&"publish")), "{stages:?}");
    assert!(stages.contains(&"link") && stages.contains(&"guard"), "{stages:?}");
    assert_eq!(lines.last().unwrap()["counts"]["persons"], 2);
}

#[test]
fn faults_of_usage_config_and_files_exit_with_2() {
    assert_eq!(shop().onefold(&["rnu"]).status.code(), Some(2));
    assert_eq!(shop().onefold(&["run", "-c", "nowhere.toml"]).status.code(), Some(2));
    let broken = Scratch::of(&[("onefold.toml", "[[source]\n"), ("shop.csv", DATA)]);
    assert_eq!(broken.onefold(&["run"]).status.code(), Some(2));
    let no_data = Scratch::of(&[("onefold.toml", CONFIG)]);
    assert_eq!(no_data.onefold(&["run"]).status.code(), Some(2));
    assert!(!no_data.path().join("out/current").exists());
}

#[test]
fn a_failed_run_leaves_the_earlier_one_as_it_was() {
    let scratch = shop();
    let before = scratch.run().tables();
    scratch.write("shop.csv", b"id,mail\n1,ana@example.org\n");
    let output = scratch.onefold(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("shop.csv") && message.contains("email") && message.contains("mail"), "{message}");
    assert!(scratch.published().tables() == before);
}

#[test]
fn the_config_is_found_from_elsewhere_and_its_paths_are_its_own() {
    let scratch = shop();
    let config = scratch.path().join("onefold.toml");
    let elsewhere = Scratch::empty();
    let output = elsewhere.onefold(&["run", "--quiet", "-c", config.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(scratch.published().table("crosswalk").rows.len(), 3);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn standard_input_can_be_a_source() {
    let config = CONFIG.replace("path = \"shop.csv\"", "path = \"-\"");
    let scratch = Scratch::of(&[("onefold.toml", &config)]);
    let mut child = scratch.command(&["run", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(DATA.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(scratch.published().table("golden_customers").rows.len(), 2);
}

#[test]
fn messages_show_no_personal_value_in_full() {
    let scratch =
        Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", "id,email\n1,ana@example.org,x\n2,bo@example.org\n")]);
    let output = scratch.onefold(&["run"]);
    let all = [output.stdout, output.stderr].concat();
    assert!(!String::from_utf8_lossy(&all).contains("ana@example.org"));
}

#[test]
fn suggested_placeholders_pasted_into_the_config_take_effect() {
    let scratch =
        Scratch::copy(&root().join("testdata/scenarios/values_of_too_many_people_are_suggested_as_placeholders"));
    let before = scratch.run();
    assert_eq!(before.table("golden_customers").column("email")[0], "office@firm.example");
    let suggested = String::from_utf8(before.bytes("suggested_placeholders.toml")).unwrap();
    let config = fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
    scratch.write("onefold.toml", format!("{config}\n{suggested}").as_bytes());
    let after = scratch.run();
    assert!(after.table("golden_customers").column("email").iter().all(|email| email.is_empty()));
    // The number was commented out: it is still shared, and still a phone number.
    assert_eq!(after.table("shared_identifiers").column("namespace"), ["phone"]);
    let ignored = after.table("ignored_identifiers");
    assert!(ignored.rows.iter().any(|row| ignored.cell(row, "value") == "office@firm.example"
        && ignored.cell(row, "reason") == "placeholder"
        && ignored.cell(row, "records") == "12"));
}

#[test]
fn a_file_of_very_short_rows_is_read_whole() {
    let config = "[[source]]\nname = \"s\"\nchannel = \"web\"\npath = \"s.csv\"\nrecord_id = \"id\"\n[source.fields]\n\
                  email = \"e\"\nfirst_name = \"f\"\n\n[identifiers.email]\nconflict = [\"first_name\"]\n\n\
                  [output]\nformats = [\"csv\"]\ntables = [\"crosswalk\"]\n";
    // More rows, each with a name of its own, than one batch may have.
    let rows: String = (0..70_000).map(|row| format!("{row},,n{row}\n")).collect();
    let scratch = Scratch::of(&[("onefold.toml", config), ("s.csv", &format!("id,e,f\n{rows}"))]);
    assert_eq!(scratch.run().report()["records"], 70_000);
}
