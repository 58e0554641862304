//! The data's way as a short list of calls; the sole owner of the order. Pure: no I/O, no printing, no rules of its own.
//!
//! [`resolve`] takes numbered records to persons; [`Plans`] are the compiled rules of golden, traits and segments; and
//! [`fold_batches`] runs the persons through them, a stretch at a time.

mod channels;
mod columns;
mod fold;
mod plans;
mod population;
mod reading;
mod resolve;
mod stretches;

pub use columns::PERSON_COLUMNS;
pub use fold::{Folded, fold_batches};
pub use plans::Plans;
pub use resolve::{Earlier, Resolved, resolve};
pub use stretches::in_order;
