//! Numbers and names as the report writes them.

pub use crate::page::{counted, thousands};

/// A share in percent, in one piece; `–` of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    crate::page::percent(part, whole).replace(' ', "\u{a0}")
}

/// A number with so many decimals, `1,234.50`.
#[must_use]
pub fn decimals(number: f64, places: usize) -> String {
    let text = format!("{:.places$}", number.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if number < 0.0 && text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) { "−" } else { "" };
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A name from config or data, safe to show: control characters and those that turn the direction of text become `�`.
/// (What HTML itself would read is escaped by the page's templates.)
#[must_use]
pub fn name(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || turns(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// At most so many characters, the rest as `…`.
#[must_use]
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(std::iter::once('…')).collect()
}

/// A moment's day, `2026-01-31`.
#[must_use]
pub fn day(micros: i64) -> String {
    let time = jiff::Timestamp::from_microsecond(micros).map(|time| time.to_string());
    time.map_or_else(|_| String::new(), |time| time.chars().take(10).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_separators_and_no_negative_nothing() {
        let written = [(1_234_567.891, 2), (0.05, 1), (-12.5, 1), (-0.001, 2), (7.0, 0)].map(|(n, p)| decimals(n, p));
        assert_eq!(written, ["1,234,567.89", "0.1", "−12.5", "0.00", "7"]);
    }
}
