//! Fields, identifiers and placeholders.

use super::*;

#[test]
fn declared_fields_exist_and_only_times_have_formats() {
    refused("end", "[fields.frist_name]\nkind = 'name'", "fields.frist_name", "did you mean \"first_name\"?");
    refused("end", "[fields.city]\nkind = 'text'\nformats = ['%F']", "fields.city.formats", "only dates and times");
    refused("end", "[fields.city]\nkind = 'date'\nformats = ['%F', 'x']", "fields.city.formats.1", "no % field");
    accepted("end", "[fields.city]\nkind = 'date'\nformats = ['%F', '%d.%m.%Y']");
}

#[test]
fn identifiers_are_read_from_mapped_fields() {
    refused("end", "[identifiers.e_mail]", "identifiers.e_mail", "did you mean \"email\"?");
    refused("end", "[identifiers.Phone]\nfields = ['phone']", "identifiers.Phone", "call it \"phone\"");
    refused("end", "[identifiers.tel]\nfields = ['phnoe']", "identifiers.tel.fields.0", "did you mean \"phone\"?");
    refused("end", "[identifiers.tel]\nfields = ['phone', 'phone']", "identifiers.tel.fields.1", "twice");
    refused("end", "[identifiers.x]\ncompound = true\nfields = ['city']", "identifiers.x.fields", "fewer than two");
    refused("email", "conflict = ['name_first']", "identifiers.email.conflict.0", "no source maps");
    refused("email", "proxy = ['last_name']", "identifiers.email.proxy.0", "no source maps");
    accepted("end", "[identifiers.phone]\n[identifiers.x]\ncompound = true\nfields = ['city', 'first_name']");
}

#[test]
fn hashed_identifiers_name_the_raw_one() {
    let hashed = |rest: &str| format!("[identifiers.hashed]\nkind = 'hash'\nfields = ['city']\n{rest}");
    accepted("end", &hashed("of = 'email'\nalgorithm = 'md5'"));
    refused("end", &hashed("of = 'emial'"), "identifiers.hashed.of", "did you mean \"email\"?");
    refused("end", &hashed("of = 'hashed'"), "identifiers.hashed.of", "itself hashed");
    refused("end", &hashed("algorithm = 'md5'"), "identifiers.hashed.algorithm", "without `of`");
    refused("card", "of = 'email'", "identifiers.card_no.of", "for kind \"hash\" only");
}

#[test]
fn settings_fit_their_kind() {
    refused("email", "priority = 0", "identifiers.email.priority", "begin at 1");
    refused("email", "ignore_case = true", "identifiers.email.ignore_case", "\"id\" and \"device\" only");
    refused("card", "ignore_dots = ['gmail.com']", "identifiers.card_no.ignore_dots", "\"email\" only");
    refused("card", "ignore_tags = ['*']", "identifiers.card_no.ignore_tags", "\"email\" only");
    accepted("email", "ignore_dots = ['gmail.com']\nignore_tags = ['*']\npriority = 1");
    accepted("card", "ignore_case = true");
}

#[test]
fn there_are_at_most_64_identifiers() {
    let many =
        |count: usize| (0..count).map(|i| format!("[identifiers.n{i}]\nfields = ['city']\n")).collect::<String>();
    accepted("end", &many(62));
    refused("end", &many(63), "identifiers", "65 identifiers; at most 64");
}

#[test]
fn placeholders_are_of_a_kind_that_has_a_list() {
    refused("end", "[placeholders.emails]", "placeholders.emails", "did you mean \"email\"?");
    refused("end", "[placeholders.money]", "placeholders.money", "kinds are");
    accepted("end", "[placeholders.email]\nvalues = ['x@y.example']\n[placeholders.postal_code]\nbuiltin = false");
}
