//! Which format reads a column of times or days.

use jiff::tz::TimeZone;

use crate::ingest::event_time::{TimeFormat, parse};

/// A way of writing times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeGuess {
    /// strptime notation; `None` = read without being told.
    pub format: Option<String>,
    /// Whether day and month could be the other way round.
    pub ambiguous: bool,
    /// Whether they have a time of day and say no zone.
    pub no_zone: bool,
}

/// Formats that are tried when the plain forms do not read a column; years of two digits first, for `%Y` reads them, too. Where two differ in day and month only, the one
/// with the month first comes first.
const FORMATS: [&str; 30] = [
    "%m/%d/%y %H:%M",
    "%d/%m/%y %H:%M",
    "%m/%d/%y %I:%M %p",
    "%m/%d/%y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%m-%d-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%m-%d-%Y %H:%M",
    "%d-%m-%Y %H:%M",
    "%m-%d-%Y",
    "%d-%m-%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%b %d, %Y",
    "%d %b %Y",
    "%Y-%m-%d %H:%M:%S%.f UTC",
    "%a, %d %b %Y %H:%M:%S %z",
];

/// The format that reads at least nineteen of twenty values; `None` = there is none.
#[must_use]
pub fn guess(values: &[String]) -> Option<TimeGuess> {
    let filled: Vec<&str> = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
    let reads = |formats: &[TimeFormat]| {
        let read = filled.iter().filter(|value| parse(value, formats, &TimeZone::UTC).is_some()).count();
        !filled.is_empty() && read * 20 >= filled.len() * 19
    };
    if reads(&[]) {
        // Digits alone are times only if they say so by their size; see `sources` for what their name must say.
        return Some(TimeGuess { format: None, ambiguous: false, no_zone: filled.iter().any(|value| is_local(value)) });
    }
    let fitting: Vec<&str> =
        FORMATS.into_iter().filter(|text| TimeFormat::new(text).is_ok_and(|format| reads(&[format]))).collect();
    let first = *fitting.first()?;
    let has_zone = first.ends_with("UTC") || first.contains("%z");
    let no_zone = !has_zone && (first.contains("%H") || first.contains("%I"));
    let turned = first.replace("%m", "\u{1}").replace("%d", "%m").replace('\u{1}', "%d");
    Some(TimeGuess { format: Some(first.to_owned()), ambiguous: fitting.contains(&turned.as_str()), no_zone })
}

/// Whether a time has a time of day and says neither `Z` nor an offset.
fn is_local(value: &str) -> bool {
    let Some((_, time)) = value.split_once(['T', 't', ' ']).filter(|(_, time)| time.contains(':')) else {
        return false;
    };
    !time.ends_with(['Z', 'z']) && !time.contains(['+', '-', '−']) && !time.contains("UTC") && !time.contains("GMT")
}

/// Whether most values are digits alone, as Unix times and ids both are.
#[must_use]
pub fn is_bare(values: &[String]) -> bool {
    let filled = values.iter().filter(|value| !value.trim().is_empty());
    let (digits, all) = filled.fold((0, 0), |(digits, all), value| {
        (digits + usize::from(value.trim().bytes().all(|byte| byte.is_ascii_digit())), all + 1)
    });
    digits * 2 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(values: &[&str]) -> Option<(String, bool)> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        guess(&values).map(|guess| (guess.format.unwrap_or_default(), guess.ambiguous))
    }

    #[test]
    fn times_that_say_no_zone_are_told_from_those_that_do() {
        let no_zone = |value: &str| guess(&[value.to_owned()]).expect("it is a time").no_zone;
        for local in ["2024-05-02 10:00:00", "2024-05-02T10:00", "05/13/2024 10:00", "1/15/24 7:30 PM"] {
            assert!(no_zone(local), "{local}");
        }
        for told in [
            "2024-05-02T10:00:00Z",
            "2024-05-02T10:00:00+02:00",
            "2024-05-02 10:00:00.000 UTC",
            "2024-05-02",
            "1714557600",
        ] {
            assert!(!no_zone(told), "{told}");
        }
    }

    #[test]
    fn the_format_of_times_is_found() {
        for (values, expected) in [
            (&["2024-05-01", "2024-05-02T10:00:00Z"][..], Some(("", false))),
            (&["05/13/2024 10:00", "01/02/2024 11:30"], Some(("%m/%d/%Y %H:%M", false))),
            (&["13/05/2024", "01/02/2024"], Some(("%d/%m/%Y", false))),
            (&["03/05/2024", "01/02/2024"], Some(("%m/%d/%Y", true))),
            (&["31.12.2023", "", "01.02.2024"], Some(("%d.%m.%Y", false))),
            (&["12-04-2022 09:30", "13-04-2022 09:30"], Some(("%d-%m-%Y %H:%M", false))),
            (&["1/5/24 7:30 PM", "1/15/24 7:30 AM"], Some(("%m/%d/%y %I:%M %p", false))),
            (&["1714557600"], Some(("", false))),
            (&["yesterday"], None),
            (&["", ""], None),
        ] {
            assert_eq!(format(values), expected.map(|(text, ambiguous)| (text.to_owned(), ambiguous)), "{values:?}");
        }
    }
}
