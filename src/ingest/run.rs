//! The reading itself: one thread cuts files into batches, workers take them apart, and the caller's thread gets the
//! results in the order of the files. A fixed number of batches is under way, so memory does not grow with the files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::Batch;
use super::batches::{Cutter, Sizes, TextBatch};
use super::cache::{self, Cache, Entry, EntryWriter};
use super::erase::Sieve;
use super::inspect::{broken, unreadable};
use super::open::{Form, OpenSource};
use super::parquet::{FrameBatch, read_frame, read_groups};
use super::record::{Origin, Room, Sink};
use super::rows::read_text;
use super::stream::{CarriageReturns, decode, tally, unpack};
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

/// A batch to be worked on.
struct Job<'a> {
    number: u64,
    origin: Origin<'a>,
    work: Work,
    /// Empty; to be filled.
    chunk: Chunk,
}

/// The memory of a batch that is done with; whoever has one may have a batch under way.
#[derive(Default)]
struct Spare {
    text: Vec<u8>,
    chunk: Chunk,
}

enum Work {
    Text(TextBatch),
    Frame(FrameBatch),
    /// A batch as the cache keeps it.
    Kept(Vec<u8>),
}

enum Done {
    /// A batch, the memory of its text, and how the cache is to keep it.
    Batch(Batch, Vec<u8>, Option<Vec<u8>>),
    Fault(Problem),
    /// The number behind the last batch, and the files that were read.
    Ended(Vec<InputFile>),
    /// A thread panicked.
    Panicked,
}

/// Tells when its thread panics, so that nobody waits for it.
struct Bell(Sender<(u64, Done)>);

impl Drop for Bell {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send((0, Done::Panicked));
        }
    }
}

fn work<'s>(
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

/// Why the cutting stops early.
enum Stop {
    Fault(Problem),
    /// Nobody takes batches any more.
    Unwanted,
}

struct Cutting<'a, 'p> {
    to_workers: Sender<Job<'a>>,
    free: Receiver<Spare>,
    /// One that was not needed.
    spare: Option<Spare>,
    jobs: u64,
    progress: &'p (dyn Fn(u64) + Sync),
    read: u64,
    sizes: Sizes,
    cache: Option<&'p Cache>,
}

impl<'a> Cutting<'a, '_> {
    fn all(&mut self, sources: &'a [OpenSource], stdin: Box<dyn Read + Send>) -> Result<Vec<InputFile>, Stop> {
        let mut files = Vec::new();
        let mut stdin = Some(stdin);
        for source in sources {
            for file in &source.files {
                let origin = Origin { source, file, number: files.len() as u32 };
                if let Some(known) = self.kept(origin)? {
                    files.push(known);
                    continue;
                }
                let (bytes, fingerprint) = match &file.form {
                    Form::Parquet { .. } => self.parquet(origin)?,
                    Form::Csv { .. } | Form::Jsonl { .. } => self.text(origin, &mut stdin)?,
                };
                let path = file.found.shown.clone();
                // Standard input has no name to come back to.
                let cache = self.cache.filter(|_| file.found.path.is_some());
                let cache = cache.map(|cache| cache.name(source, file, &fingerprint));
                let source = source.name.clone();
                files.push(InputFile { source, path, bytes, fingerprint, rows: 0, cache, cached: false });
            }
        }
        Ok(files)
    }

    /// Sends what the cache has of a file; none = it has nothing.
    fn kept(&mut self, origin: Origin<'a>) -> Result<Option<InputFile>, Stop> {
        let (Some(cache), Some(path)) = (self.cache, &origin.file.found.path) else { return Ok(None) };
        let shown = &origin.file.found.shown;
        // A file that cannot be read is told of where it is read.
        let Ok(tally) = File::open(path).and_then(tally) else { return Ok(None) };
        let name = cache.name(origin.source, origin.file, &tally.fingerprint());
        let Some(mut entry) = cache.find(&name, shown) else { return Ok(None) };
        let fault = |error: io::Error| {
            let what = format!("the rows kept of it cannot be read: {error}");
            Stop::Fault(Problem::file(shown, None, what, "run again"))
        };
        loop {
            let mut spare = self.spare()?;
            if !Entry::batch(&mut entry, &mut spare.text).map_err(fault)? {
                self.spare = Some(spare);
                break;
            }
            self.send(origin, Work::Kept(spare.text), spare.chunk)?;
        }
        self.read += tally.bytes();
        (self.progress)(self.read);
        Ok(Some(InputFile {
            source: origin.source.name.clone(),
            path: shown.clone(),
            bytes: tally.bytes(),
            fingerprint: tally.fingerprint(),
            rows: 0,
            cache: Some(name),
            cached: true,
        }))
    }

    /// Cuts a text file into batches; gives its size and fingerprint.
    fn text(&mut self, origin: Origin<'a>, stdin: &mut Option<Box<dyn Read + Send>>) -> Result<(u64, String), Stop> {
        let file = origin.file;
        let shown = &file.found.shown;
        let fault = |(what, fix): (String, String)| Stop::Fault(Problem::file(shown, None, what, fix));
        let plain = |error: io::Error| fault((unreadable(&error), String::new()));
        let raw: Box<dyn Read> = match &file.found.path {
            Some(path) => Box::new(File::open(path).map_err(plain)?),
            None => stdin.take().ok_or_else(|| fault(("is read twice".into(), String::new())))?,
        };
        let before = self.read;
        let seen = std::cell::Cell::new(before);
        let progress = self.progress;
        let count = |length: u64| {
            seen.set(seen.get() + length);
            progress(seen.get());
        };
        let unpacked = unpack(raw, &count).map_err(plain)?;
        let packing = unpacked.packing;
        let broken = |error: io::Error| fault(broken(packing, &error));
        let (delimiter, encoding, line, preamble, carriage_returns) = match &file.form {
            Form::Csv { layout, encoding, .. } => (
                Some(layout.delimiter.byte()),
                *encoding,
                layout.first_line,
                &layout.preamble[..],
                layout.carriage_returns,
            ),
            Form::Jsonl { encoding, .. } => (None, *encoding, 1, &[][..], false),
            Form::Parquet { .. } => unreachable!("Parquet is no text"),
        };
        let text = decode(unpacked.bytes, encoding).map_err(broken)?;
        let mut text: Box<dyn Read> = if carriage_returns { Box::new(CarriageReturns::new(text)) } else { text };
        let mut start = Vec::with_capacity(preamble.len());
        text.by_ref().take(preamble.len() as u64).read_to_end(&mut start).map_err(broken)?;
        if start != preamble {
            return Err(fault(("has changed since the run began".into(), "run again".into())));
        }
        let mut cutter = Cutter::new(text, delimiter, line, self.sizes);
        let mut spare = self.spare()?;
        while let Some(batch) = cutter.next(std::mem::take(&mut spare.text)).map_err(broken)? {
            self.send(origin, Work::Text(batch), std::mem::take(&mut spare.chunk))?;
            spare = self.spare()?;
        }
        self.spare = Some(spare);
        self.read = seen.get();
        Ok((unpacked.tally.bytes(), unpacked.tally.fingerprint()))
    }

    fn parquet(&mut self, origin: Origin<'a>) -> Result<(u64, String), Stop> {
        let shown = &origin.file.found.shown;
        let fault = |what: String| Stop::Fault(Problem::file(shown, None, what, "copy or export the file again"));
        let Form::Parquet { names, columns } = &origin.file.form else { unreachable!("the caller looked") };
        let Some(path) = &origin.file.found.path else {
            return Err(fault("Parquet cannot be read from standard input".into()));
        };
        let tally = File::open(path).and_then(tally).map_err(|error| fault(unreadable(&error)))?;
        let mut wanted: Vec<String> = if origin.by_content() {
            names.clone()
        } else {
            (0..names.len())
                .filter(|column| columns.contains(&Some(*column)))
                .map(|column| names[column].clone())
                .collect()
        };
        if wanted.is_empty() {
            wanted.extend(names.first().cloned()); // rows count even if nothing in them does
        }
        let mut stopped = None;
        let groups = read_groups(path, &wanted, self.sizes.rows, &mut |batch| {
            let sent = self.spare().and_then(|spare| self.send(origin, Work::Frame(batch), spare.chunk));
            stopped = sent.err();
            stopped.is_none()
        });
        if let Some(stop) = stopped {
            return Err(stop);
        }
        groups.map_err(|error| fault(format!("cannot be read: {error}")))?;
        self.read += tally.bytes();
        (self.progress)(self.read);
        Ok((tally.bytes(), tally.fingerprint()))
    }

    /// Waits until a batch more may be under way.
    fn spare(&mut self) -> Result<Spare, Stop> {
        self.spare.take().map_or_else(|| self.free.recv().map_err(|_| Stop::Unwanted), Ok)
    }

    fn send(&mut self, origin: Origin<'a>, work: Work, chunk: Chunk) -> Result<(), Stop> {
        let job = Job { number: self.jobs, origin, work, chunk };
        self.to_workers.send(job).map_err(|_| Stop::Unwanted)?;
        self.jobs += 1;
        Ok(())
    }
}
