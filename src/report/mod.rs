//! The report: one HTML file that says how many customers there are, from how many records, and what to worry about. Pure:
//! from figures to a text. It is published with every run and is the same for the same data.

mod charts;
mod figures;
mod page;
mod picture;
mod sections;
#[cfg(test)]
mod tests;
mod text;
mod worries;

pub use figures::{BigBridge, BigPerson, CreditFigures, Figures, GoldenFigures, JourneyFigures, More};
pub use page::{page, picture_page, picture_svg};
pub use picture::Picture;
