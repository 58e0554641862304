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

use std::str::FromStr;

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat};

pub use rlibphonenumber::Region;

use super::memo::Memo;
use super::nanp::Nanp;
use super::spreadsheet;
use crate::model::Unusable;

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(raw: &str, region: Option<Region>) -> Result<String, Unusable> {
        let mut out = String::new();
        normalize(raw, region, &Nanp::default(), &mut out).map(|()| out)
    }

    #[test]
    fn numbers_become_e164() {
        use Region::{AR, BR, DE, FR, GB, IN, IT, MX, SG, US};
        for (raw, region, expected) in [
            ("(415) 555-2671", Some(US), "+14155552671"),
            ("415.555.2671", Some(US), "+14155552671"),
            ("415/555-2671", Some(US), "+14155552671"),
            ("+1 415 555 2671", Some(US), "+14155552671"),
            ("+1 415 555 2671", None, "+14155552671"),
            ("1-415-555-2671", Some(US), "+14155552671"),
            ("4155552671", Some(US), "+14155552671"),
            ("001 415 555 2671", Some(US), "+14155552671"),
            ("001 415 555 2671", Some(DE), "+14155552671"),
            ("011 44 20 7946 0958", Some(US), "+442079460958"),
            ("tel:+1-415-555-2671", Some(US), "+14155552671"),
            ("TEL:415-555-2671", Some(US), "+14155552671"),
            ("whatsapp:+14155552671", None, "+14155552671"),
            ("415-555-2671 x123", Some(US), "+14155552671"),
            ("415-555-2671 ext. 123", Some(US), "+14155552671"),
            ("4155552671.0", Some(US), "+14155552671"),
            ("'+14155552671", Some(US), "+14155552671"),
            ("=\"4155552671\"", Some(US), "+14155552671"),
            ("٤١٥٥٥٥٢٦٧١", Some(US), "+14155552671"),
            ("＋１４１５５５５２６７１", None, "+14155552671"),
            ("1-800-FLOWERS", Some(US), "+18003569377"),
            ("020 7946 0958", Some(GB), "+442079460958"),
            ("+44 (0)20 7946 0958", None, "+442079460958"),
            ("030 901820", Some(DE), "+4930901820"),
            ("0049 30 901820", Some(FR), "+4930901820"),
            ("06 12 34 56 78", Some(FR), "+33612345678"),
            ("33612345678", None, "+33612345678"),
            ("33612345678", Some(US), "+33612345678"),
            ("14155552671", None, "+14155552671"),
            ("14155552671", Some(FR), "+14155552671"),
            ("06 6982 0123", Some(IT), "+390669820123"),
            ("011 15-2345-6789", Some(AR), "+5491123456789"),
            ("(11) 96123-4567", Some(BR), "+5511961234567"),
            ("098765 43210", Some(IN), "+919876543210"),
            ("6123 4567", Some(SG), "+6561234567"),
            ("55 1234 5678", Some(MX), "+525512345678"),
            ("044 55 1234 5678", Some(MX), "+525512345678"),
            ("01 55 1234 5678", Some(MX), "+525512345678"),
            ("+52 1 55 1234 5678", None, "+525512345678"),
            ("5215512345678", None, "+525512345678"),
            ("+800 1234 5678", None, "+80012345678"),
        ] {
            assert_eq!(clean(raw, region).as_deref(), Ok(expected), "{raw:?} in {region:?}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        use Region::{FR, US};
        for (raw, region, reason) in [
            ("555-2671", Some(US), Unusable::InvalidNumber),
            ("415 055 2671", Some(US), Unusable::InvalidNumber),
            ("1234567890", Some(US), Unusable::InvalidNumber),
            ("0000000000", Some(US), Unusable::InvalidNumber),
            ("15555555555", Some(FR), Unusable::InvalidNumber),
            ("15555555555", None, Unusable::InvalidNumber),
            ("+999 123 456 789", None, Unusable::InvalidNumber),
            ("4792345678", None, Unusable::NoRegion),
            ("(415) 555-2671", None, Unusable::NoRegion),
            ("4.15555E+09", Some(US), Unusable::Malformed),
            ("call me", Some(US), Unusable::Malformed),
            ("ana@example.com", Some(US), Unusable::Malformed),
            ("+", Some(US), Unusable::Malformed),
            ("911", Some(US), Unusable::TooShort),
            ("12345", None, Unusable::TooShort),
        ] {
            assert_eq!(clean(raw, region), Err(reason), "{raw:?} in {region:?}");
        }
    }

    #[test]
    fn the_memo_tells_regions_apart() {
        let (mut memo, nanp) = (PhoneMemo::default(), Nanp::default());
        assert_eq!(memo.read("030 901820", Some(Region::DE), &nanp), Ok(4930901820));
        assert_ne!(memo.read("030 901820", Some(Region::FR), &nanp), Ok(4930901820));
        assert_eq!(memo.read("030 901820", None, &nanp), Err(Unusable::NoRegion));
        assert_eq!(memo.read("030 901820", Some(Region::DE), &nanp), Ok(4930901820));
    }

    #[test]
    fn regions_are_known_by_their_codes() {
        assert_eq!(region("US"), Some(Region::US));
        assert_eq!(region("ZZ"), None);
        assert_eq!(region("AQ"), None, "nobody has a number in Antarctica");
    }

    proptest! {
        #[test]
        fn every_way_of_writing_a_number_gives_the_same(area in 201u32..990, exchange in 200u32..1000, line in 0u32..10_000) {
            let plain = clean(&format!("{area}{exchange}{line:04}"), Some(Region::US));
            for other in [
                format!("({area}) {exchange}-{line:04}"),
                format!("{area}.{exchange}.{line:04}"),
                format!("1-{area}-{exchange}-{line:04}"),
                format!("+1 {area} {exchange} {line:04}"),
                format!("+1{area}{exchange}{line:04} x9"),
                format!("001{area}{exchange}{line:04}"),
                format!("tel:+1-{area}-{exchange}-{line:04}"),
                format!("{area}{exchange}{line:04}.0"),
            ] {
                prop_assert_eq!(clean(&other, Some(Region::US)), plain.clone(), "{}", other);
            }
            if let Ok(once) = plain {
                prop_assert_eq!(clean(&once, None), Ok(once.clone()));
                prop_assert_eq!(clean(&once, Some(Region::FR)), Ok(once));
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(raw in "\\PC{0,20}|[0-9+() x.,;#*-]{0,24}") {
            if let Ok(once) = clean(&raw, Some(Region::DE)) {
                prop_assert_eq!(clean(&once, None), Ok(once));
            }
        }
    }
}
