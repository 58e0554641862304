//! Files for what does not fit into memory: values that were made are written there and seen through a map of the file,
//! whose pages the system fetches and takes back as it likes.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytemuck::Pod;
use memmap2::MmapOptions;
use polars_utils::mmap::MMapSemaphore;

use super::{Store, Table};
use crate::problem::Problem;

/// How much memory a run may take, and where what does not fit goes.
#[derive(Debug, Clone)]
pub struct MemoryLimit {
    /// Bytes.
    pub bytes: u64,
    /// A folder on a disk with room.
    pub folder: PathBuf,
}

impl MemoryLimit {
    /// A file for values of one kind. It has no name: whatever ends the run, the system takes it away.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn file(&self) -> Result<SpillFile, Problem> {
        let file = tempfile::tempfile_in(&self.folder).map_err(|error| cannot(&self.folder, &error))?;
        Ok(SpillFile { file: Arc::new(file), end: 0, folder: self.folder.clone() })
    }
}

/// A file that values are written to, one table behind the other.
#[derive(Debug)]
pub struct SpillFile {
    file: Arc<File>,
    end: u64,
    folder: PathBuf,
}

/// Tables begin at multiples of this many bytes, as maps of a file have to.
const ALIGNED: u64 = 1 << 12;

impl SpillFile {
    /// Writes values behind what is there, and gives them as a table that is read from the file.
    ///
    /// # Errors
    /// The disk is full, or cannot be written to.
    pub fn put<T: Pod>(&mut self, values: &[T]) -> Result<Table<T>, Problem> {
        let lent = self.write(bytemuck::cast_slice(values)).map_err(|error| cannot(&self.folder, &error))?;
        Ok(Table::lent(lent))
    }

    /// Shares the file out between tables of at most so many bytes each, to be filled in any order.
    #[must_use]
    pub fn share_out(self, sizes: &[u64]) -> Shares {
        let mut end = self.end;
        let shares: Vec<Share> = sizes
            .iter()
            .map(|&size| {
                let share = Share { at: end, written: 0, waiting: Vec::new(), size };
                end += size.next_multiple_of(ALIGNED);
                share
            })
            .collect();
        let most = (WAITING / shares.len().max(1)).clamp(ALIGNED as usize, 1 << 20);
        Shares { file: self, shares, most }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<Lent> {
        const ZEROS: [u8; ALIGNED as usize] = [0; ALIGNED as usize];
        let mut file = &*self.file;
        file.write_all(bytes)?;
        let at = self.end;
        let padding = bytes.len().next_multiple_of(ALIGNED as usize) - bytes.len();
        file.write_all(&ZEROS[..padding])?;
        self.end += (bytes.len() + padding) as u64;
        Lent::new(Arc::clone(&self.file), at, bytes.len())
    }
}

/// Bytes that wait to be written to all shares of a file together.
const WAITING: usize = 64 << 20;

/// A file shared out between tables of bytes.
#[derive(Debug)]
pub struct Shares {
    file: SpillFile,
    shares: Vec<Share>,
    /// A share with so many bytes waiting is written.
    most: usize,
}

#[derive(Debug)]
struct Share {
    at: u64,
    written: u64,
    waiting: Vec<u8>,
    size: u64,
}

impl Shares {
    /// Appends to a share; where it begins in the share.
    ///
    /// # Errors
    /// The disk is full, or cannot be written to.
    pub fn append(&mut self, share: usize, bytes: &[u8]) -> Result<usize, Problem> {
        let share = &mut self.shares[share];
        let at = share.written as usize + share.waiting.len();
        share.waiting.extend_from_slice(bytes);
        if share.waiting.len() >= self.most {
            share.flush(&self.file.file).map_err(|error| cannot(&self.file.folder, &error))?;
        }
        Ok(at)
    }

    /// The shares, as segments in their order.
    ///
    /// # Errors
    /// The disk is full, or cannot be written to.
    pub fn finish(mut self) -> Result<Store<u8>, Problem> {
        let mut tables = Vec::with_capacity(self.shares.len());
        for share in &mut self.shares {
            let lent = share.flush(&self.file.file).and_then(|()| {
                assert!(share.written <= share.size, "a share has what was asked for");
                Lent::new(Arc::clone(&self.file.file), share.at, share.written as usize)
            });
            tables.push(Table::lent(lent.map_err(|error| cannot(&self.file.folder, &error))?));
            share.waiting = Vec::new();
        }
        Ok(Store::of(tables))
    }
}

impl Share {
    fn flush(&mut self, mut file: &File) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.at + self.written))?;
        file.write_all(&self.waiting)?;
        self.written += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }
}

/// Bytes of a file, mapped.
#[derive(Debug)]
pub(super) struct Lent {
    file: Arc<File>,
    at: u64,
    map: Option<MMapSemaphore>,
    bytes: usize,
}

impl Lent {
    fn new(file: Arc<File>, at: u64, bytes: usize) -> io::Result<Self> {
        let map = map(&file, at, bytes)?;
        Ok(Self { file, at, map, bytes })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The bytes. Pages that were looked at count as the run's memory until it is dropped.
    pub fn bytes(&self) -> &[u8] {
        self.map.as_ref().map_or(&[], MMapSemaphore::as_ref)
    }
}

/// A map of some bytes of a file; an empty one cannot be made.
fn map(file: &File, at: u64, bytes: usize) -> io::Result<Option<MMapSemaphore>> {
    if bytes == 0 {
        return Ok(None);
    }
    let mut options = MmapOptions::new();
    options.offset(at).len(bytes);
    MMapSemaphore::new_from_file_with_options(file, options).map(Some).map_err(io::Error::other)
}

/// A look at a table. Where the table is read from a file, the memory that looking takes is given back when the look
/// ends: who goes through all of a large table looks at one part of it after the other.
#[derive(Debug)]
pub struct Look<'a, T>(Seen<'a, T>);

#[derive(Debug)]
enum Seen<'a, T> {
    Held(&'a [T]),
    Mapped(MMapSemaphore, PhantomData<&'a T>),
}

impl<'a, T: Pod> Look<'a, T> {
    pub(super) fn held(values: &'a [T]) -> Self {
        Self(Seen::Held(values))
    }

    /// `None` where the system gives no map.
    pub(super) fn again(lent: &Lent) -> Option<Self> {
        let map = map(&lent.file, lent.at, lent.bytes).ok().flatten()?;
        Some(Self(Seen::Mapped(map, PhantomData)))
    }
}

impl<T: Pod> Deref for Look<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Seen::Held(values) => values,
            Seen::Mapped(map, _) => bytemuck::cast_slice(map.as_ref()),
        }
    }
}

fn cannot(folder: &Path, error: &io::Error) -> Problem {
    let fix = "free some room there (it takes about 300 bytes per record), or let it have more memory: `memory_limit`";
    Problem::file(
        folder.display().to_string(),
        None,
        format!("cannot put aside what does not fit into memory: {error}"),
        fix,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_aside_reads_back_and_the_file_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let limit = MemoryLimit { bytes: 0, folder: folder.path().to_owned() };
        let mut file = limit.file().unwrap();
        let tables: Vec<(Vec<u64>, Table<u64>)> = [0u64, 1, 511, 512, 513, 100_000]
            .map(|length| {
                let values: Vec<u64> = (0..length).map(|value| value * 7919).collect();
                let table = file.put(&values).unwrap();
                (values, table)
            })
            .into();
        drop(file);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        for (values, mut table) in tables {
            assert!(*table == *values && *table.look() == *values);
            let copy = table.clone();
            table.push(3); // a table that is changed becomes one in memory
            assert!(table.last() == Some(&3) && table.len() == copy.len() + 1 && *copy == *values);
        }
    }

    #[test]
    fn shares_are_filled_in_any_order() {
        let folder = tempfile::tempdir().unwrap();
        let limit = MemoryLimit { bytes: 0, folder: folder.path().to_owned() };
        let mut shares = limit.file().unwrap().share_out(&[9_000_000, 0, 3]);
        let pieces: Vec<usize> = (0..9_000).map(|piece| shares.append(0, &[piece as u8; 1000]).unwrap()).collect();
        assert_eq!(shares.append(2, &[1, 2]).unwrap(), 0);
        assert_eq!(shares.append(2, &[3]).unwrap(), 2);
        let store = shares.finish().unwrap();
        assert!(pieces.iter().enumerate().all(|(piece, at)| store.look(0)[*at] == piece as u8 && *at == piece * 1000));
        assert_eq!((store.look(0).len(), store.look(1).len()), (9_000_000, 0));
        assert_eq!(*store.look(2), [1, 2, 3]);
        assert_eq!(store.held(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let limit = MemoryLimit { bytes: 0, folder: "no/such/folder".into() };
        let problem = limit.file().unwrap_err().to_string();
        assert!(problem.contains("no/such/folder") && problem.contains("memory_limit"), "{problem}");
    }
}
