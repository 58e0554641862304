//! The lock of a folder: it goes with an open file, so it ends with its process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use crate::disk::fault;
use crate::problem::{Problem, Result};

/// Takes the lock; `started` is what others are told about this process while it holds it (a time). Fails at once, and says
/// who has it, when another process does.
pub(super) fn lock(path: &Path, started: &str) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| fault(path, "create", &error, 0))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder); // it only makes the message better
            let holder = if holder.is_empty() { "another process" } else { holder.trim() };
            let what = format!("another run is writing here: {holder}");
            let fix = "wait until it is done, or give this run another [output] dir";
            return Err(Problem::file(path.display().to_string(), None, what, fix));
        }
        Err(TryLockError::Error(error)) => return Err(fault(path, "lock", &error, 0)),
    }
    let note = format!("process {}, started {started}\n", std::process::id());
    file.set_len(0).and_then(|()| file.write_all(note.as_bytes())).map_err(|error| fault(path, "write", &error, 0))?;
    Ok(file)
}

/// Whether nobody holds the lock.
pub(super) fn is_free(path: &Path) -> bool {
    File::open(path).map_or(true, |file| !matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Whether another process has the output folder just now.
pub fn is_busy(out: &Path) -> bool {
    !is_free(&out.join(".lock"))
}
