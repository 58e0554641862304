//! Which values too many people have: judged by the people, never by a count of records.
//!
//! A value is shared when, by any of its measures, more than `shared_above` people are behind the records that carry it:
//!
//! 1. each proxy field: distinct names after comparison;
//! 2. each stronger unique namespace: distinct values;
//! 3. all namespaces of a smaller priority number together: distinct groups of records that they link, among the records
//!    that carry a value of one and say nothing in any proxy field. This judges where names and customer numbers are
//!    rare: a cookie by the addresses that logged in on it, a phone number by the addresses it came with. One person has
//!    several addresses, so it takes more than twice `shared_above` groups (not for devices), and more than
//!    `shared_above` to have nine tenths of these records: one customer's own address dominates, however often it was
//!    mistyped; behind a made-up number nobody's does;
//! 4. the same by the distinct values of each weaker namespace that belongs to people (phone numbers behind an address),
//!    among the records that say nothing in any proxy field and carry nothing stronger either.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::measure::{Names, RecordSet, ValuesOf, distinct_names, distinct_values, scattered_groups};
use super::runs::split_run;
use crate::config::NamespacePolicy;
use crate::model::{CompareTable, Comparison, Kind, NamespaceId, Occurrence, Occurrences, Schema, SharedValue};

/// What `by` of a [`SharedValue`] says for the third measure.
const BY_GROUPS: &str = "stronger_identifiers";

/// Judges one namespace after the other.
pub(super) struct Judge<'a> {
    records: usize,
    occurrences: &'a [Occurrences],
    compare: &'a CompareTable,
    schema: &'a Schema,
    policies: &'a [NamespacePolicy],
    /// Per compare field that is a proxy where there is something to judge.
    names: Vec<Option<Names<'a>>>,
    /// Per namespace: its values on more records than `shared_above`; only they can be shared.
    candidates: Vec<Vec<Candidate>>,
    /// The records that carry candidates.
    wanted: RecordSet,
    /// Per namespace: the values of these records, found when first asked for.
    values: Vec<OnceLock<ValuesOf>>,
}

/// A value on more records than `shared_above`: a stretch of its part.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    part: u32,
    start: u32,
    end: u32,
}

/// How many people a value was seen with.
#[derive(Clone, Copy)]
struct Verdict {
    distinct: usize,
    by: Measure,
}

#[derive(Clone, Copy)]
enum Measure {
    /// A compare field.
    Proxy(u16),
    /// A namespace.
    Values(NamespaceId),
    /// Groups by all stronger namespaces.
    Groups,
}

impl<'a> Judge<'a> {
    /// `occurrences` are sorted.
    pub(super) fn new(
        records: usize,
        occurrences: &'a [Occurrences],
        compare: &'a CompareTable,
        schema: &'a Schema,
        policies: &'a [NamespacePolicy],
    ) -> Self {
        let candidates: Vec<Vec<Candidate>> =
            occurrences.iter().zip(policies).map(|(of, policy)| candidates(of, policy.shared_above)).collect();
        let mut wanted = RecordSet::new(records);
        for (of, candidates) in occurrences.iter().zip(&candidates) {
            for of_part in candidates.chunk_by(of_one_part) {
                let part = of.parts[of_part[0].part as usize].look();
                of_part.iter().for_each(|c| c.run(&part).iter().for_each(|o| wanted.insert(o.record)));
            }
        }
        let names = schema.compare_fields.iter().enumerate().map(|(f, field)| {
            let judges = |(policy, judged): (&NamespacePolicy, &Vec<Candidate>)| {
                !judged.is_empty() && policy.proxy.contains(&(f as u16))
            };
            let how = Comparison::of(&schema.fields[usize::from(*field)]);
            let is_used = policies.iter().zip(&candidates).any(judges);
            is_used.then(|| Names::new(&compare.codes[f], &compare.keys[f], how))
        });
        let names = names.collect();
        let values = policies.iter().map(|_| OnceLock::new()).collect();
        Self { records, occurrences, compare, schema, policies, names, candidates, wanted, values }
    }

    /// Whether a namespace has values to judge.
    pub(super) fn has_candidates(&self, namespace: NamespaceId) -> bool {
        !self.candidates[usize::from(namespace)].is_empty()
    }

    /// The shared values of a namespace, by key. `labels`: what the namespaces of smaller priority numbers link;
    /// `carriers`: the records that they have a linking value of.
    pub(super) fn judge(&self, namespace: NamespaceId, labels: &[u32], carriers: &RecordSet) -> Vec<SharedValue> {
        let of_namespace = &self.occurrences[usize::from(namespace)];
        let judge = |candidate: &Candidate, part: &[Occurrence]| {
            let run = candidate.run(part);
            let verdict = self.verdict(namespace, run, labels, carriers)?;
            Some(SharedValue {
                namespace,
                key: run[0].key(),
                record: run[0].record,
                records: run.len() as u32,
                distinct: verdict.distinct as u32,
                by: match verdict.by {
                    Measure::Proxy(field) => {
                        let field = self.schema.compare_fields[usize::from(field)];
                        self.schema.fields[usize::from(field)].name.clone()
                    }
                    Measure::Values(of) => self.schema.namespaces[usize::from(of)].name.clone(),
                    Measure::Groups => BY_GROUPS.to_owned(),
                },
            })
        };
        let parts: Vec<&[Candidate]> = self.candidates[usize::from(namespace)].chunk_by(of_one_part).collect();
        let judged = parts.par_iter().flat_map_iter(|of_part| {
            let part = of_namespace.parts[of_part[0].part as usize].look();
            of_part.iter().filter_map(|candidate| judge(candidate, &part)).collect::<Vec<_>>()
        });
        judged.collect()
    }

    fn values(&self, measure: NamespaceId) -> &ValuesOf {
        self.values[usize::from(measure)]
            .get_or_init(|| ValuesOf::new(self.records, &self.wanted, &self.occurrences[usize::from(measure)]))
    }

    /// Whether a namespace belongs to people, and less surely than the one that is judged.
    fn is_weaker(&self, policy: &NamespacePolicy, measure: NamespaceId) -> bool {
        let other = &self.policies[usize::from(measure)];
        let is_peoples = matches!(other.kind, Kind::Email | Kind::Phone | Kind::Hash | Kind::Id) && !other.compound;
        is_peoples && other.priority > policy.priority && policy.kind != Kind::Device
    }

    /// The largest count that is above its threshold; of equal ones the first.
    fn verdict(
        &self,
        namespace: NamespaceId,
        run: &[Occurrence],
        labels: &[u32],
        carriers: &RecordSet,
    ) -> Option<Verdict> {
        let policy = &self.policies[usize::from(namespace)];
        let above = policy.shared_above as usize;
        let by_names = policy.proxy.iter().filter_map(|&field| {
            let distinct = distinct_names(run, self.names[usize::from(field)].as_ref()?, above)?;
            Some(Verdict { distinct, by: Measure::Proxy(field) })
        });
        let by_values = policy.stronger.iter().filter_map(|&measure| {
            let distinct = distinct_values(run, self.values(measure), above)?;
            Some(Verdict { distinct, by: Measure::Values(measure) })
        });
        let is_nameless =
            |record: u32| policy.proxy.iter().all(|f| self.compare.codes[usize::from(*f)][record as usize] == 0);
        let most = if policy.kind == Kind::Device { above } else { above * 2 };
        let group = |record: u32, each: &mut dyn FnMut(u32) -> bool| {
            !carriers.has(record) || !is_nameless(record) || each(labels[record as usize])
        };
        let by_groups =
            scattered_groups(run, most, above, group).map(|distinct| Verdict { distinct, by: Measure::Groups });
        let is_unjudged = |record: u32| is_nameless(record) && !carriers.has(record);
        let enough = run.iter().filter(|o| is_unjudged(o.record)).take(most + 1).count() > most;
        let weaker = (0..self.policies.len() as NamespaceId).filter(|n| enough && self.is_weaker(policy, *n));
        let by_weaker = weaker.filter_map(|measure| {
            let values = self.values(measure);
            let value =
                |record: u32, each: &mut dyn FnMut(u32) -> bool| !is_unjudged(record) || values.each(record, each);
            let distinct = scattered_groups(run, most, above, value)?;
            Some(Verdict { distinct, by: Measure::Values(measure) })
        });
        let found = by_names.chain(by_values).chain(by_groups).chain(by_weaker);
        found.reduce(|best, next| if next.distinct > best.distinct { next } else { best })
    }
}

impl Candidate {
    fn run<'o>(&self, part: &'o [Occurrence]) -> &'o [Occurrence] {
        &part[self.start as usize..self.end as usize]
    }
}

fn of_one_part(one: &Candidate, other: &Candidate) -> bool {
    one.part == other.part
}

/// Values on more records than `above`, by key; none when it is 0.
fn candidates(occurrences: &Occurrences, above: u32) -> Vec<Candidate> {
    if above == 0 {
        return Vec::new();
    }
    let found: Vec<Vec<Candidate>> = occurrences
        .parts
        .par_iter()
        .enumerate()
        .map(|(part, all)| {
            let (all, mut found) = (all.look(), Vec::new());
            let mut rest = &all[..];
            while let Some((run, behind)) = split_run(rest) {
                let start = (all.len() - rest.len()) as u32;
                rest = behind;
                if run.len() > above as usize {
                    found.push(Candidate { part: part as u32, start, end: start + run.len() as u32 });
                }
            }
            found
        })
        .collect();
    found.concat()
}
