//! What of many named things is new, changed or gone.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// Something that has a name and is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Changed {
    /// Its name.
    pub name: String,
    /// `new`, `changed` or `gone`.
    pub how: &'static str,
}

/// Compares fingerprints by name. With `dots`, names are paths (`identifiers.phone.priority`), and what is new or gone
/// as a whole is named once (`identifiers.phone`).
#[must_use]
pub fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, dots: bool) -> Vec<Changed> {
    let mut found = BTreeSet::new();
    for name in before.keys().chain(after.keys()) {
        let (how, other) = match (before.get(name), after.get(name)) {
            (None, _) => ("new", before),
            (_, None) => ("gone", after),
            (old, new) if old != new => ("changed", after),
            _ => continue,
        };
        let parents = name.match_indices('.').map(|(at, _)| &name[..at]).filter(|_| dots && how != "changed");
        let has = |parent: &str| other.keys().any(|key| key.strip_prefix(parent).is_some_and(|r| r.starts_with('.')));
        // A list of words that is a list of tables now, or was: `always_link = []` and `always_link.0.file`.
        let outer =
            name.match_indices('.').map(|(at, _)| &name[..at]).find(|parent| dots && other.contains_key(*parent));
        if let Some(outer) = outer.or(Some(name.as_str()).filter(|name| dots && how != "changed" && has(name))) {
            found.insert(Changed { name: outer.to_owned(), how: "changed" });
            continue;
        }
        let whole = parents.into_iter().find(|parent| !has(parent)).unwrap_or(name);
        found.insert(Changed { name: whole.to_owned(), how });
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_as_a_whole_is_named_once() {
        let map = |names: &[(&str, &str)]| {
            names.iter().map(|(name, print)| ((*name).to_owned(), (*print).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let before = map(&[("id.email.a", "1"), ("id.phone.a", "1"), ("id.phone.b", "1"), ("out", "1")]);
        let after = map(&[("id.email.a", "2"), ("id.email.b", "1"), ("out", "1"), ("traits.x", "1")]);
        let told = |dots| {
            let all = changed(&before, &after, dots);
            all.into_iter().map(|one| format!("{} {}", one.name, one.how)).collect::<Vec<_>>()
        };
        assert_eq!(told(true), ["id.email.a changed", "id.email.b new", "id.phone gone", "traits new"]);
        assert_eq!(told(false).len(), 5);
        let (none, some) = (map(&[("words", "0")]), map(&[("words.0.file", "1"), ("words.1.file", "1")]));
        for (before, after) in [(&none, &some), (&some, &none)] {
            let found = changed(before, after, true);
            assert_eq!(found, [Changed { name: "words".into(), how: "changed" }]);
        }
        assert!(changed(&before, &before, true).is_empty());
    }
}
