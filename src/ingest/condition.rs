//! SQL conditions on raw rows: `where`, `when`, `cases`. Evaluated for a whole batch at once, on a table that has just
//! the columns that they name, as text; a blank cell is an empty text, not NULL.

use std::ops::ControlFlow;

use polars::prelude::{DataFrame, DataType, Expr, IntoColumn, IntoLazy, IntoSeries, Schema, StringChunkedBuilder};
use sqlparser::ast;
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use super::mapping::{Rule, Slot};
use crate::problem::{Problem, Result};
use crate::sql;

/// The columns that a rule names, as it writes them, each once; none if it cannot be parsed.
pub(super) fn columns(rule: &str) -> Vec<String> {
    let parsed = Parser::new(&GenericDialect {}).try_with_sql(rule).and_then(|mut parser| parser.parse_expr());
    let mut names = Vec::new();
    if let Ok(parsed) = parsed {
        let _: ControlFlow<()> = ast::visit_expressions(&parsed, |expression| {
            if let ast::Expr::Identifier(name) = expression
                && !names.contains(&name.value)
            {
                names.push(name.value.clone());
            }
            ControlFlow::Continue(())
        });
    }
    names
}

/// A source's conditions, compiled.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    expressions: Vec<Expr>,
    /// Where each stands in the config.
    places: Vec<Vec<String>>,
    /// Columns that they name.
    columns: Vec<(String, Slot)>,
}

impl Conditions {
    /// Compiles the rules against the columns that there are (`known`); all faults at once.
    pub fn new(rules: &[Rule], known: &[String], problems: &mut Vec<Problem>) -> Self {
        let mut conditions = Self::default();
        for rule in rules {
            let mut schema = Schema::default();
            let own = rule.columns.iter().map(|(name, _)| name).filter(|name| is_known(name, known));
            for name in own.chain(known) {
                schema.with_column(name.as_str().into(), DataType::String);
            }
            let place: Vec<&str> = rule.place.iter().map(String::as_str).collect();
            match sql::condition(&place, &rule.text, &schema, None) {
                Ok(expression) => conditions.push(expression, rule),
                Err(faults) => problems.extend(faults),
            }
        }
        conditions
    }

    fn push(&mut self, expression: Expr, rule: &Rule) {
        self.expressions.push(expression);
        self.places.push(rule.place.clone());
        for column in &rule.columns {
            if !self.columns.contains(column) {
                self.columns.push(column.clone());
            }
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.expressions.is_empty()
    }

    /// An empty table of the columns that the conditions name.
    pub fn table(&self) -> Table<'_> {
        let builders = self.columns.iter().map(|(name, _)| StringChunkedBuilder::new(name.as_str().into(), 1 << 12));
        Table { conditions: self, builders: builders.collect(), rows: 0 }
    }
}

/// A column that a rule names is there when its name differs only in case and surrounding space.
fn is_known(name: &str, known: &[String]) -> bool {
    let name = super::layout::fold(name);
    known.iter().any(|known| super::layout::fold(known) == name)
}

/// The named columns of a batch.
pub(super) struct Table<'a> {
    conditions: &'a Conditions,
    builders: Vec<StringChunkedBuilder>,
    rows: usize,
}

impl Table<'_> {
    /// Adds a row, given its cells by slot.
    pub fn push(&mut self, slots: &[&str]) {
        for (builder, (_, slot)) in self.builders.iter_mut().zip(&self.conditions.columns) {
            builder.append_value(slots[*slot]);
        }
        self.rows += 1;
    }

    /// Which conditions hold for which rows; unknown (NULL) is not true.
    pub fn evaluate(self) -> Result<Truths> {
        let columns = self.builders.into_iter().map(|builder| builder.finish().into_series().into_column()).collect();
        let table = DataFrame::new(self.rows, columns).map_err(|error| Problem::run(error.to_string(), ""))?;
        let mut truths = Vec::new();
        for (expression, place) in self.conditions.expressions.iter().zip(&self.conditions.places) {
            let fault = |error: polars::error::PolarsError| {
                let place: Vec<&str> = place.iter().map(String::as_str).collect();
                let fix = "columns of a file are text; a blank cell is an empty text";
                Problem::config_at(&place, format!("the condition failed on a row: {error}"), fix)
            };
            let answer = table.clone().lazy().select([expression.clone().alias("truth")]).collect().map_err(fault)?;
            let answer = answer.column("truth").and_then(|column| Ok(column.bool()?.clone())).map_err(fault)?;
            // A condition without columns gives one value for all rows.
            let first = answer.len() == 1 && answer.get(0) == Some(true);
            truths.push(match answer.len() == self.rows {
                true => answer.iter().map(|truth| truth == Some(true)).collect(),
                false => vec![first; self.rows],
            });
        }
        Ok(Truths(truths))
    }
}

/// Per condition and row of a batch, whether it holds.
#[derive(Debug, Default)]
pub(super) struct Truths(Vec<Vec<bool>>);

impl Truths {
    /// Whether a condition holds for a row.
    pub fn holds(&self, condition: usize, row: usize) -> bool {
        self.0[condition][row]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{col, lit};

    #[test]
    fn the_columns_of_a_rule_are_found_in_quotes_or_without() {
        let rule = "Direction = 'in' AND \"context.ip\" IS NOT NULL AND lower(Direction) <> \"Paid at\" || 'x'";
        assert_eq!(columns(rule), ["Direction", "context.ip", "Paid at"]);
        assert_eq!(columns("a = = b"), [""; 0]);
    }

    #[test]
    fn unknown_is_not_true() {
        let rule =
            |name: &str, slot| Rule { place: Vec::new(), text: String::new(), columns: vec![(name.into(), slot)] };
        let mut conditions = Conditions::default();
        conditions.push(col("direction").eq(lit("in")), &rule("direction", 1));
        conditions.push(col("price").cast(DataType::Float64).gt(lit(2.0)), &rule("price", 0));
        conditions.push(lit(true), &rule("price", 0));
        let mut table = conditions.table();
        for row in [["3.5", "in"], ["", "out"], ["1", "in"]] {
            table.push(&row);
        }
        let truths = table.evaluate().expect("conditions hold or not");
        assert_eq!(truths.0, [[true, false, true], [true, false, false], [true, true, true]]);
    }
}
