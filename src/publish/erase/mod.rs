//! Erasing a person from everything that the output folder keeps.
//!
//! [`people()`] finds out what of her is where, over all kept runs; [`Erasure`] writes every file that holds something of
//! her anew, beside the old ones, and swaps them in: [`journal`] makes that survive whatever kills the process.

mod cache;
mod journal;
mod people;
mod rewrite;
mod row;
mod stored;
mod sweep;

pub use journal::{finish_erasure, is_unfinished};
pub use people::{People, people};
pub use rewrite::stretches;
pub use stored::{erased, make_secret, next_receipt, secret};
pub use sweep::{Erasure, Swept};
