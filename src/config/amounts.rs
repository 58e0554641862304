//! Values that are written as texts: days and moments.

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
}
