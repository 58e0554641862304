//! Tables as Parquet: a batch of rows becomes a row group, encoded and compressed by whoever has the batch, so that many
//! threads can; the file's writer only puts groups one behind the other.
//!
//! polars' own writer tries a dictionary for every column. Here columns whose values nearly all differ are written
//! plainly, and without the smallest and largest value that nobody could skip rows by.

use polars::error::PolarsError;
use polars::prelude::{Column, CompatLevel, DataFrame, PolarsResult, Schema, SchemaExt};
use polars_parquet::read::ParquetError;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, Compressor, DynIter, DynStreamingIterator, Encoding, FileWriter,
    SchemaDescriptor, StatisticsOptions, Version, WriteOptions, ZstdLevel, array_to_columns,
    fallible_streaming_iterator, get_dtype_encoding, to_parquet_schema,
};

use super::output::OutputFile;

/// How the columns of a table are encoded.
#[derive(Debug)]
pub struct Encoder {
    schema: SchemaDescriptor,
    columns: Vec<(Vec<Encoding>, WriteOptions)>,
}

/// A batch of rows, encoded.
pub struct Group {
    rows: u64,
    columns: Vec<Vec<CompressedPage>>,
}

/// A file being written.
pub struct ParquetFile {
    /// For its faults.
    pub file: OutputFile,
    writer: FileWriter<OutputFile>,
}

impl Encoder {
    /// For a table with these columns; `differ` tells the columns whose values nearly all differ.
    pub fn new(schema: &Schema, differ: &dyn Fn(&str) -> bool) -> PolarsResult<Self> {
        let arrow = schema.to_arrow(CompatLevel::newest());
        let column = |field: &polars::prelude::ArrowField| {
            if differ(&field.name) {
                let plain = get_dtype_encoding(&field.dtype).iter().map(|_| Encoding::Plain).collect();
                return Ok((plain, options(StatisticsOptions { null_count: true, ..StatisticsOptions::empty() })?));
            }
            Ok((get_dtype_encoding(&field.dtype), options(StatisticsOptions::default())?))
        };
        let columns = arrow.iter_values().map(column).collect::<PolarsResult<_>>()?;
        Ok(Self { schema: to_parquet_schema(&arrow)?, columns })
    }

    /// A batch as a row group.
    pub fn encode(&self, batch: &DataFrame) -> PolarsResult<Group> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for ((column, kind), (encodings, options)) in
            batch.columns().iter().zip(self.schema.fields()).zip(&self.columns)
        {
            let array = rechunked(column).as_materialized_series().to_arrow(0, CompatLevel::newest());
            for pages in array_to_columns(array, kind.clone(), *options, encodings)? {
                let pages = pages.map(|page| page.map_err(|e| ParquetError::FeatureNotSupported(e.to_string())));
                let compressed = Compressor::new_from_vec(pages, options.compression, Vec::new());
                columns.push(compressed.collect::<Result<Vec<_>, ParquetError>>()?);
            }
        }
        Ok(Group { rows: batch.height() as u64, columns })
    }
}

fn rechunked(column: &Column) -> Column {
    if column.n_chunks() > 1 { column.rechunk() } else { column.clone() }
}

/// Zstandard at its fastest level: what peers and engines use too.
fn options(statistics: StatisticsOptions) -> PolarsResult<WriteOptions> {
    let compression = CompressionOptions::Zstd(Some(ZstdLevel::try_new(1)?));
    Ok(WriteOptions { statistics, version: Version::V1, compression, data_page_size: None })
}

impl ParquetFile {
    /// A file for a table with these columns.
    pub fn create(file: OutputFile, schema: &Schema) -> PolarsResult<Self> {
        let arrow = schema.to_arrow(CompatLevel::newest());
        let writer = FileWriter::try_new(file.clone(), arrow, options(StatisticsOptions::default())?)?;
        Ok(Self { file, writer })
    }

    /// Appends a row group.
    pub fn write(&mut self, group: &Group) -> PolarsResult<()> {
        let columns = group.columns.iter().map(|pages| {
            let pages = pages.iter().map(Ok::<_, PolarsError>);
            Ok(DynStreamingIterator::new(fallible_streaming_iterator::convert(pages)))
        });
        self.writer.write(group.rows, DynIter::new(columns))
    }

    /// Writes the footer.
    pub fn finish(mut self) -> PolarsResult<OutputFile> {
        self.writer.end(None)?;
        Ok(self.file)
    }
}
