//! Postal codes.
//!
//! Clean form: upper case, inner white space as single spaces, dashes of every sort as `-`, without a spreadsheet's
//! marks and `.0`. `12345-6789` stays whole, and `SW1A1AA` is not respaced: compare keys and compound identifiers take
//! `core`, where neither spaces nor the last four digits of a ZIP+4 count. Leading zeros that a spreadsheet has
//! removed (`2134`) are not put back: four digits are a code of their own in a dozen countries.

use super::id::{code, collapse};
use crate::model::Unusable;

/// Longest code, in bytes: the longest in use have ten characters.
const LONGEST: usize = 16;

/// Appends the clean form of a trimmed code to an empty `out`.
///
/// # Errors
/// `Malformed` without any letter or digit, or in scientific notation; `TooLong` above 16 bytes.
pub fn normalize(raw: &str, out: &mut String) -> Result<(), Unusable> {
    if raw.bytes().all(|b| b.is_ascii_graphic()) {
        out.push_str(code(raw)?);
    } else {
        let mut composed = String::with_capacity(raw.len());
        collapse(raw, &mut composed);
        composed = composed.replace(|c| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}'), "-");
        while let Some(at) = composed.find(" -").or_else(|| composed.find("- ")) {
            composed.replace_range(at..at + 2, "-");
        }
        out.push_str(code(&composed)?);
    }
    out.make_ascii_uppercase();
    let fault = if !out.chars().any(char::is_alphanumeric) {
        Unusable::Malformed
    } else if out.len() > LONGEST {
        Unusable::TooLong
    } else {
        return Ok(());
    };
    out.clear();
    Err(fault)
}

/// Appends what a clean code is compared by: letters and digits only, a ZIP+4 without its last four.
pub fn core(clean: &str, out: &mut String) {
    let bytes = clean.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    if bytes.len() == 10 && matches!(bytes[5], b'-' | b' ') && digits(0..5) && digits(6..10) {
        out.push_str(&clean[..5]);
    } else {
        out.extend(clean.chars().filter(|c| c.is_alphanumeric()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_their_clean_form_and_core() {
        for (raw, expected, expected_core) in [
            ("02134", "02134", "02134"),
            ("'02134", "02134", "02134"),
            ("02134.0", "02134", "02134"),
            ("02134-1234", "02134-1234", "02134"),
            ("02134 - 1234", "02134-1234", "02134"),
            ("02134–1234", "02134-1234", "02134"),
            ("sw1a 1aa", "SW1A 1AA", "SW1A1AA"),
            ("SW1A1AA", "SW1A1AA", "SW1A1AA"),
            ("k1a\u{a0} 0b1", "K1A 0B1", "K1A0B1"),
            ("1234 AB", "1234 AB", "1234AB"),
            ("110-0005", "110-0005", "1100005"),
            ("D-10115", "D-10115", "D10115"),
        ] {
            let (mut out, mut compared) = (String::new(), String::new());
            assert_eq!(normalize(raw, &mut out), Ok(()), "{raw:?}");
            core(&out, &mut compared);
            assert_eq!((out.as_str(), compared.as_str()), (expected, expected_core), "{raw:?}");
        }
        for (raw, reason) in [
            ("--", Unusable::Malformed),
            ("1.1E+05", Unusable::Malformed),
            ("no idea where this is", Unusable::TooLong),
        ] {
            assert_eq!(normalize(raw, &mut String::new()), Err(reason), "{raw:?}");
        }
    }
}
