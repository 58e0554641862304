//! How persons are cut into stretches, and how stretches are worked on at once and handed over in order.

use std::ops::Range;

use rayon::prelude::*;

use crate::model::Persons;
use crate::problem::Result;

/// Makes something of every item on many threads; `each` gets it in the order of the items. While one window of items
/// is worked on, the one before it is handed over: memory is bounded, and no thread waits for long.
pub fn in_order<I: Sync, T: Send>(
    items: &[I],
    make: &(dyn Fn(&I) -> Result<T> + Sync),
    each: &mut (dyn FnMut(T) -> Result<()> + Send),
) -> Result<()> {
    let mut ready: Vec<Result<T>> = Vec::new();
    for window in items.chunks(rayon::current_num_threads()) {
        let (handed, next) = rayon::join(
            || ready.drain(..).try_for_each(|made| each(made?)),
            || window.par_iter().map(make).collect::<Vec<_>>(),
        );
        handed?;
        ready = next;
    }
    ready.into_iter().try_for_each(|made| each(made?))
}

/// Most persons and most records of one stretch: large enough for columns to pay, small enough for a few stretches to
/// be in memory at once. They decide how tables are cut, so they do not depend on the machine.
const STRETCH_PERSONS: u32 = 1 << 16;
const STRETCH_RECORDS: u32 = 1 << 18;

/// Cuts persons into stretches; empty without persons.
pub(super) fn stretches(persons: &Persons) -> Vec<Range<u32>> {
    let (mut stretches, mut start) = (Vec::new(), 0);
    for person in 0..persons.len() as u32 {
        let records = persons.starts[person as usize + 1] - persons.starts[start as usize];
        if person > start && (person - start == STRETCH_PERSONS || records > STRETCH_RECORDS) {
            stretches.push(start..person);
            start = person;
        }
    }
    if start < persons.len() as u32 {
        stretches.push(start..persons.len() as u32);
    }
    stretches
}
