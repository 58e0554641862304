//! Compare keys: what the guard compares when it asks whether two records contradict each other (names, mostly).

/// One compare field of one chunk: a small dictionary.
#[derive(Debug, Clone, Default)]
pub struct CompareColumn {
    /// Per row: 0 = blank, else 1 + index into `keys`. At most 65,535 keys, for a chunk has at most 65,536 rows and a
    /// chunk with more keys than that is closed early.
    pub codes: Vec<u16>,
    /// Distinct compare keys, in the order in which they first occur.
    pub keys: Vec<Box<str>>,
}

/// The compare fields of all records.
///
/// Codes depend on the order in which chunks arrived; nothing that is written may depend on them, only on the keys.
#[derive(Debug, Clone, Default)]
pub struct CompareTable {
    /// Per compare field of the schema, per record: 0 = blank, else 1 + index into `keys`.
    pub codes: Vec<Vec<u32>>,
    /// Per compare field: distinct compare keys.
    pub keys: Vec<Vec<Box<str>>>,
}
