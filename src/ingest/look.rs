//! A file that no config speaks of yet: how it is laid out and what its first rows hold.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use encoding_rs::Encoding;
use polars::prelude::{DataType, ParquetReader, SerReader};
use serde_json::Value;

use super::cells::Delimiter;
use super::find::Found;
use super::inspect::{Seen, format_by_name, inspect};
use super::json_path::{self, Step};
use super::layout::{Declared, Layout};
use super::stream::{decode, unpack};
use crate::config::Format;
use crate::problem::{Problem, Result};

/// What a file looks like.
#[derive(Debug, Clone)]
pub struct Look {
    /// As messages name it.
    pub path: String,
    /// CSV, JSON Lines or Parquet.
    pub format: Format,
    /// Whether runs of spaces part its columns; any other delimiter is found again by itself.
    pub spaces: bool,
    /// The encoding that a config has to declare; `None` = UTF-8, or one that a byte-order mark tells.
    pub encoding: Option<&'static str>,
    /// Columns with their first values.
    pub columns: Vec<LookColumn>,
    /// Rows that were looked at.
    pub rows: usize,
    /// Whether these are all rows of the file.
    pub whole: bool,
}

/// A column of a file.
#[derive(Debug, Clone)]
pub struct LookColumn {
    /// As the header writes it; for JSON Lines its path.
    pub name: String,
    /// Its cells, as they came; one per row.
    pub values: Vec<String>,
}

/// Text that is looked at, in bytes.
const TEXT: u64 = 4 << 20;
/// Rows that are looked at.
const ROWS: usize = 5000;

/// Looks at the beginning of a file. Faults are those of a file that cannot be opened or is no export.
pub fn look(path: &Path) -> Result<Look> {
    let shown = path.display().to_string();
    let found = Found { shown: shown.clone(), path: Some(path.to_owned()) };
    let encoding = guess_encoding(path);
    let known = encoding.and_then(|label| Encoding::for_label(label.as_bytes()));
    let mut declared = Declared::default();
    let mut seen = inspect(&found, &[], None, known, &declared)?;
    if let Seen::Csv(layout) = &seen
        && layout.columns.len() == 1
        && layout.columns[0].split_whitespace().count() > 2
        && layout.columns[0].split_whitespace().all(|word| word.bytes().any(|byte| byte.is_ascii_digit()))
    {
        declared.delimiter = Some(Delimiter::Spaces);
        seen = inspect(&found, &[], None, known, &declared)?;
    }
    let mut look = Look {
        path: shown,
        format: format_by_name(&found.shown),
        spaces: declared.delimiter.is_some(),
        encoding,
        columns: seen.columns().into_iter().map(|name| LookColumn { name, values: Vec::new() }).collect(),
        rows: 0,
        whole: true,
    };
    match seen {
        Seen::Csv(layout) => csv_rows(&mut look, path, &layout, known)?,
        Seen::Jsonl(sample) => {
            look.whole = sample.objects.len() < 1000;
            sample.objects.iter().for_each(|object| json_row(&mut look, object));
        }
        Seen::Parquet(_) => {
            look.format = Format::Parquet;
            parquet_rows(&mut look, path)?;
        }
    }
    Ok(look)
}

fn unread(look: &Look, error: &dyn std::fmt::Display) -> Problem {
    Problem::file(&look.path, None, format!("cannot be read: {error}"), "")
}

/// UTF-16 without a mark has a NUL in every other byte; what is not UTF-8 at all is most often Windows-1252.
fn guess_encoding(path: &Path) -> Option<&'static str> {
    let mut bytes = Vec::new();
    let unpacked = unpack(File::open(path).ok()?, &|_| {}).ok()?;
    unpacked.bytes.take(1 << 20).read_to_end(&mut bytes).ok()?;
    if bytes.starts_with(b"PAR1") || Encoding::for_bom(&bytes).is_some() {
        return None;
    }
    let start = &bytes[..bytes.len().min(200)];
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count() * 2 > start.len() / 2;
    if start.len() > 3 && (zeros(0) || zeros(1)) {
        return Some(if zeros(1) { "utf-16le" } else { "utf-16be" });
    }
    match std::str::from_utf8(&bytes) {
        Err(error) if error.error_len().is_some() => Some("windows-1252"),
        _ => None,
    }
}

fn csv_rows(look: &mut Look, path: &Path, layout: &Layout, encoding: Option<&'static Encoding>) -> Result<()> {
    let opened = File::open(path).and_then(|file| {
        let unpacked = unpack(file, &|_| {})?;
        let mut text = Vec::new();
        decode(unpacked.bytes, encoding)?.take(TEXT).read_to_end(&mut text)?;
        Ok(text)
    });
    let mut text = opened.map_err(|error| unread(look, &error))?;
    if layout.carriage_returns {
        text.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    look.whole = (text.len() as u64) < TEXT;
    if !look.whole {
        text.truncate(memchr::memrchr(b'\n', &text).unwrap_or(0));
    }
    let rows = &text[layout.preamble.len().min(text.len())..];
    if layout.delimiter == Delimiter::Spaces {
        for line in String::from_utf8_lossy(rows).lines().filter(|line| !line.trim().is_empty()).take(ROWS) {
            add(look, &line.split_whitespace().collect::<Vec<_>>());
        }
        return Ok(());
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(layout.delimiter.byte())
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(rows);
    for row in reader.byte_records() {
        let row = row.map_err(|error| unread(look, &error))?;
        if row.len() >= layout.min_cells() && row.len() <= look.columns.len() {
            let cells: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
            add(look, &cells.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        }
        if look.rows >= ROWS {
            look.whole = false;
            break;
        }
    }
    Ok(())
}

fn add(look: &mut Look, cells: &[&str]) {
    look.rows += 1;
    for (at, column) in look.columns.iter_mut().enumerate() {
        column.values.push(cells.get(at).copied().unwrap_or_default().to_owned());
    }
}

fn json_row(look: &mut Look, object: &Value) {
    look.rows += 1;
    for column in &mut look.columns {
        let steps = json_path::parse(&column.name).unwrap_or_default();
        let found = steps.iter().try_fold(object, |value, step| match step {
            Step::Key(name) => value.get(name),
            Step::Index(index) => value.get(index),
            Step::Where(key, wanted) => {
                value.as_array()?.iter().find(|element| element.get(key).and_then(Value::as_str) == Some(wanted))
            }
        });
        column.values.push(match found {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => String::new(),
        });
    }
}

fn parquet_rows(look: &mut Look, path: &Path) -> Result<()> {
    let file = File::open(path).map_err(|error| unread(look, &error))?;
    let table = ParquetReader::new(file).with_slice(Some((0, ROWS))).finish().map_err(|error| unread(look, &error))?;
    (look.rows, look.whole) = (table.height(), table.height() < ROWS);
    look.columns.clear();
    for column in table.columns().iter().filter(|column| !column.dtype().is_nested()) {
        let texts = column.cast(&DataType::String).map_err(|error| unread(look, &error))?;
        let texts = texts.str().map_err(|error| unread(look, &error))?;
        let values = texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect();
        look.columns.push(LookColumn { name: column.name().to_string(), values });
    }
    Ok(())
}
