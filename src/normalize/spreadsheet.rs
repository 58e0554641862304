//! What spreadsheets do to codes: text marks, decimal points behind whole numbers, scientific notation.

use super::blank;

/// Without the marks that keep a cell text: a leading `'` (`'02134`), or `="02134"`.
#[must_use]
pub fn unmark(mut text: &str) -> &str {
    while let Some(b'=' | b'\'') = text.as_bytes().first() {
        let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
        match formula.or(text.strip_prefix('\'')) {
            Some(inside) => text = blank::trim(inside),
            None => break,
        }
    }
    text
}

/// `17850.0` → `17850`: digits, a point and zeros only. Anything else as it is.
#[must_use]
pub fn whole(text: &str) -> &str {
    let Some((digits, zeros)) = text.split_once('.') else { return text };
    let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if is_whole && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') { digits } else { text }
}

/// Whether a spreadsheet turned a long number into scientific notation (`4.15555E+09`, `1E+15`); its last digits are
/// lost. A code such as `12e4` is not one: there must be a point in front of the `E` or a sign behind it.
#[must_use]
pub fn is_scientific(text: &str) -> bool {
    let Some(e) = text.bytes().position(|b| matches!(b, b'e' | b'E')) else { return false };
    let (mantissa, exponent) = (&text[..e], &text[e + 1..]);
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (whole, point) = match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    all_digits(whole)
        && point.is_none_or(all_digits)
        && all_digits(digits)
        && (point.is_some() || digits.len() < exponent.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_points_go_and_codes_stay() {
        assert_eq!(unmark("'02134"), "02134");
        assert_eq!(unmark("=\"02134\""), "02134");
        assert_eq!(unmark("'=\"' 02134\""), "02134");
        assert_eq!(unmark("02134"), "02134");
        assert_eq!(whole("17850.0"), "17850");
        assert_eq!(whole("00017.000"), "00017");
        assert_eq!(whole("1.5"), "1.5");
        assert_eq!(whole("1.0.0"), "1.0.0");
        assert_eq!(whole(".0"), ".0");
        assert_eq!(whole("a1.0"), "a1.0");
    }

    #[test]
    fn scientific_notation_is_told_from_codes() {
        for text in ["1.7E+10", "4.15555E+09", "4,15555E+09", "1E+15", "1.2e5", "-1.5E+3"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["12e4", "5e10", "E10", "1E", "abcE+10", "1.E+10", "17850", "1.7E+1x"] {
            assert!(!is_scientific(text), "{text}");
        }
    }
}
