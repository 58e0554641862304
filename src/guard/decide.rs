//! What became of each edge: for the edges table.

use super::Guarded;
use crate::link::Run;
use crate::model::{Decision, NamespaceId};

impl Guarded {
    /// The decisions of one value's records, in their order, into `out`.
    ///
    /// An edge is refused when the guard let its value hold nothing for this record: when the person had its fill of the
    /// namespace's values, or when the value is on other persons' records and on no other record of this person. So of
    /// spouses at one address, each keeps the edges that hold their own records together.
    pub fn decide(&self, namespace: NamespaceId, run: &Run<'_>, out: &mut Vec<Decision>) {
        out.clear();
        if run.shared {
            out.resize(run.records.len(), Decision::Shared);
            return;
        }
        out.resize(run.records.len(), Decision::Links);
        let from = self.detached.partition_point(|d| (d.namespace, d.key) < (namespace, run.key));
        for detached in self.detached[from..].iter().take_while(|d| (d.namespace, d.key) == (namespace, run.key)) {
            if let Ok(at) = run.records.binary_search_by_key(&detached.record, |o| o.record) {
                out[at] = Decision::Refused;
            }
        }
        let label = |at: usize| self.labels.0[run.records[at].record as usize];
        if (1..run.records.len()).all(|at| label(at) == label(0)) {
            return;
        }
        let mut holding: Vec<(u32, usize)> =
            (0..run.records.len()).filter(|at| out[*at] == Decision::Links).map(|at| (label(at), at)).collect();
        holding.sort_unstable();
        for alone in holding.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() == 1) {
            out[alone[0].1] = Decision::Refused;
        }
    }
}
