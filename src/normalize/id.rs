//! Numbers and codes that somebody issued (kinds `id` and `device`): text, never numbers.
//!
//! Clean form: as it came, without a spreadsheet's marks (`'00123`, `="00123"`) and its `.0` behind whole numbers,
//! inner white space as single spaces, Unicode form KC. Leading zeros and case are kept; whether case counts is a
//! policy of the identifier.

use unicode_normalization::UnicodeNormalization;

use super::blank::is_invisible;
use super::spreadsheet;
use crate::model::Unusable;

/// Longest id, in bytes: what is longer is a text that got into the wrong column.
const LONGEST: usize = 256;

/// Appends the clean form of a trimmed id to an empty `out`.
///
/// # Errors
/// `Malformed` where a spreadsheet has destroyed digits (`1.7E+10`); `TooLong` above 256 bytes.
pub fn normalize(raw: &str, out: &mut String) -> Result<(), Unusable> {
    if raw.bytes().all(|b| b.is_ascii_graphic()) {
        out.push_str(code(raw)?);
    } else {
        let mut composed = String::with_capacity(raw.len());
        collapse(raw, &mut composed);
        out.push_str(code(&composed)?);
    }
    if out.len() > LONGEST {
        out.clear();
        return Err(Unusable::TooLong);
    }
    Ok(())
}

/// Without what spreadsheets add; also for postal codes.
pub(super) fn code(text: &str) -> Result<&str, Unusable> {
    let text = spreadsheet::whole(spreadsheet::unmark(text));
    if text.is_empty() || spreadsheet::is_scientific(text) { Err(Unusable::Malformed) } else { Ok(text) }
}

/// Appends a text in Unicode form KC, runs of white space as one space, none at the ends; invisible and control
/// characters are left out, but for the joiners that some scripts are written with.
pub(super) fn collapse(text: &str, out: &mut String) {
    let start = out.len();
    let mut space = false;
    let shown =
        |c: &char| matches!(c, '\u{200c}' | '\u{200d}') || c.is_whitespace() || !(c.is_control() || is_invisible(*c));
    for c in text.chars().filter(shown).nfkc() {
        if c.is_whitespace() {
            space = out.len() > start;
        } else {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(raw: &str) -> Result<String, Unusable> {
        let mut out = String::new();
        normalize(raw, &mut out).map(|()| out)
    }

    #[test]
    fn ids_keep_what_tells_them_apart() {
        for (raw, expected) in [
            ("17850", "17850"),
            ("17850.0", "17850"),
            ("17850.00", "17850"),
            ("00017850", "00017850"),
            ("'00017850", "00017850"),
            ("=\"00017850\"", "00017850"),
            ("C-17850", "C-17850"),
            ("#1001", "#1001"),
            ("AB  12\u{a0}34", "AB 12 34"),
            ("１２３", "123"),
            ("12\u{200b}34", "1234"),
            ("17850.5", "17850.5"),
            ("12e4", "12e4"),
            ("1,234", "1,234"),
            ("-5", "-5"),
        ] {
            assert_eq!(clean(raw).as_deref(), Ok(expected), "{raw:?}");
        }
        assert_ne!(clean("00000012"), clean("12"));
    }

    #[test]
    fn destroyed_and_endless_ids_are_refused() {
        assert_eq!(clean("1.7E+10"), Err(Unusable::Malformed));
        assert_eq!(clean("1E+15"), Err(Unusable::Malformed));
        assert_eq!(clean("'"), Err(Unusable::Malformed));
        assert_eq!(clean(&"x".repeat(257)), Err(Unusable::TooLong));
    }

    proptest! {
        #[test]
        fn a_point_zero_does_not_change_an_id(digits in "[0-9]{1,12}") {
            prop_assert_eq!(clean(&format!("{digits}.0")), Ok(digits.clone()));
            prop_assert_eq!(clean(&format!("'{digits}")), Ok(digits));
        }
    }
}
