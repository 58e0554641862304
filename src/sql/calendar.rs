//! Functions of dates and timestamps.

use polars::prelude::{Expr, lit, when};

use super::lower::{Lowering, Place};
use super::time::DAY;
use super::types::{Constant, Type, Typed};

impl Lowering<'_> {
    pub(super) fn calendar(&mut self, name: &str, args: Vec<Typed>, place: Place) -> Option<Typed> {
        let mut args = args.into_iter();
        match name {
            "DATE" => {
                let value = self.moment(args.next()?, name)?;
                self.convert(value, Type::Date, place)
            }
            "DATE_PART" => {
                let part = self.unit(args.next()?, name)?;
                self.date_part(&part, args.next()?, place)
            }
            "DATE_TRUNC" => {
                let unit = args.next()?;
                let at = unit.range.clone();
                let unit = self.unit(unit, name)?;
                let value = self.moment(args.next()?, name)?;
                let every = match unit.to_ascii_lowercase().as_str() {
                    "year" => "1y",
                    "quarter" => "1q",
                    "month" => "1mo",
                    "week" => "1w",
                    "day" => "1d",
                    "hour" if value.kind == Type::Time => "1h",
                    _ => {
                        let what = format!("DATE_TRUNC cannot cut {} to '{unit}'", value.kind.name());
                        return self.fail(at, what, "units are year, quarter, month, week, day, hour");
                    }
                };
                Some(Typed::new(value.expr.dt().truncate(lit(every)), value.kind, place))
            }
            "DAYS_BETWEEN" | "HOURS_BETWEEN" | "MONTHS_BETWEEN" | "YEARS_BETWEEN" => {
                let (from, to) = (self.moment(args.next()?, name), self.moment(args.next()?, name));
                let (from, to) = (from?.into_time()?.expr, to?.into_time()?.expr);
                let expr = match name {
                    "DAYS_BETWEEN" => (to - from).dt().total_days(false),
                    "HOURS_BETWEEN" => (to - from).dt().total_hours(false),
                    "MONTHS_BETWEEN" => months_between(from, to),
                    _ => quotient(months_between(from, to), 12),
                };
                Some(Typed::new(expr, Type::Int, place))
            }
            part => self.date_part(part, args.next()?, place),
        }
    }

    /// What EXTRACT gives: a whole number, except for EPOCH.
    pub(super) fn date_part(&mut self, part: &str, value: Typed, place: Place) -> Option<Typed> {
        let part = part.to_ascii_lowercase();
        let part = part.strip_suffix('s').unwrap_or(&part);
        if value.kind == Type::Span {
            let micros = value.expr.dt();
            return match part {
                "day" => Some(Typed::new(micros.total_days(false), Type::Int, place)),
                "hour" => Some(Typed::new(micros.total_hours(false), Type::Int, place)),
                "epoch" => Some(Typed::new(micros.total_microseconds(false) / lit(1e6), Type::Number, place)),
                _ => self.fail(place, format!("a span of time has no part `{part}`"), "parts are DAY, HOUR, EPOCH"),
            };
        }
        let value = self.moment(value, "EXTRACT")?;
        if part == "epoch" {
            let micros = value.into_time()?.expr.cast(Type::Int.dtype());
            return Some(Typed::new(micros / lit(1e6), Type::Number, place));
        }
        let clock = matches!(part, "hour" | "minute" | "second");
        let dt = if clock { value.into_time()?.expr.dt() } else { value.expr.dt() };
        let expr = match part {
            "year" => dt.year(),
            "isoyear" => dt.iso_year(),
            "quarter" => dt.quarter(),
            "month" => dt.month(),
            "week" | "isoweek" => dt.week(),
            "day" => dt.day(),
            "doy" | "dayofyear" => dt.ordinal_day(),
            "dow" | "dayofweek" => dt.weekday().cast(Type::Int.dtype()) % lit(7i64),
            "isodow" => dt.weekday(),
            "hour" => dt.hour(),
            "minute" => dt.minute(),
            "second" => dt.second(),
            _ => {
                let fix = "parts are YEAR, QUARTER, MONTH, WEEK, DAY, DOY, DOW, ISODOW, HOUR, MINUTE, SECOND, EPOCH";
                return self.fail(place, format!("a moment has no part `{part}`"), fix);
            }
        };
        Some(Typed::new(expr.cast(Type::Int.dtype()), Type::Int, place))
    }

    /// A date or timestamp argument.
    fn moment(&mut self, value: Typed, by: &str) -> Option<Typed> {
        let value = self.moment_constant(value)?;
        match value.kind {
            Type::Date | Type::Time => Some(value),
            Type::Null => Some(value.cast(Type::Time)),
            kind => {
                let what = format!("`{by}` takes a date or timestamp, {} is {}", self.show(&value), kind.name());
                let fix = if kind == Type::Text { "CAST it AS DATE" } else { "" };
                self.fail(value.range, what, fix)
            }
        }
    }

    fn unit(&mut self, value: Typed, by: &str) -> Option<String> {
        match value.constant {
            Some(Constant::Text(unit)) => Some(unit),
            _ => self.fail(value.range, format!("`{by}` takes a unit in quotes first"), "as in 'month'"),
        }
    }
}

/// Whole calendar months from one timestamp to another: the month count, less one while the day and time of day have
/// not come round yet.
fn months_between(from: Expr, to: Expr) -> Expr {
    let int = Type::Int.dtype();
    let month = |moment: &Expr| {
        moment.clone().dt().year().cast(int.clone()) * lit(12i64) + moment.clone().dt().month().cast(int.clone())
    };
    let within = |moment: &Expr| {
        let micros = moment.clone().cast(int.clone());
        let of_day = ((micros % lit(DAY)) + lit(DAY)) % lit(DAY);
        moment.clone().dt().day().cast(int.clone()) * lit(DAY) + of_day
    };
    let months = month(&to) - month(&from);
    let early = to.clone().gt_eq(from.clone()).and(within(&to).lt(within(&from)));
    let late = to.clone().lt(from.clone()).and(within(&to).gt(within(&from)));
    when(early).then(months.clone() - lit(1i64)).when(late).then(months.clone() + lit(1i64)).otherwise(months)
}

/// Whole quotient, towards zero.
fn quotient(value: Expr, by: i64) -> Expr {
    let size = value.clone().abs().floor_div(lit(by));
    when(value.lt(lit(0i64))).then(lit(0i64) - size.clone()).otherwise(size)
}
