//! Who gets to see what: the person herself everything, readers what the config says, logs nothing.

use std::fs;
use std::path::Path;

use super::{CONFIG, HERS, lived_in, shop, succeed};
use crate::harness::files;

#[test]
fn subject_tells_everything_that_is_held_about_a_person_in_full() {
    let scratch = lived_in();
    let told: serde_json::Value = serde_json::from_str(&succeed(&scratch, &["subject", "shop/shop-ana-2"])).unwrap();
    let person = &told["persons"][0];
    let records = person["records"].as_array().unwrap();
    let mut places: Vec<String> =
        records.iter().map(|record| format!("{}:{}", record["file"].as_str().unwrap(), record["line"])).collect();
    places.sort();
    assert_eq!(
        places,
        [
            "exports/ads.csv:2",
            "exports/shop.csv:2",
            "exports/shop.csv:3",
            "exports/shop.csv:4",
            "exports/till.csv:2",
            "exports/till.csv:3"
        ]
    );
    let second = records.iter().find(|record| record["record_id"] == "shop-ana-2").unwrap();
    assert_eq!(second["fields"]["street"], "12 Peppercorn Row");
    assert_eq!(second["fields"]["phone"], "+16175550142");
    assert_eq!(second["identifiers"][0]["decision"], "links");
    assert_eq!(person["golden"]["first_name"]["value"], "Anna");
    assert_eq!(person["golden"]["first_name"]["from"]["record_id"], "shop-ana-3");
    assert!(person["other_runs"]["1"]["golden_customers"][0].is_object());
    let all = told.to_string();
    assert!(!all.contains("bo@mail.example") && !all.contains("joana"), "nothing of others");
    succeed(&scratch, &["subject", "--email", "ana.quintela@mail.example", "--output", "ana.json"]);
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&fs::read(scratch.path().join("ana.json")).unwrap()).unwrap(),
        told
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(scratch.path().join("ana.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    succeed(&scratch, &["forget", "shop/shop-ana-2"]);
    assert_eq!(scratch.onefold(&["subject", "--email", "ana.quintela@mail.example"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn files_are_their_owners_unless_the_config_names_other_readers() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let scratch = lived_in();
    succeed(&scratch, &["forget", "--email", "bo@mail.example"]);
    let out = scratch.path().join("out");
    for path in files(&out) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
    }
    scratch.write("onefold.toml", format!("{CONFIG}readers = \"group\"\n").as_bytes());
    scratch.run();
    let current = out.join("current");
    for path in files(&fs::canonicalize(&current).unwrap()) {
        assert_eq!(mode(&path), 0o640, "{}", path.display());
    }
    for folder in [&out, &out.join("runs"), &current] {
        assert_eq!(mode(folder), 0o750, "{}", folder.display());
    }
    for close in ["secret.key", "erasure/erased.txt", ".lock"] {
        assert_eq!(mode(&out.join(close)), 0o600);
    }
    assert_eq!(mode(&out.join("cache")), 0o700);
    succeed(&scratch, &["forget", "--email", "ana.quintela@mail.example"]);
    assert_eq!(mode(&current.join("crosswalk.csv")), 0o640, "a file that is written anew keeps its readers");
}

#[test]
fn messages_and_logs_have_no_personal_value() {
    let scratch = shop();
    let text = |arguments: &[&str]| {
        let output = scratch.onefold(arguments);
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let mut told = text(&["run", "--log-format", "json"]) + &text(&["run"]) + &text(&["check"]) + &text(&["profile"]);
    told += &text(&["forget", "--email", "nobody@mail.example", "--dry-run"]);
    told += &text(&["forget", "--email", "not an address of Quintela-Souza"]);
    told += &text(&["forget", "--email", "ana.quintela@mail.example"]);
    told += &fs::read_to_string(scratch.path().join("out/current/run.json")).unwrap();
    told += &fs::read_to_string(scratch.path().join("out/erasure/receipts/000001.json")).unwrap();
    for value in HERS.iter().chain(&["bo@mail.example", "6175550199", "Lund", "nobody@mail.example"]) {
        assert!(!told.contains(value), "{value} in\n{told}");
    }
}
