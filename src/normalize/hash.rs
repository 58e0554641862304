//! Hashed identifiers: hexadecimal digests, by their length MD5 (32), SHA-1 (40) or SHA-256 (64).

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;

use super::spreadsheet;
use crate::config::HashAlgorithm;
use crate::model::Unusable;

/// Appends the digest in lower case to an empty `out`.
///
/// # Errors
/// `Malformed` for anything but 32, 40 or 64 hexadecimal digits.
pub fn normalize(raw: &str, out: &mut String) -> Result<(), Unusable> {
    let text = spreadsheet::unmark(raw);
    let text = text.strip_prefix("0x").unwrap_or(text);
    if !matches!(text.len(), 32 | 40 | 64) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Unusable::Malformed);
    }
    out.push_str(text);
    out.make_ascii_lowercase();
    Ok(())
}

/// Writes the digest of a clean value, as [`normalize`] would write it, over `out`.
///
/// Hashed are the bytes of the clean value: the e-mail address in lower case with no dots or tags folded, the phone
/// number with its `+`.
pub fn digest(clean: &str, algorithm: HashAlgorithm, out: &mut String) {
    out.clear();
    match algorithm {
        HashAlgorithm::Sha256 => hexadecimal(&Sha256::digest(clean), out),
        HashAlgorithm::Sha1 => hexadecimal(&Sha1::digest(clean), out),
        HashAlgorithm::Md5 => hexadecimal(&Md5::digest(clean), out),
    }
}

fn hexadecimal(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_hexadecimal_of_a_known_length() {
        let mut out = String::new();
        assert_eq!(normalize("D41D8CD98F00B204E9800998ECF8427E", &mut out), Ok(()));
        assert_eq!(out, "d41d8cd98f00b204e9800998ecf8427e");
        for raw in ["", "d41d8cd9", "d41d8cd98f00b204e9800998ecf8427g", "ana@example.com"] {
            assert_eq!(normalize(raw, &mut String::new()), Err(Unusable::Malformed), "{raw}");
        }
    }

    #[test]
    fn digests_are_the_published_ones() {
        let mut out = String::new();
        for (algorithm, of_nothing, of_abc) in [
            (HashAlgorithm::Md5, "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"),
            (
                HashAlgorithm::Sha1,
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "a9993e364706816aba3e25717850c26c9cd0d89d",
            ),
            (
                HashAlgorithm::Sha256,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            digest("", algorithm, &mut out);
            assert_eq!(out, of_nothing);
            digest("abc", algorithm, &mut out);
            assert_eq!(out, of_abc);
        }
    }
}
