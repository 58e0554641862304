//! Parquet files, row group by row group, every value as the text that a CSV export would have for it.

use std::fs::File;
use std::path::Path;

use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, NamedFrom, ParquetReader, PolarsResult, SerReader, Series, StringChunked,
    TimeUnit,
};

use super::Batch;
use super::condition::Truths;
use super::open::Form;
use super::record::{Origin, Room, Sink};
use crate::problem::{Problem, Result};

/// Some rows of a Parquet file.
#[derive(Debug)]
pub(super) struct FrameBatch {
    /// The columns that are read.
    pub frame: DataFrame,
    /// 1-based number of its first row in the file.
    pub row: u64,
}

/// Reads a Parquet file's row groups, `rows` rows at a time; `each` says false to stop. `columns` = those to read.
pub(super) fn read_groups(
    path: &Path,
    columns: &[String],
    rows: usize,
    each: &mut dyn FnMut(FrameBatch) -> bool,
) -> PolarsResult<()> {
    let mut reader = ParquetReader::new(File::open(path)?);
    let metadata = reader.get_metadata()?.clone();
    let mut first = 0;
    for group in &metadata.row_groups {
        let length = group.num_rows();
        let mut reader = ParquetReader::new(File::open(path)?)
            .with_slice(Some((first, length)))
            .with_columns(Some(columns.to_vec()));
        reader.set_metadata(metadata.clone());
        let frame = reader.finish()?;
        for start in (0..length).step_by(rows) {
            let part = frame.slice(start as i64, rows);
            if !each(FrameBatch { frame: part, row: (first + start) as u64 + 1 }) {
                return Ok(());
            }
        }
        first += length;
    }
    Ok(())
}

/// Reads the rows of a batch.
pub(super) fn read_frame(
    origin: Origin<'_>,
    batch: &FrameBatch,
    room: &mut Room,
    sink: &mut Sink<'_>,
) -> Result<Batch> {
    let Form::Parquet { names, columns } = &origin.file.form else { unreachable!("a frame is of a Parquet file") };
    let fault = |error: polars::error::PolarsError| {
        Problem::file(&origin.file.found.shown, None, format!("cannot be read as text: {error}"), "")
    };
    let texts: Vec<StringChunked> =
        batch.frame.columns().iter().map(text).collect::<PolarsResult<_>>().map_err(fault)?;
    let of_slot: Vec<Option<usize>> =
        columns.iter().map(|column| column.and_then(|column| batch.frame.get_column_index(&names[column]))).collect();
    let slots = |row: usize, room: &mut Room| {
        let mut slots = room.slots();
        slots.extend(of_slot.iter().map(|column| column.and_then(|column| texts[column].get(row)).unwrap_or("")));
        if origin.by_content() {
            room.content.clear();
            for text in &texts {
                room.content.push_str(text.get(row).unwrap_or(""));
                room.content.push('\u{1f}');
            }
        }
        slots
    };
    let height = batch.frame.height();
    let conditions = &origin.source.conditions;
    let truths = if conditions.is_empty() {
        Truths::default()
    } else {
        let mut table = conditions.table();
        (0..height).for_each(|row| table.push(&slots(row, room)));
        table.evaluate()?
    };
    let mut out = origin.draft(room);
    for row in 0..height {
        if origin.source.mapping.filter.is_some_and(|filter| !truths.holds(filter, row)) {
            out.filtered += 1;
            continue;
        }
        let line = batch.row + row as u64;
        let slots = slots(row, room);
        if let Err(fault) = origin.record(line, slots, (&truths, row), room, sink, &mut out) {
            let cells: Vec<&str> = texts.iter().map(|text| text.get(row).unwrap_or("")).collect();
            out.rejects.push(origin.reject(line, cells.join(",").as_bytes(), fault));
        }
    }
    out.rows = height as u64;
    Ok(out.finish(room))
}

/// A column as text: whole numbers plain, times in ISO 8601 (with `Z` where the file says that they are UTC).
fn text(column: &Column) -> PolarsResult<StringChunked> {
    let column = match column.dtype() {
        DataType::Datetime(_, zone) => {
            let mark = if zone.is_some() { "Z" } else { "" };
            let micros = column.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?.cast(&DataType::Int64)?;
            let texts: Vec<Option<String>> =
                micros.i64()?.iter().map(|micros| micros.map(|micros| iso(micros, mark))).collect();
            Series::new(column.name().clone(), texts).into_column()
        }
        DataType::String => column.clone(),
        _ => column.cast(&DataType::String)?,
    };
    Ok(column.str()?.rechunk().into_owned())
}

fn iso(micros: i64, mark: &str) -> String {
    match jiff::Timestamp::from_microsecond(micros) {
        Ok(time) => format!("{}{mark}", jiff::tz::TimeZone::UTC.to_datetime(time)),
        Err(_) => micros.to_string(),
    }
}
