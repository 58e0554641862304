//! Amounts of money (kind `money`) and plain numbers (kind `number`).
//!
//! Which sign is the decimal one:
//!
//! - both `.` and `,` occur: the last of them (`1.234,56` and `1,234.56` are the same);
//! - one of them several times: thousands (`1.234.567`);
//! - one `,`: thousands if exactly three digits follow and one to three, not a lone `0`, stand before (`1,234` is
//!   1234); else decimal (`12,5`, `1234,567`);
//! - one `.`: always decimal (`1.234` is 1.234): machines write it so.
//!
//! Spaces and `'` between digits are thousands. Negative: a minus in front or behind, or parentheses. Currency signs
//! and codes are dropped, not converted. Refused: `%`, NaN, infinity, anything else.

use crate::model::Unusable;

/// Currency codes and words that may stand before or behind an amount, lower case.
const CURRENCIES: &[&str] = &[
    "us$", "ca$", "au$", "nz$", "hk$", "mx$", "nt$", "a$", "c$", "r$",
    "s$", // in front of the others: with the sign
    "aed", "ars", "aud", "bgn", "brl", "cad", "chf", "clp", "cny", "cop", "czk", "dkk", "egp", "eur", "gbp", "hkd",
    "huf", "idr", "ils", "inr", "isk", "jpy", "kes", "krw", "mxn", "myr", "ngn", "nok", "nzd", "pen", "php", "pkr",
    "pln", "ron", "rub", "sar", "sek", "sgd", "thb", "try", "twd", "uah", "usd", "vnd", "zar", "rmb", "руб", "лв",
    "грн", "kr", "zł", "kč", "ft", "fr", "rs", "rp", "rm", "lei", "tl",
];

/// Reads a trimmed amount.
///
/// # Errors
/// `BadNumber` for anything that is not one finite number.
pub fn parse(raw: &str) -> Result<f64, Unusable> {
    if let Some(number) = plain(raw.as_bytes()) {
        return Ok(number);
    }
    written(raw).ok_or(Unusable::BadNumber)
}

/// Digits with at most one point and a minus in front: what machines write.
fn plain(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let (mut whole, mut decimals, mut point) = (0u64, 0, false);
    for (i, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => (whole, decimals) = (whole * 10 + u64::from(byte - b'0'), decimals + usize::from(point)),
            b'.' if !point && i > 0 && i + 1 < digits.len() => point = true,
            _ => return None,
        }
    }
    if whole >= 1 << 53 {
        return None;
    }
    // Both are exact, so one division rounds as a correct parser does.
    let number = whole as f64 / POWERS[decimals];
    Some(if negative && whole > 0 { -number } else { number })
}

const POWERS: [f64; 17] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

/// What people and spreadsheets write.
fn written(raw: &str) -> Option<f64> {
    let lower = if raw.bytes().all(|b| b < 0x80 && !b.is_ascii_uppercase()) { None } else { Some(raw.to_lowercase()) };
    let (mut text, mut negative) = (lower.as_deref().unwrap_or(raw), false);
    // Sign, currency and parentheses, in any order: `-$5`, `$-5`, `5- EUR`, `$(5)`.
    while !is_digit(text.bytes().next()) || !is_digit(text.bytes().last()) {
        let before = text;
        text = text.trim_matches(|c: char| c.is_whitespace() || is_currency_sign(c) || c == '\'');
        let parentheses = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        if let Some(inside) = parentheses.or(text.strip_prefix(MINUS)).or(text.strip_suffix(MINUS)) {
            if negative {
                return None;
            }
            (text, negative) = (inside, true);
        }
        text = without_currency(text);
        if text == before {
            break;
        }
    }
    let text = text.strip_prefix('+').filter(|_| !negative).unwrap_or(text);
    let text = canonical(text)?;
    let number = plain(text.as_bytes()).or_else(|| text.parse().ok())?;
    if !number.is_finite() {
        return None;
    }
    Some(if negative && number != 0.0 { -number } else { number })
}

fn is_digit(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_digit())
}

/// Hyphen, minus sign, en dash.
const MINUS: [char; 3] = ['-', '−', '–'];

fn without_currency(text: &str) -> &str {
    if !text.starts_with(char::is_alphabetic) && !text.ends_with(|c: char| c.is_alphabetic() || matches!(c, '.' | '$'))
    {
        return text;
    }
    let undotted = text.strip_suffix('.').unwrap_or(text);
    if let Some(rest) = CURRENCIES.iter().find_map(|code| undotted.strip_suffix(code)) {
        return rest;
    }
    match CURRENCIES.iter().find_map(|code| text.strip_prefix(code)) {
        Some(rest) => rest.strip_prefix('.').filter(|rest| rest.starts_with(' ')).unwrap_or(rest),
        None => text,
    }
}

/// The digits with `.` as the decimal sign and nothing else, an exponent kept (`1.5e+03`).
fn canonical(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let decimal = decimal_sign(mantissa)?;
    let (whole, fraction) = match decimal {
        Some(sign) => mantissa.split_once(sign)?,
        None => (mantissa, ""),
    };
    let mut out = String::with_capacity(text.len() + 1);
    let mut groups = whole.split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '\'' | '’' | '٬')).peekable();
    let grouped = groups.clone().count() > 1;
    let mut first = true;
    while let Some(group) = groups.next() {
        let fits = match (first, groups.peek().is_some()) {
            (true, _) => !grouped || (1..=3).contains(&group.len()),
            (false, true) => matches!(group.len(), 2 | 3), // two in India
            (false, false) => group.len() == 3,
        };
        if !fits {
            return None;
        }
        first = false;
        out.push_str(group);
    }
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(&out) || !digits(fraction) || out.len() + fraction.len() == 0 {
        return None;
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        out.push('e');
        out.push_str(exponent);
    }
    Some(out)
}

/// By the rules of this module; `Some(None)` = there is none, `None` = there are several.
#[allow(clippy::option_option)] // two different absences, and only here
fn decimal_sign(text: &str) -> Option<Option<char>> {
    let (commas, points) = (text.matches(',').count(), text.matches('.').count());
    match (commas, points) {
        (0, 1) => Some(Some('.')),
        (1, 0) => {
            let (before, behind) = text.split_once(',')?;
            let head = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            let thousands = behind.len() == 3 && (1..=3).contains(&head.len()) && before != "0";
            Some(if thousands { None } else { Some(',') })
        }
        (_, 0) | (0, _) => Some(None),
        _ => match (text.rfind(',') > text.rfind('.'), commas, points) {
            (true, 1, _) => Some(Some(',')),
            (false, _, 1) => Some(Some('.')),
            _ => None,
        },
    }
}

fn is_currency_sign(c: char) -> bool {
    matches!(
        c,
        '$' | '¢' | '£' | '¤' | '¥' | '֏' | '؋' | '৳' | '฿' | '៛' | '\u{20a0}'
            ..='\u{20c0}' | '﷼' | '＄' | '￡' | '￥' | '￦'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (raw, expected) in [
            ("12", 12.0),
            ("12.50", 12.5),
            ("-0.93", -0.93),
            ("0", 0.0),
            ("-0", 0.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("+3", 3.0),
            ("$1,149.00", 1149.0),
            ("-$0.93", -0.93),
            ("$-0.93", -0.93),
            ("($33.62)", -33.62),
            ("(33.62)", -33.62),
            ("$(33.62)", -33.62),
            ("33.62-", -33.62),
            ("−5", -5.0),
            ("1.234,56", 1234.56),
            ("1,234.56", 1234.56),
            ("1,234", 1234.0),
            ("0,123", 0.123),
            ("1234,567", 1234.567),
            ("12,5", 12.5),
            ("1234,56", 1234.56),
            ("1.234", 1.234),
            ("1.234.567", 1_234_567.0),
            ("1,234,567", 1_234_567.0),
            ("1,23,456.50", 123_456.5),
            ("1'234.50", 1234.5),
            ("1 234,50", 1234.5),
            ("1\u{a0}234,50 €", 1234.5),
            ("1\u{202f}234,50\u{a0}€", 1234.5),
            ("€ 12", 12.0),
            ("12 EUR", 12.0),
            ("USD 12.00", 12.0),
            ("US$12.00", 12.0),
            ("R$ 1.234,56", 1234.56),
            ("Rs. 500", 500.0),
            ("500 kr.", 500.0),
            ("12,00 zł", 12.0),
            ("CHF 1'200.00", 1200.0),
            ("₹1,00,000", 100_000.0),
            ("1.5E+03", 1500.0),
            ("1e-3", 0.001),
            ("0.1", 0.1),
            ("123456789012345678", 123_456_789_012_345_680.0),
        ] {
            assert_eq!(parse(raw), Ok(expected), "{raw:?}");
        }
        assert!(parse("-0").is_ok_and(f64::is_sign_positive), "there is one zero");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for raw in [
            "",
            "abc",
            "12%",
            "NaN",
            "inf",
            "-inf",
            "infinity",
            "1,2,3,4.5.6",
            "1.2.3,4,5",
            "--5",
            "-(5)",
            "(-5)",
            "$",
            "-",
            "1e999",
            "12 apples",
            "1/2",
            "5 000 x",
            ",",
            ".",
            ",5,",
            "1.234,56.7",
            "0x10",
            "1_000",
        ] {
            assert_eq!(parse(raw), Err(Unusable::BadNumber), "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn the_fast_way_agrees_with_the_standard_parser(raw in "-?[0-9]{1,9}(\\.[0-9]{1,6})?") {
            let expected: f64 = raw.parse().expect("a plain number");
            prop_assert_eq!(parse(&raw), Ok(expected + 0.0));
        }

        #[test]
        fn any_text_is_read_without_a_panic(raw in "\\PC{0,16}|[0-9.,$()eE' -]{0,16}") {
            if let Ok(number) = parse(&raw) {
                prop_assert!(number.is_finite());
                prop_assert_eq!(parse(&number.to_string()), Ok(number));
            }
        }
    }
}
