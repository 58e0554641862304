//! The guard against over-merging: components that break a limit are linked again, alone, strongest evidence first.

use crate::config::NamespacePolicy;
use crate::link::Linked;
use crate::model::{CompareTable, Labels, Occurrences, Refusal, Schema};
use crate::problem::{Problem, Result};

/// What a data steward said, in record numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steward {
    /// Pairs that belong together.
    pub always: Vec<(u32, u32)>,
    /// Pairs that are never one person.
    pub never: Vec<(u32, u32)>,
}

/// What the guard gives.
#[derive(Debug, Default)]
pub struct Guarded {
    /// Record → smallest record of its person.
    pub labels: Labels,
    /// Unions refused, sorted.
    pub refusals: Vec<Refusal>,
}

/// Guards. `occurrences` are sorted as [`crate::link::link`] leaves them; `event_times` per record.
pub fn guard(
    linked: &Linked,
    occurrences: &[Occurrences],
    compare: &CompareTable,
    event_times: &[i64],
    steward: &Steward,
    schema: &Schema,
    policies: &[NamespacePolicy],
) -> Result<Guarded, Problem> {
    let _ = (linked, occurrences, compare, event_times, steward, schema, policies);
    todo!()
}
