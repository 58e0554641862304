//! Cells as they are written.

use super::*;
use polars::prelude::{IntoColumn, NamedFrom, NewChunkedArray, Series, TimeZone};

fn written(columns: Vec<Column>, safe: bool) -> String {
    let table = DataFrame::new_infer_height(columns).unwrap();
    let names = table.columns().iter().map(|column| column.name().as_str().to_owned()).collect::<Vec<_>>();
    let mut bytes = header(names.iter().map(String::as_str));
    bytes.extend(rows(&table, safe).unwrap().concat());
    String::from_utf8(bytes).unwrap()
}

fn text(name: &str, values: &[Option<&str>]) -> Column {
    Series::new(name.into(), values).into_column()
}

#[test]
fn cells_are_quoted_only_where_they_must_be() {
    let column = text("a,b", &[Some("plain"), Some("comma,"), Some("say \"hi\""), Some("two\nlines"), None]);
    assert_eq!(written(vec![column], false), "\"a,b\"\nplain\n\"comma,\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n\n");
}

#[test]
fn the_csv_crate_reads_back_what_was_written() {
    let values = ["", "a", "\"", "a\"b", ",", "\r\n", " x ", "ü", "'", "a;b"];
    let column = text("v", &values.map(Some));
    let other = text("w", &[Some("x"); 10]);
    let page = written(vec![column, other], false);
    let mut reader = csv::Reader::from_reader(page.as_bytes());
    let read: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
    assert_eq!(read, values);
}

#[test]
fn times_have_a_fraction_only_where_there_is_one() {
    let micros = [0, 1_769_860_800_000_000, -1, 1_500_000, 951_782_400_000_000];
    let times = Int64Chunked::from_slice("t".into(), &micros)
        .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
        .into_column();
    assert_eq!(
        written(vec![times], false),
        "t\n1970-01-01T00:00:00Z\n2026-01-31T12:00:00Z\n1969-12-31T23:59:59.999999Z\n1970-01-01T00:00:01.5Z\n\
         2000-02-29T00:00:00Z\n"
    );
}

#[test]
fn every_day_of_eight_hundred_years_is_that_of_the_calendar() {
    let mut day = jiff::civil::date(1600, 1, 1);
    let mut number = -135_140;
    while day.year() < 2400 {
        let mut out = Vec::new();
        push_date(&mut out, number);
        assert_eq!(String::from_utf8(out).unwrap(), day.to_string());
        day = day.tomorrow().unwrap();
        number += 1;
    }
}

#[test]
fn numbers_are_as_short_as_reads_back_the_same() {
    let numbers = Series::new("n".into(), [0.1 + 0.2, 5.0, -1149.0, 1e-7]).into_column();
    assert_eq!(written(vec![numbers], false), "n\n0.30000000000000004\n5\n-1149\n0.0000001\n");
}

#[test]
fn a_spreadsheet_runs_nothing_and_phones_stay_phones() {
    let cells = ["=1+1", "+14155550123", "-5.20", "-5+A1", "@x", "\tx", "a=b", "+1,2", "+"];
    assert_eq!(
        written(vec![text("c", &cells.map(Some))], true),
        "c\n'=1+1\n+14155550123\n-5.20\n'-5+A1\n'@x\n'\tx\na=b\n\"'+1,2\"\n'+\n"
    );
}
