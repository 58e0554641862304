//! Tables as Parquet: a batch of rows becomes a row group, encoded and compressed by whoever has the batch, so that many
//! threads can; the file's writer only puts groups one behind the other.
//!
//! polars' own writer tries a dictionary for every column. Here columns whose values nearly all differ are written
//! plainly, and without the smallest and largest value that nobody could skip rows by; columns of which it is known
//! which texts are alike are written so.

use std::sync::Arc;

use polars::error::PolarsError;
use polars::prelude::{Column, CompatLevel, PolarsResult, Schema, SchemaExt};
use polars_arrow::array::{Array, DictionaryArray, MutableBinaryViewArray, PrimitiveArray};
use polars_parquet::parquet::schema::types::ParquetType;
use polars_parquet::read::ParquetError;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, Compressor, DynIter, DynStreamingIterator, Encoding, FileWriter,
    SchemaDescriptor, StatisticsOptions, Version, WriteOptions, ZstdLevel, array_to_columns,
    fallible_streaming_iterator, get_dtype_encoding, to_parquet_schema,
};

use super::block::{Block, BlockColumn, Coded};
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
    columns: Vec<Arc<Pages>>,
}

/// A column of a batch, encoded.
#[derive(Debug)]
pub struct Pages(Vec<CompressedPage>);

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
    pub fn encode(&self, batch: &Block) -> PolarsResult<Group> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for ((column, kind), (encodings, options)) in
            batch.columns().iter().zip(self.schema.fields()).zip(&self.columns)
        {
            let pages = |values: &Column| {
                let array = rechunked(values).as_materialized_series().to_arrow(0, CompatLevel::newest());
                pages(array, kind, *options, encodings)
            };
            columns.push(match column {
                BlockColumn::Values(values) => Arc::new(pages(values)?),
                BlockColumn::Coded(coded) => {
                    Arc::new(self::pages(dictionary(coded, !options.statistics.is_empty())?, kind, *options, &CODED)?)
                }
                BlockColumn::Alike(alike) => match alike.pages.get() {
                    Some(pages) => pages.clone(),
                    None => {
                        let made = Arc::new(pages(&alike.values)?);
                        alike.pages.get_or_init(|| made).clone()
                    }
                },
            });
        }
        Ok(Group { rows: batch.height() as u64, columns })
    }
}

const CODED: [Encoding; 1] = [Encoding::RleDictionary];

/// A column that is no list, encoded.
fn pages(
    array: Box<dyn Array>,
    kind: &ParquetType,
    options: WriteOptions,
    encodings: &[Encoding],
) -> PolarsResult<Pages> {
    let mut all = Vec::new();
    for pages in array_to_columns(array, kind.clone(), options, encodings)? {
        let pages = pages.map(|page| page.map_err(|e| ParquetError::FeatureNotSupported(e.to_string())));
        let compressed = Compressor::new_from_vec(pages, options.compression, Vec::new());
        all.extend(compressed.collect::<Result<Vec<_>, ParquetError>>()?);
    }
    Ok(Pages(all))
}

/// A coded column as Parquet's own kind of it. `only_used`: without the texts that no row has, for which the column's
/// smallest and largest value would be wrong.
fn dictionary(coded: &Coded, only_used: bool) -> PolarsResult<Box<dyn Array>> {
    let texts = coded.texts.rechunk();
    let array = texts.downcast_as_array();
    let mut keys: Vec<u32> = coded.places.clone();
    let validity = array.validity().map(|is_text| keys.iter().map(|&place| is_text.get_bit(place as usize)).collect());
    if !only_used && validity.is_none() {
        let keys = PrimitiveArray::from_vec(keys);
        return Ok(DictionaryArray::try_from_keys(keys, array.clone().boxed(), false)?.boxed());
    }
    // Text → its new place.
    let mut places = vec![u32::MAX; array.len()];
    let mut used = MutableBinaryViewArray::<str>::new();
    for key in &mut keys {
        let place = &mut places[*key as usize];
        if *place == u32::MAX {
            let Some(text) = array.get(*key as usize) else {
                *key = 0; // whatever a blank points to is not looked at
                continue;
            };
            *place = used.len() as u32;
            used.push_value(text);
        }
        *key = *place;
    }
    let keys = PrimitiveArray::from_vec(keys).with_validity(validity);
    Ok(DictionaryArray::try_from_keys(keys, used.freeze().boxed(), false)?.boxed())
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
            let pages = pages.0.iter().map(Ok::<_, PolarsError>);
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
