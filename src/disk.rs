//! Files and folders as the system has them: made for their owner alone, waited for until the disk has them, and what to
//! do when one of them fails.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::problem::{Problem, Result};

/// What to do about an input/output error; `bytes` = how much of the file was written before.
pub fn fault(path: &Path, doing: &str, error: &io::Error, bytes: u64) -> Problem {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let fix = match error.kind() {
        StorageFull | QuotaExceeded => format!(
            "free some space or point [output] dir elsewhere: this file alone needs more than {} bytes; \
             what was published before is untouched",
            bytes
        ),
        PermissionDenied => {
            "onefold must be able to create files and folders here; check the folder's owner".to_owned()
        }
        ReadOnlyFilesystem => "point [output] dir to a place that can be written to".to_owned(),
        NotFound => "the folder is gone, or something else removed it while the run was going on".to_owned(),
        NotADirectory => "a part of this path is a file; point [output] dir to a folder".to_owned(),
        _ => String::new(),
    };
    Problem::file(path.display().to_string(), None, format!("cannot {doing}: {error}"), fix)
}

/// Creates a file that only its owner reads and writes, where the system knows of such a thing.
pub fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a folder, and those above it, that only its owner enters.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A folder and all folders below it.
pub fn folders_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = vec![folder.to_owned()];
    let mut next = 0;
    while next < all.len() {
        let below = entries(&all[next])?;
        all.extend(below.into_iter().filter(|path| path.is_dir()));
        next += 1;
    }
    Ok(all)
}

/// What is in a folder, in the order of the system.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let unread = |error| fault(folder, "read", &error, 0);
    fs::read_dir(folder).map_err(unread)?.map(|entry| entry.map(|entry| entry.path()).map_err(unread)).collect()
}

/// Waits until the disk has the folder's entries.
pub fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| fault(path, "write", &error, 0))?;
    Ok(())
}

/// Waits until the disk has the entries of the folder and of all folders below it.
pub fn sync_below(path: &Path) -> Result<()> {
    folders_below(path)?.iter().try_for_each(|folder| sync_folder(folder))
}

/// Makes a link to a folder.
#[cfg(unix)]
pub fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

/// Makes a link to a folder.
#[cfg(windows)]
pub fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(target, at)
}
