//! Files to records and rejects. The only room that opens data files.
//!
//! [`open`] finds the files, reads their headers and checks every mapped column before anything is written; [`read`]
//! streams batches in a fixed order, whatever the number of threads; [`Collected`] gathers them; [`number`] gives every
//! record its number.

mod batches;
mod cache;
mod cells;
mod collect;
mod condition;
mod erase;
mod evaluate;
pub mod event_time;
mod find;
mod inspect;
mod json;
mod json_path;
mod lacking;
mod layout;
mod look;
mod mapping;
mod needs;
mod number;
mod open;
mod parquet;
mod parted;
mod record;
mod rows;
mod run;
mod sample;
mod splitter;
mod steward;
mod stored;
mod stream;
mod suppression;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use cache::{Cache, CacheFile, cache_files, entries_where, prune};
pub use collect::{Collected, needed};
pub use erase::{Sieve, read_as, unsure};
pub use look::{Look, LookColumn, look};
pub use number::{Numbered, number};
pub use open::Inputs;
pub use sample::sample;
pub use steward::steward;
pub use suppression::suppressions;

use crate::config::Config;
use crate::model::{Chunk, InputFile, Reject, Schema, SourceId};
use crate::normalize::Plan;
use crate::problem::{Problems, Result};

/// What one stretch of one file gave, in order of source, path and place.
#[derive(Debug, Default)]
pub struct Batch {
    /// Its records, normalized; the occurrences of each namespace by part.
    pub chunk: Chunk,
    /// Per namespace: where each part ends.
    pub part_ends: Vec<Box<[u32]>>,
    /// Its rejects, in line order.
    pub rejects: Vec<Reject>,
    /// Rows read (records, rejects, filtered and erased ones).
    pub rows: u64,
    /// Rows that the source's condition left out.
    pub filtered: u64,
    /// Rows of erased persons, which are no records.
    pub erased: u64,
    /// Records whose time no format reads, where the config says `on_error = "blank"`.
    pub unread_times: u64,
}

/// Finds and opens all files of all sources under `base` (the config's folder); checks mapped columns against headers
/// and compiles conditions. All faults at once.
pub fn open(config: &Config, schema: &Schema, base: &Path) -> Result<Inputs, Problems> {
    open::open(config, schema, base, open::stdin())
}

/// Reads everything; `each` gets the batches in order of source, path and place, whatever the number of threads, and
/// gives back their chunks to be filled again; `progress` gets the bytes read so far. Rows of files that `cache` has are
/// taken from there, those of others are put there. Rows that `sieve` finds erased are dropped before anybody sees them.
/// Workers are as many as rayon has threads.
///
/// A record without a declared id gets `#` and 32 hexadecimal digits, the XXH3-128 of its raw content; [`number`] tells
/// identical rows apart. Fails on the first file that cannot be read to its end: a cut file must not pass for a whole
/// one.
pub fn read(
    inputs: Inputs,
    plan: &Plan,
    cache: Option<&Cache>,
    sieve: Option<&Sieve<'_>>,
    each: &mut dyn FnMut(Batch) -> Result<Chunk>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<InputFile>> {
    for source in &inputs.sources {
        assert!(
            source.mapping.filled().eq(plan.fields(source.id).iter().copied()),
            "mapping and plan are of the same config"
        );
    }
    let means = run::Means { workers: rayon::current_num_threads(), sizes: batches::Sizes::default() };
    run::run(&inputs.sources, inputs.stdin, means, &|source| sink(plan, source), (cache, sieve), each, progress)
}

fn sink(plan: &Plan, source: SourceId) -> record::Sink<'_> {
    let mut assembler = plan.assembler(source);
    Box::new(move |chunk, head, id, cells| assembler.row(chunk, head, id, cells))
}
