//! The output folder: one writer at a time, runs staged beside the published ones and swapped in by a rename.
//!
//! ```text
//! out/
//!   .lock                held by the run that is writing
//!   .staging-000043/     a run being written; left-overs of dead runs go at the next start
//!   .plan-000007/        tables that `plan` compares; locked while it lives
//!   runs/000042/         a whole run: tables, `run.json`, `report.html`, lists for other tools in `audiences/`
//!   held/000043/         the last run that a gate held back, until the next one is published or held back
//!   current -> runs/000042
//!   erasure/             what must not come back, and the receipts (see `erase`)
//!   secret.key           the key of keyed hashes
//!   .erasing/            an erasure that was decided and is not finished
//! ```

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::erase::{finish_erasure, is_unfinished};
use super::lock::{is_free, lock};
use super::staging::Staging;
use crate::disk::{fault, link, private_folder, sync_folder};
use crate::problem::{Problem, Result};

/// An output folder that this process alone may write to, for as long as this lives.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    _lock: File,
}

/// A published or at least complete run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    /// Its number, from 1.
    pub run: u64,
    /// Where it is.
    pub path: PathBuf,
    /// Whether readers see it.
    pub current: bool,
}

impl OutputFolder {
    /// Takes the folder, creating it where it is not there, and removes what dead runs left. `started` is what others
    /// are told about this process while it runs (a time). Fails at once when another process has it.
    pub fn open(path: &Path, started: &str) -> Result<Self> {
        private_folder(&path.join("runs")).map_err(|error| fault(&path.join("runs"), "create", &error, 0))?;
        let lock_path = path.join(".lock");
        let lock = lock(&lock_path, started)?;
        let folder = Self { path: path.to_owned(), _lock: lock };
        finish_erasure(path)?;
        folder.remove_left_overs()?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a `plan` is reading and writing here just now.
    #[must_use]
    pub fn has_plan(&self) -> bool {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut names = entries.map(|entry| entry.file_name());
        names.any(|name| name.to_string_lossy().starts_with(PLAN)) // those of dead ones are gone
    }

    fn remove_left_overs(&self) -> Result<()> {
        let entries = fs::read_dir(&self.path).map_err(|error| fault(&self.path, "read", &error, 0))?;
        for entry in entries {
            let entry = entry.map_err(|error| fault(&self.path, "read", &error, 0))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_dead_plan = || name.starts_with(PLAN) && is_free(&entry.path().join(".lock"));
            if name.starts_with(".staging-") || name.starts_with(".removing-") || is_dead_plan() {
                fs::remove_dir_all(entry.path()).map_err(|error| fault(&entry.path(), "remove", &error, 0))?;
            } else if name == NEXT {
                fs::remove_file(entry.path()).map_err(|error| fault(&entry.path(), "remove", &error, 0))?;
            }
        }
        Ok(())
    }

    /// An empty folder for the next run.
    pub fn stage(&self) -> Result<Staging<'_>> {
        let run = runs(&self.path)?.iter().map(|run| run.run).max().unwrap_or(0) + 1;
        Staging::create(self, run)
    }

    /// Removes the run that a gate held back.
    pub fn remove_held(&self) -> Result<()> {
        let held = self.path.join(HELD);
        match fs::remove_dir_all(&held) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault(&held, "remove", &error, 0)),
            _ => Ok(()),
        }
    }

    /// Makes a whole run the published one, by one rename: readers see the one or the other.
    pub fn make_current(&self, run: u64) -> Result<()> {
        let out = &self.path;
        let next = out.join(NEXT);
        let relative = Path::new("runs").join(number(run));
        link(&relative, &next).map_err(|error| fault(&next, "create", &error, 0))?;
        let current = out.join("current");
        fs::rename(&next, &current).map_err(|error| {
            let mut problem = fault(&current, "replace", &error, 0);
            if !current.is_symlink() {
                problem.fix = NO_LINK.to_owned();
            }
            problem
        })?;
        sync_folder(out)
    }

    /// Deletes the oldest runs until `keep` are left (0 = all stay); the current one always stays. Gives the faults,
    /// which do no harm to what is published.
    #[must_use]
    pub fn retire(&self, keep: u32) -> Vec<Problem> {
        let mut faults = Vec::new();
        let mut runs = match runs(&self.path) {
            Ok(runs) if keep > 0 => runs,
            Ok(_) => return faults,
            Err(problem) => return vec![problem],
        };
        runs.retain(|run| !run.current);
        let surplus = runs.len().saturating_sub(keep as usize - 1);
        for run in &runs[..surplus] {
            // Out of sight first, so that nobody ever finds half a run.
            let hidden = self.path.join(format!(".removing-{}", number(run.run)));
            let removed = fs::rename(&run.path, &hidden).and_then(|()| fs::remove_dir_all(&hidden));
            faults.extend(removed.err().map(|error| fault(&run.path, "remove", &error, 0)));
        }
        faults
    }
}

/// What to do where `current` is something else.
pub(super) const NO_LINK: &str = "`current` must be the link that onefold makes: move what is there away";

/// The link that becomes `current`.
const NEXT: &str = ".current-next";

/// What folders of drafts are called, but for the process.
pub(super) const PLAN: &str = ".plan-";

/// Runs that a gate held back.
pub(super) const HELD: &str = "held";

/// The run that a gate held back, if the last one was.
pub fn held(out: &Path) -> Option<RunFolder> {
    let entries = fs::read_dir(out.join(HELD)).ok()?;
    let run = |entry: fs::DirEntry| {
        let run = entry.file_name().to_str()?.parse().ok()?;
        Some(RunFolder { run, path: entry.path(), current: false })
    };
    entries.filter_map(|entry| run(entry.ok()?)).next()
}

/// Finishes an erasure that was decided and interrupted, so that nobody reads what is erased. Where another process has
/// the folder, that one does it.
pub fn finish(out: &Path, started: &str) -> Result<()> {
    if is_unfinished(out) {
        let _ = OutputFolder::open(out, started);
    }
    Ok(())
}

/// The runs in an output folder, oldest first; none when there is no such folder.
pub fn runs(out: &Path) -> Result<Vec<RunFolder>> {
    let folder = out.join("runs");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(&folder, "read", &error, 0)),
    };
    let current = fs::read_link(out.join("current")).ok();
    let current = current.as_deref().and_then(Path::file_name);
    let mut runs = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| fault(&folder, "read", &error, 0))?;
        let name = entry.file_name();
        if let Some(run) = name.to_str().and_then(|name| name.parse().ok()) {
            runs.push(RunFolder { run, path: entry.path(), current: current == Some(&*name) });
        }
    }
    runs.sort_by_key(|run| run.run);
    Ok(runs)
}

/// A run's number as its folder is called.
pub(super) fn number(run: u64) -> String {
    format!("{run:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(folder: &OutputFolder, text: &str) -> PathBuf {
        let staging = folder.stage().unwrap();
        fs::write(staging.path().join("a"), text).unwrap();
        staging.publish().unwrap()
    }

    fn read(out: &Path) -> String {
        fs::read_to_string(out.join("current/a")).unwrap()
    }

    #[test]
    fn readers_of_current_see_the_newest_run() {
        let out = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(out.path(), "now").unwrap();
        assert_eq!(publish(&folder, "one"), out.path().join("runs/000001"));
        assert_eq!(read(out.path()), "one");
        publish(&folder, "two");
        assert_eq!(read(out.path()), "two");
        assert_eq!(fs::read_link(out.path().join("current")).unwrap(), Path::new("runs/000002"));
    }

    #[test]
    fn a_run_that_fails_leaves_the_earlier_one_and_no_trace() {
        let out = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(out.path(), "now").unwrap();
        publish(&folder, "one");
        let staging = folder.stage().unwrap();
        fs::write(staging.path().join("a"), "half").unwrap();
        drop(staging);
        assert_eq!(read(out.path()), "one");
        assert!(!out.path().join(".staging-000002").exists());
        assert_eq!(runs(out.path()).unwrap().len(), 1);
    }

    #[test]
    fn what_a_killed_run_left_is_gone_at_the_next_start() {
        let out = tempfile::tempdir().unwrap();
        publish(&OutputFolder::open(out.path(), "now").unwrap(), "one");
        fs::create_dir_all(out.path().join(".staging-000002/deep")).unwrap();
        fs::create_dir(out.path().join(".removing-000000")).unwrap();
        link(Path::new("runs/000002"), &out.path().join(NEXT)).unwrap();
        let folder = OutputFolder::open(out.path(), "later").unwrap();
        let mut left: Vec<_> = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".lock", "current", "runs"]);
        publish(&folder, "two");
        assert_eq!(read(out.path()), "two");
    }

    #[test]
    fn a_run_that_died_between_the_two_renames_keeps_its_number_to_itself() {
        let out = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(out.path(), "now").unwrap();
        publish(&folder, "one");
        fs::create_dir(out.path().join("runs/000002")).unwrap();
        assert_eq!(read(out.path()), "one");
        assert_eq!(publish(&folder, "three"), out.path().join("runs/000003"));
    }

    #[test]
    fn a_second_run_stops_and_says_who_is_writing() {
        let out = tempfile::tempdir().unwrap();
        let first = OutputFolder::open(out.path(), "2026-01-31T12:00:00Z").unwrap();
        let problem = OutputFolder::open(out.path(), "later").unwrap_err();
        let holder = format!("process {}, started 2026-01-31T12:00:00Z", std::process::id());
        assert!(problem.what.ends_with(&holder), "{problem}");
        drop(first);
        OutputFolder::open(out.path(), "later").unwrap();
    }

    #[test]
    fn old_runs_go_and_the_current_one_stays() {
        let out = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(out.path(), "now").unwrap();
        for text in ["one", "two", "three", "four"] {
            publish(&folder, text);
        }
        assert!(folder.retire(0).is_empty());
        assert_eq!(runs(out.path()).unwrap().len(), 4);
        fs::remove_file(out.path().join("current")).unwrap();
        link(Path::new("runs/000001"), &out.path().join("current")).unwrap(); // somebody went back to the first run
        assert!(folder.retire(2).is_empty());
        let left: Vec<u64> = runs(out.path()).unwrap().iter().map(|run| run.run).collect();
        assert_eq!(left, [1, 4]);
        assert_eq!(read(out.path()), "one");
    }

    #[test]
    fn an_output_folder_that_is_a_file_is_named() {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("out");
        fs::write(&path, "").unwrap();
        let problem = OutputFolder::open(&path, "now").unwrap_err();
        assert!(problem.to_string().starts_with(&format!("{}/runs: cannot create: ", path.display())), "{problem}");
        assert!(!problem.fix.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_in_the_place_of_current_is_not_overwritten() {
        let out = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(out.path(), "now").unwrap();
        fs::create_dir(out.path().join("current")).unwrap();
        fs::write(out.path().join("current/mine"), "x").unwrap();
        let staging = folder.stage().unwrap();
        let problem = staging.publish().unwrap_err();
        assert!(problem.fix.contains("move what is there away"), "{problem}");
        assert!(out.path().join("current/mine").exists());
    }
}
