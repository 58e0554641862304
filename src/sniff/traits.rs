//! Traits and a first segment, from what the fields are worth.

use super::group::Group;
use super::join::SharedId;
use super::source::Written;
use super::text::quoted;

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

pub(super) fn traits(groups: &[Group], written: &[(usize, Written)], ids: &[SharedId]) -> String {
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
