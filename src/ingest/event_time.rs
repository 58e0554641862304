//! Event times: text to UTC microseconds.
//!
//! Formats that are made of numbers alone (`%m/%d/%Y %H:%M`) are compiled once and read by hand, because a strptime per
//! row would cost as much as all the rest of ingest; everything else is [`normalize::time`](crate::normalize::time)'s,
//! whose answers the hand-written path repeats.

use jiff::tz::TimeZone;

use crate::normalize::time;

/// A strptime format, checked.
#[derive(Debug, Clone)]
pub struct TimeFormat {
    text: String,
    /// Its parts, where the hand-written path can read them all.
    parts: Option<Vec<Part>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Literal(u8),
}

impl TimeFormat {
    /// Checks a strptime format (`%m/%d/%Y %H:%M`); fails with jiff's words if it cannot be read.
    pub fn new(format: &str) -> Result<Self, String> {
        // A directive that is not known fails on any input, and its message names it.
        let any = jiff::Zoned::new(jiff::Timestamp::UNIX_EPOCH, TimeZone::UTC);
        jiff::fmt::strtime::format(format, &any).map_err(|fault| fault.to_string())?;
        Ok(Self { text: format.to_owned(), parts: parts(format) })
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// UTC microseconds of a trimmed time; `None` = no format reads it. Without formats: ISO 8601 and Unix times. `zone` is
/// that of times that carry none; what a clock change skips or doubles, and all else, is as in
/// [`normalize::time`](crate::normalize::time::parse).
#[must_use]
pub fn parse(raw: &str, formats: &[TimeFormat], zone: &TimeZone) -> Option<i64> {
    if formats.is_empty() {
        return time::parse(raw, &[], zone);
    }
    formats.iter().find_map(|format| {
        let by_hand = format.parts.as_ref().and_then(|parts| by_parts(raw.as_bytes(), parts));
        match by_hand {
            Some(civil) => instant(&civil, zone),
            None => time::parse(raw, std::slice::from_ref(&format.text), zone),
        }
    })
}

#[derive(Debug, Clone, Copy, Default)]
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    fn is_valid(&self) -> bool {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days = match self.month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return false,
        };
        self.year > 0 && (1..=days).contains(&self.day) && self.hour < 24 && self.minute < 60 && self.second < 60
    }

    /// Microseconds since 1970-01-01T00:00:00 of the same clock. Days by Howard Hinnant's `days_from_civil`.
    fn micros(&self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year - era * 400;
        let day_of_year = (153 * (self.month + if self.month > 2 { -3 } else { 9 }) + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        (((days * 24 + self.hour) * 60 + self.minute) * 60 + self.second) * 1_000_000
    }
}

fn instant(civil: &Civil, zone: &TimeZone) -> Option<i64> {
    if *zone == TimeZone::UTC {
        return Some(civil.micros());
    }
    let same_clock = TimeZone::UTC.to_datetime(jiff::Timestamp::from_microsecond(civil.micros()).ok()?);
    Some(zone.to_ambiguous_timestamp(same_clock).compatible().ok()?.as_microsecond())
}

/// A number of exactly `N` digits at the start.
fn digits<const N: usize>(bytes: &[u8]) -> Option<i64> {
    bytes.get(..N)?.iter().try_fold(0, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + i64::from(digit))
    })
}

fn parts(format: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut bytes = format.bytes();
    while let Some(byte) = bytes.next() {
        let colon = Part::Literal(b':');
        match byte {
            b'%' => match bytes.next()? {
                b'Y' => parts.push(Part::Year),
                b'm' => parts.push(Part::Month),
                b'd' => parts.push(Part::Day),
                b'H' => parts.push(Part::Hour),
                b'M' => parts.push(Part::Minute),
                b'S' => parts.push(Part::Second),
                b'T' => parts.extend([Part::Hour, colon, Part::Minute, colon, Part::Second]),
                b'R' => parts.extend([Part::Hour, colon, Part::Minute]),
                b'F' => {
                    let hyphen = Part::Literal(b'-');
                    parts.extend([Part::Year, hyphen, Part::Month, hyphen, Part::Day]);
                }
                _ => return None,
            },
            byte if byte.is_ascii() => parts.push(Part::Literal(byte)),
            _ => return None,
        }
    }
    let has = |part| parts.iter().filter(|p| **p == part).count() == 1;
    // jiff knows what a time with a missing or doubled part means.
    (has(Part::Year)
        && has(Part::Month)
        && has(Part::Day)
        && [Part::Hour, Part::Minute, Part::Second]
            .into_iter()
            .all(|part| parts.iter().filter(|p| **p == part).count() <= 1)
        && (has(Part::Hour) || !has(Part::Minute))
        && (has(Part::Minute) || !has(Part::Second)))
    .then_some(parts)
}

/// Reads a time part by part, numbers greedily; `None` = jiff should look at it.
fn by_parts(bytes: &[u8], parts: &[Part]) -> Option<Civil> {
    let mut civil = Civil::default();
    let mut at = 0;
    for part in parts {
        let slot = match part {
            Part::Literal(byte) => {
                if bytes.get(at) != Some(byte) {
                    return None;
                }
                at += 1;
                continue;
            }
            Part::Year => {
                civil.year = digits::<4>(&bytes[at..])?;
                at += 4;
                continue;
            }
            Part::Month => &mut civil.month,
            Part::Day => &mut civil.day,
            Part::Hour => &mut civil.hour,
            Part::Minute => &mut civil.minute,
            Part::Second => &mut civil.second,
        };
        let length = bytes[at..].iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        *slot = match length {
            2 => digits::<2>(&bytes[at..])?,
            1 => digits::<1>(&bytes[at..])?,
            _ => return None,
        };
        at += length;
    }
    (at == bytes.len() && civil.is_valid()).then_some(civil)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stamp(rfc3339: &str) -> i64 {
        rfc3339.parse::<jiff::Timestamp>().expect("a test names real times").as_microsecond()
    }

    fn formats(formats: &[&str]) -> Vec<TimeFormat> {
        formats.iter().map(|format| TimeFormat::new(format).expect("a sound format")).collect()
    }

    #[test]
    fn iso_and_unix_times_need_no_format() {
        for raw in ["2021-04-06T06:49:50.431476Z", "2021-04-06 02:49:50.431476 -0400", "1617691790431476"] {
            assert_eq!(parse(raw, &[], &TimeZone::UTC), Some(1_617_691_790_431_476), "{raw}");
        }
    }

    #[test]
    fn naive_times_are_of_the_declared_zone_even_where_the_clock_changes() {
        let berlin = TimeZone::get("Europe/Berlin").expect("the zone exists");
        for (raw, expected) in [
            ("01.07.2024 12:00", "2024-07-01T10:00:00Z"),
            ("31.03.2024 02:30", "2024-03-31T01:30:00Z"), // skipped
            ("27.10.2024 02:30", "2024-10-27T00:30:00Z"), // twice
        ] {
            assert_eq!(parse(raw, &formats(&["%d.%m.%Y %H:%M"]), &berlin), Some(stamp(expected)), "{raw}");
        }
    }

    #[test]
    fn declared_formats_are_tried_in_order_and_nothing_else_is() {
        let formats = formats(&["%m/%d/%Y %H:%M", "%d.%m.%y", "%b %d, %Y %I:%M %p %z"]);
        for (raw, expected) in [
            ("12/1/2010 8:26", "2010-12-01T08:26:00Z"),
            ("31.12.99", "1999-12-31T00:00:00Z"),
            ("May 01, 2024 03:05 PM -0400", "2024-05-01T19:05:00Z"),
        ] {
            assert_eq!(parse(raw, &formats, &TimeZone::UTC), Some(stamp(expected)), "{raw}");
        }
        assert_eq!(parse("2010-12-01", &formats, &TimeZone::UTC), None);
    }

    #[test]
    fn an_unknown_directive_is_refused() {
        assert!(TimeFormat::new("%Y-%m-%d %!").is_err());
        assert!(TimeFormat::new("%Y-%m-%d %H:%M:%S%.f").is_ok());
    }

    proptest! {
        #[test]
        fn the_hand_written_path_says_what_strptime_says(
            format in prop::sample::select(vec![
                "%Y-%m-%d", "%m/%d/%Y %H:%M", "%d.%m.%Y %T", "%Y%m%d%H%M%S", "%FT%R", "%d-%m-%Y %H:%M:%S", "%H:%M %m/%d/%Y",
            ]),
            zone in prop::sample::select(vec!["UTC", "America/New_York", "Europe/Berlin"]),
            seconds in -2_000_000_000_i64..4_000_000_000,
            cut in 0_usize..30,
            change in prop::option::of((0_usize..20, prop::sample::select(vec!['0', '9', ' ', '-', 'x']))),
        ) {
            let time = jiff::Timestamp::from_second(seconds).expect("in range").to_zoned(TimeZone::UTC);
            let mut raw: Vec<char> = time.strftime(format).to_string().chars().collect();
            if let Some((at, with)) = change && at < raw.len() {
                raw[at] = with;
            }
            if cut < 5 {
                raw.truncate(raw.len() - cut.min(raw.len()));
            }
            let raw: String = raw.into_iter().collect();
            let zone = TimeZone::get(zone).expect("the zone exists");
            let by_hand = parse(raw.trim(), &formats(&[format]), &zone);
            prop_assert_eq!(by_hand, time::parse(raw.trim(), &[format.to_owned()], &zone), "{}", raw);
        }
    }
}
