//! One `[[source]]` from a group of files.

use super::columns::{Guess, Role, Sure};
use super::fields::fields;
use super::group::{Group, channel};
use super::join::SharedId;
use super::names::{Entity, words};
use super::text::{Line, quoted, spec};

/// A source as it is written, and what later parts of the config need to know of it.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Lines above `[source.fields]`.
    pub head: Vec<Line>,
    /// Lines of `[source.fields]`.
    pub fields: Vec<Line>,
    /// Lines of `[source.consent]`.
    pub consent: Vec<Line>,
    /// Columns that are not mapped, in words.
    pub left: Vec<String>,
    /// Fields that hold the digest of an address or number: (name, of an address, hexadecimal digits).
    pub digests: Vec<(String, bool, usize)>,
    /// Fields that are yes or no.
    pub bools: Vec<String>,
    /// Whether the times of its rows say no zone.
    pub local_times: bool,
    /// Formats of birth dates; none = read without being told.
    pub birth_formats: Vec<String>,
}

/// Writes a group down; `number` is its place among the groups, `is_part` whether its amounts are in those of another group,
/// `ids` those of all groups, `path` its path in TOML.
#[must_use]
pub fn write(group: &Group, (number, is_part): (usize, bool), ids: &[SharedId], path: &str) -> Written {
    let mut written = Written::default();
    let mut head = |key: &str, value: String, note: String| written.head.push(Line::new(key, value, note));
    head("name", quoted(&group.name), String::new());
    if let Some((preset, share)) = group.preset {
        let (found, all) = preset.recognized(&names(group));
        let sure = if share >= 0.99 { Sure::Certain } else { Sure::Likely };
        let note = format!("{}: {found} of {all} telling columns are there; {}", sure.word(), preset.title);
        head("preset", quoted(&preset.name), note);
    }
    let (channel, sure) = channel(group);
    if group.preset.is_none() {
        head(
            "channel",
            quoted(&channel),
            if sure { "likely: by its name" } else { "a guess: nothing tells it" }.into(),
        );
    }
    head("path", path.to_owned(), format!("{} rows looked at", group.look.rows));
    if let Some(encoding) = group.look.encoding {
        head("encoding", quoted(encoding), "likely: its bytes are no UTF-8".into());
    }
    if group.look.spaces {
        head("delimiter", quoted("spaces"), "sure".into());
    }
    if group.preset.is_some() {
        return written;
    }
    if group.headless {
        let names: Vec<String> = names(group).iter().map(|name| quoted(name)).collect();
        head("columns", format!("[{}]", names.join(", ")), "likely: the first line holds values, no names".into());
    }
    if let Some(key) = record_id(group) {
        let note = match (key.shape.rows - key.shape.distinct, group.look.whole) {
            (0, true) => "likely: no value occurs twice".to_owned(),
            (0, false) => "likely: no value occurs twice in these rows".to_owned(),
            (again, _) => {
                format!("likely: {again} of {} rows repeat a key; the newest of a key is kept", key.shape.rows)
            }
        };
        head("record_id", quoted(&key.column), note);
    }
    let mut written_local = false;
    if let Some((guess, format)) = event_time(group) {
        let note = match &guess.role {
            Role::Time(time) if time.ambiguous => "a guess: day and month may be the other way round".to_owned(),
            _ => format!(
                "{}: {}",
                guess.sure.word(),
                if format.is_some() { "all values fit" } else { "times as they stand" }
            ),
        };
        written_local = matches!(&guess.role, Role::Time(time) if time.no_zone);
        let note = if written_local { format!("{note}; they say no zone") } else { note };
        let value = match format {
            None => quoted(&guess.column),
            Some(format) => spec(&[("column", quoted(&guess.column)), ("format", quoted(&format))]),
        };
        head("event_time", value, note);
    }
    let used: Vec<&str> = record_id(group)
        .into_iter()
        .chain(event_time(group).map(|(guess, _)| guess))
        .map(|g| g.column.as_str())
        .collect();
    written.local_times = written_local;
    fields(group, (number, is_part), ids, &used, &mut written);
    written
}

fn names(group: &Group) -> Vec<String> {
    group.look.columns.iter().map(|column| column.name.clone()).collect()
}

/// The key of the rows: an id of which no value occurs twice.
fn record_id(group: &Group) -> Option<&Guess> {
    let rank = |guess: &Guess| match &guess.role {
        Role::Id(Entity::Row) => Some(0),
        Role::Id(entity) if group.rows_are.as_ref() == Some(entity) => Some(1),
        Role::Id(Entity::Other(_) | Entity::Purchase(_)) if group.look.rows >= 3 => Some(2),
        _ => None,
    };
    let keys = group.guesses.iter().filter(|guess| guess.shape.is_nearly_key());
    keys.filter_map(|guess| Some((rank(guess)?, guess))).min_by_key(|(rank, _)| *rank).map(|(_, guess)| guess)
}

/// The time that says most of when the row happened.
fn event_time(group: &Group) -> Option<(&Guess, Option<String>)> {
    const BEST: [&[&str]; 7] = [
        &["timestamp", "occurred", "datetime"],
        &["sold", "order", "ordered", "purchased", "purchase", "invoice", "event", "transaction", "visit"],
        &["sent"],
        &["updated", "modified", "changed"],
        &["created", "registered", "joined", "signup"],
        &["date", "time", "day"],
        &[""],
    ];
    let rank = |guess: &Guess| {
        let words = words(&guess.column);
        if words.iter().any(|word| {
            matches!(
                word.as_str(),
                "synced"
                    | "deleted"
                    | "expires"
                    | "expiry"
                    | "received"
                    | "expected"
                    | "next"
                    | "due"
                    | "predicted"
                    | "custom"
            )
        }) {
            return 8;
        }
        BEST.iter().position(|best| words.iter().any(|word| best.contains(&word.as_str()))).unwrap_or(7)
    };
    let timed = group.guesses.iter().filter_map(|guess| match &guess.role {
        Role::Time(time) if guess.shape.fill() >= 0.3 => Some((guess, time.format.clone())),
        _ => None,
    });
    timed.min_by_key(|(guess, _)| rank(guess))
}
