//! How an erasure reaches the files: all or nothing, whatever kills the process.
//!
//! New files are written to `.erasing-new/files/`, in the places that they have in the output folder, beside a list of
//! files to delete. When the disk has all of it, the folder becomes `.erasing` by one rename: from then on the erasure
//! is decided, and whoever opens the output folder next finishes it. Until then nothing has happened, and what is there
//! goes at the next start. No value of the person is in it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::super::output::OutputFile;
use crate::disk::{entries, fault, folders_below, private_folder, sync_below, sync_folder};
use crate::problem::Result;

const NEW: &str = ".erasing-new";
const DECIDED: &str = ".erasing";
const FILES: &str = "files";
const DELETE: &str = "delete.txt";

/// Files that wait to be swapped in.
#[derive(Debug)]
pub struct Journal {
    out: PathBuf,
    new: PathBuf,
    delete: Vec<String>,
}

impl Journal {
    /// An empty one. Whoever calls has the folder's lock.
    pub fn begin(out: &Path) -> Result<Self> {
        let new = out.join(NEW);
        remove(&new)?;
        private_folder(&new.join(FILES)).map_err(|error| fault(&new, "create", &error, 0))?;
        Ok(Self { out: out.to_owned(), new, delete: Vec::new() })
    }

    /// Where the new content of a file is to be written; `path` is relative to the output folder.
    pub fn place(&self, path: &Path) -> Result<PathBuf> {
        let place = self.new.join(FILES).join(path);
        if let Some(folder) = place.parent() {
            private_folder(folder).map_err(|error| fault(folder, "create", &error, 0))?;
        }
        Ok(place)
    }

    /// Writes the new content of a file; gives its size and fingerprint.
    pub fn put(&self, path: &Path, content: &[u8]) -> Result<(u64, String)> {
        let mut file = OutputFile::create(&self.place(path)?)?;
        file.write_all(content).map_err(|error| file.explain(&error))?;
        file.finish()
    }

    /// Says that a file is to be deleted; `path` is relative to the output folder.
    pub fn delete(&mut self, path: String) {
        self.delete.push(path);
    }

    /// Decides it and does it.
    pub fn commit(self) -> Result<()> {
        let list = self.new.join(DELETE);
        let mut file = OutputFile::create(&list)?;
        file.write_all(self.delete.join("\n").as_bytes()).map_err(|error| file.explain(&error))?;
        file.finish()?;
        sync_below(&self.new)?;
        let decided = self.out.join(DECIDED);
        fs::rename(&self.new, &decided).map_err(|error| fault(&decided, "create", &error, 0))?;
        sync_folder(&self.out)?;
        finish_erasure(&self.out)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.new); // after a commit it is not there any more; else the next start does it
    }
}

/// Whether a decided erasure was interrupted.
#[must_use]
pub fn is_unfinished(out: &Path) -> bool {
    out.join(DECIDED).is_dir()
}

/// Does what was decided, from the beginning or from where it was interrupted, and removes what never was. Whoever calls
/// has the folder's lock.
pub fn finish_erasure(out: &Path) -> Result<()> {
    remove(&out.join(NEW))?;
    let decided = out.join(DECIDED);
    if !decided.is_dir() {
        return Ok(());
    }
    let files = decided.join(FILES);
    let mut moves: Vec<PathBuf> = Vec::new();
    for folder in folders_below(&files)? {
        for entry in entries(&folder)?.into_iter().filter(|path| !path.is_dir()) {
            moves.extend(entry.strip_prefix(&files).map(Path::to_owned));
        }
    }
    // The list of the erased comes first: she never returns; figures of a run after its tables.
    moves.sort_by_key(|path| (!path.starts_with("erasure"), path.ends_with("run.json"), path.clone()));
    let mut touched: Vec<PathBuf> = Vec::new();
    for path in moves {
        let target = out.join(&path);
        let folder = target.parent().unwrap_or(out).to_owned();
        private_folder(&folder).map_err(|error| fault(&folder, "create", &error, 0))?;
        keep_mode(&target, &files.join(&path));
        fs::rename(files.join(&path), &target).map_err(|error| fault(&target, "replace", &error, 0))?;
        touched.push(folder);
    }
    let list = decided.join(DELETE);
    let delete = fs::read_to_string(&list).map_err(|error| fault(&list, "read", &error, 0))?;
    for path in delete.lines().filter(|path| !path.is_empty()).map(|path| out.join(path)) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(&path, "remove", &error, 0)),
            _ => touched.extend(path.parent().map(Path::to_owned)),
        }
    }
    touched.sort_unstable();
    touched.dedup();
    for folder in touched.iter().filter(|folder| folder.is_dir()) {
        sync_folder(folder)?;
    }
    // No longer decided by one rename, too: half of a list must not be taken for a whole one.
    fs::rename(&decided, out.join(NEW)).map_err(|error| fault(&decided, "remove", &error, 0))?;
    remove(&out.join(NEW))?;
    sync_folder(out)
}

/// Gives the new file the rights of the old one, as far as the system lets us.
fn keep_mode(old: &Path, new: &Path) {
    if let Ok(about) = fs::metadata(old) {
        let _ = fs::set_permissions(new, about.permissions()); // else it stays for its owner alone
    }
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault(folder, "remove", &error, 0)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(out: &Path, file: &str) -> Option<String> {
        fs::read_to_string(out.join(file)).ok()
    }

    #[test]
    fn what_was_not_decided_never_was() {
        let out = tempfile::tempdir().unwrap();
        fs::write(out.path().join("a"), "old").unwrap();
        let journal = Journal::begin(out.path()).unwrap();
        journal.put(Path::new("a"), b"new").unwrap();
        std::mem::forget(journal); // the process died here
        finish_erasure(out.path()).unwrap();
        assert_eq!(read(out.path(), "a").unwrap(), "old");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_was_decided_is_finished_from_wherever_it_stopped() {
        for done in 0..4 {
            let out = tempfile::tempdir().unwrap();
            for file in ["a", "b", "c"] {
                fs::write(out.path().join(file), "old").unwrap();
            }
            let mut journal = Journal::begin(out.path()).unwrap();
            journal.put(Path::new("a"), b"new").unwrap();
            journal.put(Path::new("deep/er/b"), b"new").unwrap();
            journal.delete("c".into());
            fs::write(journal.new.join(DELETE), "c").unwrap();
            fs::rename(&journal.new, out.path().join(DECIDED)).unwrap();
            std::mem::forget(journal);
            let files = out.path().join(".erasing/files");
            if done > 0 {
                fs::rename(files.join("a"), out.path().join("a")).unwrap();
            }
            if done > 1 {
                fs::remove_file(out.path().join("c")).unwrap();
            }
            if done > 2 {
                fs::create_dir_all(out.path().join("deep/er")).unwrap();
                fs::rename(files.join("deep/er/b"), out.path().join("deep/er/b")).unwrap();
            }
            assert!(is_unfinished(out.path()));
            finish_erasure(out.path()).unwrap();
            assert_eq!(read(out.path(), "a").unwrap(), "new");
            assert_eq!(read(out.path(), "deep/er/b").unwrap(), "new");
            assert_eq!((read(out.path(), "b").unwrap().as_str(), read(out.path(), "c")), ("old", None));
            assert!(!is_unfinished(out.path()));
        }
    }
}
