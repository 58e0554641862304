//! The page of presets in `docs/`.

use super::super::EventTime;
use super::{Preset, presets};

/// `docs/presets.md`, whole.
#[must_use]
pub fn presets_page() -> String {
    let mut page = String::from(
        "# Presets\n\n\
         <!-- made from src/config/presets; `ONEFOLD_BLESS=1 cargo test --lib presets` writes it anew -->\n\n\
         A preset is a vendor's layout: `preset = \"shopify-orders\"` in a source says what its columns are. Whatever the \
         source says itself stands above it, key by key and field by field. Columns are found by name, whatever their case \
         and order. Columns that a file lacks are left out: a field loses that place, a condition or key that needs them \
         is dropped. Columns that a preset does not know can be mapped beside it. `onefold init FILES…` finds the preset \
         that fits.\n\n\
         ```toml,part\n[[source]]\nname = \"orders\"\npreset = \"shopify-orders\"\npath = \"exports/orders_*.csv\"\n\
         [source.fields]\ngift_note = \"Notes\"   # beside what the preset maps\n```\n\n\
         The channel is the preset's unless you name another one. E-mail, phone and the ids listed below link records as soon \
         as `[identifiers.NAME]` declares them; those marked * want `max_per_person = 0`, for one person may have several.\n\n\
         | preset | export | channel | ids |\n|---|---|---|---|\n",
    );
    let code = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    for preset in presets() {
        let Preset { name, title, identifiers, repeats, source, .. } = preset;
        let star = |id: &String| if repeats.contains(id) { format!("`{id}`*") } else { format!("`{id}`") };
        let ids = identifiers.iter().map(star).collect::<Vec<_>>().join(", ");
        page += &format!("| [`{name}`](#{name}) | {title} | `{}` | {ids} |\n", source.channel);
    }
    for preset in presets() {
        let source = &preset.source;
        page += &format!("\n## {}\n\n{}.\n\n{}\n\n", preset.name, preset.title, preset.about.trim());
        if let Some(key) = &source.record_id {
            page += &format!("- Key: {}\n", code(key.as_slice()));
        }
        if let Some(time) = &source.event_time {
            let columns = match time {
                EventTime::Column(column) => column.clone(),
                EventTime::Spec(spec) => spec.column.as_slice().join(if spec.join { " + " } else { ", else " }),
            };
            page += &format!("- Time: {columns}\n");
        }
        if let Some(condition) = &source.condition {
            page += &format!("- Rows: `{condition}`\n");
        }
        page += "\n| field | column |\n|---|---|\n";
        for (name, mapping) in &source.fields {
            page += &format!("| `{name}` | {} |\n", mapping.describe().replace('|', "\\|"));
        }
        if !source.consent.is_empty() {
            page += "\n| consent | where it is said |\n|---|---|\n";
        }
        for (name, mapping) in &source.consent {
            page += &format!("| `{name}` | {} |\n", mapping.describe().replace('|', "\\|"));
        }
    }
    page
}
