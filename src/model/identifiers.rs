//! Identifiers: which record carries which value of which namespace. No strings: a value is its 128-bit key.

use std::cmp::Ordering;

use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::Table;

/// Index into [`super::Schema::namespaces`].
pub type NamespaceId = u8;

/// Key of a normalized value: the upper 96 bits of XXH3-128, the lower 32 being zero. Long enough that a collision cannot
/// merge two people (at 10⁹ values of a namespace the chance of any is below 10⁻¹¹). Keys of different namespaces are
/// never compared with each other.
pub type Key = u128;

/// The key of a normalized value.
#[must_use]
pub fn identifier_key(normalized: &[u8]) -> Key {
    xxh3_128_with_seed(normalized, 0) & !Key::from(u32::MAX)
}

/// One value carried by one record: 16 bytes, ordered by key and record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Pod, Zeroable)]
#[repr(C)]
pub struct Occurrence {
    high: u64,
    low: u32,
    /// Row within its chunk while a chunk is built; record number from linking on.
    pub record: u32,
}

impl Occurrence {
    /// A record that carries a value.
    #[must_use]
    pub fn new(key: Key, record: u32) -> Self {
        Self { high: (key >> 64) as u64, low: (key >> 32) as u32, record }
    }

    /// The value's key.
    #[must_use]
    pub fn key(self) -> Key {
        (u128::from(self.high) << 64) | (u128::from(self.low) << 32)
    }

    /// The part of `1 << bits` parts that the value belongs to: its key's top bits.
    #[must_use]
    pub fn part(self, bits: u32) -> usize {
        if bits == 0 { 0 } else { (self.high >> (64 - bits)) as usize }
    }
}

impl Ord for Occurrence {
    fn cmp(&self, other: &Self) -> Ordering {
        let whole = |o: &Self| o.key() | u128::from(o.record); // one comparison instead of three
        whole(self).cmp(&whole(other))
    }
}

impl PartialOrd for Occurrence {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// All occurrences of one namespace, split into parts by the top bits of the key.
///
/// Invariant: every occurrence of part `p` has `occurrence.part(bits) == p`, so a value's records are all in one part,
/// and concatenating the sorted parts gives the sorted whole.
#[derive(Debug, Clone, Default)]
pub struct Occurrences {
    /// `1 << bits` parts.
    pub parts: Vec<Table<Occurrence>>,
    /// How many top bits choose the part.
    pub bits: u32,
}

impl Occurrences {
    /// Empty, in `1 << bits` parts.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        Self { parts: vec![Table::default(); 1 << bits], bits }
    }

    /// Adds one.
    pub fn push(&mut self, occurrence: Occurrence) {
        self.parts[occurrence.part(self.bits)].push(occurrence);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.is_empty())
    }
}

/// A value that a record carries and that links nothing, with the reason: kept apart, so that it never wins in a golden
/// record either, and listed in `ignored_identifiers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// Row within its chunk; record number once records are numbered.
    pub row: u32,
    /// Which field it stood in.
    pub field: super::FieldId,
    /// Why.
    pub reason: Unusable,
    /// As it came, trimmed; of a phone number its digits, and `+` where it had one; at most 200 bytes of it.
    pub value: Box<str>,
}

/// Why a value is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unusable {
    /// On a list of values that identify nobody.
    Placeholder,
    /// Not of the kind's form at all (`ana(at)example.com`).
    Malformed,
    /// Of the form, but not a possible number in its region.
    InvalidNumber,
    /// A national number, and no region to read it in.
    NoRegion,
    /// Shorter than anything that could identify a person.
    TooShort,
    /// Longer than the kind allows.
    TooLong,
    /// A date or time that the declared formats do not read, or that does not exist.
    BadDate,
    /// Not a number or amount.
    BadNumber,
    /// Not among the values that the kind knows (country, yes/no).
    UnknownValue,
}

impl Unusable {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Placeholder,
        Self::Malformed,
        Self::InvalidNumber,
        Self::NoRegion,
        Self::TooShort,
        Self::TooLong,
        Self::BadDate,
        Self::BadNumber,
        Self::UnknownValue,
    ];

    /// The reason of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// As written to tables and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Malformed => "malformed",
            Self::InvalidNumber => "invalid_number",
            Self::NoRegion => "no_region",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::BadDate => "bad_date",
            Self::BadNumber => "bad_number",
            Self::UnknownValue => "unknown_value",
        }
    }
}
