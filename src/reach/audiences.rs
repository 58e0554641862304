//! Audiences that nobody can be in.

use super::known::no_column;
use super::triggers::nobody;
use super::{Known, warning};
use crate::config::{Audience, ConsentNeed};
use crate::problem::Problem;
use crate::sql;

/// A warning for every audience that can have no member; `empty` are the segments that nobody can be in.
pub(super) fn unreachable(known: &Known<'_>, empty: &[String]) -> Vec<Problem> {
    let never = |rule: &Option<String>| {
        rule.as_ref().and_then(|rule| sql::never(rule, known.columns, &|name| known.of_persons(name)))
    };
    let mut warnings = Vec::new();
    if let Some(never) = never(&known.config.pilot.condition) {
        let what = format!("nobody can take part in the pilot: {}", never.why);
        warnings.push(warning(&["pilot", "where"], never.within, what, "change the rule, or take it out"));
    }
    for (index, audience) in known.config.audience.iter().enumerate() {
        let number = index.to_string();
        let found = if let Some(segment) = audience.segment.as_ref().filter(|segment| empty.contains(segment)) {
            Some(("segment", None, nobody(segment), "change the segment's rule"))
        } else if let Some(never) = never(&audience.condition) {
            Some(("where", never.within, never.why, "change the rule, or take the audience out"))
        } else {
            unreached(known, audience).map(|(key, why, fix)| (key, None, why, fix))
        };
        if let Some((key, within, why, fix)) = found {
            let what = format!("nobody can be in audience `{}`: {why}", audience.name);
            warnings.push(warning(&["audience", &number, key], within, what, fix));
        }
    }
    warnings
}

/// Why nobody of the segment may be contacted, or can be: key, why, fix.
fn unreached(known: &Known<'_>, audience: &Audience) -> Option<(&'static str, String, &'static str)> {
    let wanted = audience.consent_name();
    if audience.consent == ConsentNeed::OptedIn && !known.can_opt_in(&wanted) && !known.can_opt_in(&audience.channel) {
        let key = if audience.purpose.is_some() { "purpose" } else { "channel" };
        let why = format!("no source can say that anybody opted in to {wanted}, only that somebody opted out");
        let fix = "map a column that says who opted in, or take all who did not opt out: consent = \"not_opted_out\"";
        return Some((key, why, fix));
    }
    let fields = audience.addresses();
    let lacking = fields.iter().map(|field| audience.column(field)).find(|column| known.is_empty_column(column))?;
    let all = fields.iter().all(|field| {
        let column = audience.column(field);
        known.is_empty_column(column) || known.columns.get(column).is_none()
    });
    all.then(|| ("channel", no_column(lacking), "map the field in [source.fields]"))
}
