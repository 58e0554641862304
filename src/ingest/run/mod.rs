//! The reading itself: one thread cuts files into batches, workers take them apart, and the caller's thread gets the
//! results in the order of the files. A fixed number of batches is under way, so memory does not grow with the files.

mod cutter;
mod worker;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use self::cutter::{Cutting, Stop};
use self::worker::{Bell, Done, Spare, work};
use super::Batch;
use super::batches::Sizes;
use super::cache::{Cache, EntryWriter};
use super::erase::Sieve;
use super::open::OpenSource;
use super::record::Sink;
use crate::model::{Chunk, InputFile, SourceId};
use crate::problem::{Problem, Result};

/// How the reading is done; nothing but speed and memory depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Means {
    /// Workers, at least one.
    pub workers: usize,
    /// Sizes of batches.
    pub sizes: Sizes,
}

/// See [`super::read`]; `sink` makes a worker's taker of records for a source. Rows of files that the cache has are taken
/// from there, those of others are put there. The sieve drops rows of erased persons.
pub(super) fn run<'s>(
    sources: &[OpenSource],
    stdin: Box<dyn Read + Send>,
    means: Means,
    sink: &'s (dyn Fn(SourceId) -> Sink<'s> + Sync),
    (cache, sieve): (Option<&Cache>, Option<&Sieve<'_>>),
    each: &mut dyn FnMut(Batch) -> Result<Chunk>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<InputFile>> {
    let (to_workers, jobs) = channel();
    let jobs = &Mutex::new(jobs);
    let (results, done) = channel();
    let (tokens, free) = channel();
    // Enough for every worker to have one at hand, one next and one waiting for its turn.
    for _ in 0..3 * means.workers.max(1) {
        tokens.send(Spare::default()).expect("its receiver is here");
    }
    thread::scope(|scope| {
        let cutting = Bell(results.clone());
        scope.spawn(move || {
            let bell = cutting;
            let sizes = means.sizes;
            let mut cutting = Cutting { to_workers, free, spare: None, jobs: 0, progress, read: 0, sizes, cache };
            let end = match cutting.all(sources, stdin) {
                Ok(files) => Done::Ended(files),
                Err(Stop::Fault(fault)) => Done::Fault(fault),
                Err(Stop::Unwanted) => return,
            };
            let _ = bell.0.send((cutting.jobs, end)); // nobody listens any more after a fault
        });
        for _ in 0..means.workers.max(1) {
            let bell = Bell(results.clone());
            scope.spawn(move || work(jobs, &bell, sink, sieve, cache.is_some()));
        }
        drop(results);
        in_order(done, tokens, cache, each) // on return its ends of the channels close, and all threads come to an end
    })
}

/// Hands batches on by number.
fn in_order(
    done: Receiver<(u64, Done)>,
    tokens: Sender<Spare>,
    cache: Option<&Cache>,
    each: &mut dyn FnMut(Batch) -> Result<Chunk>,
) -> Result<Vec<InputFile>> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    let mut rows: Vec<u64> = Vec::new();
    let mut entries: BTreeMap<usize, Option<EntryWriter>> = BTreeMap::new();
    for (number, this) in done {
        if matches!(this, Done::Panicked) {
            break;
        }
        waiting.insert(number, this);
        while let Some(this) = waiting.remove(&next) {
            match this {
                Done::Batch(batch, text, bytes) => {
                    let file = batch.chunk.file as usize;
                    if rows.len() <= file {
                        rows.resize(file + 1, 0);
                    }
                    rows[file] += batch.rows;
                    if let (Some(cache), Some(bytes)) = (cache, bytes) {
                        let entry = entries.entry(file).or_insert_with(|| cache.begin(file as u32));
                        *entry = entry.take().and_then(|mut entry| cache.kept(entry.batch(&bytes)).map(|()| entry));
                    }
                    let chunk = each(batch)?;
                    let _ = tokens.send(Spare { text, chunk }); // the cutting thread may be done
                    next += 1;
                }
                Done::Fault(fault) => return Err(fault),
                Done::Ended(mut files) => {
                    for (file, rows) in files.iter_mut().zip(rows) {
                        file.rows = rows;
                    }
                    for (file, entry) in entries {
                        let file = &mut files[file];
                        match (cache, entry, &file.cache) {
                            (Some(cache), Some(entry), Some(name)) => cache.finish(entry, name),
                            _ => file.cache = None,
                        }
                    }
                    return Ok(files);
                }
                Done::Panicked => unreachable!("seen above"),
            }
        }
    }
    Err(Problem::run("a thread that reads files stopped unexpectedly", "this is a fault of onefold; please report it"))
}
