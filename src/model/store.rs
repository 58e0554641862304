//! Pieces of values that are written once and stay where they are.

use bytemuck::Pod;

use super::spill::{Look, SpillFile};
use super::table::{LARGE, Table};
use crate::problem::Problem;

/// Pieces of plain values that are written once, one behind the other, in large segments.
#[derive(Debug, Clone)]
pub struct Store<T: Pod> {
    segments: Vec<Table<T>>,
}

/// Where a piece of a [`Store`] begins: segment number above 40 bits of position.
pub type Place = u64;

/// Positions within a segment have so many bits; a piece that is longer than a segment has one to itself.
const PLACE_BITS: u32 = 40;

/// The place at a position of a segment.
pub(super) fn place(segment: usize, at: usize) -> Place {
    (segment as Place) << PLACE_BITS | at as Place
}

/// The segment of a place, and the position in it.
pub(crate) fn segment_of(place: Place) -> (usize, usize) {
    ((place >> PLACE_BITS) as usize, (place & ((1 << PLACE_BITS) - 1)) as usize)
}

/// Bytes of a segment; the first ones are smaller.
const SEGMENT: usize = 32 << 20;

impl<T: Pod> Store<T> {
    /// Appends a piece; all of it lies side by side.
    pub fn append(&mut self, piece: &[T]) -> Place {
        let fits = |segment: &Table<T>| segment.capacity() - segment.len() >= piece.len();
        if !self.segments.last().is_some_and(fits) {
            let held: usize = self.segments.iter().map(|segment| segment.len() * size_of::<T>()).sum();
            let bytes = held.clamp(LARGE, SEGMENT);
            self.segments.push(Table::with_capacity((bytes / size_of::<T>()).max(piece.len())));
        }
        let number = self.segments.len() - 1;
        let segment = &mut self.segments[number];
        let at = segment.len();
        segment.extend_from_slice(piece);
        place(number, at)
    }

    /// Bytes of memory that it takes.
    #[must_use]
    pub fn held(&self) -> usize {
        self.segments
            .iter()
            .filter(|segment| segment.is_held())
            .map(|segment| segment.capacity() * size_of::<T>())
            .sum()
    }

    /// Whether all of it is in memory.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.segments.iter().all(Table::is_held)
    }

    /// Writes all segments but the one that is being filled to a file.
    ///
    /// # Errors
    /// The disk is full, or cannot be written to.
    pub fn spill(&mut self, file: &mut SpillFile) -> Result<(), Problem> {
        let full = self.segments.len().saturating_sub(1);
        for segment in self.segments[..full].iter_mut().rev().take_while(|segment| segment.is_held()) {
            *segment = file.put(segment)?;
        }
        Ok(())
    }

    /// A store of whole segments.
    #[must_use]
    pub fn of(segments: Vec<Table<T>>) -> Self {
        Self { segments }
    }

    /// How many segments it has.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.segments.len()
    }

    /// A segment; see [`Look`].
    #[must_use]
    pub fn look(&self, segment: usize) -> Look<'_, T> {
        self.segments[segment].look()
    }

    /// What lies at a place and behind it.
    #[must_use]
    pub fn from(&self, place: Place) -> &[T] {
        let (segment, at) = segment_of(place);
        &self.segments[segment][at..]
    }
}

impl<T: Pod> Default for Store<T> {
    fn default() -> Self {
        Self { segments: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_store_stay_where_they_are_and_whole() {
        let mut store = Store::<u8>::default();
        let piece = |number: usize| vec![number as u8; number * 7919 % 100_000];
        let places: Vec<Place> = (0..2000).map(|number| store.append(&piece(number))).collect();
        assert!(store.segments.len() > 3, "the pieces must not all fit into one segment");
        for (number, &place) in places.iter().enumerate() {
            assert!(store.from(place).starts_with(&piece(number)), "{number}");
        }
    }
}
