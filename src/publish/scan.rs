//! Some columns of a published table as text, row by row: for those who need all of it.

use std::fs::File;

use polars::prelude::{DataType, ParquetReader, SerReader, StringChunked};

use super::folder::RunFolder;
use super::read::unread;
use super::select::plain;
use crate::disk::fault;
use crate::problem::{Problem, Result};

/// The columns of the crosswalk.
pub const CROSSWALK_KEY: [&str; 3] = ["source", "record_id", "person_id"];

/// Rows of Parquet that are in memory at a time.
const STRETCH: usize = 1 << 19;

/// Gives `each` the named columns of every row, blank = empty, in the order of the table.
pub fn scan<const N: usize>(
    run: &RunFolder,
    table: &str,
    names: [&str; N],
    each: &mut dyn FnMut([&str; N]),
) -> Result<()> {
    let path = run.path.join(format!("{table}.parquet"));
    if !path.exists() {
        return scan_csv(run, table, names, each);
    }
    let unread = |error| unread(&path, error);
    let wanted: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut from = 0;
    loop {
        let file = File::open(&path).map_err(|error| fault(&path, "read", &error, 0))?;
        let reader = ParquetReader::new(file).with_columns(Some(wanted.clone())).with_slice(Some((from, STRETCH)));
        let rows = reader.finish().map_err(unread)?;
        let mut columns: Vec<StringChunked> = Vec::with_capacity(N);
        for name in names {
            let column = rows.column(name).and_then(|column| column.cast(&DataType::String)).map_err(unread)?;
            columns.push(column.str().map_err(unread)?.clone());
        }
        let mut cells: Vec<_> = columns.iter().map(|column| column.iter()).collect();
        for _ in 0..rows.height() {
            each(std::array::from_fn(|column| cells[column].next().flatten().unwrap_or_default()));
        }
        from += rows.height();
        if rows.height() < STRETCH {
            return Ok(());
        }
    }
}

fn scan_csv<const N: usize>(
    run: &RunFolder,
    table: &str,
    names: [&str; N],
    each: &mut dyn FnMut([&str; N]),
) -> Result<()> {
    let path = run.path.join(format!("{table}.csv"));
    let file = File::open(&path).map_err(|error| fault(&path, "read", &error, 0))?;
    let unread = |error: csv::Error| unread(&path, error);
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(file);
    let header = reader.headers().map_err(unread)?.clone();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = header.iter().position(|column| column == name).ok_or_else(|| {
            Problem::file(path.display().to_string(), Some(1), format!("no column `{name}`"), "run `onefold run` again")
        })?;
    }
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(unread)? {
        each(places.map(|place| plain(row.get(place).unwrap_or_default())));
    }
    Ok(())
}
