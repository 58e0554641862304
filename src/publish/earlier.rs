//! The last published run as the next one meets it: its crosswalk, every id ever issued, and what happened to ids.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::folder::{RunFolder, runs};
use super::read::read_report;
use super::scan::{CROSSWALK_KEY, scan};
use super::tables::{CROSSWALK, ISSUED_IDS, LINEAGE_HISTORY};
use crate::identity::{Issued, Previous, PreviousBuilder, parse_person_id, unborne};
use crate::model::{Event, Lineage, NO_PERSON, Records, RunReport, Schema, TableFile};
use crate::problem::{Problem, Result, mask};

/// The run that the next one goes on from: ids are kept from its crosswalk.
#[derive(Debug, Clone)]
pub struct Earlier {
    run: RunFolder,
    report: RunReport,
    /// Where every id ever issued is listed. After `rollback` it is not the published run but the newest one.
    newest: Option<(RunFolder, RunReport)>,
    /// Numbers of runs that the next one does not go on from.
    skipped: Vec<RangeInclusive<u64>>,
    /// Those of them that are still there, newest first.
    rolled_back: Vec<(RunFolder, RunReport)>,
}

impl Earlier {
    /// The published run; where nothing was published, the newest whole one, which a run that died in the last moment
    /// may have left. `None` when there is none: the first run has nothing to go on from.
    ///
    /// # Errors
    /// `current` points to a run that is gone, or the tables that keep ids are missing or damaged. Going on without
    /// them would give everybody a new id.
    pub fn find(out: &Path) -> Result<Option<Self>> {
        let mut whole = Vec::new();
        for run in runs(out)? {
            if run.path.join("run.json").exists() {
                whole.push((read_report(&run.path)?, run));
            } else if run.current {
                return Err(lost(&run.path, "run.json is not there"));
            }
        }
        let current = out.join("current");
        if let Ok(target) = std::fs::read_link(&current)
            && !whole.iter().any(|(_, run)| run.current)
        {
            return Err(lost(&current, &format!("it points to {}, which is not there", target.display())));
        }
        let published = whole.iter().position(|(_, run)| run.current);
        let Some(at) = published.or_else(|| whole.len().checked_sub(1)) else { return Ok(None) };
        let is_newest = at + 1 == whole.len();
        let skipped = skipped(&whole, at);
        let newest = if is_newest { None } else { whole.last().map(|(report, run)| (run.clone(), report.clone())) };
        let (report, run) = whole.remove(at);
        whole.retain(|(_, run)| skipped.iter().any(|runs| runs.contains(&run.run)));
        let rolled_back = whole.into_iter().rev().map(|(report, run)| (run, report)).collect();
        let earlier = Self { run, report, newest, skipped, rolled_back };
        earlier.rows(&CROSSWALK)?;
        earlier.rows(&LINEAGE_HISTORY)?;
        earlier.rows(&ISSUED_IDS)?;
        Ok(Some(earlier))
    }

    /// Its own figures.
    #[must_use]
    pub fn report(&self) -> &RunReport {
        &self.report
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &RunFolder {
        &self.run
    }

    /// The number of the run that would come next.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.newest.as_ref().map_or(self.run.run, |(run, _)| run.run) + 1
    }

    /// What it says of the records of the next run.
    pub fn previous(&self, records: &Records, schema: &Schema) -> Result<Previous> {
        let (path, expected) = self.rows(&CROSSWALK)?;
        let mut builder = PreviousBuilder::new(records, schema);
        let (mut found, mut fault) = (0, None);
        let names = ["source", "record_id", "person_id"];
        scan(&self.run, CROSSWALK.name, names, &mut |[source, record, person]| {
            found += 1;
            if fault.is_none() {
                let pushed = match parse_person_id(person) {
                    Some(id) => builder.push(source, record, id),
                    None => Err(Problem::run(format!("record {} has no person_id", mask(record)), "")),
                };
                fault = pushed.err().map(|problem| problem.what);
            }
        })?;
        if let Some(fault) = fault {
            return Err(lost(&path, &fault));
        }
        check_count(&path, found, expected)?;
        let issued = self.issued()?;
        let mut previous = builder.finish(issued).map_err(|problem| lost(&path, &problem.what))?;
        previous.returning = self.returning(&previous, records, schema)?;
        Ok(previous)
    }

    /// The ids that only rolled-back runs gave, with the records of this run that bore them in the newest run that has
    /// them. A rolled-back run that is damaged tells nothing, nor do those before it: their persons get fresh ids.
    fn returning(&self, previous: &Previous, records: &Records, schema: &Schema) -> Result<Vec<(u128, u32)>> {
        let mut found = Vec::new();
        if self.rolled_back.is_empty() {
            return Ok(found);
        }
        let history = self.history()?.into_iter().map(|(_, row)| row);
        let is_skipped = |run: u32| self.skipped.iter().any(|runs| runs.contains(&u64::from(run)));
        let mut wanted = unborne(previous, is_skipped, history);
        for (run, report) in &self.rolled_back {
            if wanted.is_empty() {
                break;
            }
            let mut builder = PreviousBuilder::new(records, schema);
            let (mut rows, mut seen, mut is_sound) = (0, Vec::new(), true);
            let read = scan(run, CROSSWALK.name, CROSSWALK_KEY, &mut |[source, record, person]| {
                rows += 1;
                if let Some(id) = parse_person_id(person).filter(|id| wanted.contains(id)) {
                    seen.push(id);
                    is_sound &= builder.push(source, record, id).is_ok();
                }
            });
            let Some(bore) = builder.finish(Issued::default()).ok().filter(|_| read.is_ok() && is_sound) else { break };
            if listed(report, &CROSSWALK).map(|file| file.rows) != Some(rows) {
                break;
            }
            let bore = bore.person_ids.into_iter().zip(0..).filter(|(id, _)| *id != NO_PERSON);
            found.extend(bore);
            seen.iter().for_each(|id| _ = wanted.remove(id));
        }
        Ok(found)
    }

    /// Every id ever issued.
    fn issued(&self) -> Result<Issued> {
        let (path, expected) = self.rows(&ISSUED_IDS)?;
        let run = self.newest.as_ref().map_or(&self.run, |(run, _)| run);
        let mut pairs: Vec<(u128, u32)> = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
        let mut rows = 0;
        scan(run, ISSUED_IDS.name, ["person_id", "run"], &mut |[person, run]| {
            rows += 1;
            pairs.extend(parse_person_id(person).zip(run.parse().ok()));
        })?;
        check_count(&path, rows, expected)?;
        check_count(&path, pairs.len() as u64, expected)?;
        Ok(Issued::new(pairs))
    }

    /// What happened to ids in every run up to it: (run, row), oldest first.
    pub fn history(&self) -> Result<Vec<(u64, Lineage)>> {
        let (path, expected) = self.rows(&LINEAGE_HISTORY)?;
        let rows = history(&self.run)?;
        check_count(&path, rows.len() as u64, expected)?;
        Ok(rows)
    }

    /// The file and the number of rows of one of the tables that keep ids; it must be as large as the run left it.
    fn rows(&self, table: &super::tables::Table) -> Result<(PathBuf, u64)> {
        let of_newest = self.newest.as_ref().filter(|_| table.name == ISSUED_IDS.name);
        let (run, report) = of_newest.map_or((&self.run, &self.report), |(run, report)| (run, report));
        let Some(listed) = listed(report, table) else {
            return Err(lost(&run.path, &format!("it has no table {}", table.name)));
        };
        let path = run.path.join(&listed.file);
        let bytes = std::fs::metadata(&path).map_err(|error| lost(&path, &error.to_string()))?.len();
        if bytes != listed.bytes {
            return Err(lost(&path, &format!("{bytes} bytes, {} were written", listed.bytes)));
        }
        Ok((path, listed.rows))
    }
}

/// The file of a table that is read: Parquet where there is one.
fn listed<'a>(report: &'a RunReport, table: &super::tables::Table) -> Option<&'a TableFile> {
    let names = ["parquet", "csv"].map(|ending| format!("{}.{ending}", table.name));
    names.iter().find_map(|name| report.tables.iter().find(|file| file.file == *name))
}

/// The numbers of runs that the run at `at` does not go on from, as far as the runs that are there tell.
fn skipped(whole: &[(RunReport, RunFolder)], at: usize) -> Vec<RangeInclusive<u64>> {
    let (report, run) = &whole[at];
    let mut skipped = vec![run.run + 1..=u64::MAX];
    let mut next = (run.run, report);
    while let (number, Some(changes)) = (next.0, next.1.changes) {
        let since = changes.since;
        skipped.push(since + 1..=number.saturating_sub(1));
        let Some((report, run)) = whole.iter().find(|(_, run)| run.run == since && since < number) else { break };
        next = (run.run, report);
    }
    skipped
}

/// `lineage_history` of a run: (run, row), oldest first.
pub fn history(run: &RunFolder) -> Result<Vec<(u64, Lineage)>> {
    let mut rows = Vec::new();
    let names = ["run", "event", "old_person_id", "new_person_id", "records"];
    scan(run, LINEAGE_HISTORY.name, names, &mut |[run, event, old, new, records]| {
        let id = |text: &str| if text.is_empty() { Some(NO_PERSON) } else { parse_person_id(text) };
        let row = || {
            let lineage =
                Lineage { event: Event::of_name(event)?, old: id(old)?, new: id(new)?, records: records.parse().ok()? };
            Some((run.parse().ok()?, lineage))
        };
        rows.extend(row());
    })?;
    Ok(rows)
}

fn check_count(path: &Path, found: u64, expected: u64) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(lost(path, &format!("{found} good rows, {expected} were written")))
}

/// Ids cannot be kept, and nobody is to find that out from tomorrow's tables.
fn lost(path: &Path, what: &str) -> Problem {
    let fix = "restore it from a backup, make an earlier run current with `onefold rollback`, or give this run another \
               [output] dir, where everybody gets a new id";
    let what = format!("cannot keep person ids from the last run: {what}");
    Problem::file(path.display().to_string(), None, what, fix)
}
