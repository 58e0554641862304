//! Does the text have the shape of a config? Every unknown key, missing key, wrong type and unknown name, in one go,
//! before serde sees it (serde stops at the first).

use toml::de::{DeArray, DeTable, DeValue};

use super::tree::Node;
use super::types::{Choice, Key, Table, Type, Types, first_sentence};
use super::words::{did_you_mean, home, label, list};
use crate::problem::{Place, Problem, nearest};

/// All faults of shape, in the order in which the keys stand in the file's tables.
pub(super) fn check_shape(root: &DeTable<'_>) -> Vec<Problem> {
    let types = Types::of_config();
    let mut walk = Walk { types: &types, path: Vec::new(), faults: Vec::new() };
    walk.table("Config", root);
    walk.faults
}

struct Walk<'a> {
    types: &'a Types,
    path: Vec<String>,
    faults: Vec<Problem>,
}

impl Walk<'_> {
    fn table(&mut self, name: &str, found: &DeTable<'_>) {
        let types = self.types;
        let table = types.table(name);
        for (key, value) in found {
            let key = key.get_ref();
            self.path.push(key.to_string());
            match table.keys.get(key.as_ref()) {
                Some(known) => self.value(&known.kind, Some(known), value),
                None => self.unknown_key(table, key),
            }
            self.path.pop();
        }
        // A required key that is there, misspelled, is not missing as well.
        let misspelled: Vec<&str> = found
            .keys()
            .filter(|key| !table.keys.contains_key(key.get_ref().as_ref()))
            .flat_map(|key| nearest(key.get_ref(), table.keys.keys().map(String::as_str)))
            .collect();
        for (key, known) in &table.keys {
            if known.required && !found.contains_key(key.as_str()) && !misspelled.contains(&key.as_str()) {
                let place = Place::Config { path: self.path.clone(), within: None };
                let what = format!("{} has no `{key}`", label(&self.path));
                self.faults.push(Problem { place, what, fix: format!("add `{key}`: {}", first_sentence(&known.doc)) });
            }
        }
    }

    fn value(&mut self, kind: &Type, key: Option<&Key>, value: &Node<'_>) {
        let fitting = kind.alternatives().iter().find(|one| fits(one, value.get_ref()));
        match (fitting, value.get_ref()) {
            (Some(Type::Table(name)), DeValue::Table(table)) => self.table(name, table),
            (Some(Type::Map(inner)), DeValue::Table(table)) => {
                for (name, value) in table {
                    self.path.push(name.get_ref().to_string());
                    self.value(inner, None, value);
                    self.path.pop();
                }
            }
            (Some(Type::List(inner)), DeValue::Array(array)) => {
                for (index, element) in array.iter().enumerate() {
                    self.path.push(index.to_string());
                    self.value(inner, None, element);
                    self.path.pop();
                }
            }
            (Some(_), _) => {}
            (None, found) => self.misfit(kind, key, found),
        }
    }

    fn misfit(&mut self, kind: &Type, key: Option<&Key>, found: &DeValue<'_>) {
        let name = spoken(&self.path);
        let (what, fix) = match (choice(kind), found) {
            (Some(choice), DeValue::String(text)) => {
                let near = did_you_mean(text, choice.iter()).map(|near| format!("{near} ")).unwrap_or_default();
                let capital = if near.is_empty() { "allowed" } else { "Allowed" };
                (format!("{name} cannot be \"{text}\""), format!("{near}{capital} are {}", list(choice.iter())))
            }
            (_, DeValue::Integer(_)) if kind.alternatives().iter().any(|k| matches!(k, Type::Whole(_))) => {
                let most =
                    kind.alternatives().iter().find_map(|k| if let Type::Whole(n) = k { Some(*n) } else { None });
                let what = format!("{name} must be a whole number from 0 to {}", most.unwrap_or_default());
                (what, String::new())
            }
            _ => (format!("{name} must be {}, found {}", kind.describe(), speak(found)), String::new()),
        };
        let fix = [fix, conversion(kind, &self.path, found), key.map(|k| meaning(&self.path, k)).unwrap_or_default()]
            .into_iter()
            .find(|fix| !fix.is_empty())
            .unwrap_or_else(|| format!("write {}", kind.describe()));
        self.faults.push(Problem { place: Place::Config { path: self.path.clone(), within: None }, what, fix });
    }

    fn unknown_key(&mut self, table: &Table, key: &str) {
        let parent = &self.path[..self.path.len() - 1];
        let fix = did_you_mean(key, table.keys.keys().map(String::as_str)).unwrap_or_else(|| {
            let elsewhere = self.types.tables().filter(|(_, other)| other.keys.contains_key(key));
            let homes: Vec<&str> = elsewhere.filter_map(|(name, _)| home(name)).collect();
            match homes.as_slice() {
                [] => format!("keys here are {}", list(table.keys.keys().map(String::as_str))),
                homes => format!("`{key}` belongs in {}", homes.join(" or ")),
            }
        });
        let place = Place::ConfigKey { path: self.path.clone() };
        self.faults.push(Problem { place, what: format!("unknown key `{key}` in {}", label(parent)), fix });
    }
}

fn choice(kind: &Type) -> Option<&Choice> {
    kind.alternatives().iter().find_map(|one| if let Type::Choice(choice) = one { Some(choice) } else { None })
}

fn fits(kind: &Type, value: &DeValue<'_>) -> bool {
    match (kind, value) {
        (Type::Text, DeValue::String(_))
        | (Type::Bool, DeValue::Boolean(_))
        | (Type::Number, DeValue::Integer(_) | DeValue::Float(_))
        | (Type::List(_), DeValue::Array(_))
        | (Type::Map(_) | Type::Table(_), DeValue::Table(_)) => true,
        (Type::Choice(choice), DeValue::String(text)) => choice.iter().any(|name| *name == **text),
        (Type::Whole(most), DeValue::Integer(number)) => {
            u64::from_str_radix(number.as_str(), number.radix()).is_ok_and(|number| number <= *most)
        }
        _ => false,
    }
}

/// The value's name in a message: `` `keep_runs` ``, or `` `formats[1]` `` for an element.
fn spoken(path: &[String]) -> String {
    let mut name = String::new();
    let start = path.iter().rposition(|key| !key.bytes().all(|b| b.is_ascii_digit())).unwrap_or(0);
    for (i, key) in path[start..].iter().enumerate() {
        if i == 0 { name.push_str(key) } else { name.push_str(&format!("[{key}]")) }
    }
    format!("`{name}`")
}

/// Whether a list holds tables only, as `[[…]]` makes it.
fn of_tables(array: &DeArray<'_>) -> bool {
    !array.is_empty() && array.iter().all(|element| element.get_ref().is_table())
}

fn speak(found: &DeValue<'_>) -> &'static str {
    match found {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false without quotes",
        DeValue::Datetime(_) => "a date or time without quotes",
        DeValue::Array(array) if of_tables(array) => "a list of tables ([[…]])",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// What to change in the text, where it is plain; else empty.
fn conversion(kind: &Type, path: &[String], found: &DeValue<'_>) -> String {
    let may_be = |test: &dyn Fn(&Type) -> bool| kind.alternatives().iter().any(test);
    let name = path.join(".");
    match found {
        DeValue::Array(array) if of_tables(array) && may_be(&|k| matches!(k, Type::Map(_))) => {
            match kind.alternatives() {
                [Type::Map(inner)] if matches!(**inner, Type::Table(_)) => {
                    format!("write [{name}.NAME], a table for each")
                }
                _ => format!("write [{name}], in single brackets"),
            }
        }
        DeValue::Array(array) if of_tables(array) => format!("write [{name}], in single brackets"),
        DeValue::Table(_) if may_be(&|k| matches!(k, Type::List(inner) if matches!(**inner, Type::Table(_)))) => {
            format!("write [[{name}]], in double brackets: there may be several")
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_)
            if may_be(&|k| matches!(k, Type::Text)) =>
        {
            "put it in quotes".into()
        }
        DeValue::String(text) if may_be(&|k| matches!(k, Type::Whole(_))) && text.parse::<u64>().is_ok() => {
            "leave the quotes out".into()
        }
        DeValue::String(text) if may_be(&|k| *k == Type::Bool) && matches!(&**text, "true" | "false") => {
            "leave the quotes out".into()
        }
        one if may_be(&|k| matches!(k, Type::List(inner) if inner.alternatives().iter().any(|t| fits(t, one)))) => {
            "put it in brackets: [ … ]".into()
        }
        _ => String::new(),
    }
}

fn meaning(path: &[String], key: &Key) -> String {
    format!("{}: {}", spoken(path), first_sentence(&key.doc))
}
