//! `${NAME}` and `${NAME:-default}` in the config's texts, taken from the environment; `$${` stands for `${`.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

use super::tree::{Node, inside};
use crate::problem::{Place, Problem};

/// Puts the environment into every text value of the tree; one fault per variable that cannot be put in.
///
/// Keys are left alone. What is put in is not looked at again.
pub(super) fn substitute(text: &str, root: &mut DeTable<'_>, env: &dyn Fn(&str) -> Option<String>) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (_, value) in root.iter_mut() {
        in_value(text, value, env, &mut faults);
    }
    faults
}

fn in_value(text: &str, node: &mut Node<'_>, env: &dyn Fn(&str) -> Option<String>, faults: &mut Vec<Problem>) {
    let span = node.span();
    match node.get_mut() {
        DeValue::String(value) if value.contains("${") => {
            let expanded = expand(value, env, &mut |within, what, fix| {
                let range = inside(text, span.clone(), value, within);
                faults.push(Problem { place: Place::ConfigSpan(range), what, fix });
            });
            *value = Cow::Owned(expanded);
        }
        DeValue::Array(array) => array.iter_mut().for_each(|element| in_value(text, element, env, faults)),
        DeValue::Table(table) => table.iter_mut().for_each(|(_, value)| in_value(text, value, env, faults)),
        _ => {}
    }
}

/// The text with its variables put in; `fault` gets the byte range of each that cannot be, and the reason.
fn expand(
    value: &str,
    env: &dyn Fn(&str) -> Option<String>,
    fault: &mut dyn FnMut(std::ops::Range<usize>, String, String),
) -> String {
    let mut out = String::with_capacity(value.len());
    let mut at = 0;
    while let Some(found) = value[at..].find("${") {
        let start = at + found;
        if value[..start].ends_with('$') && start > at {
            out.push_str(&value[at..start - 1]);
            out.push_str("${");
            at = start + 2;
            continue;
        }
        out.push_str(&value[at..start]);
        let Some(length) = value[start..].find('}') else {
            fault(
                start..value.len(),
                "`${` is not closed".into(),
                "write ${NAME}, or $${ for the two characters".into(),
            );
            return out;
        };
        let end = start + length + 1;
        let inner = &value[start + 2..end - 1];
        let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, default)| (name, Some(default)));
        if !is_name(name) {
            let what = format!("`{name}` is not the name of an environment variable");
            fault(start..end, what, "write ${NAME} or ${NAME:-default}, or $${ for the two characters `${`".into());
        } else {
            // As in the shell, `:-` also stands in for a variable that is empty.
            match (env(name), default) {
                (Some(set), Some(default)) if set.is_empty() => out.push_str(default),
                (Some(set), _) => out.push_str(&set),
                (None, Some(default)) => out.push_str(default),
                (None, None) => {
                    let what = format!("the environment variable {name} is not set");
                    fault(start..end, what, format!("set {name}, or give a default: ${{{name}:-default}}"));
                }
            }
        }
        at = end;
    }
    out.push_str(&value[at..]);
    out
}

fn is_name(name: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    name.bytes().all(word) && name.bytes().next().is_some_and(|b| !b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str) -> Option<String> {
        match name {
            "DAY" => Some("2026-11-21".into()),
            "EMPTY" => Some(String::new()),
            "SNEAKY" => Some("${DAY}".into()),
            _ => None,
        }
    }

    fn expanded(value: &str) -> String {
        expand(value, &env, &mut |_, what, _| panic!("{what}"))
    }

    #[test]
    fn variables_are_put_in_once() {
        assert_eq!(expanded("web-${DAY}.csv"), "web-2026-11-21.csv");
        assert_eq!(expanded("${DAY}${DAY}"), "2026-11-212026-11-21");
        assert_eq!(expanded("${SNEAKY}"), "${DAY}");
    }

    #[test]
    fn a_default_stands_in_for_an_unset_or_empty_variable() {
        assert_eq!(expanded("${NOT_SET:-x}/${EMPTY:-y}/${DAY:-z}/${NOT_SET:-}"), "x/y/2026-11-21/");
        assert_eq!(expanded("a${EMPTY}b"), "ab");
    }

    #[test]
    fn a_doubled_dollar_is_a_plain_one() {
        assert_eq!(expanded("$${DAY} $5 $$ ^x$"), "${DAY} $5 $$ ^x$");
        assert_eq!(expanded("${DAY}$${DAY}"), "2026-11-21${DAY}");
    }

    #[test]
    fn every_variable_that_cannot_be_put_in_is_a_fault_with_its_place() {
        let text = "path = 'a/${NOPE}/${1X}'\nlist = [ { x = \"b ${OTHER\" } ]\n";
        let (mut tree, _) = super::super::tree::Tree::parse(text);
        let faults = substitute(text, &mut tree.root, &env);
        let shown: Vec<_> = faults
            .iter()
            .map(|fault| match &fault.place {
                Place::ConfigSpan(range) => (&text[range.clone()], fault.what.as_str()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("${NOPE}", "the environment variable NOPE is not set"),
                ("${1X}", "`1X` is not the name of an environment variable"),
                ("${OTHER", "`${` is not closed"),
            ]
        );
    }
}
