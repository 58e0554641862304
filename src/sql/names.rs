//! Names of columns in rules, and what is said of names that are none.

use polars::prelude::{Schema, col};
use sqlparser::ast;

use super::lower::{Lowering, Place, quoted};
use super::types::{Constant, Type, Typed};
use crate::problem::{Problem, nearest};

/// A rule's faults without those that only say that one of these columns is not there: they are declared, but at fault
/// themselves, and that is said where they are.
#[must_use]
pub fn without_columns(faults: Vec<Problem>, declared: &[String]) -> Vec<Problem> {
    let is_one = |fault: &Problem| declared.iter().any(|name| fault.what.eq_ignore_ascii_case(&no_column(name)));
    faults.into_iter().filter(|fault| !is_one(fault)).collect()
}

fn no_column(name: &str) -> String {
    format!("no column `{name}`")
}

impl Lowering<'_> {
    pub(super) fn column(&mut self, name: &ast::Ident) -> Option<Typed> {
        let place = self.rule.range(name.span);
        if name.value.eq_ignore_ascii_case("as_of") {
            return match self.as_of {
                Some(moment) => Some(Typed::constant(Constant::Moment(moment), place)),
                None => self.fail(
                    place,
                    "`as_of` is not known while rows are read",
                    "write a date, or move the condition to a trait or segment",
                ),
            };
        }
        let outside = self.person.as_ref().filter(|_| !self.inside).map(|person| person.earlier);
        let visible = outside.unwrap_or(self.columns);
        let Some((found, dtype)) = find(visible, name) else { return self.unknown(name, place) };
        let Some(kind) = Type::of(dtype) else {
            let what = format!("column `{found}` has type {dtype}, which rules cannot use");
            return self.fail(place, what, "leave it out of the rule");
        };
        let expr = if *dtype == kind.dtype() { col(found) } else { col(found).cast(kind.dtype()) };
        Some(Typed::new(expr, kind, place))
    }

    fn unknown(&mut self, name: &ast::Ident, place: Place) -> Option<Typed> {
        let value = &name.value;
        let mut known: Vec<&str> = self.columns.iter_names().map(|n| n.as_str()).collect();
        if let Some(person) = &self.person {
            let is_record = find(self.columns, name).is_some();
            let earlier: Vec<&str> = person.earlier.iter_names().map(|n| n.as_str()).collect();
            if !self.inside && is_record {
                let what = format!("`{value}` stands outside an aggregate: a person has several records");
                let fix = format!("say which value counts, as in LAST({value}), MAX({value}) or COUNT({value})");
                return self.fail(place, what, fix);
            }
            if self.inside && earlier.contains(&value.as_str()) {
                let what = format!("`{value}` is a trait, and stands inside an aggregate over records");
                return self.fail(place, what, "use it outside of the aggregate");
            }
            if !self.inside {
                known.extend(earlier);
            }
        }
        if matches!(value.to_ascii_lowercase().as_str(), "current_date" | "current_timestamp" | "now") {
            let what = format!("`{value}`: rules do not ask the clock, so that a run can be repeated");
            return self.fail(place, what, "write as_of");
        }
        let near: Vec<&str> = nearest(value, known.iter().copied());
        let fix = match (near.is_empty(), name.quote_style) {
            (false, _) => format!("did you mean {}?", quoted(&near)),
            (true, Some(_)) => format!("text goes in single quotes: '{value}'"),
            (true, None) => {
                known.truncate(30);
                format!("columns are {}", quoted(&known))
            }
        };
        self.fail(place, no_column(value), fix)
    }
}

/// A column by name; without quotes, case does not count where that leaves no doubt.
fn find<'s>(columns: &'s Schema, name: &ast::Ident) -> Option<(&'s str, &'s polars::prelude::DataType)> {
    if let Some((_, found, dtype)) = columns.get_full(&name.value) {
        return Some((found.as_str(), dtype));
    }
    if name.quote_style.is_some() {
        return None;
    }
    let mut matching = columns.iter().filter(|(column, _)| column.eq_ignore_ascii_case(&name.value));
    match (matching.next(), matching.next()) {
        (Some((found, dtype)), None) => Some((found.as_str(), dtype)),
        _ => None,
    }
}
