//! `onefold check` and `onefold run` know the same faults; `onefold sql` answers from published tables.

use std::fs;
use std::process::Output;

use super::harness::{Scratch, root};

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_check_passes_run_does_not_refuse() {
    // That run takes these folders is what the scenarios' own tests say.
    for corpus in ["testdata/scenarios", "examples"] {
        for entry in fs::read_dir(root().join(corpus)).unwrap() {
            let folder = entry.unwrap().path();
            if folder.join("onefold.toml").is_file() {
                let output = Scratch::copy(&folder).onefold(&["check"]);
                assert!(output.status.success(), "{}:\n{}", folder.display(), stderr(&output));
            }
        }
    }
}

const CONFIG: &str = r#"[[source]]
name = "shop"
channel = "web"
path = "shop.csv"
record_id = "id"
event_time = "at"
[source.fields]
email = "email"
amount = "total"

[identifiers.email]

[golden.fields]
email = "most_recent"

[traits]
orders = "COUNT(*)"

[[segment]]
name = "regulars"
where = "orders >= 3"
"#;

const DATA: &str = "id,at,email,total\n1,2026-01-01,ana@example.org,3.50\n2,2026-01-02,bo@example.org,4\n";

#[test]
fn what_run_refuses_before_it_reads_check_refuses_in_the_same_words() {
    let broken: &[(&str, &str, &str)] = &[
        ("a key", "channel = \"web\"", "chanel = \"web\""),
        ("a path", "shop.csv", "shops.csv"),
        ("a column", "email = \"email\"", "email = \"e-mail\""),
        ("the record id", "record_id = \"id\"", "record_id = \"number\""),
        ("the time's column", "event_time = \"at\"", "event_time = \"when\""),
        ("a rule of survivorship", "\"most_recent\"", "\"most_recnet\""),
        ("a trait", "COUNT(*)", "COUNT(orders)"),
        ("a segment's column", "orders >= 3", "ordres >= 3"),
        ("a segment's type", "orders >= 3", "orders"),
        ("a file in a rule", "orders >= 3", "email IN (SELECT x FROM read_csv('/etc/passwd'))"),
        ("the output folder", "[traits]", "[output]\ndir = 'shop.csv'\n[traits]"),
        ("a folder in a file", "[traits]", "[output]\ndir = 'shop.csv/out'\n[traits]"),
        ("a table", "[traits]", "[output]\ntables = ['golden']\n[traits]"),
        ("as_of", "[traits]", "[project]\nas_of = 'yesterday'\n[traits]"),
        ("a steward's file", "[traits]", "[[always_link]]\nfile = 'pairs.csv'\n[traits]"),
        ("a condition", "record_id", "where = \"status = 'x'\"\nrecord_id"),
        ("a delimiter", "record_id", "delimiter = '::'\nrecord_id"),
        ("an encoding", "record_id", "encoding = 'utf-9'\nrecord_id"),
        ("a name taken twice", "orders = ", "email = "),
        ("a pattern", "amount = \"total\"", "amount = { file_name = \"(\" }"),
        ("TOML", "[traits]", "[traits"),
    ];
    for (what, from, to) in broken {
        assert!(CONFIG.contains(from), "{what}");
        let scratch = Scratch::of(&[("onefold.toml", &CONFIG.replacen(from, to, 1)), ("shop.csv", DATA)]);
        let (check, run) = (scratch.onefold(&["check"]), scratch.onefold(&["run"]));
        assert_eq!(check.status.code(), Some(2), "{what}: {}", stderr(&check));
        assert_eq!(run.status.code(), Some(2), "{what}: {}", stderr(&run));
        assert_eq!(stderr(&check), stderr(&run), "{what}");
        assert!(!stderr(&check).contains("root:"), "{what}");
    }
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", DATA)]);
    let typed = ["--as-of", "soon"];
    let (check, run) =
        (scratch.onefold(&[&["check"], &typed[..]].concat()), scratch.onefold(&[&["run"], &typed[..]].concat()));
    assert_eq!((check.status.code(), stderr(&check)), (Some(2), stderr(&run)));
}

#[test]
fn faults_of_config_rules_and_files_come_together() {
    let config = CONFIG
        .replace("[[source]]", "[project]\ntime_zone = \"Mars/Base\"\n\n[[source]]")
        .replace("\"total\"", "\"totl\"")
        .replace("COUNT(*)", "COUNT(amuont)")
        .replace("orders >= 3", "ordres >= 3");
    let scratch = Scratch::of(&[("onefold.toml", &config), ("shop.csv", DATA)]);
    insta::assert_snapshot!("check_faults", stderr(&scratch.onefold(&["check"])));
}

#[test]
fn check_shows_what_columns_hold_and_what_looks_odd() {
    let config = CONFIG
        .replace("orders >= 3", "orders >= 3 AND orders < 2")
        .replace("COUNT(*)", "COUNT(*) FILTER (WHERE channel = 'wed')");
    let config = config.replace("amount = ", "phone = \"phone\"\namount = ") + "[identifiers.phone]\n";
    let data = "id,at,email,total,phone\n1,2026-01-01,ana@example.org,3.50,617 555 0123\n2,2026-01-05,,four,\n";
    let scratch = Scratch::of(&[("onefold.toml", &config), ("shop.csv", data)]);
    let output = scratch.onefold(&["check"]);
    assert!(output.status.success());
    let page = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!("check_page", format!("{page}--- stderr\n{}", stderr(&scratch.onefold(&["check"]))));
    assert!(!page.contains("ana@example.org"), "values are masked");
    assert!(!scratch.path().join("out").exists(), "nothing is written");
    let json = scratch.onefold(&["check", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["sources"][0]["fields"][0]["filled"], 1);
    assert_eq!(json["warnings"].as_array().map(Vec::len), Some(4));
}

#[test]
fn published_tables_answer_sql_in_three_formats() {
    let config = CONFIG.to_owned() + "[output]\nformats = [\"csv\", \"parquet\"]\n";
    let scratch = Scratch::of(&[("onefold.toml", &config), ("shop.csv", DATA)]);
    scratch.run();
    let ask = |format: &str| {
        let question = "select email, orders from golden_customers order by email";
        let output = scratch.onefold(&["sql", question, "--format", format]);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(ask("table"), "email            orders\nana@example.org       1\nbo@example.org        1\n");
    assert_eq!(ask("csv"), "email,orders\nana@example.org,1\nbo@example.org,1\n");
    assert_eq!(ask("json").lines().next(), Some(r#"{"email":"ana@example.org","orders":1}"#));
}

#[test]
fn sql_reads_published_tables_and_nothing_else() {
    let config = CONFIG.to_owned() + "[output]\nformats = [\"csv\"]\n";
    let scratch = Scratch::of(&[("onefold.toml", &config), ("shop.csv", DATA)]);
    scratch.run();
    for question in ["select * from read_csv('shop.csv')", "select * from 'shop.csv'", "drop table segments"] {
        let output = scratch.onefold(&["sql", question]);
        assert_eq!(output.status.code(), Some(2), "{question}");
        assert!(!stderr(&output).contains("ana@"), "{question}");
    }
    // Tables of CSV alone answer too.
    let output = scratch.onefold(&["sql", "select count(*) as n from crosswalk", "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "n\n2\n");
    let sums =
        "select sum(orders) as n, sum(records) as m, max(last_seen) > min(first_seen) as later from golden_customers";
    let output = scratch.onefold(&["sql", sums, "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "n,m,later\n2,2,true\n", "{}", stderr(&output));
}

#[test]
fn check_foresees_a_held_folder_a_bad_stage_folder_and_a_damaged_earlier_run() {
    let scratch = Scratch::of(&[
        (
            "onefold.toml",
            "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
             [source.fields]\nemail = \"email\"\n\n[identifiers.email]\n\n[output]\nformats = [\"csv\"]\n",
        ),
        ("shop.csv", "id,email\n1,ana@example.org\n"),
    ]);
    scratch.run();
    let check = |arguments: &[&str]| {
        let output = scratch.onefold(&[&["check"], arguments].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(check(&["--stage-dir", "stages"]).0, Some(0));
    for command in ["check", "run"] {
        let output = scratch.onefold(&[command, "--stage-dir", "shop.csv/stages"]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(message.contains("--stage-dir") && message.contains("no folder"), "{message}");
    }
    let lock = fs::File::options().write(true).open(scratch.path().join("out/.lock")).unwrap();
    lock.lock().unwrap();
    let (code, message) = check(&[]);
    assert_eq!(code, Some(0));
    assert!(message.contains("another run is writing here just now"), "{message}");
    drop(lock);
    assert!(!check(&[]).1.contains("another run"));
    let crosswalk = scratch.path().join("out/current/crosswalk.csv");
    let whole = fs::read(&crosswalk).unwrap();
    fs::write(&crosswalk, &whole[..whole.len() - 5]).unwrap();
    let (code, message) = check(&[]);
    assert_eq!(code, Some(2));
    assert!(message.contains("cannot keep person ids"), "{message}");
}

#[test]
fn what_can_never_do_anything_is_told_with_its_place() {
    let config = "[[source]]\nname = \"orders\"\npreset = \"shopify-orders\"\npath = \"orders.csv\"\n\n\
                  [identifiers.email]\n[identifiers.phone]\n\n\
                  [traits]\npaid = \"SUM(amount)\"\nshops = \"COUNT(DISTINCT location)\"\n\n\
                  [[segment]]\nname = \"local\"\nwhere = \"shops >= 1 AND paid > 10\"\n\n\
                  [[trigger]]\nname = \"came_to_a_shop\"\nready = \"entered\"\nsegment = \"local\"\n\n\
                  [[audience]]\nname = \"local_by_text\"\nchannel = \"sms\"\nconsent = \"not_opted_out\"\n";
    // This export has neither places nor telephone numbers.
    let data = "Name,Email,Financial Status,Fulfillment Status,Total,Created at,Lineitem quantity,Lineitem name,Billing Name\n\
                #1,ana@example.org,paid,fulfilled,3.50,2026-01-02 10:00:00 -0400,1,Mug,Ana Lee\n";
    let scratch = Scratch::of(&[("onefold.toml", config), ("orders.csv", data)]);
    let output = scratch.onefold(&["check"]);
    let told = stderr(&output);
    assert!(output.status.success(), "{told}");
    for text in [
        "trait `shops` reads `location`, and no file has a column for `location`",
        "nobody can be in segment `local`: `shops` is always 0: no file has a column for `location`",
        "trigger `came_to_a_shop` can never fire: nobody can be in segment `local`",
        "nobody can be in audience `local_by_text`: no file has a column for `phone`",
    ] {
        assert!(told.contains(text), "{text}\n{told}");
    }
    assert_eq!(told.matches("warning:").count(), 4, "{told}");
    // With the columns there, nothing is odd.
    let data =
        data.replace(",Billing Name\n", ",Billing Name,Location,Phone\n").replace("Ana Lee\n", "Ana Lee,Rome,\n");
    scratch.write("orders.csv", data.as_bytes());
    let told = stderr(&scratch.onefold(&["check"]));
    assert!(!told.contains("warning:"), "{told}");
}

#[test]
fn a_file_without_rows_is_told_before_and_after() {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", "id,at,email,total\n")]);
    let told = stderr(&scratch.onefold(&["check"]));
    assert!(told.contains("the files of source `shop` have no row"), "{told}");
    let output = scratch.onefold(&["run"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
    assert!(said.contains("sources without rows  1  shop") && !said.contains("Nothing was rejected"), "{said}");
    let page = fs::read_to_string(scratch.path().join("out/current/report.html")).unwrap();
    assert!(page.contains("source is empty") && !page.contains("Nothing to worry about"));
}
