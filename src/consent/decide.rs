//! What several statements make of one person.

use std::cmp::{Ordering, Reverse};

use super::{Decided, Plan};
use crate::config::ConsentPolicy;
use crate::model::{ConsentId, ConsentState, Statement, Word};

/// The state of a person, from all that is said of it.
///
/// What is said of a channel as a whole counts for its purposes as far as it is an opt-out or a bounce; an opt-in to the
/// channel is none to every purpose.
pub(super) fn decide(plan: &Plan, person: u32, key: ConsentId, statements: &[Statement]) -> Decided {
    let Some(of) = plan.keys.get(usize::from(key)) else { unreachable!("keys are counted over the plan") };
    let counts = |said: &&Statement| said.key == key || of.whole == Some(said.key) && said.word != Word::OptedIn;
    let said = || statements.iter().filter(counts);
    let by = match of.policy {
        ConsentPolicy::MostRestrictive => {
            let first = |out: bool| {
                said()
                    .filter(|said| said.word != Word::Bounce && said.word.is_out() == out)
                    .min_by(|a, b| stands_before(of.policy, a, b))
            };
            first(true).or_else(|| first(false))
        }
        ConsentPolicy::MostRecent => {
            said().filter(|said| said.word != Word::Bounce).min_by(|a, b| stands_before(of.policy, a, b))
        }
    };
    let bounce = said().filter(|said| said.word == Word::Bounce).max_by_key(|said| weighs(said));
    let came_back = |gone: &&Statement| {
        said().any(|said| said.word == Word::OptedIn && said.since != i64::MIN && said.since > time_of_out(gone))
    };
    let bounce = bounce.filter(|gone| !came_back(gone)).copied();
    let state = match by {
        None => ConsentState::Unknown,
        Some(said) if said.word.is_out() => ConsentState::OptedOut,
        Some(_) => ConsentState::OptedIn,
    };
    Decided { person, key, state, by: by.copied(), bounce }
}

/// Which of two statements decides: a total order.
///
/// Under `most_restrictive`, among opt-outs or among opt-ins: the person's own before one by address, then the oldest, one
/// without a time last. Under `most_recent`: the newest; then an opt-out before an opt-in, the person's own before one by
/// address. Then the smaller record.
pub(super) fn stands_before(policy: ConsentPolicy, a: &Statement, b: &Statement) -> Ordering {
    match policy {
        ConsentPolicy::MostRestrictive => {
            let rank = |said: &Statement| {
                let since = if said.since == i64::MIN { i64::MAX } else { said.since };
                (said.via.is_some(), since, said.record, said.via)
            };
            rank(a).cmp(&rank(b))
        }
        ConsentPolicy::MostRecent => {
            let rank = |said: &Statement| {
                // An opt-in without a time is older than anything, an opt-out without one newer.
                let time = if said.word.is_out() { time_of_out(said) } else { said.since };
                (Reverse(time), !said.word.is_out(), said.via.is_some(), said.record, said.via)
            };
            rank(a).cmp(&rank(b))
        }
    }
}

/// Which of several bounces counts: the greatest.
pub(super) fn weighs(bounce: &Statement) -> (i64, bool, Reverse<u32>, Reverse<Option<u8>>) {
    (time_of_out(bounce), bounce.via.is_none(), Reverse(bounce.record), Reverse(bounce.via))
}

/// Nobody knows that an opt-out without a time is older than anything else.
fn time_of_out(said: &Statement) -> i64 {
    if said.since == i64::MIN { i64::MAX } else { said.since }
}
