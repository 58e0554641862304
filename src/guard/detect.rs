//! Which components break a limit: sequential passes over records and runs, no hash map per component.
//!
//! A component may be marked that in the end breaks nothing: linking it again then gives what it was.

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
    let (by_values, by_names) = rayon::join(
        || {
            let limits = rules.policies.par_iter().map(|policy| policy.max_per_person);
            let counted = limits.zip(&linked.firsts);
            counted.map(|(limit, firsts)| too_many_values(labels, limit, firsts)).collect::<Vec<_>>()
        },
        || rules.conflict_fields.par_iter().map(|&field| contradicting(labels, field, rules)).collect::<Vec<_>>(),
    );
    let mut broken = vec![false; labels.len()];
    for label in by_values.into_iter().chain(by_names).flatten() {
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

/// Labels of components with more than `limit` distinct values of a namespace; 0 = no limit. Values were counted at their
/// smallest records; here the counts are added up along the labels, which point backwards to places near by.
fn too_many_values(labels: &[u32], limit: u32, firsts: &[u8]) -> Vec<u32> {
    if limit == 0 {
        return Vec::new();
    }
    // Counts stop at 255; a limit above that marks a few components for nothing.
    let limit = limit.min(254) as u8;
    let mut counts = firsts.to_vec();
    let mut found = Vec::new();
    for (record, &label) in labels.iter().enumerate() {
        let own = counts[record];
        if own == 0 {
            continue;
        }
        let sum = &mut counts[label as usize];
        if label as usize != record {
            *sum = sum.saturating_add(own);
        }
        if *sum > limit {
            found.push(label);
        }
    }
    found
}

/// Labels of components in which two records contradict each other in a field.
fn contradicting(labels: &[u32], field: u16, rules: &Rules<'_>) -> Vec<u32> {
    let codes = &rules.compare.codes[usize::from(field)];
    let mut memo = Memo::default();
    let mut first = vec![0u32; labels.len()];
    let mut found = Vec::new();
    let mut others: Vec<(u32, u32)> = Vec::new();
    for (&label, &code) in labels.iter().zip(codes) {
        if code == 0 {
            continue;
        }
        let first = &mut first[label as usize];
        let before = *first;
        *first = if before == 0 { code } else { before };
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
        let of_namespace = &occurrences[namespace];
        for part in 0..of_namespace.parts.len() {
            for run in runs(of_namespace, namespace as NamespaceId, part, shared) {
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
