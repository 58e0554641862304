//! Persons who must not be known any more: keyed hashes of what is hers, and what of a person is looked for in the
//! files that onefold keeps. No I/O.
//!
//! Nothing here can be turned back into an identifier: an [`Erased`] list holds HMAC-SHA-256 values under a [`Secret`]
//! that only the owner of the output folder reads. Ingest asks the list about every row; identity asks it before it
//! gives an id to anybody.

mod list;
mod receipt;
mod secret;
mod traces;

pub use list::{Domain, Erased, Part};
pub use receipt::{Place, Receipt, RunErased};
pub use secret::Secret;
pub use traces::{Traces, Verdict, hashes, own_forms};
