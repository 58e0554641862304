//! The room as a whole: files in, records and rejects out, with a stand-in for the normalizer.
//! Here: text of any sort.

mod columns;
mod conditions;
mod forms;
mod properties;
mod stops;

use std::io::Write;
use std::path::Path;

use proptest::prelude::*;

use super::batches::Sizes;
use super::run::{Means, run};
use super::{Batch, Inputs, open, record};
use crate::config::{self, Config};
use crate::model::{Chunk, InputFile, RowBuilder, RowHead, SourceId, Value};
use crate::problem::{Problems, Result};

/// What a run read.
#[derive(Debug, Default, PartialEq)]
struct Read {
    /// Line, record id and cells (joined with `|`) of every record.
    rows: Vec<(u32, String, String)>,
    /// Line, reason and text of every reject.
    rejects: Vec<(u64, &'static str, String)>,
    times: Vec<i64>,
    filtered: u64,
    files: Vec<InputFile>,
}

impl Read {
    fn cells(&self) -> Vec<&str> {
        self.rows.iter().map(|(_, _, cells)| cells.as_str()).collect()
    }

    fn lines(&self) -> Vec<u32> {
        self.rows.iter().map(|(line, ..)| *line).collect()
    }

    fn reasons(&self) -> Vec<(u64, &str)> {
        self.rejects.iter().map(|(line, reason, _)| (*line, *reason)).collect()
    }
}

const SMALL: Means = Means { workers: 2, sizes: Sizes { batch: 16, rows: 3, max_row: 1 << 20 } };

fn opened(folder: &Path, config: &str, stdin: &[u8]) -> Result<(Inputs, usize), Problems> {
    let config: Config = toml::from_str(config).expect("a config");
    let (schema, _) = config::schema(&config);
    let inputs = open::open(&config, &schema, folder, Box::new(std::io::Cursor::new(stdin.to_vec())))?;
    Ok((inputs, schema.fields.len()))
}

fn read_all(inputs: Inputs, fields: usize, means: Means) -> Result<Read> {
    let ids: Vec<(SourceId, Vec<u16>)> = inputs.sources.iter().map(|s| (s.id, s.mapping.filled().collect())).collect();
    let sink = |source: SourceId| {
        let ids = &ids.iter().find(|(id, _)| *id == source).expect("a source of the run").1;
        let mut builder = RowBuilder::new(fields);
        let sink: record::Sink<'_> = Box::new(move |chunk: &mut Chunk, head: RowHead, id: &str, cells: &[&str]| {
            builder.begin(chunk, head, id);
            ids.iter().zip(cells).for_each(|(field, cell)| builder.put(chunk, *field, Value::Text(cell)));
            builder.finish(chunk);
        });
        sink
    };
    let mut read = Read::default();
    let mut each = |batch: Batch| {
        assert_eq!(batch.rows, batch.chunk.len() as u64 + batch.rejects.len() as u64 + batch.filtered);
        for row in 0..batch.chunk.len() {
            let row = batch.chunk.row(row, fields);
            let mut cells = Vec::new();
            row.split(&mut cells);
            let cells: Vec<&str> = cells.into_iter().map(|cell| std::str::from_utf8(cell).expect("text")).collect();
            read.rows.push((row.head().line, row.record_id().to_owned(), cells.join("|")));
            read.times.push(row.event_time());
        }
        read.rejects.extend(batch.rejects.iter().map(|r| (r.line, r.reason.name(), r.raw.to_string())));
        read.filtered += batch.filtered;
        Ok(Chunk::default())
    };
    read.files = run(&inputs.sources, inputs.stdin, means, &sink, (None, None), &mut each, &|_| {})?;
    let accepted = read.files.iter().map(|file| file.rows).sum::<u64>();
    assert_eq!(accepted, read.rows.len() as u64 + read.rejects.len() as u64 + read.filtered);
    Ok(read)
}

const SOURCE: &str = "[[source]]\nname = \"s\"\nchannel = \"web\"\n";

/// Reads one file; the mapping is TOML.
fn read_with(name: &str, bytes: &[u8], mapping: &str, means: Means) -> Result<Read, Problems> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(name), bytes).expect("can be written");
    let (inputs, fields) = opened(folder.path(), &format!("{SOURCE}path = \"{name}\"\n{mapping}"), b"")?;
    Ok(read_all(inputs, fields, means)?)
}

const AB: &str = "record_id = \"id\"\n[source.fields]\na = \"a\"";

fn read(bytes: &[u8]) -> Read {
    read_with("x.csv", bytes, AB, SMALL).expect("a readable file")
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

#[test]
fn a_stray_quote_is_a_reject_and_the_next_row_is_not() {
    let read = read(b"id,a\n1,5\" pipe\n2,ok\n3,\"x\"y\n4,\"fine\"\n");
    assert_eq!(read.cells(), ["ok", "fine"]);
    assert_eq!(read.reasons(), [(2, "stray_quote"), (4, "stray_quote")]);
    assert_eq!(read.rejects[0].2, "1,5\" pipe");
}

#[test]
fn an_open_quote_does_not_swallow_the_rest_of_the_file() {
    let read = read(b"id,a\n1,\"open\n2,ok\n3,ok too\n");
    assert_eq!(read.cells(), ["ok", "ok too"]);
    assert_eq!(read.reasons(), [(2, "open_quote")]);
}

#[test]
fn lines_are_right_with_crlf_blank_lines_and_embedded_line_ends() {
    let read = read(b"id,a\r\n1,x\r\n\r\n2,\"y\r\nz\"\r\n   \r\n3,w");
    assert_eq!(read.cells(), ["x", "y\r\nz", "w"]);
    assert_eq!(read.lines(), [2, 4, 7]);
}

#[test]
fn a_byte_order_mark_before_a_quoted_header_does_no_harm() {
    let read = read("\u{feff}\"id\",\"a\"\r\n1,x\r\n".as_bytes());
    assert_eq!((read.cells(), read.lines()), (vec!["x"], vec![2]));
}

#[test]
fn the_header_of_a_second_part_is_no_record() {
    let parts = [gzip(b"id,a\n1,x\n"), gzip(b"id,a\n2,y\n")].concat();
    let read = read_with("x.csv.gz", &parts, AB, SMALL).expect("a readable file");
    assert_eq!(read.cells(), ["x", "y"]);
    assert_eq!(read.reasons(), [(3, "repeated_header")]);
    let plain = super::tests::read("\u{feff}id,a\n1,x\n\u{feff}id,a\n2,y\n".as_bytes());
    assert_eq!(plain.reasons(), [(3, "repeated_header")]);
}

#[test]
fn utf_16_and_windows_1252_are_read() {
    let text = "\u{feff}id;a\r\n1;Łódź\r\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&utf16).cells(), ["Łódź"]);
    let declared = |encoding: &str| format!("encoding = \"{encoding}\"\n{AB}");
    let bare: Vec<u8> = text[3..].encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(read_with("x.csv", &bare, &declared("utf-16be"), SMALL).expect("sound").cells(), ["Łódź"]);
    let read = read_with("x.csv", b"id,a\n1,caf\xe9 \x80\n", &declared("windows-1252"), SMALL).expect("sound");
    assert_eq!(read.cells(), ["café €"]);
}

#[test]
fn a_row_in_another_encoding_or_with_a_nul_is_a_reject() {
    let read = read(b"id,a\n1,caf\xe9\n2,caf\xc3\xa9\n3,a\0b\n4,ok\n");
    assert_eq!(read.cells(), ["café", "ok"]);
    assert_eq!(read.reasons(), [(2, "bad_encoding"), (4, "nul_byte")]);
    assert_eq!(read.rejects[0].2, "1,caf\u{fffd}");
}

#[test]
fn ragged_rows_are_neither_padded_nor_cut() {
    let read = read(b"id,a,b\n1,x\n2,x,y,z\n3,x,y\n4,x,y,\n");
    assert_eq!(read.lines(), [4]);
    assert_eq!(read.reasons(), [(2, "too_few_fields"), (3, "too_many_fields"), (5, "too_many_fields")]);
}

#[test]
fn a_delimiter_at_the_end_of_every_line_is_no_column() {
    let read = read(b"id,a,\n1,x,\n2,y\n3,z,,\n4,w,,!\n");
    assert_eq!(read.cells(), ["x", "y", "z"]);
    assert_eq!(read.reasons(), [(5, "too_many_fields")]);
}

#[test]
fn carriage_returns_alone_end_lines() {
    let read = read(b"id,a\r1,x\r2,\"y\rz\"\r3,w");
    assert_eq!(read.cells(), ["x", "y\nz", "w"]);
    assert_eq!(read.lines(), [2, 3, 5]);
}

#[test]
fn an_empty_file_is_an_error_and_one_with_just_a_header_is_not() {
    let fault = read_with("x.csv", b"", AB, SMALL).expect_err("is empty");
    assert!(fault.to_string().starts_with("x.csv: is empty"), "{fault}");
    assert_eq!(read(b"id,a\n").rows, []);
}
