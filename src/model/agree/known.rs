//! Given names that are known: their pet forms, their spellings, and which are names in their own right.

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Name → the families (a name with its forms, or the spellings of one) that it belongs to; empty = known, no family.
static NAMES: LazyLock<HashMap<&'static str, Vec<u16>, FixedState>> = LazyLock::new(|| {
    let mut names: HashMap<&'static str, Vec<u16>, FixedState> = HashMap::default();
    let mut family = 0;
    let lists = [include_str!("nicknames.txt"), include_str!("given_names.txt")];
    for (list, text) in lists.into_iter().enumerate() {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let spellings = line.strip_prefix('=');
            let is_family = list == 0 || spellings.is_some();
            for name in spellings.unwrap_or(line).split_whitespace() {
                let families = names.entry(name).or_default();
                if is_family && families.last() != Some(&family) {
                    families.push(family);
                }
            }
            family += u16::from(is_family);
        }
    }
    names
});

/// Whether the word is a given name that is known.
pub(super) fn is_known(name: &str) -> bool {
    NAMES.contains_key(name)
}

/// Whether both are forms of one given name.
pub(super) fn are_forms(a: &str, b: &str) -> bool {
    match (NAMES.get(a), NAMES.get(b)) {
        (Some(a), Some(b)) => a.iter().any(|family| b.contains(family)),
        _ => false,
    }
}
