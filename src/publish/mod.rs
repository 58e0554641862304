//! Tables to files, and the swap that makes a run the published one.
//!
//! [`tables`] says what is written; [`OutputFolder`] is where, and how a run becomes the published one; [`write()`]
//! takes a resolved run to files; [`summary()`] says in plain words what came out.

mod about;
mod access;
mod audiences;
mod before;
mod block;
mod columns;
mod consent;
mod csv;
mod cursor;
mod earlier;
mod entries;
mod erase;
mod findings;
mod folder;
mod ids;
mod lock;
mod metrics;
mod of_persons;
mod output;
mod parquet;
mod past;
mod persons;
mod query;
mod read;
mod records;
mod report_page;
#[cfg(test)]
mod sample;
mod scan;
mod select;
mod selection;
mod stages;
mod staging;
mod suggest;
mod summary;
pub mod tables;
mod told_journeys;
mod triggers;
mod veil;
mod verify;
mod writable;
mod write;
mod writer;

pub use about::{rows_about, rows_if};
pub use access::{KEPT_CLOSE, grant};
pub use cursor::Cursor;
pub use earlier::{Earlier, history};
pub use erase::{Erasure, People, Swept, erased, make_secret, next_receipt, people, secret};
pub use folder::{OutputFolder, RunFolder, finish, held, runs};
pub use lock::is_busy;
pub use metrics::write_metrics;
pub use of_persons::{PersonRows, of_persons};
pub use output::OutputFile;
pub use persons::{GoldenColumn, golden_columns};
pub use query::query;
pub use read::{Cells, head, read_report, tables_in};
pub use report_page::write_page;
pub use scan::{CROSSWALK_KEY, scan};
pub use select::{Filter, Rows, has_table, select};
pub use selection::Selection;
pub use stages::write_stages;
pub use staging::{Draft, Staging};
pub use summary::summary;
pub use veil::{Veil, pseudonymize};
pub use verify::{Checked, sums, verify};
pub use writable::{stage_writable, writable};
pub use write::{Identifiers, Publication, write, write_report};
pub use writer::{Formats, TableWriter};
