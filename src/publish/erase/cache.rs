//! Entries of the cache that hold something of hers: they are deleted, and their files read again at the next run.

use std::path::Path;

use memchr::memmem::Finder;

use crate::disk::fault;
use crate::erasure::Traces;
use crate::ingest::{self, Batch};
use crate::problem::Result;

/// Names of the entries in a cache folder that hold something of hers, or that cannot be read.
pub fn entries_about(folder: &Path, traces: &Traces) -> Result<Vec<String>> {
    let needles = traces.needles();
    let finders: Vec<Finder<'_>> = needles.iter().map(Finder::new).collect();
    let is_about = |batch: &Batch| {
        finders.iter().any(|finder| finder.find(&batch.chunk.bytes).is_some())
            || batch.rejects.iter().any(|reject| traces.in_raw(&reject.raw))
            || batch.chunk.blocked.iter().any(|blocked| traces.in_raw(&blocked.value))
    };
    ingest::entries_where(folder, &is_about).map_err(|error| fault(folder, "read", &error, 0))
}
