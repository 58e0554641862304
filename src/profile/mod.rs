//! What sources hold, before anything is linked: fill and form of their columns, and where the joins will come from.

mod columns;

pub use columns::{ColumnFigures, SourceColumns};
