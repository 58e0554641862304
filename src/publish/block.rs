//! Rows of a table on their way to its files.
//!
//! In some columns a few texts come again and again: sources, decisions, fields, rules. Such a column is texts and, per
//! row, the place of its text, from where it is made to where it is written: Parquet keeps it so, and nobody has to find
//! out again which texts are alike. Ids are not written so: there are nearly as many as rows.

use std::sync::{Arc, OnceLock};

use polars::prelude::{ChunkTake, Column, DataFrame, DataType, IdxSize, IntoColumn, Schema, StringChunked};

use super::columns::bug;
use super::parquet::Pages;
use crate::problem::Result;

/// Some rows of a table.
#[derive(Debug)]
pub struct Block {
    height: usize,
    columns: Vec<BlockColumn>,
}

/// A column of a [`Block`].
#[derive(Debug)]
pub enum BlockColumn {
    /// A value per row.
    Values(Column),
    /// A text per row, by its place in a list of texts.
    Coded(Coded),
    /// Values that several tables have alike.
    Alike(Arc<Alike>),
}

/// Texts, and per row the place of its text.
#[derive(Debug)]
pub struct Coded {
    /// The texts, under the column's name.
    pub texts: StringChunked,
    /// Per row.
    pub places: Vec<IdxSize>,
}

/// A column that several tables have alike, row by row: it is written to Parquet once.
#[derive(Debug)]
pub struct Alike {
    /// The values.
    pub values: Column,
    /// Once one of the tables was written.
    pub pages: OnceLock<Arc<Pages>>,
}

impl Block {
    /// Of columns of that many rows.
    #[must_use]
    pub fn new(height: usize, columns: Vec<BlockColumn>) -> Self {
        debug_assert!(columns.iter().all(|column| column.len() == height), "columns have a value per row");
        Self { height, columns }
    }

    /// How many rows there are.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[BlockColumn] {
        &self.columns
    }

    /// Names and types.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.columns.iter().map(BlockColumn::field).collect()
    }

    /// All columns with a value per row.
    pub fn frame(&self) -> Result<DataFrame> {
        let columns = self.columns.iter().map(BlockColumn::values).collect::<Result<_>>()?;
        DataFrame::new(self.height, columns).map_err(bug)
    }
}

impl BlockColumn {
    /// Of the texts at these places, most of which are somewhere: too many to be told apart by short numbers.
    pub fn gathered(texts: &StringChunked, places: &[IdxSize]) -> Result<Self> {
        Ok(Self::Values(gathered(texts, places)?))
    }

    fn len(&self) -> usize {
        match self {
            Self::Values(column) => column.len(),
            Self::Coded(coded) => coded.places.len(),
            Self::Alike(alike) => alike.values.len(),
        }
    }

    fn field(&self) -> polars::prelude::Field {
        match self {
            Self::Values(column) => column.field().into_owned(),
            Self::Coded(coded) => polars::prelude::Field::new(coded.texts.name().clone(), DataType::String),
            Self::Alike(alike) => alike.values.field().into_owned(),
        }
    }

    fn values(&self) -> Result<Column> {
        Ok(match self {
            Self::Values(column) => column.clone(),
            Self::Coded(Coded { texts, places }) => gathered(texts, places)?,
            Self::Alike(alike) => alike.values.clone(),
        })
    }
}

fn gathered(texts: &StringChunked, places: &[IdxSize]) -> Result<Column> {
    Ok(ChunkTake::<[IdxSize]>::take(texts, places).map_err(bug)?.into_column())
}

impl From<Column> for BlockColumn {
    fn from(column: Column) -> Self {
        Self::Values(column)
    }
}

impl From<DataFrame> for Block {
    fn from(rows: DataFrame) -> Self {
        let height = rows.height();
        Self { height, columns: rows.into_columns().into_iter().map(BlockColumn::Values).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::columns::{Texts, counts};
    use crate::publish::writer::{Formats, TableWriter};
    use polars::prelude::{ParquetReader, SerReader};

    /// Two tables with the same ids and coded columns of any kind: with blanks, of blanks alone, with texts that no row has.
    fn blocks() -> [Block; 2] {
        const ROWS: usize = 3000;
        let ids = Texts::of(
            "person_id",
            (0..ROWS).map(|row| format!("person {row}")).collect::<Vec<_>>().iter().map(String::as_str),
        );
        let ids = Arc::new(Alike { values: ids.column(), pages: OnceLock::new() });
        let places = |of: usize| (0..ROWS).map(|row| (row * 7 % of) as IdxSize).collect::<Vec<_>>();
        let mut reasons = Texts::new("reason", 3);
        [None, Some("shared"), Some("refused")].into_iter().for_each(|text| reasons.push_option(text));
        let mut blanks = Texts::new("blank", 1);
        blanks.push_option(None);
        let first = vec![
            BlockColumn::Alike(ids.clone()),
            reasons.at(places(3)),
            blanks.at(places(1)),
            Texts::of("source", ["zoo", "pos", "web", "app"]).at(places(2).iter().map(|place| place + 1).collect()),
            Texts::of("record_id", ["b", "a", "b", "never"]).at(places(3)),
        ];
        let second = vec![BlockColumn::Alike(ids), counts("orders", (0..ROWS as i64).collect()).into()];
        [Block::new(ROWS, first), Block::new(ROWS, second)]
    }

    #[test]
    fn a_block_reads_back_as_what_it_stands_for() {
        for (number, block) in blocks().into_iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            let formats = Formats { parquet: true, csv: true, spreadsheet_safe: false };
            let differ = |name: &str| name.ends_with("_id");
            let schema = Arc::new(block.schema());
            let frame = block.frame().unwrap();
            assert_eq!(*frame.schema(), schema);
            let mut writer = TableWriter::create(folder.path(), "t", schema, formats, &differ).unwrap();
            writer.write(block).unwrap();
            writer.finish().unwrap();
            let path = folder.path().join("t.parquet");
            let read = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
            assert!(read.equals_missing(&frame), "{number}: {read} instead of {frame}");
            let csv = std::fs::read_to_string(folder.path().join("t.csv")).unwrap();
            let second_row = ["person 1,shared,,web,a", "person 1,1"][number];
            assert_eq!(csv.lines().nth(2).unwrap(), second_row);
        }
    }

    #[test]
    fn smallest_and_largest_are_of_texts_that_a_row_has() {
        let folder = tempfile::tempdir().unwrap();
        let [block, _] = blocks();
        let formats = Formats { parquet: true, csv: false, spreadsheet_safe: false };
        let mut writer =
            TableWriter::create(folder.path(), "t", Arc::new(block.schema()), formats, &|_| false).unwrap();
        writer.write(block).unwrap();
        writer.finish().unwrap();
        let mut file = std::fs::File::open(folder.path().join("t.parquet")).unwrap();
        let about = polars_parquet::parquet::read::read_metadata(&mut file).unwrap();
        let statistics = |column: usize| {
            let column = &about.row_groups[0].parquet_columns()[column];
            let statistics = column.statistics(&about.footer_buf).unwrap().unwrap().expect_as_binary().clone();
            (statistics.min_value, statistics.max_value, statistics.null_count)
        };
        let text = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(statistics(1), (text("refused"), text("shared"), Some(1000)));
        assert_eq!(statistics(2).2, Some(3000));
        assert_eq!(statistics(3), (text("pos"), text("web"), Some(0)));
    }
}
