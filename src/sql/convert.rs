//! CAST and the conversions that rules ask for.

use polars::prelude::{Expr, RoundMode, StrptimeOptions, TimeUnit, coalesce, lit, when};
use sqlparser::ast;

use super::functions::finite;
use super::lower::{Lowering, Place, type_named, zero};
use super::types::{Constant, Type, Typed, null};

impl Lowering<'_> {
    /// CAST: NULL where the value does not convert.
    pub(super) fn cast(&mut self, value: Typed, to: &ast::DataType, place: Place) -> Option<Typed> {
        match type_named(to) {
            Some(kind) => self.convert(value, kind, place),
            None => self.fail(
                place,
                format!("CAST to {to} is not allowed"),
                "types are BIGINT, DOUBLE, TEXT, BOOLEAN, DATE, TIMESTAMP",
            ),
        }
    }

    pub(super) fn convert(&mut self, value: Typed, to: Type, place: Place) -> Option<Typed> {
        if value.kind == to {
            return Some(Typed { range: place, ..value });
        }
        let lenient = || StrptimeOptions { strict: false, ..StrptimeOptions::default() };
        let from = value.kind;
        let expr = match (from, to) {
            (Type::Null, _) | (Type::Int | Type::Number | Type::Bool | Type::Date | Type::Time, Type::Text) => {
                return Some(Typed { range: place, ..value.cast(to) });
            }
            (Type::Int, Type::Number) => return value.into_number().map(|v| Typed { range: place, ..v }),
            (Type::Date, Type::Time) => return value.into_time().map(|v| Typed { range: place, ..v }),
            (Type::Number, Type::Int) => finite(value.expr).round(0, RoundMode::HalfAwayFromZero).cast(to.dtype()),
            (Type::Time, Type::Date) => match value.constant {
                Some(Constant::Moment(at)) => {
                    let day = at.div_euclid(super::time::DAY) as i32;
                    return Some(Typed::constant(Constant::Day(day), place));
                }
                _ => value.expr.dt().date(),
            },
            (Type::Text, Type::Int | Type::Number) => value.expr.str().strip_chars(null(Type::Text)).cast(to.dtype()),
            (Type::Text, Type::Date) => {
                value.expr.str().to_date(StrptimeOptions { format: Some("%Y-%m-%d".into()), ..lenient() })
            }
            (Type::Text, Type::Time) => {
                let unit = Some(TimeUnit::Microseconds);
                let read = |format: &str| {
                    let options = StrptimeOptions { format: Some(format.into()), ..lenient() };
                    value.expr.clone().str().to_datetime(unit, None, options, lit("raise"))
                };
                let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"];
                let mut tries: Vec<Expr> = formats.iter().map(|format| read(format)).collect();
                let day = StrptimeOptions { format: Some("%Y-%m-%d".into()), ..lenient() };
                tries.push(value.expr.clone().str().to_date(day).cast(to.dtype()));
                coalesce(&tries)
            }
            (Type::Text, Type::Bool) => {
                let word = value.expr.str().strip_chars(null(Type::Text)).str().to_lowercase();
                let is = |word: &Expr, words: &[&str]| {
                    words.iter().map(|w| word.clone().eq(lit(*w))).reduce(Expr::or).expect("words")
                };
                when(is(&word, &["true", "t", "yes", "y", "1", "on"]))
                    .then(lit(true))
                    .when(is(&word, &["false", "f", "no", "n", "0", "off"]))
                    .then(lit(false))
                    .otherwise(null(Type::Bool))
            }
            (Type::Bool, Type::Int | Type::Number) => value.expr.cast(to.dtype()),
            (Type::Int | Type::Number, Type::Bool) => value.expr.neq(zero(from).expr),
            _ => {
                let what = format!("{} cannot become {}", from.name(), to.name());
                return self.fail(place, what, "");
            }
        };
        Some(Typed::new(expr, to, place))
    }
}
