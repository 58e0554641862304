//! Parts of a person's name.
//!
//! Clean form: as written, with case, marks and salutations, in Unicode form KC, inner white space as single spaces,
//! without surrounding quotes. Names are compared by their compare key (see [`super::compare`]).

use super::blank;
use super::id::collapse;
use crate::model::Unusable;

/// Longest name, in bytes.
const LONGEST: usize = 512;

/// Appends the clean form of a trimmed name to an empty `out`.
///
/// # Errors
/// `TooLong` above 512 bytes, `Malformed` where only quotes are left.
pub fn normalize(raw: &str, out: &mut String) -> Result<(), Unusable> {
    let bytes = raw.as_bytes();
    let plain =
        bytes.iter().all(|b| b.is_ascii_graphic() || *b == b' ') && memchr::memmem::find(bytes, b"  ").is_none();
    if plain {
        out.push_str(without_quotes(raw));
    } else {
        let mut composed = String::with_capacity(raw.len());
        collapse(raw, &mut composed);
        out.push_str(without_quotes(&composed));
    }
    if out.is_empty() {
        return Err(Unusable::Malformed);
    }
    if out.len() > LONGEST {
        out.clear();
        return Err(Unusable::TooLong);
    }
    Ok(())
}

/// Only in pairs: an apostrophe in front belongs to the name (`'t Hooft`).
fn without_quotes(mut text: &str) -> &str {
    const PAIRS: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('“', '”'), ('„', '“'), ('«', '»')];
    while let Some(b'"' | b'\'' | 0x80..) = text.as_bytes().first() {
        let inside = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
        match PAIRS.into_iter().find_map(inside) {
            Some(inside) => text = blank::trim(inside),
            None => break,
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(raw: &str) -> Result<String, Unusable> {
        let mut out = String::new();
        normalize(raw, &mut out).map(|()| out)
    }

    #[test]
    fn names_stay_as_written_but_for_form() {
        for (raw, expected) in [
            ("Ana", "Ana"),
            ("ANA  MARÍA", "ANA MARÍA"),
            ("Jose\u{301}", "José"),
            ("O'Brien", "O'Brien"),
            ("'t Hooft", "'t Hooft"),
            ("\"Ana\"", "Ana"),
            ("“Ana”", "Ana"),
            ("Ａｎａ", "Ana"),
            ("ﬁona", "fiona"),
            ("Ana\u{a0}María", "Ana María"),
            ("An\u{ad}a", "Ana"),
            ("Dr. Ana", "Dr. Ana"),
            ("王小明", "王小明"),
            ("می\u{200c}نا", "می\u{200c}نا"),
        ] {
            assert_eq!(clean(raw).as_deref(), Ok(expected), "{raw:?}");
            assert_eq!(clean(expected).as_deref(), Ok(expected), "{raw:?}");
        }
        assert_eq!(clean("\"\u{ad}\""), Err(Unusable::Malformed));
        assert_eq!(clean(&"x".repeat(513)), Err(Unusable::TooLong));
    }
}
