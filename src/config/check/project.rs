//! `[project]`, and what is said in the same way elsewhere: time zones and time formats.

use jiff::civil::date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use rlibphonenumber::PHONE_NUMBER_UTIL;

use crate::config::words::did_you_mean;
use crate::config::{Project, parse_as_of, parse_memory};
use crate::problem::Problem;

pub(super) fn check(project: &Project, faults: &mut Vec<Problem>) {
    if let Some(region) = &project.default_region {
        faults.extend(region_fault(region, &["project", "default_region"]));
    }
    if let Some(zone) = &project.time_zone {
        faults.extend(zone_fault(zone, &["project", "time_zone"]));
    }
    if let Some(as_of) = &project.as_of
        && parse_as_of(as_of, None).is_none()
    {
        let what = format!("\"{as_of}\" is not a day or moment");
        let fix = "write a day (\"2026-11-21\") or a moment with its offset (\"2026-11-21T06:00:00Z\")";
        faults.push(Problem::config_at(&["project", "as_of"], what, fix));
    }
    if let Some(limit) = project.memory_limit.as_ref().filter(|limit| parse_memory(limit).is_none()) {
        let what = format!("\"{limit}\" is not an amount of memory");
        let fix = "write a number and a unit: \"8 GiB\", \"500 MB\"";
        faults.push(Problem::config_at(&["project", "memory_limit"], what, fix));
    }
}

fn region_fault(region: &str, path: &[&str]) -> Option<Problem> {
    let known: Vec<String> = PHONE_NUMBER_UTIL.get_supported_regions().map(|region| region.to_string()).collect();
    if known.iter().any(|known| known == region) {
        return None;
    }
    let upper = region.to_uppercase();
    let fix = match upper.as_str() {
        "UK" => "write \"GB\", the United Kingdom's code".to_owned(),
        "EN" => "that is a language; write the country: \"GB\", \"US\" …".to_owned(),
        upper if known.iter().any(|known| known == upper) => format!("write it in capitals: \"{upper}\""),
        _ => "write two letters, as in ISO 3166-1: \"US\", \"GB\", \"DE\" …".to_owned(),
    };
    Some(Problem::config_at(path, format!("\"{region}\" is not a region with telephone numbers"), fix))
}

/// A time zone that is not known.
pub(super) fn zone_fault(zone: &str, path: &[&str]) -> Option<Problem> {
    if TimeZone::get(zone).is_ok() {
        return None;
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let of_city = |name: &&String| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(zone));
    let fix = if names.len() < 2 {
        "this system has no time zone database: install its tzdata package, or use \"UTC\"".to_owned()
    } else if let Some(name) = names.iter().find(of_city) {
        format!("did you mean \"{name}\"?")
    } else {
        did_you_mean(zone, names.iter().map(String::as_str))
            .unwrap_or_else(|| "write an IANA name: \"Europe/Berlin\", \"America/New_York\", \"UTC\"".to_owned())
    };
    Some(Problem::config_at(path, format!("no time zone \"{zone}\""), fix))
}

/// A format in strptime notation that cannot be read, or that makes no day.
pub(super) fn format_fault(format: &str, path: &[&str]) -> Option<Problem> {
    let sample = date(2025, 12, 31).at(23, 58, 59, 123_456_000).to_zoned(TimeZone::UTC).expect("UTC has no gaps");
    let refused = |why: String| {
        let fix = "as in strptime: %Y year, %m month, %d day, %H hour, %M minute, %S second, %p AM/PM, %z offset";
        Some(Problem::config_at(path, format!("\"{format}\" is not a time format: {why}"), fix))
    };
    if !format.contains('%') {
        return refused("it has no % field".into());
    }
    // A value that the format itself wrote must be read back as a whole day at least.
    let written = match strtime::format(format, &sample) {
        Ok(written) => written,
        Err(error) => return refused(reason(&error)),
    };
    match strtime::parse(format, &written) {
        Err(error) => refused(reason(&error)),
        Ok(read) if read.to_date().is_err() && read.to_timestamp().is_err() => {
            refused("a value of it has no whole day (year, month, day)".into())
        }
        Ok(_) => None,
    }
}

/// The innermost cause, without the library's own preamble.
fn reason(error: &jiff::Error) -> String {
    let text = error.to_string();
    text.split_once("failed: ").map_or(text.clone(), |(_, rest)| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_two_capitals_that_exist() {
        for good in ["US", "GB", "DE", "IN"] {
            assert_eq!(region_fault(good, &["x"]), None, "{good}");
        }
        for bad in ["UK", "us", "USA", "XX", "001", "", "Germany"] {
            assert!(region_fault(bad, &["x"]).is_some(), "{bad}");
        }
        assert!(region_fault("us", &["x"]).is_some_and(|p| p.fix.contains("\"US\"")));
    }

    #[test]
    fn time_zones_have_iana_names() {
        assert_eq!(zone_fault("Europe/Berlin", &["x"]), None);
        assert_eq!(zone_fault("UTC", &["x"]), None);
        let fault = zone_fault("Europe/Berln", &["x"]).expect("no such zone");
        assert!(fault.fix.contains("Europe/Berlin"), "{}", fault.fix);
        assert!(zone_fault("", &["x"]).is_some());
    }

    #[test]
    fn time_formats_must_make_a_day() {
        for good in [
            "%Y-%m-%d",
            "%m/%d/%Y %H:%M",
            "%d.%m.%y",
            "%Y%m%d",
            "%s",
            "%b %d, %Y %I:%M %p",
            "%Y-%m-%dT%H:%M:%S%.f%:z",
            "%F %T",
        ] {
            assert_eq!(format_fault(good, &["x"]), None, "{good}");
        }
        for bad in ["", "yyyy-mm-dd", "%H:%M", "%Y-%m", "%Y-%m-%d %K", "%Y-%m-%d %"] {
            assert!(format_fault(bad, &["x"]).is_some(), "{bad}");
        }
    }
}
