//! Folders being written: a run that is staged, and a draft that nobody ever publishes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::folder::{HELD, OutputFolder, PLAN, RunFolder, number};
use super::lock::lock;
use crate::disk::{fault, private_folder, sync_below, sync_folder};
use crate::problem::Result;

/// A run being written. Gone with all its files when dropped before it was published.
#[derive(Debug)]
pub struct Staging<'a> {
    folder: &'a OutputFolder,
    run: u64,
    path: PathBuf,
    published: bool,
}

impl<'a> Staging<'a> {
    /// An empty folder for a run of this number.
    pub(super) fn create(folder: &'a OutputFolder, run: u64) -> Result<Self> {
        let path = folder.path().join(format!(".staging-{}", number(run)));
        private_folder(&path).map_err(|error| fault(&path, "create", &error, 0))?;
        Ok(Self { folder, run, path, published: false })
    }

    /// The run's number.
    #[must_use]
    pub fn run(&self) -> u64 {
        self.run
    }

    /// Where its files go.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps it for inspection, unpublished, in place of the last one that was held back. Gives its folder.
    pub fn hold(mut self) -> Result<PathBuf> {
        sync_below(&self.path)?;
        self.folder.remove_held()?;
        let held = self.folder.path().join(HELD);
        private_folder(&held).map_err(|error| fault(&held, "create", &error, 0))?;
        let target = held.join(number(self.run));
        fs::rename(&self.path, &target).map_err(|error| fault(&target, "move the finished run to", &error, 0))?;
        self.published = true; // the staging folder is no more
        Ok(target)
    }

    /// Makes it the published run; its files must be on disk (see `OutputFile::finish`). Readers see the earlier run
    /// or this one, whole, at any instant. Gives the run's folder.
    pub fn publish(mut self) -> Result<PathBuf> {
        let out = self.folder.path();
        sync_below(&self.path)?;
        let target = out.join("runs").join(number(self.run));
        fs::rename(&self.path, &target).map_err(|error| fault(&target, "move the finished run to", &error, 0))?;
        self.published = true; // from here on the staging folder is no more
        sync_folder(&out.join("runs"))?;
        self.folder.make_current(self.run)?;
        Ok(target)
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed now is removed at the next start.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// A folder for tables that are never published. Gone with all its files when dropped; a run that starts meanwhile
/// leaves it alone, and removes those of dead processes.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    _lock: File,
}

impl Draft {
    /// An empty folder in the output folder.
    pub fn create(out: &Path) -> Result<Self> {
        let path = out.join(format!("{PLAN}{}", std::process::id()));
        let _ = fs::remove_dir_all(&path); // of a dead process of the same number
        private_folder(&path).map_err(|error| fault(&path, "create", &error, 0))?;
        let lock = lock(&path.join(".lock"), "")?;
        Ok(Self { path, _lock: lock })
    }

    /// Where its files go.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// As a run's folder, to be read.
    #[must_use]
    pub fn folder(&self, run: u64) -> RunFolder {
        RunFolder { run, path: self.path.clone(), current: false }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path); // else the next run does it
    }
}
