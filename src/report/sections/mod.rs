//! The sections of the report, in order.

mod changes;
mod channels;
mod contact;
mod journeys;
mod links;
mod persons;
mod segments;

use maud::Markup;

use self::changes::{changes, gates};
use self::channels::{overlap, sources};
use self::contact::{audiences, consent};
use self::journeys::journeys;
use self::links::{identifiers, refusals};
use self::persons::{biggest, golden, sizes};
use self::segments::{segments, triggers};
use super::figures::Figures;

/// A part of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// One or two sentences under it.
    pub lead: String,
    /// The rest.
    pub body: Markup,
}

/// All sections that have something to show.
pub fn all(figures: &Figures<'_>) -> Vec<Section> {
    let sections = [
        Some(sources(figures)),
        overlap(figures),
        Some(sizes(figures)),
        Some(identifiers(figures)),
        refusals(figures),
        biggest(figures),
        golden(figures),
        consent(figures),
        segments(figures),
        triggers(figures),
        journeys(figures),
        audiences(figures),
        changes(figures),
        gates(figures),
    ];
    sections.into_iter().flatten().collect()
}
