//! Published tables and reports, read back.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};

use super::audiences::delimiter_of;
use super::csv;
use super::folder::RunFolder;
use crate::disk::{entries, fault, folders_below};
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

/// Names of the tables in a run's folder, sorted; lists of audiences are `audiences/NAME`.
pub fn tables_in(run: &RunFolder) -> Result<Vec<String>> {
    let stem = |file: String| file.rsplit_once('.').map_or(file.clone(), |(stem, _)| stem.to_owned());
    let mut names: Vec<String> = table_files(run)?.into_iter().map(stem).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// The files of tables and lists in a run's folder, relative to it, as `run.json` names them; in the order of the system.
pub(super) fn table_files(run: &RunFolder) -> Result<Vec<String>> {
    let is_table = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "parquet" || ending == "csv");
    let name = |path: PathBuf| path.strip_prefix(&run.path).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    let mut files = Vec::new();
    for folder in folders_below(&run.path)? {
        files.extend(entries(&folder)?.into_iter().filter(is_table).map(name));
    }
    Ok(files)
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
    read.map_err(|error| unread(&path, error))
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
    let unread = |error: ::csv::Error| unread(path, error);
    let mut file = BufReader::new(File::open(path).map_err(|error| fault(path, "read", &error, 0))?);
    let start = file.fill_buf().map_err(|error| fault(path, "read", &error, 0))?;
    let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter_of(start)).from_reader(file);
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
    serde_json::from_slice(&text).map_err(|error| unread(&path, format!("it is no run report: {error}")))
}

/// A file of a run that is not what the run wrote.
pub fn unread(path: impl AsRef<Path>, error: impl std::fmt::Display) -> Problem {
    let fix = "restore it from a backup, or make another run current with `onefold rollback`; `onefold verify` tells which \
               files are not as they were written";
    Problem::file(path.as_ref().display().to_string(), None, format!("cannot read: {error}"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::persons;
    use crate::publish::sample::sample;
    use crate::publish::writer::{Formats, TableWriter};

    #[test]
    fn a_file_of_a_run_that_was_cut_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("run.json"), "{\"onefold\": \"0.").unwrap();
        fs::write(folder.path().join("segments.parquet"), "PAR1").unwrap();
        let run = RunFolder { run: 1, path: folder.path().to_owned(), current: true };
        for problem in [read_report(folder.path()).unwrap_err(), head(&run, "segments", 1).unwrap_err()] {
            assert!(problem.what.starts_with("cannot read: ") && problem.fix.contains("onefold rollback"), "{problem}");
        }
    }

    #[test]
    fn both_formats_show_the_same_first_rows() {
        let folder = tempfile::tempdir().unwrap();
        let sample = sample();
        let folded = sample.folded();
        let ids = persons::Ids::new(&sample.publication(), &folded);
        let table = persons::golden_customers(&ids, &folded).unwrap().frame().unwrap();
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
