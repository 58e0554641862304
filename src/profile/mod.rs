//! What sources hold, before anything is linked: fill and form of their columns, and where the joins will come from.

mod columns;
mod identifiers;
mod junk;

pub use columns::{ColumnFigures, SourceColumns};
pub use identifiers::{Common, Identifiers, Overlap, Profile, SourceIdentifier, Texts};
