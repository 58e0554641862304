//! Presets survive what vendors and accounts do to a layout: missing, extra, reordered and re-cased columns.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::harness::{Published, Scratch, Table, root};

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("testdata/scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("preset_"))
        .collect();
    folders.sort();
    folders
}

/// A delimited file as rows of cells, and back.
struct Sheet {
    delimiter: u8,
    rows: Vec<Vec<Vec<u8>>>,
}

impl Sheet {
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap();
        let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = *b",;\t".iter().max_by_key(|delimiter| count(**delimiter)).unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
        let rows = reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
        Self { delimiter, rows }
    }

    fn write(&self, path: &Path) {
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_path(path).unwrap();
        for row in &self.rows {
            writer.write_byte_record(&row.iter().collect()).unwrap();
        }
        writer.flush().unwrap();
    }
}

fn sheets(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("data")).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|end| end == "csv" || end == "tsv")).collect()
}

/// What was published of persons, without the order that content keys give.
fn persons(published: &Published, folder: &Path) -> Vec<String> {
    let expected = fs::read(folder.join("expected/golden_customers.part.csv")).unwrap();
    let header: Vec<String> = Table::parse(&expected).header.into_iter().filter(|name| name != "group").collect();
    let mut lines: Vec<String> = published.view("golden_customers", &header).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn every_preset_has_a_scenario() {
    let configs: String =
        folders().iter().map(|folder| fs::read_to_string(folder.join("onefold.toml")).unwrap()).collect();
    for preset in onefold::config::presets() {
        assert!(configs.contains(&format!("preset = \"{}\"", preset.name)), "{} has no scenario", preset.name);
    }
}

#[test]
fn reordered_recased_and_extra_columns_change_nothing() {
    for folder in folders().into_iter().filter(|folder| !sheets(folder).is_empty()) {
        let expected = persons(&Scratch::copy(&folder).run(), &folder);
        let scratch = Scratch::copy(&folder);
        for path in sheets(scratch.path()) {
            let mut sheet = Sheet::read(&path);
            for (number, row) in sheet.rows.iter_mut().enumerate() {
                row.reverse();
                row.insert(
                    1,
                    if number == 0 { b"Custom Property".to_vec() } else { format!("x{number}").into_bytes() },
                );
                if number == 0 {
                    for (at, name) in row.iter_mut().enumerate() {
                        if at % 2 == 0 {
                            name.make_ascii_uppercase()
                        } else {
                            name.make_ascii_lowercase()
                        }
                        name.insert(0, b' ');
                    }
                }
            }
            // Of columns of one name the first is meant, so those must keep their order.
            let names: BTreeMap<Vec<u8>, usize> = sheet.rows[0].iter().fold(BTreeMap::new(), |mut names, name| {
                *names.entry(name.to_ascii_lowercase()).or_default() += 1;
                names
            });
            if names.values().all(|count| *count == 1) {
                sheet.write(&path);
            }
        }
        assert_eq!(persons(&scratch.run(), &folder), expected, "{}", folder.display());
    }
}

#[test]
fn a_preset_does_without_any_single_column() {
    let open = |folder: &Path| {
        let loaded = onefold::config::load(&folder.join("onefold.toml")).expect("the scenario's config is good");
        let (schema, _) = onefold::config::schema(&loaded.config);
        onefold::ingest::open(&loaded.config, &schema, folder).map(|_| ())
    };
    let mut tried = 0;
    for folder in folders() {
        let scratch = Scratch::copy(&folder);
        for path in sheets(scratch.path()) {
            let whole = Sheet::read(&path);
            for column in 0..whole.rows[0].len() {
                let without = |row: &Vec<Vec<u8>>| {
                    let mut row = row.clone();
                    row.remove(column);
                    row
                };
                let rows = whole.rows.iter().map(without).collect();
                Sheet { delimiter: whole.delimiter, rows }.write(&path);
                let name = String::from_utf8_lossy(&whole.rows[0][column]).into_owned();
                open(scratch.path()).unwrap_or_else(|faults| panic!("{} without {name}: {faults}", path.display()));
                tried += 1;
            }
            whole.write(&path);
        }
    }
    assert!(tried > 300, "{tried} columns");
}

#[test]
fn half_of_the_columns_are_enough_to_run() {
    for folder in folders().into_iter().filter(|folder| !sheets(folder).is_empty()) {
        for odd in [0, 1] {
            let scratch = Scratch::copy(&folder);
            for path in sheets(scratch.path()) {
                let mut sheet = Sheet::read(&path);
                for row in &mut sheet.rows {
                    let mut at = 0;
                    row.retain(|_| {
                        at += 1;
                        at % 2 == odd
                    });
                }
                if !sheet.rows[0].is_empty() {
                    sheet.write(&path);
                }
            }
            scratch.run();
        }
    }
}

#[test]
fn another_vendors_file_is_refused_with_the_right_preset() {
    let config = "[[source]]\nname = \"a\"\npreset = \"brevo-contacts\"\npath = \"a.csv\"\n[identifiers.email]\n";
    let data = "Sid,Direction,NumSegments,AccountSid,From,To\n1,inbound,1,AC,+16175550142,+18005550100\n";
    let output = Scratch::of(&[("onefold.toml", config), ("a.csv", data)]).onefold(&["check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("has none of the columns that preset \"brevo-contacts\" knows"), "{said}");
    assert!(said.contains("twilio-messages"), "{said}");
}
