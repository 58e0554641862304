//! Columns made from numbers: a text that several rows have is written once.

use polars::prelude::{Column, DataFrame, IdxSize, Int64Chunked, IntoColumn, StringChunkedBuilder};

use super::block::{BlockColumn, Coded};
use crate::model::NO_PERSON;
use crate::problem::{Problem, Result};

/// What could not be made into a table; never the user's fault.
pub fn bug(error: impl std::fmt::Display) -> Problem {
    Problem::run(format!("a table does not fit together: {error}"), "this is a fault of onefold; please report it")
}

/// A table of columns that have the same length.
pub fn table(height: usize, columns: Vec<Column>) -> Result<DataFrame> {
    DataFrame::new(height, columns).map_err(bug)
}

/// A text column in the making.
pub struct Texts(StringChunkedBuilder);

impl Texts {
    /// For about `capacity` texts.
    pub fn new(name: &str, capacity: usize) -> Self {
        Self(StringChunkedBuilder::new(name.into(), capacity))
    }

    /// Of all these texts.
    pub fn of<'a>(name: &str, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut column = Self::new(name, 0);
        texts.into_iter().for_each(|text| column.push(text));
        column
    }

    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        self.0.append_value(text);
    }

    /// Appends a text or a blank.
    pub fn push_option(&mut self, text: Option<&str>) {
        self.0.append_option(text);
    }

    /// Appends a person id.
    pub fn push_id(&mut self, id: u128) {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        self.0.append_value(&*uuid::Uuid::from_u128(id).as_hyphenated().encode_lower(&mut text));
    }

    /// Appends a person id; no person is a blank.
    pub fn push_some_id(&mut self, id: u128) {
        if id == NO_PERSON { self.push_option(None) } else { self.push_id(id) }
    }

    /// The column.
    pub fn column(self) -> Column {
        self.0.finish().into_column()
    }

    /// A column with the texts at these places, of which most are somewhere.
    pub fn gather(self, places: &[IdxSize]) -> Result<BlockColumn> {
        BlockColumn::gathered(&self.0.finish(), places)
    }

    /// A column with the texts at these places, of which there are few.
    pub fn at(self, places: Vec<IdxSize>) -> BlockColumn {
        BlockColumn::Coded(Coded { texts: self.0.finish(), places })
    }
}

/// A column of counts.
pub fn counts(name: &str, values: Vec<i64>) -> Column {
    Int64Chunked::from_vec(name.into(), values).into_column()
}
