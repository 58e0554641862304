//! From the syntax tree to a polars expression. Every form that is allowed is named here; all others are refused.

use std::ops::Range;

use polars::prelude::{Expr, Schema, lit};
use sqlparser::ast::{self, BinaryOperator as Op, Spanned, UnaryOperator};

use super::Aggregate;
use super::rule::Rule;
use super::types::{Constant, Type, Typed, null};
use crate::problem::Problem;

/// Most operators in a row, AND and OR apart: walking them takes stack.
const MAX_CHAIN: usize = 100;

/// Turns one rule's tree into an expression, gathering every fault on the way.
pub(super) struct Lowering<'a> {
    pub(super) rule: &'a Rule<'a>,
    /// Columns per row.
    pub(super) columns: &'a Schema,
    /// For a rule over many rows: what it sees outside its aggregates, and where they go.
    pub(super) person: Option<Person<'a>>,
    /// Whether the walk is inside an aggregate's arguments.
    pub(super) inside: bool,
    /// What `as_of` stands for, UTC microseconds; `None` = nothing.
    pub(super) as_of: Option<i64>,
    pub(super) faults: Vec<Problem>,
}

/// The level above the rows.
pub(super) struct Person<'a> {
    /// Values per person that were computed before.
    pub(super) earlier: &'a Schema,
    /// Aggregates found so far.
    pub(super) aggregates: &'a mut Vec<Aggregate>,
}

/// Where a part of the rule stands.
pub(super) type Place = Option<Range<usize>>;

impl Lowering<'_> {
    /// The expression of a tree; `None` = it has faults, which are in `self.faults`.
    pub(super) fn lower(&mut self, tree: &ast::Expr) -> Option<Typed> {
        if let ast::Expr::BinaryOp { op: op @ (Op::And | Op::Or), .. } = tree {
            return self.logical(op, tree);
        }
        if spine(tree) > MAX_CHAIN {
            return self.fail(
                None,
                format!("a chain of more than {MAX_CHAIN} operators"),
                "split the rule into traits",
            );
        }
        let place = self.rule.range(tree.span());
        match tree {
            ast::Expr::Identifier(name) => self.column(name),
            ast::Expr::Value(value) => self.value(&value.value, self.rule.range(value.span)),
            ast::Expr::TypedString(typed) => self.typed_string(typed, place),
            ast::Expr::Interval(interval) => self.interval(interval, place),
            ast::Expr::Nested(inner) => self.lower(inner),
            ast::Expr::UnaryOp { op, expr } => self.unary(*op, expr, place),
            ast::Expr::BinaryOp { left, op, right } => {
                let (left, right) = (self.lower(left), self.lower(right));
                self.binary(left?, op, right?, place)
            }
            ast::Expr::IsNull(inner) => Some(boolean(self.lower(inner)?.expr.is_null(), place)),
            ast::Expr::IsNotNull(inner) => Some(boolean(self.lower(inner)?.expr.is_not_null(), place)),
            ast::Expr::IsTrue(inner) => Some(boolean(self.condition(inner)?.eq_missing(lit(true)), place)),
            ast::Expr::IsNotTrue(inner) => Some(boolean(self.condition(inner)?.neq_missing(lit(true)), place)),
            ast::Expr::IsFalse(inner) => Some(boolean(self.condition(inner)?.eq_missing(lit(false)), place)),
            ast::Expr::IsNotFalse(inner) => Some(boolean(self.condition(inner)?.neq_missing(lit(false)), place)),
            ast::Expr::IsUnknown(inner) => Some(boolean(self.condition(inner)?.is_null(), place)),
            ast::Expr::IsNotUnknown(inner) => Some(boolean(self.condition(inner)?.is_not_null(), place)),
            ast::Expr::IsDistinctFrom(left, right) | ast::Expr::IsNotDistinctFrom(left, right) => {
                let (left, right) = (self.lower(left), self.lower(right));
                let (left, right) = self.pair(left?, right?, place.clone())?;
                let distinct = matches!(tree, ast::Expr::IsDistinctFrom(..));
                let expr = if distinct { left.neq_missing(right) } else { left.eq_missing(right) };
                Some(boolean(expr, place))
            }
            ast::Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated, place),
            ast::Expr::Between { expr, negated, low, high } => {
                let (value, low, high) = (self.lower(expr), self.lower(low), self.lower(high));
                let (items, _) = self.unify(vec![value?, low?, high?], place.clone())?;
                let [value, low, high] = <[Typed; 3]>::try_from(items).expect("unify keeps the count");
                let within = value.expr.clone().gt_eq(low.expr).and(value.expr.lt_eq(high.expr));
                Some(boolean(if *negated { within.not() } else { within }, place))
            }
            ast::Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_ref(), *negated, false, place)
            }
            ast::Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_ref(), *negated, true, place)
            }
            ast::Expr::RLike { negated, expr, pattern, regexp: _ } => {
                let (value, pattern) = (self.lower(expr), self.lower(pattern));
                self.regex_match(value?, pattern?, *negated, false, place)
            }
            ast::Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), place)
            }
            ast::Expr::Cast { expr, data_type, array: false, format: None, kind: _ } => {
                let value = self.lower(expr);
                self.cast(value?, data_type, place)
            }
            ast::Expr::Function(function) => self.function(function, place.map(|place| self.rule.closed(place))),
            ast::Expr::Extract { field, expr, syntax: _ } => {
                let value = self.lower(expr);
                self.date_part(&field.to_string(), value?, place)
            }
            ast::Expr::Ceil { expr, field } => self.ceil_floor("CEIL", expr, field, place),
            ast::Expr::Floor { expr, field } => self.ceil_floor("FLOOR", expr, field, place),
            ast::Expr::Substring { expr, substring_from, substring_for, .. } => {
                let args = [Some(expr), substring_from.as_ref(), substring_for.as_ref()];
                let args: Vec<Option<Typed>> = args.into_iter().flatten().map(|arg| self.lower(arg)).collect();
                let args = args.into_iter().collect::<Option<Vec<_>>>()?;
                self.scalar("SUBSTR", args, place)
            }
            ast::Expr::Trim { expr, trim_where, trim_what: None, trim_characters: None } => {
                let name = match trim_where {
                    None | Some(ast::TrimWhereField::Both) => "TRIM",
                    Some(ast::TrimWhereField::Leading) => "LTRIM",
                    Some(ast::TrimWhereField::Trailing) => "RTRIM",
                };
                let value = self.lower(expr)?;
                self.scalar(name, vec![value], place)
            }
            ast::Expr::Subquery(_) | ast::Expr::InSubquery { .. } | ast::Expr::Exists { .. } => self.fail(
                place,
                "a subquery is not allowed: a rule sees its own columns and nothing else",
                "compute the value as a trait and name it in the rule",
            ),
            ast::Expr::CompoundIdentifier(parts) => {
                let last = parts.last().map(|part| part.value.clone()).unwrap_or_default();
                self.fail(
                    place,
                    "a column is named without a table",
                    format!("write {last}; a name that holds a dot goes in double quotes"),
                )
            }
            _ => self.fail(
                place,
                "this form of SQL is not allowed in a rule",
                "see the list of allowed forms in the docs",
            ),
        }
    }

    /// A condition's expression.
    pub(super) fn condition(&mut self, tree: &ast::Expr) -> Option<Expr> {
        let value = self.lower(tree)?;
        self.as_condition(value)
    }

    fn as_condition(&mut self, value: Typed) -> Option<Expr> {
        match value.kind {
            Type::Bool => Some(value.expr),
            Type::Null => Some(null(Type::Bool)),
            kind => {
                let what = format!("expected a condition, found {}", kind.name());
                self.fail(value.range, what, "compare it with something: = , <>, <, >, IS NOT NULL")
            }
        }
    }

    /// Notes a fault.
    pub(super) fn fail<T>(&mut self, within: Place, what: impl Into<String>, fix: impl Into<String>) -> Option<T> {
        self.faults.push(self.rule.fault(within, what, fix));
        None
    }

    /// How a message calls an expression: its own text, shortened.
    pub(super) fn show(&self, value: &Typed) -> String {
        let text = value.range.as_ref().map_or("this", |range| self.rule.text(range));
        if text.chars().count() > 40 {
            return format!("`{}…`", text.chars().take(39).collect::<String>());
        }
        format!("`{text}`")
    }

    fn unary(&mut self, op: UnaryOperator, inner: &ast::Expr, place: Place) -> Option<Typed> {
        match op {
            UnaryOperator::Not => Some(boolean(self.condition(inner)?.not(), place)),
            UnaryOperator::Plus => self.lower(inner),
            UnaryOperator::Minus => {
                let value = self.lower(inner)?;
                let constant = match &value.constant {
                    Some(Constant::Int(number)) => number.checked_neg().map(Constant::Int),
                    Some(Constant::Number(number)) => Some(Constant::Number(-number)),
                    Some(Constant::Interval(interval)) => interval.negated().map(Constant::Interval),
                    _ => None,
                };
                match (constant, value.kind) {
                    (Some(constant), _) => Some(Typed::constant(constant, place)),
                    (None, kind @ (Type::Int | Type::Number)) => {
                        Some(Typed::new(zero(kind).expr - value.expr, kind, place))
                    }
                    (None, kind) => self.fail(place, format!("`-` takes a number, found {}", kind.name()), ""),
                }
            }
            other => self.fail(place, format!("the operator `{other}` is not allowed"), ""),
        }
    }
}

/// How many operators follow each other to the left of a tree's root.
fn spine(tree: &ast::Expr) -> usize {
    let (mut tree, mut length) = (tree, 0);
    while let ast::Expr::BinaryOp { left: inner, .. } | ast::Expr::Cast { expr: inner, .. } = tree {
        tree = inner;
        length += 1;
    }
    length
}

/// A condition's result.
pub(super) fn boolean(expr: Expr, place: Place) -> Typed {
    Typed::new(expr, Type::Bool, place)
}

/// Zero of a type of number.
pub(super) fn zero(kind: Type) -> Typed {
    Typed::constant(if kind == Type::Int { Constant::Int(0) } else { Constant::Number(0.0) }, None)
}

/// Names in a message.
pub(super) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The type that CAST and typed literals name.
pub(super) fn type_named(name: &ast::DataType) -> Option<Type> {
    let name = name.to_string().to_ascii_uppercase();
    Some(match name.split('(').next().unwrap_or_default().trim() {
        "BOOLEAN" | "BOOL" => Type::Bool,
        "BIGINT" | "INT" | "INTEGER" | "INT8" | "INT64" | "SMALLINT" => Type::Int,
        "DOUBLE" | "DOUBLE PRECISION" | "FLOAT" | "FLOAT8" | "FLOAT64" | "REAL" | "NUMERIC" | "DECIMAL" => Type::Number,
        "TEXT" | "VARCHAR" | "STRING" | "CHAR" | "CHARACTER VARYING" => Type::Text,
        "DATE" => Type::Date,
        "TIMESTAMP" | "DATETIME" | "TIMESTAMP WITHOUT TIME ZONE" => Type::Time,
        _ => return None,
    })
}
