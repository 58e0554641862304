//! `[identifiers]` and `[placeholders]`.

use super::names::form_fault;
use super::{Known, unknown_field};
use crate::config::schema::namespace_kind;
use crate::config::words::{did_you_mean, list};
use crate::config::{Config, Identifier, PLACEHOLDER_KINDS};
use crate::model::Kind;
use crate::problem::Problem;

/// A record's namespaces fit one machine word.
const MOST_NAMESPACES: usize = 64;

pub(super) fn check(config: &Config, known: &Known<'_>, faults: &mut Vec<Problem>) {
    if config.identifiers.is_empty() {
        let fix = "declare what links records: [identifiers.email]";
        faults.push(Problem::config("identifiers", "the config declares no identifier", fix));
    }
    if config.identifiers.len() > MOST_NAMESPACES {
        let what = format!("{} identifiers; at most {MOST_NAMESPACES} are possible", config.identifiers.len());
        let fix = "one identifier may be read from several fields: fields = [\"mobile\", \"phone\"]";
        faults.push(Problem::config("identifiers", what, fix));
    }
    for (name, identifier) in &config.identifiers {
        if let Some((what, fix)) = form_fault(name) {
            faults.push(Problem::config_key(&["identifiers", name], what, fix));
        }
        fields(name, identifier, known, faults);
        hash(name, identifier, config, faults);
        limits(name, identifier, faults);
    }
    for kind in config.placeholders.keys().filter(|kind| !PLACEHOLDER_KINDS.contains(&kind.as_str())) {
        let fix =
            did_you_mean(kind, PLACEHOLDER_KINDS).unwrap_or_else(|| format!("kinds are {}", list(PLACEHOLDER_KINDS)));
        faults.push(Problem::config_key(&["placeholders", kind], format!("no placeholders of a kind \"{kind}\""), fix));
    }
}

fn fields(name: &str, identifier: &Identifier, known: &Known<'_>, faults: &mut Vec<Problem>) {
    if identifier.compound && identifier.fields.len() < 2 {
        let fix = "name at least two: fields = [\"last_name\", \"birth_date\", \"postal_code\"]";
        let what = format!("the compound identifier \"{name}\" has fewer than two parts");
        faults.push(Problem::config_at(&["identifiers", name, "fields"], what, fix));
    } else if identifier.fields.is_empty() && !known.has_field(name) {
        let near =
            did_you_mean(name, known.fields.iter().copied()).map(|near| format!(" ({near})")).unwrap_or_default();
        let fix = format!("map it under [source.fields], or say which fields hold it: fields = [\"…\"]{near}");
        faults.push(Problem::config_key(&["identifiers", name], format!("no source maps a field \"{name}\""), fix));
    }
    let lists = [
        ("fields", Some(&identifier.fields)),
        ("proxy", identifier.proxy.as_ref()),
        ("conflict", identifier.conflict.as_ref()),
    ];
    for (key, names) in lists {
        let names = names.map(Vec::as_slice).unwrap_or_default();
        for (i, field) in names.iter().enumerate() {
            let index = i.to_string();
            let place = ["identifiers", name, key, index.as_str()];
            if !known.has_field(field) {
                faults.push(unknown_field(field, known, &place));
            } else if names[..i].contains(field) {
                faults.push(Problem::config_at(&place, format!("\"{field}\" stands here twice"), "leave one out"));
            }
        }
    }
}

fn hash(name: &str, identifier: &Identifier, config: &Config, faults: &mut Vec<Problem>) {
    let kind = namespace_kind(name, identifier);
    if identifier.algorithm.is_some() && identifier.of.is_none() {
        let fix = "say which identifier was hashed: of = \"email\"";
        faults.push(Problem::config_at(&["identifiers", name, "algorithm"], "`algorithm` stands without `of`", fix));
    }
    let Some(of) = &identifier.of else { return };
    let place = ["identifiers", name, "of"];
    if kind != Kind::Hash {
        let fix = "write kind = \"hash\", or leave `of` out";
        faults.push(Problem::config_at(&place, "`of` is for kind \"hash\" only", fix));
        return;
    }
    match config.identifiers.get(of) {
        None => {
            let known = || config.identifiers.keys().map(String::as_str).filter(|known| *known != name);
            let fix = did_you_mean(of, known()).unwrap_or_else(|| format!("identifiers are {}", list(known())));
            faults.push(Problem::config_at(&place, format!("no identifier \"{of}\""), fix));
        }
        Some(raw) if namespace_kind(of, raw) == Kind::Hash => {
            let fix = "name the identifier with the raw values: of = \"email\"";
            faults.push(Problem::config_at(&place, format!("\"{of}\" is itself hashed"), fix));
        }
        Some(_) => {}
    }
}

fn limits(name: &str, identifier: &Identifier, faults: &mut Vec<Problem>) {
    let kind = namespace_kind(name, identifier);
    let mut fault = |key: &str, what: String, fix: &str| {
        faults.push(Problem::config_at(&["identifiers", name, key], what, fix));
    };
    if identifier.priority == Some(0) {
        fault("priority", "priorities begin at 1, the strongest".into(), "write 1 or more");
    }
    let kinds = [
        ("ignore_dots", !identifier.ignore_dots.is_empty(), kind == Kind::Email, "\"email\""),
        ("ignore_tags", !identifier.ignore_tags.is_empty(), kind == Kind::Email, "\"email\""),
        ("ignore_case", identifier.ignore_case, matches!(kind, Kind::Id | Kind::Device), "\"id\" and \"device\""),
    ];
    for (key, set, allowed, kinds) in kinds {
        if set && (!allowed || identifier.compound) {
            fault(key, format!("`{key}` is for kind {kinds} only"), "leave it out, or write the kind");
        }
    }
}
