//! Which values identify nobody: the built-in list and the user's own, per kind.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use regex::RegexSet;

use super::clean::{Context, as_text, clean};
use super::placeholder_list::{Form, builtin};
use super::{blank, fold, hash};
use crate::config::{HashAlgorithm, Placeholders};
use crate::model::Kind;
use crate::problem::Problem;

/// The placeholders of one kind.
#[derive(Debug, Default)]
pub struct Blocklist {
    /// Lower case.
    exact: HashSet<Box<str>, FixedState>,
    /// First bytes of `exact`, as a set of bits, and the longest length: most values are passed by these alone.
    first_bytes: [u64; 4],
    longest: usize,
    builtin: Vec<fn(&str) -> bool>,
    patterns: Option<RegexSet>,
}

/// Kinds that have placeholders, and what `[placeholders]` calls them.
pub const KINDS: [(Kind, &str); 9] = [
    (Kind::Email, "email"),
    (Kind::Phone, "phone"),
    (Kind::Id, "id"),
    (Kind::Device, "device"),
    (Kind::Hash, "hash"),
    (Kind::Name, "name"),
    (Kind::Date, "date"),
    (Kind::PostalCode, "postal_code"),
    (Kind::Text, "text"),
];

impl Blocklist {
    /// From the config's section for the kind, if there is one. The user's values are normalized like data.
    ///
    /// # Errors
    /// A pattern that is no regular expression.
    pub fn new(kind: Kind, config: Option<&Placeholders>, context: Context<'_>) -> Result<Self, String> {
        let mut list = Self::default();
        if config.is_none_or(|config| config.builtin) {
            for entry in builtin().iter().filter(|entry| entry.kind == kind) {
                match entry.form {
                    Form::Values(values) => values.iter().for_each(|value| list.insert(value)),
                    Form::Pattern { holds, .. } => list.builtin.push(holds),
                }
            }
        }
        let Some(config) = config else { return Ok(list) };
        let (mut text, mut written) = (String::new(), String::new());
        for value in &config.values {
            let value = blank::trim(value);
            match clean(kind, value, context, &mut text) {
                Ok(value) => list.insert(as_text(value, &mut written)),
                Err(_) => list.insert(&unread(kind, value)),
            }
        }
        if !config.patterns.is_empty() {
            let whole = config.patterns.iter().map(|pattern| format!("^(?:{pattern})$"));
            list.patterns = Some(RegexSet::new(whole).map_err(|error| error.to_string())?);
        }
        Ok(list)
    }

    /// Adds the digests of another kind's exact values: the hash of a placeholder is one.
    pub fn insert_digests(&mut self, of: &Self) {
        let mut digest = String::new();
        for value in &of.exact {
            for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha1, HashAlgorithm::Md5] {
                hash::digest(value, algorithm, &mut digest);
                self.insert(&digest);
            }
        }
    }

    /// Whether a clean value, or a trimmed one that could not be normalized, is a placeholder.
    #[must_use]
    pub fn blocks(&self, value: &str) -> bool {
        const SHORT: usize = 64;
        if value.is_empty() {
            return false;
        }
        let bytes = value.as_bytes();
        let first = usize::from(bytes[0].to_ascii_lowercase());
        let exact =
            if bytes.len() > self.longest || bytes[0] < 0x80 && self.first_bytes[first / 64] >> (first % 64) & 1 == 0 {
                false
            } else if bytes.len() <= SHORT && value.is_ascii() {
                let mut lower = [0u8; SHORT];
                let lower = &mut lower[..bytes.len()];
                lower.copy_from_slice(bytes);
                lower.make_ascii_lowercase();
                std::str::from_utf8(lower).is_ok_and(|lower| self.exact.contains(lower))
            } else {
                self.exact.contains(lowered(value).as_str())
            };
        exact
            || self.builtin.iter().any(|holds| holds(value))
            || self.patterns.as_ref().is_some_and(|patterns| patterns.is_match(value))
    }

    fn insert(&mut self, value: &str) {
        let value = lowered(value);
        if !value.is_empty() {
            let first = usize::from(value.as_bytes()[0]);
            self.first_bytes[first / 64] |= 1 << (first % 64);
            self.longest = self.longest.max(value.len());
            self.exact.insert(value.into());
        }
    }
}

/// What stands for a value that could not be normalized, in lists and tables: a phone number's digits, with `+` where
/// it had one; others as they are.
#[must_use]
pub fn unread(kind: Kind, value: &str) -> String {
    if kind != Kind::Phone {
        return value.to_owned();
    }
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        0 => value.to_owned(),
        _ if value.trim_start_matches('(').starts_with('+') => format!("+{digits}"),
        _ => digits,
    }
}

/// The blocklists of all kinds of [`KINDS`], in that order.
///
/// # Errors
/// Sections for kinds that have none, and bad patterns, all at once.
pub fn blocklists(
    sections: &IndexMap<String, Placeholders>,
    context: Context<'_>,
) -> Result<Vec<Blocklist>, Vec<Problem>> {
    let (mut lists, mut problems) = (Vec::new(), Vec::new());
    for (kind, name) in KINDS {
        match Blocklist::new(kind, sections.get(name), context) {
            Ok(list) => lists.push(list),
            Err(error) => problems.push(Problem::config_at(
                &["placeholders", name, "patterns"],
                format!("not a regular expression: {error}"),
                "patterns are Rust regular expressions over the whole normalized value; plain texts go into `values`",
            )),
        }
    }
    for name in sections.keys().filter(|name| KINDS.iter().all(|(_, known)| known != name)) {
        problems.push(Problem::config_at(
            &["placeholders", name],
            format!("there are no placeholders of a kind \"{name}\""),
            format!("kinds with placeholders: {}", KINDS.map(|(_, known)| known).join(", ")),
        ));
    }
    if problems.is_empty() { Ok(lists) } else { Err(problems) }
}

fn lowered(value: &str) -> String {
    let mut lower = String::with_capacity(value.len());
    fold::lower(value, &mut lower);
    lower
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::normalize::nanp::Nanp;
    use crate::normalize::phone::Region;

    /// What normalizing and the list make of a cell: the reason of either, if any.
    fn blocked(kind: Kind, list: &Blocklist, raw: &str) -> bool {
        let (nanp, mut text, mut written) = (Nanp::default(), String::new(), String::new());
        let context = Context { formats: &[], zone: &TimeZone::UTC, region: Some(Region::US), nanp: &nanp };
        match clean(kind, raw, context, &mut text) {
            Ok(value) => list.blocks(as_text(value, &mut written)),
            Err(_) => list.blocks(&unread(kind, raw)),
        }
    }

    fn list(kind: Kind, config: Option<&Placeholders>) -> Result<Blocklist, String> {
        let nanp = Nanp::default();
        Blocklist::new(
            kind,
            config,
            Context { formats: &[], zone: &TimeZone::UTC, region: Some(Region::US), nanp: &nanp },
        )
    }

    fn own(builtin: bool, values: &[&str], patterns: &[&str]) -> Placeholders {
        let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
        Placeholders { builtin, values: owned(values), patterns: owned(patterns) }
    }

    #[test]
    fn built_in_placeholders_are_blocked_in_every_spelling_and_others_are_not() {
        for (kind, yes, no) in [
            (
                Kind::Email,
                &[
                    "none@none.com",
                    "Test@Test.com",
                    "noemail@shop.example",
                    "no-reply@a.com",
                    "x@a.invalid",
                    "mailto:a@a.com",
                ][..],
                &["ana@example.com", "info@example.com", "none@example.org", "nomalley@example.com", "testa@gmail.com"]
                    [..],
            ),
            (
                Kind::Phone,
                &[
                    "0000000000",
                    "(111) 111-1111",
                    "+1 999 999 9999",
                    "1234567890",
                    "0123456789",
                    "555-555-5555",
                    "987-654-3210",
                    "415-555-1212",
                    "9999999",
                ],
                &["415-555-2671", "415-555-0123", "+1 415 555 5555", "911"],
            ),
            (
                Kind::Id,
                &[
                    "0",
                    "00000000",
                    "0.0",
                    "9999",
                    "99999999",
                    "UNKNOWN",
                    "Guest",
                    "test",
                    "11111111",
                    "123456789",
                    "-1",
                    "00000000-0000-0000-0000-000000000000",
                ],
                &["1", "7", "99", "100", "1111111", "12345", "guest-17", "90000000"],
            ),
            (
                Kind::Device,
                &[
                    "00000000-0000-0000-0000-000000000000",
                    "ffffffff-ffff-ffff-ffff-ffffffffffff",
                    "9774D56D682E549C",
                    "unknown",
                ],
                &["38400000-8cf0-11bd-b23e-10b96e40000d"],
            ),
            (
                Kind::Hash,
                &["D41D8CD98F00B204E9800998ECF8427E", "00000000000000000000000000000000"],
                &["900150983cd24fb0d6963f7d28e17f72"],
            ),
            (
                Kind::Name,
                &["Unknown", "VALUED CUSTOMER", "first name", "Test"],
                &["Guest", "Null", "Na", "Ana", "Tester"],
            ),
            (
                Kind::Date,
                &["1900-01-01", "1970-01-01 00:00:00", "0000-00-00", "00/00/0000", "9999-12-31"],
                &["1984-02-29", "1970-01-02"],
            ),
            (Kind::PostalCode, &["00000", "00000-0000", "XXXXX", "99999"], &["02134", "12345", "0001"]),
            (Kind::Text, &[], &["unknown", "0"]),
        ] {
            let list = list(kind, None).expect("no patterns");
            for raw in yes {
                assert!(blocked(kind, &list, raw), "{kind:?} {raw}");
            }
            for raw in no {
                assert!(!blocked(kind, &list, raw), "{kind:?} {raw}");
            }
        }
    }

    #[test]
    fn every_listed_value_can_occur_and_is_blocked() {
        for entry in builtin() {
            assert!(!entry.why.is_empty());
            let Form::Values(values) = entry.form else { continue };
            let list = list(entry.kind, None).expect("no patterns");
            for value in values {
                assert!(blank::value(value, entry.kind).is_some(), "{value} is a null word: no need to list it");
                assert!(blocked(entry.kind, &list, value), "{:?} {value}", entry.kind);
                assert!(blocked(entry.kind, &list, &value.to_uppercase()), "{:?} {value}", entry.kind);
            }
        }
    }

    #[test]
    fn own_values_are_normalized_and_patterns_match_the_whole_value() {
        let phones = own(true, &["(415) 555-2671", "5550000"], &[]);
        let phones = list(Kind::Phone, Some(&phones)).expect("no patterns");
        assert!(blocked(Kind::Phone, &phones, "+1 415.555.2671"));
        assert!(blocked(Kind::Phone, &phones, "555-0000"));
        let emails = own(true, &[" Kiosk@Example.COM "], &["till\\d+@example\\.com"]);
        let emails = list(Kind::Email, Some(&emails)).expect("a good pattern");
        for (raw, expected) in [
            ("kiosk@example.com", true),
            ("till17@example.com", true),
            ("atill17@example.com", false),
            ("till17@example.com.au", false),
            ("none@none.com", true),
        ] {
            assert_eq!(blocked(Kind::Email, &emails, raw), expected, "{raw}");
        }
        let bare = list(Kind::Email, Some(&own(false, &[], &[]))).expect("no patterns");
        assert!(!blocked(Kind::Email, &bare, "none@none.com"));
    }

    #[test]
    fn all_faults_of_the_sections_come_at_once() {
        let nanp = Nanp::default();
        let context = Context { formats: &[], zone: &TimeZone::UTC, region: None, nanp: &nanp };
        let sections =
            [("email", own(true, &[], &["("])), ("phon", own(true, &[], &[])), ("id", own(true, &[], &["["]))];
        let sections = sections.into_iter().map(|(name, section)| (name.to_owned(), section)).collect();
        let problems = blocklists(&sections, context).expect_err("three faults");
        assert_eq!(problems.len(), 3);
        assert!(problems[2].fix.contains("postal_code"), "{}", problems[2]);
    }
}
