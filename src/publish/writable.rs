//! Whether a run could write where it is told to, asked before it reads anything; nothing is made or changed.

use std::path::Path;

use super::folder::NO_LINK;
use crate::disk::fault;
use crate::problem::{Problem, Result};

/// Whether a run could write to this output folder, which need not be there yet. That another run is writing just now is
/// no fault.
pub fn writable(path: &Path) -> Result<()> {
    let there = nearest_there(path);
    if !there.is_dir() {
        let what = "the output folder cannot be made: this is no folder";
        return Err(Problem::file(there.display().to_string(), None, what, "name another [output] dir"));
    }
    touch(there).map_err(|error| fault(there, "write to", &error, 0))?;
    let current = path.join("current");
    if !current.is_symlink() && current.exists() {
        return Err(Problem::file(current.display().to_string(), None, "is not the link that onefold makes", NO_LINK));
    }
    Ok(())
}

/// Whether a folder for tables between the stages could be written to.
pub fn stage_writable(path: &Path) -> Result<()> {
    let there = nearest_there(path);
    if !there.is_dir() {
        let what = "the folder of --stage-dir cannot be made: this is no folder";
        return Err(Problem::file(there.display().to_string(), None, what, "name another folder"));
    }
    touch(there).map_err(|error| {
        let what = format!("cannot write here for --stage-dir: {error}");
        Problem::file(there.display().to_string(), None, what, "name a folder that can be written to")
    })
}

/// The nearest of a folder and those above it that is there, whatever it is.
fn nearest_there(path: &Path) -> &Path {
    let there = path.ancestors().find(|folder| folder.symlink_metadata().is_ok());
    there.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a file that is gone as soon as it is closed.
fn touch(folder: &Path) -> std::io::Result<()> {
    tempfile::tempfile_in(folder).map(|_| ())
}
