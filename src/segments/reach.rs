//! Segments that nobody can ever be in, where it can be proven from the rules alone.

use polars::prelude::Schema as Columns;

use crate::config::{Config, Trait};
use crate::problem::{Place, Problem};
use crate::sql::{self, Domain};

/// A warning for every segment that no person can be in, with the part of its rule that shows it. `columns` are those of
/// the golden table with its traits; `channels` all sets of channels that a person can have, as the table writes them
/// (none = too many to list).
#[must_use]
pub fn unreachable(config: &Config, columns: &Columns, channels: Option<&[String]>) -> Vec<Problem> {
    let domain = |name: &str| Domain {
        least: match name {
            "records" => Some(1.0),
            name if counts(config, name) => Some(0.0),
            _ => None,
        },
        never_null: name == "records" || name == "channels" || counts(config, name) || is_consent(config, name),
        only: match channels {
            Some(channels) if name == "channels" => Some((channels.to_vec(), "nobody can have the channels")),
            _ if is_consent(config, name) => Some((STATES.map(str::to_owned).to_vec(), "no consent is in the state")),
            _ => None,
        },
    };
    let warning = |(index, segment): (usize, &crate::config::Segment)| {
        let never = sql::never(&segment.condition, columns, &domain)?;
        let path = ["segment", &index.to_string(), "where"].map(str::to_owned).to_vec();
        Some(Problem {
            place: Place::Config { path, within: never.within },
            what: format!("nobody can be in segment `{}`: {}", segment.name, never.why),
            fix: "change the rule, or take the segment out".to_owned(),
        })
    };
    config.segment.iter().enumerate().filter_map(warning).collect()
}

/// What columns of consent hold.
const STATES: [&str; 3] = ["opted_in", "opted_out", "unknown"];

/// Whether a column holds states of consent.
fn is_consent(config: &Config, name: &str) -> bool {
    let Some(of) = name.strip_prefix("consent_") else { return false };
    config.source.iter().flat_map(|source| source.consent.keys()).any(|key| key.replace(':', "_") == of)
}

/// Whether a trait is a plain count: never NULL, never below zero.
fn counts(config: &Config, name: &str) -> bool {
    let Some(Trait::Sql(rule)) = config.traits.get(name) else { return false };
    let rule = rule.trim().to_uppercase();
    // Nothing may follow but FILTER: COUNT(*) - 3 may be below zero.
    let rest = rule.strip_prefix("COUNT(").and_then(|rest| rest.split_once(')')).map(|(_, rest)| rest.trim());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("FILTER") && closes(rest))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_counts_are_never_below_zero() {
        let mut config = Config::default();
        for (name, rule, expected) in [
            ("a", "COUNT(*)", true),
            ("b", "count(amount) FILTER (WHERE (amount > 0) AND channel = 'pos')", true),
            ("c", "COUNT(*) - 3", false),
            ("d", "COUNT(*) FILTER (WHERE amount > 0) - (3)", false),
            ("e", "SUM(amount)", false),
            ("f", "COUNT(DISTINCT amount) ", true),
        ] {
            config.traits.insert(name.into(), Trait::from(rule));
            assert_eq!(counts(&config, name), expected, "{rule}");
        }
        assert!(!counts(&config, "nothing"));
    }
}
