//! Constants in rules: numbers, texts, moments, intervals.

use sqlparser::ast;

use super::lower::{Lowering, Place, type_named};
use super::time::{Interval, parse_moment};
use super::types::{Constant, Type, Typed};

impl Lowering<'_> {
    pub(super) fn value(&mut self, value: &ast::Value, place: Place) -> Option<Typed> {
        let constant = match value {
            ast::Value::Number(digits, _) => match (digits.parse::<i64>(), digits.parse::<f64>()) {
                (Ok(number), _) => Constant::Int(number),
                (_, Ok(number)) if number.is_finite() => Constant::Number(number),
                _ => return self.fail(place, format!("`{digits}` is not a number that fits"), ""),
            },
            ast::Value::SingleQuotedString(text) => Constant::Text(text.clone()),
            ast::Value::Boolean(flag) => Constant::Bool(*flag),
            ast::Value::Null => return Some(Typed::null(place)),
            ast::Value::Placeholder(name) => {
                return self.fail(
                    place,
                    format!("a placeholder (`{name}`) has no value here"),
                    "write the value itself",
                );
            }
            other => {
                return self.fail(place, format!("this form of literal is not allowed: {other}"), "use '…' for text");
            }
        };
        Some(Typed::constant(constant, place))
    }

    pub(super) fn typed_string(&mut self, typed: &ast::TypedString, place: Place) -> Option<Typed> {
        let ast::Value::SingleQuotedString(text) = &typed.value.value else {
            return self.fail(place, "this form of literal is not allowed", "write DATE '2026-01-31'");
        };
        let value = Typed::constant(Constant::Text(text.clone()), place.clone());
        match type_named(&typed.data_type) {
            Some(kind @ (Type::Date | Type::Time)) => {
                let moment = self.moment_constant(value)?;
                self.convert(moment, kind, place)
            }
            _ => self.fail(
                place,
                format!("a literal of type {} is not allowed", typed.data_type),
                "use DATE '…', TIMESTAMP '…', or CAST(… AS …)",
            ),
        }
    }

    /// A text constant read as a date or timestamp.
    pub(super) fn moment_constant(&mut self, value: Typed) -> Option<Typed> {
        let Some(Constant::Text(text)) = &value.constant else { return Some(value) };
        match parse_moment(text) {
            Some(moment) => Some(Typed::constant(moment, value.range)),
            None => {
                let what = format!("'{text}' is no date or timestamp");
                self.fail(value.range, what, "write '2026-01-31' or '2026-01-31 18:00:00'")
            }
        }
    }

    pub(super) fn interval(&mut self, interval: &ast::Interval, place: Place) -> Option<Typed> {
        let fix = "write INTERVAL '90 days', '1 year 2 months' or '12 hours'";
        let text = match &*interval.value {
            ast::Expr::Value(value) => match &value.value {
                ast::Value::SingleQuotedString(text) => text.clone(),
                ast::Value::Number(digits, _) => digits.clone(),
                _ => return self.fail(place, "an interval's length must be a constant", fix),
            },
            _ => return self.fail(place, "an interval's length must be a constant", fix),
        };
        let plain = interval.last_field.is_none()
            && interval.leading_precision.is_none()
            && interval.fractional_seconds_precision.is_none();
        let parsed = match &interval.leading_field {
            _ if !plain => None,
            Some(unit) => text.trim().parse().ok().and_then(|count| Interval::of(count, &unit.to_string())),
            None => Interval::parse(&text),
        };
        match parsed {
            Some(parsed) => Some(Typed::constant(Constant::Interval(parsed), place)),
            None => self.fail(place, format!("`{interval}` is no interval"), fix),
        }
    }
}
