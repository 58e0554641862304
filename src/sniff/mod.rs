//! A config from files that no config speaks of yet: what they are, which columns identify a person, and how sure that
//! is. Pure: it gets looks at files and gives text. No value of the files goes into that text.

mod columns;
mod fields;
mod group;
mod identifiers;
mod join;
mod names;
mod regions;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod times;
mod told;
mod traits;
mod values;

use group::Group;
use identifiers::{compound, identifier_text, identifiers};
use regions::region;
use source::Written;
use text::{Line, lines, quoted};
use told::told;
use traits::traits;

use crate::ingest::Look;
use crate::problem::Problem;

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
    // A known layout without ids is taken for its figures, where other files say who the persons are.
    let some = (0..groups.len()).any(linked);
    let (kept, left): (Vec<usize>, Vec<usize>) =
        (0..groups.len()).partition(|number| linked(*number) || some && groups[*number].preset.is_some());
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
