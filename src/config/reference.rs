//! The config reference page, from the structs' doc comments.

use std::fmt::Write as _;

use serde::Deserialize;

use super::types::{Choice, Key, Type, Types};
use super::{
    Audience, Case, Config, Consent, ConsentChannel, ConsentSpec, Events, FieldConfig, Gates, Golden, GoldenSpec,
    Identifier, Journeys, Output, Pilot, Placeholders, Pressure, Project, Quiet, ReadyTrait, Segment, Source,
    Suppression, Trigger,
};
use super::{EventTimeSpec, PickSpec, StewardFile};

/// A complete config, shown on the page and kept loading by a test.
const EXAMPLE: &str = include_str!("example.toml");

/// The tables below the top, in the order of the page: the struct's name, its heading, and its keys in the order of the struct.
fn sections() -> [(&'static str, &'static str, Vec<&'static str>); 26] {
    [
        ("Project", "`[project]`", keys_of::<Project>()),
        ("Source", "`[[source]]`", keys_of::<Source>()),
        ("EventTimeSpec", "`event_time = { … }`", keys_of::<EventTimeSpec>()),
        ("PickSpec", "`[source.fields]`: `NAME = { … }`", keys_of::<PickSpec>()),
        ("Case", "`cases = [ { … } ]`", keys_of::<Case>()),
        ("ConsentSpec", "`[source.consent]`: `CHANNEL = { … }`", keys_of::<ConsentSpec>()),
        ("FieldConfig", "`[fields.NAME]`", keys_of::<FieldConfig>()),
        ("Identifier", "`[identifiers.NAME]`", keys_of::<Identifier>()),
        ("Placeholders", "`[placeholders.KIND]`", keys_of::<Placeholders>()),
        ("Golden", "`[golden]`", keys_of::<Golden>()),
        ("GoldenSpec", "`[golden.fields]`: `NAME = { … }`", keys_of::<GoldenSpec>()),
        ("Events", "`[events]`", keys_of::<Events>()),
        ("ReadyTrait", "`[traits]`: `NAME = { … }`", keys_of::<ReadyTrait>()),
        ("Consent", "`[consent]`: who may be contacted", keys_of::<Consent>()),
        ("ConsentChannel", "`[consent.channels.NAME]`", keys_of::<ConsentChannel>()),
        ("Suppression", "`[[suppression]]`", keys_of::<Suppression>()),
        ("Segment", "`[[segment]]`", keys_of::<Segment>()),
        ("Journeys", "`[journeys]`", keys_of::<Journeys>()),
        ("Trigger", "`[[trigger]]`", keys_of::<Trigger>()),
        ("Audience", "`[[audience]]`", keys_of::<Audience>()),
        ("Pressure", "`pressure = { … }`", keys_of::<Pressure>()),
        ("Quiet", "`quiet = { … }`", keys_of::<Quiet>()),
        ("Pilot", "`[pilot]`", keys_of::<Pilot>()),
        ("StewardFile", "`[[always_link]]` and `[[never_link]]`", keys_of::<StewardFile>()),
        ("Gates", "`[gates]`", keys_of::<Gates>()),
        ("Output", "`[output]`", keys_of::<Output>()),
    ]
}

/// Lists of names that many keys share get a section of their own.
const SHARED: [(&str, &str); 3] =
    [("Kind", "Kinds"), ("Rule", "Survivorship rules"), ("ConsentWord", "Words of consent")];

const INTRODUCTION: &str = "\
# The config file

<!-- Made from the doc comments in src/config/: ONEFOLD_BLESS=1 cargo test --lib config::reference -->

One TOML file says everything: which exports there are, what links their records, which values win, what to compute and
where to write. `onefold` reads `onefold.toml` in the current folder, or the file named with `-c`.

- Paths are relative to the config's folder.
- `${NAME}` inside a text stands for the environment variable, `${NAME:-default}` for it or a default where it is unset
  or empty, `$${` for the two characters themselves.
- A key that is not on this page is refused, with the nearest one that is. All faults are shown at once: first those
  of keys and their values, then those between keys, then those of SQL rules and files.
- Names of fields, identifiers, traits and segments are lower-case letters, digits and `_`. Taken are
";

/// `docs/config.md`, whole.
#[must_use]
pub fn reference() -> String {
    let types = Types::of_config();
    let mut page = INTRODUCTION.to_owned();
    let taken: Vec<_> = super::check::RESERVED.iter().map(|name| format!("`{name}`")).collect();
    // Writing to a String cannot fail.
    let _ = write!(page, "  {}.\n\nA complete example:\n\n```toml\n{}```\n", taken.join(", "), EXAMPLE);
    page.push_str("\n## The top of the file\n\n");
    for key in keys_of::<Config>() {
        let Key { kind, doc, .. } = &types.table("Config").keys[key];
        let _ = writeln!(page, "- `{key}` ({}): {doc}", words(kind));
    }
    for (name, heading, keys) in sections() {
        let table = types.table(name);
        let _ = write!(page, "\n## {heading}\n\n{}\n", table.doc);
        for key in keys {
            write_key(&mut page, key, &table.keys[key]);
        }
    }
    for (name, heading) in SHARED {
        let choice = choice(&types, name);
        let _ = write!(page, "\n## {heading}\n\n{}\n\n", choice.doc);
        write_names(&mut page, choice);
    }
    page
}

fn write_key(page: &mut String, name: &str, key: &Key) {
    let need = if key.required { ", required" } else { "" };
    let _ = write!(page, "\n### `{name}`\n\n*{}{need}*\n\n{}", words(&key.kind), key.doc);
    if let (false, Some(default)) = (key.doc.contains("Default"), &key.default) {
        let _ = write!(page, " Default: {}.", if is_empty(default) { "none".into() } else { format!("`{default}`") });
    }
    page.push('\n');
    for choice in choices(&key.kind).filter(|choice| !is_shared(choice)) {
        page.push('\n');
        write_names(page, choice);
    }
}

fn write_names(page: &mut String, choice: &Choice) {
    for (name, doc) in &choice.names {
        let _ = writeln!(page, "- `{name}`: {doc}");
    }
}

fn is_empty(default: &serde_json::Value) -> bool {
    match default {
        serde_json::Value::Array(array) => array.is_empty(),
        serde_json::Value::Object(_) => true, // a table of defaults, each told at its key
        serde_json::Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// A type in words, with links to the lists of names and to tables.
fn words(kind: &Type) -> String {
    match kind {
        Type::Choice(choice) => match SHARED.iter().find(|(name, _)| *name == choice.name) {
            Some((_, heading)) => format!("one of the [{}](#{})", heading.to_lowercase(), anchor(heading)),
            None => choice.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "),
        },
        Type::Table(name) => format!("a [table](#{})", table_anchor(name)),
        Type::List(inner) => match &**inner {
            Type::Text => "a list of texts".into(),
            Type::Table(name) => format!("a list of [tables](#{})", table_anchor(name)),
            Type::Either(_) => "a list of these".into(),
            other => format!("a list of {}", words(other)),
        },
        Type::Map(inner) => match &**inner {
            Type::Text => "texts by name".into(),
            Type::Number => "numbers by name".into(),
            Type::Table(name) => format!("[tables](#{}) by name", table_anchor(name)),
            other => format!("by name, {}", words(other)),
        },
        Type::Either(several) => several.iter().map(words).collect::<Vec<_>>().join(", or "),
        Type::Text | Type::Whole(_) | Type::Number | Type::Bool => kind.describe(),
    }
}

fn table_anchor(name: &str) -> String {
    let heading = sections().iter().find(|(section, ..)| *section == name).map(|(_, heading, _)| *heading);
    anchor(heading.expect("every table has a section"))
}

/// A heading's anchor as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

fn choices(kind: &Type) -> Box<dyn Iterator<Item = &Choice> + '_> {
    match kind {
        Type::Choice(choice) => Box::new(std::iter::once(choice)),
        Type::List(inner) | Type::Map(inner) => choices(inner),
        Type::Either(several) => Box::new(several.iter().flat_map(choices)),
        Type::Text | Type::Whole(_) | Type::Number | Type::Bool | Type::Table(_) => Box::new(std::iter::empty()),
    }
}

fn is_shared(choice: &Choice) -> bool {
    SHARED.iter().any(|(name, _)| *name == choice.name)
}

fn choice<'a>(types: &'a Types, name: &str) -> &'a Choice {
    types
        .tables()
        .flat_map(|(_, table)| table.keys.values())
        .flat_map(|key| choices(&key.kind))
        .find(|choice| choice.name == name)
        .expect("a key of every shared list is in the schema")
}

/// A struct's keys in the order of its declaration, which the JSON schema does not keep.
fn keys_of<'de, T: Deserialize<'de>>() -> Vec<&'static str> {
    let mut keys = Vec::new();
    // The deserializer only takes down the names that serde asks for, and then gives up.
    let _ = T::deserialize(KeyNames(&mut keys));
    keys
}

struct KeyNames<'a>(&'a mut Vec<&'static str>);

impl<'de> serde::Deserializer<'de> for KeyNames<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: serde::de::Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(fields);
        Err(serde::de::Error::custom("only the names were wanted"))
    }

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("not a struct"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_page_is_fresh() {
        crate::fresh::fresh("docs/config.md", &reference());
    }

    #[test]
    fn the_example_loads_without_a_fault() {
        let loaded = super::super::load_text(EXAMPLE, std::path::Path::new("onefold.toml"), &|_| None);
        assert_eq!(loaded.map(|loaded| loaded.config.project.name), Ok("acme".into()));
    }

    #[test]
    fn every_table_and_key_of_the_schema_has_its_place_on_the_page() {
        let types = Types::of_config();
        let sections = sections();
        for (name, table) in types.tables().filter(|(name, _)| *name != "Config") {
            let (_, heading, keys) = sections.iter().find(|(section, ..)| *section == name).expect(name);
            let mut in_schema: Vec<&str> = table.keys.keys().map(String::as_str).collect();
            let mut on_page = keys.clone();
            in_schema.sort_unstable();
            on_page.sort_unstable();
            assert_eq!(in_schema, on_page, "{heading}");
        }
        assert_eq!(keys_of::<Segment>(), ["name", "description", "group", "priority", "hold_out", "where"]);
    }

    #[test]
    fn every_key_that_may_be_left_out_says_its_default() {
        for (name, table) in Types::of_config().tables().filter(|(name, _)| *name != "Config") {
            for (key, value) in table.keys.iter().filter(|(_, value)| !value.required) {
                assert!(value.doc.contains("Default") || value.default.is_some(), "{name}.{key}");
            }
        }
    }

    #[test]
    fn every_link_of_the_page_leads_to_its_section() {
        let page = reference();
        // GitHub numbers the anchors of headings that come again, so only the first of a name can be linked to.
        let headings = page.lines().filter(|line| line.starts_with("## ") || line.starts_with("### "));
        let mut sections = std::collections::BTreeMap::new();
        for heading in headings {
            sections.entry(anchor(heading.trim_start_matches(['#', ' ']))).or_insert(heading);
        }
        let links: Vec<&str> =
            page.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap_or_default()).collect();
        assert!(links.len() > 10);
        for link in links {
            assert!(sections.get(link).is_some_and(|heading| heading.starts_with("## ")), "{link}");
        }
    }
}
