//! The key of keyed hashes.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// A key of 256 bits. Whoever has it can test guesses against keyed hashes; without it they tell nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// Bytes that SHA-256 works on at a time.
const BLOCK: usize = 64;

impl Secret {
    /// The key that `bytes` of chance make; give it 32 or more.
    #[must_use]
    pub fn of_chance(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The key that was written; `None` when it is no 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut key = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(key))
    }

    /// As it is written to its file: 64 hexadecimal digits.
    #[must_use]
    pub fn text(&self) -> String {
        hexadecimal(&self.0)
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// The key for one purpose: who knows what was hashed for another one cannot compare.
    #[must_use]
    pub fn for_purpose(&self, purpose: &str) -> Self {
        Self(self.hmac(&[purpose.as_bytes()]))
    }

    /// HMAC-SHA-256 (RFC 2104) of the parts, one behind the other.
    #[must_use]
    pub fn hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let pad = |with: u8| {
            let mut block = [with; BLOCK];
            block.iter_mut().zip(&self.0).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let mut inner = Sha256::new_with_prefix(pad(0x36));
        parts.iter().for_each(|part| inner.update(part));
        let mut outer = Sha256::new_with_prefix(pad(0x5c));
        outer.update(inner.finalize());
        outer.finalize().into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)") // it is one
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}"); // a String takes everything
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key and text of RFC 4231, test case 2, need a shorter key: the key is filled with zeros, which HMAC does anyway.
    #[test]
    fn the_hash_is_that_of_rfc_4231() {
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let hash = Secret(key).hmac(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hexadecimal(&hash), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_key_reads_back_and_shows_itself_to_nobody() {
        let secret = Secret::of_chance(b"chance");
        assert_eq!(Secret::parse(&format!("{}\n", secret.text())), Some(secret.clone()));
        assert_eq!(Secret::parse("abc"), None);
        assert_eq!(Secret::parse(&"g".repeat(64)), None);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_ne!(secret.for_purpose("erasure"), secret.for_purpose("pseudonyms"));
    }
}
