//! What a worker remembers of texts that it has seen: one hash and no allocation per look-up, and what is known of a
//! text lies beside it.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// Distinct texts, numbered from 0 in the order in which they first came, with what is known of each.
///
/// Bounded by its users: they clear it when [`is_full`](Self::is_full).
#[derive(Debug)]
pub struct Memo<T> {
    table: HashTable<u32>,
    entries: Vec<Entry<T>>,
    bytes: Vec<u8>,
}

#[derive(Debug)]
struct Entry<T> {
    /// The lower half of the text's hash: tells most others apart without a look at the text.
    hash: u32,
    text: Span,
    known: T,
}

/// A text kept in a [`Memo`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    start: u32,
    length: u32,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { table: HashTable::new(), entries: Vec::new(), bytes: Vec::new() }
    }
}

impl<T> Memo<T> {
    /// The text's number, or the hash to [`insert`](Self::insert) it with.
    ///
    /// # Errors
    /// The hash of a text that is not there.
    pub fn find(&self, text: &[u8]) -> Result<u32, u64> {
        let hash = xxh3_64(text);
        let same = |&id: &u32| {
            let entry = &self.entries[id as usize];
            entry.hash == hash as u32 && self.get(entry.text) == text
        };
        self.table.find(hash, same).copied().ok_or(hash)
    }

    /// Adds a text that [`find`](Self::find) did not find, and what is known of it; its number.
    pub fn insert(&mut self, hash: u64, text: &[u8], known: T) -> u32 {
        let id = self.entries.len() as u32;
        let text = self.keep(text);
        self.entries.push(Entry { hash: hash as u32, text, known });
        let (entries, bytes) = (&self.entries, &self.bytes);
        self.table.insert_unique(hash, id, |&id| {
            let text = entries[id as usize].text;
            xxh3_64(&bytes[text.start as usize..][..text.length as usize])
        });
        id
    }

    /// Keeps another text.
    pub fn keep(&mut self, text: &[u8]) -> Span {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(text);
        Span { start, length: text.len() as u32 }
    }

    /// What is known of a number's text.
    pub fn known(&mut self, id: u32) -> &mut T {
        &mut self.entries[id as usize].known
    }

    /// A number's text.
    pub fn text(&self, id: u32) -> &[u8] {
        self.get(self.entries[id as usize].text)
    }

    /// A text that is kept.
    pub fn get(&self, text: Span) -> &[u8] {
        &self.bytes[text.start as usize..][..text.length as usize]
    }

    /// Whether it is time to clear it: 65,536 texts, or 16 MiB of them.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= 1 << 16 || self.bytes.len() >= 16 << 20
    }

    /// Forgets all texts; their numbers are given out anew.
    pub fn clear(&mut self) {
        self.table.clear();
        self.entries.clear();
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(texts: &mut Memo<usize>, text: &str) -> (u32, bool) {
        match texts.find(text.as_bytes()) {
            Ok(id) => (id, false),
            Err(hash) => (texts.insert(hash, text.as_bytes(), text.len()), true),
        }
    }

    #[test]
    fn a_text_keeps_its_number_and_what_is_known_of_it() {
        let mut texts = Memo::default();
        for round in 0..2 {
            for i in 0..1000u32 {
                assert_eq!(add(&mut texts, &format!("text {i}")), (i, round == 0));
            }
        }
        assert_eq!(texts.text(999), b"text 999");
        assert_eq!(*texts.known(999), 8);
        assert_eq!(add(&mut texts, ""), (1000, true));
        let kept = texts.keep(b"kept");
        assert_eq!(add(&mut texts, "kept"), (1001, true));
        assert_eq!(texts.get(kept), b"kept");
        texts.clear();
        assert_eq!(add(&mut texts, "text 999"), (0, true));
    }

    #[test]
    fn it_says_when_it_is_full() {
        let mut texts = Memo::default();
        for i in 0..1u32 << 16 {
            assert!(!texts.is_full());
            add(&mut texts, &i.to_string());
        }
        assert!(texts.is_full());
        texts.clear();
        texts.keep(&vec![0; 16 << 20]);
        assert!(texts.is_full());
    }
}
