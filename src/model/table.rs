//! Memory for tables that are large and live long.

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytemuck::Pod;
use memmap2::{Advice, MmapMut};

use super::spill::{Lent, Look};

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
pub(super) const LARGE: usize = 128 << 10;

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
}
