//! The guard against over-merging: components that break a limit are linked again, alone, strongest evidence first.
//!
//! `detect` finds the broken components in a few sequential passes; `gather` takes their edges out; `relink` goes through
//! each component's edges in one total order and refuses the unions that `groups` says would break something. Since a
//! refusal needs a broken component, and components have no edge in common, this equals one guarded pass over
//! everything; `laws` holds it to that.
//!
//! What a union may not do:
//!
//! - **never**: bring two records together that a steward said are never one person;
//! - **max_per_person**: give a person more distinct values of a namespace than its limit. Values count that link, also
//!   those that a single record has; shared ones do not;
//! - **max_records_per_person**: make a person that the namespace helped to build larger than its limit;
//! - **conflict**: join, by an identifier that declares conflict fields, two groups that contradict each other in one
//!   (see `names`).
//!
//! The total order: the steward's pairs, then namespaces by priority, newest record first (no time = oldest), then by
//! record number, then by key. A record joins the group that owns the value already; where several do, since they
//! refused each other, one that says something where the record does goes before one that does not, then one that is not
//! outvoted ten to one by another owner (that is a slip of the pen), then the one that came first, that is the most
//! recent. A record that every owner refuses becomes a further owner, so that spouses at one address each keep their own
//! records.

mod bridges;
mod decide;
mod detect;
mod gather;
mod groups;
mod names;
mod relink;
mod said;
mod steward;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::config::NamespacePolicy;
use crate::link::Linked;
use crate::model::{CompareTable, Key, Labels, LinkCounts, NamespaceId, Occurrences, Refusal, Schema};

pub use bridges::bridges;
pub use steward::{Contradiction, Never, Steward};

use gather::Grouping;
use names::Rules;

/// What the guard gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Guarded {
    /// Record → smallest record of its person.
    pub labels: Labels,
    /// Unions refused, sorted; one per pair of persons and identifier.
    pub refusals: Vec<Refusal>,
    /// Edges that hold nothing because the person had its fill of the namespace's values; sorted.
    pub detached: Vec<Detached>,
}

/// An edge that does not link although its value links others: its person may have no more values of the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Detached {
    /// The value's namespace.
    pub namespace: NamespaceId,
    /// The value's key.
    pub key: Key,
    /// The record.
    pub record: u32,
}

/// Guards. `occurrences` are sorted as [`crate::link::link`] leaves them; `event_times` per record. Fails when the
/// steward's pairs contradict each other.
pub fn guard(
    linked: &Linked,
    occurrences: &[Occurrences],
    compare: &CompareTable,
    event_times: &[i64],
    steward: &Steward,
    schema: &Schema,
    policies: &[NamespacePolicy],
) -> Result<Guarded, Contradiction> {
    let rules = Rules::new(compare, schema, policies);
    let mut labels = steward.labels(&linked.labels)?;
    let broken = detect::broken(&labels, linked, occurrences, steward, &rules);
    if !broken.contains(&true) {
        return Ok(Guarded { labels: Labels(labels), ..Guarded::default() });
    }
    let gathered = gather::gather(Grouping::Components, &labels, &broken, occurrences, &linked.shared);
    let said = steward.by_label(&labels);
    let relinked: Vec<relink::Relinked> = gathered
        .components()
        .into_par_iter()
        .map(|values| relink::relink(values, &gathered.records, &said, event_times, &rules))
        .collect();
    let mut guarded = Guarded::default();
    for component in relinked {
        for (record, label) in component.moved {
            labels[record as usize] = label;
        }
        guarded.refusals.extend(component.refusals);
        guarded.detached.extend(component.detached);
    }
    guarded.refusals.par_sort_unstable();
    guarded.detached.sort_unstable();
    guarded.labels = Labels(labels);
    Ok(guarded)
}

impl Guarded {
    /// Fills in how many unions were refused over each namespace.
    pub fn count(&self, counts: &mut [LinkCounts]) {
        for refusal in &self.refusals {
            counts[usize::from(refusal.namespace)].refused += 1;
        }
    }
}
