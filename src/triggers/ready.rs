//! Ready triggers: names that stand for rules.

use super::{Evidence, Given, PREVIOUS};
use crate::config::{ReadyTrait, TraitRule, Trigger};
use crate::problem::nearest;

/// Every ready trigger: its name, and whether it takes `fields` or a `segment`.
const READY: [(&str, Option<&str>); 8] = [
    ("first_purchase", None),
    ("new_channel", None),
    ("moved", Some("fields")),
    ("surname_changed", Some("fields")),
    ("entered", Some("segment")),
    ("left", Some("segment")),
    ("became_due", None),
    ("went_quiet", None),
];

/// Key, what, fix.
type Fault = (&'static str, String, String);

/// The rule and the evidence of a ready trigger.
pub(super) fn rule(given: &Given<'_>, trigger: &Trigger, name: &str) -> Result<(String, Evidence), Fault> {
    let Some((_, takes)) = READY.iter().find(|(known, _)| *known == name) else {
        let near = nearest(name, READY.iter().map(|(known, _)| *known));
        let all = || READY.map(|(known, _)| known).join(", ");
        let fix =
            near.first().map_or_else(|| format!("there are {}", all()), |near| format!("did you mean \"{near}\"?"));
        return Err(("ready", format!("no ready trigger \"{name}\""), fix));
    };
    let set = [
        ("fields", !trigger.fields.is_empty()),
        ("segment", trigger.segment.is_some()),
        ("evidence", trigger.evidence.is_some()),
    ];
    for (key, is_set) in set {
        if is_set && *takes != Some(key) {
            return Err((key, format!("`{name}` takes no `{key}`"), "leave it out".to_owned()));
        }
    }
    match name {
        "first_purchase" => {
            let orders = given.ready_trait(name, "frequency", |spec| spec.days.is_none() && spec.channel.is_none())?;
            let rule = format!("\"{orders}\" > 0 AND COALESCE(\"{PREVIOUS}{orders}\", 0) = 0");
            Ok((rule, Evidence::Kind("is_purchase")))
        }
        "new_channel" => {
            let rule = format!("previous_records IS NOT NULL AND ({})", given.gained("channels"));
            Ok((rule, Evidence::NewChannel))
        }
        "moved" => given.changed(name, trigger, &["street", "address", "postal_code", "city"]),
        "surname_changed" => given.changed(name, trigger, &["last_name"]),
        "entered" | "left" => {
            let segments = || given.config.segment.iter().map(|segment| segment.name.as_str());
            let Some(segment) = &trigger.segment else {
                return Err(("ready", format!("`{name}` needs a `segment`"), "add segment = \"…\"".to_owned()));
            };
            if !segments().any(|known| known == segment) {
                let near = nearest(segment, segments());
                let fix = near.first().map_or_else(
                    || format!("segments are {}", segments().collect::<Vec<_>>().join(", ")),
                    |near| format!("did you mean \"{near}\"?"),
                );
                return Err(("segment", format!("no segment \"{segment}\""), fix));
            }
            let rule = if name == "entered" {
                format!("\"{segment}\" AND COALESCE(\"{PREVIOUS}{segment}\", FALSE) = FALSE")
            } else {
                format!("\"{PREVIOUS}{segment}\" AND NOT \"{segment}\"")
            };
            Ok((rule, Evidence::Newest))
        }
        "became_due" => {
            let due = given.ready_trait(name, "next_purchase_due", |_| true)?;
            let rule = format!(
                "\"{due}\" <= DATE(as_of) AND (\"{PREVIOUS}{due}\" IS NULL OR \"{PREVIOUS}{due}\" > DATE(previous_as_of) OR \
                 \"{PREVIOUS}{due}\" <> \"{due}\")"
            );
            Ok((rule, Evidence::Kind("is_purchase")))
        }
        _ => {
            let quiet = given.ready_trait(name, "quiet_channels", |_| true)?;
            let rule = format!("previous_records IS NOT NULL AND ({})", given.gained(&quiet));
            Ok((rule, Evidence::Kind("is_message")))
        }
    }
}

impl Given<'_> {
    /// The column of a ready trait that the config has.
    fn ready_trait(&self, by: &str, wanted: &str, fits: fn(&ReadyTrait) -> bool) -> Result<String, Fault> {
        let found = self.config.declared_traits().into_iter().find_map(|one| match &one.rule {
            TraitRule::Ready(spec) if spec.ready == wanted && fits(spec) => Some(one.name),
            _ => None,
        });
        found.ok_or_else(|| {
            let what = format!("`{by}` goes by the ready trait `{wanted}`, and the config has none");
            ("ready", what, format!("add it: [traits] ready = [\"{wanted}\"]"))
        })
    }

    /// Whether a list of channels (`email+web`) has one that it did not have before.
    fn gained(&self, column: &str) -> String {
        let has = |column: &str, channel: &str| {
            let channel = format!("+{channel}+").replace('\'', "''");
            format!("CONTAINS(CONCAT('+', \"{column}\", '+'), '{channel}')")
        };
        let before = format!("{PREVIOUS}{column}");
        let gained = |channel: &String| format!("({} AND NOT {})", has(column, channel), has(&before, channel));
        self.channels.iter().map(gained).collect::<Vec<_>>().join(" OR ")
    }

    /// Whether any of some golden columns has another value than before, case aside; a blank is none.
    fn changed(&self, name: &str, trigger: &Trigger, usual: &[&str]) -> Result<(String, Evidence), Fault> {
        let mut fields: Vec<String> = trigger.fields.clone();
        for field in &fields {
            if !self.golden.contains(field) {
                let near = nearest(field, self.golden.iter().map(String::as_str));
                let fix = near.first().map_or_else(
                    || format!("golden columns are {}", self.golden.join(", ")),
                    |near| format!("did you mean \"{near}\"?"),
                );
                return Err(("fields", format!("no golden column \"{field}\""), fix));
            }
        }
        if fields.is_empty() {
            fields = usual
                .iter()
                .filter(|name| self.golden.iter().any(|known| known == *name))
                .map(|f| (*f).to_owned())
                .collect();
        }
        if fields.is_empty() {
            let what = format!("`{name}` looks at the golden columns {}, and there is none", usual.join(", "));
            return Err(("ready", what, "say which: fields = [\"…\"]".to_owned()));
        }
        let differs = |field: &String| {
            let text = self.columns.get(field).is_some_and(|kind| *kind == polars::prelude::DataType::String);
            let [now, before] = [format!("\"{field}\""), format!("\"{PREVIOUS}{field}\"")]
                .map(|column| if text { format!("LOWER({column})") } else { column });
            format!("COALESCE({now} <> {before}, FALSE)")
        };
        let rule = fields.iter().map(differs).collect::<Vec<_>>().join(" OR ");
        Ok((rule, Evidence::Columns(fields)))
    }
}
