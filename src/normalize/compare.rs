//! Compare keys: what two values must share for the guard to say that they agree, and what names and postal codes
//! count as in a compound identifier.

use super::memo::{Memo, Span};
use super::{name, postal_code};
use crate::model::{Chunk, Kind, Unusable};

/// Appends the compare key of a clean value; nothing where it has none.
///
/// Names: ASCII letters in lower case, words parted by single spaces (`García-López` → `garcia lopez`, `O’Brien` →
/// `obrien`, `Müller` → `muller`, `Łukasz` → `lukasz`, `Борис` → `boris`). Postal codes: letters and digits only, a
/// ZIP+4 without its last four. Others: the clean value itself.
pub fn compare_key(kind: Kind, clean: &str, out: &mut String) {
    match kind {
        Kind::Name => name_key(clean, out),
        Kind::PostalCode => postal_code::core(clean, out),
        _ => out.push_str(clean),
    }
}

fn name_key(clean: &str, out: &mut String) {
    if clean.bytes().all(|b| b.is_ascii_alphabetic()) {
        let start = out.len();
        out.push_str(clean);
        out[start..].make_ascii_lowercase();
        return;
    }
    let start = out.len();
    let mut space = false;
    let mut push = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' => {
            if std::mem::take(&mut space) && out.len() > start {
                out.push(' ');
            }
            out.push(char::from(byte | 0x20));
        }
        b' ' | b'-' | b'_' | b'/' | b',' | b';' | b'&' | b'+' | b'\t' | b'\n' | b'\r' => space = true,
        _ => {}
    };
    for c in clean.chars() {
        if c.is_ascii() { push(c as u8) } else { any_ascii::any_ascii_char(c).bytes().for_each(&mut push) }
    }
}

/// Hands out the codes of compare keys, anew in every chunk.
#[derive(Debug, Default)]
pub(super) struct CompareCodes {
    columns: Vec<Column>,
    chunk: u32,
    rows: usize,
}

#[derive(Debug, Default)]
struct Column {
    /// Compare keys; of each, the chunk in which it last occurred and its code there.
    keys: Memo<(u32, u16)>,
    /// How often `keys` was cleared: ids of an older generation mean nothing.
    generation: u32,
}

impl CompareCodes {
    /// For that many compare fields.
    pub fn new(columns: usize) -> Self {
        Self { columns: (0..columns).map(|_| Column::default()).collect(), chunk: 0, rows: 0 }
    }

    /// Opens a row: every compare field blank so far.
    pub fn begin_row(&mut self, chunk: &mut Chunk) {
        if chunk.is_empty() || chunk.len() != self.rows {
            self.begin_chunk(chunk);
        }
        self.rows = chunk.len() + 1;
        for column in &mut chunk.compare {
            column.codes.push(0);
        }
    }

    fn begin_chunk(&mut self, chunk: &mut Chunk) {
        self.chunk += 1;
        chunk.compare.resize_with(self.columns.len(), Default::default);
        for column in 0..self.columns.len() {
            self.reload(chunk, column);
        }
    }

    /// Takes over the keys that the chunk holds already.
    fn reload(&mut self, chunk: &Chunk, column: usize) {
        for (index, key) in chunk.compare[column].keys.iter().enumerate() {
            let id = self.columns[column].id(key);
            *self.columns[column].keys.known(id) = (self.chunk, index as u16 + 1);
        }
    }

    /// Makes room for another key of the column; the generation of the ids that are then valid.
    pub fn make_room(&mut self, chunk: &Chunk, column: usize) -> u32 {
        if self.columns[column].keys.is_full() {
            self.columns[column].keys.clear();
            self.columns[column].generation += 1;
            self.reload(chunk, column);
        }
        self.columns[column].generation
    }

    /// The id of a key, valid within its generation.
    pub fn id(&mut self, column: usize, key: &str) -> u32 {
        self.columns[column].id(key)
    }

    /// Gives the open row that key, which has that id.
    pub fn put(&mut self, chunk: &mut Chunk, column: usize, id: u32, key: &str) {
        let here = &mut chunk.compare[column];
        let keys = &mut self.columns[column].keys;
        let (chunk_of_code, mut code) = *keys.known(id);
        if chunk_of_code != self.chunk {
            debug_assert_eq!(keys.text(id), key.as_bytes());
            here.keys.push(key.into());
            code = u16::try_from(here.keys.len()).expect("ingest closes a chunk at MAX_ROWS rows");
            *keys.known(id) = (self.chunk, code);
        }
        if let Some(last) = here.codes.last_mut() {
            *last = code;
        }
    }
}

impl Column {
    fn id(&mut self, key: &str) -> u32 {
        self.keys.find(key.as_bytes()).unwrap_or_else(|hash| self.keys.insert(hash, key.as_bytes(), (0, 0)))
    }
}

/// What a worker knows about the names of one field that take work and that it has seen before.
#[derive(Debug, Default)]
pub(super) struct NameMemo {
    seen: Memo<KnownName>,
    generation: u32,
}

/// A name as it came, worked on.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownName {
    /// Why it is none; blocked ones are `Placeholder`.
    pub fault: Option<Unusable>,
    clean: Span,
    key: Span,
    /// Its key's id in the compare column, if the field has one and the key is not empty.
    pub id: Option<u32>,
}

impl NameMemo {
    /// What is known of a trimmed name; new ones are normalized and given to `judge`, which says whether they are
    /// placeholders, and `number`, which gives their compare key an id.
    pub fn look_up(
        &mut self,
        raw: &str,
        generation: u32,
        judge: impl FnOnce(&str) -> bool,
        number: impl FnOnce(&str) -> Option<u32>,
    ) -> KnownName {
        if generation != self.generation || self.seen.is_full() {
            self.generation = generation;
            self.seen.clear();
        }
        let hash = match self.seen.find(raw.as_bytes()) {
            Ok(id) => return *self.seen.known(id),
            Err(hash) => hash,
        };
        let (mut clean, mut key) = (String::new(), String::new());
        let fault = name::normalize(raw, &mut clean).err();
        let fault = if judge(fault.map_or(&clean, |_| raw)) { Some(Unusable::Placeholder) } else { fault };
        if fault.is_none() {
            name_key(&clean, &mut key);
        }
        let id = if key.is_empty() { None } else { number(&key) };
        let (clean, key) = (self.seen.keep(clean.as_bytes()), self.seen.keep(key.as_bytes()));
        let name = KnownName { fault, clean, key, id };
        self.seen.insert(hash, raw.as_bytes(), name);
        name
    }

    /// The clean form of a name that was just looked up.
    pub fn clean(&self, name: KnownName) -> &str {
        std::str::from_utf8(self.seen.get(name.clean)).expect("clean names are kept as &str")
    }

    /// Its compare key; empty = none.
    pub fn key(&self, name: KnownName) -> &str {
        std::str::from_utf8(self.seen.get(name.key)).expect("compare keys are kept as &str")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_marks_and_punctuation() {
        for (name, expected) in [
            ("Ana", "ana"),
            ("GARCÍA-LÓPEZ", "garcia lopez"),
            ("García López", "garcia lopez"),
            ("O'Brien", "obrien"),
            ("O’Brien", "obrien"),
            ("Müller", "muller"),
            ("Łukasz", "lukasz"),
            ("J. R. R.", "j r r"),
            ("Борис", "boris"),
            ("Anne - Marie", "anne marie"),
            ("123", ""),
            ("-", ""),
        ] {
            let mut key = String::new();
            compare_key(Kind::Name, name, &mut key);
            assert_eq!(key, expected, "{name}");
        }
    }

    #[test]
    fn other_kinds_are_compared_by_their_clean_value() {
        let mut key = String::new();
        compare_key(Kind::Email, "ana@example.com", &mut key);
        compare_key(Kind::PostalCode, "02134-1234", &mut key);
        assert_eq!(key, "ana@example.com02134");
    }
}
