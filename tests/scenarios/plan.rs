//! What would change, what did change, and the way back.

use super::harness::{Scratch, root};

const CONFIG: &str = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                      [source.fields]\nemail = \"email\"\nphone = \"phone\"\ncity = \"city\"\n\n[project]\ndefault_region = \"US\"\n\n\
                      [identifiers.email]\n[identifiers.phone]\n\n\
                      [[segment]]\nname = \"rome\"\nwhere = \"city = 'Rome'\"\n";
const DATA: &str = "id,email,phone,city\n1,,617-555-0123,Rome\n2,ana@example.org,,Bonn\n3,ana@example.org,,Bonn\n\
                    4,bo@example.org,617-555-0188,Rome\n5,cy@example.org,617-555-0188,Rome\n6,dee@example.org,,Oslo\n";

fn shop() -> Scratch {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", DATA)]);
    scratch.run();
    scratch
}

fn said(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = scratch.onefold(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn fails(scratch: &Scratch, arguments: &[&str], code: i32) -> String {
    let output = scratch.onefold(arguments);
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap().replace(scratch.path().to_str().unwrap(), "FOLDER")
}

#[test]
fn a_plan_tells_what_new_data_and_a_new_rule_would_change_and_changes_nothing() {
    let scratch = shop();
    let before = scratch.published().bytes("run.json");
    insta::assert_snapshot!("plan_nothing", said(&scratch, &["plan"]));
    let data =
        DATA.replace("6,dee@example.org,,Oslo\n", "7,ana@example.org,617-555-0123,Rome\n8,eve@example.org,,Rome\n");
    scratch.write("shop.csv", data.as_bytes());
    let by_data = said(&scratch, &["plan"]);
    insta::assert_snapshot!("plan_of_new_data", by_data);
    scratch.write("shop.csv", DATA.as_bytes());
    scratch.write("onefold.toml", CONFIG.replace("[identifiers.phone]\n", "").as_bytes());
    insta::assert_snapshot!("plan_of_a_new_rule", said(&scratch, &["plan"]));
    assert!(scratch.published().bytes("run.json") == before, "nothing was published");
    assert_eq!(
        std::fs::read_dir(scratch.path().join("out")).unwrap().count(),
        4,
        "nothing is left: .lock, cache, current, runs"
    );
}

#[test]
fn a_plan_before_the_first_run_says_so() {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", DATA)]);
    assert!(said(&scratch, &["plan"]).starts_with("Nothing was published yet"));
    assert!(!scratch.path().join("out").exists());
}

#[test]
fn the_difference_between_two_runs_is_what_the_plan_said() {
    let scratch = shop();
    scratch.write("shop.csv", format!("{DATA}7,ana@example.org,617-555-0123,Rome\n").as_bytes());
    let json = |arguments: &[&str]| -> serde_json::Value { serde_json::from_str(&said(&scratch, arguments)).unwrap() };
    let mut plan = json(&["plan", "--format", "json"]);
    scratch.run();
    let diff = json(&["diff", "--format", "json"]);
    assert_eq!(diff["after"], 2);
    plan["after"] = diff["after"].clone();
    assert_eq!(plan, diff);
    assert_eq!(diff, json(&["diff", "1", "2", "--format", "json"]));
    assert_eq!((diff["persons"]["merged"].as_u64(), diff["records"]["moved"].as_u64()), (Some(1), Some(1)));
    // Ana, now with the phone of somebody in Rome, is counted there in place of the person merged into her.
    assert_eq!((diff["segments"][0]["entered"].as_u64(), diff["segments"][0]["left"].as_u64()), (Some(1), Some(1)));
    let back = json(&["diff", "2", "1", "--format", "json"]);
    assert_eq!((back["persons"]["split"].as_u64(), back["records"]["gone"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn going_back_shows_readers_the_earlier_run_and_no_id_is_given_twice() {
    let scratch = shop();
    let first = scratch.published().tables();
    let ids = |scratch: &Scratch| {
        let text = said(scratch, &["head", "crosswalk", "-n", "99", "--format", "csv"]);
        text.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    scratch.write("shop.csv", format!("{DATA}0,zoe@example.org,,Rome\n").as_bytes());
    scratch.run();
    let zoe = ids(&scratch)[0].clone();
    let text = said(&scratch, &["rollback"]);
    assert!(text.starts_with("Run 1 of "), "{text}");
    assert!(scratch.published().tables() == first);
    assert!(said(&scratch, &["rollback", "1"]).contains("is the published one already"));
    // The id of run 2 belongs to whom it was given: nobody else gets it, Zoe gets it again, however late she returns.
    scratch.write("shop.csv", format!("{DATA}00,eve@example.org,,Rome\n").as_bytes());
    let report = scratch.run().report();
    assert_eq!((report["run"].as_u64(), report["changes"]["since"].as_u64()), (Some(3), Some(1)));
    assert!(!ids(&scratch).contains(&zoe));
    let past = said(&scratch, &["explain", &zoe]);
    assert!(past.contains("the runs that had it were rolled back"), "{past}");
    scratch.write("shop.csv", format!("{DATA}0,zoe@example.org,,Rome\n").as_bytes());
    scratch.run();
    assert_eq!(ids(&scratch)[0], zoe);
    assert!(said(&scratch, &["explain", &zoe]).starts_with(&format!("Person {zoe}\n")));
}

#[test]
fn a_night_that_is_run_again_after_a_rollback_gives_the_same_ids() {
    let scratch = shop();
    scratch
        .write("shop.csv", format!("{DATA}0,zoe@example.org,,Rome\n7,ana@example.org,617-555-0123,Rome\n").as_bytes());
    let tables = |scratch: &Scratch| {
        let mut tables = scratch.run().tables();
        tables.remove("lineage_history.parquet").expect("always written"); // it names the run
        tables
    };
    let second = tables(&scratch);
    said(&scratch, &["rollback"]);
    assert!(tables(&scratch) == second, "ids, lineage, and the list of those who ever had one");
    // A rolled-back run that was damaged since says nothing; its ids still go to nobody else.
    said(&scratch, &["rollback", "1"]);
    for run in ["out/runs/000002", "out/runs/000003"] {
        scratch.write(&format!("{run}/crosswalk.parquet"), b"PAR1");
    }
    let third = tables(&scratch);
    assert!(third["crosswalk.parquet"] != second["crosswalk.parquet"]);
}

#[test]
fn a_way_back_that_leads_nowhere_is_refused() {
    let scratch = shop();
    let mut all = fails(&scratch, &["rollback"], 2) + &fails(&scratch, &["rollback", "9"], 2);
    scratch.run();
    std::fs::remove_file(scratch.path().join("out/runs/000001/segments.parquet")).unwrap();
    all += &fails(&scratch, &["rollback", "1"], 2);
    insta::assert_snapshot!("rollback_refused", all);
    assert_eq!(scratch.published().report()["run"], 2);
}

#[test]
fn files_that_are_not_what_was_written_are_found() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    scratch.run();
    assert!(!said(&scratch, &["verify"]).contains("were written"));
    let text = String::from_utf8(scratch.published().bytes("segments.csv")).unwrap();
    scratch.write("out/current/segments.csv", text.replacen("regulars", "Regulars", 1).as_bytes());
    std::fs::remove_file(scratch.path().join("out/current/bridges.csv")).unwrap();
    scratch.write("out/current/mine.csv", b"x\n");
    scratch.write("out/current/refusals.csv", b"");
    let page = String::from_utf8(scratch.published().bytes("report.html")).unwrap();
    scratch.write("out/current/report.html", page.replacen("<h1", "<h2", 1).as_bytes());
    let report = String::from_utf8(scratch.published().bytes("run.json")).unwrap();
    scratch
        .write("out/current/run.json", report.replacen("\"largest_person\": ", "\"largest_person\": 1", 1).as_bytes());
    insta::assert_snapshot!("verify_damaged", fails(&scratch, &["verify"], 1));
}

#[test]
fn the_sums_of_a_run_are_those_of_its_files() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    scratch.run();
    let sums = said(&scratch, &["verify", "--sums"]);
    let names: Vec<&str> = sums.lines().map(|line| line.split_once("  ").expect("a sum and a name").1).collect();
    let folder = scratch.path().join("out/current");
    let files = |below: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder.join(below)).unwrap().map(|entry| entry.unwrap());
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        files.map(|entry| format!("{below}{}", entry.file_name().to_str().unwrap())).collect()
    };
    let mut there = files("");
    there.extend(files("audiences/"));
    there.sort();
    assert_eq!(names, there, "every file is in it");
    assert!(names.contains(&"report.html") && names.iter().any(|name| name.starts_with("audiences/")));
    for (line, name) in sums.lines().zip(names) {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(scratch.published().bytes(name));
        let wanted: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(line, format!("{wanted}  {name}"));
    }
    let own = String::from_utf8(scratch.published().bytes("run.json.sha256")).unwrap();
    assert!(sums.contains(&own), "{own}");
    scratch.write("out/current/segments.csv", b"");
    assert!(fails(&scratch, &["verify", "--sums"], 1).contains("segments.csv: 0 bytes"));
}

#[test]
fn every_merge_and_split_says_what_it_comes_from() {
    let config = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"in/*.csv\"\nrecord_id = \"id\"\n\
                  [source.fields]\nemail = \"email\"\nphone = \"phone\"\ncard = \"card\"\nlast_name = \"name\"\n\n\
                  [project]\ndefault_region = \"US\"\n\n[identifiers.email]\n[identifiers.phone]\nshared_above = 2\n\
                  [identifiers.card]\nkind = \"id\"\nmax_per_person = 0\n";
    let a = "id,email,phone,card,name\n\
             a1,a@example.org,,,Abe\na2,,617-555-0101,,Abe\na3,,,CARD-1,Abe\n\
             b1,b@example.org,,,Bly\nb2,,617-555-0102,,Bly\n\
             c1,,617-555-0103,,Cox\nc2,,617-555-0103,,Cox\n\
             d1,d@example.org,,,Day\nd2,e@example.org,,,Day\n\
             f1,,617-555-0104,,Fry\nf2,f@example.org,,,Fry\n\
             g1,g@example.org,617-555-0105,,Gee\ng2,g@example.org,617-555-0105,,Gee\n\
             h1,h@example.org,,,Hay\nh2,,,CARD-2,Hay\n";
    let bridge = "id,email,phone,card,name\nd3,d@example.org,,CARD-9,Day\nd4,e@example.org,,CARD-9,Day\n";
    let words = "source,record_id,source_2,record_id_2\n";
    let config = format!("{config}\n[[always_link]]\nfile = \"words.csv\"\n");
    let scratch =
        Scratch::of(&[("onefold.toml", &config), ("in/a.csv", a), ("in/b.csv", bridge), ("words.csv", words)]);
    scratch.run();
    // Abe's three become one by one new record, and Bly's two by a phone number on a known one; the number of Cox is seen
    // with three families; the file that held Day together is gone; Fry's link is a steward's word; a card that nobody has
    // any more parts nobody.
    let b = a.replace("b1,b@example.org,,", "b1,b@example.org,617-555-0102,");
    let b = format!("{b}n1,a@example.org,617-555-0101,CARD-1,Abe\nx1,,617-555-0103,,Xu\nx2,,617-555-0103,,Yip\n");
    std::fs::remove_file(scratch.path().join("in/a.csv")).unwrap();
    std::fs::remove_file(scratch.path().join("in/b.csv")).unwrap();
    scratch.write("in/c.csv", b.as_bytes());
    scratch.write("words.csv", format!("{words}shop,f1,shop,f2\n").as_bytes());
    let plan: serde_json::Value = serde_json::from_str(&said(&scratch, &["plan", "--format", "json"])).unwrap();
    insta::assert_snapshot!("plan_causes", said(&scratch, &["plan"]));
    let of = |event: &str| {
        let rows = plan["causes"].as_array().unwrap().iter().filter(|row| row["event"] == event);
        let rows =
            rows.map(|row| (row["cause"].as_str().unwrap_or("none").to_owned(), row["events"].as_u64().unwrap()));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(of("merged"), [("new_record".into(), 2), ("new_word".into(), 1), ("new_identifier".into(), 1)]);
    assert_eq!(of("split"), [("file_gone".into(), 1), ("now_shared".into(), 1)]);
    let events = plan["events"].as_array().unwrap();
    assert_eq!(
        events.len() as u64,
        plan["causes"].as_array().unwrap().iter().map(|row| row["events"].as_u64().unwrap()).sum::<u64>()
    );
    assert!(events.iter().all(|event| !event["causes"].as_array().unwrap().is_empty()), "{events:#?}");
}

#[test]
fn where_edges_are_not_published_nobody_guesses_what_changes_come_from() {
    let scratch = shop();
    let config = format!("{CONFIG}\n[output]\ntables = [\"golden_customers\"]\n");
    scratch.write("onefold.toml", config.as_bytes());
    scratch.run();
    scratch.write("shop.csv", format!("{DATA}7,ana@example.org,617-555-0123,Rome\n").as_bytes());
    for text in [said(&scratch, &["plan"]), {
        scratch.run();
        said(&scratch, &["diff"])
    }] {
        assert!(text.contains("What they come from is not told") && text.contains("\n  merged, 1 record"), "{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&said(&scratch, &["diff", "--format", "json"])).unwrap();
    assert_eq!((json["causes"].as_array().unwrap().len(), json["events"].as_array().unwrap().len()), (0, 1));
    assert_eq!(json["events"][0]["cause"], serde_json::Value::Null);
}

#[test]
fn a_changed_limit_is_named_as_what_splits() {
    let scratch = shop();
    let config =
        CONFIG.replace("[identifiers.phone]\n", "[identifiers.phone]\nconflict = [\"city\"]\nshared_above = 9\n");
    scratch.write("onefold.toml", config.as_bytes());
    scratch.write(
        "shop.csv",
        DATA.replace("5,cy@example.org,617-555-0188,Rome", "5,cy@example.org,617-555-0188,Bonn").as_bytes(),
    );
    let text = said(&scratch, &["plan"]);
    assert!(text.contains("  split  1  1 by identifiers.phone.conflict in the config\n"), "{text}");
}
