//! The room as a whole: files in, records and rejects out, with a stand-in for the normalizer.

use std::io::Write;
use std::path::Path;

use proptest::prelude::*;

use super::batches::Sizes;
use super::run::{Means, run};
use super::{Batch, Inputs, open, record};
use crate::config::{self, Config};
use crate::model::{Chunk, InputFile, RowBuilder, RowHead, SourceId, Value};
use crate::problem::{Problem, Problems, Result};

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

#[test]
fn a_packed_file_that_was_cut_off_stops_the_run() {
    let text = (0..20_000).fold(String::from("id,a\n"), |text, n| text + &format!("{n},{}\n", n * 7919 % 1009));
    for (name, packed) in [
        ("x.csv.gz", gzip(text.as_bytes())),
        ("x.csv.zst", zstd::encode_all(text.as_bytes(), 0).expect("memory takes it")),
    ] {
        let cut = &packed[..packed.len() - 5];
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(name), &packed).expect("can be written");
        let config = format!("{SOURCE}path = \"{name}\"\n{AB}");
        let (inputs, fields) = opened(folder.path(), &config, b"").expect("whole");
        std::fs::write(folder.path().join(name), cut).expect("can be written");
        let fault = read_all(inputs, fields, Means { workers: 2, sizes: Sizes { batch: 1000, ..Sizes::default() } });
        let fault = fault.expect_err("is cut").to_string();
        assert!(fault.starts_with(&format!("{name}: the ")) && fault.contains("ends early"), "{fault}");
        let whole = read_with(name, &packed, AB, SMALL).expect("whole");
        assert_eq!(whole.rows.len(), 20_000);
        assert_eq!(whole.files[0].bytes, packed.len() as u64);
        assert_eq!(whole.files[0].fingerprint, format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&packed)));
    }
}

#[test]
fn columns_are_matched_without_case_or_space_and_times_are_read() {
    let mapping = "record_id = \"ID\"\nevent_time = { column = [\"Date\", \"Time\"], join = true, format = \"%m/%d/%Y %H:%M\", \
                   time_zone = \"America/New_York\" }\n[source.fields]\nemail = [\"e-mail\", \"Email Address\"]";
    let text = b" Id ,DATE,time,Email address\n 7 ,05/01/2024,10:00,a@b.c\n8,,,d@e.f\n9,2024-05-01,10:00,g@h.i\n,05/01/2024,10:00,x\n";
    let read = read_with("x.csv", text, mapping, SMALL).expect("a readable file");
    assert_eq!(read.rows, [(2, "7".into(), "a@b.c".into()), (3, "8".into(), "d@e.f".into())]);
    assert_eq!(read.times, [1_714_572_000_000_000, i64::MIN]);
    assert_eq!(read.reasons(), [(4, "bad_event_time"), (5, "no_record_id")]);
}

#[test]
fn records_without_an_id_are_known_by_their_content() {
    let mapping = "[source.fields]\na = \"a\"";
    let read = |text: &[u8]| read_with("x.csv", text, mapping, SMALL).expect("a readable file").rows;
    let rows = read(b"a,b\nx,1\nx,2\n\"x\",1\r\n");
    assert_eq!(rows[0].1, rows[2].1);
    assert_ne!(rows[0].1, rows[1].1);
    assert!(rows[0].1.len() == 33 && rows[0].1.starts_with('#'));
    assert_eq!(read(b"a;b\nx;1\n")[0].1, rows[0].1);
}

#[test]
fn files_without_a_header_and_with_columns_parted_by_spaces_are_read() {
    let mapping = "delimiter = \"spaces\"\ncolumns = [\"customer\", \"day\", \"count\", \"amount\"]\nevent_time = \"day\"\n\
                   [source.fields]\ncustomer_id = \"customer\"\namount = \"amount\"";
    let read = read_with("x.txt", b" 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n", mapping, SMALL);
    let read = read.expect("a readable file");
    assert_eq!((read.cells(), read.lines()), (vec!["00001|11.77", "00002|12.00"], vec![1, 2]));
    assert_eq!(read.times[0], 852_076_800_000_000);
}

#[test]
fn json_lines_are_read_by_path() {
    let mapping = "record_id = \"messageId\"\nevent_time = \"timestamp\"\n[source.fields]\n\
                   email = [\"traits.email\", \"context.traits.email\"]\nsession = \"params[key=sid].value.int_value\"";
    let text = br#"{"messageId": "m1", "timestamp": "2015-02-23T22:28:55.111Z", "traits": {"email": "a@b.c"}}

{"messageId": "m2", "timestamp": 1617691790431476, "context": {"traits": {"email": "d@e.f"}}, "params": [{"key": "sid", "value": {"int_value": "5"}}]}
{"messageId": "m3", "timestamp": "2015
[1]
{"messageId": null}
"#;
    let read = read_with("x.jsonl", text, mapping, SMALL).expect("a readable file");
    assert_eq!(read.rows, [(1, "m1".into(), "a@b.c|".into()), (3, "m2".into(), "d@e.f|5".into())]);
    assert_eq!(read.times, [1_424_730_535_111_000, 1_617_691_790_431_476]);
    assert_eq!(read.reasons(), [(4, "bad_json"), (5, "bad_json"), (6, "no_record_id")]);
}

#[test]
fn parquet_is_read_as_text() {
    use polars::prelude::*;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut frame = df!(
        "Id" => [9_007_199_254_740_993_i64, 2, 3],
        "amount" => [Some(1.5), None, Some(20.0)],
        "name" => ["Ann", "Bob", ""],
        "at" => [1_617_691_790_431_476_i64, 0, 1_000_000],
        "day" => [18_000_i32, 0, 1],
    )
    .expect("a table");
    let at =
        frame.column("at").expect("is there").cast(&DataType::Datetime(TimeUnit::Microseconds, None)).expect("times");
    frame.with_column(at).expect("same length");
    let day = frame.column("day").expect("is there").cast(&DataType::Date).expect("days");
    frame.with_column(day).expect("same length");
    let file = std::fs::File::create(folder.path().join("x.parquet")).expect("can be made");
    ParquetWriter::new(file).with_row_group_size(Some(2)).finish(&mut frame).expect("can be written");
    let mapping =
        "record_id = \"id\"\nevent_time = \"at\"\n[source.fields]\nname = \"name\"\namount = \"amount\"\nday = \"day\"";
    let config = format!("{SOURCE}path = \"x.parquet\"\n{mapping}");
    let (inputs, fields) = opened(folder.path(), &config, b"").expect("a readable file");
    let read = read_all(inputs, fields, SMALL).expect("a readable file");
    assert_eq!(read.cells(), ["Ann|1.5|2019-04-14", "Bob||1970-01-01", "|20.0|1970-01-02"]);
    assert_eq!(read.rows.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["9007199254740993", "2", "3"]);
    assert_eq!((read.lines(), read.times), (vec![1, 2, 3], vec![1_617_691_790_431_476, 0, 1_000_000]));
    let (inputs, fields) =
        opened(folder.path(), &format!("{SOURCE}path = \"x.parquet\"\n[source.fields]\nname = \"NAME\""), b"")
            .expect("a readable file");
    let read = read_all(inputs, fields, SMALL).expect("a readable file");
    assert_eq!(read.rows.iter().filter(|row| row.1.starts_with('#')).count(), 3);
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let config = format!("{SOURCE}path = \"-\"\n{AB}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (inputs, fields) = opened(folder.path(), &config, &gzip(b"id,a\n1,x\n")).expect("sound");
    let read = read_all(inputs, fields, SMALL).expect("sound");
    assert_eq!((read.cells(), read.files[0].path.as_str()), (vec!["x"], "-"));
}

#[test]
fn missing_columns_are_told_once_for_all_files_with_the_nearest_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [("a.csv", "Email,Phone\n"), ("b.csv", "id,e-mail\n"), ("c.csv", "Email,Phone\n")] {
        std::fs::write(folder.path().join(name), text).expect("can be written");
    }
    let mapping = "record_id = \"id\"\n[source.fields]\nemail = \"email\"\nphone = [\"mobile\", \"cell\"]";
    let faults = opened(folder.path(), &format!("{SOURCE}path = \"*.csv\"\n{mapping}"), b"").expect_err("faulty");
    let faults: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "a.csv:1: no column \"id\" (nor in 1 more file)\nhint: change `record_id` of source \"s\"; its columns are \"Email\", \"Phone\"",
            "a.csv:1: no column \"mobile\" or \"cell\" (nor in 2 more files)\nhint: change `fields.phone` of source \"s\"; its columns are \"Email\", \"Phone\"",
            "b.csv:1: no column \"email\"\nhint: change `fields.email` of source \"s\"; its columns are \"e-mail\", \"id\"",
        ]
    );
}

#[test]
fn a_json_path_that_no_line_has_is_a_fault_for_the_record_id_and_a_warning_for_a_field() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.jsonl"), "{\"messageId\": 1, \"context\": {\"ip\": 2}}\n")
        .expect("can be written");
    let open = |mapping: &str| opened(folder.path(), &format!("{SOURCE}path = \"x.jsonl\"\n{mapping}"), b"");
    let fault = open("record_id = \"message_id\"").expect_err("faulty").to_string();
    assert!(fault.starts_with("x.jsonl: no path \"message_id\" in the first 1 objects"), "{fault}");
    assert!(fault.contains("its paths are \"messageId\", \"context.ip\""), "{fault}");
    let (inputs, _) = open("record_id = \"messageId\"\n[source.fields]\nip = \"context.IP\"").expect("sound");
    assert!(inputs.warnings()[0].to_string().starts_with("x.jsonl: no path \"context.IP\""));
    let fault = open("record_id = \"a[x]\"").expect_err("faulty").to_string();
    assert!(fault.starts_with("config `source.0.record_id`: `a[x]` is not a JSON path"), "{fault}");
}

#[test]
fn a_name_that_stands_in_the_header_twice_is_a_warning() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.csv"), "id,Email,b,email\n1,x,y,z\n").expect("can be written");
    let config = format!("{SOURCE}path = \"x.csv\"\nrecord_id = \"id\"\n[source.fields]\nemail = \"email\"");
    let (inputs, fields) = opened(folder.path(), &config, b"").expect("sound");
    let warning = inputs.warnings()[0].to_string();
    assert!(warning.starts_with("x.csv:1: columns 2 and 4 are all named"), "{warning}");
    assert_eq!(read_all(inputs, fields, SMALL).expect("sound").cells(), ["z"]);
}

#[test]
fn what_goes_wrong_later_stops_the_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.csv"), "id,a\n1,x\n2,y\n").expect("can be written");
    let (inputs, _) = opened(folder.path(), &format!("{SOURCE}path = \"x.csv\"\n{AB}"), b"").expect("sound");
    std::fs::write(folder.path().join("x.csv"), "a,id\n1,x\n").expect("can be written");
    let sink = |_| Box::new(|_: &mut Chunk, _: RowHead, _: &str, _: &[&str]| {}) as record::Sink<'_>;
    let fault = run(&inputs.sources, inputs.stdin, SMALL, &sink, (None, None), &mut |_| Ok(Chunk::default()), &|_| {})
        .expect_err("has changed")
        .to_string();
    assert!(fault.starts_with("x.csv: has changed since the run began"), "{fault}");
    let (inputs, _) = opened(folder.path(), &format!("{SOURCE}path = \"x.csv\"\n{AB}"), b"").expect("sound");
    let fault =
        run(&inputs.sources, inputs.stdin, SMALL, &sink, (None, None), &mut |_| Err(Problem::run("full", "")), &|_| {})
            .expect_err("full");
    assert_eq!(fault.what, "full");
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_worker_that_panics_does_not_leave_the_run_hanging() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.csv"), "id,a\n1,x\n2,y\n3,z\n4,zzzzzzzzzzzzzzz\n5,a\n")
        .expect("can be written");
    let (inputs, _) = opened(folder.path(), &format!("{SOURCE}path = \"x.csv\"\n{AB}"), b"").expect("sound");
    let sink = |_| {
        Box::new(|_: &mut Chunk, head: RowHead, _: &str, _: &[&str]| assert_eq!(head.line, 0, "on purpose"))
            as record::Sink<'_>
    };
    let _ = run(&inputs.sources, inputs.stdin, SMALL, &sink, (None, None), &mut |_| Ok(Chunk::default()), &|_| {});
}

#[test]
fn conditions_choose_columns_and_leave_rows_out() {
    let mapping = "record_id = \"Sid\"\nwhere = \"Status <> 'failed' AND \\\"Num Segments\\\" <> ''\"\n[source.fields]\n\
                   phone = { cases = [{ when = \"direction = 'inbound'\", column = \"From\" }, { column = \"To\" }] }\n\
                   stop = { column = \"Body\", when = \"upper(Body) IN ('STOP', 'START')\" }";
    let text = b"Sid,From,To,Body,Status,Direction,num segments\n1,+1,+2,stop,received,inbound,1\n2,+3,+4,hi,sent,outbound,1\n\
                 3,+5,+6,hi,failed,outbound,1\n4,+7,+8,hi,sent\n5,+9,+10,START,sent,outbound,\n";
    let read = read_with("x.csv", text, mapping, SMALL).expect("a readable file");
    assert_eq!(read.cells(), ["+1|stop", "+4|"]);
    assert_eq!((read.filtered, read.reasons()), (2, vec![(5, "too_few_fields")]));
}

#[test]
fn conditions_on_json_lines_name_paths() {
    let mapping =
        "record_id = \"id\"\nwhere = \"type = 'track' AND \\\"context.ip\\\" <> ''\"\n[source.fields]\na = \"a\"";
    let text = b"{\"id\": 1, \"type\": \"track\", \"context\": {\"ip\": \"8.8.8.8\"}, \"a\": 5}\n{\"id\": 2, \"type\": \"page\", \"a\": 6}\n\
                 {\"id\": 3, \"type\": \"track\", \"a\": 7}\n";
    let read = read_with("x.jsonl", text, mapping, SMALL).expect("a readable file");
    assert_eq!((read.cells(), read.filtered), (vec!["5"], 2));
}

#[test]
fn a_condition_on_a_column_that_is_not_there_is_a_fault_with_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.csv"), "id,Status\n1,x\n").expect("can be written");
    std::fs::write(folder.path().join("b.csv"), "id,State\n1,x\n").expect("can be written");
    let open = |rule: &str| {
        opened(folder.path(), &format!("{SOURCE}path = \"*.csv\"\nrecord_id = \"id\"\nwhere = \"{rule}\""), b"")
    };
    let fault = open("statsu = 'x'").expect_err("faulty");
    assert!(fault.to_string().contains("source.0.where") && fault.to_string().contains("Status"), "{fault}");
    let fault = open("status = 'x'").expect_err("faulty").to_string();
    assert!(fault.starts_with("b.csv:1: no column \"status\"\nhint: change `where` of source \"s\""), "{fault}");
}

#[test]
fn a_text_that_is_no_number_leaves_a_comparison_unknown() {
    let mapping = "record_id = \"id\"\nwhere = \"CAST(a AS INT) > 1\"\n[source.fields]\na = \"a\"";
    let read = read_with("x.csv", b"id,a\n1,5\n2,x\n3,\n", mapping, SMALL).expect("a readable file");
    assert_eq!((read.cells(), read.filtered), (vec!["5"], 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_csv_crate_writes_is_read_back_whatever_the_batches_and_threads(
        rows in prop::collection::vec(prop::collection::vec("[a-zé,;\"\r\n|]{0,9}", 2), 0..40),
        crlf in any::<bool>(),
        batch in 1_usize..64,
        row_cap in 1_usize..9,
        workers in 1_usize..5,
    ) {
        let mut builder = csv::WriterBuilder::new();
        builder.quote_style(csv::QuoteStyle::Necessary);
        if crlf {
            builder.terminator(csv::Terminator::CRLF);
        }
        let mut writer = builder.from_writer(Vec::new());
        writer.write_record(["id", "a", "b"]).expect("memory takes it");
        let mut expected = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            writer.write_record([&number.to_string(), &row[0], &row[1]]).expect("memory takes it");
            let cell = |cell: &str| if cell.trim_ascii().is_empty() { String::new() } else { cell.to_owned() };
            expected.push((number.to_string(), format!("{}|{}", cell(&row[0]), cell(&row[1]))));
        }
        let text = writer.into_inner().expect("memory takes it");
        let mapping = "record_id = \"id\"\n[source.fields]\na = \"a\"\nb = \"b\"";
        let means = Means { workers, sizes: Sizes { batch, rows: row_cap, max_row: 1 << 20 } };
        let read = read_with("x.csv", &text, mapping, means).expect("a readable file");
        let found: Vec<(String, String)> = read.rows.iter().map(|(_, id, cells)| (id.clone(), cells.clone())).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(read.rejects, []);
    }

    #[test]
    fn any_text_at_all_gives_the_same_rows_whatever_the_batches_and_threads(
        text in "([0-9a-cé,\"\n]|\r\n|,\"|\",|\"\n|\u{0}){0,120}",
        bad in prop::option::of(0_usize..100),
        batch in 1_usize..64,
        row_cap in 1_usize..9,
        workers in 1_usize..5,
    ) {
        let mut text = format!("id,a\n{text}").into_bytes();
        if let Some(at) = bad && at > 5 && at < text.len() {
            text[at] = 0xff;
        }
        let large = Means { workers: 1, sizes: Sizes::default() };
        let whole = read_with("x.csv", &text, AB, large).expect("a readable file");
        let means = Means { workers, sizes: Sizes { batch, rows: row_cap, ..Sizes::default() } };
        prop_assert_eq!(read_with("x.csv", &text, AB, means).expect("a readable file"), whole);
    }
}
