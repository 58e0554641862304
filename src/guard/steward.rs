//! The data steward's word: pairs that stand above every rule, and what to say when they contradict each other.

use std::collections::{BTreeMap, VecDeque};

use crate::link::Forest;
use crate::model::Labels;
use crate::problem::Problem;

/// What a data steward said, in record numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steward {
    /// Pairs that belong together.
    pub always: Vec<(u32, u32)>,
    /// Pairs that are never one person.
    pub never: Vec<(u32, u32)>,
}

/// A pair that is never one person, and that always-pairs make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The pair of `never_link`.
    pub never: (u32, u32),
    /// The shortest way from one to the other over pairs of `always_link`: the records on it, both ends included; one
    /// record alone when the pair is of a record with itself.
    pub path: Vec<u32>,
}

impl Contradiction {
    /// As a fault for the user; `key` writes a record's key.
    #[must_use]
    pub fn problem(&self, key: impl Fn(u32) -> String) -> Problem {
        let (left, right) = (key(self.never.0), key(self.never.1));
        if self.path.len() < 2 {
            return Problem::run(
                format!("never_link says that {left} is never one person with itself"),
                "remove that row",
            );
        }
        let path: Vec<String> = self.path.iter().map(|record| key(*record)).collect();
        Problem::run(
            format!(
                "never_link says that {left} and {right} are never one person, and always_link says that they are: {}",
                path.join(" = ")
            ),
            "remove one of these rows from its file",
        )
    }
}

/// The steward's pairs with the component that they are in, by component.
#[derive(Debug, Default)]
pub(super) struct PairsByLabel {
    pub always: Vec<(u32, (u32, u32))>,
    pub never: Vec<(u32, (u32, u32))>,
}

impl PairsByLabel {
    /// The pairs of one component: always, never.
    pub(super) fn of(&self, label: u32) -> [&[(u32, (u32, u32))]; 2] {
        [&self.always, &self.never].map(|pairs| {
            let from = pairs.partition_point(|(l, _)| *l < label);
            let to = pairs.partition_point(|(l, _)| *l <= label);
            &pairs[from..to]
        })
    }
}

impl Steward {
    /// Labels of components that always-pairs hold together too.
    pub(super) fn labels(&self, linked: &Labels) -> Result<Vec<u32>, Contradiction> {
        let mut labels = linked.0.clone();
        if self.always.is_empty() {
            return match self.never.iter().find(|(a, b)| a == b) {
                Some(&never) => Err(Contradiction { never, path: vec![never.0] }),
                None => Ok(labels),
            };
        }
        let mut said = Forest::new(labels.len());
        let mut joined = Forest::new(labels.len());
        for &(a, b) in &self.always {
            said.union(a, b);
            joined.union(labels[a as usize], labels[b as usize]);
        }
        for &never in &self.never {
            if said.find(never.0) == said.find(never.1) {
                return Err(Contradiction { never, path: self.path(never.0, never.1) });
            }
        }
        let joined = joined.into_labels();
        for label in &mut labels {
            *label = joined[*label as usize];
        }
        Ok(labels)
    }

    /// The shortest way over always-pairs.
    fn path(&self, from: u32, to: u32) -> Vec<u32> {
        let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &(a, b) in &self.always {
            next.entry(a).or_default().push(b);
            next.entry(b).or_default().push(a);
        }
        next.values_mut().for_each(|records| records.sort_unstable());
        let mut came: BTreeMap<u32, u32> = BTreeMap::from([(from, from)]);
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            for &record in next.get(&at).into_iter().flatten() {
                came.entry(record).or_insert_with(|| {
                    queue.push_back(record);
                    at
                });
            }
        }
        let mut path = vec![to];
        while let Some(&last) = path.last()
            && last != from
        {
            path.push(came[&last]);
        }
        path.reverse();
        path
    }

    /// The pairs that lie within one component each.
    pub(super) fn by_label(&self, labels: &[u32]) -> PairsByLabel {
        let within = |pairs: &[(u32, u32)]| {
            let mut found: Vec<(u32, (u32, u32))> = pairs
                .iter()
                .filter(|(a, b)| labels[*a as usize] == labels[*b as usize])
                .map(|&(a, b)| (labels[a as usize], (a.min(b), a.max(b))))
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        PairsByLabel { always: within(&self.always), never: within(&self.never) }
    }
}
