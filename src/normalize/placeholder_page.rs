//! The docs page of the built-in placeholders, from the list itself.

use std::fmt::Write as _;

use super::placeholder_list::{Form, builtin};
use super::placeholders::KINDS;

const INTRODUCTION: &str = "\
# Built-in placeholders

<!-- Made from src/normalize/placeholder_list.rs: ONEFOLD_BLESS=1 cargo test --lib placeholder_page -->

Values that identify nobody. They stay in the record, but link nobody and win no golden column; what they blocked is in the
table `ignored_identifiers` (reason `placeholder`) and in `edges`. Blank cells and words for nothing (`null`, `n/a`, `-`) need
no list: they are no values at all.

The lists hold unless `[placeholders.KIND] builtin = false`; `values` and `patterns` there add your own, and
`suggested_placeholders.toml` of every run suggests some. Values are compared after they were normalized, in any case.
The digests (MD5, SHA-1, SHA-256) of listed e-mail addresses are placeholders among hashes. Role addresses (`info@…`) are on no
list: people may share them, and that is judged by the data (`shared_above`).

```toml,part
[placeholders.email]
values = [\"orders@our-shop.example\"]
patterns = [\"till\\\\d+@our-shop\\\\.example\"]

[placeholders.phone]
builtin = false
```
";

/// `docs/placeholders.md`, whole.
#[must_use]
pub fn placeholder_page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (kind, name) in KINDS {
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {name}\n\n");
        let mut entries = builtin().iter().filter(|entry| entry.kind == kind).peekable();
        if entries.peek().is_none() {
            page.push_str("None built in.\n");
            continue;
        }
        page.push_str("| values | why |\n|---|---|\n");
        for entry in entries {
            let values = match entry.form {
                Form::Values(values) => values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" "),
                Form::Pattern { text, .. } => text.to_owned(),
            };
            let _ = writeln!(page, "| {} | {} |", values.replace('|', "\\|"), entry.why.replace('|', "\\|"));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholders_in_docs_are_fresh() {
        crate::fresh::fresh("docs/placeholders.md", &placeholder_page());
    }
}
