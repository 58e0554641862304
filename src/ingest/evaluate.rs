//! One row's slots to what a record needs: its id, its time, a raw text per mapped field, and what it says about consent.
//! Nothing is copied.

#[cfg(test)]
mod tests;

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
