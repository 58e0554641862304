//! The config reference page, from the structs' doc comments.

/// `docs/config.md`, whole.
#[must_use]
pub fn reference() -> String {
    todo!()
}
