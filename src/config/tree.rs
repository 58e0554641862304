//! The config's text as a tree in which every key and value knows its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Place, Problem};

/// A value with its place in the text.
pub(super) type Node<'t> = Spanned<DeValue<'t>>;

/// A parsed config file, and the text that its places are in.
pub(super) struct Tree<'t> {
    /// The whole text.
    pub text: &'t str,
    /// The top of the file.
    pub root: DeTable<'t>,
}

impl<'t> Tree<'t> {
    /// Parses; always gives a tree, with every syntax fault that was met on the way.
    pub fn parse(text: &'t str) -> (Self, Vec<Problem>) {
        let (root, mut errors) = DeTable::parse_recoverable(text);
        errors.sort_by_key(|error| error.span().map(|span| span.start));
        let faults = errors.iter().map(|error| syntax_fault(text, error)).collect();
        (Self { text, root: root.into_inner() }, faults)
    }

    /// The byte range of a place, or `None` where the text has nothing to point at.
    pub fn range(&self, place: &Place) -> Option<Range<usize>> {
        match place {
            Place::Config { path, within } => self.locate(path, within.clone()),
            Place::ConfigKey { path } => self.locate_key(path).or_else(|| self.locate(path, None)),
            Place::ConfigSpan(range) => Some(range.clone()),
            Place::File { .. } | Place::Argument(_) | Place::Run => None,
        }
    }

    /// The byte range of the value at a path; where there is no such key, that of the nearest table around it (its
    /// header); `None` for the file as a whole. `within` is a byte range inside the value's own text.
    pub fn locate(&self, path: &[String], within: Option<Range<usize>>) -> Option<Range<usize>> {
        let (node, depth) = self.descend(path);
        let node = node?;
        match (node.get_ref(), within) {
            // What was put in for a `${NAME}` is not in the text, so nothing behind it can be pointed at.
            (DeValue::String(value), Some(within))
                if depth == path.len() && value.find("${").is_none_or(|variable| within.end <= variable) =>
            {
                Some(inside(self.text, node.span(), value, within))
            }
            _ => Some(node.span()),
        }
    }

    /// The byte range of the last key of a path, where that key is there.
    fn locate_key(&self, path: &[String]) -> Option<Range<usize>> {
        let (last, parents) = path.split_last()?;
        let (node, depth) = self.descend(parents);
        let table = match node {
            None if parents.is_empty() => &self.root,
            Some(node) if depth == parents.len() => node.get_ref().as_table()?,
            _ => return None,
        };
        table.get_key_value(last.as_str()).map(|(key, _)| key.span())
    }

    /// The deepest node of a path that is there (`None`: not even the first key), and how many keys led to it.
    fn descend(&self, path: &[String]) -> (Option<&Node<'t>>, usize) {
        let mut node = None;
        for (depth, key) in path.iter().enumerate() {
            let next = match node.map(Spanned::get_ref) {
                None => self.root.get(key.as_str()),
                Some(DeValue::Table(table)) => table.get(key.as_str()),
                Some(DeValue::Array(array)) => key.parse().ok().and_then(|index: usize| array.get(index)),
                Some(_) => None,
            };
            match next {
                None => return (node, depth),
                found => node = found,
            }
        }
        (node, path.len())
    }
}

/// The byte range in `text` of a part (`within`) of a string value that stands at `span`, quotes included. Where escapes
/// make that uncertain, the whole value.
pub(super) fn inside(text: &str, span: Range<usize>, value: &str, within: Range<usize>) -> Range<usize> {
    let (Some(raw), Some(before), Some(part)) =
        (text.get(span.clone()), value.get(..within.start), value.get(within.clone()))
    else {
        return span;
    };
    // Without escapes the value stands in the text as it is; else the part may, after as many others like it.
    if let Some(start) = raw.find(value) {
        return span.start + start + within.start..span.start + start + within.end;
    }
    if part.is_empty() {
        return span;
    }
    let earlier = before.matches(part).count();
    match raw.match_indices(part).nth(earlier) {
        Some((start, _)) => span.start + start..span.start + start + part.len(),
        None => span,
    }
}

fn syntax_fault(text: &str, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let message = error.message();
    let fix = match message {
        "duplicate key" => "keep one of the two, or write a list if both are meant",
        _ if message.contains("string") && !message.contains("multi-line") => {
            "texts stand in quotes on one line: \"…\"; use '…' for texts with backslashes, \"\"\"…\"\"\" over several lines"
        }
        _ if message.contains("table") => "a table's header is [name], one of several of a kind [[name]]",
        _ => "each line is key = value; texts in quotes, lists in brackets, # for comments",
    };
    let start = floor(text, span.start.min(text.len()));
    let end = floor(text, span.end.min(text.len())).max(start);
    Problem { place: Place::ConfigSpan(start..end), what: format!("not TOML: {message}"), fix: fix.into() }
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<'t>(text: &'t str, path: &str, within: Option<Range<usize>>) -> &'t str {
        let (tree, faults) = Tree::parse(text);
        assert_eq!(faults, []);
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        tree.locate(&path, within).map_or("", |range| &text[range])
    }

    #[test]
    fn a_value_is_found_by_its_path() {
        let text = "[[source]]\nname = 'a'\n[[source]]\nname = 'b'\nfields = { email = ['x', 'y'] }\n";
        assert_eq!(shown(text, "source.1.name", None), "'b'");
        assert_eq!(shown(text, "source.1.fields.email.1", None), "'y'");
    }

    #[test]
    fn a_missing_key_points_at_the_table_that_should_have_it() {
        let text = "[project]\nname = 'x'\n[[source]]\nname = 'a'\n[identifiers.email]\n";
        assert_eq!(shown(text, "source.0.path", None), "[[source]]");
        assert_eq!(shown(text, "identifiers.email.priority", None), "[identifiers.email]");
        assert_eq!(shown(text, "segment", None), "");
    }

    #[test]
    fn a_key_is_found_in_a_header_and_in_a_line() {
        let text = "[identifiers.email]\nkind = 'email'\n";
        let (tree, _) = Tree::parse(text);
        let at = |path: &[&str]| {
            let path = path.iter().map(|s| (*s).to_owned()).collect();
            tree.range(&Place::ConfigKey { path }).map(|range| &text[range])
        };
        assert_eq!(at(&["identifiers", "email"]), Some("email"));
        assert_eq!(at(&["identifiers", "email", "kind"]), Some("kind"));
        assert_eq!(at(&["identifiers", "email", "kin"]), Some("[identifiers.email]"));
    }

    #[test]
    fn a_part_of_a_rule_is_found_in_every_sort_of_quotes() {
        let rule = "a = 1 AND b = 2";
        let within = rule.find("b =").map(|start| start..start + 1);
        for text in [
            format!("[traits]\nx = \"{rule}\"\n"),
            format!("[traits]\nx = '{rule}'\n"),
            format!("[traits]\nx = \"\"\"\n{rule}\"\"\"\n"),
            format!("[traits]\nx = '''{rule}'''\n"),
        ] {
            let (tree, _) = Tree::parse(&text);
            let path = ["traits".to_owned(), "x".to_owned()];
            let range = tree.locate(&path, within.clone()).expect("the key is there");
            assert_eq!(range.start, text.find("b = 2").expect("the rule is there"), "{text}");
            assert_eq!(&text[range], "b");
        }
    }

    #[test]
    fn a_part_after_an_escape_is_found_by_its_own_text() {
        let text = r#"x = "city = \"Berlin\" AND citty = 1 AND citty = 2""#;
        let value = "city = \"Berlin\" AND citty = 1 AND citty = 2";
        let second = value.rfind("citty").expect("it is there");
        let (tree, _) = Tree::parse(text);
        let range = tree.locate(&["x".to_owned()], Some(second..second + 5)).expect("the key is there");
        assert_eq!(range.start, text.rfind("citty").expect("it is there"));
    }

    #[test]
    fn a_part_behind_a_variable_or_outside_the_value_points_at_the_whole_value() {
        let text = "x = 'a ${B} c'";
        assert_eq!(shown(text, "x", Some(8..9)), "'a ${B} c'");
        assert_eq!(shown(text, "x", Some(0..1)), "a");
        assert_eq!(shown(text, "x", Some(50..60)), "'a ${B} c'");
    }

    #[test]
    fn all_syntax_faults_are_found_in_one_go() {
        let (_, faults) = Tree::parse("a = \nb = tru\n[c\nd = 1\nd = 2\n");
        assert!(faults.len() >= 3, "{faults:?}");
    }
}
