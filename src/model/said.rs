//! What a data steward said, as read from the steward's files: still in keys, for records have no numbers yet.

use super::{Key, NamespaceId, SourceId};

/// A row of a steward's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The file as the config names it, a colon, the 1-based line: `always.csv:3`.
    pub place: String,
    /// Whether the two belong together (`always_link`) or are never one person (`never_link`).
    pub together: bool,
    /// What it speaks of.
    pub sides: [SaidOf; 2],
}

/// One side of what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaidOf {
    /// One record.
    Record {
        /// Its source.
        source: SourceId,
        /// Its id within the source.
        record_id: String,
    },
    /// Every record that carries an identifier.
    Identifier {
        /// Its namespace.
        namespace: NamespaceId,
        /// Its key.
        key: Key,
        /// Its normalized value.
        value: String,
    },
}
