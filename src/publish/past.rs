//! Typed columns of a published table, a stretch of rows at a time: for those who compare with the last run.

use std::fs::File;
use std::path::Path;

use polars::prelude::{
    AnyValue, Column, DataFrame, DataType, ParquetReader, Schema as Columns, SerReader, Series, TimeUnit, TimeZone,
};

use super::folder::RunFolder;
use super::read::unread;
use super::select::plain;
use crate::disk::fault;
use crate::problem::Result;

/// Rows that are in memory at a time.
const STRETCH: usize = 1 << 16;

/// Gives `each` the named columns of a table in these types, in the order of the table; a column that it does not have is
/// blank. Times carry no zone: they are UTC.
pub fn typed(
    run: &RunFolder,
    table: &str,
    columns: &Columns,
    each: &mut dyn FnMut(DataFrame) -> Result<()>,
) -> Result<()> {
    let path = run.path.join(format!("{table}.parquet"));
    if path.exists() {
        return of_parquet(&path, columns, each);
    }
    of_csv(&run.path.join(format!("{table}.csv")), columns, each)
}

fn of_parquet(path: &Path, columns: &Columns, each: &mut dyn FnMut(DataFrame) -> Result<()>) -> Result<()> {
    let unread = |error| unread(path, error);
    let open = || File::open(path).map_err(|error| fault(path, "read", &error, 0));
    let there = ParquetReader::new(open()?).schema().map_err(unread)?;
    let wanted = columns.iter_names().filter(|name| there.contains(name)).map(ToString::to_string);
    let wanted: Vec<String> = wanted.collect();
    let rows = ParquetReader::new(open()?).num_rows().map_err(unread)?;
    for from in (0..rows).step_by(STRETCH) {
        let reader = ParquetReader::new(open()?).with_columns(Some(wanted.clone()));
        let found = reader.with_slice(Some((from, STRETCH))).finish().map_err(unread)?;
        let column = |(name, kind): (&polars::prelude::PlSmallStr, &DataType)| match found.column(name) {
            Ok(column) => converted(column, kind).map_err(unread),
            Err(_) => Ok(Column::full_null(name.clone(), found.height(), kind)),
        };
        let found = columns.iter().map(column).collect::<Result<Vec<_>>>()?;
        let height = found.first().map_or(0, Column::len);
        each(DataFrame::new(height, found).map_err(unread)?)?;
    }
    Ok(())
}

/// A column in the wanted type; in a table that has it in another one (the rule was another), what cannot be converted is
/// blank.
fn converted(column: &Column, kind: &DataType) -> polars::prelude::PolarsResult<Column> {
    match (column.dtype(), kind) {
        (found, wanted) if found == wanted => Ok(column.clone()),
        // UTC by name and UTC without a zone are the same number.
        (DataType::Datetime(_, Some(_)), DataType::Datetime(unit, None)) => {
            let micros = column.cast(&DataType::Datetime(*unit, Some(TimeZone::UTC)))?.cast(&DataType::Int64)?;
            micros.cast(kind)
        }
        _ => Ok(column.cast(kind).unwrap_or_else(|_| Column::full_null(column.name().clone(), column.len(), kind))),
    }
}

fn of_csv(path: &Path, columns: &Columns, each: &mut dyn FnMut(DataFrame) -> Result<()>) -> Result<()> {
    let unread = |error: &dyn std::fmt::Display| unread(path, error);
    let file = File::open(path).map_err(|error| fault(path, "read", &error, 0))?;
    let mut reader = ::csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(file);
    let header = reader.headers().map_err(|error| unread(&error))?.clone();
    let places: Vec<Option<usize>> =
        columns.iter_names().map(|name| header.iter().position(|column| column == name.as_str())).collect();
    let mut row = ::csv::StringRecord::new();
    let mut is_last = false;
    while !is_last {
        let mut cells: Vec<Vec<AnyValue<'static>>> = columns.iter().map(|_| Vec::new()).collect();
        let mut height = 0;
        while height < STRETCH {
            is_last = !reader.read_record(&mut row).map_err(|error| unread(&error))?;
            if is_last {
                break;
            }
            height += 1;
            for ((cells, place), (_, kind)) in cells.iter_mut().zip(&places).zip(columns.iter()) {
                cells.push(value(place.and_then(|place| row.get(place)).unwrap_or_default(), kind));
            }
        }
        let column = |((name, kind), cells): ((&polars::prelude::PlSmallStr, &DataType), &Vec<AnyValue<'static>>)| {
            let series = Series::from_any_values_and_dtype(name.clone(), cells, kind, false);
            series.map(Column::from).map_err(|error| unread(&error))
        };
        let found = columns.iter().zip(&cells).map(column).collect::<Result<Vec<_>>>()?;
        if height > 0 {
            each(DataFrame::new(height, found).map_err(|error| unread(&error))?)?;
        }
    }
    Ok(())
}

/// A cell as our own CSV writes values of that type; anything else is blank.
fn value(cell: &str, kind: &DataType) -> AnyValue<'static> {
    if cell.is_empty() {
        return AnyValue::Null;
    }
    let found = match kind {
        DataType::Boolean => cell.parse().ok().map(AnyValue::Boolean),
        DataType::Int64 => cell.parse().ok().map(AnyValue::Int64),
        DataType::Float64 => cell.parse().ok().map(AnyValue::Float64),
        DataType::Date => {
            let epoch = jiff::civil::date(1970, 1, 1);
            let day = cell.parse::<jiff::civil::Date>().ok().and_then(|day| epoch.until(day).ok());
            day.map(|span| AnyValue::Date(span.get_days()))
        }
        DataType::Datetime(_, _) => {
            let moment = cell.parse::<jiff::Timestamp>().ok();
            moment.map(|moment| AnyValue::Datetime(moment.as_microsecond(), TimeUnit::Microseconds, None))
        }
        _ => Some(AnyValue::StringOwned(plain(cell).into())),
    };
    found.unwrap_or(AnyValue::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::persons::published;
    use crate::publish::writer::{Formats, TableWriter};
    use polars::prelude::{Int64Chunked, IntoColumn, NamedFrom, NewChunkedArray};

    #[test]
    fn both_formats_read_back_what_was_written() {
        let times = Int64Chunked::from_slice_options("at".into(), &[Some(1_500_000), None, Some(0)]);
        let days = polars::prelude::Int32Chunked::from_slice_options("day".into(), &[Some(19_000), Some(-1), None]);
        let table = DataFrame::new_infer_height(vec![
            Series::new("name".into(), [Some("=1+1, \"x\""), None, Some("b")]).into_column(),
            Series::new("count".into(), [Some(-3i64), Some(0), None]).into_column(),
            Series::new("share".into(), [Some(0.1), None, Some(1e300)]).into_column(),
            Series::new("yes".into(), [Some(true), Some(false), None]).into_column(),
            times.into_datetime(TimeUnit::Microseconds, None).into_column(),
            days.into_date().into_column(),
        ])
        .unwrap();
        let mut written = DataFrame::empty();
        for column in table.columns() {
            written.with_column(published(column).unwrap()).unwrap();
        }
        let mut wanted = table.schema().as_ref().clone();
        wanted.insert("new".into(), DataType::Int64);
        for (parquet, csv, spreadsheet_safe) in [(true, false, false), (false, true, false), (false, true, true)] {
            let folder = tempfile::tempdir().unwrap();
            let formats = Formats { parquet, csv, spreadsheet_safe };
            let schema = written.schema().clone();
            let mut writer = TableWriter::create(folder.path(), "t", schema, formats, &|_| false).unwrap();
            writer.write(written.clone()).unwrap();
            writer.finish().unwrap();
            let run = RunFolder { run: 1, path: folder.path().to_owned(), current: true };
            let mut rows = Vec::new();
            typed(&run, "t", &wanted, &mut |found| {
                rows.push(found);
                Ok(())
            })
            .unwrap();
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].schema().as_ref(), &wanted);
            assert!(rows[0].select(table.get_column_names_owned()).unwrap().equals_missing(&table), "{:?}", rows[0]);
            assert_eq!(rows[0].column("new").unwrap().null_count(), 3);
        }
    }
}
