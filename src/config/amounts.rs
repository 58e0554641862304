//! Values that are written as texts: amounts of memory, moments.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Bytes, from `"1.5GiB"`, `"800MB"` or `"2000000000"`; `None` where it is no amount.
///
/// `KB`, `MB`, `GB` and `TB` are powers of 1000, `KiB` … `TiB` of 1024; case and one space before the unit do not count.
#[must_use]
pub fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor: u64 = match unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor);
    }
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    (bytes < 9e18).then_some(bytes as u64)
}

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
    fn amounts_of_memory_have_decimal_and_binary_units() {
        for (text, bytes) in [
            ("1.5GiB", 1_610_612_736),
            ("800MB", 800_000_000),
            ("800 mb", 800_000_000),
            ("2000000000", 2_000_000_000),
            ("1KiB", 1024),
            ("0.5 tib", 549_755_813_888),
            ("7b", 7),
        ] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        for bad in ["", "GB", "1.5.5GB", "-1", "1GBit", "1,5GB", "a lot", "1e9", "99999999999TB", "."] {
            assert_eq!(parse_bytes(bad), None, "{bad}");
        }
    }

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
