//! Texts and patterns: LIKE and regular expressions.

use polars::prelude::{Expr, lit};
use sqlparser::ast;

use super::lower::{Lowering, Place, boolean};
use super::types::{Constant, Type, Typed};

impl Lowering<'_> {
    /// LIKE and ILIKE with a constant pattern.
    pub(super) fn like(
        &mut self,
        value: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::ValueWithSpan>,
        negated: bool,
        any_case: bool,
        place: Place,
    ) -> Option<Typed> {
        let (value, pattern) = (self.lower(value), self.lower(pattern));
        let (value, pattern) = (self.text(value?, "LIKE")?, pattern?);
        let Some(Constant::Text(pattern)) = pattern.constant else {
            return self.fail(pattern.range, "the pattern of LIKE must be a text constant", "write LIKE '%word%'");
        };
        let escape = match escape.map(|e| &e.value) {
            None => '\\',
            Some(ast::Value::SingleQuotedString(text)) if text.chars().count() == 1 => {
                text.chars().next().expect("one character")
            }
            Some(_) => return self.fail(place, "ESCAPE takes one character", ""),
        };
        let found = match plain_like(&pattern, escape) {
            Some((false, text, false)) if !any_case => value.eq(lit(text)),
            Some((false, text, true)) if !any_case => value.str().starts_with(lit(text)),
            Some((true, text, false)) if !any_case => value.str().ends_with(lit(text)),
            Some((true, text, true)) if !any_case => value.str().contains_literal(lit(text)),
            _ => value.str().contains(lit(like_regex(&pattern, escape, any_case)), true),
        };
        Some(boolean(if negated { found.not() } else { found }, place))
    }

    /// A match of a regular expression anywhere in the text.
    pub(super) fn regex_match(
        &mut self,
        value: Typed,
        pattern: Typed,
        negated: bool,
        any_case: bool,
        place: Place,
    ) -> Option<Typed> {
        let value = self.text(value, "a regular expression");
        let pattern = self.pattern(&pattern)?;
        let pattern = if any_case { format!("(?i){pattern}") } else { pattern };
        let found = value?.str().contains(lit(pattern), true);
        Some(boolean(if negated { found.not() } else { found }, place))
    }

    /// A constant regular expression, checked.
    pub(super) fn pattern(&mut self, pattern: &Typed) -> Option<String> {
        let Some(Constant::Text(text)) = &pattern.constant else {
            return self.fail(pattern.range.clone(), "a regular expression must be a text constant", "");
        };
        match regex::Regex::new(text) {
            Ok(_) => Some(text.clone()),
            Err(error) => {
                let said = error.to_string();
                let said = said.lines().last().unwrap_or_default().trim_start_matches("error: ");
                self.fail(pattern.range.clone(), format!("this regular expression does not parse: {said}"), "")
            }
        }
    }

    /// A text argument.
    pub(super) fn text(&mut self, value: Typed, by: &str) -> Option<Expr> {
        match value.kind {
            Type::Text => Some(value.expr),
            Type::Null => Some(value.cast(Type::Text).expr),
            kind => {
                let what = format!("{by} takes text, {} is {}", self.show(&value), kind.name());
                self.fail(value.range, what, "CAST it AS TEXT")
            }
        }
    }
}

/// A pattern of LIKE that needs no regular expression: whether `%` stands in front, the text, whether `%` stands behind.
fn plain_like(pattern: &str, escape: char) -> Option<(bool, &str, bool)> {
    let behind = pattern.trim_start_matches('%');
    let text = behind.trim_end_matches('%');
    let plain = !text.contains(['%', '_', escape]);
    plain.then_some((behind.len() < pattern.len(), text, text.len() < behind.len() || pattern.ends_with('%')))
}

fn like_regex(pattern: &str, escape: char, any_case: bool) -> String {
    let mut regex = String::from(if any_case { "(?is)^" } else { "(?s)^" });
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            c => {
                let literal = if c == escape { chars.next().unwrap_or(c) } else { c };
                regex.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
            }
        }
    }
    regex.push('$');
    regex
}
