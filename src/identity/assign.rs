//! Who keeps an id: new groups meet the old persons, one to one.

use rayon::prelude::*;

use super::issued::Issued;
use super::{PersonIds, Previous, changes, fresh, ids_of_labels};
use crate::model::{Lineage, Move, NO_PERSON, Persons, Records, Schema};

/// What [`assign`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assigned {
    /// Person number → id; each id once.
    pub ids: PersonIds,
    /// The ids among them that were never issued before, rising: what [`Issued::with`] takes.
    pub fresh: Vec<u128>,
    /// What happened to ids since the last run; empty on the first run, which has nothing to compare with.
    pub lineage: Vec<Lineage>,
    /// The records whose id changed since the last run; empty on the first run.
    pub moves: Vec<Move>,
}

/// Records of an old person in a new group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub old: u128,
    pub group: u32,
    pub shared: u32,
}

/// Stands for "the pair table decides" until it has; not a UUID that we could have made.
const OPEN: u128 = u128::MAX;

/// Gives every person its id; `previous` is `None` on the very first run.
///
/// Pairs of (new group, old person) by falling number of shared records, ties to the oldest id (the one issued by the
/// earliest run, then the smaller one by its bytes), then to the smallest label; each side once. Groups that get none
/// so get a fresh id from their smallest record key, salted on while that id was ever issued. So an id never goes to
/// somebody else, and a group whose records all came from one old person, which has records nowhere else, keeps its id
/// without a look at the table: work grows with what changed.
#[must_use]
pub fn assign(persons: &Persons, records: &Records, schema: &Schema, previous: Option<&Previous>) -> Assigned {
    let ids_of = |groups: &[u32], salt: u64| ids_of_labels(persons, records, schema, groups, salt);
    let Some(previous) = previous else {
        let everybody: Vec<u32> = (0..persons.len() as u32).collect();
        let (ids, fresh) = fresh::issue(&everybody, &[], ids_of);
        return Assigned { ids: PersonIds(ids), fresh, ..Assigned::default() };
    };
    let mut ids = claims(persons, &previous.person_ids);
    let (mut pairs, living) = table(persons, &previous.person_ids, &mut ids);
    pairs.par_sort_unstable();
    match_up(&pairs, &previous.issued, &mut ids);
    let (mut without, mut created, mut split) = (Vec::new(), Vec::new(), Vec::new());
    for (group, &id) in ids.iter().enumerate() {
        match id {
            NO_PERSON => created.push(group as u32),
            OPEN => split.push(group as u32),
            _ => continue,
        }
        without.push(group as u32);
    }
    let gone = sorted(previous.gone.person_ids().collect());
    let (fresh_ids, fresh) = fresh::issue(&without, &[previous.issued.ids(), &living, &gone], ids_of);
    for (&group, id) in without.iter().zip(fresh_ids) {
        ids[group as usize] = id;
    }
    let mut lineage = changes::created(persons, &ids, &created);
    lineage.extend(changes::between(&pairs, &ids, &split));
    lineage.extend(changes::retired(&gone, &living));
    lineage.par_sort_unstable();
    let moves = changes::moves(persons, &previous.person_ids, &pairs, &ids);
    Assigned { ids: PersonIds(ids), fresh, lineage, moves }
}

/// Per group: the only old id among its records, [`NO_PERSON`] when all of them are new, [`OPEN`] when there are several.
fn claims(persons: &Persons, old: &[u128]) -> Vec<u128> {
    let claim = |group: u32| {
        let mut claim = NO_PERSON;
        for &record in persons.records(group) {
            let id = old[record as usize];
            if id != claim && id != NO_PERSON {
                if claim != NO_PERSON {
                    return OPEN;
                }
                claim = id;
            }
        }
        claim
    };
    (0..persons.len() as u32).into_par_iter().with_min_len(1024).map(claim).collect()
}

/// The pair table of all groups that are not alone with their old person, opening their claims; and every old id that
/// has a record in this run, rising.
fn table(persons: &Persons, old: &[u128], claims: &mut [u128]) -> (Vec<Pair>, Vec<u128>) {
    let groups_where = |wanted: &(dyn Fn(u128) -> bool + Sync)| -> Vec<u32> {
        claims.par_iter().enumerate().filter(|(_, claim)| wanted(**claim)).map(|(group, _)| group as u32).collect()
    };
    let mixed = groups_where(&|claim| claim == OPEN);
    let mut pairs: Vec<Pair> =
        mixed.par_iter().flat_map_iter(|&group| pairs_of(group, persons.records(group), old)).collect();
    let single = claims.iter().copied().filter(|&claim| claim != NO_PERSON && claim != OPEN);
    let mut living = sorted(single.chain(pairs.iter().map(|pair| pair.old)).collect());
    let mut torn: Vec<u128> = living.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect();
    torn.dedup();
    living.dedup();
    if !torn.is_empty() {
        let opened = groups_where(&|claim| claim != NO_PERSON && claim != OPEN && torn.binary_search(&claim).is_ok());
        pairs.par_extend(opened.par_iter().flat_map_iter(|&group| pairs_of(group, persons.records(group), old)));
        opened.iter().for_each(|&group| claims[group as usize] = OPEN);
    }
    (pairs, living)
}

fn pairs_of(group: u32, records: &[u32], old: &[u128]) -> Vec<Pair> {
    let mut ids: Vec<u128> = records.iter().map(|&r| old[r as usize]).filter(|&id| id != NO_PERSON).collect();
    ids.sort_unstable();
    ids.chunk_by(|a, b| a == b).map(|same| Pair { old: same[0], group, shared: same.len() as u32 }).collect()
}

/// Replaces [`OPEN`] claims by the old id that the group won; `pairs` are in the order of old ids.
fn match_up(pairs: &[Pair], issued: &Issued, ids: &mut [u128]) {
    // Old persons get small numbers, oldest first, so that a pair orders as three integers. An id that the list of
    // issued ones does not know counts as the newest.
    let mut olds: Vec<(u32, u128)> = pairs
        .chunk_by(|a, b| a.old == b.old)
        .map(|same| (issued.run(same[0].old).unwrap_or(u32::MAX), same[0].old))
        .collect();
    let by_id: Vec<u128> = olds.iter().map(|old| old.1).collect();
    olds.par_sort_unstable();
    let mut number = vec![0u32; olds.len()];
    for (at, (_, id)) in olds.iter().enumerate() {
        number[by_id.binary_search(id).expect("it is one of them")] = at as u32;
    }
    let mut order: Vec<(u32, u32, u32)> = pairs
        .chunk_by(|a, b| a.old == b.old)
        .zip(&number)
        .flat_map(|(same, &number)| same.iter().map(move |pair| (!pair.shared, number, pair.group)))
        .collect();
    order.par_sort_unstable();
    let mut is_taken = vec![false; olds.len()];
    for (_, old, group) in order {
        if !is_taken[old as usize] && ids[group as usize] == OPEN {
            is_taken[old as usize] = true;
            ids[group as usize] = olds[old as usize].1;
        }
    }
}

fn sorted(mut ids: Vec<u128>) -> Vec<u128> {
    ids.par_sort_unstable();
    ids
}
