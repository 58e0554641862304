//! One row's slots to what a record needs: its id, its time, a raw text per mapped field, and what it says about consent.
//! Nothing is copied.

use super::condition::Truths;
use super::event_time::parse;
use super::mapping::{ConsentMapping, ConsentPlace, FieldMapping, Mapping, Place, Raw, TimeMapping};
use crate::config::{ConsentWord, NamePart};
use crate::model::Kind;
use crate::normalize::consent::{self, Reading};
use crate::normalize::{blank, time};

/// What a row is evaluated against, besides its slots.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The source's mapping.
    pub mapping: &'a Mapping,
    /// The file's constants (see [`Mapping::file_names`]).
    pub constants: &'a [String],
    /// What the source's conditions say of the batch.
    pub truths: &'a Truths,
    /// Row of the batch, as `truths` counts them.
    pub row: usize,
}

/// The constants of a file: what the patterns find in its name.
pub(super) fn constants(mapping: &Mapping, file_name: &str) -> Vec<String> {
    let found = mapping.file_names.iter().map(|pattern| {
        let groups = pattern.captures(file_name)?;
        Some(groups.get(1).or_else(|| groups.get(0))?.as_str().to_owned())
    });
    found.map(Option::unwrap_or_default).collect()
}

/// Adds the joined columns to a row's slots; `joined` keeps their text.
pub(super) fn join<'a>(mapping: &Mapping, slots: &mut Vec<&'a str>, joined: &'a mut String) {
    if mapping.joins.is_empty() {
        return;
    }
    joined.clear();
    let mut ends = Vec::with_capacity(mapping.joins.len());
    for join in &mapping.joins {
        let start = joined.len();
        for part in join.slots.iter().filter_map(|slot| blank::value(slots[*slot], Kind::Name)) {
            if joined.len() > start {
                joined.push_str(&join.with);
            }
            joined.push_str(part);
        }
        ends.push(joined.len());
    }
    let joined: &'a str = joined;
    let mut start = 0;
    for end in ends {
        slots.push(&joined[start..end]);
        start = end;
    }
}

/// The row's id from its columns, `several` being room for one that is joined; `None` = all are blank or say so
/// (`null`, `n/a`).
pub(super) fn record_id<'a>(mapping: &Mapping, slots: &[&'a str], several: &'a mut String) -> Option<&'a str> {
    if let [slot] = mapping.record_id[..] {
        return blank::value(slots[slot], Kind::Id);
    }
    several.clear();
    for (number, slot) in mapping.record_id.iter().enumerate() {
        if number > 0 {
            several.push('|');
        }
        several.push_str(blank::value(slots[*slot], Kind::Id).unwrap_or(""));
    }
    (several.len() >= mapping.record_id.len()).then_some(several)
}

/// The row's time in UTC microseconds: `Ok(None)` = blank; `Err` = the value that no format reads.
pub(super) fn event_time<'a>(time: &TimeMapping, slots: &[&'a str]) -> Result<Option<i64>, &'a str> {
    let Some(raw) = time.slots.iter().find_map(|slot| blank::value(slots[*slot], Kind::Time)) else {
        return Ok(None);
    };
    parse(raw, &time.formats, &time.zone).map(Some).ok_or(raw)
}

/// The raw text of every mapped field, in their order; "" = blank. Of several places the first that says something: words
/// for nothing in the field's kind make way for the next (see [`blank`]).
pub(super) fn fields<'a>(context: Context<'a>, slots: &[&'a str], out: &mut Vec<&'a str>) {
    out.extend(context.mapping.fields.iter().map(|field| field_value(context, field, slots)));
}

/// What the row says about consent: a word and a time for each that is mapped, in their order; "" = nothing. `times` is
/// room for the times.
pub(super) fn consents<'a>(context: Context<'a>, slots: &[&'a str], times: &'a mut String, out: &mut Vec<&'a str>) {
    let mapping = context.mapping;
    if mapping.consents.is_empty() {
        return;
    }
    times.clear();
    let first = out.len();
    for said in &mapping.consents {
        let (word, place) = consent_word(context, said, slots);
        let since = place.and_then(|place| place.since.as_ref());
        out.push(word);
        out.push(match since.map(|since| event_time(since, slots)) {
            Some(Ok(Some(micros))) => {
                time::write(micros, times);
                ""
            }
            Some(Err(unread)) => unread,
            Some(Ok(None)) | None => "",
        });
        times.push('\n');
    }
    let times: &'a str = times;
    for (number, since) in times.lines().enumerate().filter(|(_, since)| !since.is_empty()) {
        out[first + 2 * number + 1] = since;
    }
}

/// What the places say, and the one that says it: the strictest counts, of equals the first. Where a value that nobody
/// knows is among them, no opt-in counts: it may have been an opt-out.
fn consent_word<'a>(
    context: Context<'a>,
    said: &'a ConsentMapping,
    slots: &[&'a str],
) -> (&'a str, Option<&'a ConsentPlace>) {
    let mut unknown = "";
    let mut strictest: Option<(ConsentWord, &ConsentPlace)> = None;
    for place in &said.places {
        let Some(raw) = blank::value(place_value(context, &place.place, slots), Kind::Consent) else { continue };
        let own = place.values.iter().find(|(from, _)| same(from.trim(), raw)).map(|(_, word)| *word);
        let constant = matches!(place.place.value, Raw::Constant(_)).then(|| constant_word(raw)).flatten();
        match own.or(constant).map_or_else(|| consent::read(place.says, raw), Reading::Said) {
            Reading::Said(ConsentWord::Nothing) => {}
            Reading::Said(word) if strictest.is_some_and(|(known, _)| known.strictness() >= word.strictness()) => {}
            Reading::Said(word) => strictest = Some((word, place)),
            Reading::Unknown if unknown.is_empty() => unknown = raw,
            Reading::Unknown => {}
        }
    }
    match strictest {
        Some((word, place)) if word != ConsentWord::OptedIn || unknown.is_empty() => (word.name(), Some(place)),
        _ => (unknown, None),
    }
}

fn constant_word(name: &str) -> Option<ConsentWord> {
    use ConsentWord::{Bounce, Complaint, Nothing, OptedIn, OptedOut};
    [OptedIn, OptedOut, Complaint, Bounce, Nothing].into_iter().find(|word| word.name() == name)
}

fn field_value<'a>(context: Context<'a>, field: &'a FieldMapping, slots: &[&'a str]) -> &'a str {
    if let [place] = &field.picks[..] {
        let value = place_value(context, place, slots);
        return if value.trim_ascii().is_empty() { "" } else { value };
    }
    let values = field.picks.iter().map(|place| place_value(context, place, slots));
    values.into_iter().find(|value| blank::value(value, field.kind).is_some()).unwrap_or("")
}

fn place_value<'a>(context: Context<'a>, place: &'a Place, slots: &[&'a str]) -> &'a str {
    let holds = |condition: Option<usize>| condition.is_none_or(|number| context.truths.holds(number, context.row));
    if !holds(place.when) {
        return "";
    }
    let raw = match &place.value {
        Raw::Slot(slot) => slots[*slot],
        Raw::Constant(constant) => constant,
        Raw::FileName(number) => &context.constants[*number],
        Raw::Cases(cases) => cases.iter().find(|(when, _)| holds(*when)).map_or("", |(_, slot)| slots[*slot]),
    };
    let raw = match place.part {
        None => raw,
        Some(part) => name_part(raw, part),
    };
    if place.map.is_empty() {
        return raw;
    }
    let wanted = raw.trim();
    place.map.iter().find(|(from, _)| same(from.trim(), wanted)).map_or(raw, |(_, to)| to)
}

/// Whether two texts differ in nothing but case.
fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// `Jane Mary Doe` and `Doe, Jane Mary`: first `Jane Mary`, last `Doe`. A single word is a first name.
fn name_part(name: &str, part: NamePart) -> &str {
    let name = name.trim();
    let (first, last) = match name.split_once(',') {
        Some((last, first)) => (first, last),
        None => name.rsplit_once(char::is_whitespace).unwrap_or((name, "")),
    };
    match part {
        NamePart::First => first.trim(),
        NamePart::Last => last.trim(),
    }
}

#[cfg(test)]
mod tests {
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
}
