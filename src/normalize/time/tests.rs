//! Times as exports write them.

use super::*;
use proptest::prelude::*;

fn clean(raw: &str, formats: &[&str], zone: &str) -> Option<String> {
    let formats: Vec<String> = formats.iter().map(|f| (*f).to_owned()).collect();
    let zone = if zone == "UTC" { TimeZone::UTC } else { TimeZone::get(zone).expect("a known zone") };
    let mut out = String::new();
    write(parse(raw, &formats, &zone)?, &mut out);
    Some(out)
}

#[test]
fn iso_and_unix_times_are_read_without_a_format() {
    for (raw, expected) in [
        ("2024-03-01", "2024-03-01T00:00:00Z"),
        ("2024-03-01T10:20", "2024-03-01T10:20:00Z"),
        ("2024-03-01 10:20:30", "2024-03-01T10:20:30Z"),
        ("2024/03/01 10:20:30", "2024-03-01T10:20:30Z"),
        ("2024-03-01T10:20:30Z", "2024-03-01T10:20:30Z"),
        ("2024-03-01 10:20:30 UTC", "2024-03-01T10:20:30Z"),
        ("2024-03-01 10:20:30.123456 UTC", "2024-03-01T10:20:30.123456Z"),
        ("2024-03-01T10:20:30.5Z", "2024-03-01T10:20:30.500000Z"),
        ("2024-03-01T10:20:30,123456789Z", "2024-03-01T10:20:30.123456Z"),
        ("2024-03-01T10:20:30+02:00", "2024-03-01T08:20:30Z"),
        ("2024-03-01 10:20:30 -0500", "2024-03-01T15:20:30Z"),
        ("2024-03-01T00:20:30+05:30", "2024-02-29T18:50:30Z"),
        ("2024-03-01T10:20:30+02", "2024-03-01T08:20:30Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("20240301", "2024-03-01T00:00:00Z"),
        ("20240301102030", "2024-03-01T10:20:30Z"),
        ("1709288430", "2024-03-01T10:20:30Z"),
        ("1709288430.5", "2024-03-01T10:20:30.500000Z"),
        ("1709288430123", "2024-03-01T10:20:30.123000Z"),
        ("1709288430123.0", "2024-03-01T10:20:30.123000Z"),
        ("1709288430123456", "2024-03-01T10:20:30.123456Z"),
        ("1709288430123456789", "2024-03-01T10:20:30.123456Z"),
        ("-1709288430", "1915-11-02T13:39:30Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"),
    ] {
        assert_eq!(clean(raw, &[], "UTC").as_deref(), Some(expected), "{raw}");
    }
    for raw in [
        "",
        "2024",
        "2024-03",
        "2024-13-01",
        "2024-02-30",
        "2024-03-01T",
        "2024-03-01T25:00",
        "2024-03-01T10:60",
        "2024-03-01T10:20:61",
        "2024-03-01T10",
        "2024-03-01T10:20:30.",
        "2024-03-01T10:20:30+99:00",
        "2024-03-01T10:20:30 Mars",
        "03/01/2024 10:20",
        "12345",
        "now",
        "2024-03-01x",
        "99999999999999999999",
    ] {
        assert_eq!(clean(raw, &[], "UTC"), None, "{raw}");
    }
}

#[test]
fn times_without_an_offset_are_local() {
    let berlin = |raw| clean(raw, &[], "Europe/Berlin");
    assert_eq!(berlin("2024-07-01 12:00").as_deref(), Some("2024-07-01T10:00:00Z"));
    assert_eq!(berlin("2024-01-01 12:00").as_deref(), Some("2024-01-01T11:00:00Z"));
    assert_eq!(berlin("2024-01-01 12:00Z").as_deref(), Some("2024-01-01T12:00:00Z"));
    assert_eq!(berlin("2024-03-31 02:30").as_deref(), Some("2024-03-31T01:30:00Z"), "skipped: one hour forward");
    assert_eq!(berlin("2024-10-27 02:30").as_deref(), Some("2024-10-27T00:30:00Z"), "twice: the first");
    assert_eq!(berlin("1709288430").as_deref(), Some("2024-03-01T10:20:30Z"));
}

#[test]
fn declared_formats_stand_alone_and_in_order() {
    let zone = "America/New_York";
    for (raw, format, expected) in [
        ("03/01/2024 10:20", "%m/%d/%Y %H:%M", "2024-03-01T15:20:00Z"),
        ("03/01/2024", "%m/%d/%Y", "2024-03-01T05:00:00Z"),
        ("Mar 1, 2024 10:20 PM", "%b %d, %Y %I:%M %p", "2024-03-02T03:20:00Z"),
        ("01.03.2024 10:20:30.5", "%d.%m.%Y %H:%M:%S%.f", "2024-03-01T15:20:30.500000Z"),
        ("2024-03-01 10:20 +0100", "%Y-%m-%d %H:%M %z", "2024-03-01T09:20:00Z"),
        ("1709288430", "%s", "2024-03-01T10:20:30Z"),
    ] {
        assert_eq!(clean(raw, &["%Y", format], zone).as_deref(), Some(expected), "{raw}");
    }
    let both = ["%d/%m/%Y", "%m/%d/%Y"];
    assert_eq!(clean("03/01/2024", &both, "UTC").as_deref(), Some("2024-01-03T00:00:00Z"));
    assert_eq!(clean("03/13/2024", &both, "UTC").as_deref(), Some("2024-03-13T00:00:00Z"));
    assert_eq!(clean("2024-03-01", &["%d/%m/%Y"], zone), None);
}

proptest! {
    #[test]
    fn written_times_read_back(micros in -62_135_596_800_000_000i64..253_402_300_799_000_000) {
        let mut text = String::new();
        write(micros, &mut text);
        prop_assert_eq!(parse(&text, &[], &TimeZone::UTC), Some(micros));
        let by_jiff = jiff::Timestamp::from_microsecond(micros).expect("in range").to_string();
        prop_assert_eq!(parse(&by_jiff, &[], &TimeZone::UTC), Some(micros));
    }

    #[test]
    fn any_text_is_read_without_a_panic(raw in "\\PC{0,24}|[0-9/. TZ:+-]{0,28}") {
        let _ = parse(&raw, &[], &TimeZone::UTC);
    }
}
