//! Values that are written as texts: days and moments, and amounts of memory.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A day (`2026-11-21`, its first moment in `zone`, an IANA name; default UTC) or a moment with its offset (RFC 3339),
/// in UTC microseconds since 1970; `None` where it is neither.
#[must_use]
pub fn parse_as_of(text: &str, zone: Option<&str>) -> Option<i64> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_microsecond());
    }
    // Only the plain form: `Date` alone would also take the day out of a moment without an offset.
    let plain = text.len() == 10 && text.is_ascii();
    let day: Date = text.parse().ok().filter(|_| plain)?;
    let zone = zone.map_or(Some(TimeZone::UTC), |zone| TimeZone::get(zone).ok())?;
    Some(day.to_zoned(zone).ok()?.timestamp().as_microsecond())
}

/// An amount of memory (`8 GiB`, `500MB`, `1.5 GiB`) in bytes; `None` where it is none or less than 1 MiB.
#[must_use]
pub fn parse_memory(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 8] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
    ];
    let text = text.trim();
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, name) = text.split_at(unit);
    let (_, unit) = UNITS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    let number: f64 = number.trim().parse().ok().filter(|number| *number > 0.0)?;
    let bytes = number * *unit as f64;
    (1_048_576.0..9e18).contains(&bytes).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_in_its_zone() {
        assert_eq!(parse_as_of("1970-01-02", None), Some(86_400_000_000));
        assert_eq!(parse_as_of("1970-01-02", Some("Etc/GMT-1")), Some(82_800_000_000));
        assert_eq!(parse_as_of("1970-01-01T01:00:00+01:00", Some("Asia/Tokyo")), Some(0));
        assert_eq!(parse_as_of("1970-01-01 00:00:00.5Z", None), Some(500_000));
    }

    #[test]
    fn a_moment_without_offset_is_refused() {
        for bad in ["2026-11-21T06:00:00", "21.11.2026", "yesterday", "", "2026-13-01", "20261121"] {
            assert_eq!(parse_as_of(bad, None), None, "{bad}");
        }
    }

    #[test]
    fn memory_is_a_number_and_a_unit() {
        let good = [("8 GiB", 8 << 30), ("500MB", 500_000_000), (" 1.5 gib ", 3 << 29), ("2048 KiB", 2 << 20)];
        for (text, bytes) in good {
            assert_eq!(parse_memory(text), Some(bytes), "{text}");
        }
        for bad in ["", "8", "GiB", "-1 GiB", "8 G", "8 GiB 2", "1 KiB", "nan GiB", "1e30 TB", "75%"] {
            assert_eq!(parse_memory(bad), None, "{bad}");
        }
    }
}
