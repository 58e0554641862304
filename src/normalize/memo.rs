//! Texts by number: what the memos of a worker are made of. One hash and no allocation per look-up.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// Distinct texts, numbered from 0 in the order in which they first came.
///
/// Bounded by its users: they clear it when [`is_full`](Self::is_full).
#[derive(Debug, Default)]
pub struct Interner {
    table: HashTable<u32>,
    hashes: Vec<u64>,
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Interner {
    /// The text's number, and whether it is new.
    pub fn intern(&mut self, text: &[u8]) -> (u32, bool) {
        let hash = xxh3_64(text);
        let (ends, bytes, hashes) = (&self.ends, &self.bytes, &self.hashes);
        let same = |&id: &u32| hashes[id as usize] == hash && slice(ends, bytes, id) == text;
        if let Some(&id) = self.table.find(hash, same) {
            return (id, false);
        }
        let id = self.hashes.len() as u32;
        self.hashes.push(hash);
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, id, |&id| hashes[id as usize]);
        (id, true)
    }

    /// The text of a number.
    #[must_use]
    pub fn get(&self, id: u32) -> &[u8] {
        slice(&self.ends, &self.bytes, id)
    }

    /// Whether it is time to clear it: 65,536 texts, or 16 MiB of them.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.hashes.len() >= 1 << 16 || self.bytes.len() >= 16 << 20
    }

    /// Forgets all texts; their numbers are given out anew.
    pub fn clear(&mut self) {
        self.table.clear();
        self.hashes.clear();
        self.ends.clear();
        self.bytes.clear();
    }
}

fn slice<'a>(ends: &[u32], bytes: &'a [u8], id: u32) -> &'a [u8] {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] };
    &bytes[start as usize..ends[id] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number() {
        let mut texts = Interner::default();
        for round in 0..2 {
            for i in 0..1000u32 {
                assert_eq!(texts.intern(format!("text {i}").as_bytes()), (i, round == 0));
            }
        }
        assert_eq!(texts.get(0), b"text 0");
        assert_eq!(texts.get(999), b"text 999");
        assert_eq!(texts.intern(b""), (1000, true));
        assert_eq!(texts.get(1000), b"");
        texts.clear();
        assert_eq!(texts.intern(b"text 999"), (0, true));
    }

    #[test]
    fn it_says_when_it_is_full() {
        let mut texts = Interner::default();
        for i in 0..(1u32 << 16) {
            assert!(!texts.is_full());
            texts.intern(&i.to_le_bytes());
        }
        assert!(texts.is_full());
    }
}
