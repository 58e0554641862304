//! The guard, slow and plain: one guarded pass over the edges of all components at once, everything about a group worked
//! out anew at each step. What `laws` compares the guard with.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::relink::{MOST_OWNERS, OUTVOTED};
use super::*;
use crate::link::scenario::Scenario;
use crate::model::{Comparison, Kind, RefusalReason};

/// The oracle's state: no union-find, no sums.
struct Plain<'a> {
    data: &'a Scenario,
    steward: &'a Steward,
    group_of: Vec<usize>,
    /// (record, namespace, key) edges that link.
    attached: BTreeSet<(u32, NamespaceId, Key)>,
    /// Namespaces that a union was made over, per group.
    built_by: BTreeMap<usize, BTreeSet<NamespaceId>>,
}

impl Plain<'_> {
    fn members(&self, group: usize) -> Vec<u32> {
        (0..self.group_of.len() as u32).filter(|r| self.group_of[*r as usize] == group).collect()
    }

    fn values(&self, groups: &[usize], namespace: NamespaceId) -> BTreeSet<Key> {
        let attached = self
            .attached
            .iter()
            .filter(|(record, of, _)| *of == namespace && groups.contains(&self.group_of[*record as usize]));
        attached.map(|(_, _, key)| *key).collect()
    }

    /// The limit, or what the pairs of the steward in these groups bring.
    fn allowed(&self, groups: &[usize], namespace: NamespaceId) -> usize {
        let mut said: Vec<BTreeSet<u32>> = Vec::new();
        for &(a, b) in &self.steward.always {
            let (touched, apart): (Vec<_>, Vec<_>) =
                said.into_iter().partition(|set| set.contains(&a) || set.contains(&b));
            said = apart;
            said.push(touched.into_iter().flatten().chain([a, b]).collect());
        }
        let limit = self.data.policies[usize::from(namespace)].max_per_person as usize;
        let within = said.iter().filter(|set| set.iter().any(|r| groups.contains(&self.group_of[*r as usize])));
        within.fold(limit, |most, set| {
            let carried: BTreeSet<Key> =
                self.data.edges().filter(|e| e.0 == namespace && set.contains(&e.1)).map(|e| e.2).collect();
            most.max(carried.len())
        })
    }

    fn names(&self, group: usize, field: usize) -> BTreeMap<&str, usize> {
        let mut names = BTreeMap::new();
        for record in self.members(group) {
            if let code @ 1.. = self.data.compare.codes[field][record as usize] {
                *names.entry(&*self.data.compare.keys[field][code as usize - 1]).or_default() += 1;
            }
        }
        names
    }

    /// The names that a group stands by in a field.
    fn stands_by(&self, group: usize, field: usize, how: Comparison) -> Vec<&str> {
        let names = self.names(group, field);
        let mut counts = names.clone();
        for (short, records) in &names {
            let fuller = names.iter().filter(|(long, _)| how.is_short_for(short, long));
            if let Some((long, _)) = fuller.max_by_key(|(long, count)| (**count, Reverse(**long))) {
                *counts.get_mut(long).expect("one of the names") += records;
                *counts.get_mut(short).expect("one of the names") -= records;
            }
        }
        let most = counts.values().max().copied().unwrap_or(0);
        let vouched: BTreeSet<u32> = self.steward.always.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let is_vouched = |name: &str| {
            self.members(group).iter().any(|r| {
                let code = self.data.compare.codes[field][*r as usize];
                vouched.contains(r) && code > 0 && *self.data.compare.keys[field][code as usize - 1] == *name
            })
        };
        counts.into_iter().filter(|(name, count)| *count == most || is_vouched(name)).map(|(name, _)| name).collect()
    }

    fn breaks(&self, a: usize, b: usize, by: NamespaceId) -> Option<RefusalReason> {
        let group = |record: u32| self.group_of[record as usize];
        if self.steward.never.iter().any(|never| {
            let has = |side: usize, of: usize| never.sides[side].iter().any(|record| group(*record) == of);
            has(0, a) && has(1, b) || has(0, b) && has(1, a)
        }) {
            return Some(RefusalReason::NeverLink);
        }
        for (namespace, policy) in self.data.policies.iter().enumerate() {
            let n = namespace as NamespaceId;
            if policy.max_per_person > 0 && self.values(&[a, b], n).len() > self.allowed(&[a, b], n) {
                return Some(RefusalReason::MaxPerPerson(n));
            }
        }
        let size = self.members(a).len() + self.members(b).len();
        let builders = [a, b].into_iter().flat_map(|g| self.built_by.get(&g).into_iter().flatten().copied());
        let tightest = builders
            .chain([by])
            .map(|n| (self.data.policies[usize::from(n)].max_records_per_person, n))
            .filter(|(most, _)| *most > 0)
            .min();
        if let Some((most, namespace)) = tightest
            && size > most as usize
        {
            return Some(RefusalReason::MaxRecordsPerPerson(namespace));
        }
        for &field in &self.data.policies[usize::from(by)].conflict {
            let f = usize::from(field);
            let how = Comparison::of(&self.data.schema.fields[usize::from(self.data.schema.compare_fields[f])]);
            if self.names(a, f).is_empty() || self.names(b, f).is_empty() {
                continue;
            }
            let (left, right) = (self.stands_by(a, f, how), self.stands_by(b, f, how));
            if !left.iter().any(|x| right.iter().any(|y| how.agree(x, y))) {
                return Some(RefusalReason::Conflict(field));
            }
        }
        None
    }

    fn union(&mut self, a: usize, b: usize, by: Option<NamespaceId>) {
        self.group_of.iter_mut().filter(|g| **g == b).for_each(|g| *g = a);
        let others = self.built_by.remove(&b).unwrap_or_default();
        self.built_by.entry(a).or_default().extend(others.into_iter().chain(by));
    }

    fn both_speak(&self, a: usize, b: usize, by: NamespaceId) -> bool {
        let fields = &self.data.policies[usize::from(by)].conflict;
        fields.iter().any(|f| [a, b].iter().all(|g| !self.names(*g, usize::from(*f)).is_empty()))
    }
}

/// One guarded pass over everything; labels.
pub(super) fn one_pass(data: &Scenario, linked: &Linked, steward: &Steward) -> Vec<u32> {
    let mut plain = Plain {
        data,
        steward,
        group_of: (0..data.records).collect(),
        attached: BTreeSet::new(),
        built_by: BTreeMap::new(),
    };
    for &(a, b) in &steward.always {
        let (a, b) = (plain.group_of[a as usize], plain.group_of[b as usize]);
        if a != b {
            plain.union(a, b, None);
        }
    }
    let mut edges: Vec<(NamespaceId, Reverse<i64>, u32, Key)> = data
        .edges()
        .filter(|(namespace, _, key)| !linked.is_shared(*namespace, *key))
        .map(|(namespace, record, key)| (namespace, Reverse(data.event_times[record as usize]), record, key))
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut owners: BTreeMap<(NamespaceId, Key), Vec<u32>> = BTreeMap::new();
    for (by, _, record, key) in edges {
        let own = plain.group_of[record as usize];
        let of_value = owners.entry((by, key)).or_default().clone();
        let groups: Vec<usize> = of_value.iter().map(|owner| plain.group_of[*owner as usize]).collect();
        if groups.contains(&own) {
            plain.attached.insert((record, by, key));
            continue;
        }
        let voices = |group: usize| {
            let fields = data.policies[usize::from(by)].conflict.iter();
            fields.map(|f| plain.names(group, usize::from(*f)).values().sum::<usize>()).max().unwrap_or(0)
        };
        let is_device = data.policies[usize::from(by)].kind == Kind::Device;
        let outvoted = |group: usize| {
            let louder = groups.iter().any(|other| voices(*other) >= voices(group) * OUTVOTED as usize);
            !is_device && voices(group) > 0 && louder
        };
        let mut order = Vec::new();
        for (speaks, is_outvoted) in [(true, false), (true, true), (false, false), (false, true)] {
            let fits = |g: &usize| plain.both_speak(own, *g, by) == speaks && outvoted(*g) == is_outvoted;
            order.extend(groups.iter().copied().filter(fits));
        }
        if let Some(owner) = order.into_iter().find(|owner| plain.breaks(own, *owner, by).is_none()) {
            plain.union(own, owner, Some(by));
            plain.attached.insert((record, by, key));
            continue;
        }
        let mut with = plain.values(&[own], by);
        with.insert(key);
        let limit = data.policies[usize::from(by)].max_per_person;
        if limit == 0 || with.len() <= plain.allowed(&[own], by) {
            plain.attached.insert((record, by, key));
            if of_value.len() < MOST_OWNERS {
                owners.entry((by, key)).or_default().push(record);
            }
        }
    }
    let mut smallest: BTreeMap<usize, u32> = BTreeMap::new();
    for record in (0..data.records as u32).rev() {
        smallest.insert(plain.group_of[record as usize], record);
    }
    plain.group_of.iter().map(|group| smallest[group]).collect()
}

impl Scenario {
    /// (namespace, record, key) of every edge.
    pub(super) fn edges(&self) -> impl Iterator<Item = (NamespaceId, u32, Key)> {
        let namespaces = self.occurrences.iter().enumerate();
        namespaces.flat_map(|(n, of)| {
            of.parts.iter().flat_map(|part| part.iter()).map(move |o| (n as NamespaceId, o.record, o.key()))
        })
    }
}
