//! One file being written: buffered, counted and fingerprinted on the way, its faults kept with the path.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use xxhash_rust::xxh3::Xxh3;

use crate::disk::{fault, private_file};
use crate::problem::{Problem, Result};

const BUFFER: usize = 1 << 18;

/// A file being written. Clones write to the same file: the Parquet writer keeps one, and [`finish`](Self::finish)
/// needs another.
#[derive(Clone)]
pub struct OutputFile {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    path: PathBuf,
    writer: BufWriter<Box<dyn Write + Send>>,
    /// The same file again, for fsync; none when a test writes elsewhere.
    file: Option<File>,
    hash: Box<Xxh3>,
    bytes: u64,
    fault: Option<Problem>,
}

impl OutputFile {
    /// Creates the file, for its owner alone to read: it holds personal data.
    pub fn create(path: &Path) -> Result<Self> {
        let file = private_file(path).map_err(|error| fault(path, "create", &error, 0))?;
        let sync = file.try_clone().map_err(|error| fault(path, "create", &error, 0))?;
        Ok(Self::new(path, Box::new(file), Some(sync)))
    }

    fn new(path: &Path, writer: Box<dyn Write + Send>, file: Option<File>) -> Self {
        let writer = BufWriter::with_capacity(BUFFER, writer);
        let hash = Box::new(Xxh3::new());
        let inner = Inner { path: path.to_owned(), writer, file, hash, bytes: 0, fault: None };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// The first fault of this file, or else what another library made of it.
    pub fn explain(&self, error: &dyn std::fmt::Display) -> Problem {
        let inner = self.lock();
        let path = inner.path.display().to_string();
        inner.fault.clone().unwrap_or_else(|| Problem::file(path, None, format!("cannot write: {error}"), ""))
    }

    /// Writes what is buffered, waits until the disk has it, and gives the size in bytes and the fingerprint
    /// (XXH3-128, hexadecimal).
    pub fn finish(&self) -> Result<(u64, String)> {
        let mut inner = self.lock();
        let flushed = inner.writer.flush();
        inner.keep(flushed).map_err(|error| inner.problem(&error))?;
        let synced = inner.file.as_ref().map_or(Ok(()), File::sync_all);
        inner.keep(synced).map_err(|error| inner.problem(&error))?;
        Ok((inner.bytes, format!("{:032x}", inner.hash.digest128())))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let (Err(error), None) = (&result, &self.fault) {
            self.fault = Some(self.problem(error));
        }
        result
    }

    fn problem(&self, error: &io::Error) -> Problem {
        self.fault.clone().unwrap_or_else(|| fault(&self.path, "write", error, self.bytes))
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.lock();
        let written = inner.writer.write_all(bytes);
        inner.keep(written)?;
        inner.hash.update(bytes);
        inner.bytes += bytes.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut inner = self.lock();
        let flushed = inner.writer.flush();
        inner.keep(flushed)
    }
}

impl std::fmt::Debug for OutputFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputFile").field("path", &self.lock().path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::private_folder;

    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 < bytes.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_fingerprint_is_that_of_the_bytes_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut file = OutputFile::create(&path).unwrap();
        file.write_all(b"a,b\n").unwrap();
        file.clone().write_all(b"1,2\n").unwrap();
        let (bytes, fingerprint) = file.finish().unwrap();
        let written = std::fs::read(&path).unwrap();
        assert_eq!(written, b"a,b\n1,2\n");
        assert_eq!(bytes, 8);
        assert_eq!(fingerprint, format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&written)));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_a_published_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er");
        private_folder(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        OutputFile::create(&path.join("a")).unwrap();
        assert_eq!(std::fs::metadata(path.join("a")).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_full_disk_names_the_file_and_the_need() {
        let mut file = OutputFile::new(Path::new("out/x.csv"), Box::new(Full(BUFFER)), None);
        let line = [b'x'; 1 << 16];
        let failed = (0..100).find_map(|_| file.write_all(&line).err()).expect("the disk is full at some point");
        let problem = file.explain(&failed);
        assert!(problem.to_string().starts_with("out/x.csv: cannot write: "), "{problem}");
        assert!(problem.fix.contains("needs more than 524288 bytes"), "{problem}");
        assert_eq!(file.finish().unwrap_err(), problem);
    }
}
