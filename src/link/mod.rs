//! Records that share an identifier are linked: shared values are set aside, then union-find over the rest.
//!
//! Every part of every namespace is sorted by (key, record): a value's records are then a run, and its fan-out costs
//! nothing more. Namespace by namespace, strongest first, `shared` judges the runs that many people might be behind, and the
//! others are unioned in one pass.

mod forest;
mod measure;
mod runs;
#[cfg(test)]
pub(crate) mod scenario;
mod shared;

use rayon::prelude::*;

use measure::RecordSet;
use shared::Judge;

use crate::config::NamespacePolicy;
use crate::model::{
    CompareTable, Labels, LinkCounts, NamespaceId, Occurrence, Occurrences, Schema, SharedValue, Table,
};

pub use forest::Forest;
pub use runs::{Run, of_value, runs};

/// What linking gives.
#[derive(Debug, Default)]
pub struct Linked {
    /// Record → smallest record of its component (plain transitive closure over linking values).
    pub labels: Labels,
    /// Values that link nothing because too many people have them, by namespace and key.
    pub shared: Vec<SharedValue>,
    /// Figures per namespace.
    pub counts: Vec<LinkCounts>,
    /// Per namespace with a `max_per_person`, per record: how many values that are not shared have it as their smallest
    /// record; counting stops at 255. Empty for other namespaces. The guard adds them up per component; counting here, where
    /// the values pass by anyway, spares it a second reading of all of them.
    pub firsts: Vec<Vec<u8>>,
}

impl Linked {
    /// Whether too many people have a value.
    #[must_use]
    pub fn is_shared(&self, namespace: NamespaceId, key: crate::model::Key) -> bool {
        self.shared.binary_search_by(|s| (s.namespace, s.key).cmp(&(namespace, key))).is_ok()
    }
}

/// Links. Sorts the parts of `occurrences` by (key, record) in place, each pair once, so that later stages find each
/// value's records side by side (see [`runs`]).
pub fn link(
    records: usize,
    occurrences: &mut [Occurrences],
    compare: &CompareTable,
    schema: &Schema,
    policies: &[NamespacePolicy],
) -> Linked {
    let mut parts: Vec<&mut Table<Occurrence>> = occurrences.iter_mut().flat_map(|o| &mut o.parts).collect();
    parts.par_iter_mut().for_each(|part| {
        // What was put aside was sorted before.
        if !part.look().is_sorted_by(|a, b| a < b) {
            part.sort_unstable();
            part.dedup();
        }
    });
    let judge = Judge::new(records, occurrences, compare, schema, policies);
    let mut forest = Forest::new(records);
    let mut carriers = RecordSet::new(records);
    let mut shared: Vec<SharedValue> = Vec::new();
    let mut counts = Vec::with_capacity(policies.len());
    let mut firsts = Vec::with_capacity(policies.len());
    // Namespaces of one priority are judged by the stronger ones before they link.
    for equals in policies.chunk_by(|a, b| a.priority == b.priority) {
        let namespaces = counts.len() as NamespaceId..(counts.len() + equals.len()) as NamespaceId;
        if namespaces.clone().any(|namespace| judge.has_candidates(namespace)) {
            let labels = forest.labels();
            for namespace in namespaces.clone() {
                shared.extend(judge.judge(namespace, labels, &carriers));
            }
        }
        for namespace in namespaces {
            let limited = policies[usize::from(namespace)].max_per_person > 0;
            let mut of_records = vec![0; if limited { records } else { 0 }];
            let occurrences = &occurrences[usize::from(namespace)];
            counts.push(union(namespace, occurrences, &shared, &mut forest, &mut carriers, &mut of_records));
            firsts.push(of_records);
        }
    }
    for (count, namespace) in counts.iter_mut().zip(&schema.namespaces) {
        count.namespace.clone_from(&namespace.name);
    }
    Linked { labels: Labels(forest.into_labels()), shared, counts, firsts }
}

/// Unions the records of every value of a namespace that is not shared; marks the records that carry one, and counts the
/// values in `firsts` at their smallest record, where that has room.
fn union(
    namespace: NamespaceId,
    occurrences: &Occurrences,
    shared: &[SharedValue],
    forest: &mut Forest,
    carriers: &mut RecordSet,
    firsts: &mut [u8],
) -> LinkCounts {
    let mut count = LinkCounts::default();
    for part in &occurrences.parts {
        let part = part.look();
        count.occurrences += part.len() as u64;
        for run in runs(&part, namespace, shared) {
            count.values += 1;
            if run.shared {
                count.shared_values += 1;
                continue;
            }
            let first = run.records[0].record;
            carriers.insert(first);
            if let Some(values) = firsts.get_mut(first as usize) {
                *values = values.saturating_add(1);
            }
            count.linking_values += u64::from(run.records.len() > 1);
            for other in &run.records[1..] {
                forest.union(first, other.record);
                carriers.insert(other.record);
            }
        }
    }
    count
}

#[cfg(test)]
mod tests;
