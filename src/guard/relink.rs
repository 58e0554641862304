//! One broken component, linked again: its edges in a total order, each union refused that would break something.

use super::Detached;
use super::gather::Value;
use super::groups::Groups;
use super::names::Rules;
use super::steward::{Mark, SaidByLabel};
use crate::model::{Kind, NamespaceId, Refusal, RefusalReason};

/// Most groups that can own one value. A value on which more groups refuse each other tells nothing about the others:
/// they keep their records and are not asked about again.
pub(super) const MOST_OWNERS: usize = 32;

/// What became of a component.
#[derive(Debug, Default)]
pub(super) struct Relinked {
    /// Records whose label is not the component's any more, with the new one.
    pub moved: Vec<(u32, u32)>,
    pub refusals: Vec<Refusal>,
    pub detached: Vec<Detached>,
}

/// An edge of the component; record and value are numbered within it.
struct Edge {
    namespace: NamespaceId,
    time: i64,
    record: u32,
    value: u32,
}

/// A refusal within the component: the edge's record, a record of the other side, the value and why.
struct Refused {
    record: u32,
    other: u32,
    value: u32,
    reason: RefusalReason,
}

/// Links a component again. `values`: its values by namespace and key; `all_records`: where their records are.
pub(super) fn relink(
    values: &[Value],
    all_records: &[u32],
    said: &SaidByLabel,
    event_times: &[i64],
    rules: &Rules<'_>,
) -> Relinked {
    let label = values[0].label;
    let (always, never) = (said.always(label), said.never(label));
    let mut records: Vec<u32> = values.iter().flat_map(|value| value.records(all_records)).copied().collect();
    records.extend(always.iter().flat_map(|(_, (a, b))| [*a, *b]));
    records.sort_unstable();
    records.dedup();
    let local = |record: u32| records.binary_search(&record).expect("all records of the component were taken") as u32;
    let never: Vec<(Mark, u32)> = never.iter().map(|(_, mark, record)| (*mark, local(*record))).collect();
    let namespaces: Vec<NamespaceId> = values.iter().map(|value| value.namespace).collect();
    let mut groups = Groups::new(rules, namespaces, &records, &never);

    let always: Vec<(u32, u32)> = always.iter().map(|(_, (a, b))| (local(*a), local(*b))).collect();
    put_together(&mut groups, &always, values, all_records, &local, rules);

    let mut edges: Vec<Edge> = Vec::with_capacity(values.iter().map(|value| value.len as usize).sum());
    for (number, value) in values.iter().enumerate() {
        for &record in value.records(all_records) {
            let time = event_times[record as usize];
            edges.push(Edge { namespace: value.namespace, time, record: local(record), value: number as u32 });
        }
    }
    // Newest first; no time is the smallest, so oldest. Values are numbered by key within a namespace.
    edges.sort_unstable_by_key(|e| (e.namespace, std::cmp::Reverse(e.time), e.record, e.value));

    let mut owners: Vec<Vec<u32>> = vec![Vec::new(); values.len()];
    let mut refused: Vec<Refused> = Vec::new();
    let mut full: Vec<(u32, u32)> = Vec::new(); // record, value
    for edge in &edges {
        if join(&mut groups, &mut owners[edge.value as usize], edge, &mut refused, rules) {
            continue;
        }
        let own = groups.find(edge.record);
        if !groups.attach(own, edge.value) {
            full.push((edge.record, edge.value));
        } else if owners[edge.value as usize].len() < MOST_OWNERS {
            owners[edge.value as usize].push(own);
        }
    }

    let mut out = Relinked::default();
    refused.retain(|r| groups.find(r.record) != groups.find(r.other)); // else other evidence joined them later
    for (record, value) in full {
        let own = groups.find(record);
        let others: Vec<u32> = owners[value as usize].iter().map(|owner| groups.find(*owner)).collect();
        if others.contains(&own) {
            continue; // other evidence brought it to one that has the value
        }
        let of = &values[value as usize];
        out.detached.push(Detached { namespace: of.namespace, key: of.key, record: records[record as usize] });
        let reason = RefusalReason::MaxPerPerson(of.namespace);
        // Where nobody else has the value, both sides are the person that has its fill.
        let others = if others.is_empty() { vec![own] } else { others };
        refused.extend(others.into_iter().map(|other| Refused { record, other, value, reason: reason.clone() }));
    }
    for Refused { record, other, value, reason } in refused {
        let (a, b) = (groups.find(record), groups.find(other));
        let of = &values[value as usize];
        out.refusals.push(Refusal {
            left: records[a.min(b) as usize],
            right: records[a.max(b) as usize],
            record: records[record as usize],
            namespace: of.namespace,
            key: of.key,
            reason,
        });
    }
    let pair = |r: &Refusal| (r.left, r.right, r.namespace, r.key);
    out.refusals.sort_by(|a, b| pair(a).cmp(&pair(b)).then(a.record.cmp(&b.record)).then(a.reason.cmp(&b.reason)));
    out.refusals.dedup_by(|a, b| pair(a) == pair(b));
    for (number, &record) in records.iter().enumerate() {
        let of = records[groups.find(number as u32) as usize];
        if of != label {
            out.moved.push((record, of));
        }
    }
    out
}

/// Joins the edge's record to an owner of its value, if one takes it; notes who refused.
fn join(
    groups: &mut Groups<'_>,
    owners: &mut [u32],
    edge: &Edge,
    refused: &mut Vec<Refused>,
    rules: &Rules<'_>,
) -> bool {
    let own = groups.find(edge.record);
    owners.iter_mut().for_each(|owner| *owner = groups.find(*owner));
    if owners.contains(&own) {
        return true;
    }
    for owner in in_turn(groups, owners, own, edge.namespace, rules) {
        match groups.breaks(own, owner, edge.namespace) {
            Some(reason) => refused.push(Refused { record: edge.record, other: owner, value: edge.value, reason }),
            None => {
                groups.union(own, owner, Some(edge.namespace));
                return true;
            }
        }
    }
    false
}

/// How many times fewer records must say an owner's name than another owner's for it to be taken for a slip.
pub(super) const OUTVOTED: u32 = 10;

/// The owners in the order in which they are asked: those that say something in a conflict field where the record does
/// too; then those that are not outvoted, that is whose name no other owner's outnumbers by far (not asked of devices:
/// an anonymous visit goes to the last who logged in, whoever that is); then as they came.
fn in_turn(groups: &Groups<'_>, owners: &[u32], own: u32, by: NamespaceId, rules: &Rules<'_>) -> Vec<u32> {
    let mut turn = owners.to_vec();
    if turn.len() > 1 {
        let most = owners.iter().map(|owner| groups.voices(*owner, by)).max().unwrap_or(0);
        let is_device = rules.policies[usize::from(by)].kind == Kind::Device;
        turn.sort_by_cached_key(|&owner| {
            let voices = groups.voices(owner, by);
            let is_outvoted = !is_device && voices > 0 && voices * OUTVOTED <= most;
            (!groups.both_speak(own, owner, by), is_outvoted)
        });
    }
    turn
}

/// The steward's always-pairs: joined before anything else; the values and names on their records are vouched for.
fn put_together(
    groups: &mut Groups<'_>,
    always: &[(u32, u32)],
    values: &[Value],
    all_records: &[u32],
    local: &impl Fn(u32) -> u32,
    rules: &Rules<'_>,
) {
    if always.is_empty() {
        return;
    }
    for &(a, b) in always {
        groups.union(a, b, None);
    }
    let mut ends: Vec<u32> = always.iter().flat_map(|(a, b)| [*a, *b]).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut carried: Vec<(u32, u32)> = Vec::new(); // root, value
    for (number, value) in values.iter().enumerate() {
        if rules.policies[usize::from(value.namespace)].max_per_person == 0 {
            continue;
        }
        let on_ends = value.records(all_records).iter().map(|r| local(*r)).filter(|r| ends.binary_search(r).is_ok());
        carried.extend(on_ends.map(|record| (groups.find(record), number as u32)).collect::<Vec<_>>());
    }
    carried.sort_unstable();
    carried.dedup();
    let mut roots: Vec<u32> = ends.iter().map(|end| groups.find(*end)).collect();
    roots.sort_unstable();
    roots.dedup();
    for root in roots {
        let own: Vec<u32> = carried.iter().filter(|(of, _)| *of == root).map(|(_, value)| *value).collect();
        groups.vouch(root, &own);
    }
}
