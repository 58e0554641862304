//! What holds large persons together by one identifier only.
//!
//! A person's records and the identifiers that link them are a graph. Where taking one identifier out parts it, each
//! piece but the largest hangs on that identifier alone: that is a bridge. Found in one depth-first walk per person
//! (Tarjan's low-links, kept on a stack of our own: a person may be a chain of any length).

use rayon::prelude::*;

use super::gather::{Grouping, Value, gather};
use super::steward::SaidByLabel;
use super::{Guarded, Steward};
use crate::config::NamespacePolicy;
use crate::link::Linked;
use crate::model::{Bridge, Kind, Occurrences, Persons};

/// The bridges of all persons with more than `above` records: by person, weakest namespace first, then smallest side.
///
/// A side of one record is left out unless it asks for review, for any receipt hangs on its card number.
/// `review` marks the links that hold together two sides which could each be a person: both have a unique identifier of
/// their own, or two e-mail addresses of their own each.
#[must_use]
pub fn bridges(
    persons: &Persons,
    guarded: &Guarded,
    linked: &Linked,
    occurrences: &[Occurrences],
    steward: &Steward,
    policies: &[NamespacePolicy],
    above: u32,
) -> Vec<Bridge> {
    let labels = &guarded.labels.0;
    let mut chosen = vec![false; labels.len()];
    for person in 0..persons.len() as u32 {
        let records = persons.records(person);
        chosen[records[0] as usize] = records.len() > above as usize;
    }
    if !chosen.contains(&true) {
        return Vec::new();
    }
    let gathered = gather(Grouping::Persons, labels, &chosen, occurrences, &linked.shared);
    let said = steward.by_label(labels);
    let components = gathered.components();
    let of_each: Vec<Vec<Bridge>> = components
        .into_par_iter()
        .map(|values| {
            let records = persons.records(persons.person_of[values[0].label as usize]);
            Graph::new(values, &gathered.records, records, guarded, &said, policies).bridges(values, records, policies)
        })
        .collect();
    of_each.into_iter().flatten().collect()
}

/// What a side has of its own.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    records: u32,
    /// Values of unique namespaces.
    unique: u32,
    emails: u32,
}

impl Side {
    fn plus(self, other: Self) -> Self {
        Self {
            records: self.records + other.records,
            unique: self.unique + other.unique,
            emails: self.emails + other.emails,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            records: self.records - other.records,
            unique: self.unique - other.unique,
            emails: self.emails - other.emails,
        }
    }

    fn could_be_a_person(self, other: Self) -> bool {
        self.unique > 0 && other.unique > 0 || self.emails > 1 && other.emails > 1
    }
}

/// Records `0..records`, then values; a value that only one record has is not a node but counted with its record.
struct Graph {
    records: usize,
    /// Node → neighbors.
    neighbors: Vec<Vec<u32>>,
    own: Vec<Side>,
    /// Node − records → position among the person's values.
    value_of: Vec<u32>,
}

impl Graph {
    fn new(
        values: &[Value],
        all_records: &[u32],
        records: &[u32],
        guarded: &Guarded,
        said: &SaidByLabel,
        policies: &[NamespacePolicy],
    ) -> Self {
        let local = |record: u32| records.binary_search(&record).expect("persons hold all records of a label") as u32;
        let mut graph = Self {
            records: records.len(),
            neighbors: vec![Vec::new(); records.len()],
            own: vec![Side { records: 1, ..Side::default() }; records.len()],
            value_of: Vec::new(),
        };
        for (number, value) in values.iter().enumerate() {
            let policy = &policies[usize::from(value.namespace)];
            let side = Side {
                records: 0,
                unique: u32::from(policy.max_per_person == 1),
                emails: u32::from(policy.kind == Kind::Email),
            };
            let holds = |record: &&u32| {
                guarded.detached.binary_search(&super::Detached {
                    namespace: value.namespace,
                    key: value.key,
                    record: **record,
                })
            };
            let linking: Vec<u32> =
                value.records(all_records).iter().filter(|r| holds(r).is_err()).map(|r| local(*r)).collect();
            match linking[..] {
                [] => {}
                [only] => graph.own[only as usize] = graph.own[only as usize].plus(side),
                _ => {
                    let node = graph.neighbors.len() as u32;
                    for record in &linking {
                        graph.neighbors[*record as usize].push(node);
                    }
                    graph.neighbors.push(linking);
                    graph.own.push(side);
                    graph.value_of.push(number as u32);
                }
            }
        }
        for (_, (a, b)) in said.always(values[0].label) {
            graph.neighbors[local(*a) as usize].push(local(*b));
            graph.neighbors[local(*b) as usize].push(local(*a));
        }
        graph
    }

    fn bridges(&self, values: &[Value], records: &[u32], policies: &[NamespacePolicy]) -> Vec<Bridge> {
        let mut found = Vec::new();
        let walk = self.walk();
        for of_value in walk.pieces.chunk_by(|a, b| a.value == b.value) {
            let node = of_value[0].value;
            let value = &values[self.value_of[node as usize - self.records] as usize];
            let rest =
                of_value.iter().fold(walk.total.minus(self.own[node as usize]), |rest, piece| rest.minus(piece.side));
            let mut sides: Vec<(Side, Vec<u32>)> = of_value.iter().map(|piece| (piece.side, Vec::new())).collect();
            sides.push((rest, Vec::new()));
            for &record in &self.neighbors[node as usize] {
                let seen = walk.seen_at[record as usize];
                let at = of_value.partition_point(|piece| piece.to < seen);
                let at = if of_value.get(at).is_some_and(|piece| piece.from <= seen) { at } else { of_value.len() };
                sides[at].1.push(record);
            }
            let all = sides.iter().fold(Side::default(), |sum, (side, _)| sum.plus(*side));
            let largest = (0..sides.len()).max_by_key(|i| (sides[*i].0.records, std::cmp::Reverse(*i)));
            for (i, (side, ends)) in sides.iter().enumerate() {
                let review = side.could_be_a_person(all.minus(*side));
                if Some(i) == largest || side.records < 2 && !review {
                    continue;
                }
                found.push(Bridge {
                    person: records[0],
                    namespace: value.namespace,
                    key: value.key,
                    record: ends.iter().min().map_or(records[0], |record| records[*record as usize]),
                    links: ends.len() as u32,
                    side: side.records,
                    rest: all.records - side.records,
                    review,
                });
            }
        }
        found.sort_by_key(|b| {
            let priority = policies[usize::from(b.namespace)].priority;
            (std::cmp::Reverse((priority, b.namespace)), b.side, b.key, b.record)
        });
        found
    }

    /// Walks the person's graph once.
    fn walk(&self) -> Walk {
        const UNSEEN: u32 = u32::MAX;
        let nodes = self.neighbors.len();
        let mut seen_at = vec![UNSEEN; nodes];
        let mut low = vec![UNSEEN; nodes];
        let mut sums = self.own.clone();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut clock = 0;
        let mut stack: Vec<(u32, u32, usize)> = vec![(0, UNSEEN, 0)]; // node, parent, next neighbor
        seen_at[0] = 0;
        low[0] = 0;
        while let Some((node, parent, next)) = stack.last_mut() {
            let (node, parent) = (*node, *parent);
            if let Some(&neighbor) = self.neighbors[node as usize].get(*next) {
                *next += 1;
                if seen_at[neighbor as usize] == UNSEEN {
                    clock += 1;
                    seen_at[neighbor as usize] = clock;
                    low[neighbor as usize] = clock;
                    stack.push((neighbor, node, 0));
                } else if neighbor != parent {
                    low[node as usize] = low[node as usize].min(seen_at[neighbor as usize]);
                }
                continue;
            }
            stack.pop();
            if parent == UNSEEN {
                break;
            }
            let sum = sums[node as usize];
            sums[parent as usize] = sums[parent as usize].plus(sum);
            low[parent as usize] = low[parent as usize].min(low[node as usize]);
            if parent as usize >= self.records && low[node as usize] >= seen_at[parent as usize] {
                pieces.push(Piece { value: parent, from: seen_at[node as usize], to: clock, side: sum });
            }
        }
        pieces.sort_unstable_by_key(|piece| (piece.value, piece.from));
        Walk { pieces, seen_at, total: sums[0] }
    }
}

/// What a walk over a person's graph found.
struct Walk {
    /// By value and place in the walk.
    pieces: Vec<Piece>,
    /// Node → when it was first seen.
    seen_at: Vec<u32>,
    /// The whole person.
    total: Side,
}

/// What hangs on a value: the nodes that the walk saw from `from` to `to`.
struct Piece {
    value: u32,
    from: u32,
    to: u32,
    side: Side,
}
