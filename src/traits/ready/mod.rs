//! Ready traits: names that stand for SQL over what `[events]` says of records. Each is lowered to the same aggregates as
//! SQL of the user's own; two kinds look at everybody first (scores, and what there is to buy): see [`Population`].

mod build;
mod page;
mod population;
mod table;

use std::sync::Arc;

use crate::config::{Config, READY, ReadyTrait};
use crate::events;
use crate::model::{Kind, Schema};
use crate::problem::{Problem, nearest};
use crate::sql::Catalog;

pub use page::traits_page;
pub use population::{Measured, Population};
pub use table::LIBRARY;

/// A ready trait, as the library describes it.
#[derive(Debug)]
pub struct Entry {
    /// What the config calls it.
    pub name: &'static str,
    /// What it gives: type, unit, and when it is blank.
    pub gives: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Where the measure comes from; empty = it is ours or goes without saying.
    pub source: &'static str,
    /// Columns of events that it reads.
    pub needs: &'static [&'static str],
    /// Settings that it takes beside `ready`.
    pub takes: &'static [&'static str],
    how: How,
}

/// How a ready trait is computed.
#[derive(Debug)]
enum How {
    /// SQL with `{placeholders}`: see [`build`].
    Template(&'static str),
    /// SQL that depends on the config.
    Built(fn(&Call<'_>) -> String),
    /// What others bought of the same category.
    NewProducts,
}

/// A ready trait as the config calls it.
struct Call<'a> {
    spec: &'a ReadyTrait,
    config: &'a Config,
    schema: &'a Schema,
    events: &'a events::Plan,
    population: &'a Population,
    /// Measures of everybody that the trait compares with; filled while it is built.
    measures: std::cell::RefCell<&'a mut Vec<String>>,
}

/// What a ready trait becomes.
pub(super) enum Lowered {
    /// SQL.
    Sql(String),
    /// Products of one's category that one neither bought nor saw.
    NewProducts {
        /// What is sold, by category.
        catalog: Arc<Catalog>,
        /// Most products.
        most: usize,
    },
}

/// Lowers a ready trait. `measures` gets what has to be known of everybody.
pub(super) fn lower(
    place: &[&str],
    spec: &ReadyTrait,
    (config, schema): (&Config, &Schema),
    events: &events::Plan,
    population: &Population,
    measures: &mut Vec<String>,
) -> Result<Lowered, Vec<Problem>> {
    let listed = place.get(1) == Some(&READY);
    let at = |key: &str| -> Vec<String> {
        let mut path: Vec<String> = place.iter().map(|part| (*part).to_owned()).collect();
        if !listed {
            path.push(key.to_owned());
        }
        path
    };
    let fault = |key: &str, what: String, fix: String| {
        let path = at(key);
        Problem::config_at(&path.iter().map(String::as_str).collect::<Vec<_>>(), what, fix)
    };
    let Some(entry) = LIBRARY.iter().flat_map(|(_, entries)| *entries).find(|entry| entry.name == spec.ready) else {
        let names = LIBRARY.iter().flat_map(|(_, entries)| *entries).map(|entry| entry.name);
        let near = nearest(&spec.ready, names);
        let fix = near
            .first()
            .map_or_else(|| "docs/traits.md lists them".to_owned(), |name| format!("did you mean \"{name}\"?"));
        return Err(vec![fault("ready", format!("no ready trait \"{}\"", spec.ready), fix)]);
    };
    let mut faults = Vec::new();
    for (key, is_set) in build::settings(spec) {
        if is_set && !entry.takes.contains(&key) {
            let what = format!("`{}` takes no `{key}`", entry.name);
            let fix = if entry.takes.is_empty() {
                "leave it out".to_owned()
            } else {
                format!("leave it out; it takes {}", entry.takes.join(", "))
            };
            faults.push(fault(key, what, fix));
        }
    }
    faults.extend(build::values(spec, schema).into_iter().map(|(key, what, fix)| fault(key, what, fix)));
    if entry.takes.contains(&"field") && spec.field.is_none() {
        let fix = "add field = \"…\", the field that the person filled in".to_owned();
        faults.push(fault("ready", format!("`{}` needs a `field`", entry.name), fix));
    }
    let broken = |need: &str| events.broken().iter().any(|broken| broken == need);
    if faults.is_empty() && entry.needs.iter().any(|need| broken(need)) {
        return Err(Vec::new()); // what is wrong is said where it is
    }
    for need in entry.needs.iter().filter(|need| !events.has(need)) {
        let key = build::key_of(need);
        let what = format!(
            "`{}` needs to know {}, and neither [events] nor a field's name tells",
            entry.name,
            build::meaning(key)
        );
        faults.push(fault(
            "ready",
            what,
            format!("say it: [events] {key} = \"…\" (docs/config.md#events has the defaults)"),
        ));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let call = Call { spec, config, schema, events, population, measures: std::cell::RefCell::new(measures) };
    Ok(match &entry.how {
        How::Template(template) => Lowered::Sql(build::fill(template, &call)),
        How::Built(build) => Lowered::Sql(build(&call)),
        How::NewProducts => {
            let most = spec.count.unwrap_or(3) as usize;
            Lowered::NewProducts { catalog: population.catalog.clone(), most }
        }
    })
}

impl Call<'_> {
    /// A condition that stands behind another one: the window and the channel of the trait.
    fn within(&self) -> String {
        self.within_days(self.spec.days)
    }

    fn within_days(&self, days: Option<u32>) -> String {
        let mut condition = String::new();
        if let Some(days) = days {
            condition += &format!(" AND event_time >= as_of - INTERVAL '{days} days'");
        }
        if let Some(channel) = &self.spec.channel {
            condition += &format!(" AND channel = {}", build::text(channel));
        }
        condition
    }

    /// How many orders.
    fn orders(&self) -> String {
        let counted = if self.events.orders_have_numbers() { "COUNT(DISTINCT event_order)" } else { "COUNT(*)" };
        format!("{counted} FILTER (WHERE is_purchase{})", self.within())
    }

    /// Whether the person is known by anything but a device: over the fields of identifiers that stand for people.
    fn known(&self) -> String {
        let (_, policies) = crate::config::schema(self.config);
        let mut fields: Vec<u16> = Vec::new();
        for policy in policies.iter().filter(|policy| !policy.compound) {
            let stands_for_people = match policy.kind {
                Kind::Email | Kind::Phone | Kind::Hash => true,
                Kind::Id => policy.max_per_person > 0,
                _ => false,
            };
            if stands_for_people {
                fields.extend(&policy.fields);
            }
        }
        let has = |field: &u16| format!("COUNT(\"{}\") > 0", self.schema.fields[usize::from(*field)].name);
        let known: Vec<String> = fields.iter().map(has).collect();
        if known.is_empty() { "FALSE".to_owned() } else { known.join(" OR ") }
    }

    /// How many fifths of all purchasers have less than this person, plus one: 1 to 5; NULL where the measure is.
    fn score(&self, measure: &str) -> String {
        let cuts = self.population.cuts(measure);
        let mut measures = self.measures.borrow_mut();
        if !measures.iter().any(|known| known == measure) {
            measures.push(measure.to_owned());
        }
        let above: String =
            cuts.iter().map(|cut| format!(" + CASE WHEN {measure} > {cut:?} THEN 1 ELSE 0 END")).collect();
        format!("(CASE WHEN ({measure}) IS NULL THEN NULL ELSE 1{above} END)")
    }
}

#[cfg(test)]
mod tests;
