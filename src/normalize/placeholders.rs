//! Which values identify nobody: the built-in list and the user's own, per kind.

#[cfg(test)]
mod tests;

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
