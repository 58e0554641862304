//! Whoever is erased goes from everything that is kept, and does not come back.

use std::fs;

use super::{CONFIG, SHOP, found, hers, lived_in, shop, succeed};
use crate::harness::Scratch;

#[test]
fn after_forget_no_byte_of_the_output_folder_is_hers() {
    let scratch = lived_in();
    let out = scratch.path().join("out");
    let needles = hers(&scratch);
    let before = found(&out, &needles);
    for value in needles
        .iter()
        .filter(|value| !value.starts_with("Ana.") && *value != "(617) 555-0142" && *value != "617.555.0142")
    {
        assert!(before.iter().any(|place| place.starts_with(value.as_str())), "{value} is nowhere even before");
    }
    for place in ["cache", "held", "stages", "runs/000001", "runs/000002", "rejects"] {
        assert!(before.iter().any(|found| found.contains(place)), "nothing of hers in {place} even before");
    }
    let strangers = |scratch: &Scratch| {
        let golden = scratch.published().table("golden_customers");
        let mut rows = golden.rows.clone();
        rows.retain(|row| golden.cell(row, "last_name") != "Quintela-Souza");
        rows
    };
    let others = strangers(&scratch);
    let dry = succeed(&scratch, &["forget", "--email", "ANA.quintela@mail.example", "--dry-run"]);
    assert!(dry.contains("Nothing was changed"), "{dry}");
    assert_eq!(found(&out, &needles), before);
    let text = succeed(&scratch, &["forget", "--email", "ANA.quintela@mail.example"]);
    assert_eq!(found(&out, &needles), Vec::<String>::new(), "{text}");
    assert_eq!(strangers(&scratch), others, "strangers stay as they were");
    assert_eq!(scratch.published().table("golden_customers").rows.len(), others.len());
    for run in ["1", "2", "3"] {
        succeed(&scratch, &["verify", run]);
    }
    succeed(&scratch, &["diff", "1", "2"]);
    assert_eq!(scratch.published().report()["rewritten"][0]["receipt"], 1);
    let receipt = fs::read_to_string(out.join("erasure/receipts/000001.json")).unwrap();
    let receipt: serde_json::Value = serde_json::from_str(&receipt).unwrap();
    assert_eq!(receipt["identifiers_kept"]["email"], 1);
    let still: Vec<(&str, String)> = receipt["still_in"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| (place["file"].as_str().unwrap(), place["lines"].to_string()))
        .collect();
    let lines = |file, lines: &str| (file, lines.to_owned());
    assert_eq!(
        still,
        [lines("exports/ads.csv", "[2]"), lines("exports/shop.csv", "[2,3,4,8,9]"), lines("exports/till.csv", "[2,3]")]
    );
    assert_eq!(fs::read_to_string(scratch.path().join("exports/shop.csv")).unwrap(), SHOP, "exports are not changed");
}

#[test]
fn she_does_not_return_with_the_same_export_nor_with_new_records() {
    let scratch = lived_in();
    let needles = hers(&scratch);
    succeed(&scratch, &["forget", "--phone", "617 555 0142"]);
    let more = "id,at,email,phone,first,last,street\n\
                shop-n1,2026-03-01,ana.quintela@mail.example,,Ana,Quintela-Souza,9 Peppercorn Row\n\
                shop-n2,2026-03-01,,+1 617 555 0142,A,Quintela-Souza,\n\
                shop-n3,2026-03-01,new@mail.example,,Dee,Orr,\n\
                shop-n4,not a day,ana.quintela@mail.example,,Ana,Quintela-Souza,\n";
    scratch.write("exports/shop-3.csv", more.as_bytes());
    for _ in 0..2 {
        let published = scratch.run();
        let report = published.report();
        let erased = |at: usize| report["sources"][at]["erased"].as_u64().unwrap();
        assert_eq!([erased(0), erased(1), erased(2)], [5, 2, 1]);
        let crosswalk = published.table("crosswalk");
        assert!(crosswalk.column("record_id").contains(&"shop-n3"));
        assert!(!crosswalk.column("record_id").iter().any(|id| id.starts_with("shop-ana") || *id == "shop-n1"));
        assert_eq!(found(&scratch.path().join("out"), &needles), Vec::<String>::new());
    }
    // A run without a cache publishes the same.
    let cached = scratch.published().table("golden_customers").rows;
    fs::remove_dir_all(scratch.path().join("out/cache")).unwrap();
    assert_eq!(scratch.run().table("golden_customers").rows, cached);
    // So does one that finds no run to go on from: the list stays.
    fs::remove_dir_all(scratch.path().join("out/runs")).unwrap();
    fs::remove_file(scratch.path().join("out/current")).unwrap();
    scratch.run();
    assert_eq!(found(&scratch.path().join("out"), &needles), Vec::<String>::new());
}

#[test]
fn what_she_shares_with_others_erases_none_of_them() {
    let family = "id,at,email,phone,first,last,street\n\
                  s1,2026-01-01,home@mail.example,617-555-0142,Ana,Quintela,\n\
                  s2,2026-01-02,home@mail.example,617-555-0199,Rui,Quintela,\n";
    let scratch = shop();
    scratch.write("exports/shop.csv", family.as_bytes());
    scratch.write("exports/till.csv", b"phone,card,amount\n");
    scratch.run();
    let whose = |id: &str| {
        let crosswalk = scratch.published().table("crosswalk");
        let row = crosswalk.rows.iter().find(|row| crosswalk.cell(row, "record_id") == id).cloned();
        row.map(|row| crosswalk.cell(&row, "person_id").to_owned())
    };
    assert_ne!(whose("s1"), whose("s2"), "spouses at one address are two persons");
    let refused = scratch.onefold(&["forget", "--email", "home@mail.example"]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(message.contains("is on records of 2 persons") && !message.contains("home@mail"), "{message}");
    let receipt: serde_json::Value =
        serde_json::from_str(&succeed(&scratch, &["forget", "shop/s1", "--format", "json"])).unwrap();
    assert_eq!(receipt["identifiers_kept"], serde_json::json!({ "phone": 1 }));
    assert_eq!(receipt["identifiers_left"]["email: on records of others, too"], 1);
    let rui = whose("s2");
    scratch.run();
    assert_eq!((whose("s1"), whose("s2")), (None, rui));
    let published = fs::read_to_string(scratch.path().join("out/current/edges.csv")).unwrap();
    assert!(published.contains("home@mail.example") && !published.contains("6175550142"));
}

#[test]
fn whoever_is_not_there_yet_never_comes() {
    let scratch = shop();
    let before = succeed(&scratch, &["forget", "--email", "bo@mail.example"]);
    assert!(before.contains("nobody in the published run"), "{before}");
    let crosswalk = scratch.run().table("crosswalk");
    assert!(!crosswalk.column("record_id").contains(&"shop-bo-1"));
    assert!(crosswalk.column("record_id").contains(&"shop-joana"));
    for (arguments, part) in [
        (&["forget", "--email", "none@none.com"][..], "identify nobody"),
        (&["forget", "--email", "who"], "is no value"),
        (&["forget", "0000000000"], "has no"),
        (&["forget"], "required"),
    ] {
        let output = scratch.onefold(arguments);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_lost_key_stops_the_run_before_anybody_returns() {
    let scratch = shop();
    scratch.run();
    succeed(&scratch, &["forget", "--email", "bo@mail.example"]);
    let key = scratch.path().join("out/secret.key");
    let text = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    for command in [&["run", "--quiet"][..], &["check"], &["forget", "--email", "cy@mail.example"]] {
        let output = scratch.onefold(command);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(message.contains("secret.key") && message.contains("come back"), "{message}");
    }
    fs::write(&key, text).unwrap();
    scratch.run();
}

#[test]
fn a_config_that_would_not_recognize_the_erased_is_warned_of() {
    let scratch = shop();
    scratch.run();
    succeed(&scratch, &["forget", "--email", "bo@mail.example"]);
    let other = CONFIG.replace("[identifiers.email]\n", "[identifiers.email]\nignore_tags = [\"*\"]\n");
    scratch.write("onefold.toml", other.replace("name = \"till\"", "name = \"register\"").as_bytes());
    for command in [&["run"][..], &["check"]] {
        let output = scratch.onefold(command);
        assert!(output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("email") && message.contains("persons were erased by"), "{command:?}: {message}");
        assert!(message.contains("`till`"), "{command:?}: {message}");
    }
}
