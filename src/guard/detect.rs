//! Which components break a limit: sequential passes over records and runs, no hash map per component.
//!
//! A component may be marked that in the end breaks nothing: linking it again then gives what it was.

use std::hint::black_box;

use rayon::prelude::*;

use super::names::{Memo, Rules};
use super::steward::Steward;
use crate::link::{Linked, runs};
use crate::model::{NamespaceId, Occurrences, SharedValue};

/// Per record: whether it is the label of a broken component.
pub(super) fn broken(
    labels: &[u32],
    linked: &Linked,
    occurrences: &[Occurrences],
    steward: &Steward,
    rules: &Rules<'_>,
) -> Vec<bool> {
    let limits = rules.policies.iter().map(|policy| policy.max_per_person);
    let limited = limits.zip(&linked.firsts).filter(|(limit, _)| *limit > 0);
    // Counts stop at 255; a limit above that marks a few components for nothing.
    let limited: Vec<Limited<'_>> =
        limited.map(|(limit, firsts)| Limited { limit: limit.min(254) as u8, firsts }).collect();
    let passes = limited.len().div_ceil(LANES).max(rules.conflict_fields.len());
    let found = (0..passes).into_par_iter().map(|pass| {
        let lanes = limited.chunks(LANES).nth(pass).unwrap_or_default();
        too_many_or_contradicting(labels, lanes, rules.conflict_fields.get(pass).copied(), rules)
    });
    let mut broken = vec![false; labels.len()];
    for label in found.collect::<Vec<_>>().into_iter().flatten() {
        broken[label as usize] = true;
    }
    for label in too_large(labels, occurrences, &linked.shared, rules) {
        broken[label as usize] = true;
    }
    for label in steward.never_within(labels) {
        broken[label as usize] = true;
    }
    broken
}

/// A namespace with a limit, and the values that were counted at their smallest records.
#[derive(Debug, Clone, Copy)]
struct Limited<'a> {
    limit: u8,
    firsts: &'a [u8],
}

/// Namespaces that one pass counts.
const LANES: usize = 4;

/// Tallies that are fetched together.
const AHEAD: usize = 64;

/// What one pass knows of a component: labels lie all over memory, and one reach gets all of it.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// The first name that a record says; 0 = none yet.
    name: u32,
    /// Distinct values per namespace.
    values: [u8; LANES],
}

/// Labels of components that have more distinct values of a namespace than its limit, or in which two records contradict
/// each other in a field.
fn too_many_or_contradicting(
    labels: &[u32],
    limited: &[Limited<'_>],
    field: Option<u16>,
    rules: &Rules<'_>,
) -> Vec<u32> {
    let codes = field.map_or(&[][..], |field| &rules.compare.codes[usize::from(field)]);
    let mut tallies = vec![Tally::default(); labels.len()];
    let mut memo = Memo::default();
    let mut found = Vec::new();
    let mut others: Vec<(u32, u32)> = Vec::new();
    for (record, &label) in labels.iter().enumerate() {
        if record % AHEAD == 0 {
            // No read waits for another here: the processor fetches the next tallies together.
            let next = &labels[record..labels.len().min(record + AHEAD)];
            black_box(next.iter().fold(0, |all, &label| all ^ tallies[label as usize].name));
        }
        let tally = &mut tallies[label as usize];
        for (of, values) in limited.iter().zip(&mut tally.values) {
            let own = of.firsts[record];
            *values = values.saturating_add(own);
            if own > 0 && *values > of.limit {
                found.push(label);
            }
        }
        let (Some(field), Some(&code)) = (field, codes.get(record)) else { continue };
        if code == 0 {
            continue;
        }
        let before = tally.name;
        tally.name = if before == 0 { code } else { before };
        if (before != code) & (before != 0) {
            if rules.agree(field, before, code, &mut memo) {
                others.push((label, code));
            } else {
                found.push(label);
            }
        }
    }
    // What agrees with the first name need not agree with each other: `j`, `john`, `jane`.
    others.sort_unstable();
    others.dedup();
    for names in others.chunk_by(|a, b| a.0 == b.0) {
        let field = field.expect("only names of a field are compared");
        let pairwise =
            |(i, a): (usize, &(u32, u32))| names[..i].iter().all(|b| rules.agree(field, a.1, b.1, &mut memo));
        if !names.iter().enumerate().all(pairwise) {
            found.push(names[0].0);
        }
    }
    found
}

/// Labels of components with more than `max_records_per_person` records that the namespace helps to hold together.
fn too_large(labels: &[u32], occurrences: &[Occurrences], shared: &[SharedValue], rules: &Rules<'_>) -> Vec<u32> {
    if rules.policies.iter().all(|policy| policy.max_records_per_person == 0) {
        return Vec::new();
    }
    let mut sizes = vec![0u32; labels.len()];
    for label in labels {
        sizes[*label as usize] += 1;
    }
    let mut found = Vec::new();
    for (namespace, policy) in rules.policies.iter().enumerate() {
        if policy.max_records_per_person == 0 {
            continue;
        }
        for part in &occurrences[namespace].parts {
            for run in runs(&part.look(), namespace as NamespaceId, shared) {
                let label = labels[run.records[0].record as usize];
                let links = run.records.len() > 1 && !run.shared;
                if links && sizes[label as usize] > policy.max_records_per_person {
                    found.push(label);
                }
            }
        }
    }
    found
}
