//! Event times: text to UTC microseconds.
//!
//! The common forms are read by hand, a hundred million of them in a few seconds; every other format goes to jiff, whose
//! answers the hand-written path repeats.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

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
        if let Err(fault) =
            jiff::fmt::strtime::format(format, &jiff::Zoned::new(jiff::Timestamp::UNIX_EPOCH, TimeZone::UTC))
        {
            return Err(fault.to_string());
        }
        Ok(Self { text: format.to_owned(), parts: parts(format) })
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The time zone of times that carry none.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    utc: bool,
}

impl Zone {
    /// A zone by its IANA name; `None` = there is no such zone.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let utc = matches!(name, "UTC" | "Etc/UTC" | "Z");
        let zone = if utc { TimeZone::UTC } else { TimeZone::get(name).ok()? };
        Some(Self { zone, utc })
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { zone: TimeZone::UTC, utc: true }
    }
}

/// UTC microseconds of a time; `None` = no format reads it.
///
/// Without formats: ISO 8601 (`2024-05-01`, `2024-05-01T10:00:00.5Z`, `2024-05-01 10:00:00 -0400`, `… UTC`), a day
/// without hyphens (`20240501`), and Unix times by size: seconds (9 to 11 digits), milliseconds (12 to 14),
/// microseconds (15 to 17), nanoseconds. A day without a time is its midnight. A naive time that a clock change skips
/// is moved on by the gap; one that occurs twice is the first.
#[must_use]
pub fn parse(raw: &str, formats: &[TimeFormat], zone: &Zone) -> Option<i64> {
    let raw = raw.trim();
    if formats.is_empty() {
        let bytes = raw.as_bytes();
        return match iso(bytes) {
            Some((civil, offset)) => micros(&civil, offset, zone),
            None => compact_day(bytes, zone).or_else(|| unix(bytes)),
        };
    }
    formats.iter().find_map(|format| {
        let by_hand = format.parts.as_ref().and_then(|parts| by_parts(raw.as_bytes(), parts));
        match by_hand {
            Some(civil) => micros(&civil, None, zone),
            None => by_jiff(raw, &format.text, zone),
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
    micros: i64,
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
        (1..=days).contains(&self.day) && self.hour < 24 && self.minute < 60 && self.second < 60
    }

    /// Microseconds since 1970-01-01T00:00:00 of the same clock. Days by Howard Hinnant's `days_from_civil`.
    fn micros(&self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year - era * 400;
        let day_of_year = (153 * (self.month + if self.month > 2 { -3 } else { 9 }) + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        (((days * 24 + self.hour) * 60 + self.minute) * 60 + self.second) * 1_000_000 + self.micros
    }
}

/// `offset` in seconds east of UTC.
fn micros(civil: &Civil, offset: Option<i64>, zone: &Zone) -> Option<i64> {
    if !civil.is_valid() {
        return None;
    }
    match offset {
        Some(offset) => Some(civil.micros() - offset * 1_000_000),
        None if zone.utc => Some(civil.micros()),
        None => {
            let date = Date::new(civil.year as i16, civil.month as i8, civil.day as i8).ok()?;
            let nanos = (civil.micros * 1000) as i32;
            let time = Time::new(civil.hour as i8, civil.minute as i8, civil.second as i8, nanos).ok()?;
            local(DateTime::from_parts(date, time), zone)
        }
    }
}

fn local(civil: DateTime, zone: &Zone) -> Option<i64> {
    Some(zone.zone.to_ambiguous_timestamp(civil).compatible().ok()?.as_microsecond())
}

/// A number of exactly `N` digits at the start.
fn digits<const N: usize>(bytes: &[u8]) -> Option<i64> {
    bytes.get(..N)?.iter().try_fold(0, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + i64::from(digit))
    })
}

fn iso(bytes: &[u8]) -> Option<(Civil, Option<i64>)> {
    let mut civil = Civil { year: digits::<4>(bytes)?, ..Civil::default() };
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    civil.month = digits::<2>(&bytes[5..])?;
    civil.day = digits::<2>(&bytes[8..])?;
    let mut rest = &bytes[10..];
    if rest.is_empty() {
        return Some((civil, None));
    }
    if !matches!(rest[0], b'T' | b't' | b' ') || rest.get(3) != Some(&b':') {
        return None;
    }
    civil.hour = digits::<2>(&rest[1..])?;
    civil.minute = digits::<2>(&rest[4..])?;
    rest = &rest[6..];
    if rest.first() == Some(&b':') {
        civil.second = digits::<2>(&rest[1..])?.min(59 + i64::from(rest[1] != b'6' || rest[2] != b'0'));
        rest = &rest[3..];
        if matches!(rest.first(), Some(b'.' | b',')) {
            let length = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length == 0 {
                return None;
            }
            let micro_digits = rest[1..].iter().take(length.min(6));
            civil.micros = micro_digits.fold(0, |number, byte| number * 10 + i64::from(byte - b'0'))
                * 10_i64.pow(6 - length.min(6) as u32);
            rest = &rest[1 + length..];
        }
    }
    Some((civil, offset(rest.trim_ascii_start())?))
}

/// `Some(None)` = there is none; `None` = there is something else.
fn offset(bytes: &[u8]) -> Option<Option<i64>> {
    let sign = match bytes {
        [] => return Some(None),
        [b'Z' | b'z'] | b"UTC" | b"GMT" => return Some(Some(0)),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let hours = digits::<2>(&bytes[1..])?;
    let minutes = match &bytes[3..] {
        [] => 0,
        [b':', rest @ ..] if rest.len() == 2 => digits::<2>(rest)?,
        rest if rest.len() == 2 => digits::<2>(rest)?,
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

fn compact_day(bytes: &[u8], zone: &Zone) -> Option<i64> {
    if bytes.len() != 8 {
        return None;
    }
    let civil = Civil {
        year: digits::<4>(bytes)?,
        month: digits::<2>(&bytes[4..])?,
        day: digits::<2>(&bytes[6..])?,
        ..Civil::default()
    };
    (1900..2200).contains(&civil.year).then(|| micros(&civil, None, zone)).flatten()
}

fn unix(bytes: &[u8]) -> Option<i64> {
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let whole = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fraction = match &bytes[whole..] {
        [] => &[][..],
        [b'.', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => rest,
        _ => return None,
    };
    let places: u32 = match whole {
        9..=11 => 6,
        12..=14 => 3,
        15..=17 => 0,
        18..=19 => {
            let nanos: i64 = std::str::from_utf8(&bytes[..whole]).ok()?.parse().ok()?;
            return Some(if negative { -nanos } else { nanos }.div_euclid(1000));
        }
        _ => return None,
    };
    let digit = |number: i64, byte: &u8| number * 10 + i64::from(byte - b'0');
    let whole = bytes[..whole].iter().fold(0, digit) * 10_i64.pow(places);
    let kept = &fraction[..fraction.len().min(places as usize)];
    let micros = whole + kept.iter().fold(0, digit) * 10_i64.pow(places - kept.len() as u32);
    Some(if negative { -micros } else { micros })
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

fn by_jiff(raw: &str, format: &str, zone: &Zone) -> Option<i64> {
    let time = BrokenDownTime::parse(format, raw).ok()?;
    if let Some(timestamp) = time.timestamp() {
        return Some(timestamp.as_microsecond());
    }
    if time.iana_time_zone().is_some() {
        return Some(time.to_zoned().ok()?.timestamp().as_microsecond());
    }
    let date = time.to_date().ok()?;
    let clock = if time.hour().is_none() { Time::midnight() } else { time.to_time().ok()? };
    let civil = DateTime::from_parts(date, clock);
    match time.offset() {
        Some(offset) => Some(offset.to_timestamp(civil).ok()?.as_microsecond()),
        None => local(civil, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utc(raw: &str) -> Option<i64> {
        parse(raw, &[], &Zone::utc())
    }

    fn stamp(rfc3339: &str) -> i64 {
        rfc3339.parse::<jiff::Timestamp>().expect("a test names real times").as_microsecond()
    }

    #[test]
    fn iso_forms_are_read_without_a_format() {
        for (raw, expected) in [
            ("2024-05-01", "2024-05-01T00:00:00Z"),
            ("2024-05-01T10:00", "2024-05-01T10:00:00Z"),
            (" 2024-05-01 10:00:00 ", "2024-05-01T10:00:00Z"),
            ("2024-05-01 10:00:00 -0400", "2024-05-01T14:00:00Z"),
            ("2024-05-01T10:00:00.123456789+05:30", "2024-05-01T04:30:00.123456Z"),
            ("2021-04-06 06:03:10.5 UTC", "2021-04-06T06:03:10.5Z"),
            ("2021-04-06T06:03:10,25z", "2021-04-06T06:03:10.25Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
            ("2021-04-06T06:03:10+02", "2021-04-06T04:03:10Z"),
            ("20210406", "2021-04-06T00:00:00Z"),
        ] {
            assert_eq!(utc(raw), Some(stamp(expected)), "{raw}");
        }
    }

    #[test]
    fn unix_times_are_told_apart_by_their_size() {
        let expected = Some(1_617_691_790_000_000);
        for raw in ["1617691790", "1617691790000", "1617691790000000", "1617691790000000000", "1617691790.0"] {
            assert_eq!(utc(raw), expected, "{raw}");
        }
        assert_eq!(utc("1617691790.4314769"), Some(1_617_691_790_431_476));
        assert_eq!(utc("-1617691790.5"), Some(-1_617_691_790_500_000));
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for raw in [
            "",
            "yesterday",
            "2024-13-01",
            "2024-02-30",
            "2024-05-01T25:00:00Z",
            "17850",
            "2024-05-01 10:00 PST",
            "05/01/2024",
            "2024-05-01T10:00:00+",
            "2024-05-01T10:00:00.",
            "1617691790.x",
            "20241301",
            "2024-05-01T10:0",
            "２０２４-05-01",
        ] {
            assert_eq!(utc(raw), None, "{raw}");
        }
    }

    #[test]
    fn naive_times_are_of_the_declared_zone_even_where_the_clock_changes() {
        let berlin = Zone::named("Europe/Berlin").expect("the zone exists");
        assert_eq!(parse("2024-07-01 12:00:00", &[], &berlin), Some(stamp("2024-07-01T10:00:00Z")));
        assert_eq!(parse("2024-03-31 02:30:00", &[], &berlin), Some(stamp("2024-03-31T01:30:00Z")), "skipped");
        assert_eq!(parse("2024-10-27 02:30:00", &[], &berlin), Some(stamp("2024-10-27T00:30:00Z")), "twice");
        assert_eq!(parse("2024-07-01 12:00:00Z", &[], &berlin), Some(stamp("2024-07-01T12:00:00Z")));
    }

    #[test]
    fn declared_formats_are_tried_in_order_and_nothing_else_is() {
        let formats: Vec<_> =
            ["%m/%d/%Y %H:%M", "%d.%m.%y", "%b %d, %Y %I:%M %p %z"].map(|f| TimeFormat::new(f).expect("sound")).into();
        for (raw, expected) in [
            ("12/1/2010 8:26", "2010-12-01T08:26:00Z"),
            ("31.12.99", "1999-12-31T00:00:00Z"),
            ("May 01, 2024 03:05 PM -0400", "2024-05-01T19:05:00Z"),
        ] {
            assert_eq!(parse(raw, &formats, &Zone::utc()), Some(stamp(expected)), "{raw}");
        }
        assert_eq!(parse("2010-12-01", &formats, &Zone::utc()), None);
    }

    #[test]
    fn an_unknown_directive_is_refused() {
        assert!(TimeFormat::new("%Y-%m-%d %!").is_err());
        assert!(TimeFormat::new("%Y-%m-%d %H:%M:%S%.f").is_ok());
    }

    proptest! {
        #[test]
        fn the_hand_written_path_says_what_jiff_says(
            format in prop::sample::select(vec![
                "%Y-%m-%d", "%m/%d/%Y %H:%M", "%d.%m.%Y %T", "%Y%m%d%H%M%S", "%FT%R", "%d-%m-%Y %H:%M:%S", "%H:%M %m/%d/%Y",
            ]),
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
            let by_hand = parse(&raw, &[TimeFormat::new(format).expect("sound")], &Zone::utc());
            prop_assert_eq!(by_hand, by_jiff(raw.trim(), format, &Zone::utc()), "{}", raw);
        }
    }
}
