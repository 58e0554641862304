//! Raw cells to clean values, identifier keys, or the reason why not; one file per kind.
//!
//! [`Plan`] is compiled once from the config; every ingest worker takes an [`Assembler`] per source from it, which owns
//! the memos (phones and names are worked on once per distinct value) and writes rows, occurrences, blocked values and
//! compare codes into a chunk.

use crate::config::{Config, NamespacePolicy};
use crate::model::{Chunk, FieldId, Key, NamespaceId, Row, RowHead, Schema, SourceId};
use crate::problem::Problems;

/// Everything about normalizing, compiled from the config; shared by all workers.
#[derive(Debug)]
pub struct Plan {}

impl Plan {
    /// Compiles kinds, formats, placeholder lists and identifier policies.
    pub fn new(config: &Config, schema: &Schema, policies: &[NamespacePolicy]) -> Result<Self, Problems> {
        let _ = (config, schema, policies);
        todo!()
    }

    /// The fields that a source maps, in rising order: the cells that [`Assembler::row`] takes.
    pub fn fields(&self, source: SourceId) -> &[FieldId] {
        let _ = source;
        todo!()
    }

    /// A worker's own normalizer for a source.
    pub fn assembler(&self, source: SourceId) -> Assembler<'_> {
        let _ = source;
        todo!()
    }

    /// The identifiers that a stored row carries, as [`Assembler::row`] made them: (namespace, key, value to show).
    pub fn identifiers(&self, row: Row<'_>, each: &mut dyn FnMut(NamespaceId, Key, &str)) {
        let _ = (row, each);
        todo!()
    }
}

/// One worker's normalizer for one source.
#[derive(Debug)]
pub struct Assembler<'a> {
    plan: &'a Plan,
}

impl Assembler<'_> {
    /// Normalizes one row into the chunk. `cells`: one per field of [`Plan::fields`], as they came; blank = "".
    pub fn row(&mut self, chunk: &mut Chunk, head: RowHead, record_id: &str, cells: &[&str]) {
        let _ = (chunk, head, record_id, cells, self.plan);
        todo!()
    }
}
