//! What became of each edge: for the edges table.

use super::Guarded;
use crate::link::{Linked, Run, of_value};
use crate::model::{Decision, NamespaceId, Occurrences, Refusal, RefusalReason, RefusedEdge};

impl Guarded {
    /// Every edge that was refused, by record, namespace and key. Only values that a union was refused over can lie in
    /// several persons, so only those are looked at.
    #[must_use]
    pub fn refused_edges(&self, linked: &Linked, occurrences: &[Occurrences]) -> Vec<RefusedEdge> {
        let mut by_value: Vec<&Refusal> = self.refusals.iter().collect();
        by_value.sort_unstable_by_key(|r| (r.namespace, r.key, r.left, r.right));
        let mut values: Vec<_> = by_value.iter().map(|r| (r.namespace, r.key)).collect();
        values.extend(self.detached.iter().map(|d| (d.namespace, d.key)));
        values.sort_unstable();
        values.dedup();
        let (mut edges, mut decisions) = (Vec::new(), Vec::new());
        for (namespace, key) in values {
            let records = of_value(&occurrences[usize::from(namespace)], key);
            self.decide(namespace, &Run { key, records, shared: linked.is_shared(namespace, key) }, &mut decisions);
            let from = by_value.partition_point(|r| (r.namespace, r.key) < (namespace, key));
            let to = by_value.partition_point(|r| (r.namespace, r.key) <= (namespace, key));
            for (occurrence, _) in records.iter().zip(&decisions).filter(|(_, d)| **d == Decision::Refused) {
                let record = occurrence.record;
                let label = self.labels.0[record as usize];
                let of_its_own = |r: &&&Refusal| r.left == label || r.right == label;
                let refusal = by_value[from..to].iter().find(of_its_own).or(by_value[from..to].first());
                let reason = refusal.map_or(RefusalReason::MaxPerPerson(namespace), |r| r.reason.clone());
                edges.push(RefusedEdge { record, namespace, key, reason });
            }
        }
        edges.sort_unstable();
        edges
    }

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
