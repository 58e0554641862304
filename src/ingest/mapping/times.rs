//! Where times stand, and how they are read.

use jiff::tz::TimeZone;

use super::super::event_time::TimeFormat;
use super::{Mapping, Slot, TimeMapping, fault};
use crate::config::{self, EventTime, OnError, OneOrMany};
use crate::problem::Problem;

impl Mapping {
    /// Where a time is, and the columns that it needs: all of one of the alternatives.
    pub(super) fn time(
        &mut self,
        time: &EventTime,
        place: &[String],
        project: &config::Project,
        problems: &mut Vec<Problem>,
    ) -> (TimeMapping, Vec<Vec<Slot>>) {
        let (names, join, formats, zone, on_error) = match time {
            EventTime::Column(name) => (std::slice::from_ref(name), false, &[][..], None, OnError::Reject),
            EventTime::Spec(spec) => (
                spec.column.as_slice(),
                spec.join,
                spec.format.as_ref().map_or(&[][..], OneOrMany::as_slice),
                spec.time_zone.as_deref(),
                spec.on_error,
            ),
        };
        let slots: Vec<Slot> = names.iter().map(|name| self.slot(name)).collect();
        let any_of = if join { vec![slots.clone()] } else { slots.iter().map(|slot| vec![*slot]).collect() };
        let slots = match (join, slots) {
            (true, slots) => vec![self.join(slots, " ")],
            (false, slots) => slots,
        };
        let mut compiled = Vec::new();
        for format in formats {
            match TimeFormat::new(format) {
                Ok(format) => compiled.push(format),
                Err(error) => problems.push(fault(
                    &[place, &["format".into()]].concat(),
                    format!("`{format}` is not a strptime format: {error}"),
                    "for example `%Y-%m-%d %H:%M:%S`, `%m/%d/%Y`",
                )),
            }
        }
        let (name, zone_place) = match zone {
            Some(zone) => (zone, [place, &["time_zone".into()]].concat()),
            None => (project.time_zone.as_deref().unwrap_or("UTC"), vec!["project".into(), "time_zone".into()]),
        };
        let zone = named_zone(name).unwrap_or_else(|| {
            let problem = fault(
                &zone_place,
                format!("no time zone \"{name}\""),
                "take an IANA name such as `Europe/Berlin`, `America/New_York`, `UTC`",
            );
            if !problems.contains(&problem) {
                problems.push(problem);
            }
            TimeZone::UTC
        });
        let reject = on_error == OnError::Reject;
        (TimeMapping { slots, formats: compiled, zone, reject }, any_of)
    }
}

/// A zone by its IANA name. The usual names of UTC give the very zone that needs no look into a table.
fn named_zone(name: &str) -> Option<TimeZone> {
    if matches!(name, "UTC" | "Etc/UTC" | "Z") { Some(TimeZone::UTC) } else { TimeZone::get(name).ok() }
}
