//! Normalized rows, kept per input file from run to run.
//!
//! An entry's name is a fingerprint of the file's bytes and of everything else that decides what becomes of them: its
//! name, how it is laid out, its source's mapping, and what the config says of kinds, identifiers and placeholders. So an
//! entry is never stale; it is found or it is not. What is read from an entry is what reading the file would give, batch
//! by batch.

mod entry;
mod frame;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use xxhash_rust::xxh3::xxh3_128;

pub use entry::{Entry, EntryWriter};
pub use frame::{decode, encode};

use super::Batch;
use super::open::{OpenFile, OpenSource};
use crate::config::{Config, Identifier};
use crate::disk::private_folder;
use crate::model::{Chunk, FieldId, Schema};
use crate::problem::Problem;

/// A folder of kept rows.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// What decides for all files.
    says: String,
    notes: Mutex<Vec<Problem>>,
}

/// A file of the cache.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CacheFile {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

const ENDING: &str = ".rows";

impl Cache {
    /// The cache in a folder, which need not be there, for one config; `program` tells builds of onefold apart, `kept` the
    /// fields that rules read (see `normalize::Plan::keep_only`; none = all are kept).
    #[must_use]
    pub fn new(
        folder: &Path,
        program: &str,
        config: &Config,
        schema: &Schema,
        kept: Option<&BTreeSet<FieldId>>,
    ) -> Self {
        let Config { project, fields, identifiers, placeholders, .. } = config;
        // Limits and survivorship do not touch rows: a plan of another limit finds everything.
        let identifiers = identifiers.iter().map(|(name, identifier)| {
            let Identifier { kind, fields, compound, of, algorithm, ignore_dots, ignore_tags, ignore_case, .. } =
                identifier;
            serde_json::json!([name, kind, fields, compound, of, algorithm, ignore_dots, ignore_tags, ignore_case])
        });
        let project = [&project.default_region, &project.time_zone];
        let config = serde_json::json!([program, kept, project, fields, identifiers.collect::<Vec<_>>(), placeholders]);
        // Sources are told by themselves, so that another one more changes nothing.
        let schema = (&schema.fields, &schema.namespaces, &schema.compare_fields);
        Self { folder: folder.to_owned(), says: format!("{config} {schema:?}"), notes: Mutex::default() }
    }

    /// The name of the entry for a file of that content (its fingerprint).
    pub(super) fn name(&self, source: &OpenSource, file: &OpenFile, content: &str) -> String {
        let mut all = format!("{content} {} {}", self.says, source.says);
        let name = file.found.shown.rsplit('/').next().unwrap_or_default();
        let _ = write!(all, " {name} {:?} {:?}", file.constants, file.form); // a String takes everything
        format!("{:032x}{ENDING}", xxh3_128(all.as_bytes()))
    }

    /// The entry of that name, checked; a damaged one is noted and removed.
    pub(super) fn find(&self, name: &str, shown: &str) -> Option<Entry> {
        let path = self.folder.join(name);
        match Entry::open(&path) {
            Ok(entry) => Some(entry),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let what = format!("the rows kept of {shown} are damaged ({error}), so the file was read again");
                self.note(Problem::file(path.display().to_string(), None, what, ""));
                let _ = fs::remove_file(&path); // it is written anew
                None
            }
        }
    }

    /// Begins an entry; none when it cannot be written, which is noted once and stops nothing.
    pub(super) fn begin(&self, file: u32) -> Option<EntryWriter> {
        let path = self.folder.join(format!(".new-{}-{file}", std::process::id()));
        let created = private_folder(&self.folder).and_then(|()| EntryWriter::create(&path));
        self.kept(created)
    }

    /// What came out of writing to the cache; a failure is noted.
    pub(super) fn kept<T>(&self, result: io::Result<T>) -> Option<T> {
        let note = |error| {
            let what = format!("rows cannot be kept for the next run: {error}");
            let fix = "make room or set cache = false under [output]; this run goes on without";
            self.note(Problem::file(self.folder.display().to_string(), None, what, fix));
        };
        result.map_err(note).ok()
    }

    /// Completes an entry under its name.
    pub(super) fn finish(&self, writer: EntryWriter, name: &str) {
        let finished = writer.finish(&self.folder.join(name));
        self.kept(finished);
    }

    fn note(&self, note: Problem) {
        self.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(note);
    }

    /// What went wrong without stopping anything, since this was last asked.
    pub fn take_notes(&self) -> Vec<Problem> {
        let mut notes = std::mem::take(&mut *self.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        notes.dedup();
        notes
    }
}

/// The entries of a cache folder, by name; none when there is no such folder.
///
/// # Errors
/// The folder cannot be read.
pub fn cache_files(folder: &Path) -> io::Result<Vec<CacheFile>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(ENDING) || name.starts_with(".new-") {
            files.push(CacheFile { bytes: entry.metadata().map_or(0, |data| data.len()), name });
        }
    }
    files.sort();
    Ok(files)
}

/// Names of the entries of a cache folder that have a batch of which `is_wanted` holds, and of those that are damaged.
///
/// # Errors
/// The folder cannot be read.
pub fn entries_where(folder: &Path, is_wanted: &dyn Fn(&Batch) -> bool) -> io::Result<Vec<String>> {
    let has = |name: &str| -> io::Result<bool> {
        let (mut entry, mut bytes) = (Entry::open(&folder.join(name))?, Vec::new());
        while entry.batch(&mut bytes)? {
            let batch = decode(&bytes, Chunk::default()).ok_or(ErrorKind::InvalidData)?;
            if is_wanted(&batch) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let names = cache_files(folder)?.into_iter().map(|file| file.name);
    Ok(names.filter(|name| has(name).unwrap_or(true)).collect())
}

/// Deletes all entries but these; gives those that are gone.
///
/// # Errors
/// The folder cannot be read, or a file cannot be deleted.
pub fn prune(folder: &Path, used: &BTreeSet<String>) -> io::Result<Vec<CacheFile>> {
    let mut gone = Vec::new();
    for file in cache_files(folder)?.into_iter().filter(|file| !used.contains(&file.name)) {
        match fs::remove_file(folder.join(&file.name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => gone.push(file),
        }
    }
    Ok(gone)
}
