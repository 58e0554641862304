//! What links the records of the files: `[identifiers]`, strongest first.

use super::columns::Role;
use super::group::Group;
use super::join::SharedId;
use super::source::Written;
use super::text::{Line, lines, quoted};
use crate::config::FieldConfig;
use crate::model::Kind;

/// Names, and days or places, together, where there is nothing better.
pub(super) fn compound(groups: &[Group]) -> Option<Vec<&'static str>> {
    let has = |name: &'static str| {
        groups
            .iter()
            .all(|group| group.guesses.iter().any(|guess| guess.role == Role::Field(name) && guess.shape.fill() > 0.5))
    };
    let third = ["birth_date", "postal_code"].into_iter().find(|name| has(name))?;
    (has("first_name") && has("last_name")).then(|| vec!["first_name", "last_name", third])
}

/// Name, keys, and why.
pub(super) type Identifier = (String, Vec<Line>, String);

pub(super) fn identifiers(
    groups: &[Group],
    written: &[(usize, Written)],
    ids: &[SharedId],
    compound: Option<Vec<&str>>,
) -> Vec<Identifier> {
    let mut found: Vec<(u32, Identifier)> = Vec::new();
    let mut put = |order: u32, name: &str, keys: Vec<Line>, why: String| {
        if found.iter().all(|(_, (known, ..))| known != name) {
            found.push((order, (name.to_owned(), keys, why)));
        }
    };
    let several = || Line::new("max_per_person", "0".into(), "one person may have several".into());
    let mut fields: Vec<String> =
        written.iter().flat_map(|(_, written)| &written.fields).map(|line| line.key.clone()).collect();
    for (number, _) in written {
        let Some((preset, _)) = groups[*number].preset else { continue };
        let there = |field: &str| groups[*number].has(preset, field);
        fields.extend(preset.source.fields.keys().filter(|field| there(field)).cloned());
        for id in preset.identifiers.iter().filter(|id| there(id)) {
            let keys = if preset.repeats.contains(id) { vec![several()] } else { Vec::new() };
            put(if keys.is_empty() { 1 } else { 4 }, id, keys, format!("of preset {}", preset.name));
        }
        let hashed = |(_, config): &(&String, &FieldConfig)| config.kind == Kind::Hash;
        for (field, _) in preset.fields.iter().filter(hashed).filter(|(field, _)| there(field)) {
            digest(&mut put, field, field.starts_with("email"), 64);
        }
    }
    for id in ids.iter().filter(|id| id.columns.iter().any(|(group, _)| written.iter().any(|(kept, _)| kept == group)))
    {
        let mut keys = Vec::new();
        if id.device {
            keys.push(Line::new("kind", quoted("device"), String::new()));
        } else if id.repeats {
            keys.push(several());
        }
        let order = if id.device {
            6
        } else if id.repeats {
            4
        } else {
            1
        };
        put(order, &id.name, keys, format!("{}: {}", id.sure.word(), id.why));
    }
    for (order, name) in [(2, "email"), (3, "phone")] {
        if fields.iter().any(|field| field == name) {
            put(order, name, Vec::new(), String::new());
        }
    }
    for (name, email, digits) in written.iter().flat_map(|(_, written)| &written.digests) {
        digest(&mut put, name, *email, *digits);
    }
    if let Some(parts) = compound {
        let parts: Vec<String> = parts.into_iter().map(quoted).collect();
        let keys = vec![
            Line::new("compound", "true".into(), String::new()),
            Line::new("fields", format!("[{}]", parts.join(", ")), "all of them together".into()),
        ];
        put(5, "same_person", keys, "a guess: nothing better is there".into());
    }
    // A digest meets plain values where there are any.
    let plain: Vec<String> = found.iter().map(|(_, (name, ..))| name.clone()).collect();
    for (_, (_, keys, _)) in &mut found {
        keys.retain(|line| {
            line.key != "of" && line.key != "algorithm" || {
                let of = if line.key == "of" { line.value.trim_matches('"') } else { line.note.as_str() };
                plain.iter().any(|name| name == of)
            }
        });
        keys.iter_mut().filter(|line| line.key == "algorithm").for_each(|line| line.note.clear());
    }
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, identifier)| identifier).collect()
}

/// The algorithm of digests of so many hexadecimal digits, as the config names it.
pub(super) fn algorithm(digits: usize) -> &'static str {
    match digits {
        32 => "md5",
        40 => "sha1",
        _ => "sha256",
    }
}

/// Takes an identifier: its place in the order, name, keys, and why.
type Put<'a> = dyn FnMut(u32, &str, Vec<Line>, String) + 'a;

fn digest(put: &mut Put<'_>, field: &str, email: bool, digits: usize) {
    let of = if email { "email" } else { "phone" };
    let keys = vec![
        Line::new("kind", quoted("hash"), String::new()),
        Line::new("fields", format!("[{}]", quoted(field)), String::new()),
        Line::new("of", quoted(of), "plain values are hashed the same way and meet these".into()),
        Line::new("algorithm", quoted(algorithm(digits)), of.to_owned()),
    ];
    put(2, &format!("{of}_hash"), keys, "likely: hexadecimal digests".into());
}

pub(super) fn identifier_text(name: &str, keys: &[Line], why: &str) -> String {
    let head = format!("[identifiers.{name}]");
    let note = if why.is_empty() { String::new() } else { format!("  # {why}") };
    format!("\n{head}{note}\n{}", lines(keys))
}
