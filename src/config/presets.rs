//! Vendors' layouts, as data: `preset = "shopify-orders"` in a source takes what the source does not say itself from
//! `presets/shopify-orders.toml`. `docs/presets.md` is made from the same files.

mod lay_under;
mod page;

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::{ColumnMapping, ConsentMapping, EventTime, FieldConfig, Format, OneOrMany, Pick};

pub(super) use lay_under::apply;
pub use lay_under::prune;
pub use page::presets_page;

/// A vendor's layout.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What a config calls it; the name of its file.
    #[serde(skip)]
    pub name: String,
    /// Vendor and export, for people.
    pub title: String,
    /// Where the export comes from, and what is odd about it.
    pub about: String,
    /// Columns that tell it from others, the one without which it is not recognized first; `|` between names that one
    /// column had over the years.
    pub recognize: Vec<String>,
    /// Whether a file has no other columns than those of `recognize`.
    #[serde(default)]
    pub whole: bool,
    /// Its fields, besides e-mail and phone, that identify a person.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// Those of them of which one person may have several: checks, or contacts that were entered twice.
    #[serde(default)]
    pub repeats: Vec<String>,
    /// Kinds of its fields, where their names do not tell.
    #[serde(default)]
    pub fields: IndexMap<String, FieldConfig>,
    /// What it says of a source.
    pub source: PresetSource,
}

/// What a preset says of a source; keys as in `[[source]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetSource {
    /// The channel.
    pub channel: String,
    /// The format, where the file's name does not tell.
    #[serde(default)]
    pub format: Option<Format>,
    /// The key; left out where a file lacks its columns.
    #[serde(default)]
    pub record_id: Option<OneOrMany>,
    /// The time; columns that a file lacks are left out.
    #[serde(default)]
    pub event_time: Option<EventTime>,
    /// The condition; left out where a file lacks its columns.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// The fields; columns that a file lacks are left out.
    pub fields: IndexMap<String, ColumnMapping>,
    /// What it says about consent; places whose columns a file lacks are left out.
    #[serde(default)]
    pub consent: IndexMap<String, ConsentMapping>,
}

const FILES: [(&str, &str); 29] = [
    ("shopify-customers", include_str!("presets/shopify-customers.toml")),
    ("shopify-orders", include_str!("presets/shopify-orders.toml")),
    ("woocommerce-customers", include_str!("presets/woocommerce-customers.toml")),
    ("woocommerce-orders", include_str!("presets/woocommerce-orders.toml")),
    ("square-transactions", include_str!("presets/square-transactions.toml")),
    ("square-items", include_str!("presets/square-items.toml")),
    ("square-customers", include_str!("presets/square-customers.toml")),
    ("toast-checks", include_str!("presets/toast-checks.toml")),
    ("toast-payments", include_str!("presets/toast-payments.toml")),
    ("toast-orders", include_str!("presets/toast-orders.toml")),
    ("toast-items", include_str!("presets/toast-items.toml")),
    ("lightspeed-ecom-customers", include_str!("presets/lightspeed-ecom-customers.toml")),
    ("lightspeed-x-customers", include_str!("presets/lightspeed-x-customers.toml")),
    ("klaviyo-profiles", include_str!("presets/klaviyo-profiles.toml")),
    ("mailchimp-audience", include_str!("presets/mailchimp-audience.toml")),
    ("brevo-contacts", include_str!("presets/brevo-contacts.toml")),
    ("twilio-messages", include_str!("presets/twilio-messages.toml")),
    ("twilio-bulk-export", include_str!("presets/twilio-bulk-export.toml")),
    ("attentive-events", include_str!("presets/attentive-events.toml")),
    ("postscript-subscribers", include_str!("presets/postscript-subscribers.toml")),
    ("ga4-events", include_str!("presets/ga4-events.toml")),
    ("segment-events", include_str!("presets/segment-events.toml")),
    ("snowplow-events", include_str!("presets/snowplow-events.toml")),
    ("stripe-customers", include_str!("presets/stripe-customers.toml")),
    ("hubspot-contacts", include_str!("presets/hubspot-contacts.toml")),
    ("salesforce-contacts", include_str!("presets/salesforce-contacts.toml")),
    ("google-customer-match", include_str!("presets/google-customer-match.toml")),
    ("meta-custom-audience", include_str!("presets/meta-custom-audience.toml")),
    ("tiktok-audience", include_str!("presets/tiktok-audience.toml")),
];

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    let parse = |(name, text): &(&str, &str)| {
        let preset: Preset = toml::from_str(text).unwrap_or_else(|error| panic!("preset {name}: {error}"));
        Preset { name: (*name).to_owned(), ..preset }
    };
    FILES.iter().map(parse).collect()
});

/// All presets, vendor by vendor.
#[must_use]
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

/// The preset of that name.
#[must_use]
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

/// Names of columns are the same when they differ only in case and surrounding space.
fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

impl Preset {
    /// How many of its telling columns a file has, and how many there are.
    #[must_use]
    pub fn recognized(&self, columns: &[String]) -> (usize, usize) {
        let has = |names: &&String| names.split('|').any(|name| columns.iter().any(|column| same(column, name)));
        (self.recognize.iter().filter(has).count(), self.recognize.len())
    }

    /// All columns that it reads, in the order of its fields.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.source.fields.values().flat_map(ColumnMapping::columns).collect()
    }

    fn knows(&self, column: &str) -> bool {
        self.recognize.iter().flat_map(|names| names.split('|')).any(|name| same(name, column))
    }
}

impl ColumnMapping {
    /// All columns that it names.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.picks().iter().flat_map(pick_columns).collect()
    }
}

fn pick_columns(pick: &Pick) -> Vec<&str> {
    match pick {
        Pick::Column(column) => vec![column],
        Pick::Spec(spec) => {
            let cases = spec.cases.iter().map(|case| case.column.as_str());
            spec.column.as_deref().into_iter().chain(spec.join.iter().map(String::as_str)).chain(cases).collect()
        }
    }
}

/// The preset whose telling columns a file has, if enough of them are there; with their share.
#[must_use]
pub fn recognize(columns: &[String]) -> Option<(&'static Preset, f64)> {
    let has = |names: &String| names.split('|').any(|name| columns.iter().any(|column| same(column, name)));
    let fits = |preset: &&Preset| match preset.whole {
        true => columns.iter().all(|column| preset.knows(column)),
        false => preset.recognize.first().is_some_and(has),
    };
    let scored = PRESETS.iter().filter(fits).map(|preset| {
        let (found, all) = preset.recognized(columns);
        (preset, found, found as f64 / all as f64)
    });
    let enough = scored
        .filter(|(preset, found, share)| if preset.whole { *share > 0.99 } else { *share >= 0.65 && *found >= 3 });
    enough.max_by(|a, b| a.1.cmp(&b.1).then(a.2.total_cmp(&b.2))).map(|(preset, _, share)| (preset, share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_docs_is_fresh() {
        crate::fresh::fresh("docs/presets.md", &presets_page());
    }

    #[test]
    fn every_preset_file_is_listed_and_sound() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config/presets");
        let files = std::fs::read_dir(folder).expect("it is there").map(|file| file.expect("it is there").path());
        let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).count();
        assert_eq!(files, presets().len());
        for preset in presets() {
            let name = &preset.name;
            for id in &preset.identifiers {
                assert!(preset.source.fields.contains_key(id), "{name} identifies by `{id}`, which it does not map");
            }
            assert!(preset.repeats.iter().all(|id| preset.identifiers.contains(id)), "{name}");
            for field in preset.fields.keys() {
                assert!(preset.source.fields.contains_key(field), "{name} gives `{field}` a kind and no column");
            }
            let text = format!(
                "[[source]]\nname = 's'\npath = 'x.csv'\npreset = '{name}'\n[source.fields]\nemail = 'x'\n[identifiers.email]"
            );
            let loaded = crate::config::load_text(&text, std::path::Path::new("onefold.toml"), &|_| None);
            assert!(loaded.is_ok(), "{name}: {loaded:?}");
        }
    }

    #[test]
    fn what_a_source_says_stands_above_its_preset() {
        let text = "[[source]]\nname = 'a'\npath = 'a.csv'\npreset = 'shopify-orders'\nchannel = 'shop'\n\
                    [source.fields]\nemail = 'Mail'\nnote = 'Notes'\n[identifiers.email]\n";
        let loaded = crate::config::load_text(text, std::path::Path::new("onefold.toml"), &|_| None).expect("good");
        let source = &loaded.config.source[0];
        assert_eq!((source.channel.as_str(), source.fields["email"].describe().as_str()), ("shop", "Mail"));
        assert_eq!(source.fields["amount"].describe(), "Total");
        assert!(source.from_preset.contains("fields.amount") && !source.from_preset.contains("fields.email"));
        assert_eq!(source.record_id, Some(OneOrMany::One("Name".into())));
    }

    #[test]
    fn an_unknown_preset_is_named_with_the_nearest() {
        let text = "[[source]]\nname = 'a'\npath = 'a.csv'\npreset = 'shopify-order'\nchannel = 'web'\n\
                    [source.fields]\nemail = 'Mail'\n[identifiers.email]\n";
        let faults =
            crate::config::load_text(text, std::path::Path::new("onefold.toml"), &|_| None).expect_err("unknown");
        assert_eq!(faults.0[0].what, "there is no preset \"shopify-order\"");
        assert!(faults.0[0].fix.contains("\"shopify-orders\""), "{}", faults.0[0].fix);
    }

    #[test]
    fn a_source_without_channel_and_preset_says_so() {
        let text = "[[source]]\nname = 'a'\npath = 'a.csv'\n[source.fields]\nemail = 'Mail'\n[identifiers.email]\n";
        let faults = crate::config::load_text(text, std::path::Path::new("onefold.toml"), &|_| None).expect_err("none");
        assert_eq!(faults.0[0].what, "[[source]] has no `channel`");
    }

    #[test]
    fn layouts_are_recognized_whatever_the_case_and_order_of_their_columns() {
        for preset in presets() {
            let mut columns: Vec<String> =
                preset.recognize.iter().map(|names| names.split('|').next().unwrap().to_uppercase()).collect();
            columns.reverse();
            let found = recognize(&columns).map(|(preset, _)| preset.name.as_str());
            assert_eq!(found, Some(preset.name.as_str()));
        }
        let plain = ["id", "email", "name", "created_at"].map(str::to_owned);
        assert!(recognize(&plain).is_none());
    }
}
