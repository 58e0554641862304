//! Memory for tables that are large and live long.

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytemuck::Pod;
use memmap2::{Advice, MmapMut};

use super::spill::{Lent, Look, SpillFile};
use crate::problem::Problem;

/// A growing table of plain values, like a `Vec`. A large one takes its memory from the system itself, in huge pages
/// where there are any, and gives it back the moment it is dropped: allocators keep what they are given back, and a run
/// would carry every table that it has ever had.
pub struct Table<T>(Memory<T>);

enum Memory<T> {
    Heap(Vec<T>),
    /// The first `len` values of the map are the table.
    Mapped {
        map: MmapMut,
        len: usize,
    },
    /// Read from a file; whoever changes it makes it one in memory.
    Lent(Lent),
}

/// Tables of fewer bytes than this are left to the allocator.
const LARGE: usize = 128 << 10;

impl<T: Pod> Table<T> {
    /// An empty table with room for so many values.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let bytes = capacity.saturating_mul(size_of::<T>());
        if bytes >= LARGE
            && let Ok(map) = MmapMut::map_anon(bytes)
        {
            #[cfg(target_os = "linux")]
            let _ = map.advise(Advice::HugePage); // a wish; what kernels cannot grant they ignore
            return Self(Memory::Mapped { map, len: 0 });
        }
        Self(Memory::Heap(Vec::with_capacity(capacity)))
    }

    /// A table with these values.
    #[must_use]
    pub fn of(values: &[T]) -> Self {
        let mut table = Self::with_capacity(values.len());
        table.extend_from_slice(values);
        table
    }

    /// A table of so many zeros.
    #[must_use]
    pub fn zeroed(length: usize) -> Self {
        let mut table = Self::with_capacity(length);
        match &mut table.0 {
            Memory::Heap(vec) => vec.resize(length, T::zeroed()),
            Memory::Mapped { len, .. } => *len = length, // the system hands out zeros
            Memory::Lent(_) => unreachable!("a table that was just made is in memory"),
        }
        table
    }

    pub(super) fn lent(lent: Lent) -> Self {
        Self(Memory::Lent(lent))
    }

    /// Its values; see [`Look`].
    #[must_use]
    pub fn look(&self) -> Look<'_, T> {
        match &self.0 {
            Memory::Lent(lent) => Look::again(lent).unwrap_or_else(|| Look::held(self)),
            _ => Look::held(self),
        }
    }

    /// Whether it takes memory of its own.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !matches!(self.0, Memory::Lent(_))
    }

    /// How many values it has room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        match &self.0 {
            Memory::Heap(vec) => vec.capacity(),
            Memory::Mapped { map, .. } => map.len() / size_of::<T>(),
            Memory::Lent(_) => self.len(),
        }
    }

    /// Appends a value.
    pub fn push(&mut self, value: T) {
        self.extend_from_slice(&[value]);
    }

    /// Appends values.
    pub fn extend_from_slice(&mut self, values: &[T]) {
        match &mut self.0 {
            Memory::Heap(vec) => {
                if (vec.len() + values.len()) * size_of::<T>() < LARGE || vec.capacity() - vec.len() >= values.len() {
                    vec.extend_from_slice(values);
                    return;
                }
            }
            Memory::Mapped { map, len } => {
                let room: &mut [T] = bytemuck::cast_slice_mut(whole::<T>(map));
                if let Some(room) = room.get_mut(*len..*len + values.len()) {
                    room.copy_from_slice(values);
                    *len += values.len();
                    return;
                }
            }
            Memory::Lent(_) => {}
        }
        let mut larger = Self::with_capacity((self.len() + values.len()).next_power_of_two());
        match &mut larger.0 {
            Memory::Heap(vec) => {
                vec.extend_from_slice(self);
                vec.extend_from_slice(values);
            }
            Memory::Mapped { map, len } => {
                let room: &mut [T] = bytemuck::cast_slice_mut(whole::<T>(map));
                room[..self.len()].copy_from_slice(self);
                *len = self.len() + values.len();
                room[self.len()..*len].copy_from_slice(values);
            }
            Memory::Lent(_) => unreachable!("a table that was just made is in memory"),
        }
        *self = larger;
    }

    /// Drops all values behind the first `length`.
    pub fn truncate(&mut self, length: usize) {
        match self.own() {
            Memory::Heap(vec) => vec.truncate(length),
            Memory::Mapped { len, .. } => *len = (*len).min(length),
            Memory::Lent(_) => unreachable!("it is in memory by now"),
        }
    }

    /// Makes it a table in memory.
    fn own(&mut self) -> &mut Memory<T> {
        if !self.is_held() {
            *self = Self::of(self);
        }
        &mut self.0
    }

    /// Drops every value that equals the one before it.
    pub fn dedup(&mut self)
    where
        T: PartialEq,
    {
        let values = &mut **self;
        let mut kept = values.len().min(1);
        for at in 1..values.len() {
            if values[at] != values[kept - 1] {
                values[kept] = values[at];
                kept += 1;
            }
        }
        self.truncate(kept);
    }
}

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

/// The bytes of a map that hold whole values.
fn whole<T>(map: &mut MmapMut) -> &mut [u8] {
    let bytes = map.len() / size_of::<T>() * size_of::<T>();
    &mut map[..bytes]
}

impl<T: Pod> Deref for Table<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Memory::Heap(vec) => vec,
            Memory::Mapped { map, len } => bytemuck::cast_slice(&map[..len * size_of::<T>()]),
            Memory::Lent(lent) if lent.is_empty() => &[], // no bytes lie where no value could
            Memory::Lent(lent) => bytemuck::cast_slice(lent.bytes()),
        }
    }
}

impl<T: Pod> DerefMut for Table<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self.own() {
            Memory::Heap(vec) => vec,
            Memory::Mapped { map, len } => bytemuck::cast_slice_mut(&mut map[..*len * size_of::<T>()]),
            Memory::Lent(_) => unreachable!("it is in memory by now"),
        }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Memory::Heap(Vec::new()))
    }
}

impl<T: Pod> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self::of(self)
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_a_vec_at_every_size() {
        let (mut table, mut vec) = (Table::<u32>::default(), Vec::new());
        for round in 0..200_000u32 {
            table.push(round / 3);
            vec.push(round / 3);
        }
        table.extend_from_slice(&[7; 100_000]);
        vec.extend_from_slice(&[7; 100_000]);
        assert!(*table == *vec && *table.clone() == *vec);
        table.dedup();
        vec.dedup();
        assert!(*table == *vec);
        table[5] = 9;
        table.truncate(6);
        assert_eq!(*table, [0, 1, 2, 3, 4, 9]);
        table.dedup();
        assert_eq!(table.len(), 6);
        assert!(Table::<u8>::default().is_empty());
    }

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
