//! `report.html`: published with every run, the same for the same data, safe whatever the data holds.

use std::process::Command;

use super::harness::{Scratch, root};

const HOSTILE: &str = "<script>document.title='owned'</script>\"'><img src=x onerror=alert(1)>";

fn retail() -> Scratch {
    Scratch::copy(&root().join("examples/retail"))
}

fn report(scratch: &Scratch) -> String {
    String::from_utf8(scratch.published().bytes("report.html")).unwrap()
}

/// A shop whose names and values would like to run.
fn hostile() -> Scratch {
    let toml = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let config = format!(
        "[project]\nname = {name}\n[[source]]\nname = {name}\nchannel = {name}\npath = \"a.csv\"\nrecord_id = \"id\"\n\
         fields = {{ email = \"email\", card = \"card\", city = \"city\" }}\n[identifiers.email]\n[identifiers.card]\nkind = \"id\"\n",
        name = toml(HOSTILE)
    );
    let mut data = csv::Writer::from_writer(Vec::new());
    data.write_record(["id", "email", "card", "city"]).unwrap();
    for row in 0..30 {
        data.write_record([&format!("{HOSTILE}{row}"), "ana@example.com", HOSTILE, HOSTILE]).unwrap();
    }
    let scratch = Scratch::of(&[("onefold.toml", &config)]);
    scratch.write("a.csv", &data.into_inner().unwrap());
    scratch
}

#[test]
fn the_report_is_published_with_the_run_and_does_not_depend_on_threads() {
    let (one, many) = (retail(), retail());
    one.run_with(&["--threads", "1"]);
    many.run_with(&["--threads", "7"]);
    let page = report(&one);
    assert!(page == report(&many), "the report differs with the number of threads");
    assert!(page.contains("1,266 customers") && page.contains("<svg class=\"graph"));
    for text in ["@hotmail", "larry", "+1617"] {
        assert!(!page.contains(text), "{text} is not masked");
    }
}

#[test]
fn hostile_values_stay_text_from_end_to_end() {
    let scratch = hostile();
    scratch.run();
    let page = report(&scratch);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.contains("&lt;script&gt;"));
    let picture = scratch.onefold(&["explain", "email=ana@example.com", "--picture", "html"]);
    let picture = String::from_utf8(picture.stdout).unwrap();
    assert!(picture.contains("<svg") && !picture.contains("<script") && !picture.contains("<img"));
}

#[test]
fn a_person_is_drawn_with_what_was_refused() {
    let scratch = Scratch::copy(&root().join("testdata/scenarios/spouses_at_one_email_address_stay_two_persons"));
    let published = scratch.run();
    let ids = published.table("crosswalk");
    let record = format!("{}/{}", ids.rows[0][0], ids.rows[0][1]);
    let other = format!("{}/{}", ids.rows[1][0], ids.rows[1][1]);
    let svg = scratch.onefold(&["explain", &record, &other, "--picture", "svg"]);
    let svg = String::from_utf8(svg.stdout).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    assert!(svg.contains("class=\"refused\"") && svg.contains("class=\"links\""), "{svg}");
}

/// In a real browser, where there is one: nothing is logged, nothing runs, the charts are there.
#[test]
fn a_browser_opens_the_report_from_disk_without_a_word() {
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()))
    else {
        eprintln!("skipped: there is no Chromium");
        return;
    };
    for scratch in [retail(), hostile()] {
        scratch.run();
        let page =
            format!("file://{}", scratch.path().join("out/current/report.html").canonicalize().unwrap().display());
        let flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            "--dump-dom",
        ];
        let profile = format!("--user-data-dir={}", scratch.path().join("browser").display());
        let output = Command::new(browser).args(flags).args([&profile, &page]).output().expect("it was found");
        let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() || dom.is_empty() {
            eprintln!("skipped: Chromium does not start here");
            return;
        }
        assert!(!log.contains("CONSOLE"), "{log}");
        assert!(dom.matches("class=\"chart\"").count() >= 1 && dom.contains("class=\"graph"));
        assert!(!dom.contains("<title>owned</title>") && !dom.contains("<script"));
    }
}

#[test]
fn entries_to_a_segment_and_exits_from_it_are_told_apart() {
    let config = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                  [source.fields]\nemail = \"email\"\ncity = \"city\"\n\n[identifiers.email]\n\n\
                  [[segment]]\nname = \"roman\"\nwhere = \"city = 'Rome'\"\n";
    let data = "id,email,city\n1,a@x.example,Rome\n2,b@x.example,Rome\n3,c@x.example,Oslo\n4,d@x.example,Rome\n";
    let scratch = Scratch::of(&[("onefold.toml", config), ("shop.csv", data)]);
    assert_eq!(scratch.run().report()["segment_flows"], serde_json::json!([]));
    let moved = data.replace("a@x.example,Rome", "a@x.example,Oslo").replace("c@x.example,Oslo", "c@x.example,Rome");
    scratch.write("shop.csv", moved.replace("b@x.example,Rome", "b@x.example,Bonn").as_bytes());
    let published = scratch.run();
    assert_eq!(published.report()["segment_flows"], serde_json::json!([["roman", 1, 2]]));
    let page = String::from_utf8(published.bytes("report.html")).unwrap();
    assert!(page.contains("entered") && page.contains("+1") && page.contains("−2"));
}

#[test]
fn the_report_tells_what_led_to_conversions() {
    let scratch = Scratch::copy(&root().join("testdata/scenarios/journeys_credit_what_led_to_a_purchase"));
    scratch.run();
    let page = report(&scratch);
    assert!(page.contains("5 conversions worth 72.00; something led to 1 of them (20.0\u{a0}%)"), "{page}");
    for text in ["spring", "30.00", "nothing led to it", "What people did and got", "<td class=\"num\">4.0</td>"] {
        assert!(page.contains(text), "{text}\n{page}");
    }
}

#[test]
fn a_run_can_be_told_again_with_what_it_cost() {
    let scratch = retail();
    let said = String::from_utf8(scratch.onefold(&["run"]).stdout).unwrap();
    let again = String::from_utf8(scratch.onefold(&["report"]).stdout).unwrap();
    let until = |text: &str| text.split("\nTables (").next().unwrap().to_owned();
    assert_eq!(until(&said), until(&again), "the same words");
    for stage in ["ingest", "publish", "CPU seconds", "published at 20"] {
        assert!(again.contains(stage), "{stage}\n{again}");
    }
    let json = scratch.onefold(&["report", "--run", "1", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["persons"], 1266);
    let missing = scratch.onefold(&["report", "--run", "7"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no run 7") && missing.status.code() == Some(2));
}
