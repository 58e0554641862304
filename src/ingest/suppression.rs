//! Suppression lists: `[[suppression]]`.

use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use crate::config::{self, Config};
use crate::model::{Key, Kind, Schema, SuppressionList, identifier_key};
use crate::normalize::{Plan, blank, hash};
use crate::problem::{Problem, Problems, nearest};

/// Reads all lists, `base` being the config's folder. A list that cannot be read, or has no such column, is a fault: whom it
/// names would be contacted. Rows without a value of the identifier are counted.
pub fn suppressions(
    config: &Config,
    schema: &Schema,
    plan: &Plan,
    base: &Path,
) -> Result<Vec<SuppressionList>, Problems> {
    let (mut lists, mut faults) = (Vec::new(), Vec::new());
    for (index, list) in config.suppression.iter().enumerate() {
        let Some(namespace) = schema.namespace(&list.identifier) else { continue };
        let mut read = SuppressionList {
            name: list.name.clone(),
            channels: list.channels.clone(),
            namespace,
            ..SuppressionList::default()
        };
        match std::fs::read(base.join(&list.file)) {
            Ok(text) => match values(list, &text, schema, plan, &mut read) {
                Ok(()) => lists.push(read),
                Err(fault) => faults.push(fault),
            },
            Err(error) => {
                let place = ["suppression", &index.to_string(), "file"];
                let what = format!("cannot read {}: {error}", list.file);
                faults.push(Problem::config_at(&place, what, "the path is relative to the config's folder"));
            }
        }
    }
    if faults.is_empty() { Ok(lists) } else { Err(Problems(faults)) }
}

fn values(
    list: &config::Suppression,
    text: &[u8],
    schema: &Schema,
    plan: &Plan,
    read: &mut SuppressionList,
) -> Result<(), Problem> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first.iter().filter(|byte| **byte == delimiter).count();
    let delimiter = *b";,\t|".iter().max_by_key(|delimiter| count(**delimiter)).unwrap_or(&b',');
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text);
    let kind = schema.namespaces[usize::from(read.namespace)].kind;
    let key = |cell: &[u8]| -> Option<Listed> {
        let value = blank::value(std::str::from_utf8(cell).ok()?, kind)?;
        let mut digest = String::new();
        if matches!(kind, Kind::Email | Kind::Phone) && hash::normalize(value, &mut digest).is_ok() {
            return Some(Listed::Digest(identifier_key(digest.as_bytes())));
        }
        plan.key_of(read.namespace, value).map(|(key, _)| Listed::Value(key))
    };
    let (mut values, mut digests, mut unread) = (Vec::new(), Vec::new(), 0);
    let mut column = None;
    let mut row = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(Problem::file(&list.file, None, error.to_string(), "write the list as CSV")),
        }
        let column = match column {
            Some(column) => column,
            None => {
                let (found, is_header) = header(list, &row, &|cell| key(cell).is_some())?;
                column = Some(found);
                if is_header {
                    continue;
                }
                found
            }
        };
        match row.get(column).map(&key) {
            Some(Some(Listed::Value(key))) => values.push(key),
            Some(Some(Listed::Digest(key))) => digests.push(key),
            _ => unread += u64::from(row.iter().any(|cell| !cell.trim_ascii().is_empty())),
        }
    }
    for keys in [&mut values, &mut digests] {
        keys.sort_unstable();
        keys.dedup();
    }
    (read.values, read.digests, read.unread) = (values, digests, unread);
    Ok(())
}

enum Listed {
    Value(Key),
    Digest(Key),
}

/// The column, from the first row, and whether that row is a header.
fn header(
    list: &config::Suppression,
    row: &ByteRecord,
    is_value: &dyn Fn(&[u8]) -> bool,
) -> Result<(usize, bool), Problem> {
    let names: Vec<String> = row.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
    let called = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted.trim()));
    if let Some(wanted) = &list.column {
        return called(wanted).map(|column| (column, true)).ok_or_else(|| {
            let what = format!("no column \"{wanted}\"");
            // Cells of a first row that is no header may be personal: they are not named.
            let near = nearest(wanted, names.iter().map(String::as_str).filter(|name| !is_value(name.as_bytes())));
            let fix = match near.first() {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "name the column as the list's first row does".to_owned(),
            };
            Problem::file(&list.file, Some(1), what, fix)
        });
    }
    if let Some(column) = called(&list.identifier) {
        return Ok((column, true));
    }
    if let [only] = &names[..] {
        return Ok((0, !is_value(only.as_bytes())));
    }
    let what = format!("{} columns, and none is called \"{}\"", names.len(), list.identifier);
    Err(Problem::file(&list.file, Some(1), what, "name the column: column = \"…\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[project]\ndefault_region = 'US'\n[[source]]\nname = 's'\nchannel = 'web'\npath = 'x'\n\
        [source.fields]\nemail = 'e'\nphone = 'p'\n[identifiers.email]\n[identifiers.phone]\n\
        [[suppression]]\nname = 'stop'\nfile = 'stop.csv'\n";

    fn read(list: &str, text: &str) -> Result<SuppressionList, String> {
        let config: Config = toml::from_str(&format!("{CONFIG}{list}")).expect("a config");
        let (schema, policies) = config::schema(&config);
        let plan = Plan::new(&config, &schema, &policies).expect("a plan");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("stop.csv"), text).expect("it can be written");
        let lists = suppressions(&config, &schema, &plan, folder.path());
        lists.map(|lists| lists[0].clone()).map_err(|faults| faults.0[0].to_string())
    }

    fn counts(list: &str, text: &str) -> (usize, usize, u64) {
        let list = read(list, text).expect("a list");
        (list.values.len(), list.digests.len(), list.unread)
    }

    const ANA: &str = "8e43ca37701228e74983efdbd0cff5c16b3b1e5d4e29a7c05626d4d25a018e11";

    #[test]
    fn values_are_read_raw_and_hashed_with_a_header_or_without() {
        let email = "identifier = 'email'";
        assert_eq!(counts(email, "ana@example.com\nANA@example.com \n\nbo@example.com\nnot an address\n"), (2, 0, 1));
        assert_eq!(counts(email, &format!("Email\n{ANA}\n{}\nbo@example.com\n", ANA.to_uppercase())), (1, 1, 0));
        assert_eq!(counts(email, "\u{feff}name;EMAIL\nAna;ana@example.com\n"), (1, 0, 0));
        let named = "identifier = 'phone'\ncolumn = 'Mobile'";
        assert_eq!(counts(named, "email,mobile\nx,(617) 555-0142\ny,+1 617 555 0142\n"), (1, 0, 0));
    }

    #[test]
    fn a_list_whose_column_is_not_there_is_a_fault() {
        let fault = read("identifier = 'email'\ncolumn = 'Mail'", "E-Mail,Name\n").expect_err("no such column");
        assert_eq!(fault, "stop.csv:1: no column \"Mail\"\nhint: did you mean \"E-Mail\"?");
        let fault = read("identifier = 'email'", "a,b\n1,2\n").expect_err("which one?");
        assert!(fault.starts_with("stop.csv:1: 2 columns, and none is called \"email\""), "{fault}");
    }

    #[test]
    fn a_list_that_is_not_there_is_a_fault() {
        let config: Config = toml::from_str(&format!("{CONFIG}identifier = 'email'")).expect("a config");
        let (schema, policies) = config::schema(&config);
        let plan = Plan::new(&config, &schema, &policies).expect("a plan");
        let folder = tempfile::tempdir().expect("a folder");
        let faults = suppressions(&config, &schema, &plan, folder.path()).expect_err("no such file").0;
        assert!(faults[0].what.starts_with("cannot read stop.csv"), "{}", faults[0]);
    }
}
