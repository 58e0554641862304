//! A published table row by row, when somebody else decides when the next row is wanted.

use std::fs::File;
use std::path::PathBuf;

use polars::prelude::{DataType, ParquetReader, SerReader, StringChunked};

use super::folder::RunFolder;
use super::read::unread;
use super::select::plain;
use crate::disk::fault;
use crate::problem::Result;

/// Rows of Parquet that are in memory at a time.
const STRETCH: usize = 1 << 18;

/// Some columns of a published table as text, blank = empty, in the order of the table.
pub struct Cursor {
    path: PathBuf,
    names: Vec<String>,
    rows: Rows,
}

enum Rows {
    Parquet { columns: Vec<StringChunked>, at: usize, height: usize, from: usize, is_last: bool },
    Csv { reader: Box<::csv::Reader<File>>, row: ::csv::StringRecord, places: Vec<usize> },
}

impl Cursor {
    /// Before the first row, from Parquet where there is one, else from CSV.
    pub fn open(run: &RunFolder, table: &str, names: &[&str]) -> Result<Self> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let path = run.path.join(format!("{table}.parquet"));
        if path.exists() {
            let rows = Rows::Parquet { columns: Vec::new(), at: 0, height: 0, from: 0, is_last: false };
            return Ok(Self { path, names, rows });
        }
        let path = run.path.join(format!("{table}.csv"));
        let file = File::open(&path).map_err(|error| fault(&path, "read", &error, 0))?;
        let mut reader = ::csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(file);
        let unread = |error: &dyn std::fmt::Display| unread(&path, error);
        let header = reader.headers().map_err(|error| unread(&error))?.clone();
        let mut places = Vec::with_capacity(names.len());
        for name in &names {
            let place = header.iter().position(|column| column == name);
            places.push(place.ok_or_else(|| unread(&format!("no column `{name}`")))?);
        }
        let rows = Rows::Csv { reader: Box::new(reader), row: ::csv::StringRecord::new(), places };
        Ok(Self { path, names, rows })
    }

    /// Goes to the next row; false when there is none.
    pub fn advance(&mut self) -> Result<bool> {
        let path = &self.path;
        let unread = |error: &dyn std::fmt::Display| unread(path, error);
        match &mut self.rows {
            Rows::Csv { reader, row, .. } => reader.read_record(row).map_err(|error| unread(&error)),
            Rows::Parquet { columns, at, height, from, is_last } => {
                *at += 1;
                if *at < *height {
                    return Ok(true);
                }
                if *is_last {
                    return Ok(false);
                }
                let file = File::open(path).map_err(|error| fault(path, "read", &error, 0))?;
                let reader = ParquetReader::new(file);
                let reader = reader.with_columns(Some(self.names.clone())).with_slice(Some((*from, STRETCH)));
                let page = reader.finish().map_err(|error| unread(&error))?;
                (*at, *height, *is_last) = (0, page.height(), page.height() < STRETCH);
                *from += page.height();
                columns.clear();
                for name in &self.names {
                    let column = page.column(name).and_then(|column| column.cast(&DataType::String));
                    let column = column.map_err(|error| unread(&error))?;
                    columns.push(column.str().map_err(|error| unread(&error))?.rechunk().into_owned());
                }
                Ok(*height > 0)
            }
        }
    }

    /// A cell of the row that [`advance`](Self::advance) went to.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        match &self.rows {
            Rows::Parquet { columns, at, .. } => columns[column].get(*at).unwrap_or_default(),
            Rows::Csv { row, places, .. } => plain(row.get(places[column]).unwrap_or_default()),
        }
    }

    /// How many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.names.len()
    }
}

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursor").field("path", &self.path).field("names", &self.names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceStarts;
    use crate::publish::records::crosswalk;
    use crate::publish::sample::{published, sample};

    #[test]
    fn both_formats_give_the_same_rows() {
        let folder = tempfile::tempdir().unwrap();
        let sample = sample();
        let publication = sample.publication();
        let starts = SourceStarts::new(&publication.resolved.records, publication.schema);
        let run = published(folder.path(), "crosswalk", crosswalk(&publication, &starts, 0..5));
        let all = || {
            let mut cursor = Cursor::open(&run, "crosswalk", &["record_id", "source"]).unwrap();
            let mut rows = Vec::new();
            while cursor.advance().unwrap() {
                rows.push((cursor.cell(0).to_owned(), cursor.cell(1).to_owned()));
            }
            assert!(!cursor.advance().unwrap());
            rows
        };
        let parquet = all();
        std::fs::remove_file(folder.path().join("crosswalk.parquet")).unwrap();
        assert_eq!(parquet, all());
        assert_eq!(parquet.len(), 5);
        assert_eq!(parquet[4], ("s3".to_owned(), "shop".to_owned()));
    }
}
