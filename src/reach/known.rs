//! What is known of columns before any row is read.

use super::Known;
use crate::config::{ConsentWord, ConsentWords, GoldenField, Rule, Trait};
use crate::sql::Domain;

/// What columns of consent hold.
const STATES: [&str; 3] = ["opted_in", "opted_out", "unknown"];

impl Known<'_> {
    /// Whether a field is there, but no file has a column for it.
    pub(super) fn is_empty_field(&self, name: &str) -> bool {
        self.schema.field(name).is_some_and(|field| !self.fillable[usize::from(field)])
    }

    /// Whether a golden column takes its values from a field that no file has a column for.
    pub(super) fn is_empty_column(&self, name: &str) -> bool {
        let field = match self.config.golden.fields.get(name) {
            Some(GoldenField::Rule(rule)) => picks(*rule).then_some(name),
            Some(GoldenField::Spec(spec)) => picks(spec.rule).then_some(spec.field.as_deref().unwrap_or(name)),
            None => Some(name),
        };
        let is_golden = || crate::config::golden_columns(self.config, self.schema).iter().any(|column| column == name);
        field.is_some_and(|field| self.is_empty_field(field)) && is_golden()
    }

    /// What is known of a column of records.
    pub(super) fn of_records(&self, name: &str) -> Domain {
        let names = |of: fn(&crate::model::Source) -> &String| {
            let mut names: Vec<String> = self.schema.sources.iter().map(|source| of(source).clone()).collect();
            names.dedup();
            names
        };
        Domain {
            only: match name {
                "channel" => Some((names(|source| &source.channel), "no source has the channel")),
                "source" => Some((names(|source| &source.name), "no source is called")),
                _ => None,
            },
            never_null: matches!(name, "channel" | "source"),
            empty: self.is_empty_field(name).then(|| no_column(name)),
            ..Domain::default()
        }
    }

    /// What is known of a golden column, a trait or a state of consent.
    pub(super) fn of_persons(&self, name: &str) -> Domain {
        let counted = self.counted(name);
        let never =
            |field: &str| self.is_empty_field(field).then(|| format!("`{name}` is always 0: {}", no_column(field)));
        Domain {
            least: match name {
                "records" => Some(1.0),
                _ => counted.is_some().then_some(0.0),
            },
            most: counted.and_then(never).map(|why| (0.0, why)),
            never_null: name == "records" || name == "channels" || counted.is_some() || self.is_consent(name),
            only: match &self.channels {
                Some(channels) if name == "channels" => Some((channels.clone(), "nobody can have the channels")),
                _ if self.is_consent(name) => Some((STATES.map(str::to_owned).to_vec(), "no consent is in the state")),
                _ => None,
            },
            without: self.is_never_said(name).then(|| {
                let of = name.trim_start_matches("consent_");
                ("opted_in".to_owned(), format!("no source can say that anybody opted in to {of}"))
            }),
            empty: self.is_empty_column(name).then(|| no_column(name)),
            never_true: None,
        }
    }

    /// Whether a column of consent can never say that somebody opted in.
    fn is_never_said(&self, column: &str) -> bool {
        let of = column.strip_prefix("consent_").unwrap_or_default();
        let keys = || self.config.source.iter().flat_map(|source| source.consent.keys());
        let mut named = keys().filter(|key| key.replace(':', "_") == of).peekable();
        named.peek().is_some() && named.all(|key| !self.can_opt_in(key))
    }

    /// Whether a column holds states of consent.
    fn is_consent(&self, name: &str) -> bool {
        let Some(of) = name.strip_prefix("consent_") else { return false };
        self.config.source.iter().flat_map(|source| source.consent.keys()).any(|key| key.replace(':', "_") == of)
    }

    /// Whether any source can say that somebody opted in, under this name of a consent.
    pub(super) fn can_opt_in(&self, consent: &str) -> bool {
        let said = self.config.source.iter().filter_map(|source| source.consent.get(consent));
        let may = said.flat_map(|mapping| mapping.places()).any(|place| match place {
            crate::config::ConsentPlace::Column(_) => true,
            crate::config::ConsentPlace::Spec(spec) => {
                spec.constant.map_or(matches!(spec.says, ConsentWords::State | ConsentWords::Message), |constant| {
                    constant == ConsentWord::OptedIn
                }) || spec.values.values().any(|word| *word == ConsentWord::OptedIn)
            }
        });
        let has_column = self
            .schema
            .consent(consent)
            .is_none_or(|id| self.fillable[usize::from(self.schema.consents[usize::from(id)].word)]);
        may && has_column
    }

    /// Of a trait that is a plain count, what is counted; such a trait is never NULL and never below zero.
    pub(super) fn counted(&self, name: &str) -> Option<&str> {
        let Some(Trait::Sql(rule)) = self.config.traits.get(name) else { return None };
        let rule = rule.trim();
        // Nothing may follow but FILTER: COUNT(*) - 3 may be below zero.
        let rest = rule.get(..6).filter(|head| head.eq_ignore_ascii_case("COUNT(")).and_then(|_| rule.get(6..))?;
        let (counted, rest) = rest.split_once(')')?;
        let rest = rest.trim().to_uppercase();
        let counted = counted.trim();
        let distinct = counted.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("DISTINCT "));
        let counted = if distinct { counted[9..].trim() } else { counted };
        (rest.is_empty() || rest.starts_with("FILTER") && closes(&rest)).then_some(counted)
    }
}

/// Why a field is never filled.
pub(super) fn no_column(field: &str) -> String {
    format!("no file has a column for `{field}`")
}

/// Whether a rule of survivorship takes a value as it is, and none where there is none.
fn picks(rule: Rule) -> bool {
    !matches!(rule, Rule::Sum | Rule::Count | Rule::CountDistinct | Rule::Any | Rule::All | Rule::Collect)
}

/// Whether the first parenthesis of a text closes at its very end.
fn closes(text: &str) -> bool {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 1 == text.len();
        }
    }
    false
}
