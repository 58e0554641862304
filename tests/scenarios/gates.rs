//! Gates: what holds a run back, what lets it pass, and what a CI gets to see.

use std::fs;

use super::harness::Scratch;

const CONFIG: &str = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                      [source.fields]\nemail = \"email\"\nconsent = \"consent\"\n\n[identifiers.email]\n\n\
                      [fields.consent]\nkind = \"bool\"\n\n[[segment]]\nname = \"opted_out\"\nwhere = \"NOT consent\"\n\n\
                      [output]\nformats = [\"csv\"]\nmetrics = \"metrics/onefold.prom\"\n\n\
                      [gates]\nrow_drop = 0.3\nlargest_person = 3\nsegment_drop = { opted_out = 0 }\n\
                      [gates.conditions]\nenough = \"persons >= 2\"\n";
const DATA: &str =
    "id,email,consent\n1,ana@example.org,no\n2,ana@example.org,no\n3,bo@example.org,yes\n4,cy@example.org,yes\n";

fn shop() -> Scratch {
    Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", DATA)])
}

fn fails(scratch: &Scratch, arguments: &[&str], code: i32) -> String {
    let output = scratch.onefold(arguments);
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap().replace(scratch.path().to_str().unwrap(), "FOLDER")
}

#[test]
fn a_broken_gate_publishes_nothing_and_keeps_the_run_for_inspection() {
    let scratch = shop();
    scratch.run();
    let before = scratch.published().tables();
    scratch.write("shop.csv", b"id,email,consent\n1,ana@example.org,yes\n");
    let message = fails(&scratch, &["run", "--quiet", "--junit", "gates.xml", "--gates", "gates.json"], 1);
    insta::assert_snapshot!("gates_broken", message);
    assert!(scratch.published().tables() == before);
    assert!(scratch.path().join("out/held/000002/crosswalk.csv").exists());
    let runs = String::from_utf8(scratch.onefold(&["runs"]).stdout).unwrap();
    assert!(runs.contains("held back by a gate"), "{runs}");
    for look in [&["diff", "1", "2"][..], &["verify", "2"], &["head", "crosswalk", "--run", "2"]] {
        assert!(scratch.onefold(look).status.success(), "{look:?}");
    }
    assert_eq!(scratch.onefold(&["rollback", "2"]).status.code(), Some(2));
    let junit = fs::read_to_string(scratch.path().join("gates.xml")).unwrap();
    assert!(junit.contains("failures=\"3\"") && junit.contains("name=\"segment_drop:opted_out\"><failure"), "{junit}");
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(scratch.path().join("gates.json")).unwrap()).unwrap();
    assert_eq!(json["gates"][0]["state"], "broken");
    let metrics = fs::read_to_string(scratch.path().join("metrics/onefold.prom")).unwrap();
    assert!(metrics.contains("gate=\"row_drop:shop\"} 1\n") && metrics.contains("onefold_published{"), "{metrics}");
    // The next run that passes takes the held one away.
    scratch.write("shop.csv", DATA.as_bytes());
    scratch.run();
    assert!(!scratch.path().join("out/held").exists());
}

#[test]
fn an_accepted_gate_lets_the_run_pass_and_is_kept_in_the_manifest() {
    let scratch = shop();
    scratch.run();
    scratch.write(
        "shop.csv",
        DATA.replace("2,ana@example.org,no\n", "2,bo@example.org,no\n3b,bo@example.org,\n5,bo@example.org,\n")
            .as_bytes(),
    );
    assert!(fails(&scratch, &["run", "--quiet"], 1).contains("gate largest_person is broken"));
    let published = scratch.run_with(&["--accept", "largest_person"]);
    let gates = published.report()["gates"].clone();
    let of = |name: &str| gates.as_array().unwrap().iter().find(|gate| gate["gate"] == name).unwrap()["state"].clone();
    assert_eq!(
        (of("largest_person"), of("row_drop"), of("enough")),
        ("accepted".into(), "passed".into(), "passed".into())
    );
}

#[test]
fn a_lost_opt_out_is_a_shrinking_segment() {
    let scratch = shop();
    scratch.run();
    scratch.write("shop.csv", DATA.replace(",no\n", ",yes\n").as_bytes());
    let message = fails(&scratch, &["run", "--quiet"], 1);
    assert!(message.contains("gate segment_drop:opted_out is broken"), "{message}");
    assert!(fails(&scratch, &["run", "--accept", "segment_drop:opted_in"], 1).contains("segment_drop:opted_out"));
    scratch.run_with(&["--accept", "segment_drop:opted_out"]);
}

#[test]
fn unknown_gates_are_refused_with_the_nearest() {
    let scratch = shop();
    let mut all = fails(&scratch, &["run", "--accept", "largest_persons"], 2);
    for (from, to) in [
        ("row_drop = 0.3", "row_drops = 0.3"),
        ("row_drop = 0.3", "row_drop = 30"),
        ("opted_out = 0", "opt_out = 0"),
        ("persons >= 2", "persosn >= 2"),
    ] {
        scratch.write("onefold.toml", CONFIG.replace(from, to).as_bytes());
        all += &fails(&scratch, &["run"], 2);
    }
    insta::assert_snapshot!("gates_unknown", all);
}
