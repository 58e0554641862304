//! A first look at one file: its format, its columns, and what is wrong with it at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Cursor, Read};

use encoding_rs::Encoding;
use polars::prelude::{ParquetReader, SerReader};
use serde_json::Value;

use super::find::Found;
use super::layout::{Declared, Layout, look};
use super::stream::{Packing, decode, unpack};
use crate::config::Format;
use crate::problem::Problem;

/// Text that is looked at.
const LOOK: u64 = 1 << 20;
/// The same for JSON Lines, whose columns have to be collected from many lines.
const LOOK_JSON: u64 = 4 << 20;
/// JSON lines that are looked at.
const LINES: usize = 1000;
/// Bytes that are taken from standard input to look at; they are read again afterwards.
pub(super) const STDIN_LOOK: u64 = 8 << 20;

/// What a file is.
#[derive(Debug)]
pub(super) enum Seen {
    /// Delimited text.
    Csv(Layout),
    /// JSON Lines.
    Jsonl(Sample),
    /// Parquet: the names of its columns, and whether each is nested.
    Parquet(Vec<(String, bool)>),
}

/// Some lines of a JSON Lines file.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// Those that are objects.
    pub objects: Vec<Value>,
    /// The paths of their values, sorted.
    pub paths: BTreeSet<String>,
}

impl Seen {
    /// The names of its columns (for JSON Lines, the paths that were seen).
    pub fn columns(&self) -> Vec<String> {
        match self {
            Self::Csv(layout) => layout.columns.clone(),
            Self::Jsonl(sample) => sample.paths.iter().cloned().collect(),
            Self::Parquet(columns) => columns.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    /// The line that names them.
    pub fn header_line(&self) -> Option<u64> {
        match self {
            Self::Csv(layout) => Some(layout.header_line),
            Self::Jsonl(_) | Self::Parquet(_) => None,
        }
    }
}

/// The format that a file's name tells; CSV when it tells none.
pub(super) fn format_by_name(name: &str) -> Format {
    let name = name.to_lowercase();
    let name = [".gz", ".gzip", ".zst", ".zstd"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("jsonl" | "ndjson" | "json") => Format::Jsonl,
        Some("parquet" | "pq") => Format::Parquet,
        _ => Format::Csv,
    }
}

/// Looks at a file. `stdin` holds the beginning of standard input.
pub(super) fn inspect(
    file: &Found,
    stdin: &[u8],
    format: Option<Format>,
    encoding: Option<&'static Encoding>,
    declared: &Declared,
) -> Result<Seen, Problem> {
    let fault = |what: String, fix: &str| Problem::file(&file.shown, None, what, fix);
    let named = format.unwrap_or_else(|| format_by_name(&file.shown));
    if named == Format::Parquet {
        return parquet(file);
    }
    let (raw, all): (Box<dyn Read>, bool) = match &file.path {
        Some(path) => (Box::new(File::open(path).map_err(|error| fault(unreadable(&error), ""))?), true),
        None => (Box::new(Cursor::new(stdin)), (stdin.len() as u64) < STDIN_LOOK),
    };
    let limit = if named == Format::Jsonl { LOOK_JSON } else { LOOK };
    let (text, whole) = beginning(raw, encoding, limit, all).map_err(|(packing, error)| {
        let (what, fix) = broken(packing, &error);
        fault(what, &fix)
    })?;
    if text.starts_with(b"PAR1") && format.is_none() {
        return parquet(file);
    }
    if let Some((what, fix)) = not_an_export(&text) {
        return Err(fault(what.into(), fix));
    }
    if named == Format::Jsonl {
        return sample(&text, whole)
            .map(Seen::Jsonl)
            .map_err(|(line, what, fix)| Problem::file(&file.shown, line, what, fix));
    }
    let layout = look(&text, whole, declared);
    layout.map(Seen::Csv).map_err(|(line, what, fix)| Problem::file(&file.shown, line, what, fix))
}

/// The beginning of a file's text, and whether that is all of it; `all` = the bytes are the whole file.
fn beginning(
    raw: Box<dyn Read + '_>,
    encoding: Option<&'static Encoding>,
    limit: u64,
    all: bool,
) -> Result<(Vec<u8>, bool), (Packing, io::Error)> {
    let nothing = |_| {};
    let unpacked = unpack(raw, &nothing).map_err(|error| (Packing::Plain, error))?;
    let packing = unpacked.packing;
    let mut text = Vec::new();
    let read = decode(unpacked.bytes, encoding).and_then(|decoded| decoded.take(limit).read_to_end(&mut text));
    match read {
        Ok(length) => Ok((text, all && (length as u64) < limit)),
        Err(_) if !all && !text.is_empty() => Ok((text, false)),
        Err(error) => Err((packing, error)),
    }
}

/// What to say of a file that cannot be opened or read.
pub(super) fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".into(),
        io::ErrorKind::PermissionDenied => "may not be read (permission denied)".into(),
        _ => format!("cannot be read: {error}"),
    }
}

/// What to say of a file whose reading broke off, and the fix.
pub(super) fn broken(packing: Packing, error: &io::Error) -> (String, String) {
    let again = "copy or export the file again";
    match (packing, error.kind()) {
        (Packing::Plain, _) => (unreadable(error), String::new()),
        (_, io::ErrorKind::UnexpectedEof) => {
            (format!("the {} ends early: the file was cut off", packing.name()), again.into())
        }
        _ if error.to_string().contains("incomplete") => {
            (format!("the {} ends early: the file was cut off", packing.name()), again.into())
        }
        _ => (format!("the {} is damaged: {error}", packing.name()), again.into()),
    }
}

/// Files that are often mistaken for exports.
fn not_an_export(text: &[u8]) -> Option<(&'static str, &'static str)> {
    let start = text.trim_ascii_start();
    if text.starts_with(b"PK\x03\x04") {
        return Some(("is a ZIP archive or an Excel workbook", "unpack it, or save the sheet as CSV"));
    }
    if text.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(("is an old Excel workbook", "save the sheet as CSV"));
    }
    let page = |tag: &[u8]| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    if page(b"<!doctype html") || page(b"<html") {
        return Some(("is a web page, not an export", "the download probably failed: fetch it again"));
    }
    None
}

fn sample(text: &[u8], whole: bool) -> Result<Sample, (Option<u64>, String, String)> {
    if text.is_empty() {
        return Err((None, "is empty".into(), "export it again".into()));
    }
    if text.trim_ascii_start().starts_with(b"[") {
        let what = "is one JSON array; JSON Lines have one object per line";
        return Err((Some(1), what.into(), "convert it: `jq -c '.[]' in.json > out.jsonl`".into()));
    }
    let end = if whole { text.len() } else { memchr::memrchr(b'\n', text).map_or(text.len(), |at| at + 1) };
    let mut sample = Sample::default();
    let mut first_fault = None;
    let lines = text[..end].split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
    for (number, line) in lines.take(LINES) {
        match serde_json::from_slice::<Value>(line) {
            Ok(object @ Value::Object(_)) => {
                super::json_path::collect(&object, "", &mut sample.paths);
                sample.objects.push(object);
            }
            Ok(_) => {
                first_fault.get_or_insert((number, "is not an object".to_owned()));
            }
            Err(error) => {
                first_fault.get_or_insert((number, error.to_string()));
            }
        }
    }
    match first_fault {
        Some((number, error)) if sample.objects.is_empty() => {
            let fix = "JSON Lines have one object per line; set `format` if it is something else";
            Err((Some(number as u64 + 1), format!("no line is a JSON object; this one: {error}"), fix.into()))
        }
        _ => Ok(sample),
    }
}

fn parquet(file: &Found) -> Result<Seen, Problem> {
    let fault = |what: String, fix: &str| Problem::file(&file.shown, None, what, fix);
    let Some(path) = &file.path else {
        return Err(fault("Parquet cannot be read from standard input".into(), "name the file in `path`"));
    };
    let opened = File::open(path).map_err(|error| fault(unreadable(&error), ""))?;
    if opened.metadata().is_ok_and(|metadata| metadata.len() == 0) {
        return Err(fault("is empty".into(), "export it again"));
    }
    let schema = ParquetReader::new(opened).schema().map_err(|error| {
        fault(format!("is not a Parquet file that can be read: {error}"), "copy or export it again, or set `format`")
    })?;
    Ok(Seen::Parquet(schema.iter().map(|(name, field)| (name.to_string(), field.dtype.is_nested())).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspected(name: &str, bytes: &[u8]) -> Result<Seen, String> {
        let file = Found { shown: name.into(), path: None };
        inspect(&file, bytes, None, None, &Declared::default()).map_err(|problem| problem.to_string())
    }

    #[test]
    fn the_name_tells_the_format() {
        for (name, format) in [
            ("a.csv", Format::Csv),
            ("a.CSV.gz", Format::Csv),
            ("a", Format::Csv),
            ("a.tsv", Format::Csv),
            ("x/a.jsonl.zst", Format::Jsonl),
            ("a.ndjson", Format::Jsonl),
            ("a.parquet", Format::Parquet),
        ] {
            assert_eq!(format_by_name(name), format, "{name}");
        }
    }

    #[test]
    fn files_that_are_no_exports_say_what_they_are() {
        for (name, bytes, what) in [
            ("a.csv", &b""[..], "a.csv: is empty"),
            ("a.jsonl", b"", "a.jsonl: is empty"),
            ("a.csv", b"PK\x03\x04...", "a.csv: is a ZIP archive or an Excel workbook"),
            ("a.csv", b"\n<!DOCTYPE html><html>", "a.csv: is a web page, not an export"),
            ("a.jsonl", b"[{\"a\": 1}]", "a.jsonl:1: is one JSON array; JSON Lines have one object per line"),
            ("a.jsonl", b"\na,b\n1,2\n", "a.jsonl:2: no line is a JSON object"),
            ("a.csv.gz", b"\x1f\x8b\x08\x00", "a.csv.gz: the gzip stream ends early: the file was cut off"),
        ] {
            let fault = inspected(name, bytes).expect_err(what);
            assert!(fault.starts_with(what), "{fault}");
        }
    }

    #[test]
    fn the_paths_of_json_lines_are_collected() {
        let seen = inspected("a.jsonl", b"{\"a\": {\"b\": 1}}\nbroken\n{\"c\": null}\n").expect("has objects");
        assert_eq!(seen.columns(), ["a.b", "c"]);
    }
}
