//! Rows of a published table that fulfil a condition, from Parquet where there is one, else from CSV.

use std::fs::File;

use polars::prelude::{Expr, LazyFrame, PlRefPath, ScanArgsParquet, col, lit};

use super::csv;
use super::folder::RunFolder;
use super::read::unread;
use crate::disk::fault;
use crate::problem::Result;

/// A condition on text columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// The column has this value.
    Is(&'static str, String),
    /// The column begins with this text.
    Starts(&'static str, String),
    /// All of these.
    All(Vec<Filter>),
    /// At least one of these.
    Any(Vec<Filter>),
}

/// Rows of a table; every cell as text, blank = empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// Column names.
    pub names: Vec<String>,
    /// The rows, in the order of the table.
    pub rows: Vec<Vec<String>>,
}

impl Rows {
    /// The texts of a column by row; a column that is not there is blank.
    pub fn column<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + 'a {
        let at = self.names.iter().position(|column| column == name);
        self.rows.iter().map(move |row| at.map_or("", |at| row[at].as_str()))
    }
}

/// Whether the run has a table.
#[must_use]
pub fn has_table(run: &RunFolder, table: &str) -> bool {
    ["parquet", "csv"].iter().any(|ending| run.path.join(format!("{table}.{ending}")).exists())
}

/// The rows of a table for which the filter holds, at most `most`.
pub fn select(run: &RunFolder, table: &str, filter: &Filter, most: usize) -> Result<Rows> {
    let path = run.path.join(format!("{table}.parquet"));
    if !path.exists() {
        return select_csv(run, table, filter, most);
    }
    let unread = |error| unread(&path, error);
    let text = path.to_string_lossy();
    let scan = LazyFrame::scan_parquet(PlRefPath::from(&*text), ScanArgsParquet::default()).map_err(unread)?;
    let found = scan.filter(expression(filter)).limit(most as u32).collect().map_err(unread)?;
    let names = found.get_column_names().into_iter().map(|name| name.to_string()).collect();
    let columns = csv::texts(&found).map_err(unread)?;
    let cell = |column: &Vec<Option<String>>, row: usize| column[row].clone().unwrap_or_default();
    let rows = (0..found.height()).map(|row| columns.iter().map(|column| cell(column, row)).collect()).collect();
    Ok(Rows { names, rows })
}

fn expression(filter: &Filter) -> Expr {
    let all = |filters: &[Filter], empty: bool, join: fn(Expr, Expr) -> Expr| {
        filters.iter().map(expression).reduce(join).unwrap_or_else(|| lit(empty))
    };
    match filter {
        Filter::Is(column, value) => col(*column).eq(lit(value.as_str())),
        // Texts are compared by bytes, and no text goes on with a character above the last one.
        Filter::Starts(column, start) => {
            let end = format!("{start}{}", char::MAX);
            col(*column).gt_eq(lit(start.as_str())).and(col(*column).lt_eq(lit(end)))
        }
        Filter::All(filters) => all(filters, true, Expr::and),
        Filter::Any(filters) => all(filters, false, Expr::or),
    }
}

fn select_csv(run: &RunFolder, table: &str, filter: &Filter, most: usize) -> Result<Rows> {
    let path = run.path.join(format!("{table}.csv"));
    let file = File::open(&path).map_err(|error| fault(&path, "read", &error, 0))?;
    let unread = |error: ::csv::Error| unread(&path, error);
    let mut reader = ::csv::Reader::from_reader(file);
    let names: Vec<String> = reader.headers().map_err(unread)?.iter().map(str::to_owned).collect();
    let (mut found, mut row) = (Rows { names, rows: Vec::new() }, ::csv::StringRecord::new());
    while found.rows.len() < most && reader.read_record(&mut row).map_err(unread)? {
        if holds(filter, &found.names, &row) {
            found.rows.push(row.iter().map(|cell| plain(cell).to_owned()).collect());
        }
    }
    Ok(found)
}

fn holds(filter: &Filter, names: &[String], row: &::csv::StringRecord) -> bool {
    let cell = |column: &str| {
        let at = names.iter().position(|name| name == column);
        at.and_then(|at| row.get(at)).map_or("", plain)
    };
    match filter {
        Filter::Is(column, value) => cell(column) == value,
        Filter::Starts(column, start) => cell(column).starts_with(start.as_str()),
        Filter::All(filters) => filters.iter().all(|filter| holds(filter, names, row)),
        Filter::Any(filters) => filters.iter().any(|filter| holds(filter, names, row)),
    }
}

/// A cell without the mark that `spreadsheet_safe` puts before what a spreadsheet would run.
pub(super) fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceStarts;
    use crate::publish::records::{Decisions, edges};
    use crate::publish::sample::{published, sample};

    #[test]
    fn both_formats_give_the_rows_that_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let sample = sample();
        let publication = sample.publication();
        let starts = SourceStarts::new(&publication.resolved.records, publication.schema);
        let table = edges(&publication, &starts, &Decisions::new(&publication), 0..5).unwrap();
        let run = published(folder.path(), "edges", table);
        let is = |column, value: &str| Filter::Is(column, value.to_owned());
        let filters = [
            is("value", "ana@example.com"),
            Filter::Starts("value", "C".into()),
            Filter::All(vec![is("source", "shop"), Filter::Any(vec![is("record_id", "s1"), is("record_id", "s3")])]),
            is("value", "nobody"),
        ];
        let parquet = filters.each_ref().map(|filter| select(&run, "edges", filter, 100).unwrap());
        std::fs::remove_file(folder.path().join("edges.parquet")).unwrap();
        let csv = filters.each_ref().map(|filter| select(&run, "edges", filter, 100).unwrap());
        assert_eq!(parquet, csv);
        assert_eq!(csv.each_ref().map(|found| found.rows.len()), [2, 3, 4, 0]);
        assert_eq!(csv[0].column("record_id").collect::<Vec<_>>(), ["p2", "s3"]);
        assert_eq!(select(&run, "edges", &filters[1], 2).unwrap().rows.len(), 2);
    }
}
