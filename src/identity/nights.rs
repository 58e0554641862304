//! The laws of this room, over random runs and over nights of a small business.

use std::collections::{BTreeMap, BTreeSet};

use super::testing::{Crosswalk, Groups, Rng, Run, run};
use super::{Heir, Issued, Moved, compare, count, follow, replay, trace};
use crate::model::{Event, Lineage};

type Key = (String, String);

/// All that changed between two crosswalks, as `replay` takes it: the run's own `moves`, with what is observed to have
/// arrived or gone.
fn moved(old: &Crosswalk, run: &Run) -> Vec<Moved<Key>> {
    let new = run.crosswalk();
    let arrived = new.iter().filter(|(key, _)| !old.contains_key(*key)).map(|(key, &new)| (key.clone(), 0, new));
    let gone = run.previous.iter().flat_map(|previous| previous.gone.iter());
    let gone = gone.map(|gone| ((gone.source.to_owned(), gone.record_id.to_owned()), gone.person_id, 0));
    let moves = run.assigned.moves.iter().map(|row| (run.key(row.record), row.old, row.new));
    let mut moved: Vec<_> = arrived.chain(gone).chain(moves).map(|(key, old, new)| Moved { key, old, new }).collect();
    moved.sort_unstable();
    moved
}

fn rows(crosswalk: &Crosswalk) -> Vec<(Key, u128)> {
    crosswalk.iter().map(|(key, &id)| (key.clone(), id)).collect()
}

/// Person id → record keys.
fn persons(crosswalk: &Crosswalk) -> BTreeMap<u128, BTreeSet<&Key>> {
    let mut persons: BTreeMap<u128, BTreeSet<&Key>> = BTreeMap::new();
    crosswalk.iter().for_each(|(key, &id)| _ = persons.entry(id).or_default().insert(key));
    persons
}

/// What must hold of any run after any other.
fn check(old: &Crosswalk, issued: &Issued, run: &Run) {
    let new = run.crosswalk();
    let assigned = &run.assigned;
    let ids: BTreeSet<u128> = assigned.ids.0.iter().copied().collect();
    assert_eq!(ids.len(), run.persons.len(), "each id once");
    assert_eq!(replay(&rows(old), &assigned.lineage, &moved(old, run)), Ok(rows(&new)), "replay gives the new one");

    let (before, after) = (persons(old), persons(&new));
    let fresh: Vec<u128> = ids.iter().copied().filter(|id| !before.contains_key(id)).collect();
    assert_eq!(assigned.fresh, fresh);
    assert!(fresh.iter().all(|&id| issued.run(id).is_none()), "no id comes back");
    for (id, records) in &before {
        let now: BTreeSet<u128> = records.iter().filter_map(|key| new.get(*key)).copied().collect();
        // A group is unchanged when its records are still together and with none of another old person.
        if let (1, Some(now)) = (now.len(), now.first())
            && after[now].iter().all(|key| old.get(*key).is_none_or(|old| old == id))
        {
            assert_eq!(now, id, "an unchanged group keeps its id");
        }
        // The id goes to nobody who has none of its records.
        if let Some(holders) = after.get(id) {
            assert!(holders.iter().any(|key| records.contains(*key)));
        }
    }
    let distinct = |event: Event, id: fn(&Lineage) -> u128| {
        assigned.lineage.iter().filter(|row| row.event == event).map(id).collect::<BTreeSet<_>>().len()
    };
    let more = distinct(Event::Created, |row| row.new) + distinct(Event::Split, |row| row.new);
    let less = distinct(Event::Merged, |row| row.old) + distinct(Event::Retired, |row| row.old);
    assert_eq!(before.len() + more, after.len() + less, "the events add up to the persons");
    let changed = moved(old, run).into_iter().map(|moved| (moved.old, moved.new)).collect();
    let living = |persons: &BTreeMap<u128, BTreeSet<&Key>>| persons.keys().copied().collect::<Vec<_>>();
    assert_eq!(
        compare(changed, &living(&before), &living(&after)),
        assigned.lineage,
        "two crosswalks alone say it too"
    );
    let counted = count(assigned, run.previous.as_ref().expect("there was a run before"), 7);
    let (now, then) = (counted.kept + counted.created + counted.split, counted.kept + counted.merged + counted.retired);
    assert_eq!((now, then, counted.since), (after.len() as u64, before.len() as u64, 7));
    assert_eq!(counted.gone + counted.records, old.len() as u64);
    assert!(counted.reassigned <= counted.moved && counted.moved <= counted.records);
}

/// Random groups over random records; few records, so that every event happens often.
fn random_groups(rng: &mut Rng) -> Groups {
    let (records, persons) = (rng.below(14), 1 + rng.below(7));
    let mut groups: Groups = vec![Vec::new(); persons];
    for record in 0..records {
        if rng.chance(80) {
            let source = ["web", "pos", "app"][record % 3];
            groups[rng.below(persons)].push((source.to_owned(), format!("r{record}")));
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

#[test]
fn any_run_after_any_other_keeps_the_laws_in_any_order() {
    let mut seen = BTreeMap::new();
    for seed in 0..4000 {
        let rng = &mut Rng::new(seed);
        let first = run(&random_groups(rng), None, None);
        assert!(first.assigned.lineage.is_empty() && first.assigned.moves.is_empty());
        let mut issued = Issued::default().with(&first.assigned.fresh, 1);
        let (mut old, mut groups) = (first.crosswalk(), random_groups(rng));
        for night in 2..4 {
            let next = run(&groups, Some((&old, &issued)), None);
            check(&old, &issued, &next);
            next.assigned.lineage.iter().for_each(|row| *seen.entry(row.event).or_insert(0) += 1);
            rng.shuffle(&mut groups);
            groups.iter_mut().for_each(|group| rng.shuffle(group));
            let shuffled = run(&groups, Some((&old, &issued)), Some(rng));
            assert_eq!(shuffled.assigned, next.assigned, "order changes nothing");
            issued = issued.with(&next.assigned.fresh, night);
            old = next.crosswalk();
            let again = run(&groups, Some((&old, &issued)), None);
            assert_eq!(again.crosswalk(), old);
            assert!(again.assigned.lineage.is_empty() && again.assigned.moves.is_empty(), "the same run again");
            groups = random_groups(rng);
        }
    }
    assert!(seen.len() == 5 && seen.values().all(|&count| count > 500), "{seen:?}");
}

/// The assignment from its definition, without any of its shortcuts: old id per group of keys, or none.
fn by_definition(old: &Crosswalk, issued: &Issued, groups: &[BTreeSet<&Key>]) -> Vec<Option<u128>> {
    let mut table = Vec::new();
    for (group, keys) in groups.iter().enumerate() {
        let olds: BTreeSet<u128> = keys.iter().filter_map(|key| old.get(*key)).copied().collect();
        for id in olds {
            let shared = keys.iter().filter(|key| old.get(**key) == Some(&id)).count();
            table.push((
                std::cmp::Reverse(shared),
                issued.run(id).expect("issued"),
                id,
                *keys.first().expect("some"),
                group,
            ));
        }
    }
    table.sort();
    let mut won = vec![None; groups.len()];
    for (_, _, id, _, group) in table {
        if won[group].is_none() && !won.contains(&Some(id)) {
            won[group] = Some(id);
        }
    }
    won
}

#[test]
fn ids_are_assigned_as_defined_and_never_come_back_over_ten_nights() {
    for seed in 0..300 {
        let rng = &mut Rng::new(seed + 1_000_000);
        let first = run(&random_groups(rng), None, None);
        let mut issued = Issued::default().with(&first.assigned.fresh, 1);
        let mut old = first.crosswalk();
        let (mut history, mut moves) = (Vec::new(), Vec::new());
        let start = old.clone();
        for night in 2..=11 {
            let next = run(&random_groups(rng), Some((&old, &issued)), None);
            check(&old, &issued, &next);
            let new = next.crosswalk();
            let after = persons(&new);
            let groups: Vec<BTreeSet<&Key>> = after.values().cloned().collect();
            for (won, id) in by_definition(&old, &issued, &groups).into_iter().zip(after.keys()) {
                assert!(won.map_or(issued.run(*id).is_none(), |won| won == *id), "seed {seed}, night {night}");
            }
            history.push(next.assigned.lineage.clone());
            moves.push(moved(&old, &next));
            issued = issued.with(&next.assigned.fresh, night);
            old = new;
            check_followed(&start, &old, &history, &moves);
        }
    }
}

/// Where lineage and moves say that the first run's persons went is where they are.
fn check_followed(start: &Crosswalk, now: &Crosswalk, history: &[Vec<Lineage>], moves: &[Vec<Moved<Key>>]) {
    for (id, records) in persons(start) {
        // Records that went and came back are new: no history tells that they were the person's.
        let went: BTreeSet<&Key> =
            moves.iter().flatten().filter(|moved| moved.new == 0).map(|moved| &moved.key).collect();
        let mut truth: BTreeMap<u128, u64> = BTreeMap::new();
        for key in records.iter().filter(|key| !went.contains(**key)) {
            *truth.entry(now[*key]).or_default() += 1;
        }
        let heirs: BTreeMap<u128, Option<u64>> =
            follow(id, history).into_iter().map(|Heir { id, at_most }| (id, at_most)).collect();
        for (place, count) in &truth {
            let bound = heirs.get(place).expect("lineage knows every place where records are");
            assert!(bound.is_none_or(|bound| bound >= *count));
        }
        let traced = trace(id, moves);
        for key in records.iter().filter(|key| !went.contains(**key)) {
            assert_eq!(traced.get(*key).unwrap_or(&id), &now[*key]);
        }
    }
}

/// A customer of the simulated business: its own records, and whether its two halves are known to be one.
#[derive(Clone)]
struct Customer {
    halves: [Vec<Key>; 2],
    is_joined: bool,
}

#[test]
fn over_thirty_nights_persons_keep_their_ids_and_every_exception_is_in_lineage() {
    let rng = &mut Rng::new(30);
    let mut customers: Vec<Customer> = Vec::new();
    let mut next_record = 0;
    let (mut kept, mut unchanged) = (0, 0);
    let mut last: Option<(Crosswalk, Issued)> = None;
    let mut events: BTreeSet<Event> = BTreeSet::new();
    for night in 1..=30 {
        let mut record = |rng: &mut Rng| {
            next_record += 1;
            // Ids are not issued in rising order: a new record may well be the smallest of its person.
            (["web", "pos", "app"][rng.below(3)].to_owned(), format!("{:04}", next_record * 7919 % 10_000))
        };
        for _ in 0..if night == 1 { 300 } else { 8 } {
            let halves = [(0..=rng.below(4)).map(|_| record(rng)).collect(), Vec::new()];
            customers.push(Customer { halves, is_joined: rng.chance(50) });
        }
        for _ in 0..20 {
            // An old customer comes back, under the identifier that we know or under a new one.
            let at = rng.below(customers.len());
            customers[at].halves[rng.below(2)].push(record(rng));
        }
        for _ in 0..3 {
            // A new identifier links the halves; now and then the config refuses a link that it allowed before.
            let at = rng.below(customers.len());
            customers[at].is_joined ^= true;
        }
        if night % 7 == 0 {
            let at = rng.below(customers.len());
            customers.remove(at);
        }
        if night == 15 {
            // A config change: the identifier of every tenth customer does not link any more.
            customers.iter_mut().step_by(10).for_each(|customer| customer.is_joined ^= true);
        }
        let mut groups: Groups = Vec::new();
        for customer in &customers {
            match &customer.halves {
                [left, right] if customer.is_joined => groups.push([left.as_slice(), right].concat()),
                halves => groups.extend(halves.iter().cloned()),
            }
        }
        groups.retain(|group| !group.is_empty());
        rng.shuffle(&mut groups);
        let Some((old, issued)) = &last else {
            let first = run(&groups, None, None);
            last = Some((first.crosswalk(), Issued::default().with(&first.assigned.fresh, night)));
            continue;
        };
        let next = run(&groups, Some((old, issued)), Some(rng));
        check(old, issued, &next);
        let new = next.crosswalk();
        let told: BTreeSet<u128> = next.assigned.lineage.iter().map(|row| row.old).collect();
        for (id, records) in persons(old) {
            let now: BTreeSet<Option<&u128>> = records.iter().map(|key| new.get(*key)).collect();
            assert!(now == BTreeSet::from([Some(&id)]) || told.contains(&id) || now.contains(&None), "it is told");
            let alone =
                |now: &u128| new.iter().filter(|row| row.1 == now).all(|row| old.get(row.0).is_none_or(|o| *o == id));
            if let (1, Some(Some(place))) = (now.len(), now.first().copied())
                && alone(place)
            {
                unchanged += 1;
                kept += usize::from(*place == id);
            }
        }
        events.extend(next.assigned.lineage.iter().map(|row| row.event));
        let issued = issued.with(&next.assigned.fresh, night);
        last = Some((new, issued));
    }
    assert!(unchanged > 10_000 && kept * 1000 >= unchanged * 999, "{kept} of {unchanged}");
    assert!(events.len() >= 4, "{events:?}");
}
