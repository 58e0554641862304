//! Which of a source's columns a file has, and the faults where it lacks one that it needs.

use super::find::Found;
use super::inspect::{Sample, Seen};
use super::json;
use super::json_path::{self, Step};
use super::layout::fold;
use super::mapping::{Mapping, Need, Slot};
use crate::problem::{Problem, nearest};

/// Where a file has the mapping's slots.
#[derive(Debug)]
pub(super) enum Columns {
    /// Per slot the column, if the file has it.
    Named(Vec<Option<usize>>),
    /// Paths.
    Paths(json::Wanted),
}

/// The columns of every file. A fault per mapping entry that a file cannot serve, told once for all such files; JSON is
/// sparse, so there only the record id and the time make a fault, and a field makes a warning.
pub(super) fn check_needs(
    mapping: &Mapping,
    source: &str,
    files: &[(Found, Seen)],
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<Problem>,
) -> Vec<Columns> {
    let json = files.iter().any(|(_, seen)| matches!(seen, Seen::Jsonl(_)));
    let paths = if json { paths(mapping, problems) } else { Vec::new() };
    let mut lacks: Vec<Lack> = Vec::new();
    let mut all = Vec::new();
    for (number, (found, seen)) in files.iter().enumerate() {
        let names = seen.columns();
        let columns: Vec<Option<usize>> = match seen {
            Seen::Jsonl(sample) => paths.iter().map(|path| has_path(sample, path).then_some(0)).collect(),
            _ => mapping.slots.iter().map(|slot| position(slot, &names)).collect(),
        };
        for need in needs(mapping, all.is_empty(), matches!(seen, Seen::Jsonl(_))) {
            let missing = need.missing(&columns);
            if missing.is_empty() || is_blank(seen) {
                continue;
            }
            match lacks.iter_mut().find(|lack| lack.need.place == need.place && lack.missing == missing) {
                Some(lack) => lack.files += 1,
                None => lacks.push(Lack { need, missing, first: number, files: 1 }),
            }
        }
        all.push(match seen {
            Seen::Jsonl(_) => Columns::Paths(json::Wanted::new(&paths)),
            Seen::Csv(_) => {
                warnings.extend(doubled(mapping, &columns, &names, found, seen));
                Columns::Named(columns)
            }
            Seen::Parquet(types) => {
                problems.extend(nested(&columns, types, found));
                Columns::Named(columns)
            }
        });
    }
    for lack in lacks {
        let (found, seen) = &files[lack.first];
        let soft = matches!(seen, Seen::Jsonl(_)) && !lack.need.strict;
        let into = if soft { &mut *warnings } else { &mut *problems };
        into.push(lack.problem(mapping, source, found, seen));
    }
    all
}

/// What the mapping needs of a file. Columns of conditions are checked against the first file where they are compiled.
fn needs(mapping: &Mapping, first: bool, json: bool) -> Vec<Need> {
    let mut needs = mapping.needs.clone();
    if !first && !json {
        for rule in mapping.conditions.iter().filter(|rule| !mapping.is_by_preset(&rule.place)) {
            let slots = rule.columns.iter().map(|(_, slot)| *slot).collect();
            needs.push(Need { place: rule.place.clone(), any_of: vec![slots], strict: true });
        }
    }
    needs
}

impl Need {
    /// The columns that would have to be there; none if the need is met.
    fn missing(&self, columns: &[Option<usize>]) -> Vec<Slot> {
        let lacks = |slot: &&Slot| columns[**slot].is_none();
        if self.any_of.iter().any(|alternative| !alternative.iter().any(|slot| lacks(&slot))) {
            return Vec::new();
        }
        self.any_of.iter().flatten().filter(lacks).copied().collect()
    }
}

/// A mapping entry that files cannot serve.
struct Lack {
    need: Need,
    missing: Vec<Slot>,
    first: usize,
    files: usize,
}

impl Lack {
    fn problem(&self, mapping: &Mapping, source: &str, found: &Found, seen: &Seen) -> Problem {
        let names: Vec<String> = self.missing.iter().map(|slot| format!("\"{}\"", mapping.slots[*slot])).collect();
        let names = names.join(if self.need.any_of.len() > 1 { " or " } else { " and " });
        let more = match self.files - 1 {
            0 => String::new(),
            1 => " (nor in 1 more file)".into(),
            more => format!(" (nor in {more} more files)"),
        };
        let what = match seen {
            Seen::Jsonl(sample) => format!("no path {names} in the first {} objects{more}", sample.objects.len()),
            _ => format!("no column {names}{more}"),
        };
        let known = seen.columns();
        let mut near: Vec<&str> = Vec::new();
        for slot in &self.missing {
            near.extend(nearest(&mapping.slots[*slot], known.iter().map(String::as_str)));
        }
        near.truncate(3);
        let nearest_first = near.iter().copied().chain(known.iter().map(String::as_str).filter(|n| !near.contains(n)));
        let listed: Vec<String> =
            nearest_first.filter(|name| !name.is_empty()).take(20).map(|name| format!("\"{name}\"")).collect();
        let rest = known.len().saturating_sub(listed.len());
        let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let key = self.need.place.iter().skip(2).map(String::as_str).collect::<Vec<_>>().join(".");
        let kind = if matches!(seen, Seen::Jsonl(_)) { "paths" } else { "columns" };
        let fix = format!("change `{key}` of source \"{source}\"; its {kind} are {}{rest}", listed.join(", "));
        Problem::file(&found.shown, seen.header_line(), what, fix)
    }
}

/// The first column of that name.
fn position(slot: &str, names: &[String]) -> Option<usize> {
    let wanted = fold(slot);
    names.iter().position(|name| name == slot).or_else(|| names.iter().position(|name| fold(name) == wanted))
}

/// Whether nothing can be said of the file's columns, because it has no rows.
fn is_blank(seen: &Seen) -> bool {
    matches!(seen, Seen::Jsonl(sample) if sample.objects.is_empty())
}

fn has_path(sample: &Sample, (whole, steps): &(String, Vec<Step>)) -> bool {
    sample.objects.iter().any(|object| json_path::leads_somewhere(steps, whole, object))
}

/// Whether any of the objects has something at a path.
pub(super) fn sample_has(sample: &Sample, path: &str) -> bool {
    json_path::parse(path).is_ok_and(|steps| has_path(sample, &(path.to_owned(), steps)))
}

fn paths(mapping: &Mapping, problems: &mut Vec<Problem>) -> Vec<(String, Vec<Step>)> {
    let parsed = mapping.slots.iter().enumerate().map(|(slot, path)| {
        let steps = json_path::parse(path).unwrap_or_else(|error| {
            let need = mapping.needs.iter().find(|need| need.any_of.iter().flatten().any(|other| *other == slot));
            let rule = mapping.conditions.iter().find(|rule| rule.columns.iter().any(|(_, other)| *other == slot));
            let place = need.map(|need| &need.place).or(rule.map(|rule| &rule.place));
            let place: Vec<&str> = place.into_iter().flatten().map(String::as_str).collect();
            let fix = "write it like `context.traits.email`, `items[0].sku`, `params[key=id].value`";
            problems.push(Problem::config_at(&place, format!("`{path}` is not a JSON path: {error}"), fix));
            vec![Step::Key(path.clone())]
        });
        (path.clone(), steps)
    });
    parsed.collect()
}

/// Warnings for mapped columns whose name stands in the header twice.
fn doubled(mapping: &Mapping, columns: &[Option<usize>], names: &[String], found: &Found, seen: &Seen) -> Vec<Problem> {
    let mut warnings = Vec::new();
    for column in columns.iter().take(mapping.slots.len()).flatten() {
        let same: Vec<String> = (0..names.len())
            .filter(|other| fold(&names[*other]) == fold(&names[*column]))
            .map(|other| (other + 1).to_string())
            .collect();
        if same.len() > 1 {
            let what = format!("columns {} are all named \"{}\"", same.join(" and "), names[*column]);
            let fix = format!("column {} is read; give the others names of their own", column + 1);
            warnings.push(Problem::file(&found.shown, seen.header_line(), what, fix));
        }
    }
    warnings.dedup();
    warnings
}

/// Faults for mapped Parquet columns that hold lists or structs.
fn nested(columns: &[Option<usize>], types: &[(String, bool)], found: &Found) -> Vec<Problem> {
    let nested = columns.iter().flatten().filter(|column| types[**column].1);
    let fault = |column: &usize| {
        let what = format!("column \"{}\" holds lists or structs", types[*column].0);
        Problem::file(&found.shown, None, what, "map plain columns; export nested data as JSON Lines")
    };
    nested.map(fault).collect()
}
