//! What an erasure leaves to be shown: figures and places, no personal value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The receipt of one erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number, from 1.
    pub receipt: u64,
    /// When it was, RFC 3339 UTC.
    pub at: String,
    /// Version of onefold.
    pub onefold: String,
    /// What was asked with, per request: `person_id`, `record`, or the identifier's name.
    pub asked_with: Vec<String>,
    /// Persons of the published run who were erased.
    pub persons: u64,
    /// Their records there, and in earlier runs and exports.
    pub records: u64,
    /// Identifiers that are kept as keyed hashes, so that rows that carry them are dropped: name → how many.
    pub identifiers_kept: BTreeMap<String, u64>,
    /// Identifiers that are not, with the reason (`on other persons' records too`): name and reason → how many.
    pub identifiers_left: BTreeMap<String, u64>,
    /// Keyed hashes that were new to the list.
    pub hashes_added: u64,
    /// Every run that held something.
    pub runs: Vec<RunErased>,
    /// Files of the output folder that were written anew, and those that were deleted.
    pub files_rewritten: u64,
    /// See `files_rewritten`.
    pub files_deleted: u64,
    /// Files of the output folder that hold something of hers and are of no form that onefold writes.
    pub files_left: Vec<String>,
    /// `read`, or why the exports could not be read.
    pub exports: String,
    /// Where she still stands in the exports, which onefold never changes: delete these lines where they come from.
    pub still_in: Vec<Place>,
}

/// A run that held something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunErased {
    /// Its number.
    pub run: u64,
    /// Rows of its tables that were dropped.
    pub rows_dropped: u64,
    /// Cells that were blanked in rows of others.
    pub cells_blanked: u64,
    /// Other texts, such as the report, that mentioned her.
    pub texts_changed: u64,
    /// Persons of that run whose records were partly hers: they stay, without what came from her records.
    pub persons_left: u64,
}

/// A file of the exports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The source.
    pub source: String,
    /// The file, relative to the config's folder.
    pub file: String,
    /// Lines on which her rows begin, from 1; for Parquet row numbers.
    pub lines: Vec<u64>,
}
