//! Dates, timestamps and intervals as rules write them.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::types::Constant;

/// Microseconds in a day.
pub(super) const DAY: i64 = 86_400_000_000;

/// An interval: calendar months, and time of fixed length (a day is 24 hours, for times are UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) months: i64,
    pub(super) micros: i64,
}

impl Interval {
    /// From SQL text such as `90 days` or `1 year 2 months`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut sum = Self { months: 0, micros: 0 };
        let mut words = text.split_whitespace();
        let mut found = false;
        while let Some(count) = words.next() {
            let part = Self::of(count.parse().ok()?, words.next()?)?;
            sum.months = sum.months.checked_add(part.months)?;
            sum.micros = sum.micros.checked_add(part.micros)?;
            found = true;
        }
        found.then_some(sum)
    }

    /// So many of a unit (`day`, `DAYS`, …).
    pub(super) fn of(count: i64, unit: &str) -> Option<Self> {
        let unit = unit.to_ascii_lowercase();
        let (months, micros) = match unit.strip_suffix('s').unwrap_or(&unit) {
            "year" => (12, 0),
            "quarter" => (3, 0),
            "month" => (1, 0),
            "week" => (0, 7 * DAY),
            "day" => (0, DAY),
            "hour" => (0, DAY / 24),
            "minute" => (0, 60_000_000),
            "second" => (0, 1_000_000),
            _ => return None,
        };
        Some(Self { months: count.checked_mul(months)?, micros: count.checked_mul(micros)? })
    }

    pub(super) fn negated(self) -> Option<Self> {
        Some(Self { months: self.months.checked_neg()?, micros: self.micros.checked_neg()? })
    }

    /// A moment, moved. A day that the month does not have becomes its last (31 January + 1 month).
    pub(super) fn after(self, moment: i64) -> Option<i64> {
        let mut moment = moment;
        if self.months != 0 {
            let civil = Timestamp::from_microsecond(moment).ok()?.to_zoned(TimeZone::UTC).datetime();
            moment = micros(civil.checked_add(self.months.months()).ok()?)?;
        }
        moment.checked_add(self.micros)
    }
}

/// A date or timestamp as text: `2026-01-31`, `2026-01-31 10:00`, `2026-01-31T10:00:00Z`.
pub(super) fn parse_moment(text: &str) -> Option<Constant> {
    let text = text.trim();
    if text.len() == 10 {
        return parse_day(text).map(Constant::Day);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Constant::Moment(instant.as_microsecond()));
    }
    micros(text.parse::<DateTime>().ok()?).map(Constant::Moment)
}

fn parse_day(text: &str) -> Option<i32> {
    let date: Date = text.parse().ok()?;
    i32::try_from(micros(date.to_datetime(jiff::civil::Time::midnight()))?.div_euclid(DAY)).ok()
}

fn micros(civil: DateTime) -> Option<i64> {
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> i64 {
        match parse_moment(text) {
            Some(Constant::Moment(moment)) => moment,
            Some(Constant::Day(day)) => i64::from(day) * DAY,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn intervals_add_calendar_months_and_fixed_days() {
        let add = |interval: &str, to: &str| Interval::parse(interval).and_then(|i| i.after(moment(to)));
        assert_eq!(add("1 month", "2026-01-31"), Some(moment("2026-02-28")));
        assert_eq!(add("1 year 2 months 3 days", "2024-02-29"), Some(moment("2025-05-02")));
        assert_eq!(add("-90 days", "2026-04-01"), Some(moment("2026-01-01")));
        assert_eq!(add("2 hours", "2026-01-31 23:30"), Some(moment("2026-02-01 01:30:00")));
        assert_eq!(Interval::parse("3 fortnights"), None);
        assert_eq!(Interval::parse("days"), None);
        assert_eq!(Interval::parse(""), None);
    }

    #[test]
    fn moments_are_read_in_utc() {
        assert_eq!(moment("1970-01-02"), DAY);
        assert_eq!(moment("1970-01-01T01:00:00+01:00"), 0);
        assert_eq!(moment("1970-01-01 00:00:01"), 1_000_000);
        assert_eq!(moment("1969-12-31"), -DAY);
        assert_eq!(parse_moment("2026-02-30"), None);
        assert_eq!(parse_moment("yesterday"), None);
    }
}
