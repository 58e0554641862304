//! Published tables, asked with SQL.

use polars::prelude::{
    Column, DataFrame, DataType, Int64Chunked, IntoColumn, IntoLazy, LazyFrame, NewChunkedArray, PlRefPath,
    ScanArgsParquet, Schema as Columns, TimeUnit, TimeZone,
};

use super::folder::RunFolder;
use super::read::{Cells, head, tables_in, text_cells, unread};
use super::tables::{GOLDEN_CUSTOMERS, TABLES};
use crate::problem::{Problem, Result};
use crate::sql;

/// Answers one SELECT over the tables of a run. CSV knows no types: there the documented columns have theirs, `more` gives
/// those of the golden table, and what does not read as its type stays text.
pub fn query(run: &RunFolder, text: &str, more: &Columns) -> Result<Cells> {
    let query = sql::query(text, &tables_in(run)?)?;
    let tables = query.tables.iter().map(|name| Ok((name.clone(), table(run, name, more)?)));
    let answer = sql::answer(&query, tables.collect::<Result<Vec<_>>>()?)?;
    text_cells(&answer).map_err(|error| Problem::run(format!("the answer cannot be shown: {error}"), ""))
}

fn table(run: &RunFolder, name: &str, more: &Columns) -> Result<LazyFrame> {
    let path = run.path.join(format!("{name}.parquet"));
    let text = path.to_string_lossy();
    let unread = |error| unread(&path, error);
    if path.exists() {
        return LazyFrame::scan_parquet(PlRefPath::from(&*text), ScanArgsParquet::default()).map_err(unread);
    }
    let cells = head(run, name, usize::MAX)?;
    let documented = TABLES.iter().find(|table| table.name == name).map(|table| table.schema()).unwrap_or_default();
    let column = |(at, column): (usize, &String)| {
        let values: Vec<Option<&str>> = cells.rows.iter().map(|row| row[at].as_deref()).collect();
        let golden = more.get(column).filter(|_| name == GOLDEN_CUSTOMERS.name);
        let kind = documented.get(column).or(golden);
        let typed = kind.and_then(|kind| typed(column, &values, kind));
        typed.unwrap_or_else(|| Column::new(column.as_str().into(), values))
    };
    let columns = cells.names.iter().enumerate().map(column).collect();
    Ok(DataFrame::new(cells.rows.len(), columns).map_err(unread)?.lazy())
}

/// A column of texts as one of a type; `None` = it is text, or a value is not of that type.
fn typed(name: &str, values: &[Option<&str>], kind: &DataType) -> Option<Column> {
    let name = name.into();
    Some(match kind {
        kind if kind.is_integer() => Column::new(name, read(values, |text| text.parse::<i64>().ok())?),
        kind if kind.is_float() => Column::new(name, read(values, |text| text.parse::<f64>().ok())?),
        DataType::Boolean => Column::new(name, read(values, |text| text.parse::<bool>().ok())?),
        DataType::Datetime(..) => {
            let moment = |text: &str| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
            let times = Int64Chunked::from_slice_options(name, &read(values, moment)?);
            times.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
        }
        _ => return None,
    })
}

fn read<T>(values: &[Option<&str>], parse: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    values.iter().map(|value| value.map_or(Some(None), |text| parse(text).map(Some))).collect()
}
