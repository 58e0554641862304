//! Values that look as if somebody typed anything to get on.

use crate::model::Kind;

/// Local parts and words that people type when they have to type something.
const WORDS: [&str; 26] = [
    "test",
    "tester",
    "testing",
    "asdf",
    "qwerty",
    "qwertz",
    "none",
    "noemail",
    "no",
    "na",
    "nomail",
    "fake",
    "dummy",
    "abc",
    "xxx",
    "aaa",
    "a",
    "x",
    "unknown",
    "noreply",
    "no-reply",
    "donotreply",
    "nobody",
    "example",
    "sample",
    "guest",
];

/// Why a value is suspected to identify nobody; `None` = it looks sound. A guess: nothing is set aside by it.
#[must_use]
pub fn junk(value: &str, kind: Kind) -> Option<&'static str> {
    let local = value.split_once('@').map_or(value, |(local, _)| local).to_lowercase();
    let plain: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    if kind == Kind::Email {
        let word =
            local.split(['+', '.', '_']).next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
        if WORDS.contains(&word) || WORDS.contains(&local.as_str()) {
            return Some("a word that people type to get on");
        }
        let domain = value.rsplit('@').next().unwrap_or_default();
        if domain.starts_with("test.") || domain.starts_with("example.") {
            return Some("a domain that nobody has mail at");
        }
    } else if WORDS.contains(&plain.as_str()) {
        return Some("a word that people type to get on");
    }
    let digits: Vec<u8> = plain.bytes().filter(u8::is_ascii_digit).collect();
    if digits.len() >= 6 && digits.len() * 4 >= plain.len() * 3 {
        let longest = digits.chunk_by(|one, other| one == other).map(<[u8]>::len).max().unwrap_or(0);
        if longest >= 6 || longest * 3 >= digits.len() * 2 {
            return Some("the same digit over and over");
        }
        let runs = digits.chunk_by(|one, other| one + 1 == *other).map(<[u8]>::len).max().unwrap_or(0);
        if runs >= 7 {
            return Some("digits in a row");
        }
    }
    None
}

/// The form of a value: `AB-1234` → `A-9`, runs of letters and digits each as one sign.
#[must_use]
pub fn shape(value: &str) -> String {
    let mut shape = String::new();
    for c in value.chars().take(64) {
        let sign = match c {
            c if c.is_numeric() => '9',
            c if c.is_alphabetic() => 'A',
            c => c,
        };
        // Letters and digits in turn, as codes have them, are one long code.
        if shape.chars().count() >= 12 {
            shape.push('…');
            break;
        }
        if !shape.ends_with(sign) || !matches!(sign, '9' | 'A') {
            shape.push(sign);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_to_get_on_is_suspected() {
        for (value, kind) in [
            ("test@gmail.com", Kind::Email),
            ("test1@shop.com", Kind::Email),
            ("asdf@asdf.com", Kind::Email),
            ("ana@test.com", Kind::Email),
            ("+15555555555", Kind::Phone),
            ("+11234567890", Kind::Phone),
            ("000000012", Kind::Id),
            ("unknown", Kind::Id),
        ] {
            assert!(junk(value, kind).is_some(), "{value}");
        }
        for (value, kind) in [
            ("ana@example-shop.com", Kind::Email),
            ("testa@gmail.com", Kind::Email),
            ("+16175550142", Kind::Phone),
            ("1002003004", Kind::Id),
            ("a1b2c3d4e5f6", Kind::Device),
        ] {
            assert_eq!(junk(value, kind), None, "{value}");
        }
    }

    #[test]
    fn forms_are_short() {
        assert_eq!(shape("AB-1234"), "A-9");
        assert_eq!(shape("ana.lopez7@example.com"), "A.A9@A.A");
        assert_eq!(shape("a1b2c3d4e5f6a7b8"), "A9A9A9A9A9A9…");
    }
}
