//! Why two records are one person, or are not: the graph of one person, from published edges.

mod answer;
mod graph;
mod past;
mod words;

pub use answer::{Comparison, Consent, Known, Linking, Person, Portrait, SetAside, SharedBy, Union};
pub use graph::{Hop, PersonGraph};

pub use past::{Past, PastEvent, PastHeir, past_text};
pub use words::{comparison_text, decision_text, portrait_text};

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::Decision;

/// A row of the published `edges` table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Edge {
    /// The record.
    pub record: RecordKey,
    /// Its identifier.
    pub identifier: Identifier,
    /// What the run decided.
    pub decision: Decision,
    /// Why, where the decision needs a reason; else empty.
    pub reason: String,
}

/// A record's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RecordKey {
    /// Source name.
    pub source: String,
    /// Record id within the source.
    pub record_id: String,
}

/// An identifier as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Identifier {
    /// Namespace.
    pub namespace: String,
    /// Normalized value.
    pub value: String,
}

impl std::fmt::Display for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.source, self.record_id)
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.namespace, self.value)
    }
}

/// Identifiers that records of both sides carry, with what became of each: why they are *not* one person, or what was
/// passed over on the way. By identifier; one entry per identifier, the decision of the side that did not link.
#[must_use]
pub fn in_common(left: &[Edge], right: &[Edge]) -> Vec<Edge> {
    let identifiers = |edges: &[Edge]| -> BTreeSet<Identifier> { edges.iter().map(|e| e.identifier.clone()).collect() };
    let (of_left, of_right) = (identifiers(left), identifiers(right));
    let mut common: BTreeMap<Identifier, Edge> = BTreeMap::new();
    for edge in left.iter().chain(right) {
        if of_left.contains(&edge.identifier) && of_right.contains(&edge.identifier) {
            let known = common.entry(edge.identifier.clone()).or_insert_with(|| edge.clone());
            if known.decision == Decision::Links {
                *known = edge.clone();
            }
        }
    }
    common.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn edge(record: &str, namespace: &str, value: &str, decision: Decision) -> Edge {
        Edge {
            record: RecordKey { source: "s".into(), record_id: record.into() },
            identifier: Identifier { namespace: namespace.into(), value: value.into() },
            decision,
            reason: String::new(),
        }
    }

    #[test]
    fn what_two_persons_have_in_common_tells_why_they_are_two() {
        let left = [edge("1", "phone", "+1", Decision::Links), edge("1", "email", "a@x", Decision::Links)];
        let right = [edge("2", "phone", "+1", Decision::Refused), edge("2", "email", "b@x", Decision::Links)];
        let common = in_common(&left, &right);
        assert_eq!(common.len(), 1);
        assert_eq!((common[0].identifier.value.as_str(), common[0].decision), ("+1", Decision::Refused));
    }
}
