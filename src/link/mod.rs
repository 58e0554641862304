//! Records that share an identifier are linked: shared values are set aside, then union-find over the rest.
//!
//! Every part of every namespace is sorted by (key, record): a value's records are then a run, and its fan-out costs
//! nothing more. `shared` judges the runs that many people might be behind; the others are unioned in one pass.

mod forest;
mod measure;
mod runs;
#[cfg(test)]
pub(crate) mod scenario;
mod shared;

use rayon::prelude::*;

use crate::config::NamespacePolicy;
use crate::model::{CompareTable, Labels, LinkCounts, NamespaceId, Occurrence, Occurrences, Schema, SharedValue};

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
    let mut parts: Vec<&mut Vec<Occurrence>> = occurrences.iter_mut().flat_map(|o| &mut o.parts).collect();
    parts.par_iter_mut().for_each(|part| {
        part.sort_unstable();
        part.dedup();
    });
    let shared = shared::judge(records, occurrences, compare, schema, policies);
    let mut forest = Forest::new(records);
    let mut counts = Vec::with_capacity(occurrences.len());
    for (namespace, of_namespace) in occurrences.iter().enumerate() {
        let namespace = namespace as NamespaceId;
        let name = schema.namespaces[usize::from(namespace)].name.clone();
        let mut count = LinkCounts { namespace: name, ..LinkCounts::default() };
        for part in 0..of_namespace.parts.len() {
            count.occurrences += of_namespace.parts[part].len() as u64;
            for run in runs(of_namespace, namespace, part, &shared) {
                count.values += 1;
                if run.shared {
                    count.shared_values += 1;
                } else if let [first, others @ ..] = run.records
                    && !others.is_empty()
                {
                    count.linking_values += 1;
                    for other in others {
                        forest.union(first.record, other.record);
                    }
                }
            }
        }
        counts.push(count);
    }
    Linked { labels: Labels(forest.into_labels()), shared, counts }
}

#[cfg(test)]
mod tests;
