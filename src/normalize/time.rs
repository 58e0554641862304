//! Points in time, as microseconds since 1970-01-01T00:00:00Z.
//!
//! Without declared formats:
//!
//! - ISO 8601: a date as `YYYY-MM-DD` or `YYYY/MM/DD`, then optionally a space or `T`, `HH:MM`, seconds, a fraction
//!   behind `.` or `,`, and `Z`, `UTC` or an offset (`+02:00`, `+0200`, `+02`, a space before it or not);
//! - digits alone: 8 are `YYYYMMDD`, 14 are `YYYYMMDDHHMMSS`; 9 to 11 are Unix seconds (with or without a fraction),
//!   12 or 13 milliseconds, 15 or 16 microseconds, 18 or 19 nanoseconds.
//!
//! With declared formats: these and no others, in order. A time without an offset is local time in the given zone; in
//! the hour that a clock skips it moves forward, in the hour that comes twice it is the first.
//!
//! What is finer than a microsecond is cut off. Second 60 is read as 59.

#[cfg(test)]
mod tests;

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::date;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// UTC microseconds of a trimmed time; `None` where no format reads it or it does not exist.
#[must_use]
pub fn parse(raw: &str, formats: &[String], zone: &TimeZone) -> Option<i64> {
    if formats.is_empty() {
        return unix(raw.as_bytes()).or_else(|| iso(raw.as_bytes(), zone));
    }
    formats.iter().find_map(|format| {
        let parts = strtime::parse(format, raw).ok()?;
        if parts.offset().is_some() || parts.timestamp().is_some() {
            return Some(parts.to_timestamp().ok()?.as_microsecond());
        }
        instant(parts.to_datetime().ok()?, zone)
    })
}

/// Appends `YYYY-MM-DDTHH:MM:SS.ffffffZ`, without the fraction where it is nothing.
pub fn write(micros: i64, out: &mut String) {
    let days = micros.div_euclid(DAY);
    let of_day = micros.rem_euclid(DAY);
    date::write(days as i32, out);
    let (seconds, fraction) = (of_day / SECOND, of_day % SECOND);
    let two = |n: i64| [char::from(b'0' + (n / 10) as u8), char::from(b'0' + (n % 10) as u8)];
    for (sign, number) in [('T', seconds / 3600), (':', seconds / 60 % 60), (':', seconds % 60)] {
        out.push(sign);
        out.extend(two(number));
    }
    if fraction > 0 {
        out.push('.');
        out.extend([fraction / 10_000, fraction / 100 % 100, fraction % 100].into_iter().flat_map(two));
    }
    out.push('Z');
}

fn instant(local: DateTime, zone: &TimeZone) -> Option<i64> {
    Some(zone.to_ambiguous_timestamp(local).compatible().ok()?.as_microsecond())
}

/// Unix times by their number of digits.
fn unix(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let (digits, fraction) = match digits.iter().position(|&b| b == b'.') {
        Some(point) => (&digits[..point], Some(&digits[point + 1..])),
        None => (digits, None),
    };
    let scale: fn(i64) -> Option<i64> = match digits.len() {
        9..=11 => |n| n.checked_mul(SECOND),
        12 | 13 => |n| n.checked_mul(1000),
        15 | 16 => Some,
        18 | 19 => |n| Some(n / 1000),
        _ => return None,
    };
    let number = digits.iter().try_fold(0i64, |n, b| {
        if b.is_ascii_digit() { n.checked_mul(10)?.checked_add(i64::from(b - b'0')) } else { None }
    })?;
    let mut micros = scale(number)?;
    if let Some(fraction) = fraction {
        let part = microseconds(fraction)?;
        // Behind milliseconds and finer a fraction says nothing that we keep, or is a spreadsheet's `.0`.
        micros += if digits.len() <= 11 { part } else { 0 };
    }
    (micros <= 253_402_300_799 * SECOND).then_some(if negative { -micros } else { micros })
}

fn iso(bytes: &[u8], zone: &TimeZone) -> Option<i64> {
    if let Some(plain) = compact(bytes) {
        return local(plain, None, zone);
    }
    let (day, rest) = bytes.split_at_checked(10)?;
    let sign = day[4];
    if day[7] != sign || !matches!(sign, b'-' | b'/') {
        return None;
    }
    let day = date::days(i32::from(date::number(&day[..4])?), two(&day[5..7])?, two(&day[8..])?)?;
    let Some((b' ' | b'T' | b't', mut rest)) = rest.split_first().map(|(first, rest)| (*first, rest)) else {
        return if rest.is_empty() { local((day, 0), None, zone) } else { None };
    };
    while let [b' ', behind @ ..] = rest {
        rest = behind;
    }
    let (hour, mut rest) = (two(rest.get(..2)?)?, &rest[2..]);
    let [b':', behind @ ..] = rest else { return None };
    let minute = two(behind.get(..2)?)?;
    rest = &behind[2..];
    let (mut second, mut micros) = (0, 0);
    if let [b':', behind @ ..] = rest {
        (second, rest) = (two(behind.get(..2)?)?, &behind[2..]);
        if let [b'.' | b',', behind @ ..] = rest {
            let end = behind.iter().position(|b| !b.is_ascii_digit()).unwrap_or(behind.len());
            (micros, rest) = (microseconds(&behind[..end])?, &behind[end..]);
        }
    }
    let of_day = of_day(hour, minute, second)? + micros;
    let offset = match rest.trim_ascii_start() {
        [] => None,
        b"Z" | b"z" | b"UTC" | b"GMT" => Some(0),
        other => Some(offset(other)?),
    };
    local((day, of_day), offset, zone)
}

/// `YYYYMMDD` and `YYYYMMDDHHMMSS`.
fn compact(bytes: &[u8]) -> Option<(i32, i64)> {
    if !matches!(bytes.len(), 8 | 14) || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let day = date::days(i32::from(date::number(&bytes[..4])?), two(&bytes[4..6])?, two(&bytes[6..8])?)?;
    if bytes.len() == 8 {
        return Some((day, 0));
    }
    Some((day, of_day(two(&bytes[8..10])?, two(&bytes[10..12])?, two(&bytes[12..])?)?))
}

/// From (day, microseconds of the day), in a known offset from UTC in seconds or else in the zone.
fn local((day, of_day): (i32, i64), offset: Option<i64>, zone: &TimeZone) -> Option<i64> {
    let micros = i64::from(day) * DAY + of_day;
    if let Some(offset) = offset {
        return Some(micros - offset * SECOND);
    }
    if *zone == TimeZone::UTC {
        return Some(micros);
    }
    // The same civil time as if it were UTC, read in the zone.
    let civil = jiff::Timestamp::from_microsecond(micros).ok()?;
    instant(TimeZone::UTC.to_datetime(civil), zone)
}

/// `+02:00`, `-0500`, `+02`, `+5:30`: seconds.
fn offset(bytes: &[u8]) -> Option<i64> {
    let (sign, rest) = match bytes {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match *rest {
        [a, b] => (two(&[a, b])?, 0),
        [a, b':', c, d] => (two(&[b'0', a])?, two(&[c, d])?),
        [a, b, c, d] | [a, b, b':', c, d] => (two(&[a, b])?, two(&[c, d])?),
        _ => return None,
    };
    (hours <= 15 && minutes < 60).then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

/// Two digits.
fn two(digits: &[u8]) -> Option<u8> {
    match *digits {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some((a - b'0') * 10 + b - b'0'),
        _ => None,
    }
}

/// Microseconds of the day.
fn of_day(hour: u8, minute: u8, second: u8) -> Option<i64> {
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some((i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second.min(59))) * SECOND)
}

/// A decimal fraction of a second.
fn microseconds(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((0..6).fold(0, |n, i| n * 10 + digits.get(i).map_or(0, |b| i64::from(b - b'0'))))
}
