//! The thread that cuts files into batches, or takes them from the cache.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender};

use super::super::batches::{Cutter, Sizes};
use super::super::cache::{Cache, Entry};
use super::super::inspect::{broken, unreadable};
use super::super::open::{Form, OpenSource};
use super::super::parquet::read_groups;
use super::super::record::Origin;
use super::super::stream::{CarriageReturns, decode, tally, unpack};
use super::worker::{Job, Spare, Work};
use crate::model::{Chunk, InputFile};
use crate::problem::{Problem, Result};

/// Why the cutting stops early.
pub(super) enum Stop {
    Fault(Problem),
    /// Nobody takes batches any more.
    Unwanted,
}

pub(super) struct Cutting<'a, 'p> {
    pub(super) to_workers: Sender<Job<'a>>,
    pub(super) free: Receiver<Spare>,
    /// One that was not needed.
    pub(super) spare: Option<Spare>,
    pub(super) jobs: u64,
    pub(super) progress: &'p (dyn Fn(u64) + Sync),
    pub(super) read: u64,
    pub(super) sizes: Sizes,
    pub(super) cache: Option<&'p Cache>,
}

impl<'a> Cutting<'a, '_> {
    pub(super) fn all(
        &mut self,
        sources: &'a [OpenSource],
        stdin: Box<dyn Read + Send>,
    ) -> Result<Vec<InputFile>, Stop> {
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
