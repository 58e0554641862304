//! Records that share an identifier are linked: shared values are set aside, then union-find over the rest.

use crate::config::NamespacePolicy;
use crate::model::{CompareTable, Labels, LinkCounts, Occurrences, Schema, SharedValue};

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

/// Links. Sorts the parts of `occurrences` by (key, record) in place, so that later stages find each value's records
/// side by side.
pub fn link(
    records: usize,
    occurrences: &mut [Occurrences],
    compare: &CompareTable,
    schema: &Schema,
    policies: &[NamespacePolicy],
) -> Linked {
    let _ = (records, occurrences, compare, schema, policies);
    todo!()
}
