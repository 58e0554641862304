//! Who keeps an id: new groups meet the old persons, one to one.

use hashbrown::HashSet;
use rayon::prelude::*;

use super::issued::Issued;
use super::{PersonIds, Previous, changes, fresh, ids_of_labels, returned};
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
pub(super) const OPEN: u128 = u128::MAX;

/// Gives every person its id; `previous` is `None` on the very first run.
///
/// Pairs of (new group, old person) by falling number of shared records, ties to the oldest id (the one issued by the
/// earliest run, then the smaller one by its bytes), then to the smallest label; each side once. Groups that get none
/// so meet the ids that only rolled-back runs gave, by the same rule; the others get a fresh id from their smallest
/// record key, salted on while that id was ever issued. So an id never goes to somebody else, and a group whose records all came from one old person, which has records nowhere else, keeps its id
/// without a look at the table: work grows with what changed.
/// An id of which `is_erased` holds goes to nobody.
#[must_use]
pub fn assign(
    persons: &Persons,
    records: &Records,
    schema: &Schema,
    previous: Option<&Previous>,
    is_erased: &(dyn Fn(u128) -> bool + Sync),
) -> Assigned {
    let ids_of = |groups: &[u32], salt: u64| {
        let mut ids = ids_of_labels(persons, records, schema, groups, salt);
        // As if nobody's id were wanted, which is taken.
        ids.par_iter_mut().with_min_len(1024).filter(|id| is_erased(**id)).for_each(|id| *id = NO_PERSON);
        ids
    };
    let Some(previous) = previous else {
        let everybody: Vec<u32> = (0..persons.len() as u32).collect();
        let (ids, fresh) = fresh::issue(&everybody, &[&[NO_PERSON]], ids_of);
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
    for (group, id) in returned::give_back(&without, persons, previous, is_erased) {
        ids[group as usize] = id;
    }
    without.retain(|&group| matches!(ids[group as usize], NO_PERSON | OPEN));
    let (fresh_ids, fresh) = fresh::issue(&without, &[previous.issued.ids(), &living, &gone, &[NO_PERSON]], ids_of);
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
    let mixed = groups_where(claims, |claim| claim == OPEN);
    let mut pairs = pairs_of(&mixed, persons, old);
    let single = claims.iter().copied().filter(|&claim| claim != NO_PERSON && claim != OPEN);
    let mut living = sorted(single.chain(pairs.iter().map(|pair| pair.old)).collect());
    // Asked once per claim and never listed, so a hash set costs no order.
    let torn: HashSet<u128> = living.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect();
    living.dedup();
    if !torn.is_empty() {
        let opened = groups_where(claims, |claim| torn.contains(&claim));
        pairs.append(&mut pairs_of(&opened, persons, old));
        opened.iter().for_each(|&group| claims[group as usize] = OPEN);
    }
    (pairs, living)
}

fn groups_where(claims: &[u128], wanted: impl Fn(u128) -> bool + Sync) -> Vec<u32> {
    let groups = claims.par_iter().with_min_len(1024).enumerate();
    groups.filter(|(_, claim)| wanted(**claim)).map(|(group, _)| group as u32).collect()
}

/// The pairs of these groups, in their order.
fn pairs_of(groups: &[u32], persons: &Persons, old: &[u128]) -> Vec<Pair> {
    let of_some = |groups: &[u32]| {
        let (mut pairs, mut ids) = (Vec::with_capacity(groups.len() * 2), Vec::new());
        for &group in groups {
            ids.clear();
            ids.extend(persons.records(group).iter().map(|&r| old[r as usize]).filter(|&id| id != NO_PERSON));
            ids.sort_unstable();
            let same = ids.chunk_by(|a, b| a == b);
            pairs.extend(same.map(|same| Pair { old: same[0], group, shared: same.len() as u32 }));
        }
        pairs
    };
    groups.par_chunks(4096).map(of_some).collect::<Vec<_>>().concat()
}

/// Replaces [`OPEN`] claims by the old id that the group won; `pairs` are in the order of old ids.
pub(super) fn match_up(pairs: &[Pair], issued: &Issued, ids: &mut [u128]) {
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

#[cfg(test)]
mod tests {
    use super::super::testing::{Crosswalk, Groups, Run, run};
    use super::*;
    use crate::identity::person_id;
    use crate::model::Event;

    /// `"a b, c"`: a and b are together, c is alone; all of the source `web`.
    fn groups(text: &str) -> Groups {
        let group = |group: &str| group.split_whitespace().map(|id| ("web".to_owned(), id.to_owned())).collect();
        text.split(',').map(group).collect()
    }

    fn crosswalk(rows: &[(&str, u128)]) -> Crosswalk {
        rows.iter().map(|(id, person)| (("web".to_owned(), (*id).to_owned()), *person)).collect()
    }

    fn after(old: &[(&str, u128)], issued: &[(u128, u32)], now: &str) -> Run {
        run(&groups(now), Some((&crosswalk(old), &Issued::new(issued.iter().copied()))), None)
    }

    fn ids(run: &Run) -> Vec<u128> {
        run.assigned.ids.0.clone()
    }

    fn row(event: Event, old: u128, new: u128, records: u64) -> Lineage {
        Lineage { event, old, new, records }
    }

    #[test]
    fn the_first_run_gives_everybody_the_id_of_their_smallest_record() {
        let first = run(&groups("b c, a"), None, None);
        assert_eq!(ids(&first), [person_id("web", "a", 0), person_id("web", "b", 0)]);
        assert_eq!(first.assigned.fresh.len(), 2);
    }

    #[test]
    fn an_id_of_somebody_erased_goes_to_nobody() {
        let of = run(&groups("a, b"), None, None);
        let erased = person_id("web", "a", 0);
        let again = assign(&of.persons, &of.records, &of.schema, None, &|id| id == erased);
        assert_eq!(again.ids.0, [person_id("web", "a", 1), person_id("web", "b", 0)]);
        let nobody = after(&[], &[(9, 1)], "a, b");
        let again =
            assign(&nobody.persons, &nobody.records, &nobody.schema, nobody.previous.as_ref(), &|id| id == erased);
        assert_eq!(again.ids.0[0], person_id("web", "a", 1));
        assert!(!again.fresh.contains(&0) && again.fresh.len() == 2);
    }

    #[test]
    fn a_merge_keeps_the_id_with_most_records() {
        let merged = after(&[("a", 1), ("b", 2), ("c", 2)], &[(1, 1), (2, 2)], "a b c");
        assert_eq!(ids(&merged), [2]);
        assert_eq!(merged.assigned.lineage, [row(Event::Merged, 1, 2, 1)]);
        assert_eq!(merged.assigned.moves, [Move { record: 0, old: 1, new: 2 }]);
    }

    #[test]
    fn a_merge_of_equals_keeps_the_oldest_id() {
        let old = [("a", 1), ("b", 2)];
        assert_eq!(ids(&after(&old, &[(1, 9), (2, 3)], "a b")), [2], "issued by the earlier run");
        assert_eq!(ids(&after(&old, &[(1, 3), (2, 3)], "a b")), [1], "smaller by its bytes");
        assert_eq!(ids(&after(&old, &[(2, 7)], "a b")), [2], "an id of an unknown run counts as the newest");
    }

    #[test]
    fn a_split_keeps_the_id_with_the_largest_part_then_with_the_smallest_label() {
        let old = [("a", 1), ("b", 1), ("c", 1)];
        let split = after(&old, &[(1, 1)], "a, b c");
        assert_eq!(ids(&split), [person_id("web", "a", 0), 1]);
        assert_eq!(split.assigned.lineage, [row(Event::Split, 1, person_id("web", "a", 0), 1)]);
        assert_eq!(ids(&after(&old[..2], &[(1, 1)], "b, a")), [1, person_id("web", "b", 0)]);
    }

    #[test]
    fn the_part_that_loses_its_smallest_record_s_own_id_gets_another() {
        let own = person_id("web", "a", 0);
        let split = after(&[("a", own), ("b", own), ("c", own)], &[(own, 1)], "a, b c");
        assert_eq!(ids(&split), [person_id("web", "a", 1), own]);
        // Also when the list of issued ids was lost, and when only a record that is gone bore the id.
        assert_eq!(ids(&after(&[("a", own), ("b", own), ("c", own)], &[], "a, b c")), ids(&split));
        assert_eq!(ids(&after(&[("z", own)], &[], "a")), [person_id("web", "a", 1)]);
        assert_eq!(ids(&after(&[], &[(own, 1)], "a")), [person_id("web", "a", 1)], "issued long ago");
    }

    #[test]
    fn records_between_living_persons_are_reassigned_and_lost_persons_retired() {
        let old = [("a", 1), ("b", 1), ("c", 1), ("d", 2), ("e", 2), ("x", 3), ("y", 3)];
        let issued = [(1, 1), (2, 1), (3, 1)];
        let next = after(&old, &issued, "a b, c d e f, g h");
        let new = person_id("web", "g", 0);
        assert_eq!(ids(&next), [1, 2, new]);
        let told = [row(Event::Created, 0, new, 2), row(Event::Reassigned, 1, 2, 1), row(Event::Retired, 3, 0, 2)];
        assert_eq!(next.assigned.lineage, told);
        assert_eq!(next.assigned.moves, [Move { record: 2, old: 1, new: 2 }]);
    }

    #[test]
    fn an_old_person_torn_over_several_others_is_merged_into_each() {
        let old = [("a", 1), ("b", 1), ("c", 2), ("d", 2), ("x", 3), ("y", 3)];
        let next = after(&old, &[(1, 1), (2, 1), (3, 1)], "a b x, c d y");
        assert_eq!(next.assigned.lineage, [row(Event::Merged, 3, 1, 1), row(Event::Merged, 3, 2, 1)]);
    }

    #[test]
    fn a_person_that_loses_only_gone_records_is_unchanged() {
        let next = after(&[("a", 1), ("b", 1)], &[(1, 1)], "a new");
        assert_eq!(ids(&next), [1]);
        assert!(next.assigned.lineage.is_empty() && next.assigned.moves.is_empty());
    }
}
