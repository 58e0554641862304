//! A config from files that no config speaks of yet: what they are, which columns identify a person, and how sure that
//! is. Pure: it gets looks at files and gives text. No value of the files goes into that text.

mod columns;
mod group;
mod join;
mod names;
mod regions;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod times;
mod values;

use crate::ingest::Look;
use crate::problem::Problem;
use columns::Role;
use group::Group;
use join::SharedId;
use source::Written;
use text::{Line, lines, quoted};

/// A config that was guessed.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The text of the config.
    pub toml: String,
    /// What was guessed, for the terminal.
    pub told: String,
}

/// Drafts a config. `paths` gives the TOML value of `path` for files of one source.
pub fn draft(looks: Vec<Look>, paths: &dyn Fn(&[String]) -> String) -> Result<Draft, Problem> {
    let groups = group::groups(looks);
    let ids = join::shared_ids(&groups);
    let linked = |number: usize| {
        groups[number].is_linked() || ids.iter().any(|id| id.columns.iter().any(|(group, _)| *group == number))
    };
    let (kept, left): (Vec<usize>, Vec<usize>) = (0..groups.len()).partition(|number| linked(*number));
    let compound = if kept.is_empty() { compound(&groups) } else { None };
    if kept.is_empty() && compound.is_none() {
        let what = "no column of these files identifies a person: no e-mail address, phone number, id or cookie";
        let fix = "add an export that names persons; rows alone cannot be linked";
        return Err(Problem {
            place: crate::problem::Place::Argument("FILES".into()),
            what: what.into(),
            fix: fix.into(),
        });
    }
    let (kept, left) = if kept.is_empty() { ((0..groups.len()).collect(), Vec::new()) } else { (kept, left) };
    let parts = join::parts_of_purchases(&groups, &ids);
    let written: Vec<(usize, Written)> = kept
        .iter()
        .map(|&number| {
            let is_part = parts.contains(&number);
            (number, source::write(&groups[number], (number, is_part), &ids, &paths(&groups[number].paths)))
        })
        .collect();
    let region = region(&groups, &kept);
    let identifiers = identifiers(&groups, &written, &ids, compound);
    let mut toml = String::from(
        "# Written by `onefold init` from the first rows of the files. What was guessed says how sure that is: sure, likely,\n\
         # or a guess. Next: `onefold check` looks at all of it, `onefold run` makes customers. Every key: docs/config.md.\n\n",
    );
    toml += "[project]\n";
    toml += &match &region {
        Some((region, share)) => lines(&[Line::new(
            "default_region",
            quoted(region),
            format!("likely: reads {:.0} % of the phone numbers that name no country", 100.0 * share),
        )]),
        None => "# default_region = \"US\"  # the country of phone numbers that name none\n".to_owned(),
    };
    let local: Vec<&str> =
        written.iter().filter(|(_, w)| w.local_times).map(|(n, _)| groups[*n].name.as_str()).collect();
    if !local.is_empty() {
        let what = format!("times of {} say no zone: UTC unless you say where", local.join(", "));
        toml += &format!("# time_zone = \"America/New_York\"  # {what}\n");
    }
    for (number, written) in &written {
        toml += &source_text(&groups[*number], written);
    }
    for number in &left {
        toml += &format!("\n# Left out, for no column identifies a person: {}\n", groups[*number].paths.join(", "));
    }
    toml += &kinds(&written);
    toml += &identifiers.iter().map(|(name, lines_of, why)| identifier_text(name, lines_of, why)).collect::<String>();
    toml += &traits(&groups, &written, &ids);
    let told = told(&groups, &written, &left, &identifiers, region.as_ref());
    Ok(Draft { toml, told })
}

fn source_text(group: &Group, written: &Written) -> String {
    let mut text = format!("\n[[source]]\n{}", lines(&written.head));
    if !written.fields.is_empty() {
        text += &format!("[source.fields]\n{}", lines(&written.fields));
    }
    if !written.consent.is_empty() {
        text += &format!("[source.consent]\n{}", lines(&written.consent));
    }
    if !written.left.is_empty() {
        text += "# Not mapped; take the # away to have one:\n";
        written.left.iter().for_each(|line| text += &format!("# {line}\n"));
    }
    if let Some((preset, _)) = group.preset {
        text += &format!("# What is what: docs/presets.md#{}; [source.fields] stands above it.\n", preset.name);
    }
    text
}

/// The country of national phone numbers, with the share of them that it reads.
fn region(groups: &[Group], kept: &[usize]) -> Option<(&'static str, f64)> {
    let columns = |role: fn(&Role) -> bool| {
        let all = kept.iter().flat_map(|number| groups[*number].guesses.iter().zip(&groups[*number].look.columns));
        let fits = move |pair: &(&columns::Guess, &crate::ingest::LookColumn)| role(&pair.0.role);
        all.filter(fits)
            .flat_map(|(_, column)| &column.values)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    };
    let numbers: Vec<&str> = columns(|role| *role == Role::Phone).collect();
    let mut countries: Vec<&str> = columns(|role| *role == Role::Field("country"))
        .filter_map(|value| crate::normalize::country::parse(value).ok())
        .collect();
    countries.sort_unstable();
    let most = countries.chunk_by(|one, other| one == other).max_by_key(|run| run.len()).map(|run| run[0]);
    regions::guess(&numbers, most)
}

/// Names, and days or places, together, where there is nothing better.
fn compound(groups: &[Group]) -> Option<Vec<&'static str>> {
    let has = |name: &'static str| {
        groups
            .iter()
            .all(|group| group.guesses.iter().any(|guess| guess.role == Role::Field(name) && guess.shape.fill() > 0.5))
    };
    let third = ["birth_date", "postal_code"].into_iter().find(|name| has(name))?;
    (has("first_name") && has("last_name")).then(|| vec!["first_name", "last_name", third])
}

/// Name, keys, and why.
type Identifier = (String, Vec<Line>, String);

fn identifiers(
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
        let there = |field: &str| {
            let columns = preset.source.fields.get(field).map(|mapping| mapping.columns()).unwrap_or_default();
            groups[*number]
                .look
                .columns
                .iter()
                .any(|column| columns.iter().any(|name| name.trim().eq_ignore_ascii_case(column.name.trim())))
        };
        fields.extend(preset.source.fields.keys().filter(|field| there(field)).cloned());
        for id in preset.identifiers.iter().filter(|id| there(id)) {
            let keys = if preset.repeats.contains(id) { vec![several()] } else { Vec::new() };
            put(if keys.is_empty() { 1 } else { 4 }, id, keys, format!("of preset {}", preset.name));
        }
        for (field, config) in
            preset.fields.iter().filter(|(field, config)| config.kind == crate::model::Kind::Hash && there(field))
        {
            let _ = config;
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

/// Takes an identifier: its place in the order, name, keys, and why.
type Put<'a> = dyn FnMut(u32, &str, Vec<Line>, String) + 'a;

fn digest(put: &mut Put<'_>, field: &str, email: bool, digits: usize) {
    let of = if email { "email" } else { "phone" };
    let algorithm = match digits {
        32 => "md5",
        40 => "sha1",
        _ => "sha256",
    };
    let keys = vec![
        Line::new("kind", quoted("hash"), String::new()),
        Line::new("fields", format!("[{}]", quoted(field)), String::new()),
        Line::new("of", quoted(of), "plain values are hashed the same way and meet these".into()),
        Line::new("algorithm", quoted(algorithm), of.to_owned()),
    ];
    put(2, &format!("{of}_hash"), keys, "likely: hexadecimal digests".into());
}

fn identifier_text(name: &str, keys: &[Line], why: &str) -> String {
    let head = format!("[identifiers.{name}]");
    let note = if why.is_empty() { String::new() } else { format!("  # {why}") };
    format!("\n{head}{note}\n{}", lines(keys))
}

fn kinds(written: &[(usize, Written)]) -> String {
    let mut text = String::new();
    let mut bools: Vec<&String> = written.iter().flat_map(|(_, written)| &written.bools).collect();
    bools.sort();
    bools.dedup();
    for name in bools {
        text += &format!("\n[fields.{name}]\nkind = \"bool\"\n");
    }
    let mut formats: Vec<&String> = written.iter().flat_map(|(_, written)| &written.birth_formats).collect();
    formats.sort();
    formats.dedup();
    if !formats.is_empty() {
        let all: Vec<String> = ["%Y-%m-%d".to_owned()].iter().chain(formats).map(|format| quoted(format)).collect();
        text += &format!("\n[fields.birth_date]\nkind = \"date\"\nformats = [{}]\n", all.join(", "));
    }
    text
}

/// How many purchases there are: rows with an amount, or, where all such rows say of which purchase they are, those.
fn orders(groups: &[Group], written: &[(usize, Written)], ids: &[SharedId]) -> String {
    let is_preset = |(number, _): &(usize, Written)| {
        groups[*number].preset.is_some_and(|(preset, _)| preset.source.fields.contains_key("amount"))
    };
    if written.iter().any(is_preset) {
        return "COUNT(amount)".to_owned();
    }
    let has = |written: &Written, name: &str| written.fields.iter().any(|line| line.key == name);
    let mut paid = written.iter().map(|(_, written)| written).filter(|written| has(written, "amount"));
    let told = |id: &&SharedId| id.repeats && !id.device && paid.clone().all(|written| has(written, &id.name));
    match ids.iter().find(told) {
        Some(id) if paid.next().is_some() => format!("COUNT(DISTINCT {}) FILTER (WHERE amount IS NOT NULL)", id.name),
        _ => "COUNT(amount)".to_owned(),
    }
}

fn traits(groups: &[Group], written: &[(usize, Written)], ids: &[SharedId]) -> String {
    let mapped = |name: &str| {
        written.iter().any(|(number, written)| {
            written.fields.iter().any(|line| line.key == name)
                || groups[*number].preset.is_some_and(|(preset, _)| preset.source.fields.contains_key(name))
        })
    };
    let mut text = String::new();
    let (amount, known) = (mapped("amount"), mapped("orders") || mapped("spent"));
    if amount && !known {
        text += &format!("\n[traits]\norders = {}\n", quoted(&orders(groups, written, ids)));
        text += "spent = \"SUM(amount)\"\n\
                 # orders_90d = \"COUNT(amount) FILTER (WHERE event_time >= as_of - INTERVAL '90 days')\"\n\n\
                 [[segment]]\nname = \"regulars\"\nwhere = \"orders >= 3\"\n";
    } else {
        text += "\n# A segment is a condition over the golden columns, in SQL:\n# [[segment]]\n# name = \"several_channels\"\n\
                 # where = \"CONTAINS(channels, '+')\"\n";
    }
    text + "\n[output]\nformats = [\"parquet\", \"csv\"]\n"
}

fn told(
    groups: &[Group],
    written: &[(usize, Written)],
    left: &[usize],
    identifiers: &[Identifier],
    region: Option<&(&'static str, f64)>,
) -> String {
    let mut page = String::new();
    for (number, written) in written {
        let group = &groups[*number];
        let files = match &group.paths[..] {
            [one] => one.clone(),
            several => format!("{} files", several.len()),
        };
        page += &format!("{} ({files}, {} rows looked at)\n", group.name, group.look.rows);
        let shown: Vec<&Line> = (written.head.iter())
            .filter(|line| !matches!(line.key.as_str(), "name" | "path"))
            .chain(&written.fields)
            .collect();
        let widest = |least: usize, of: fn(&Line) -> &String| {
            shown.iter().map(|line| of(line).chars().count()).filter(|wide| *wide <= 48).fold(least, usize::max)
        };
        let (keys, values) = (widest(12, |line| &line.key), widest(16, |line| &line.value));
        for line in &shown {
            page += &format!("  {:<keys$}  {:<values$}  {}\n", line.key, line.value, line.note);
        }
        match written.left.len() {
            0 => {}
            1 => page += "  1 more column is not mapped; the config lists it\n",
            more => page += &format!("  {more} more columns are not mapped; the config lists them\n"),
        }
    }
    for number in left {
        page += &format!("left out: {} (no column identifies a person)\n", groups[*number].paths.join(", "));
    }
    let names: Vec<&str> = identifiers.iter().map(|(name, ..)| name.as_str()).collect();
    page += &format!("identifiers: {}\n", names.join(", "));
    if let Some((region, share)) = region {
        page += &format!("national phone numbers: {region} (reads {:.0} % of them)\n", 100.0 * share);
    }
    page
}
