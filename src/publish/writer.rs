//! One published table being written, batch by batch, in one or two formats.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use polars::io::parquet::write::BatchedWriter;
use polars::polars_utils::compression::ZstdLevel;
use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter, PolarsError, PolarsResult, Schema};

use super::csv;
use super::output::OutputFile;
use crate::model::TableFile;
use crate::problem::{Problem, Result};

/// Rows of a Parquet row group. Groups are cut by this alone, never by how batches came, so the bytes of a file do not
/// depend on the number of threads.
const ROW_GROUP: usize = 1 << 18;

/// In which formats tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// `NAME.parquet`.
    pub parquet: bool,
    /// `NAME.csv`.
    pub csv: bool,
    /// Whether CSV cells that a spreadsheet would run get a leading `'`.
    pub spreadsheet_safe: bool,
}

/// A table being written.
pub struct TableWriter {
    name: String,
    schema: Arc<Schema>,
    rows: u64,
    parquet: Option<ParquetFile>,
    csv: Option<CsvFile>,
}

struct ParquetFile {
    file: OutputFile,
    writer: BatchedWriter<OutputFile>,
    /// Rows that do not fill a row group yet.
    pending: DataFrame,
}

struct CsvFile {
    file: OutputFile,
    safe: bool,
}

impl TableWriter {
    /// Creates the table's files in a folder.
    pub fn create(folder: &Path, name: &str, schema: Arc<Schema>, formats: Formats) -> Result<Self> {
        let file = |ending: &str| OutputFile::create(&folder.join(format!("{name}.{ending}")));
        let parquet = formats.parquet.then(|| ParquetFile::create(file("parquet")?, &schema)).transpose()?;
        let csv = formats.csv.then(|| CsvFile::create(file("csv")?, &schema, formats.spreadsheet_safe)).transpose()?;
        Ok(Self { name: name.to_owned(), schema, rows: 0, parquet, csv })
    }

    /// Appends rows. They must have the columns that the table was created with.
    pub fn write(&mut self, mut batch: DataFrame) -> Result<()> {
        if batch.schema().as_ref() != self.schema.as_ref() {
            let what = format!("table {}: columns {:?} instead of {:?}", self.name, batch.schema(), self.schema);
            return Err(Problem::run(what, "this is a fault of onefold; please report it"));
        }
        if batch.height() == 0 {
            return Ok(());
        }
        self.rows += batch.height() as u64;
        batch.rechunk_mut();
        if let Some(csv) = &mut self.csv {
            csv.write(&batch)?;
        }
        match &mut self.parquet {
            Some(parquet) => parquet.write(batch),
            None => Ok(()),
        }
    }

    /// Completes the files and waits until the disk has them.
    pub fn finish(self) -> Result<Vec<TableFile>> {
        let mut files = Vec::new();
        let mut add = |ending: &str, file: OutputFile| -> Result<()> {
            let (bytes, fingerprint) = file.finish()?;
            files.push(TableFile { file: format!("{}.{ending}", self.name), rows: self.rows, bytes, fingerprint });
            Ok(())
        };
        if let Some(parquet) = self.parquet {
            add("parquet", parquet.finish()?)?;
        }
        if let Some(csv) = self.csv {
            add("csv", csv.file)?;
        }
        Ok(files)
    }
}

impl ParquetFile {
    fn create(file: OutputFile, schema: &Schema) -> Result<Self> {
        let level = ZstdLevel::try_new(1).map_err(|error| file.explain(&error))?;
        let writer = ParquetWriter::new(file.clone())
            .with_compression(ParquetCompression::Zstd(Some(level)))
            .set_parallel(false) // columns would be encoded on polars' own threads, which `--threads` does not rule
            .batched(schema)
            .map_err(|error| file.explain(&error))?;
        Ok(Self { file, writer, pending: DataFrame::empty_with_schema(schema) })
    }

    fn write(&mut self, batch: DataFrame) -> Result<()> {
        self.push(batch).map_err(|error| self.file.explain(&error))
    }

    fn push(&mut self, batch: DataFrame) -> PolarsResult<()> {
        if self.pending.height() == 0 {
            self.pending = batch;
        } else {
            self.pending.vstack_mut(&batch)?;
        }
        let mut start = 0;
        while self.pending.height() - start >= ROW_GROUP {
            let mut group = self.pending.slice(start as i64, ROW_GROUP);
            group.rechunk_mut();
            self.writer.write_batch(&group)?;
            start += ROW_GROUP;
        }
        if start > 0 {
            self.pending = self.pending.slice(start as i64, usize::MAX);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<OutputFile> {
        self.end().map_err(|error| self.file.explain(&error))?;
        Ok(self.file)
    }

    fn end(&mut self) -> Result<(), PolarsError> {
        if self.pending.height() > 0 {
            self.pending.rechunk_mut();
            self.writer.write_batch(&self.pending)?;
        }
        self.writer.finish()?;
        Ok(())
    }
}

impl CsvFile {
    fn create(mut file: OutputFile, schema: &Schema, safe: bool) -> Result<Self> {
        let header = csv::header(schema.iter_names().map(|name| name.as_str()));
        file.write_all(&header).map_err(|error| file.explain(&error))?;
        Ok(Self { file, safe })
    }

    fn write(&mut self, batch: &DataFrame) -> Result<()> {
        let stretches = csv::rows(batch, self.safe).map_err(|error| self.file.explain(&error))?;
        for bytes in stretches {
            self.file.write_all(&bytes).map_err(|error| self.file.explain(&error))?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter").field("name", &self.name).field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoColumn, NamedFrom, ParquetReader, SerReader, Series};

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
        let mut writer = TableWriter::create(folder.path(), "t", table(0..0).schema().clone(), formats).unwrap();
        for batch in batches {
            writer.write(table(batch.clone())).unwrap();
        }
        let files = writer.finish().unwrap();
        (folder, files)
    }

    #[test]
    fn how_batches_come_does_not_change_a_byte() {
        let all = 0..600_000;
        let (_, whole) = write(std::slice::from_ref(&all));
        let (_, parts) = write(&[0..1, 1..300_000, 300_000..300_000, 300_000..599_999, 599_999..600_000]);
        assert_eq!(whole, parts);
        assert_eq!(whole.iter().map(|file| file.rows).collect::<Vec<_>>(), [600_000, 600_000]);
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
        let mut writer = TableWriter::create(folder.path(), "t", table(0..0).schema().clone(), formats).unwrap();
        let other = DataFrame::new_infer_height(vec![Series::new("x".into(), [1i64]).into_column()]).unwrap();
        assert!(writer.write(other).unwrap_err().what.starts_with("table t: columns"));
    }
}
