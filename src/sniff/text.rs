//! Lines of a config with their comments.

/// `key = value   # note`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Left of `=`.
    pub key: String,
    /// Right of it, as TOML.
    pub value: String,
    /// Behind `#`; empty = nothing.
    pub note: String,
}

impl Line {
    /// A line.
    #[must_use]
    pub fn new(key: &str, value: String, note: String) -> Self {
        Self { key: key.to_owned(), value, note }
    }
}

/// A text as TOML.
#[must_use]
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// An inline table.
#[must_use]
pub fn spec(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// Lines with their comments under each other.
#[must_use]
pub fn lines(lines: &[Line]) -> String {
    const WIDEST: usize = 60;
    let text = |line: &Line| format!("{} = {}", line.key, line.value);
    let widths = lines.iter().map(|line| text(line).chars().count()).filter(|width| *width <= WIDEST);
    let width = widths.max().unwrap_or(0);
    let mut page = String::new();
    for line in lines {
        let text = text(line);
        match line.note.is_empty() {
            true => page += &format!("{text}\n"),
            false => page += &format!("{text:width$}  # {}\n", line.note),
        }
    }
    page
}
