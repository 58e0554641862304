//! Published tables and reports, read back.

use std::fs::{self, File};
use std::path::Path;

use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};

use super::csv;
use super::folder::RunFolder;
use super::output::fault;
use crate::model::RunReport;
use crate::problem::{Problem, Result};

/// Some rows of a table as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells {
    /// Column names.
    pub names: Vec<String>,
    /// Per column: whether it holds numbers.
    pub numbers: Vec<bool>,
    /// Per column: whether JSON writes its values without quotes (numbers and booleans).
    pub bare: Vec<bool>,
    /// Rows of cells, as CSV writes them; none = blank.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Cells {
    /// No rows yet; columns with whether they hold numbers.
    #[must_use]
    pub fn new(columns: &[(&str, bool)]) -> Self {
        let numbers: Vec<bool> = columns.iter().map(|(_, number)| *number).collect();
        let names = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        Self { names, bare: numbers.clone(), numbers, rows: Vec::new() }
    }
}

/// Names of the tables in a run's folder, sorted.
pub fn tables_in(run: &RunFolder) -> Result<Vec<String>> {
    let unread = |error| fault(&run.path, "read", &error, 0);
    let mut names = Vec::new();
    for entry in fs::read_dir(&run.path).map_err(unread)? {
        let name = entry.map_err(unread)?.file_name();
        let name = name.to_string_lossy();
        if let Some(table) = name.strip_suffix(".parquet").or_else(|| name.strip_suffix(".csv")) {
            names.push(table.to_owned());
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// The first rows of a table, from Parquet where there is one, else from CSV.
pub fn head(run: &RunFolder, table: &str, rows: usize) -> Result<Cells> {
    let path = run.path.join(format!("{table}.parquet"));
    if !path.exists() {
        return csv_head(&run.path.join(format!("{table}.csv")), rows);
    }
    let file = File::open(&path).map_err(|error| fault(&path, "read", &error, 0))?;
    let read = ParquetReader::new(file).with_slice(Some((0, rows))).finish();
    let read = read.and_then(|table| text_cells(&table));
    read.map_err(|error| Problem::file(path.display().to_string(), None, format!("cannot read: {error}"), ""))
}

/// A table as text.
pub(super) fn text_cells(table: &DataFrame) -> polars::prelude::PolarsResult<Cells> {
    let number = |kind: &DataType| kind.is_numeric();
    let kinds: Vec<&DataType> = table.columns().iter().map(|column| column.dtype()).collect();
    let mut cells = Cells {
        names: table.get_column_names().into_iter().map(|name| name.to_string()).collect(),
        numbers: kinds.iter().map(|kind| number(kind)).collect(),
        bare: kinds.iter().map(|kind| number(kind) || **kind == DataType::Boolean).collect(),
        rows: Vec::with_capacity(table.height()),
    };
    let page = csv::texts(table)?;
    for row in 0..table.height() {
        cells.rows.push(page.iter().map(|column| column[row].clone()).collect());
    }
    Ok(cells)
}

fn csv_head(path: &Path, rows: usize) -> Result<Cells> {
    let unread =
        |error: ::csv::Error| Problem::file(path.display().to_string(), None, format!("cannot read: {error}"), "");
    let mut reader = ::csv::Reader::from_path(path).map_err(unread)?;
    let names: Vec<String> = reader.headers().map_err(unread)?.iter().map(str::to_owned).collect();
    let text = vec![false; names.len()];
    let mut cells = Cells { names, numbers: text.clone(), bare: text, rows: Vec::new() };
    for record in reader.records().take(rows) {
        let record = record.map_err(unread)?;
        cells.rows.push(record.iter().map(|cell| (!cell.is_empty()).then(|| cell.to_owned())).collect());
    }
    Ok(cells)
}

/// `run.json` of a run's folder.
pub fn read_report(run: &Path) -> Result<RunReport> {
    let path = run.join("run.json");
    let text = fs::read(&path).map_err(|error| fault(&path, "read", &error, 0))?;
    serde_json::from_slice(&text)
        .map_err(|error| Problem::file(path.display().to_string(), None, format!("not a run report: {error}"), ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::sample;
    use crate::publish::writer::{Formats, TableWriter};

    #[test]
    fn both_formats_show_the_same_first_rows() {
        let folder = tempfile::tempdir().unwrap();
        let sample = sample();
        let table = crate::publish::persons::golden_customers(&sample.publication(), &sample.folded()).unwrap();
        let formats = Formats { parquet: true, csv: true, spreadsheet_safe: false };
        let mut writer = TableWriter::create(folder.path(), "t", table.schema().clone(), formats, &|_| false).unwrap();
        writer.write(table).unwrap();
        writer.finish().unwrap();
        let run = RunFolder { run: 1, path: folder.path().to_owned(), current: true };
        assert_eq!(tables_in(&run).unwrap(), ["t"]);
        let parquet = head(&run, "t", 3).unwrap();
        fs::remove_file(folder.path().join("t.parquet")).unwrap();
        let csv = head(&run, "t", 3).unwrap();
        assert_eq!(parquet.rows, csv.rows);
        assert_eq!(parquet.rows.len(), 3);
        assert_eq!(parquet.numbers, [false, true, false, false, false, false, false, true]);
    }
}
