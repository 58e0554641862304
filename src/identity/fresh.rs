//! Ids for those who have none.

use super::issued::advance;

/// Gives each of `groups` an id of its own: `ids_of(groups, salt)` with the smallest salt at which the id is in none of
/// `taken` (each rising) and went to no group before it, salt by salt, then in the order of `groups`.
///
/// Returns the ids per group, and all of them rising.
pub(super) fn issue(
    groups: &[u32],
    taken: &[&[u128]],
    ids_of: impl Fn(&[u32], u64) -> Vec<u128>,
) -> (Vec<u128>, Vec<u128>) {
    let mut ids = ids_of(groups, 0);
    let mut given = sorted(ids.clone());
    let mut waiting = settle(&mut given, taken, &ids);
    let mut salt = 0;
    while !waiting.is_empty() {
        salt += 1;
        let again: Vec<u32> = waiting.iter().map(|&at| groups[at]).collect();
        let next = ids_of(&again, salt);
        let mut more = sorted(next.clone());
        let taken: Vec<&[u128]> = taken.iter().copied().chain([given.as_slice()]).collect();
        let refused = settle(&mut more, &taken, &next);
        for (&at, id) in waiting.iter().zip(next) {
            ids[at] = id;
        }
        waiting = refused.into_iter().map(|at| waiting[at]).collect();
        given.append(&mut more);
        given.sort_unstable();
    }
    (ids, given)
}

/// Which positions of `ids` must try again; `sorted` (the ids, rising) becomes the ids that were given, each once.
fn settle(sorted: &mut Vec<u128>, taken: &[&[u128]], ids: &[u128]) -> Vec<usize> {
    // (id, whether somebody has it already): only ids that not everybody who wants them can have.
    let mut wanted_twice: Vec<(u128, bool)> = Vec::new();
    let mut places = vec![0; taken.len()];
    for (at, &id) in sorted.iter().enumerate() {
        if at > 0 && sorted[at - 1] == id {
            if wanted_twice.last().is_none_or(|last| last.0 != id) {
                wanted_twice.push((id, false));
            }
            continue;
        }
        let mut has_owner = false;
        for (place, taken) in places.iter_mut().zip(taken) {
            *place = advance(taken, *place, id);
            has_owner |= taken.get(*place) == Some(&id);
        }
        if has_owner {
            wanted_twice.push((id, true));
        }
    }
    if wanted_twice.is_empty() {
        return Vec::new();
    }
    sorted.dedup();
    sorted.retain(|id| !wanted_twice.binary_search_by_key(id, |twice| twice.0).is_ok_and(|at| wanted_twice[at].1));
    let must_wait = |(at, id): (usize, &u128)| {
        let found = wanted_twice.binary_search_by_key(id, |twice| twice.0).ok()?;
        std::mem::replace(&mut wanted_twice[found].1, true).then_some(at)
    };
    ids.iter().enumerate().filter_map(must_wait).collect()
}

fn sorted(mut ids: Vec<u128>) -> Vec<u128> {
    use rayon::prelude::*;
    ids.par_sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_taken_is_salted_on_until_it_is_free() {
        // Group g wants 10 + salt, whatever g is: everybody collides with everybody.
        let (ids, given) =
            issue(&[4, 6, 9], &[&[10, 12], &[11]], |groups, salt| vec![10 + u128::from(salt); groups.len()]);
        assert_eq!(ids, [13, 14, 15]);
        assert_eq!(given, [13, 14, 15]);
    }

    #[test]
    fn a_first_wish_beats_a_second_one() {
        // Salt 0: 1, 1, 2. The second group tries 2 next, which the third one already has, then 3.
        let wishes = |groups: &[u32], salt: u64| {
            groups.iter().map(|&g| [[1, 1, 2], [9, 2, 9], [9, 3, 9]][salt as usize][g as usize]).collect()
        };
        assert_eq!(issue(&[0, 1, 2], &[], wishes), (vec![1, 3, 2], vec![1, 2, 3]));
    }

    #[test]
    fn nobody_to_serve_is_fine() {
        assert_eq!(issue(&[], &[&[1]], |_, _| Vec::new()), (vec![], vec![]));
    }
}
