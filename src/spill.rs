//! Temporary files for tables that do not fit the memory limit. The only way in which a pure stage's data touches the
//! disk: a stage is handed a [`Spill`] and neither names nor sees a file.
//!
//! The file has no name (it is unlinked when made), so whatever ends the process, nothing is left behind.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::problem::{Problem, Result};

/// A stretch of a spill file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub bytes: u64,
}

/// One nameless temporary file; grows by appending, is read by extents, from any thread.
#[derive(Debug)]
pub struct Spill {
    folder: PathBuf,
    file: Mutex<(File, u64)>,
}

impl Spill {
    /// A new file in a folder, which is made if it is not there.
    pub fn create(folder: &Path) -> Result<Self> {
        let file = std::fs::create_dir_all(folder)
            .and_then(|()| tempfile::tempfile_in(folder))
            .map_err(|error| failed(folder, "cannot make a temporary file", &error))?;
        Ok(Self { folder: folder.to_owned(), file: Mutex::new((file, 0)) })
    }

    /// Writes bytes behind what is there.
    pub fn append(&self, bytes: &[u8]) -> Result<Extent> {
        let mut guard = self.file.lock().expect("no thread panics while it holds the file");
        let (file, end) = &mut *guard;
        let extent = Extent { offset: *end, bytes: bytes.len() as u64 };
        file.seek(SeekFrom::Start(*end))
            .and_then(|_| file.write_all(bytes))
            .map_err(|error| failed(&self.folder, "cannot write a temporary file", &error))?;
        *end += extent.bytes;
        Ok(extent)
    }

    /// Reads an extent into a buffer, which it fills exactly.
    pub fn read(&self, extent: Extent, into: &mut Vec<u8>) -> Result<()> {
        into.clear();
        into.resize(extent.bytes as usize, 0);
        let mut guard = self.file.lock().expect("no thread panics while it holds the file");
        let file = &mut guard.0;
        file.seek(SeekFrom::Start(extent.offset))
            .and_then(|_| file.read_exact(into))
            .map_err(|error| failed(&self.folder, "cannot read a temporary file back", &error))
    }

    /// How much it holds, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.file.lock().expect("no thread panics while it holds the file").1
    }
}

fn failed(folder: &Path, what: &str, error: &std::io::Error) -> Problem {
    Problem::file(
        folder.display().to_string(),
        None,
        format!("{what}: {error}"),
        "make room there, or name another folder with `project.temp_dir`, or raise `project.memory_limit`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_reads_back_and_no_file_has_a_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let spill = Spill::create(folder.path()).expect("a file");
        let first = spill.append(b"one").expect("room");
        let second = spill.append(b"second").expect("room");
        let mut buffer = vec![9; 100];
        spill.read(second, &mut buffer).expect("there");
        assert_eq!(buffer, b"second");
        spill.read(first, &mut buffer).expect("there");
        assert_eq!(buffer, b"one");
        assert_eq!(spill.bytes(), 9);
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
    }
}
