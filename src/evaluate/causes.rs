//! Which identifiers the errors hang on.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pairs;
use crate::model::Decision;

/// One labeled record that carries one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Namespace, as the caller numbers them.
    pub namespace: u16,
    /// Value, as the caller numbers them within the namespace.
    pub value: u32,
    /// What the run decided.
    pub decision: Decision,
    /// The limit or rule behind it, as the caller numbers them.
    pub reason: u16,
    /// Labeled record.
    pub record: u32,
}

/// Errors that hang on one namespace, decision and reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Linking values carried by records of several people that ended up in one person.
    pub wrong_values: u64,
    /// Pairs of records of different people that such a value directly joins.
    pub wrong_pairs: u64,
    /// Values that records of one human share, in different persons.
    pub missed_values: u64,
    /// Pairs of records of one human in different persons that share such a value.
    pub missed_pairs: u64,
}

/// Errors by (namespace, decision, reason). `evidence` is sorted in place. A pair may hang on several values; a missed
/// one is put down to the decision that kept the value from linking all its records.
#[must_use]
pub fn causes(evidence: &mut [Evidence], found: &[u32], truth: &[u32]) -> BTreeMap<(u16, Decision, u16), Cause> {
    evidence.sort_unstable();
    let mut causes: BTreeMap<(u16, Decision, u16), Cause> = BTreeMap::new();
    let mut cells: Vec<(u32, u32)> = Vec::new();
    let cell = |e: &Evidence| (found[e.record as usize], truth[e.record as usize]);
    for group in evidence.chunk_by(|a, b| (a.namespace, a.value) == (b.namespace, b.value)) {
        if group.len() < 2 {
            continue;
        }
        let linking = group.partition_point(|e| e.decision == Decision::Links);
        cells.clear();
        cells.extend(group[..linking].iter().map(cell));
        cells.sort_unstable();
        let same_both: u64 = cells.chunk_by(|a, b| a == b).map(|c| pairs(c.len() as u64)).sum();
        let same_found: u64 = cells.chunk_by(|a, b| a.0 == b.0).map(|c| pairs(c.len() as u64)).sum();
        if same_found > same_both {
            let cause = causes.entry((group[0].namespace, Decision::Links, group[0].reason)).or_default();
            cause.wrong_values += 1;
            cause.wrong_pairs += same_found - same_both;
        }
        cells.extend(group[linking..].iter().map(cell));
        cells.sort_unstable_by_key(|&(found, truth)| (truth, found));
        let same_both: u64 = cells.chunk_by(|a, b| a == b).map(|c| pairs(c.len() as u64)).sum();
        let same_true: u64 = cells.chunk_by(|a, b| a.1 == b.1).map(|c| pairs(c.len() as u64)).sum();
        if same_true > same_both {
            let kept = group.get(linking).unwrap_or(&group[0]);
            let cause = causes.entry((kept.namespace, kept.decision, kept.reason)).or_default();
            cause.missed_values += 1;
            cause.missed_pairs += same_true - same_both;
        }
    }
    causes
}

/// Pairs of records of one human that a chain of values shared among that human's own records can reach: the most
/// that any linking over these identifiers could find.
#[must_use]
pub fn reachable_pairs(evidence: &mut [Evidence], truth: &[u32]) -> u64 {
    evidence.sort_unstable_by_key(|e| (e.namespace, e.value, truth[e.record as usize], e.record));
    let mut parent: Vec<u32> = (0..truth.len() as u32).collect();
    for pair in evidence.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if (a.namespace, a.value) == (b.namespace, b.value) && truth[a.record as usize] == truth[b.record as usize] {
            let (a, b) = (root(&mut parent, a.record), root(&mut parent, b.record));
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut sizes = vec![0u64; truth.len()];
    for record in 0..truth.len() as u32 {
        sizes[root(&mut parent, record) as usize] += 1;
    }
    sizes.into_iter().map(pairs).sum()
}

fn root(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(value: u32, decision: Decision, record: u32) -> Evidence {
        Evidence { namespace: 0, value, decision, reason: 0, record }
    }

    #[test]
    fn wrong_and_missed_pairs_name_their_identifier() {
        // Records 0,1 one human; 2 another; 3 is the first one's too. Value 7 joined 0,1,2; value 8 was set aside.
        let (found, truth) = ([0, 0, 0, 1], [0, 0, 1, 0]);
        let mut all = vec![
            evidence(7, Decision::Links, 0),
            evidence(7, Decision::Links, 1),
            evidence(7, Decision::Links, 2),
            evidence(8, Decision::Shared, 0),
            evidence(8, Decision::Shared, 3),
        ];
        let causes = causes(&mut all, &found, &truth);
        let links = &causes[&(0, Decision::Links, 0)];
        assert_eq!((links.wrong_values, links.wrong_pairs, links.missed_pairs), (1, 2, 0));
        let shared = &causes[&(0, Decision::Shared, 0)];
        assert_eq!((shared.wrong_pairs, shared.missed_values, shared.missed_pairs), (0, 1, 1));
    }

    #[test]
    fn a_missed_pair_is_put_down_to_the_edge_that_was_refused() {
        // One human's records 0 and 1 share value 5; the guard refused the edge of record 1.
        let mut all = vec![evidence(5, Decision::Links, 0), evidence(5, Decision::Refused, 1)];
        let causes = causes(&mut all, &[0, 1], &[0, 0]);
        assert_eq!(causes.len(), 1);
        assert_eq!(causes[&(0, Decision::Refused, 0)].missed_pairs, 1);
    }

    #[test]
    fn only_chains_within_one_human_can_be_reached() {
        // 0 –a– 1(other human) –b– 2: not reachable for 0 and 2; 3 –c– 0 is.
        let truth = [0, 1, 0, 0];
        let mut all = vec![
            evidence(1, Decision::Links, 0),
            evidence(1, Decision::Links, 1),
            evidence(2, Decision::Links, 1),
            evidence(2, Decision::Links, 2),
            evidence(3, Decision::Refused, 3),
            evidence(3, Decision::Refused, 0),
        ];
        assert_eq!(reachable_pairs(&mut all, &truth), 1);
    }
}
