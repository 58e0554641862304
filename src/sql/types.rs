//! The types of rules, and expressions that know theirs.

use std::ops::Range;

use polars::prelude::{AnyValue, DataType, Expr, LiteralValue, Scalar, TimeUnit, lit};

use super::time::Interval;

/// What an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// The bare word NULL.
    Null,
    Bool,
    Int,
    Number,
    Text,
    Date,
    Time,
    /// Time between two moments.
    Span,
}

impl Type {
    /// The type of a column; `None` = rules cannot use it.
    pub(super) fn of(dtype: &DataType) -> Option<Self> {
        Some(match dtype {
            DataType::Boolean => Self::Bool,
            DataType::Float32 | DataType::Float64 => Self::Number,
            DataType::String => Self::Text,
            DataType::Date => Self::Date,
            DataType::Datetime(_, None) => Self::Time,
            dtype if dtype.is_integer() => Self::Int,
            _ => return None,
        })
    }

    /// How it is computed and stored.
    pub(super) fn dtype(self) -> DataType {
        match self {
            Self::Null => DataType::Null,
            Self::Bool => DataType::Boolean,
            Self::Int => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Text => DataType::String,
            Self::Date => DataType::Date,
            Self::Time => DataType::Datetime(TimeUnit::Microseconds, None),
            Self::Span => DataType::Duration(TimeUnit::Microseconds),
        }
    }

    /// In messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool => "true or false",
            Self::Int => "a whole number",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Date => "a date",
            Self::Time => "a timestamp",
            Self::Span => "a span of time",
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Number)
    }

    pub(super) fn is_moment(self) -> bool {
        matches!(self, Self::Date | Self::Time)
    }
}

/// A value that stands in the rule itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constant {
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(String),
    /// Days since 1970-01-01.
    Day(i32),
    /// UTC microseconds.
    Moment(i64),
    Interval(Interval),
}

impl Constant {
    fn kind(&self) -> Type {
        match self {
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Number(_) => Type::Number,
            Self::Text(_) => Type::Text,
            Self::Day(_) => Type::Date,
            Self::Moment(_) => Type::Time,
            Self::Interval(_) => Type::Span,
        }
    }

    pub(super) fn value(&self) -> AnyValue<'static> {
        match self {
            Self::Bool(flag) => AnyValue::Boolean(*flag),
            Self::Int(number) => AnyValue::Int64(*number),
            Self::Number(number) => AnyValue::Float64(*number),
            Self::Text(text) => AnyValue::StringOwned(text.as_str().into()),
            Self::Day(days) => AnyValue::Date(*days),
            Self::Moment(micros) => AnyValue::Datetime(*micros, TimeUnit::Microseconds, None),
            Self::Interval(interval) => AnyValue::Duration(interval.micros, TimeUnit::Microseconds),
        }
    }
}

/// An expression, its type, and where it stands in the rule.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) kind: Type,
    /// Its value, if it is a constant.
    pub(super) constant: Option<Constant>,
    pub(super) range: Option<Range<usize>>,
}

impl Typed {
    pub(super) fn new(expr: Expr, kind: Type, range: Option<Range<usize>>) -> Self {
        Self { expr, kind, constant: None, range }
    }

    pub(super) fn constant(value: Constant, range: Option<Range<usize>>) -> Self {
        let kind = value.kind();
        Self { expr: scalar(value.value(), kind), kind, constant: Some(value), range }
    }

    pub(super) fn null(range: Option<Range<usize>>) -> Self {
        Self { expr: null(Type::Null), kind: Type::Null, constant: None, range }
    }

    /// As a float, if it is a number or NULL.
    pub(super) fn into_number(self) -> Option<Self> {
        match (self.kind, &self.constant) {
            (Type::Number, _) => Some(self),
            (Type::Int, Some(Constant::Int(number))) => {
                Some(Self::constant(Constant::Number(*number as f64), self.range))
            }
            (Type::Int | Type::Null, _) => Some(self.cast(Type::Number)),
            _ => None,
        }
    }

    /// As a timestamp, if it is a date, a timestamp or NULL.
    pub(super) fn into_time(self) -> Option<Self> {
        match (self.kind, &self.constant) {
            (Type::Time, _) => Some(self),
            (Type::Date, Some(Constant::Day(day))) => {
                Some(Self::constant(Constant::Moment(i64::from(*day) * super::time::DAY), self.range))
            }
            (Type::Date | Type::Null, _) => Some(self.cast(Type::Time)),
            _ => None,
        }
    }

    /// With polars' own cast.
    pub(super) fn cast(self, kind: Type) -> Self {
        Self { expr: self.expr.cast(kind.dtype()), kind, constant: None, range: self.range }
    }
}

/// A NULL of a type.
pub(super) fn null(kind: Type) -> Expr {
    lit(LiteralValue::Scalar(Scalar::null(kind.dtype())))
}

fn scalar(value: AnyValue<'static>, kind: Type) -> Expr {
    lit(LiteralValue::Scalar(Scalar::new(kind.dtype(), value)))
}
