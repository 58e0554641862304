//! Pages that are made from code and kept in the repository.

use std::path::Path;

/// Holds a generated page against the one that is kept (its place in the repository). With `ONEFOLD_BLESS` in the
/// environment, the kept one is written anew.
pub fn fresh(kept: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(kept);
    if std::env::var_os("ONEFOLD_BLESS").is_some() {
        std::fs::write(&path, page).expect("the repository can be written to");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == page, "{kept} is stale: run ONEFOLD_BLESS=1 cargo test --lib fresh");
}
