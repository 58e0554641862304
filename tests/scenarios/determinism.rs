//! The same input gives the same bytes: in any order of rows and files, with any number of threads, run after run.

use std::fs;

use super::generator::make::random::Random;
use super::generator::make::rates::Rates;
use super::generator::make::{Mode, generate};
use super::harness::Scratch;

const RECORDS: u64 = 6_000;

fn messy() -> Scratch {
    let scratch = Scratch::empty();
    generate(scratch.path(), Mode::Messy, RECORDS, 5, &Rates::default()).unwrap();
    let config = scratch.path().join("onefold.toml");
    let text = fs::read_to_string(&config).unwrap();
    let ready = "[traits]\nready = [\"rfm\", \"lifecycle_stage\", \"next_purchase_due\", \"monetary_value_90d\"]\n";
    let text = text.replacen("[traits]\n", ready, 1);
    let more = "[journeys]\n[[trigger]]\nname = \"due\"\nready = \"became_due\"\n";
    fs::write(&config, text + more + "\n[output]\nformats = [\"csv\", \"parquet\"]\n").unwrap();
    scratch
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let scratch = messy();
    let first = scratch.run_with(&["--threads", "1"]).tables();
    assert!(first.len() >= 10 && first.contains_key("attribution.csv"), "{:?}", first.keys());
    for threads in ["2", "3", "8"] {
        let again = scratch.run_with(&["--threads", threads]).tables();
        assert_eq!(first.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
        for (name, bytes) in &first {
            assert!(*bytes == again[name], "{name} differs with {threads} threads");
        }
    }
}

#[test]
fn the_order_of_rows_and_files_changes_no_byte() {
    let scratch = messy();
    let first = scratch.run().tables();
    let shuffled = Scratch::empty();
    for (name, delimiter) in [("pos.csv", b';'), ("email.csv", b','), ("sms.csv", b',')] {
        let rows = csv_rows(&fs::read(scratch.path().join(name)).unwrap(), delimiter);
        for (part, text) in deal(rows.1).iter().enumerate() {
            shuffled.write(&format!("{part}-{name}"), &[&rows.0, text.as_slice()].concat());
        }
    }
    let events = fs::read_to_string(scratch.path().join("web.jsonl")).unwrap();
    let events = events.lines().map(|line| format!("{line}\n").into_bytes()).collect();
    for (part, text) in deal(events).iter().enumerate() {
        shuffled.write(&format!("{part}-web.jsonl"), text);
    }
    let config = fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
    shuffled.write("onefold.toml", config.replace("path = \"", "path = \"*-").as_bytes());
    let again = shuffled.run().tables();
    assert_eq!(first.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (name, bytes) in &first {
        assert!(*bytes == again[name], "{name} differs after shuffling");
    }
}

/// The header, and every row by itself (quoted line breaks stay inside their row).
fn csv_rows(bytes: &[u8], delimiter: u8) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
    let mut rows: Vec<Vec<u8>> = reader
        .byte_records()
        .map(|row| {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_byte_record(&row.unwrap()).unwrap();
            writer.into_inner().unwrap()
        })
        .collect();
    let header = rows.remove(0);
    (header, rows)
}

/// Shuffles rows and deals them out to three files.
fn deal(mut rows: Vec<Vec<u8>>) -> [Vec<u8>; 3] {
    let mut random = Random::of(9, 9, 9);
    for i in (1..rows.len()).rev() {
        rows.swap(i, random.below(i as u64 + 1) as usize);
    }
    let mut files: [Vec<u8>; 3] = Default::default();
    for (i, row) in rows.iter().enumerate() {
        files[i % 3].extend_from_slice(row);
    }
    files
}
