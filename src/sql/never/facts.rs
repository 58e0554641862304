//! What a comparison says of a column.

use sqlparser::ast::{self, BinaryOperator as Op, UnaryOperator};

use super::super::time::{DAY, parse_moment};
use super::super::types::{Constant, Type};

/// A comparison of a column with constants.
#[derive(Debug)]
pub(super) enum Fact {
    Null,
    NotNull,
    /// Numbers and moments: at least, at most; whether the bound itself is out.
    Above(f64, bool),
    Below(f64, bool),
    /// One of these texts.
    Texts(Vec<String>),
}

pub(super) fn turned(op: &Op) -> Option<Op> {
    Some(match op {
        Op::Eq => Op::Eq,
        Op::Lt => Op::Gt,
        Op::LtEq => Op::GtEq,
        Op::Gt => Op::Lt,
        Op::GtEq => Op::LtEq,
        _ => return None,
    })
}

/// What `column op constant` says.
pub(super) fn compared(kind: Type, op: &Op, constant: &ast::Expr) -> Option<Vec<Fact>> {
    if kind == Type::Text {
        return (*op == Op::Eq)
            .then_some(())
            .and_then(|()| text(constant))
            .map(|text| vec![Fact::Texts(vec![text.to_owned()])]);
    }
    let bound =
        if kind.is_moment() { moment(constant, kind)? } else { number(constant).filter(|_| kind.is_number())? };
    Some(match op {
        Op::Eq => vec![Fact::Above(bound, false), Fact::Below(bound, false)],
        Op::Lt => vec![Fact::Below(bound, true)],
        Op::LtEq => vec![Fact::Below(bound, false)],
        Op::Gt => vec![Fact::Above(bound, true)],
        Op::GtEq => vec![Fact::Above(bound, false)],
        _ => return None,
    })
}

pub(super) fn compare(op: &Op, left: f64, right: f64) -> Option<bool> {
    Some(match op {
        Op::Eq => left == right,
        Op::NotEq => left != right,
        Op::Lt => left < right,
        Op::LtEq => left <= right,
        Op::Gt => left > right,
        Op::GtEq => left >= right,
        _ => return None,
    })
}

pub(super) fn number(tree: &ast::Expr) -> Option<f64> {
    match tree {
        ast::Expr::Nested(inner) => number(inner),
        ast::Expr::UnaryOp { op: UnaryOperator::Minus, expr } => number(expr).map(|number| -number),
        ast::Expr::Value(value) => match &value.value {
            ast::Value::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn text(tree: &ast::Expr) -> Option<&str> {
    match tree {
        ast::Expr::Nested(inner) => text(inner),
        ast::Expr::Value(value) => match &value.value {
            ast::Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn moment(tree: &ast::Expr, kind: Type) -> Option<f64> {
    let written = match tree {
        ast::Expr::TypedString(typed) => match &typed.value.value {
            ast::Value::SingleQuotedString(text) => text.as_str(),
            _ => return None,
        },
        other => text(other)?,
    };
    match parse_moment(written)? {
        Constant::Day(days) => Some((i64::from(days) * DAY) as f64),
        Constant::Moment(micros) if kind == Type::Time => Some(micros as f64),
        _ => None,
    }
}
