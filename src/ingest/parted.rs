//! Occurrences in parts, by the top bits of their keys.

use crate::model::{Occurrence, Place, SpillFile, Store};
use crate::problem::Result;

/// One namespace's occurrences, chunk by chunk, each chunk's by part; `record` is the row within the chunk.
#[derive(Debug, Default)]
pub(super) struct Parted {
    store: Store<Occurrence>,
    /// Per chunk: where it begins, and where its parts end.
    chunks: Vec<(Place, Box<[u32]>)>,
}

impl Parted {
    /// Takes a chunk's occurrences in, and where each part of them ends.
    pub fn add(&mut self, occurrences: &[Occurrence], ends: Box<[u32]>) {
        self.chunks.push((self.store.append(occurrences), ends));
    }

    /// Bytes of memory that it takes.
    pub fn held(&self) -> usize {
        self.store.held()
    }

    /// Writes what is full to disk.
    pub fn spill(&mut self, file: &mut SpillFile) -> Result<()> {
        self.store.spill(file)
    }

    /// The occurrences of a part, chunk by chunk.
    pub fn part(&self, part: usize) -> impl Iterator<Item = &[Occurrence]> {
        self.chunks.iter().map(move |(place, ends)| {
            let start = if part == 0 { 0 } else { ends[part - 1] };
            &self.store.from(*place)[start as usize..ends[part] as usize]
        })
    }
}

/// Sorts occurrences into parts, within a part in the order in which they came; where each part ends. `room` is used
/// and left to be used again.
pub(super) fn by_part(occurrences: &mut Vec<Occurrence>, room: &mut Vec<Occurrence>) -> Box<[u32]> {
    let mut ends = vec![0u32; 1 << PART_BITS].into_boxed_slice();
    for occurrence in &*occurrences {
        ends[occurrence.part(PART_BITS)] += 1;
    }
    let mut total = 0;
    for end in &mut ends {
        total += std::mem::replace(end, total); // the part's begin, until its occurrences are placed
    }
    room.resize(occurrences.len(), Occurrence::default());
    for &occurrence in &*occurrences {
        let next = &mut ends[occurrence.part(PART_BITS)];
        room[*next as usize] = occurrence;
        *next += 1;
    }
    std::mem::swap(occurrences, room);
    ends
}

/// Identifier parts, as top bits of the key: 256 parts sort within the processor's cache up to tens of millions of
/// records.
pub(super) const PART_BITS: u32 = 8;
