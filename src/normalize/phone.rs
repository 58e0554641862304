//! Telephone numbers, as E.164 (`+14155552671`).
//!
//! How a number is read:
//!
//! 1. With `+`: as it stands. Without: in its region (the record's country, else the project's default region),
//!    national form first, with that region's own way of dialing abroad.
//! 2. If that gives no valid number: a leading `00` is taken for `+`; and a number of at least eleven digits is read as
//!    if `+` stood in front of it (`33612345678`). Shorter ones are not: `4792345678` would be a number in Arkansas or
//!    in Norway, and a guess would join strangers.
//! 3. Mexico's old forms (`044…`, `045…`, `01…`, `+52 1 …`) become the new ones.
//!
//! Only numbers that libphonenumber holds valid are identifiers. Extensions are dropped (`x123`); `tel:`, `sms:`,
//! `whatsapp:`, a spreadsheet's `'` and `.0` are understood; scientific notation has lost digits and is `malformed`.

#[cfg(test)]
mod tests;

use std::str::FromStr;

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat};

use super::memo::Memo;
use super::nanp::Nanp;
use super::spreadsheet;
use crate::model::Unusable;

pub use rlibphonenumber::Region;

/// The region of an ISO 3166-1 alpha-2 code; `None` where it has no telephone numbers of its own.
#[must_use]
pub fn region(alpha2: &str) -> Option<Region> {
    Region::from_str(alpha2).ok().filter(|&region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
}

/// Appends the clean form of a trimmed number to an empty `out`.
///
/// # Errors
/// `Malformed` (no number at all), `TooShort`, `NoRegion` (national form, nothing says where), `InvalidNumber`.
pub fn normalize(raw: &str, region: Option<Region>, nanp: &Nanp, out: &mut String) -> Result<(), Unusable> {
    let number = nanp.read(raw, region).unwrap_or_else(|| parse(raw, region))?;
    write(number, out);
    Ok(())
}

/// Appends `+` and the digits.
pub fn write(number: u64, out: &mut String) {
    let mut text = [0u8; 21];
    let (mut at, mut rest) = (text.len(), number);
    while rest > 0 {
        at -= 1;
        text[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    at -= 1;
    text[at] = b'+';
    out.push_str(std::str::from_utf8(&text[at..]).expect("digits are ASCII"));
}

/// What a worker knows about numbers that it has read before, by (region, number as it came).
#[derive(Debug, Default)]
pub struct PhoneMemo {
    seen: Memo<Result<u64, Unusable>>,
    key: Vec<u8>,
}

impl PhoneMemo {
    /// Reads a number like [`normalize`]; the E.164 digits as a number.
    ///
    /// # Errors
    /// As [`normalize`].
    pub fn read(&mut self, raw: &str, region: Option<Region>, nanp: &Nanp) -> Result<u64, Unusable> {
        if let Some(outcome) = nanp.read(raw, region) {
            return outcome;
        }
        if self.seen.is_full() {
            self.seen.clear();
        }
        self.key.clear();
        self.key.extend_from_slice(&region.map_or(u16::MAX, |region| region as u16).to_le_bytes());
        self.key.extend_from_slice(raw.as_bytes());
        match self.seen.find(&self.key) {
            Ok(id) => *self.seen.known(id),
            Err(hash) => {
                let outcome = parse(raw, region);
                self.seen.insert(hash, &self.key, outcome);
                outcome
            }
        }
    }
}

/// Reads a number by the rules of this module, with the library; the E.164 digits as a number.
pub(super) fn parse(raw: &str, region: Option<Region>) -> Result<u64, Unusable> {
    let text = spreadsheet::unmark(without_scheme(raw));
    if spreadsheet::is_scientific(text) {
        return Err(Unusable::Malformed);
    }
    let text: String = spreadsheet::whole(text).chars().map(ascii_digit).collect();
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '(' | '*' | '#'));
    let number = main_number(text);
    if number.is_empty() {
        return Err(Unusable::Malformed);
    }
    let international = text.find('+').is_some_and(|plus| text[..plus].bytes().all(|b| !b.is_ascii_digit()));
    let mut fault = match library(text, if international { None } else { region }) {
        Ok(number) => return Ok(number),
        Err(fault) => fault,
    };
    if !international {
        let abroad = match number.strip_prefix("00") {
            Some(_) => text.find("00").map(|zeros| format!("+{}", &text[zeros + 2..])),
            None if number.len() >= 11 => Some(format!("+{}", text.trim_start_matches('('))),
            None => None,
        };
        match abroad.map(|text| library(&text, None)) {
            Some(Ok(number)) => return Ok(number),
            Some(Err(_)) => fault = Unusable::InvalidNumber,
            None if region.is_none() => fault = Unusable::NoRegion,
            None => {}
        }
    }
    if let Some(Ok(number)) = mexico(&number, international, region).map(|text| library(&text, None)) {
        return Ok(number);
    }
    Err(if number.len() < 7 { Unusable::TooShort } else { fault })
}

/// Parsed, valid, as E.164.
fn library(text: &str, region: Option<Region>) -> Result<u64, Unusable> {
    let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|error| match error {
        ParseError::NotANumber(_) => Unusable::Malformed,
        ParseError::InvalidCountryCode if region.is_none() && !text.contains('+') => Unusable::NoRegion,
        _ => Unusable::InvalidNumber,
    })?;
    if !number.is_valid() {
        return Err(Unusable::InvalidNumber);
    }
    let e164 = number.format_as(PhoneNumberFormat::E164);
    e164[1..].parse().map_err(|_| Unusable::InvalidNumber)
}

/// The new form of a number in one of Mexico's old ones: `044`, `045` and `01` in front of national numbers went away
/// in 2019, as did the `1` behind `+52`.
fn mexico(number: &str, international: bool, region: Option<Region>) -> Option<String> {
    let number = if international { number } else { number.strip_prefix("00").unwrap_or(number) };
    let home = !international && region == Some(Region::MX);
    let national = match number.len() {
        13 if number.starts_with("521") => &number[3..],
        13 if home && (number.starts_with("044") || number.starts_with("045")) => &number[3..],
        12 if home && number.starts_with("01") => &number[2..],
        11 if home && number.starts_with('1') => &number[1..],
        _ => return None,
    };
    Some(format!("+52{national}"))
}

/// The digits of a text before any letter or sign that begins an extension.
fn main_number(text: &str) -> String {
    text.chars().take_while(|c| !c.is_alphabetic() && !matches!(c, ';' | ',')).filter(char::is_ascii_digit).collect()
}

/// Without a link's scheme.
fn without_scheme(raw: &str) -> &str {
    for scheme in ["tel:", "sms:", "whatsapp:", "callto:"] {
        if let Some(start) = raw.get(..scheme.len())
            && start.eq_ignore_ascii_case(scheme)
        {
            return raw[scheme.len()..].trim_start();
        }
    }
    raw
}

/// Arabic, Persian, Devanagari and full-width digits as ASCII ones; other characters as they are.
fn ascii_digit(c: char) -> char {
    let zero = match c {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        '\u{ff0b}' => return '+',
        _ => return c,
    };
    char::from(b'0' + (c as u32 - zero) as u8)
}
