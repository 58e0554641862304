//! Files to records and rejects. The only room that opens data files.
//!
//! [`open`] finds the files, reads their headers and checks every mapped column before anything is written; [`read`]
//! streams batches in a fixed order, whatever the number of threads; [`Collected`] gathers them; [`number`] gives every
//! record its number.

mod collect;
mod number;

use std::path::Path;

pub use collect::Collected;
pub use number::{Numbered, number};

use crate::config::Config;
use crate::model::{Chunk, InputFile, Reject, Schema};
use crate::normalize::Plan;
use crate::problem::{Problems, Result};

/// The files of a run, opened and checked.
#[derive(Debug)]
pub struct Inputs {}

/// What one stretch of one file gave, in order of source, path and place.
#[derive(Debug, Default)]
pub struct Batch {
    /// Its rows, normalized.
    pub chunk: Chunk,
    /// Its rejects, in line order.
    pub rejects: Vec<Reject>,
    /// Rows read (records, rejects and filtered ones).
    pub rows: u64,
    /// Rows that the source's condition left out.
    pub filtered: u64,
}

/// Finds and opens all files of all sources; checks mapped columns against headers. All faults at once.
pub fn open(config: &Config, schema: &Schema, base: &Path) -> Result<Inputs, Problems> {
    let _ = (config, schema, base);
    todo!()
}

/// Reads everything; `each` gets the batches in order, `progress` the bytes read so far.
pub fn read(
    inputs: Inputs,
    plan: &Plan,
    each: &mut dyn FnMut(Batch) -> Result<()>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<InputFile>> {
    let _ = (inputs, plan, each, progress);
    todo!()
}
