//! Which values too many people have: judged by the people, never by a count of records.
//!
//! A value is shared when, by any of its measures, more than `shared_above` people are behind the records that carry it:
//!
//! 1. each proxy field: distinct names after comparison;
//! 2. each stronger unique namespace: distinct values;
//! 3. each other namespace of a smaller priority number (e-mail addresses behind a phone number), on the records that
//!    say nothing in any proxy field: more than twice `shared_above` distinct values, none of them on half of those
//!    records. For data in which names and customer numbers are rare; twice, because one person has several.

use rayon::prelude::*;

use super::measure::{RecordSet, ValuesOf, distinct_names, distinct_values};
use super::runs::split_run;
use crate::config::NamespacePolicy;
use crate::model::{CompareTable, Comparison, Kind, NamespaceId, Occurrence, Occurrences, Schema, SharedValue};

/// A value on more records than `shared_above`: only it can be shared.
struct Candidate {
    namespace: NamespaceId,
    part: u32,
    start: u32,
    end: u32,
    /// How many people, by which measure; 0 = not shared so far.
    distinct: u32,
    by: Measure,
}

#[derive(Clone, Copy)]
enum Measure {
    /// A compare field.
    Proxy(u16),
    /// A namespace's values.
    Values(NamespaceId),
}

impl Candidate {
    fn run<'a>(&self, occurrences: &'a [Occurrences]) -> &'a [Occurrence] {
        let part = &occurrences[usize::from(self.namespace)].parts[self.part as usize];
        &part[self.start as usize..self.end as usize]
    }

    /// Keeps the larger count; the first measure on a tie.
    fn found(&mut self, distinct: Option<usize>, by: Measure) {
        if let Some(distinct) = distinct
            && distinct as u32 > self.distinct
        {
            self.distinct = distinct as u32;
            self.by = by;
        }
    }
}

/// All shared values, by namespace and key. `occurrences` are sorted.
pub(super) fn judge(
    records: usize,
    occurrences: &[Occurrences],
    compare: &CompareTable,
    schema: &Schema,
    policies: &[NamespacePolicy],
) -> Vec<SharedValue> {
    let mut candidates = candidates(occurrences, policies);
    if candidates.is_empty() {
        return Vec::new();
    }
    let comparisons: Vec<Comparison> =
        schema.compare_fields.iter().map(|f| Comparison::of(&schema.fields[usize::from(*f)])).collect();
    candidates.par_iter_mut().for_each(|candidate| {
        let policy = &policies[usize::from(candidate.namespace)];
        for &field in &policy.proxy {
            let f = usize::from(field);
            let run = candidate.run(occurrences);
            let above = policy.shared_above as usize;
            let distinct = distinct_names(run, &compare.codes[f], &compare.keys[f], comparisons[f], above);
            candidate.found(distinct, Measure::Proxy(field));
        }
    });
    let mut wanted = RecordSet::new(records);
    for candidate in &candidates {
        candidate.run(occurrences).iter().for_each(|o| wanted.insert(o.record));
    }
    for measure in 0..policies.len() as NamespaceId {
        let uses: Vec<Option<bool>> = policies.iter().map(|policy| is_measured_by(policy, measure, policies)).collect();
        if !candidates.iter().any(|c| uses[usize::from(c.namespace)].is_some()) {
            continue;
        }
        let values = ValuesOf::new(records, &wanted, &occurrences[usize::from(measure)]);
        candidates.par_iter_mut().for_each(|candidate| {
            let policy = &policies[usize::from(candidate.namespace)];
            let Some(is_unique) = uses[usize::from(candidate.namespace)] else { return };
            let run = candidate.run(occurrences);
            let above = policy.shared_above as usize;
            let distinct = if is_unique {
                distinct_values(run, &values, above, false, |_| true)
            } else {
                let is_nameless =
                    |record: u32| policy.proxy.iter().all(|f| compare.codes[usize::from(*f)][record as usize] == 0);
                distinct_values(run, &values, above * 2, true, is_nameless)
            };
            candidate.found(distinct, Measure::Values(measure));
        });
    }
    let shared = candidates.iter().filter(|c| c.distinct > 0).map(|candidate| {
        let run = candidate.run(occurrences);
        let by = match candidate.by {
            Measure::Proxy(field) => schema.fields[usize::from(schema.compare_fields[usize::from(field)])].name.clone(),
            Measure::Values(namespace) => schema.namespaces[usize::from(namespace)].name.clone(),
        };
        SharedValue {
            namespace: candidate.namespace,
            key: run[0].key(),
            record: run[0].record,
            records: run.len() as u32,
            distinct: candidate.distinct,
            by,
        }
    });
    shared.collect()
}

/// Whether values of a namespace are judged by those of `measure`: `Some(true)` as a stronger unique one.
fn is_measured_by(policy: &NamespacePolicy, measure: NamespaceId, policies: &[NamespacePolicy]) -> Option<bool> {
    if policy.shared_above == 0 {
        return None;
    }
    if policy.stronger.contains(&measure) {
        return Some(true);
    }
    let other = &policies[usize::from(measure)];
    (other.priority < policy.priority && other.kind != Kind::Device).then_some(false)
}

/// Values on more records than their `shared_above`, by namespace and key.
fn candidates(occurrences: &[Occurrences], policies: &[NamespacePolicy]) -> Vec<Candidate> {
    let parts: Vec<(usize, usize)> = (0..occurrences.len())
        .filter(|&namespace| policies[namespace].shared_above > 0)
        .flat_map(|namespace| (0..occurrences[namespace].parts.len()).map(move |part| (namespace, part)))
        .collect();
    let found: Vec<Vec<Candidate>> = parts
        .par_iter()
        .map(|&(namespace, part)| {
            let all = &occurrences[namespace].parts[part];
            let mut found = Vec::new();
            let mut rest = &all[..];
            while let Some((run, behind)) = split_run(rest) {
                let start = (all.len() - rest.len()) as u32;
                rest = behind;
                if run.len() > policies[namespace].shared_above as usize {
                    found.push(Candidate {
                        namespace: namespace as NamespaceId,
                        part: part as u32,
                        start,
                        end: start + run.len() as u32,
                        distinct: 0,
                        by: Measure::Values(0),
                    });
                }
            }
            found
        })
        .collect();
    found.into_iter().flatten().collect()
}
