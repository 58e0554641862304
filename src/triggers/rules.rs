//! What a trigger's rule is and which record shows that it is right.

use polars::prelude::Schema as Columns;

use super::{Evidence, ready};
use crate::config::{Config, Trigger};
use crate::events;
use crate::problem::{Problem, Result, nearest};

/// What ready triggers are made from.
pub(super) struct Given<'a> {
    pub(super) config: &'a Config,
    /// Golden columns and traits.
    pub(super) columns: &'a Columns,
    /// The golden columns among them.
    pub(super) golden: &'a [String],
    pub(super) channels: &'a [String],
    pub(super) events: &'a events::Plan,
}

impl Given<'_> {
    /// The rule of a trigger and its evidence.
    pub(super) fn rule(&self, index: usize, trigger: &Trigger) -> Result<(String, Evidence), Vec<Problem>> {
        let fault = |key: &str, what: String, fix: &str| {
            vec![Problem::config_at(&["trigger", &index.to_string(), key], what, fix)]
        };
        match (&trigger.ready, &trigger.when) {
            (Some(name), None) => ready::rule(self, trigger, name).map_err(|(key, what, fix)| fault(key, what, &fix)),
            (None, Some(rule)) => {
                for (key, is_set) in [("fields", !trigger.fields.is_empty()), ("segment", trigger.segment.is_some())] {
                    if is_set {
                        let fix = "name it in the rule itself, or leave it out";
                        return Err(fault(key, format!("`{key}` is for ready triggers"), fix));
                    }
                }
                let Some(evidence) = &trigger.evidence else { return Ok((rule.clone(), Evidence::Newest)) };
                let kind = events::KINDS.iter().find(|(kind, column)| kind == evidence && self.events.has(column));
                if let Some((_, column)) = kind {
                    return Ok((rule.clone(), Evidence::Kind(column)));
                }
                if self.golden.contains(evidence) {
                    return Ok((rule.clone(), Evidence::Columns(vec![evidence.clone()])));
                }
                let kinds = events::KINDS.iter().filter(|(_, column)| self.events.has(column)).map(|(kind, _)| *kind);
                let near = nearest(evidence, kinds.chain(self.golden.iter().map(String::as_str)));
                let fix = near.first().map_or_else(
                    || "name a kind of [events] that is told, or a golden column".to_owned(),
                    |name| format!("did you mean \"{name}\"?"),
                );
                Err(fault("evidence", format!("\"{evidence}\" is no kind of event and no golden column"), &fix))
            }
            (Some(_), Some(_)) => {
                Err(fault("when", "`ready` and `when` stand side by side".to_owned(), "leave one of the two out"))
            }
            (None, None) => Err(fault("name", "a trigger without a rule".to_owned(), "add `ready` or `when`")),
        }
    }
}
