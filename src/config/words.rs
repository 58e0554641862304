//! Words that messages about the config share.

use crate::problem::nearest;

/// `did you mean "email" or "e_mail"?`, where anything is near.
pub(super) fn did_you_mean<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = nearest(wanted, known);
    if near.is_empty() {
        return None;
    }
    let near: Vec<_> = near.iter().map(|name| format!("\"{name}\"")).collect();
    Some(format!("did you mean {}?", near.join(" or ")))
}

/// `"email", "phone"`, or `none`.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// How a table is written in the file: `[[source]]`, `[identifiers.email]`.
pub(super) fn label(path: &[String]) -> String {
    let is_index = |key: &String| key.bytes().all(|b| b.is_ascii_digit());
    let names: Vec<&str> = path.iter().filter(|key| !is_index(key)).map(String::as_str).collect();
    match path.last() {
        None => "the top of the file".into(),
        Some(last) if is_index(last) && path.len() == 2 => format!("[[{}]]", names.join(".")),
        Some(_) => format!("[{}]", names.join(".")),
    }
}

/// Where a table stands in the file, by the name of its struct; `None` where it is not a table of its own.
pub(super) fn home(table: &str) -> Option<&'static str> {
    Some(match table {
        "Config" => "the top of the file",
        "Project" => "[project]",
        "Source" => "[[source]]",
        "EventTimeSpec" => "the table of a source's event_time",
        "PickSpec" => "the table of one of [source.fields]",
        "ConsentSpec" => "the table of one of [source.consent]",
        "Consent" => "[consent]",
        "ConsentChannel" => "[consent.channels.NAME]",
        "Suppression" => "[[suppression]]",
        "Audience" => "[[audience]]",
        "Pressure" => "the table of an audience's pressure",
        "Quiet" => "the table of an audience's quiet",
        "Pilot" => "[pilot]",
        "FieldConfig" => "[fields.NAME]",
        "Identifier" => "[identifiers.NAME]",
        "Placeholders" => "[placeholders.KIND]",
        "Golden" => "[golden]",
        "GoldenSpec" => "the table of one of [golden.fields]",
        "Segment" => "[[segment]]",
        "StewardFile" => "[[always_link]] or [[never_link]]",
        "Output" => "[output]",
        _ => return None,
    })
}
