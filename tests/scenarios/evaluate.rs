//! Figures against labels: the retail example, and public data with truth that is not in the repository.

use std::fmt::Write;
use std::fs;

use super::harness::{Scratch, root};
use super::oracles::shared;

fn figures(scratch: &Scratch) -> serde_json::Value {
    let output = scratch.onefold(&["evaluate", "--truth", "truth.csv", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Precision and recall, in ten thousandths, as docs/accuracy.md has them.
fn shares(scratch: &Scratch) -> [u64; 2] {
    let figures = figures(scratch);
    ["precision", "recall"].map(|name| (figures[name].as_f64().unwrap() * 1e4).round() as u64)
}

#[test]
fn the_retail_example_is_as_right_as_promised() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    scratch.run();
    let figures = figures(&scratch);
    assert!(figures["precision"].as_f64().unwrap() >= 0.99, "{figures:#}");
    assert!(figures["recall_of_reachable"].as_f64().unwrap() >= 0.85, "{figures:#}");
    let largest = |name: &str| figures[name].as_u64().unwrap();
    assert!(largest("largest_found") * 10 <= largest("largest_true") * 12);
}

#[test]
fn a_figure_below_its_threshold_exits_with_1_and_is_named() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    scratch.run();
    let evaluate = |more: &[&str]| scratch.onefold(&[&["evaluate", "--truth", "truth.csv"], more].concat());
    assert_eq!(evaluate(&["--min-precision", "0.9", "--min-recall", "0.5"]).status.code(), Some(0));
    let output = evaluate(&["--min-precision", "0.9", "--min-f1", "0.99", "--min-b3", "0.99"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("--min-f1: pairwise F1 is 0.") && message.contains("--min-b3: "), "{message}");
    assert!(!message.contains("--min-precision"), "{message}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("pairwise precision"));
}

#[test]
fn labels_that_contradict_each_other_or_fit_nothing_are_faults() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    scratch.run();
    let evaluate = |labels: &str| {
        scratch.write("labels.csv", labels.as_bytes());
        let output = scratch.onefold(&["evaluate", "--truth", "labels.csv"]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let twice = evaluate("source,record_id,person\npos,1,ana\npos,2,bo\npos,1,bo\n");
    assert!(twice.contains("labels.csv:4: record `1` has another label further up"), "{twice}");
    let nothing = evaluate("source,record_id,person\npos,none,ana\n");
    assert!(nothing.contains("no label is about a record of run 1"), "{nothing}");
    let columns = evaluate("record_id,person\n1,ana\n");
    assert!(columns.contains("no column `source`"), "{columns}");
    let empty = evaluate("");
    assert!(empty.contains("labels.csv: the file is empty"), "{empty}");
    let ragged = evaluate("source,record_id,person\npos,1\n");
    assert!(ragged.contains("labels.csv:2: cannot read"), "{ragged}");
}

#[test]
fn labels_of_nobody_and_of_records_that_are_not_there_are_left_out_and_counted() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    scratch.run();
    let truth = fs::read_to_string(scratch.path().join("truth.csv")).unwrap();
    let two: Vec<&str> = truth.lines().skip(1).take(2).collect();
    // A line twice says the same twice; a blank person says nothing.
    let labels = format!(
        "person,source,record_id,note\n{}",
        [two[0], two[0], two[1], "pos,00000000x,7", "pos,00000001,"]
            .map(|line| {
                let (record, person) = line.rsplit_once(',').unwrap();
                format!("{person},{record},x\n")
            })
            .concat()
    );
    scratch.write("labels.csv", labels.as_bytes());
    let output = scratch.onefold(&["evaluate", "--truth", "labels.csv"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("2 labeled records: "), "{text}");
    assert!(text.contains("1,998 records have no label and were left out."), "{text}");
    assert!(text.contains("1 label is of a record that the run does not have."), "{text}");
}

/// A folder with a config of testdata/oracles, files of the shared data and the truth made from them; nothing where
/// the shared data are not here.
fn public(
    config: &str,
    files: &[(&str, &str)],
    truth: impl Fn(&[Vec<csv::StringRecord>]) -> String,
) -> Option<Scratch> {
    let scratch = Scratch::empty();
    let mut rows = Vec::new();
    for (from, to) in files {
        let text = fs::read(shared(from)?).unwrap();
        scratch.write(to, &text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(&text[..]);
        rows.push(reader.records().map(Result::unwrap).collect());
    }
    scratch.write("truth.csv", truth(&rows).as_bytes());
    scratch.write("onefold.toml", &fs::read(root().join("testdata/oracles").join(config)).unwrap());
    scratch.run();
    Some(scratch)
}

fn febrl(file: &str) -> Option<Scratch> {
    public("febrl.toml", &[(file, "data.csv")], |rows| {
        rows[0].iter().fold("record_id,person\n".to_owned(), |mut truth, row| {
            let person = row[0].splitn(3, '-').take(2).collect::<Vec<_>>().join("-");
            writeln!(truth, "{},{person}", &row[0]).unwrap();
            truth
        })
    })
}

#[test]
fn febrl_1_is_scored() {
    let Some(scratch) = febrl("febrl/dataset1.csv") else { return };
    assert_eq!(shares(&scratch), [10_000, 9_780]);
}

#[test]
fn febrl_3_is_scored() {
    let Some(scratch) = febrl("febrl/dataset3.csv") else { return };
    assert_eq!(shares(&scratch), [9_998, 9_844]);
}

#[test]
fn fake_1000_is_scored() {
    let scratch = public("fake_1000.toml", &[("splink_fake/fake_1000.csv", "fake_1000.csv")], |rows| {
        rows[0].iter().fold("record_id,person\n".to_owned(), |mut truth, row| {
            writeln!(truth, "{},{}", &row[0], &row[6]).unwrap();
            truth
        })
    });
    let Some(scratch) = scratch else { return };
    assert_eq!(shares(&scratch), [10_000, 5_239]);
}

#[test]
fn the_voters_of_three_parties_are_scored() {
    let file = |n: u32| format!("ncvr_clean/ncvr_numrec_5000_modrec_2_ocp_0_myp_{n}_nump_10.csv");
    let files = [file(0), file(1), file(2)];
    let files = [(files[0].as_str(), "a.csv"), (files[1].as_str(), "b.csv"), (files[2].as_str(), "c.csv")];
    let scratch = public("voters.toml", &files, |rows| {
        let mut truth = "source,record_id,person\n".to_owned();
        for (source, rows) in ["a", "b", "c"].iter().zip(rows) {
            rows.iter().for_each(|row| writeln!(truth, "{source},{},{}", &row[0], &row[0]).unwrap());
        }
        truth
    });
    let Some(scratch) = scratch else { return };
    assert_eq!(shares(&scratch), [9_997, 10_000]);
}
