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
    /// Where each of them was said; empty = not known.
    pub always_at: Vec<String>,
    /// Who is never one person with whom.
    pub never: Vec<Never>,
}

/// Records that are never one person with other records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Never {
    /// The two sides; records of one side may well be one person.
    pub sides: [Vec<u32>; 2],
    /// Where it was said; empty = not known.
    pub at: String,
}

/// Two records that are never one person, and that always-pairs make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The two of `never_link`.
    pub never: (u32, u32),
    /// Where they were said to be never one person; empty = not known.
    pub at: String,
    /// The shortest way from one to the other over pairs of `always_link`: the records on it, both ends included; one
    /// record alone when a record is said to be never one person with itself.
    pub path: Vec<u32>,
    /// Where each step of it was said; empty = not known.
    pub path_at: Vec<String>,
}

impl Contradiction {
    /// As a fault for the user; `key` writes a record's key.
    #[must_use]
    pub fn problem(&self, key: impl Fn(u32) -> String) -> Problem {
        let (left, right) = (key(self.never.0), key(self.never.1));
        let problem = |what: String, fix: &str| match self.at.rsplit_once(':') {
            Some((file, line)) => Problem::file(file, line.parse().ok(), what, fix),
            None => Problem::run(what, fix),
        };
        if self.path.len() < 2 {
            let what = format!("never_link says that {left} is never one person with itself");
            return problem(what, "remove that row");
        }
        let mut path = key(self.path[0]);
        for (step, record) in self.path[1..].iter().enumerate() {
            let at = self.path_at.get(step).map(|at| format!(" ({at})")).unwrap_or_default();
            path += &format!(" = {}{at}", key(*record));
        }
        problem(
            format!(
                "never_link says that {left} and {right} are never one person, and always_link says that they are: \
                 {path}"
            ),
            "remove one of these rows from its file",
        )
    }
}

/// What the steward said within components, by component.
#[derive(Debug, Default)]
pub(super) struct SaidByLabel {
    always: Vec<(u32, (u32, u32))>,
    never: Vec<(u32, Mark, u32)>,
}

/// A side of a [`Never`]: twice its number, plus one for the second side. Two records that have the two marks of one
/// number are never one person.
pub(super) type Mark = u32;

impl SaidByLabel {
    /// The always-pairs of one component.
    pub(super) fn always(&self, label: u32) -> &[(u32, (u32, u32))] {
        let from = self.always.partition_point(|(l, _)| *l < label);
        let to = self.always.partition_point(|(l, _)| *l <= label);
        &self.always[from..to]
    }

    /// The marked records of one component: (label, mark, record).
    pub(super) fn never(&self, label: u32) -> &[(u32, Mark, u32)] {
        let from = self.never.partition_point(|(l, ..)| *l < label);
        let to = self.never.partition_point(|(l, ..)| *l <= label);
        &self.never[from..to]
    }
}

impl Never {
    /// Two records, said nowhere.
    #[must_use]
    pub fn pair(a: u32, b: u32) -> Self {
        Self { sides: [vec![a], vec![b]], at: String::new() }
    }

    /// Labels of components that hold records of both sides, rising.
    fn within(&self, labels: &[u32]) -> Vec<u32> {
        let [left, mut right] = self.sides.each_ref().map(|side| {
            let mut labels: Vec<u32> = side.iter().map(|record| labels[*record as usize]).collect();
            labels.sort_unstable();
            labels.dedup();
            labels
        });
        right.retain(|label| left.binary_search(label).is_ok());
        right
    }
}

impl Steward {
    /// Labels of components that always-pairs hold together too.
    pub(super) fn labels(&self, linked: &Labels) -> Result<Vec<u32>, Contradiction> {
        let mut labels = linked.0.clone();
        let mut said = (!self.always.is_empty()).then(|| Forest::new(labels.len()));
        let mut joined = Forest::new(if self.always.is_empty() { 0 } else { labels.len() });
        for &(a, b) in &self.always {
            said.as_mut().expect("there are pairs").union(a, b);
            joined.union(labels[a as usize], labels[b as usize]);
        }
        for never in &self.never {
            let mut root = |record: u32| said.as_mut().map_or(record, |said| said.find(record));
            let mut left: Vec<(u32, u32)> = never.sides[0].iter().map(|&record| (root(record), record)).collect();
            left.sort_unstable();
            for &b in &never.sides[1] {
                let of = root(b);
                if let Some(&(found, a)) = left.get(left.partition_point(|(l, _)| *l < of))
                    && found == of
                {
                    let path = self.path(a, b);
                    let path_at = path.windows(2).filter_map(|two| self.pair_at(two[0], two[1])).collect();
                    return Err(Contradiction { never: (a, b), at: never.at.clone(), path, path_at });
                }
            }
        }
        if !self.always.is_empty() {
            let joined = joined.into_labels();
            for label in &mut labels {
                *label = joined[*label as usize];
            }
        }
        Ok(labels)
    }

    /// Records that always-pairs join, each with every place where it was said; by record.
    #[must_use]
    pub fn joined(&self) -> Vec<(u32, String)> {
        let ends = self.always.iter().zip(&self.always_at).flat_map(|(&(a, b), at)| [(a, at.clone()), (b, at.clone())]);
        let mut joined: Vec<(u32, String)> = ends.collect();
        joined.sort_unstable();
        joined.dedup();
        joined
    }

    /// Where a pair was said.
    fn pair_at(&self, a: u32, b: u32) -> Option<String> {
        let at = self.always.iter().position(|pair| *pair == (a, b) || *pair == (b, a))?;
        self.always_at.get(at).cloned()
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

    /// Whether anything that is never one person is in one component: those components' labels.
    pub(super) fn never_within<'a>(&'a self, labels: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        self.never.iter().flat_map(move |never| never.within(labels))
    }

    /// What was said within one component each.
    pub(super) fn by_label(&self, labels: &[u32]) -> SaidByLabel {
        let label = |record: u32| labels[record as usize];
        let pairs = self.always.iter().filter(|(a, b)| label(*a) == label(*b));
        let mut always: Vec<(u32, (u32, u32))> = pairs.map(|&(a, b)| (label(a), (a.min(b), a.max(b)))).collect();
        always.sort_unstable();
        always.dedup();
        let mut never = Vec::new();
        for (number, said) in self.never.iter().enumerate() {
            let within = said.within(labels);
            for (side, records) in said.sides.iter().enumerate() {
                let here = records.iter().filter(|record| within.binary_search(&label(**record)).is_ok());
                never.extend(here.map(|&record| (label(record), (number * 2 + side) as Mark, record)));
            }
        }
        never.sort_unstable();
        never.dedup();
        SaidByLabel { always, never }
    }
}
