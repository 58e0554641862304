//! Erasure and access: nothing of a person stays, nobody else is touched, and everything that is held can be told.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use polars::prelude::{DataType, ParquetReader, SerReader};

use super::harness::Scratch;

const CONFIG: &str = r#"
[project]
default_region = "US"

[[source]]
name = "shop"
channel = "web"
path = "exports/shop*.csv"
record_id = "id"
event_time = "at"
[source.fields]
email = "email"
phone = "phone"
first_name = "first"
last_name = "last"
street = "street"

[[source]]
name = "till"
channel = "pos"
path = "exports/till.csv"
[source.fields]
phone = "phone"
loyalty_id = "card"
amount = "amount"

[[source]]
name = "ads"
channel = "web"
path = "exports/ads.csv"
record_id = "id"
[source.fields]
email_hash = "hash"

[identifiers.loyalty_id]
max_per_person = 1
[identifiers.email]
[identifiers.email_hash]
kind = "hash"
of = "email"
[identifiers.phone]

[golden.fields]
first_name = "most_recent"
last_name = "most_recent"
email = "most_recent"
phone = "most_recent"
street = "most_recent"
cards = { field = "loyalty_id", rule = "collect" }

[output]
formats = ["parquet", "csv"]
"#;

const SHOP: &str = "id,at,email,phone,first,last,street\n\
    shop-ana-1,2026-01-01,Ana.Quintela@mail.example,,Ana,Quintela-Souza,12 Peppercorn Row\n\
    shop-ana-2,2026-01-02,,(617) 555-0142,Ana,Quintela-Souza,12 Peppercorn Row\n\
    shop-ana-3,2026-01-03,ana.quintela@mail.example,617-555-0142,Anna,Quintela-Souza,12 Peppercorn Row\n\
    shop-bo-1,2026-01-04,bo@mail.example,617-555-0199,Bo,Lund,1 High St\n\
    shop-bo-2,2026-01-05,bo@mail.example,,Bo,Lund,1 High St\n\
    shop-joana,2026-01-06,joana.quintela@mail.example,,Joana,Reis,2 High St\n\
    shop-ana-9,yesterday,ana.quintela@mail.example,,Ana,Quintela-Souza,12 Peppercorn Row\n\
    shop-x,2026-01-07,x@mail.example,,X,Y,too,many,cells,(617) 555 0142\n";
const TILL: &str =
    "phone,card,amount\n617.555.0142,CARD-55501,10.00\n617.555.0142,CARD-55501,10.00\n617 555 0199,CARD-70002,5\n";

/// What must not be found any more.
const HERS: [&str; 11] = [
    "ana.quintela@mail.example",
    "Ana.Quintela@mail.example",
    "6175550142",
    "617.555.0142",
    "(617) 555-0142",
    "(617) 555 0142",
    "Quintela-Souza",
    "quintela souza",
    "Peppercorn",
    "CARD-55501",
    "shop-ana-",
];

fn ads() -> String {
    format!("id,hash\nads-1,{}\nads-2,{}\n", sha256("ana.quintela@mail.example"), sha256("zoe@mail.example"))
}

fn sha256(text: &str) -> String {
    onefold::erasure::hashes(text)[0].clone()
}

fn shop() -> Scratch {
    Scratch::of(&[
        ("onefold.toml", CONFIG),
        ("exports/shop.csv", SHOP),
        ("exports/till.csv", TILL),
        ("exports/ads.csv", &ads()),
    ])
}

fn succeed(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = scratch.onefold(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every file below a folder with its bytes, those of Parquet as its cells, too.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let read = |path: PathBuf| {
        let mut bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "parquet") {
            let table = ParquetReader::new(fs::File::open(&path).unwrap()).finish().unwrap();
            for column in table.columns() {
                let texts = column.cast(&DataType::String).unwrap();
                for text in texts.str().unwrap().iter().flatten() {
                    bytes.extend_from_slice(text.as_bytes());
                    bytes.push(b'\n');
                }
            }
        }
        (path, bytes)
    };
    files(folder).into_iter().map(read).collect()
}

/// Where any of these is found.
fn found(folder: &Path, needles: &[String]) -> Vec<String> {
    let mut places = Vec::new();
    for (path, bytes) in contents(folder) {
        let bytes = String::from_utf8_lossy(&bytes).replace("joana.quintela@mail.example", "").into_bytes();
        for needle in needles {
            if memchr::memmem::find(&bytes, needle.as_bytes()).is_some() {
                places.push(format!("{needle} in {}", path.strip_prefix(folder).unwrap().display()));
            }
        }
    }
    places
}

/// Her values, with the ids that she has now.
fn hers(scratch: &Scratch) -> Vec<String> {
    let crosswalk = scratch.published().table("crosswalk");
    let ids: BTreeSet<String> = crosswalk
        .rows
        .iter()
        .filter(|row| crosswalk.cell(row, "record_id").starts_with("shop-ana-"))
        .map(|row| crosswalk.cell(row, "person_id").to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "she is one person");
    HERS.iter().map(|value| (*value).to_owned()).chain(ids).chain([sha256("ana.quintela@mail.example")]).collect()
}

/// Two published runs, one held back, stage tables in the output folder, and a cache.
fn lived_in() -> Scratch {
    let scratch = shop();
    scratch.run();
    scratch.write(
        "exports/shop-2.csv",
        b"id,at,email,phone,first,last,street\nshop-cy,2026-02-01,cy@mail.example,,Cy,O,\n",
    );
    scratch.run_with(&["--stage-dir", "out/stages"]);
    let gated = format!("{CONFIG}\n[gates.conditions]\nnever = \"persons < 1\"\n");
    scratch.write("gated.toml", gated.as_bytes());
    let held = scratch.onefold(&["run", "--quiet", "-c", "gated.toml"]);
    assert_eq!(held.status.code(), Some(1));
    assert!(scratch.path().join("out/held/000003").exists());
    scratch
}

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

/// How often the test below kills; `ONEFOLD_KILLS=200` for the real thing.
fn kills() -> u32 {
    std::env::var("ONEFOLD_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(6)
}

#[test]
fn an_erasure_that_is_killed_never_was_or_is_finished_by_the_next_command() {
    let original = lived_in();
    let needles = hers(&original);
    let again = || {
        let scratch = Scratch::empty();
        copy(original.path(), scratch.path());
        scratch
    };
    let forget = ["forget", "--email", "ana.quintela@mail.example"];
    let timed = again();
    let started = Instant::now();
    succeed(&timed, &forget);
    let usual = started.elapsed();
    let (mut undone, mut done) = (0, 0);
    for kill in 0..=kills() {
        let scratch = again();
        let before = found(&scratch.path().join("out"), &needles);
        let mut child = scratch.command(&forget).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(usual.mul_f64(f64::from(kill) / f64::from(kills())).max(Duration::from_millis(1)));
        child.kill().unwrap(); // SIGKILL on Unix
        child.wait().unwrap();
        succeed(&scratch, &["head", "golden_customers"]); // any command
        succeed(&scratch, &["cache", "--prune"]); // and one that takes the folder
        let after = found(&scratch.path().join("out"), &needles);
        for run in ["1", "2", "3"] {
            succeed(&scratch, &["verify", run]);
        }
        if after.is_empty() {
            done += 1;
        } else {
            undone += 1;
            let tables =
                |places: &[String]| places.iter().filter(|place| !place.contains("cache")).cloned().collect::<Vec<_>>();
            assert_eq!(tables(&after), tables(&before), "neither the old state nor the new one");
        }
    }
    assert!(undone > 0, "no kill came before the decision; {done} after it");
}

/// A folder with all below it, links as links.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
        if path.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(&path).unwrap(), to.join(name)).unwrap();
        } else if path.is_dir() {
            fs::create_dir_all(to.join(&name)).unwrap();
            copy(&path, &to.join(&name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

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

#[test]
fn pseudonyms_stand_for_identifiers_and_names_and_everything_still_works() {
    let scratch = shop();
    scratch.run();
    let plain = scratch.published().table("golden_customers");
    let published = scratch.run_with(&["--pseudonymize"]);
    let golden = published.table("golden_customers");
    for column in ["person_id", "records", "first_seen", "street"] {
        assert_eq!(golden.column(column), plain.column(column), "{column} stays");
    }
    for column in ["first_name", "last_name", "email", "phone", "cards"] {
        let hidden = golden.column(column);
        assert!(hidden.iter().all(|text| text.is_empty() || text.len() == 32), "{column}: {hidden:?}");
        let filled = |column: &[&str]| column.iter().map(|text| !text.is_empty()).collect::<Vec<_>>();
        assert_eq!(filled(&hidden), filled(&plain.column(column)), "{column}");
    }
    let hers = HERS.iter().filter(|value| !["Peppercorn", "shop-ana-"].contains(*value));
    let open: Vec<String> = hers.chain(&["bo@mail.example", "6175550199", "Lund"]).map(|v| (*v).to_owned()).collect();
    let current = fs::canonicalize(scratch.path().join("out/current")).unwrap();
    assert_eq!(found(&current, &open), Vec::<String>::new());
    // The same value, the same pseudonym, in every table.
    let edges = published.table("edges");
    let email = golden.column("email").into_iter().find(|email| !email.is_empty()).unwrap().to_owned();
    assert!(edges.column("value").contains(&email.as_str()));
    succeed(&scratch, &["verify"]);
    for who in ["email=bo@mail.example", "shop/shop-bo-1"] {
        let told = succeed(&scratch, &["explain", who]);
        assert!(told.contains("3 records") && !told.contains("bo@mail"), "{told}");
    }
    succeed(&scratch, &["explain", "shop/shop-bo-1", "shop/shop-bo-2"]);
    // The next run goes on, and compares like with like.
    let again = scratch.run_with(&["--pseudonymize"]);
    let changes = &again.report()["changes"];
    assert_eq!((changes["created"].as_u64(), changes["retired"].as_u64()), (Some(0), Some(0)));
    assert_eq!(again.table("golden_customers").rows, golden.rows, "the same pseudonyms");
    let same = succeed(&scratch, &["plan"]);
    assert!(!same.contains("first_name"), "{same}");
    // Erasure reaches pseudonymized runs.
    let pseudonyms: Vec<String> = golden
        .rows
        .iter()
        .filter(|row| golden.cell(row, "street") == "12 Peppercorn Row")
        .flat_map(|row| ["email", "phone", "last_name", "person_id"].map(|column| golden.cell(row, column).to_owned()))
        .collect();
    assert_eq!(pseudonyms.len(), 4);
    succeed(&scratch, &["forget", "--email", "ana.quintela@mail.example"]);
    let all: Vec<String> = pseudonyms.into_iter().chain(HERS.iter().map(|value| (*value).to_owned())).collect();
    assert_eq!(found(&scratch.path().join("out"), &all), Vec::<String>::new());
    scratch.write("onefold.toml", format!("{CONFIG}pseudonymize = [\"stret\"]\n").as_bytes());
    let message = String::from_utf8(scratch.onefold(&["check"]).stderr).unwrap();
    assert!(message.contains("did you mean `street`?"), "{message}");
}
