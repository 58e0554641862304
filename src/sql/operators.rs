//! Comparing and computing: the operators, and how two types meet.

use polars::prelude::{Expr, concat_str, lit, when};
use sqlparser::ast::BinaryOperator as Op;

use super::lower::{Lowering, Place, boolean, zero};
use super::time::{DAY, Interval};
use super::types::{Constant, Type, Typed};

impl Lowering<'_> {
    /// Brings expressions to their common type. Whole numbers meet numbers as numbers, dates meet timestamps as
    /// timestamps (midnight), and text constants that meet either are read as such.
    pub(super) fn unify(&mut self, items: Vec<Typed>, place: Place) -> Option<(Vec<Typed>, Type)> {
        let mut items = items;
        if items.iter().any(|item| item.kind.is_moment()) {
            let read: Vec<Option<Typed>> = items.into_iter().map(|item| self.moment_constant(item)).collect();
            items = read.into_iter().collect::<Option<Vec<_>>>()?;
        }
        let common = |a: Type, b: Type| match (a, b) {
            (Type::Null, kind) | (kind, Type::Null) => Some(kind),
            (a, b) if a == b => Some(a),
            (a, b) if a.is_number() && b.is_number() => Some(Type::Number),
            (a, b) if a.is_moment() && b.is_moment() => Some(Type::Time),
            _ => None,
        };
        let mut kind = Type::Null;
        let mut first = 0;
        for (index, item) in items.iter().enumerate() {
            match common(kind, item.kind) {
                Some(next) => {
                    if kind == Type::Null {
                        first = index;
                    }
                    kind = next;
                }
                None => {
                    let (left, right) = (items[first].clone(), items[index].clone());
                    return self.mismatch(&left, &right, place);
                }
            }
        }
        if let Some(item) = items.iter().find(|item| item.kind == Type::Span && !is_fixed(item)) {
            let what = "months and years have no fixed length, so they cannot be compared with a span of time";
            return self.fail(item.range.clone(), what, "compare moments instead: a > b + INTERVAL '3 months'");
        }
        let items = items.into_iter().map(|item| match kind {
            Type::Number => item.into_number(),
            Type::Time => item.into_time(),
            _ if item.kind == kind => Some(item),
            kind => Some(item.cast(kind)),
        });
        Some((items.collect::<Option<Vec<_>>>()?, kind))
    }

    /// Two expressions of one type.
    pub(super) fn pair(&mut self, left: Typed, right: Typed, place: Place) -> Option<(Expr, Expr)> {
        let (mut items, _) = self.unify(vec![left, right], place)?;
        let right = items.pop()?.expr;
        Some((items.pop()?.expr, right))
    }

    fn mismatch<T>(&mut self, left: &Typed, right: &Typed, place: Place) -> Option<T> {
        let (a, b) = (self.show(left), self.show(right));
        let what = format!("{a} is {}, {b} is {}: they do not go together", left.kind.name(), right.kind.name());
        let (text, other) = if left.kind == Type::Text { (left, right) } else { (right, left) };
        let fix = match (text.kind, other.kind) {
            (Type::Text, kind) if kind.is_number() && text.constant.is_some() => {
                "take the quotes off the number".into()
            }
            (Type::Text, kind) if kind.is_number() && other.constant.is_some() => {
                format!("put it in quotes: '{}'", self.show(other).trim_matches('`'))
            }
            (Type::Text, kind) if kind.is_number() => format!("CAST({} AS DOUBLE)", self.show(text).trim_matches('`')),
            (Type::Text, Type::Bool) if text.constant.is_some() => "write TRUE or FALSE, without quotes".into(),
            (Type::Text, kind) if kind.is_moment() => format!("CAST({} AS DATE)", self.show(text).trim_matches('`')),
            _ => String::new(),
        };
        self.fail(place.or(right.range.clone()), what, fix)
    }

    pub(super) fn binary(&mut self, left: Typed, op: &Op, right: Typed, place: Place) -> Option<Typed> {
        match op {
            Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq => self.compare(left, op, right, place),
            Op::Plus | Op::Minus | Op::Multiply | Op::Divide | Op::Modulo => self.arithmetic(left, op, right, place),
            Op::StringConcat => {
                let left = self.text(left, "||");
                let right = self.text(right, "||");
                Some(Typed::new(concat_str([left?, right?], "", false), Type::Text, place))
            }
            Op::PGRegexMatch => self.regex_match(left, right, false, false, place),
            Op::PGRegexIMatch => self.regex_match(left, right, false, true, place),
            Op::PGRegexNotMatch => self.regex_match(left, right, true, false, place),
            Op::PGRegexNotIMatch => self.regex_match(left, right, true, true, place),
            other => self.fail(place, format!("the operator `{other}` is not allowed in a rule"), ""),
        }
    }

    fn compare(&mut self, left: Typed, op: &Op, right: Typed, place: Place) -> Option<Typed> {
        if left.kind == Type::Null || right.kind == Type::Null {
            let what = "a comparison with NULL is never true";
            return self.fail(place, what, "write IS NULL or IS NOT NULL");
        }
        let (left, right) = self.pair(left, right, place.clone())?;
        let expr = match op {
            Op::Eq => left.eq(right),
            Op::NotEq => left.neq(right),
            Op::Lt => left.lt(right),
            Op::LtEq => left.lt_eq(right),
            Op::Gt => left.gt(right),
            _ => left.gt_eq(right),
        };
        Some(boolean(expr, place))
    }

    fn arithmetic(&mut self, left: Typed, op: &Op, right: Typed, place: Place) -> Option<Typed> {
        let mut sides = [left, right];
        if sides.iter().any(|side| side.kind.is_moment() || side.kind == Type::Span) {
            let [left, right] = sides;
            return self.time_arithmetic(left, op, right, place);
        }
        for side in &mut sides {
            if side.kind == Type::Null {
                side.kind = Type::Int;
                side.expr = super::types::null(Type::Int);
            }
            if !side.kind.is_number() {
                let what = format!("`{op}` takes numbers, {} is {}", self.show(side), side.kind.name());
                let fix = if side.kind == Type::Text { "CAST it AS DOUBLE, or use || to join text" } else { "" };
                return self.fail(side.range.clone(), what, fix);
            }
        }
        let both_int = sides.iter().all(|side| side.kind == Type::Int);
        let kind = if both_int && *op != Op::Divide { Type::Int } else { Type::Number };
        let [left, right] = if kind == Type::Int { sides } else { sides.map(|s| s.into_number().expect("a number")) };
        let divisor = right.clone();
        let expr = match op {
            Op::Plus => left.expr + right.expr,
            Op::Minus => left.expr - right.expr,
            Op::Multiply => left.expr * right.expr,
            Op::Divide => left.expr / or_null_if_zero(divisor),
            _ => {
                // The remainder takes the dividend's sign, as in SQL; polars' takes the divisor's.
                let size = left.expr.clone().abs() % or_null_if_zero(divisor).abs();
                when(left.expr.lt(zero(kind).expr)).then(zero(kind).expr - size.clone()).otherwise(size)
            }
        };
        Some(Typed::new(expr, kind, place))
    }

    fn time_arithmetic(&mut self, left: Typed, op: &Op, right: Typed, place: Place) -> Option<Typed> {
        let interval = |side: &Typed| match side.constant {
            Some(Constant::Interval(interval)) => Some(interval),
            _ => None,
        };
        match (left.kind, op, right.kind) {
            (Type::Date | Type::Time, Op::Plus | Op::Minus, Type::Span) => match interval(&right) {
                Some(by) => {
                    let by = if *op == Op::Minus { by.negated() } else { Some(by) };
                    self.shift(left, by, place)
                }
                None => {
                    let time = left.into_time()?.expr;
                    let expr = if *op == Op::Plus { time + right.expr } else { time - right.expr };
                    Some(Typed::new(expr, Type::Time, place))
                }
            },
            (Type::Span, Op::Plus, Type::Date | Type::Time) => self.time_arithmetic(right, op, left, place),
            (Type::Date, Op::Minus, Type::Date) => {
                Some(Typed::new((left.expr - right.expr).dt().total_days(false), Type::Int, place))
            }
            (Type::Date | Type::Time, Op::Minus, Type::Date | Type::Time | Type::Text)
            | (Type::Text, Op::Minus, Type::Date | Type::Time) => {
                let (left, right) = (self.moment_constant(left), self.moment_constant(right));
                let (left, right) = (left?, right?);
                if left.kind == Type::Date && right.kind == Type::Date {
                    return self.time_arithmetic(left, op, right, place);
                }
                let (Some(left), Some(right)) = (left.clone().into_time(), right.clone().into_time()) else {
                    return self.mismatch(&left, &right, place);
                };
                Some(Typed::new(left.expr - right.expr, Type::Span, place))
            }
            (Type::Span, Op::Plus | Op::Minus, Type::Span) => {
                let (left, right) = self.pair(left, right, place.clone())?;
                let expr = if *op == Op::Plus { left + right } else { left - right };
                Some(Typed::new(expr, Type::Span, place))
            }
            (Type::Date, Op::Plus | Op::Minus, Type::Int) => {
                let fix = "write + INTERVAL '30 days'";
                self.fail(place, "a date and a number do not add up", fix)
            }
            (a, _, b) => {
                let what = format!("`{op}` does not take {} and {}", a.name(), b.name());
                self.fail(place, what, "for the days between two moments, use DAYS_BETWEEN(a, b)")
            }
        }
    }

    /// A moment moved by an interval. A date stays a date unless the interval has parts of days.
    fn shift(&mut self, moment: Typed, by: Option<Interval>, place: Place) -> Option<Typed> {
        let by = by.filter(|by| i32::try_from(by.months).is_ok());
        let Some(by) = by else { return self.fail(place, "the interval is too long", "") };
        let moment = if by.micros % DAY == 0 { moment } else { moment.into_time()? };
        if let Some(Constant::Moment(at)) = moment.constant {
            let Some(moved) = by.after(at) else { return self.fail(place, "this moment is out of range", "") };
            return Some(Typed::constant(Constant::Moment(moved), place));
        }
        let mut expr = moment.expr;
        if by.months != 0 {
            expr = expr.dt().offset_by(lit(format!("{}mo", by.months)));
        }
        if by.micros != 0 && moment.kind == Type::Date {
            expr = expr.dt().offset_by(lit(format!("{}d", by.micros / DAY)));
        } else if by.micros != 0 {
            expr = expr + Typed::constant(Constant::Interval(Interval { months: 0, ..by }), None).expr;
        }
        Some(Typed::new(expr, moment.kind, place))
    }
}

fn is_fixed(item: &Typed) -> bool {
    !matches!(&item.constant, Some(Constant::Interval(interval)) if interval.months != 0)
}

/// A divisor: NULL instead of zero.
fn or_null_if_zero(divisor: Typed) -> Expr {
    match divisor.constant {
        Some(Constant::Int(number)) if number != 0 => divisor.expr,
        Some(Constant::Number(number)) if number != 0.0 => divisor.expr,
        _ => {
            let zero = zero(divisor.kind).expr;
            when(divisor.expr.clone().neq(zero)).then(divisor.expr).otherwise(super::types::null(divisor.kind))
        }
    }
}
