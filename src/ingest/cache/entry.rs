//! A file of kept rows: a mark, batches with their length before them, and a checksum of all of it and of its name, so
//! that no entry is taken for another.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use crate::disk::private_file;

/// Changes with the form of what is kept.
const MARK: &[u8; 16] = b"onefold rows 03\n";

const CHECKSUM: usize = 16;
const BLOCK: usize = 256 << 10;

/// An entry that is being written. Gone when dropped before it was finished.
pub struct EntryWriter {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Box<Xxh3>,
    is_finished: bool,
}

impl EntryWriter {
    /// Begins an entry at a path of its own.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BLOCK, private_file(path)?);
        let mut writer = Self { path: path.to_owned(), file, hash: Box::new(Xxh3::new()), is_finished: false };
        writer.put(MARK)?;
        Ok(writer)
    }

    /// Appends a batch.
    pub fn batch(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(&(bytes.len() as u64).to_le_bytes())?;
        self.put(bytes)
    }

    /// Completes it and gives it its name, by one rename. It is not waited for the disk: after a power cut the checksum
    /// tells what is whole.
    pub fn finish(mut self, path: &Path) -> io::Result<()> {
        self.hash.update(name(path));
        let checksum = self.hash.digest128().to_le_bytes();
        self.file.write_all(&checksum)?;
        self.file.flush()?;
        std::fs::rename(&self.path, path)?;
        self.is_finished = true;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.file.write_all(bytes)
    }
}

impl std::fmt::Debug for EntryWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EntryWriter").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Drop for EntryWriter {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = std::fs::remove_file(&self.path); // else it goes when the cache is pruned
        }
    }
}

/// An entry that is whole.
#[derive(Debug)]
pub struct Entry {
    file: BufReader<File>,
    left: u64,
}

impl Entry {
    /// Opens an entry and checks all of it. An error of kind `InvalidData` says that it is damaged.
    pub fn open(path: &Path) -> io::Result<Self> {
        let damaged = || io::Error::new(ErrorKind::InvalidData, "its checksum is another");
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let content = size.checked_sub((MARK.len() + CHECKSUM) as u64).ok_or_else(damaged)?;
        let (mut hash, mut buffer, mut left) = (Xxh3::new(), vec![0; BLOCK], size - CHECKSUM as u64);
        let mut begin = [0; MARK.len()];
        file.read_exact(&mut begin)?;
        if begin != *MARK {
            return Err(damaged());
        }
        hash.update(&begin);
        left -= MARK.len() as u64;
        while left > 0 {
            let block = &mut buffer[..usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK))];
            file.read_exact(block)?;
            hash.update(block);
            left -= block.len() as u64;
        }
        hash.update(name(path));
        let mut checksum = [0; CHECKSUM];
        file.read_exact(&mut checksum)?;
        if hash.digest128().to_le_bytes() != checksum {
            return Err(damaged());
        }
        file.seek(io::SeekFrom::Start(MARK.len() as u64))?;
        Ok(Self { file: BufReader::with_capacity(BLOCK, file), left: content })
    }

    /// The next batch into `bytes`; false when there is none.
    pub fn batch(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        bytes.clear();
        if self.left == 0 {
            return Ok(false);
        }
        let mut length = [0; 8];
        self.file.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length);
        self.left = self.left.checked_sub(8 + length).ok_or(ErrorKind::InvalidData)?;
        self.file.by_ref().take(length).read_to_end(bytes)?;
        if bytes.len() as u64 == length { Ok(true) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}

/// What an entry is found by.
fn name(path: &Path) -> &[u8] {
    path.file_name().map_or(&[], |name| name.as_encoded_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path) -> PathBuf {
        let path = folder.join("entry");
        let mut writer = EntryWriter::create(&folder.join("new")).unwrap();
        writer.batch(b"one").unwrap();
        writer.batch(b"").unwrap();
        writer.batch(&[7; 300_000]).unwrap();
        writer.finish(&path).unwrap();
        path
    }

    #[test]
    fn batches_come_back_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut entry = Entry::open(&write(folder.path())).unwrap();
        let (mut bytes, mut sizes) = (Vec::new(), Vec::new());
        while entry.batch(&mut bytes).unwrap() {
            sizes.push(bytes.len());
        }
        assert_eq!(sizes, [3, 0, 300_000]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn any_byte_that_is_another_and_any_cut_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path());
        let whole = std::fs::read(&path).unwrap();
        for at in [0, 8, 16, 20, 27, 5000, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(Entry::open(&path).unwrap_err().kind(), ErrorKind::InvalidData, "byte {at}");
        }
        for end in [0, 10, 16, 31, 40, whole.len() - 1] {
            std::fs::write(&path, &whole[..end]).unwrap();
            assert!(Entry::open(&path).is_err(), "cut at {end}");
        }
        std::fs::write(folder.path().join("other"), &whole).unwrap();
        assert!(Entry::open(&folder.path().join("other")).is_err(), "the entry of something else");
    }

    #[test]
    fn an_entry_that_was_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(EntryWriter::create(&folder.path().join("new")).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
