//! Rows of cells through mappings written as TOML.

use super::*;
use crate::config::{self, Config};

/// The fields of one row, the mapping being TOML and the slots those that it makes, in order.
fn evaluated(fields: &str, slots: &[&str], file_name: &str) -> Vec<String> {
    let source = format!("name = \"s\"\nchannel = \"web\"\npath = \"x.csv\"\n[fields]\n{fields}");
    let config = Config { source: vec![toml::from_str(&source).expect("a source")], ..Config::default() };
    let (schema, _) = config::schema(&config);
    let mapping = Mapping::new(&config.source[0], 0, &config.project, &schema, false, &mut Vec::new());
    let constants = constants(&mapping, file_name);
    let (mut slots, mut joined, mut out) = (slots.to_vec(), String::new(), Vec::new());
    assert_eq!(slots.len(), mapping.slots.len(), "the test gives every slot: {:?}", mapping.slots);
    join(&mapping, &mut slots, &mut joined);
    let truths = Truths::default();
    fields_of(&mapping, &constants, &truths, &slots, &mut out);
    out.into_iter().map(str::to_owned).collect()
}

fn fields_of<'a>(
    mapping: &'a Mapping,
    constants: &'a [String],
    truths: &'a Truths,
    slots: &[&'a str],
    out: &mut Vec<&'a str>,
) {
    fields(Context { mapping, constants, truths, row: 0 }, slots, out);
}

#[test]
fn the_first_alternative_that_is_not_blank_gives_the_value() {
    let mapping = "phone = [\"mobile\", \"phone\", { constant = \"00\" }]";
    assert_eq!(evaluated(mapping, &["  ", "555"], ""), ["555"]);
    assert_eq!(evaluated(mapping, &["n/a", "555"], ""), ["555"]);
    assert_eq!(evaluated(mapping, &["\t", "-"], ""), ["00"]);
}

#[test]
fn joined_columns_leave_blanks_out() {
    let mapping = "street = { join = [\"a\", \"b\", \"c\"], with = \", \" }\nx = \"b\"";
    assert_eq!(evaluated(mapping, &[" 6th St ", " ", "Apt 5"], ""), ["6th St, Apt 5", ""]);
    assert_eq!(evaluated(mapping, &["", "", ""], ""), ["", ""]);
}

#[test]
fn the_file_name_gives_a_value() {
    let mapping = "status = { file_name = \"^([a-z]+)_email\", map = { cleaned = \"bounced\" } }\nday = { file_name = \"[0-9]{8}\" }";
    assert_eq!(evaluated(mapping, &[], "unsubscribed_email_audience_20240501.csv"), ["unsubscribed", "20240501"]);
    assert_eq!(evaluated(mapping, &[], "cleaned_email.csv"), ["bounced", ""]);
}

#[test]
fn mapped_values_ignore_case_and_others_stay() {
    let mapping = "optin = { column = \"a\", map = { \"Y\" = \"true\", \"ÄH\" = \"maybe\", \"n/a\" = \"\" } }";
    for (raw, value) in [(" y", "true"), ("äh", "maybe"), ("N/A", ""), ("no", "no")] {
        assert_eq!(evaluated(mapping, &[raw], ""), [value]);
    }
}

#[test]
fn a_full_name_has_two_parts() {
    let mapping = "first = { column = \"n\", part = \"first\" }\nlast = { column = \"n\", part = \"last\" }";
    for (name, first, last) in [
        ("Jane Mary Doe", "Jane Mary", "Doe"),
        (" Doe , Jane Mary ", "Jane Mary", "Doe"),
        ("Cher", "Cher", ""),
        ("", "", ""),
    ] {
        assert_eq!(evaluated(mapping, &[name], ""), [first, last]);
    }
}

/// Word and time of one row, the mapping being what stands behind `[consent]`.
fn consent_of(mapping: &str, slots: &[&str], file_name: &str) -> Vec<String> {
    let source = format!("name = \"s\"\nchannel = \"web\"\npath = \"x.csv\"\n[consent]\n{mapping}");
    let config = Config { source: vec![toml::from_str(&source).expect("a source")], ..Config::default() };
    let (schema, _) = config::schema(&config);
    let mut faults = Vec::new();
    let mapping = Mapping::new(&config.source[0], 0, &config.project, &schema, false, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    let constants = constants(&mapping, file_name);
    assert_eq!(slots.len(), mapping.slots.len(), "the test gives every slot: {:?}", mapping.slots);
    let (truths, mut times, mut out) = (Truths::default(), String::new(), Vec::new());
    let context = Context { mapping: &mapping, constants: &constants, truths: &truths, row: 0 };
    consents(context, slots, &mut times, &mut out);
    out.into_iter().map(str::to_owned).collect()
}

#[test]
fn consent_is_a_word_and_a_time() {
    let mapping = "email = { column = \"s\", since = { column = \"t\", format = \"%d.%m.%Y\" } }\nsms = \"m\"";
    let said = consent_of(mapping, &["Subscribed", "24.12.2025", "no"], "");
    assert_eq!(said, ["opted_in", "2025-12-24T00:00:00Z", "opted_out", ""]);
    assert_eq!(consent_of(mapping, &["pending", "24.12.2025", "n/a"], ""), ["", "", "", ""]);
    assert_eq!(consent_of(mapping, &["no", "soon", "?!"], ""), ["opted_out", "soon", "?!", ""]);
}

#[test]
fn the_strictest_of_several_places_counts() {
    let mapping = "email = [{ column = \"why\", says = \"reason\" }, \"state\"]";
    assert_eq!(consent_of(mapping, &["[]", "SUBSCRIBED"], "")[0], "opted_in");
    assert_eq!(consent_of(mapping, &["[\"SPAM_COMPLAINT\"]", "SUBSCRIBED"], "")[0], "complaint");
    assert_eq!(consent_of(mapping, &["[\"HARD_BOUNCE\"]", "UNSUBSCRIBED"], "")[0], "opted_out");
    assert_eq!(consent_of(mapping, &["[\"HARD_BOUNCE\"]", "SUBSCRIBED"], "")[0], "bounce");
}

#[test]
fn a_value_that_nobody_knows_is_never_overruled_by_an_opt_in() {
    let mapping = "email = [\"a\", \"b\"]";
    assert_eq!(consent_of(mapping, &["abbestellt", "subscribed"], "")[0], "abbestellt");
    assert_eq!(consent_of(mapping, &["subscribed", "abbestellt"], "")[0], "abbestellt");
    assert_eq!(consent_of(mapping, &["abbestellt", "unsubscribed"], "")[0], "opted_out");
}

#[test]
fn values_of_ones_own_stand_above_the_usual_meaning() {
    let mapping = "email = { column = \"a\", values = { \"Abbestellt\" = \"opted_out\", no = \"nothing\" } }";
    assert_eq!(consent_of(mapping, &["abbestellt"], "")[0], "opted_out");
    assert_eq!(consent_of(mapping, &["No"], "")[0], "");
    assert_eq!(consent_of("email = { constant = \"opted_in\" }", &[], "")[0], "opted_in");
    let by_name = "email = { file_name = \"^(unsubscribed|subscribed|cleaned)\" }";
    assert_eq!(consent_of(by_name, &[], "unsubscribed_members.csv")[0], "opted_out");
    assert_eq!(consent_of(by_name, &[], "cleaned_members.csv")[0], "bounce");
}

#[test]
fn several_columns_make_one_record_id() {
    let source = "name = \"s\"\nchannel = \"pos\"\npath = \"x\"\nrecord_id = [\"store\", \"receipt\"]";
    let config = Config { source: vec![toml::from_str(source).expect("a source")], ..Config::default() };
    let (schema, _) = config::schema(&config);
    let mapping = Mapping::new(&config.source[0], 0, &config.project, &schema, false, &mut Vec::new());
    let mut room = String::new();
    assert_eq!(record_id(&mapping, &[" 7 ", "0012"], &mut room), Some("7|0012"));
    assert_eq!(record_id(&mapping, &["", "0012"], &mut room), Some("|0012"));
    assert_eq!(record_id(&mapping, &[" ", "NULL"], &mut room), None);
}
