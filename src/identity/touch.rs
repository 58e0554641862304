//! Fetching rows from memory before they are needed.

use crate::model::{Place, Rows};

/// How many rows are worth fetching at a time: enough to wait for all of them together, few enough to stay in the
/// nearest cache.
pub(super) const AHEAD: usize = 64;

/// Brings the heads and ids of at most [`AHEAD`] rows into the cache.
///
/// In the order of keys, rows lie all over memory, and work that waits for its row waits for nearly every one: 10
/// million ids in random order took 3 s of waiting. Here no read depends on another and little is done with any, so the
/// processor fetches many at once: under 1 s.
pub(super) fn touch(rows: &Rows<'_>, numbers: impl Iterator<Item = u32>) {
    // Two rounds, for where a row begins has to be fetched too.
    let mut places = [0; AHEAD];
    let mut count = 0;
    for (place, number) in places.iter_mut().zip(numbers) {
        *place = rows.place(number);
        count += 1;
    }
    // Most heads and ids end within 40 bytes, which may lie on two cache lines.
    let bytes = |&place: &Place| {
        let bytes = rows.at(place);
        bytes[0] ^ bytes[40.min(bytes.len() - 1)]
    };
    std::hint::black_box(places[..count].iter().map(bytes).fold(0, |all, some| all ^ some));
}
