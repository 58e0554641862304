//! What of a person is looked for in the files that onefold keeps.

use std::collections::BTreeSet;

use hashbrown::HashSet;
use md5::Md5;
use regex::{Regex, RegexBuilder};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::secret::hexadecimal;
use crate::model::Kind;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    /// Her person ids, of this run and of earlier ones.
    pub persons: BTreeSet<String>,
    /// Her records: (source, record id).
    pub records: BTreeSet<(String, String)>,
    /// Values that are hers alone.
    values: HashSet<String>,
    /// Those of them that are long enough to be found within a text.
    within: Option<Regex>,
    /// The last digits of her telephone numbers.
    digits: Vec<String>,
    /// Words that together are her name.
    names: Vec<Vec<String>>,
}

/// What becomes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not about her.
    Stays,
    /// It is a value of hers and nothing else.
    Hers,
    /// A value of hers stands in it.
    Mentions,
}

/// Shorter values are found as a whole cell only.
const LONG: usize = 6;
/// What stands in a text where a value stood.
const ERASED: &str = "erased";
/// As many last digits tell a telephone number in a text.
const LAST_DIGITS: usize = 8;

impl Traces {
    /// Of persons and records; see [`values`](Self::values) for the rest.
    #[must_use]
    pub fn of(persons: BTreeSet<String>, records: BTreeSet<(String, String)>) -> Self {
        Self { persons, records, ..Self::default() }
    }

    /// Says which values are hers alone, in every form in which they may be written (see [`own_forms`]), which of them
    /// are telephone numbers, and what her names are (one list of words per name).
    pub fn values(&mut self, values: impl IntoIterator<Item = String>, phones: &[String], names: Vec<Vec<String>>) {
        self.values.extend(values.into_iter().filter(|value| !value.is_empty()));
        let mut long: Vec<&String> =
            self.values.iter().chain(&self.persons).filter(|value| value.len() >= LONG).collect();
        long.sort_unstable();
        let long: Vec<String> = long.iter().map(|value| regex::escape(value)).collect();
        // Not as a part of a longer address, number or word: joana@example.com is not ana@example.com.
        let pattern = format!(r"(?:^|[^\w.+@-])(?:{})(?:$|[^\w.@-]|\.(?:$|\W))", long.join("|"));
        let built = RegexBuilder::new(&pattern).case_insensitive(true).size_limit(1 << 28).build();
        self.within = built.ok().filter(|_| !long.is_empty());
        for phone in phones {
            let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
            if digits.len() >= LAST_DIGITS {
                self.digits.push(digits[digits.len() - LAST_DIGITS..].to_owned());
            }
        }
        let words = |name: Vec<String>| -> Vec<String> { name.iter().flat_map(|part| words_of(part)).collect() };
        self.names.extend(names.into_iter().map(words).filter(|words| words.len() > 1));
    }

    /// What a cell of a table is.
    #[must_use]
    pub fn cell(&self, text: &str) -> Verdict {
        if self.values.contains(text) {
            return Verdict::Hers;
        }
        let mentions = text.len() >= LONG && self.within.as_ref().is_some_and(|within| within.is_match(text));
        if mentions { Verdict::Mentions } else { Verdict::Stays }
    }

    /// Whether a raw text, such as a rejected row, seems to be about her: a value of hers, her number however it is
    /// written, or all words of her name. In doubt it is: only the text is lost.
    #[must_use]
    pub fn in_raw(&self, text: &str) -> bool {
        if self.cell(text) != Verdict::Stays
            || text.split(|c: char| ",;\t|\"".contains(c)).any(|cell| self.cell(cell.trim()) == Verdict::Hers)
        {
            return true;
        }
        let mut digits = String::new();
        for c in text.chars().chain([',']) {
            match c {
                c if c.is_ascii_digit() => digits.push(c),
                ' ' | '(' | ')' | '+' | '-' | '.' | '/' => {}
                _ => {
                    if self.digits.iter().any(|phone| digits.contains(phone.as_str())) {
                        return true;
                    }
                    digits.clear();
                }
            }
        }
        let words: HashSet<String> = if self.names.is_empty() { HashSet::new() } else { words_of(text).collect() };
        self.names.iter().any(|name| name.iter().all(|word| words.contains(word)))
    }

    /// A text without her values; `None` when there are none in it.
    #[must_use]
    pub fn without(&self, text: &str) -> Option<String> {
        let within = self.within.as_ref()?;
        let mut rest = text.to_owned();
        let (mut found, mut from) = (false, 0);
        // What stands around a value is part of the match, so neighbors are found one after the other.
        while let Some(hit) = within.find_at(&rest, from).map(|hit| hit.range()) {
            let inner = rest[hit.clone()].trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
            let start = hit.start + rest[hit.clone()].find(inner).unwrap_or(0);
            rest.replace_range(start..start + inner.len(), ERASED);
            (found, from) = (true, start + ERASED.len());
        }
        found.then_some(rest)
    }

    /// Long values, as bytes may hold them: what a file of another form is searched for.
    #[must_use]
    pub fn needles(&self) -> Vec<&[u8]> {
        let records = self.records.iter().map(|(_, record_id)| record_id);
        let all: BTreeSet<&String> = self.values.iter().chain(&self.persons).chain(records).collect();
        all.into_iter().map(|value| value.as_bytes()).collect()
    }
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A value in every form in which published tables may have it: as it is, a number without its `+`, and for e-mail and
/// telephone the hashes under which audiences are uploaded.
#[must_use]
pub fn own_forms(kind: Kind, value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned()];
    if kind == Kind::Phone {
        forms.extend(value.strip_prefix('+').map(str::to_owned));
    }
    if matches!(kind, Kind::Phone | Kind::Email) {
        forms.extend(forms.clone().iter().flat_map(|form| hashes(form)));
    }
    forms
}

/// SHA-256, SHA-1 and MD5 of a text, hexadecimal.
pub fn hashes(text: &str) -> [String; 3] {
    [
        hexadecimal(&Sha256::digest(text.as_bytes())),
        hexadecimal(&Sha1::digest(text.as_bytes())),
        hexadecimal(&Md5::digest(text.as_bytes())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces() -> Traces {
        let mut traces = Traces::default();
        let email = own_forms(Kind::Email, "ana@example.com");
        let phone = own_forms(Kind::Phone, "+16175550123");
        let names = vec![vec!["Ana".to_owned(), "de Souza".to_owned()]];
        traces.values(email.into_iter().chain(phone).chain(["C7".to_owned()]), &["+16175550123".into()], names);
        traces
    }

    #[test]
    fn a_cell_is_hers_mentions_her_or_stays() {
        let traces = traces();
        assert_eq!(traces.cell("ana@example.com"), Verdict::Hers);
        assert_eq!(traces.cell("C7"), Verdict::Hers);
        assert_eq!(traces.cell("16175550123"), Verdict::Hers);
        assert_eq!(traces.cell(&hashes("ana@example.com")[0]), Verdict::Hers);
        assert_eq!(traces.cell("write to <Ana@Example.com>."), Verdict::Mentions);
        for stranger in
            ["joana@example.com", "ana@example.com.br", "ana@example.community", "C77", "x C7", "+161755501234"]
        {
            assert_eq!(traces.cell(stranger), Verdict::Stays, "{stranger}");
        }
    }

    #[test]
    fn a_raw_row_is_about_her_however_it_is_written() {
        let traces = traces();
        for hers in ["9,ANA@example.com,x", "a;(617) 555-0123;b", "5,\"Souza, de\",ANA", "1,C7,2", "617.555.0123"] {
            assert!(traces.in_raw(hers), "{hers}");
        }
        for stranger in ["9,joana@example.com", "617-555-0124", "5,Ana,Silva", "1,C70"] {
            assert!(!traces.in_raw(stranger), "{stranger}");
        }
    }

    #[test]
    fn a_text_loses_her_values_and_nothing_else() {
        let traces = traces();
        let text = "to: ana@example.com, +16175550123; joana@example.com";
        assert_eq!(traces.without(text).unwrap(), "to: erased, erased; joana@example.com");
        assert_eq!(traces.without("nothing here"), None);
    }
}
