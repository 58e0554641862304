//! One published table being written, batch by batch, in one or two formats.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::Schema;

use super::block::Block;
use super::csv;
use super::output::OutputFile;
use super::parquet::{Encoder, Group, ParquetFile};
use crate::model::TableFile;
use crate::problem::{Problem, Result};

/// The formats that tables are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// Parquet: Zstandard level 1, a row group per batch.
    pub parquet: bool,
    /// CSV.
    pub csv: bool,
    /// Whether CSV cells that a spreadsheet would run as a formula are made harmless.
    pub spreadsheet_safe: bool,
}

/// How a table is written: makes bytes of batches, on as many threads as have some.
#[derive(Debug)]
pub struct Shape {
    name: String,
    schema: Arc<Schema>,
    parquet: Option<Encoder>,
    csv: bool,
    spreadsheet_safe: bool,
}

/// A batch in all formats of its table.
pub struct Encoded {
    rows: u64,
    parquet: Option<Group>,
    csv: Vec<Vec<u8>>,
}

/// A table being written. The order of batches is the table's; what a batch is decides its row group.
pub struct TableWriter {
    shape: Arc<Shape>,
    rows: u64,
    parquet: Option<ParquetFile>,
    csv: Option<OutputFile>,
}

impl Shape {
    /// The bytes of a batch.
    pub fn encode(&self, batch: impl Into<Block>) -> Result<Encoded> {
        let batch: Block = batch.into();
        if batch.schema() != *self.schema {
            let what = format!("table {}: columns {:?} instead of {:?}", self.name, batch.schema(), self.schema);
            return Err(Problem::run(what, "this is a fault of onefold; please report it"));
        }
        let rows = batch.height() as u64;
        if rows == 0 {
            return Ok(Encoded { rows, parquet: None, csv: Vec::new() });
        }
        let fault = |error: polars::error::PolarsError| {
            let what = format!("table {}: {error}", self.name);
            Problem::run(what, "this is a fault of onefold; please report it")
        };
        let parquet = self.parquet.as_ref().map(|encoder| encoder.encode(&batch)).transpose().map_err(fault)?;
        let csv = if self.csv { csv::rows(&batch.frame()?, self.spreadsheet_safe).map_err(fault)? } else { Vec::new() };
        Ok(Encoded { rows, parquet, csv })
    }
}

impl TableWriter {
    /// Creates the files of a table; `differ` tells the columns whose values nearly all differ.
    pub fn create(
        folder: &Path,
        name: &str,
        schema: Arc<Schema>,
        formats: Formats,
        differ: &dyn Fn(&str) -> bool,
    ) -> Result<Self> {
        let file = |ending: &str| OutputFile::create(&folder.join(format!("{name}.{ending}")));
        let (mut parquet, mut csv, mut encoder) = (None, None, None);
        if formats.parquet {
            let file = file("parquet")?;
            encoder = Some(Encoder::new(&schema, differ).map_err(|error| file.explain(&error))?);
            parquet = Some(ParquetFile::create(file.clone(), &schema).map_err(|error| file.explain(&error))?);
        }
        if formats.csv {
            let mut file = file("csv")?;
            let header = csv::header(schema.iter_names().map(|name| name.as_str()));
            file.write_all(&header).map_err(|error| file.explain(&error))?;
            csv = Some(file);
        }
        let shape = Shape {
            name: name.to_owned(),
            schema,
            parquet: encoder,
            csv: formats.csv,
            spreadsheet_safe: formats.spreadsheet_safe,
        };
        Ok(Self { shape: Arc::new(shape), rows: 0, parquet, csv })
    }

    /// Makes bytes of batches for [`put`](Self::put).
    #[must_use]
    pub fn shape(&self) -> Arc<Shape> {
        self.shape.clone()
    }

    /// Appends a batch.
    pub fn put(&mut self, batch: Encoded) -> Result<()> {
        self.rows += batch.rows;
        if let (Some(parquet), Some(group)) = (&mut self.parquet, &batch.parquet) {
            let file = parquet.file.clone();
            parquet.write(group).map_err(|error| file.explain(&error))?;
        }
        if let Some(csv) = &mut self.csv {
            for bytes in batch.csv {
                csv.write_all(&bytes).map_err(|error| csv.explain(&error))?;
            }
        }
        Ok(())
    }

    /// Encodes and appends a batch.
    pub fn write(&mut self, batch: impl Into<Block>) -> Result<()> {
        let encoded = self.shape.encode(batch)?;
        self.put(encoded)
    }

    /// Ends all files; gives their names, sizes and fingerprints.
    pub fn finish(self) -> Result<Vec<TableFile>> {
        let mut files = Vec::new();
        let mut add = |ending: &str, file: OutputFile| -> Result<()> {
            let (bytes, fingerprint) = file.finish()?;
            let file = format!("{}.{ending}", self.shape.name);
            files.push(TableFile { file, rows: self.rows, bytes, fingerprint });
            Ok(())
        };
        if let Some(parquet) = self.parquet {
            let file = parquet.file.clone();
            add("parquet", parquet.finish().map_err(|error| file.explain(&error))?)?;
        }
        if let Some(csv) = self.csv {
            add("csv", csv)?;
        }
        Ok(files)
    }
}

impl std::fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter").field("name", &self.shape.name).field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{DataFrame, IntoColumn, NamedFrom, ParquetReader, SerReader, Series};

    fn table(rows: std::ops::Range<i64>) -> DataFrame {
        let names: Vec<String> = rows.clone().map(|row| format!("person {}", row % 1000)).collect();
        let counts: Vec<i64> = rows.collect();
        let columns =
            vec![Series::new("name".into(), names).into_column(), Series::new("row".into(), counts).into_column()];
        DataFrame::new_infer_height(columns).unwrap()
    }

    fn write(batches: &[std::ops::Range<i64>]) -> (tempfile::TempDir, Vec<TableFile>) {
        let folder = tempfile::tempdir().unwrap();
        let formats = Formats { parquet: true, csv: true, spreadsheet_safe: false };
        let mut writer =
            TableWriter::create(folder.path(), "t", table(0..0).schema().clone(), formats, &|_| false).unwrap();
        for batch in batches {
            writer.write(table(batch.clone())).unwrap();
        }
        let files = writer.finish().unwrap();
        (folder, files)
    }

    #[test]
    fn how_batches_come_does_not_change_a_cell() {
        let all = 0..600_000;
        let (_, whole) = write(std::slice::from_ref(&all));
        let (folder, parts) = write(&[0..1, 1..300_000, 300_000..300_000, 300_000..599_999, 599_999..600_000]);
        assert_eq!(whole[1], parts[1], "CSV has no groups of rows");
        assert_eq!(whole.iter().map(|file| file.rows).collect::<Vec<_>>(), [600_000, 600_000]);
        let path = folder.path().join(&parts[0].file);
        assert!(ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap().equals(&table(all)));
    }

    #[test]
    fn plain_columns_read_back_the_same_blanks_included() {
        let texts: Vec<Option<String>> = (0..5000).map(|row| (row % 3 > 0).then(|| format!("text {row}"))).collect();
        let columns = vec![
            Series::new("text".into(), texts).into_column(),
            Series::new(
                "number".into(),
                (0..5000).map(|row| (row % 2 > 0).then_some(row)).collect::<Vec<Option<i64>>>(),
            )
            .into_column(),
        ];
        let table = DataFrame::new_infer_height(columns).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let formats = Formats { parquet: true, csv: false, spreadsheet_safe: false };
        let mut writer =
            TableWriter::create(folder.path(), "t", table.schema().clone(), formats, &|name| name == "text").unwrap();
        writer.write(table.clone()).unwrap();
        let path = folder.path().join(&writer.finish().unwrap()[0].file);
        let read = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
        assert!(read.equals_missing(&table));
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let (folder, files) = write(&[0..1000, 1000..300_000]);
        let path = folder.path().join(&files[0].file);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), files[0].bytes);
        let read = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
        assert!(read.equals(&table(0..300_000)));
    }

    #[test]
    fn an_empty_table_is_a_file_with_its_columns() {
        let (folder, files) = write(&[]);
        assert_eq!(std::fs::read_to_string(folder.path().join("t.csv")).unwrap(), "name,row\n");
        let path = folder.path().join(&files[0].file);
        let read = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
        assert_eq!(read.schema(), table(0..0).schema());
    }

    #[test]
    fn a_batch_with_other_columns_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let formats = Formats { parquet: false, csv: true, spreadsheet_safe: false };
        let mut writer =
            TableWriter::create(folder.path(), "t", table(0..0).schema().clone(), formats, &|_| false).unwrap();
        let other = DataFrame::new_infer_height(vec![Series::new("x".into(), [1i64]).into_column()]).unwrap();
        assert!(writer.write(other).unwrap_err().what.starts_with("table t: columns"));
    }
}
