//! The workers: batches to records.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use super::super::Batch;
use super::super::batches::TextBatch;
use super::super::cache;
use super::super::erase::Sieve;
use super::super::parquet::{FrameBatch, read_frame};
use super::super::record::{Origin, Room, Sink};
use super::super::rows::read_text;
use crate::model::{Chunk, InputFile, SourceId};
use crate::problem::{Problem, Result};

/// A batch to be worked on.
pub(super) struct Job<'a> {
    pub(super) number: u64,
    pub(super) origin: Origin<'a>,
    pub(super) work: Work,
    /// Empty; to be filled.
    pub(super) chunk: Chunk,
}

/// The memory of a batch that is done with; whoever has one may have a batch under way.
#[derive(Default)]
pub(super) struct Spare {
    pub(super) text: Vec<u8>,
    pub(super) chunk: Chunk,
}

pub(super) enum Work {
    Text(TextBatch),
    Frame(FrameBatch),
    /// A batch as the cache keeps it.
    Kept(Vec<u8>),
}

pub(super) enum Done {
    /// A batch, the memory of its text, and how the cache is to keep it.
    Batch(Batch, Vec<u8>, Option<Vec<u8>>),
    Fault(Problem),
    /// The number behind the last batch, and the files that were read.
    Ended(Vec<InputFile>),
    /// A thread panicked.
    Panicked,
}

/// Tells when its thread panics, so that nobody waits for it.
pub(super) struct Bell(pub(super) Sender<(u64, Done)>);

impl Drop for Bell {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send((0, Done::Panicked));
        }
    }
}

pub(super) fn work<'s>(
    jobs: &Mutex<Receiver<Job<'_>>>,
    bell: &Bell,
    sink: &'s (dyn Fn(SourceId) -> Sink<'s> + Sync),
    sieve: Option<&Sieve<'_>>,
    keep: bool,
) {
    let mut room = Room::default();
    let mut current: Option<(SourceId, Sink<'s>)> = None;
    loop {
        let job = jobs.lock().map(|jobs| jobs.recv());
        let Ok(Ok(job)) = job else { return };
        let source = job.origin.source.id;
        if current.as_ref().is_none_or(|(known, _)| *known != source) {
            current = Some((source, sink(source)));
        }
        let (_, sink) = current.as_mut().expect("was just made");
        room.chunk = job.chunk;
        let is_kept = matches!(job.work, Work::Kept(_));
        let (batch, text) = match job.work {
            Work::Text(text) => (read_text(job.origin, &text, &mut room, sink), text.text),
            Work::Frame(frame) => (read_frame(job.origin, &frame, &mut room, sink), Vec::new()),
            Work::Kept(bytes) => (kept(job.origin, &bytes, &mut room), bytes),
        };
        let done = batch.map_or_else(Done::Fault, |mut batch| {
            if let Some(sieve) = sieve {
                sieve.sift(&mut batch);
            }
            let bytes = (keep && !is_kept).then(|| cache::encode(&batch));
            Done::Batch(batch, text, bytes)
        });
        if bell.0.send((job.number, done)).is_err() {
            return;
        }
    }
}

/// A batch out of the cache. Its entry was checked, so what cannot be read was written by a faulty onefold.
fn kept(origin: Origin<'_>, bytes: &[u8], room: &mut Room) -> Result<Batch> {
    cache::decode(bytes, origin.draft(room).chunk).ok_or_else(|| {
        let what = format!("the rows kept of {} cannot be read", origin.file.found.shown);
        Problem::run(what, "run `onefold cache --clear`, and please report it")
    })
}
