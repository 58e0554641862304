//! The list of what was erased, as keyed hashes.

use std::collections::{BTreeMap, BTreeSet};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::secret::{Secret, hexadecimal};
use crate::model::{Key, Kind};

/// What sort of thing a hash is of; only things of one domain are compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain(String);

impl Domain {
    /// Values of an identifier. E-mail addresses, telephone numbers and hashes are the same thing whatever the identifier
    /// is called; other values are told apart by its name.
    #[must_use]
    pub fn of(kind: Kind, identifier: &str) -> Self {
        match kind {
            Kind::Email => Self("email".into()),
            Kind::Phone => Self("phone".into()),
            Kind::Hash => Self("hash".into()),
            _ => Self(format!("identifier:{}", plain(identifier))),
        }
    }

    /// Record ids of a source.
    #[must_use]
    pub fn record(source: &str) -> Self {
        Self(format!("record:{}", plain(source)))
    }

    /// Person ids.
    #[must_use]
    pub fn person() -> Self {
        Self("person".into())
    }

    /// As it stands in the list.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// A name that fits into a field of the list.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}

/// What was erased. Asking about something that is not in it costs a few nanoseconds: 22 bits of a fast keyed hash are
/// looked up first, and HMAC-SHA-256 decides about the few that pass.
#[derive(Debug, Clone)]
pub struct Erased {
    secret: Secret,
    domains: BTreeMap<Domain, Hashes>,
    /// The fast bits of all domains.
    seen: Vec<u64>,
}

#[derive(Debug, Clone, Default)]
struct Hashes {
    seed: u64,
    /// Keyed hash → the fast bits, and how values were read when it was made (see [`Erased::insert`]).
    hashes: BTreeMap<[u8; 32], (u32, String)>,
}

const BITS: u32 = 22;
const TITLE: &str =
    "# What was erased: domain, how it was read, 22 bits of a fast keyed hash, HMAC-SHA-256. Not to be edited.\n";

impl Erased {
    /// Nothing yet, under a key.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self { secret: secret.for_purpose("erasure"), domains: BTreeMap::new(), seen: vec![0; 1 << (BITS - 6)] }
    }

    /// A list as [`text`](Self::text) writes it; the line that is none otherwise.
    pub fn parse(secret: &Secret, text: &str) -> Result<Self, usize> {
        let mut list = Self::new(secret);
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let row = || {
                let [domain, read, bits, hash] = line.split('\t').collect::<Vec<_>>()[..] else { return None };
                let hash = Secret::parse(hash)?; // it has the form of a key
                Some((Domain(domain.to_owned()), read.to_owned(), u32::from_str_radix(bits, 16).ok()?, hash))
            };
            let (domain, read, bits, hash) = row().filter(|row| row.2 < 1 << BITS).ok_or(number + 1)?;
            list.put(domain, read, bits, hash.bytes());
        }
        Ok(list)
    }

    /// As it is written to its file, in one order.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = TITLE.to_owned();
        for (domain, hashes) in &self.domains {
            for (hash, (bits, read)) in &hashes.hashes {
                text += &format!("{}\t{read}\t{bits:06x}\t{}\n", domain.name(), hexadecimal(hash));
            }
        }
        text
    }

    /// How many hashes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.domains.values().map(|hashes| hashes.hashes.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
    }

    /// Adds something. `read` is a fingerprint of how the config reads such values, so that a config that reads them
    /// otherwise can be told. False when it is there already.
    pub fn insert(&mut self, domain: &Domain, read: &str, key: Key) -> bool {
        let (bits, hash) = (fast(self.seed(domain), key), self.hash(domain, key));
        let is_new = !self.domains.get(domain).is_some_and(|hashes| hashes.hashes.contains_key(&hash));
        self.put(domain.clone(), plain(read), bits, hash);
        is_new
    }

    /// Whether something is in the list.
    #[must_use]
    pub fn holds(&self, domain: &Domain, key: Key) -> bool {
        self.of(domain).is_some_and(|list| list.holds(key))
    }

    /// The part of the list that is of one domain; `None` when there is nothing.
    #[must_use]
    pub fn of(&self, domain: &Domain) -> Option<Part<'_>> {
        let (domain, hashes) = self.domains.get_key_value(domain)?;
        Some(Part { list: self, domain, hashes })
    }

    /// Domains that hold something, with the ways in which it was read.
    #[must_use]
    pub fn domains(&self) -> Vec<(&Domain, BTreeSet<&str>)> {
        let domains = self.domains.iter();
        domains.map(|(domain, of)| (domain, of.hashes.values().map(|(_, read)| read.as_str()).collect())).collect()
    }

    fn put(&mut self, domain: Domain, read: String, bits: u32, hash: [u8; 32]) {
        self.seen[(bits >> 6) as usize] |= 1 << (bits & 63);
        let seed = self.seed(&domain);
        self.domains
            .entry(domain)
            .or_insert_with(|| Hashes { seed, ..Hashes::default() })
            .hashes
            .insert(hash, (bits, read));
    }

    fn seed(&self, domain: &Domain) -> u64 {
        let known = self.domains.get(domain).map(|hashes| hashes.seed);
        known.unwrap_or_else(|| {
            let hash = self.secret.hmac(&[b"bits\0", domain.name().as_bytes()]);
            u64::from_be_bytes(hash[..8].try_into().expect("32 bytes begin with 8"))
        })
    }

    fn hash(&self, domain: &Domain, key: Key) -> [u8; 32] {
        self.secret.hmac(&[domain.name().as_bytes(), b"\0", &key.to_be_bytes()])
    }
}

/// The part of a list that is of one domain.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    list: &'a Erased,
    domain: &'a Domain,
    hashes: &'a Hashes,
}

impl Part<'_> {
    /// Whether something is in it.
    #[must_use]
    #[inline]
    pub fn holds(&self, key: Key) -> bool {
        let bits = fast(self.hashes.seed, key);
        self.list.seen[(bits >> 6) as usize] >> (bits & 63) & 1 == 1
            && self.hashes.hashes.contains_key(&self.list.hash(self.domain, key))
    }
}

#[inline]
fn fast(seed: u64, key: Key) -> u32 {
    (xxh3_64_with_seed(&key.to_be_bytes(), seed) >> (64 - BITS)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::identifier_key;

    fn secret() -> Secret {
        Secret::of_chance(b"a")
    }

    fn email() -> Domain {
        Domain::of(Kind::Email, "mail")
    }

    #[test]
    fn a_list_holds_what_was_put_in_and_nothing_else() {
        let mut list = Erased::new(&secret());
        let ana = identifier_key(b"ana@example.com");
        assert!(list.is_empty() && !list.holds(&email(), ana));
        assert!(list.insert(&email(), "r", ana));
        assert!(!list.insert(&email(), "r", ana), "it is there");
        assert!(list.holds(&email(), ana));
        assert!(!list.holds(&Domain::of(Kind::Phone, "phone"), ana), "another domain");
        let others = (0..100_000u32).filter(|n| list.holds(&email(), identifier_key(&n.to_le_bytes())));
        assert_eq!(others.count(), 0);
    }

    #[test]
    fn a_list_reads_back_under_its_key_only() {
        let mut list = Erased::new(&secret());
        let ana = identifier_key(b"ana@example.com");
        list.insert(&Domain::of(Kind::Id, "loyalty id"), "r", ana);
        let text = list.text();
        assert!(!text.contains("ana"));
        let read = Erased::parse(&secret(), &text).unwrap();
        assert_eq!((read.text(), read.len()), (text.clone(), 1));
        assert!(read.holds(&Domain::of(Kind::Id, "loyalty id"), ana));
        let other = Erased::parse(&Secret::of_chance(b"b"), &text).unwrap();
        assert!(!other.holds(&Domain::of(Kind::Id, "loyalty id"), ana));
        assert_eq!(Erased::parse(&secret(), &format!("{text}email\tx\n")).unwrap_err(), 3);
    }
}
