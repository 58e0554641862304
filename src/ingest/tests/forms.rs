//! Forms of files: JSON Lines, Parquet, standard input, no header.

use super::*;

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
fn files_without_a_header_and_with_columns_parted_by_spaces_are_read() {
    let mapping = "delimiter = \"spaces\"\ncolumns = [\"customer\", \"day\", \"count\", \"amount\"]\nevent_time = \"day\"\n\
                   [source.fields]\ncustomer_id = \"customer\"\namount = \"amount\"";
    let read = read_with("x.txt", b" 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n", mapping, SMALL);
    let read = read.expect("a readable file");
    assert_eq!((read.cells(), read.lines()), (vec!["00001|11.77", "00002|12.00"], vec![1, 2]));
    assert_eq!(read.times[0], 852_076_800_000_000);
}
