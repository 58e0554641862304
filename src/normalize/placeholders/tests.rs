//! What is blocked, and what only looks like it.

use jiff::tz::TimeZone;

use super::*;
use crate::normalize::nanp::Nanp;
use crate::normalize::phone::Region;

/// What normalizing and the list make of a cell: the reason of either, if any.
fn blocked(kind: Kind, list: &Blocklist, raw: &str) -> bool {
    let (nanp, mut text, mut written) = (Nanp::default(), String::new(), String::new());
    let context = Context { formats: &[], zone: &TimeZone::UTC, region: Some(Region::US), nanp: &nanp };
    match clean(kind, raw, context, &mut text) {
        Ok(value) => list.blocks(as_text(value, &mut written)),
        Err(_) => list.blocks(&unread(kind, raw)),
    }
}

fn list(kind: Kind, config: Option<&Placeholders>) -> Result<Blocklist, String> {
    let nanp = Nanp::default();
    Blocklist::new(kind, config, Context { formats: &[], zone: &TimeZone::UTC, region: Some(Region::US), nanp: &nanp })
}

fn own(builtin: bool, values: &[&str], patterns: &[&str]) -> Placeholders {
    let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Placeholders { builtin, values: owned(values), patterns: owned(patterns) }
}

#[test]
fn built_in_placeholders_are_blocked_in_every_spelling_and_others_are_not() {
    for (kind, yes, no) in [
        (
            Kind::Email,
            &[
                "none@none.com",
                "Test@Test.com",
                "noemail@shop.example",
                "no-reply@a.com",
                "x@a.invalid",
                "mailto:a@a.com",
            ][..],
            &["ana@example.com", "info@example.com", "none@example.org", "nomalley@example.com", "testa@gmail.com"][..],
        ),
        (
            Kind::Phone,
            &[
                "0000000000",
                "(111) 111-1111",
                "+1 999 999 9999",
                "1234567890",
                "0123456789",
                "555-555-5555",
                "987-654-3210",
                "415-555-1212",
                "9999999",
            ],
            &["415-555-2671", "415-555-0123", "+1 415 555 5555", "911"],
        ),
        (
            Kind::Id,
            &[
                "0",
                "00000000",
                "0.0",
                "9999",
                "99999999",
                "UNKNOWN",
                "Guest",
                "test",
                "11111111",
                "123456789",
                "-1",
                "00000000-0000-0000-0000-000000000000",
            ],
            &["1", "7", "99", "100", "1111111", "12345", "guest-17", "90000000"],
        ),
        (
            Kind::Device,
            &[
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "9774D56D682E549C",
                "unknown",
            ],
            &["38400000-8cf0-11bd-b23e-10b96e40000d"],
        ),
        (
            Kind::Hash,
            &["D41D8CD98F00B204E9800998ECF8427E", "00000000000000000000000000000000"],
            &["900150983cd24fb0d6963f7d28e17f72"],
        ),
        (Kind::Name, &["Unknown", "VALUED CUSTOMER", "first name", "Test"], &["Guest", "Null", "Na", "Ana", "Tester"]),
        (
            Kind::Date,
            &["1900-01-01", "1970-01-01 00:00:00", "0000-00-00", "00/00/0000", "9999-12-31"],
            &["1984-02-29", "1970-01-02"],
        ),
        (Kind::PostalCode, &["00000", "00000-0000", "XXXXX", "99999"], &["02134", "12345", "0001"]),
        (Kind::Text, &[], &["unknown", "0"]),
    ] {
        let list = list(kind, None).expect("no patterns");
        for raw in yes {
            assert!(blocked(kind, &list, raw), "{kind:?} {raw}");
        }
        for raw in no {
            assert!(!blocked(kind, &list, raw), "{kind:?} {raw}");
        }
    }
}

#[test]
fn every_listed_value_can_occur_and_is_blocked() {
    for entry in builtin() {
        assert!(!entry.why.is_empty());
        let Form::Values(values) = entry.form else { continue };
        let list = list(entry.kind, None).expect("no patterns");
        for value in values {
            assert!(blank::value(value, entry.kind).is_some(), "{value} is a null word: no need to list it");
            assert!(blocked(entry.kind, &list, value), "{:?} {value}", entry.kind);
            assert!(blocked(entry.kind, &list, &value.to_uppercase()), "{:?} {value}", entry.kind);
        }
    }
}

#[test]
fn own_values_are_normalized_and_patterns_match_the_whole_value() {
    let phones = own(true, &["(415) 555-2671", "5550000"], &[]);
    let phones = list(Kind::Phone, Some(&phones)).expect("no patterns");
    assert!(blocked(Kind::Phone, &phones, "+1 415.555.2671"));
    assert!(blocked(Kind::Phone, &phones, "555-0000"));
    let emails = own(true, &[" Kiosk@Example.COM "], &["till\\d+@example\\.com"]);
    let emails = list(Kind::Email, Some(&emails)).expect("a good pattern");
    for (raw, expected) in [
        ("kiosk@example.com", true),
        ("till17@example.com", true),
        ("atill17@example.com", false),
        ("till17@example.com.au", false),
        ("none@none.com", true),
    ] {
        assert_eq!(blocked(Kind::Email, &emails, raw), expected, "{raw}");
    }
    let bare = list(Kind::Email, Some(&own(false, &[], &[]))).expect("no patterns");
    assert!(!blocked(Kind::Email, &bare, "none@none.com"));
}

#[test]
fn all_faults_of_the_sections_come_at_once() {
    let nanp = Nanp::default();
    let context = Context { formats: &[], zone: &TimeZone::UTC, region: None, nanp: &nanp };
    let sections = [("email", own(true, &[], &["("])), ("phon", own(true, &[], &[])), ("id", own(true, &[], &["["]))];
    let sections = sections.into_iter().map(|(name, section)| (name.to_owned(), section)).collect();
    let problems = blocklists(&sections, context).expect_err("three faults");
    assert_eq!(problems.len(), 3);
    assert!(problems[2].fix.contains("postal_code"), "{}", problems[2]);
}
