//! Laws of ids over random runs, some of which are rolled back.

use std::collections::{BTreeMap, BTreeSet};

use super::testing::{Crosswalk, Groups, Rng, Run, run_returning};
use super::{Issued, Previous, unborne};
use crate::model::Lineage;

type Key = (String, String);

/// A run of the output folder; its number is its place, from 1.
struct Past {
    groups: Groups,
    crosswalk: Crosswalk,
    lineage: Vec<Lineage>,
    /// The place of the run that it went on from.
    since: Option<usize>,
}

/// An output folder in memory: every run stays.
#[derive(Default)]
struct Folder {
    runs: Vec<Past>,
    issued: Issued,
    current: Option<usize>,
}

impl Folder {
    /// The runs that the next one goes on from, newest first.
    fn line(&self) -> Vec<usize> {
        std::iter::successors(self.current, |at| self.runs[*at].since).collect()
    }

    /// The newest run that bears the id, and its records there.
    fn bearers(&self, id: u128) -> Option<(usize, BTreeSet<&Key>)> {
        self.runs.iter().enumerate().rev().find_map(|(at, run)| {
            let keys: BTreeSet<&Key> = run.crosswalk.iter().filter(|row| *row.1 == id).map(|row| row.0).collect();
            (!keys.is_empty()).then_some((at, keys))
        })
    }

    /// What comes back, from its definition.
    fn returning(&self) -> Vec<(u128, Key)> {
        let Some(current) = self.current else { return Vec::new() };
        let line = self.line();
        let person_ids = self.runs[current].crosswalk.values().copied().collect();
        let previous = Previous { person_ids, issued: self.issued.clone(), ..Previous::default() };
        let history = line.iter().flat_map(|at| self.runs[*at].lineage.iter().copied());
        let found = unborne(&previous, |run| !line.contains(&(run as usize - 1)), history);
        let rows = found.into_iter().flat_map(|id| {
            let (at, keys) = self.bearers(id).expect("it was issued");
            assert!(!line.contains(&at), "no run that the next one goes on from bore it");
            keys.into_iter().map(move |key| (id, key.clone()))
        });
        rows.collect()
    }

    fn make(&self, groups: &Groups, rng: Option<&mut Rng>) -> Run {
        let last = self.current.map(|at| (&self.runs[at].crosswalk, &self.issued));
        run_returning(groups, last, rng, &self.returning())
    }

    fn publish(&mut self, groups: Groups, run: &Run) {
        let (crosswalk, lineage) = (run.crosswalk(), run.assigned.lineage.clone());
        self.runs.push(Past { groups, crosswalk, lineage, since: self.current });
        self.issued = self.issued.with(&run.assigned.fresh, self.runs.len() as u32);
        self.current = Some(self.runs.len() - 1);
    }
}

fn random_groups(rng: &mut Rng) -> Groups {
    let (records, persons) = (rng.below(12), 1 + rng.below(6));
    let mut groups: Groups = vec![Vec::new(); persons];
    for record in 0..records {
        if rng.chance(70) {
            groups[rng.below(persons)].push((["web", "pos", "app"][record % 3].to_owned(), format!("r{record}")));
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

#[test]
fn an_id_comes_back_after_a_rollback_to_records_that_bore_it_last_and_to_nobody_else() {
    let (mut came_back, mut again) = (0, 0);
    for seed in 0..1500 {
        let rng = &mut Rng::new(seed + 77);
        let mut folder = Folder::default();
        for _ in 0..10 {
            if folder.runs.len() > 1 && rng.chance(40) {
                folder.current = Some(rng.below(folder.runs.len()));
            }
            let groups = random_groups(rng);
            let run = folder.make(&groups, None);
            let shuffled = folder.make(&groups, Some(rng));
            assert_eq!(shuffled.assigned, run.assigned, "seed {seed}: order changes nothing");
            let crosswalk = run.crosswalk();
            let line = folder.line();
            let lived =
                |id: u128| folder.current.is_some_and(|at| folder.runs[at].crosswalk.values().any(|i| *i == id));
            let mut now: BTreeMap<u128, BTreeSet<&Key>> = BTreeMap::new();
            crosswalk.iter().for_each(|(key, id)| _ = now.entry(*id).or_default().insert(key));
            for (id, keys) in now.iter().filter(|(id, _)| !lived(**id)) {
                let Some((_, bearers)) = folder.bearers(*id) else { continue };
                came_back += 1;
                assert!(bearers.intersection(keys).next().is_some(), "seed {seed}: an id came back to somebody else");
                let before = line.iter().any(|at| folder.runs[*at].crosswalk.values().any(|i| i == id));
                assert!(!before, "seed {seed}: an id that had ended came back");
                assert!(!run.assigned.fresh.contains(id));
            }
            folder.publish(groups, &run);
        }
    }
    for seed in 0..1500 {
        let rng = &mut Rng::new(seed + 7_000_000);
        let mut folder = Folder::default();
        for _ in 0..8 {
            if folder.runs.len() > 1 && rng.chance(40) {
                folder.current = Some(rng.below(folder.runs.len()));
            }
            let groups = random_groups(rng);
            let run = folder.make(&groups, None);
            folder.publish(groups, &run);
            let done = folder.runs.len() - 1;
            // A way back, and the same night once more.
            let (groups, since) = (folder.runs[done].groups.clone(), folder.runs[done].since);
            if since.is_some() {
                folder.current = since;
                let repeated = folder.make(&groups, None);
                again += 1;
                assert_eq!(repeated.assigned.ids, run.assigned.ids, "seed {seed}: the same night gives the same ids");
                assert_eq!(repeated.assigned.lineage, run.assigned.lineage);
                assert!(repeated.assigned.fresh.is_empty());
                folder.current = Some(done);
            }
        }
    }
    assert!(came_back > 3000 && again > 5000, "{came_back} ids came back, {again} nights were repeated");
}
