//! Published tables, asked with SQL.

use polars::prelude::{Column, DataFrame, IntoLazy, LazyFrame, PlRefPath, ScanArgsParquet};

use super::folder::RunFolder;
use super::read::{Cells, head, tables_in, text_cells};
use crate::problem::{Problem, Result};
use crate::sql;

/// Answers one SELECT over the tables of a run. Tables that were published as CSV only have text columns.
pub fn query(run: &RunFolder, text: &str) -> Result<Cells> {
    let query = sql::query(text, &tables_in(run)?)?;
    let tables = query.tables.iter().map(|name| Ok((name.clone(), table(run, name)?)));
    let answer = sql::answer(&query, tables.collect::<Result<Vec<_>>>()?)?;
    text_cells(&answer).map_err(|error| Problem::run(format!("the answer cannot be shown: {error}"), ""))
}

fn table(run: &RunFolder, name: &str) -> Result<LazyFrame> {
    let path = run.path.join(format!("{name}.parquet"));
    let text = path.to_string_lossy();
    let unread = |error| Problem::file(text.clone(), None, format!("cannot read: {error}"), "");
    if path.exists() {
        return LazyFrame::scan_parquet(PlRefPath::from(&*text), ScanArgsParquet::default()).map_err(unread);
    }
    let cells = head(run, name, usize::MAX)?;
    let column = |(at, name): (usize, &String)| {
        let values: Vec<Option<&str>> = cells.rows.iter().map(|row| row[at].as_deref()).collect();
        Column::new(name.as_str().into(), values)
    };
    let columns = cells.names.iter().enumerate().map(column).collect();
    Ok(DataFrame::new(cells.rows.len(), columns).map_err(unread)?.lazy())
}
