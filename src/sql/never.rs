//! Conditions that can never be true, whatever the data: found where it can be proven, silent where it cannot.
//!
//! Only what stands side by side in one AND is weighed against each other: comparisons of a column with constants. So a
//! rule that is not found here may still match nobody; one that is found here cannot match anybody.

mod facts;
#[cfg(test)]
mod tests;

use std::ops::{ControlFlow, Range};

use polars::prelude::Schema;
use sqlparser::ast::{self, BinaryOperator as Op, Spanned};

use self::facts::{Fact, compare, compared, number, text, turned};
use super::rule::Rule;
use super::types::Type;

/// What is known of a column's values before any is seen.
#[derive(Debug, Clone, Default)]
pub struct Domain {
    /// No value is below this.
    pub least: Option<f64>,
    /// No value is above this, and why, in words of a message.
    pub most: Option<(f64, String)>,
    /// Whether every row has a value.
    pub never_null: bool,
    /// For texts: all values that there can be, with what they are called in messages (`no source has the channel`).
    pub only: Option<(Vec<String>, &'static str)>,
    /// For texts: one that no row has, although it is no misspelling, and why.
    pub without: Option<(String, String)>,
    /// Why no row has a value, in words of a message; none = rows may have one.
    pub empty: Option<String>,
    /// For a condition: why it is true for no row; none = it may be.
    pub never_true: Option<String>,
}

/// Why a condition is never true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Never {
    /// The bytes of the rule that show it.
    pub within: Option<Range<usize>>,
    /// In words, to follow "this is never true: ".
    pub why: String,
}

/// Why a condition can never be true; `None` = it may be. `domain` tells what is known of a column.
#[must_use]
pub fn never(rule: &str, columns: &Schema, domain: &dyn Fn(&str) -> Domain) -> Option<Never> {
    let rule = Rule::new(&[], rule);
    let tree = rule.parse().ok()?;
    Prover { rule: &rule, columns, domain }.dead(&tree)
}

/// The conditions after FILTER in a rule that can never be true.
#[must_use]
pub fn never_filtered(rule: &str, columns: &Schema, domain: &dyn Fn(&str) -> Domain) -> Vec<Never> {
    let rule = Rule::new(&[], rule);
    let Ok(tree) = rule.parse() else { return Vec::new() };
    let prover = Prover { rule: &rule, columns, domain };
    let mut found = Vec::new();
    let _: ControlFlow<()> = ast::visit_expressions(&tree, |expression| {
        if let ast::Expr::Function(call) = expression
            && let Some(filter) = call.filter.as_deref()
        {
            found.extend(prover.dead(filter));
        }
        ControlFlow::Continue(())
    });
    found
}

/// The columns that a rule names, each with the bytes of its text, in order; nothing where it cannot be read.
#[must_use]
pub fn names(rule: &str) -> Vec<(String, Option<Range<usize>>)> {
    let rule = Rule::new(&[], rule);
    let Ok(tree) = rule.parse() else { return Vec::new() };
    let mut found = Vec::new();
    let _: ControlFlow<()> = ast::visit_expressions(&tree, |expression| {
        if let ast::Expr::Identifier(name) = expression {
            found.push((name.value.clone(), rule.range(name.span)));
        }
        ControlFlow::Continue(())
    });
    found
}

struct Prover<'a> {
    rule: &'a Rule<'a>,
    columns: &'a Schema,
    domain: &'a dyn Fn(&str) -> Domain,
}

impl Prover<'_> {
    fn dead(&self, tree: &ast::Expr) -> Option<Never> {
        match tree {
            ast::Expr::Nested(inner) => self.dead(inner),
            ast::Expr::BinaryOp { left, op: Op::Or, right } => {
                let (left, _) = (self.dead(left)?, self.dead(right)?);
                Some(Never { within: self.rule.range(tree.span()), why: format!("{}, nor is the rest", left.why) })
            }
            ast::Expr::Value(value) if matches!(value.value, ast::Value::Boolean(false) | ast::Value::Null) => {
                Some(Never { within: self.rule.range(value.span), why: format!("it is {}", value.value) })
            }
            ast::Expr::Identifier(name) if self.column(tree).is_none_or(|(_, kind)| kind == Type::Bool) => {
                let why = (self.domain)(&name.value).never_true?;
                Some(Never { within: self.rule.range(name.span), why })
            }
            _ => self.conjunction(tree),
        }
    }

    fn conjunction(&self, tree: &ast::Expr) -> Option<Never> {
        let mut parts = Vec::new();
        flatten(tree, &mut parts);
        if let [part] = parts[..] {
            if let ast::Expr::BinaryOp { left, op, right } = part
                && let (Some(left), Some(right)) = (number(left), number(right))
            {
                return (!compare(op, left, right)?)
                    .then(|| Never { within: self.rule.range(part.span()), why: format!("{part} is false") });
            }
        } else if let Some(never) = parts.iter().find_map(|part| self.dead(part)) {
            return Some(never);
        }
        let facts: Vec<(String, Fact, &ast::Expr)> = parts.iter().flat_map(|part| self.facts(part)).collect();
        let mut names: Vec<&str> = facts.iter().map(|(name, _, _)| name.as_str()).collect();
        names.dedup();
        names.iter().find_map(|name| {
            let own: Vec<_> = facts.iter().filter(|(other, _, _)| other == name).collect();
            self.contradiction(name, &own).map(|why| Never { within: self.range(&own), why })
        })
    }

    fn range(&self, facts: &[&(String, Fact, &ast::Expr)]) -> Option<Range<usize>> {
        let ranges: Option<Vec<_>> = facts.iter().map(|(_, _, tree)| self.rule.range(tree.span())).collect();
        let ranges = ranges?;
        let whole = ranges.iter().map(|range| range.start).min()?..ranges.iter().map(|range| range.end).max()?;
        Some(self.rule.closed(whole))
    }

    fn contradiction(&self, name: &str, facts: &[&(String, Fact, &ast::Expr)]) -> Option<String> {
        let domain = (self.domain)(name);
        let (mut low, mut high) = ((domain.least.unwrap_or(f64::NEG_INFINITY), false), (f64::INFINITY, false));
        let (mut null, mut value) = (false, domain.never_null);
        let mut texts: Option<Vec<&str>> = None;
        for (_, fact, _) in facts {
            value |= !matches!(fact, Fact::Null);
            match fact {
                Fact::Null => null = true,
                Fact::NotNull => {}
                Fact::Above(bound, open) if (*bound, *open) > low => low = (*bound, *open),
                Fact::Below(bound, open) if (*bound, !*open) < (high.0, !high.1) => high = (*bound, *open),
                Fact::Above(..) | Fact::Below(..) => {}
                Fact::Texts(these) => {
                    let before = texts.take();
                    let both = |text: &&str| before.as_ref().is_none_or(|before| before.contains(text));
                    texts = Some(these.iter().map(String::as_str).filter(both).collect());
                }
            }
        }
        if let Some(why) = domain.empty.filter(|_| facts.iter().any(|(_, fact, _)| !matches!(fact, Fact::Null))) {
            return Some(why);
        }
        if let Some((most, why)) = domain.most
            && low > (most, false)
        {
            return Some(why);
        }
        if null && value {
            let always = domain.never_null.then(|| format!("`{name}` always has a value"));
            return Some(always.unwrap_or_else(|| format!("`{name}` cannot have a value and have none")));
        }
        if low.0 > high.0 || low.0 == high.0 && (low.1 || high.1) {
            return Some(match domain.least {
                Some(least) if least == low.0 && !low.1 => format!("`{name}` is never below {least}"),
                _ => format!("no `{name}` is in both ranges"),
            });
        }
        let texts = texts?;
        if texts.is_empty() {
            return Some(format!("`{name}` cannot be two things at once"));
        }
        if let Some((_, why)) = domain.without.filter(|(text, _)| texts.iter().all(|these| these == text)) {
            return Some(why);
        }
        let (only, called) = domain.only.as_ref()?;
        if texts.iter().any(|text| only.iter().any(|known| known == text)) {
            return None;
        }
        let near = crate::problem::nearest(texts[0], only.iter().map(String::as_str));
        let near = near.first().map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        Some(format!("{called} '{}'{near}", texts.join("' or '")))
    }

    /// What a part says of columns; nothing where it says something else.
    fn facts<'t>(&self, part: &'t ast::Expr) -> Vec<(String, Fact, &'t ast::Expr)> {
        let said = match part {
            ast::Expr::IsNull(inner) => self.column(inner).map(|(name, _)| (name, vec![Fact::Null])),
            ast::Expr::IsNotNull(inner) => self.column(inner).map(|(name, _)| (name, vec![Fact::NotNull])),
            ast::Expr::BinaryOp { left, op, right } => match (self.column(left), self.column(right)) {
                (Some((name, kind)), None) => compared(kind, op, right).map(|facts| (name, facts)),
                (None, Some((name, kind))) => {
                    turned(op).and_then(|op| compared(kind, &op, left)).map(|facts| (name, facts))
                }
                _ => None,
            },
            ast::Expr::Between { expr, negated: false, low, high } => self.column(expr).and_then(|(name, kind)| {
                let (low, high) = (compared(kind, &Op::GtEq, low)?, compared(kind, &Op::LtEq, high)?);
                Some((name, low.into_iter().chain(high).collect()))
            }),
            ast::Expr::InList { expr, list, negated: false } => self.column(expr).and_then(|(name, kind)| {
                let texts: Option<Vec<String>> = list.iter().map(|item| text(item).map(str::to_owned)).collect();
                (kind == Type::Text).then_some((name, vec![Fact::Texts(texts?)]))
            }),
            _ => None,
        };
        said.into_iter().flat_map(|(name, facts)| facts.into_iter().map(move |f| (name.clone(), f, part))).collect()
    }

    fn column(&self, tree: &ast::Expr) -> Option<(String, Type)> {
        match tree {
            ast::Expr::Nested(inner) => self.column(inner),
            ast::Expr::Identifier(name) => {
                let known = |known: &str| known == name.value || known.eq_ignore_ascii_case(&name.value);
                let (column, dtype) = self.columns.iter().find(|(column, _)| known(column))?;
                Some((column.to_string(), Type::of(dtype)?))
            }
            _ => None,
        }
    }
}

fn flatten<'t>(tree: &'t ast::Expr, parts: &mut Vec<&'t ast::Expr>) {
    match tree {
        ast::Expr::BinaryOp { left, op: Op::And, right } => {
            flatten(left, parts);
            flatten(right, parts);
        }
        ast::Expr::Nested(inner) if matches!(**inner, ast::Expr::BinaryOp { op: Op::And, .. }) => flatten(inner, parts),
        other => parts.push(other),
    }
}
