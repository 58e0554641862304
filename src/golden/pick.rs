//! The rules themselves: which record wins, or what comes of all of them.

use std::cmp::Ordering;
use std::fmt::Write;

use super::columns::ColumnBuilder;
use super::decode;
use super::member::Members;
use super::plan::{Aggregate, Choice, FieldOf, Survival};
use crate::model::{Sum, Value, ValueType};

/// Memory that is used again for every person.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    candidates: Vec<u32>,
    text: String,
}

impl Survival {
    /// The member whose values win; `None` = nobody has one. `fields` win together: only the records that have the
    /// most of them filled take part.
    pub(super) fn winner(&self, members: &Members<'_>, fields: &[FieldOf], scratch: &mut Scratch) -> Option<usize> {
        let candidates = &mut scratch.candidates;
        candidates.clear();
        if let [(field, _)] = *fields {
            // In the order of recency the first is the newest, and needs no list.
            let mut filled = (0..members.len()).filter(|&member| !members.cell(member, field).is_empty());
            if *self == Self::MostRecent || members.len() == 1 {
                return filled.next();
            }
            candidates.extend(filled.map(|member| member as u32));
        } else {
            let mut most = 1;
            for member in 0..members.len() {
                let filled = fields.iter().filter(|(field, _)| !members.cell(member, *field).is_empty()).count();
                if filled > most {
                    most = filled;
                    candidates.clear();
                }
                if filled == most {
                    candidates.push(member as u32);
                }
            }
        }
        let first = *candidates.first()? as usize;
        if candidates.len() == 1 {
            return Some(first);
        }
        match self {
            Self::MostRecent => Some(first),
            // An unknown time is not taken for an early one.
            Self::Oldest => smallest(candidates, |member| match members.all[member].time {
                i64::MIN => i64::MAX,
                time => time,
            }),
            Self::Longest => smallest(candidates, |member| {
                let length = |field| decode(members.cell(member, field), ValueType::Text).map_or(0, characters);
                std::cmp::Reverse(fields.iter().map(|&(field, _)| length(field)).sum::<usize>())
            }),
            Self::SourcePriority(ranks) => {
                smallest(candidates, |member| ranks[usize::from(members.all[member].source)])
            }
            Self::MostFrequent => Some(most_frequent(members, fields, candidates)),
            Self::Min => extreme(members, fields, candidates, Ordering::Less),
            Self::Max => extreme(members, fields, candidates, Ordering::Greater),
        }
    }
}

/// The first candidate with the smallest key.
fn smallest<K: Ord>(candidates: &[u32], key: impl Fn(usize) -> K) -> Option<usize> {
    candidates.iter().map(|&member| member as usize).min_by_key(|&member| key(member)) // the first of equals
}

fn characters(value: Value<'_>) -> usize {
    match value {
        Value::Text(text) => text.chars().count(),
        _ => 0,
    }
}

/// The first candidate whose value stands on the given side of all others.
fn extreme(members: &Members<'_>, fields: &[FieldOf], candidates: &[u32], side: Ordering) -> Option<usize> {
    let order = |a: usize, b: usize| compare_all(members, fields, a, b);
    let better = |best: usize, next: usize| if order(next, best) == side { next } else { best };
    candidates.iter().map(|&member| member as usize).reduce(better)
}

/// The first candidate with the value that most candidates have; among equally frequent values, the one whose newest
/// record is newer.
fn most_frequent(members: &Members<'_>, fields: &[FieldOf], candidates: &mut [u32]) -> usize {
    let first = candidates[0] as usize;
    if candidates.len() == 2 {
        return first; // twice the same, or once each
    }
    let order = |a: u32, b: u32| compare_all(members, fields, a as usize, b as usize);
    candidates.sort_unstable_by(|&a, &b| order(a, b).then(a.cmp(&b)));
    let (mut best, mut count) = (first, 0);
    for equal in candidates.chunk_by(|&a, &b| order(a, b) == Ordering::Equal) {
        let newest = equal[0] as usize;
        if equal.len() > count || equal.len() == count && newest < best {
            (best, count) = (newest, equal.len());
        }
    }
    best
}

fn compare_all(members: &Members<'_>, fields: &[FieldOf], a: usize, b: usize) -> Ordering {
    fields.iter().fold(Ordering::Equal, |order, &(field, kind)| {
        order.then_with(|| compare(members.cell(a, field), members.cell(b, field), kind))
    })
}

/// Order of two raw values of a type; no value before all others. Text by bytes.
fn compare(a: &[u8], b: &[u8], kind: ValueType) -> Ordering {
    if kind == ValueType::Text {
        return a.cmp(b);
    }
    match (decode(a, kind), decode(b, kind)) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => a.partial_cmp(&b).unwrap_or_else(|| a.total_cmp(&b)),
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(&b),
        (Some(Value::Date(a)), Some(Value::Date(b))) => a.cmp(&b),
        (Some(Value::Time(a)), Some(Value::Time(b))) => a.cmp(&b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

impl Aggregate {
    /// Pushes what comes of all of a person's values.
    pub(super) fn push(self, members: &Members<'_>, field: FieldOf, scratch: &mut Scratch, to: &mut ColumnBuilder) {
        let (field, kind) = field;
        let cells = || (0..members.len()).map(|member| members.cell(member, field)).filter(|raw| !raw.is_empty());
        let flags = || cells().filter_map(|raw| flag(decode(raw, kind)));
        match self {
            Self::Sum => {
                let mut sum = Sum::default();
                let mut any = false;
                for raw in cells() {
                    if let Some(Value::Number(number)) = decode(raw, kind) {
                        sum.add(number);
                        any = true;
                    }
                }
                to.push(any.then(|| Value::Number(sum.value())));
            }
            Self::Count => to.push_count(cells().count()),
            Self::Any => to.push(flags().reduce(|a, b| a | b).map(Value::Bool)),
            Self::All => to.push(flags().reduce(|a, b| a & b).map(Value::Bool)),
            Self::CountDistinct => to.push_count(distinct(members, (field, kind), scratch).len()),
            Self::Collect => {
                let mut text = std::mem::take(&mut scratch.text);
                text.clear();
                for &member in distinct(members, (field, kind), scratch) {
                    if !text.is_empty() {
                        text.push('|');
                    }
                    write_value(&mut text, decode(members.cell(member as usize, field), kind));
                }
                to.push((!text.is_empty()).then_some(Value::Text(&text)));
                scratch.text = text;
            }
        }
    }
}

fn flag(value: Option<Value<'_>>) -> Option<bool> {
    match value {
        Some(Value::Bool(flag)) => Some(flag),
        _ => None,
    }
}

/// One member per different value, by value.
fn distinct<'s>(members: &Members<'_>, (field, kind): FieldOf, scratch: &'s mut Scratch) -> &'s [u32] {
    let candidates = &mut scratch.candidates;
    candidates.clear();
    candidates.extend((0..members.len() as u32).filter(|&member| !members.cell(member as usize, field).is_empty()));
    let order = |a: u32, b: u32| compare(members.cell(a as usize, field), members.cell(b as usize, field), kind);
    if candidates.len() > 1 {
        candidates.sort_unstable_by(|&a, &b| order(a, b).then(a.cmp(&b)));
        candidates.dedup_by(|a, b| order(*a, *b) == Ordering::Equal);
    }
    candidates
}

/// A value as `collect` shows it: dates and times in ISO 8601.
fn write_value(text: &mut String, value: Option<Value<'_>>) {
    let written = match value {
        None => Ok(()),
        Some(Value::Text(value)) => write!(text, "{value}"),
        Some(Value::Number(value)) => write!(text, "{value}"),
        Some(Value::Bool(value)) => write!(text, "{value}"),
        Some(Value::Date(days)) => match moment(i64::from(days).checked_mul(86_400_000_000)) {
            Some(at) => write!(text, "{}", at.strftime("%Y-%m-%d")),
            None => write!(text, "{days}"),
        },
        Some(Value::Time(micros)) => match moment(Some(micros)) {
            Some(at) => write!(text, "{at}"),
            None => write!(text, "{micros}"),
        },
    };
    written.expect("writing to a string cannot fail");
}

fn moment(micros: Option<i64>) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(micros?).ok()
}

impl Choice {
    /// Whether the rule picks a record, so that several fields can win together.
    pub(super) fn suits_groups(&self) -> bool {
        use Survival::{Longest, MostFrequent, MostRecent, Oldest, SourcePriority};
        matches!(self, Self::Record(MostRecent | Oldest | MostFrequent | Longest | SourcePriority(_)))
    }
}
