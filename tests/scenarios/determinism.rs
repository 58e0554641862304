//! The same input gives the same bytes: in any order of rows and files, with any number of threads, run after run.

use std::fs;

use super::generator::make::random::Random;
use super::generator::make::rates::Rates;
use super::generator::make::{Mode, generate};
use super::harness::Scratch;

const RECORDS: u64 = 9_000;

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
fn the_memory_limit_changes_no_byte() {
    let [roomy, tight] = [messy(), messy()];
    for night in 1..=2 {
        let (stages, limit) = (["--stage-dir", "stages"], ["--memory-limit", "1MiB"]);
        let first = roomy.run_with(if night == 1 { &[] } else { &stages }).tables();
        let again = tight.run_with(&[&limit[..], if night == 1 { &[] } else { &stages }].concat()).tables();
        assert_eq!(first.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
        for (name, bytes) in &first {
            assert!(*bytes == again[name], "{name} of night {night} differs where memory is short");
        }
        // On the second night records have no keys, so that what arrives is not in the order of records.
        for scratch in [&roomy, &tight] {
            let config = fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
            let keyless: Vec<&str> = config.lines().filter(|line| !line.starts_with("record_id")).collect();
            scratch.write("onefold.toml", (keyless.join("\n") + "\n").as_bytes());
        }
    }
    let [first, again] = [&roomy, &tight].map(|scratch| {
        let mut files: Vec<_> =
            fs::read_dir(scratch.path().join("stages")).unwrap().map(|file| file.unwrap()).collect();
        files.sort_by_key(fs::DirEntry::file_name);
        files.iter().map(|file| (file.file_name(), fs::read(file.path()).unwrap())).collect::<Vec<_>>()
    });
    assert!(first.len() > 3 && first == again, "stage tables differ where memory is short");
    let left = fs::read_dir(tight.path().join("out")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains("tmp")), "nothing is left behind");
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
