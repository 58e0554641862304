//! Raw cells to clean values, identifier keys, or the reason why not; one file per kind.
//!
//! [`Plan`] is compiled once from the config; every ingest worker takes an [`Assembler`] per source from it, which owns
//! the memos (phones and names are worked on once per distinct value) and writes rows, occurrences, blocked values and
//! compare codes into a chunk.
//!
//! A cell's way: [`blank`] (no value at all?) → its kind's file (clean value, or the reason why not) → [`placeholders`]
//! (does it identify anybody?) → the row, its identifiers and its compare key.

mod asked;
mod assemble;
pub mod blank;
pub mod boolean;
pub mod clean;
pub mod compare;
pub mod consent;
pub mod country;
mod country_table;
pub mod date;
pub mod email;
pub mod fold;
pub mod hash;
pub mod id;
mod identify;
mod memo;
pub mod money;
pub mod name;
pub mod nanp;
pub mod phone;
mod placeholder_list;
mod placeholder_page;
pub mod placeholders;
mod plan;
pub mod postal_code;
mod spreadsheet;
pub mod text;
pub mod time;

pub use assemble::{Assembler, MAX_ROWS};
pub use placeholder_list::{BuiltIn, Form, builtin};
pub use placeholder_page::placeholder_page;
pub use plan::Plan;

#[cfg(test)]
mod tests;
