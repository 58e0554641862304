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

/// Ten customers: an e-mail address each, six phone numbers, four in Rome, two who opted out.
const CUSTOMERS: &str = "id,email,phone,city,status\n\
    1,a@example.org,617-555-0101,Rome,unsubscribed\n2,b@example.org,617-555-0102,Rome,unsubscribed\n\
    3,c@example.org,617-555-0103,Rome,subscribed\n4,d@example.org,617-555-0104,Rome,subscribed\n\
    5,e@example.org,617-555-0105,Bonn,subscribed\n6,f@example.org,617-555-0106,Bonn,subscribed\n\
    7,g@example.org,,Bonn,subscribed\n8,h@example.org,,Oslo,subscribed\n\
    9,i@example.org,,Oslo,subscribed\n10,j@example.org,,Oslo,subscribed\n";

const EVERY_GATE: &str = "[[source]]\nname = \"shop\"\nchannel = \"email\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
    [source.fields]\nemail = \"email\"\nphone = \"phone\"\ncity = \"city\"\n[source.consent]\nemail = \"status\"\n\n\
    [project]\ndefault_region = \"US\"\n\n[identifiers.email]\n[identifiers.phone]\nconflict = []\n\n\
    [[segment]]\nname = \"rome\"\nwhere = \"city = 'Rome'\"\n\n[gates]\n";

#[test]
fn every_gate_breaks_where_it_should_and_holds_where_it_should_not() {
    let without = |ids: &[&str]| -> String {
        let stays = |line: &&str| !ids.iter().any(|id| line.starts_with(&format!("{id},")));
        CUSTOMERS.lines().filter(stays).map(|line| format!("{line}\n")).collect()
    };
    let with = |rows: &str| format!("{CUSTOMERS}{rows}");
    // The gate, the night on which it breaks, and the one on which it just holds.
    let nights: [(&str, &str, String, String); 13] = [
        ("reject_share = 0.1", "reject_share:shop", with(",k@x.org,,,\n,l@x.org,,,\n"), with(",k@x.org,,,\n")),
        ("row_drop = 0.2", "row_drop:shop", without(&["8", "9", "10"]), without(&["9", "10"])),
        (
            "fill_drop = 0.2",
            "fill_drop:phone",
            CUSTOMERS.replace("617-555-0105", "").replace("617-555-0106", ""),
            CUSTOMERS.replace("617-555-0106", ""),
        ),
        (
            "largest_person = 2",
            "largest_person",
            with("11,a@example.org,,,\n12,a@example.org,,,\n"),
            with("11,a@example.org,,,\n"),
        ),
        (
            "reassigned_share = 0.1",
            "reassigned_share",
            with("11,i@example.org,617-555-0101,,\n12,j@example.org,617-555-0102,,\n"),
            with("11,i@example.org,617-555-0101,,\n"),
        ),
        (
            "merges = 1",
            "merges",
            with("11,i@example.org,617-555-0101,,\n12,j@example.org,617-555-0102,,\n"),
            with("11,i@example.org,617-555-0101,,\n"),
        ),
        ("splits = 0", "splits", CUSTOMERS.to_owned(), with("11,a@example.org,,,\n")),
        (
            "segment_drift = 0.5",
            "segment_drift:rome",
            with("11,k@x.org,,Rome,\n12,l@x.org,,Rome,\n13,m@x.org,,Rome,\n"),
            with("11,k@x.org,,Rome,\n12,l@x.org,,Rome,\n"),
        ),
        ("segment_drift = 0.5", "segment_drift:rome", without(&["1", "2", "3"]), without(&["1", "2"])),
        ("segment_drop = { rome = 0.25 }", "segment_drop:rome", without(&["1", "2"]), without(&["1"])),
        ("opt_out_drop = 0", "opt_out_drop:email", CUSTOMERS.replacen("unsubscribed", "subscribed", 1), with("")),
        (
            "[gates.conditions]\nsteady = \"persons BETWEEN 0.9 * previous_persons AND 1.1 * previous_persons\"",
            "steady",
            without(&["9", "10"]),
            without(&["10"]),
        ),
        (
            "[gates.conditions]\nread = \"rejects_shop / rows_shop <= 0.1 AND segment_rome > 3\"",
            "read",
            without(&["1"]),
            with(",k@x.org,,,\n"),
        ),
    ];
    for (gate, name, breaks, holds) in nights {
        let config = format!("{EVERY_GATE}{gate}\n");
        let shop = || {
            // The first run of a gate on splits has somebody to split.
            let first = if name == "splits" { with("0,i@example.org,617-555-0101,,\n") } else { CUSTOMERS.to_owned() };
            let scratch = Scratch::of(&[("onefold.toml", &config), ("shop.csv", &first)]);
            scratch.run();
            scratch
        };
        let scratch = shop();
        scratch.write("shop.csv", breaks.as_bytes());
        let plan = String::from_utf8(scratch.onefold(&["plan"]).stdout).unwrap();
        assert!(plan.contains(&format!("Gates that would be broken\n  {name}: ")), "{gate}\n{plan}");
        let message = fails(&scratch, &["run", "--quiet"], 1);
        assert!(message.contains(&format!("gate {name} is broken: ")), "{gate}\n{message}");
        assert_eq!(message.matches("is broken").count(), 1, "{gate}\n{message}");
        assert_eq!(scratch.published().report()["run"], 1, "{gate}");
        let scratch = if name == "splits" { scratch } else { shop() };
        let holds = if name == "splits" { with("0,i@example.org,617-555-0101,,\n11,k@x.org,,,\n") } else { holds };
        scratch.write("shop.csv", holds.as_bytes());
        let published = scratch.run();
        let gates = published.report()["gates"].clone();
        let of = gates.as_array().unwrap().iter().filter(|gate| name.starts_with(gate["gate"].as_str().unwrap()));
        assert!(of.clone().count() > 0 && of.clone().all(|gate| gate["state"] == "passed"), "{gate}\n{gates:#}");
        // The deliberate way past it, for one run only.
        scratch.write("shop.csv", breaks.as_bytes());
        if name != "splits" && fails_or_not(&scratch) {
            scratch.run_with(&["--accept", name]);
        }
    }
}

/// Whether a gate is still broken against the run that held.
fn fails_or_not(scratch: &Scratch) -> bool {
    scratch.onefold(&["run", "--quiet"]).status.code() == Some(1)
}

#[test]
fn gates_for_a_ci_are_sound_xml_whatever_their_words() {
    let config = CONFIG.replace(
        "enough = \"persons >= 2\"",
        "\"<a> & 'b' \\\"c\\\" ü\\u0007\" = \"persons < 0\"\nenough = \"persons >= 2\"",
    );
    let scratch = Scratch::of(&[("onefold.toml", &config), ("shop.csv", DATA)]);
    let name = "[project]\nname = \"Müller & <Söhne>\"\n";
    scratch.write("onefold.toml", format!("{config}\n{name}").as_bytes());
    fails(&scratch, &["run", "--quiet", "--junit", "gates.xml"], 1);
    let check = "import sys, xml.etree.ElementTree as tree\n\
                 suite = tree.parse('gates.xml').getroot()\n\
                 cases = suite.findall('testcase')\n\
                 assert suite.get('name') == 'onefold Müller & <Söhne>', suite.get('name')\n\
                 assert len(cases) == int(suite.get('tests')), len(cases)\n\
                 for state in ['failure', 'skipped']:\n\
                 \x20   found = [case.get('name') for case in cases if case.find(state) is not None]\n\
                 \x20   assert len(found) == int(suite.get(state + 's' if state == 'failure' else state)), found\n\
                 failed = [case.get('name') for case in cases if case.find('failure') is not None]\n\
                 assert failed == ['<a> & \\'b\\' \"c\" ü'], failed\n";
    let Ok(output) = std::process::Command::new("python3").args(["-c", check]).current_dir(scratch.path()).output()
    else {
        return eprintln!("no python3 here to read the XML");
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_mistyped_condition_is_told_with_its_place_before_anything_is_read() {
    let scratch = shop();
    let mut all = String::new();
    for rule in
        ["persons >", "persons >= 2 AND", "person >= 2", "persons + 1", "persons >= (SELECT 1)", "persons = 'two'"]
    {
        scratch.write("onefold.toml", CONFIG.replace("persons >= 2", rule).as_bytes());
        all += &fails(&scratch, &["run"], 2);
    }
    assert!(!scratch.path().join("out").exists());
    insta::assert_snapshot!("gates_mistyped", all);
}
