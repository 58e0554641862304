//! The config's schema in our own words: every table with its keys, as schemars derives it from the structs. What the
//! shape check and the reference page walk.

use indexmap::IndexMap;
use serde_json::Value;

use super::Config;
use super::words::list;

/// All tables of the config, by the name of their struct.
pub(super) struct Types {
    tables: IndexMap<String, Table>,
}

/// A table with a fixed set of keys.
pub(super) struct Table {
    /// What it is.
    pub doc: String,
    /// Its keys, by name.
    pub keys: IndexMap<String, Key>,
}

/// A key of a table.
pub(super) struct Key {
    /// What it means.
    pub doc: String,
    /// What its value may be.
    pub kind: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Its default as JSON, where there is one that is not null.
    pub default: Option<Value>,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    /// Any text.
    Text,
    /// One of a few names.
    Choice(Choice),
    /// A whole number, from 0 up to and with this.
    Whole(u64),
    /// A number, fractions allowed.
    Number,
    /// True or false.
    Bool,
    /// A list.
    List(Box<Type>),
    /// A table with any keys.
    Map(Box<Type>),
    /// The table of this name.
    Table(String),
    /// One of several, told apart by their TOML types.
    Either(Vec<Type>),
}

/// A fixed set of names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// The enum's name.
    pub name: String,
    /// What it decides.
    pub doc: String,
    /// Each name with its meaning.
    pub names: Vec<(String, String)>,
}

impl Choice {
    /// The names alone.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
    }
}

impl Types {
    /// From the structs.
    pub fn of_config() -> Self {
        let schema = schemars::schema_for!(Config);
        let root = schema.as_value();
        let mut tables = IndexMap::new();
        tables.insert("Config".to_owned(), table(root, root));
        for (name, definition) in root["$defs"].as_object().into_iter().flatten() {
            if definition["properties"].is_object() {
                tables.insert(name.clone(), table(root, definition));
            }
        }
        Self { tables }
    }

    /// The table of a struct's name.
    pub fn table(&self, name: &str) -> &Table {
        self.tables.get(name).expect("every table that a type names is a definition of the schema")
    }

    /// All tables with the names of their structs.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.tables.iter().map(|(name, table)| (name.as_str(), table))
    }
}

impl Type {
    /// In words: `a text or a list of texts`.
    pub fn describe(&self) -> String {
        match self {
            Self::Text => "a text".into(),
            Self::Choice(choice) => format!("one of {}", list(choice.iter())),
            Self::Whole(_) => "a whole number".into(),
            Self::Number => "a number".into(),
            Self::Bool => "true or false".into(),
            Self::List(element) => format!("a list of {}", element.plural()),
            Self::Map(value) => format!("a table of {}", value.plural()),
            Self::Table(_) => "a table".into(),
            Self::Either(several) => several.iter().map(Self::describe).collect::<Vec<_>>().join(" or "),
        }
    }

    fn plural(&self) -> String {
        match self {
            Self::Text => "texts".into(),
            Self::Choice(choice) => format!("names out of {}", list(choice.iter())),
            Self::Whole(_) => "whole numbers".into(),
            Self::Number => "numbers".into(),
            Self::Bool => "true or false".into(),
            Self::List(_) => "lists".into(),
            Self::Map(_) | Self::Table(_) => "tables".into(),
            Self::Either(several) => several.iter().map(Self::plural).collect::<Vec<_>>().join(" or "),
        }
    }

    /// The alternatives, of which there may be just one.
    pub fn alternatives(&self) -> &[Type] {
        match self {
            Self::Either(several) => several,
            one => std::slice::from_ref(one),
        }
    }
}

/// The first sentence of a doc text, without its full stop.
pub(super) fn first_sentence(doc: &str) -> &str {
    let end = [". ", ".\n", "; "].iter().filter_map(|stop| doc.find(stop)).min();
    doc[..end.unwrap_or(doc.len())].trim_end_matches('.')
}

fn table(root: &Value, definition: &Value) -> Table {
    let required = |name: &String| {
        definition["required"].as_array().is_some_and(|names| names.iter().any(|n| n.as_str() == Some(name)))
    };
    let keys = definition["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let default = property.get("default").filter(|value| !value.is_null()).cloned();
            let mut alternatives = Vec::new();
            collect(root, property, "", &mut alternatives);
            let key = Key { doc: doc(property), kind: either(alternatives), required: required(name), default };
            (name.clone(), key)
        })
        .collect();
    Table { doc: doc(definition), keys }
}

fn doc(value: &Value) -> String {
    value["description"].as_str().unwrap_or_default().replace('\n', " ")
}

/// One type, or several with lists last.
fn either(mut alternatives: Vec<Type>) -> Type {
    alternatives.sort_by_key(|one| matches!(one, Type::List(_)));
    if alternatives.len() == 1 { alternatives.remove(0) } else { Type::Either(alternatives) }
}

/// Flattens `$ref`, `anyOf` and type lists into alternatives; `null` is left out, for TOML has none.
///
/// `name` is that of the definition that `schema` is.
fn collect(root: &Value, schema: &Value, name: &str, out: &mut Vec<Type>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/$defs/");
        let definition = &root["$defs"][name];
        if definition["properties"].is_object() {
            out.push(Type::Table(name.to_owned()));
        } else {
            collect(root, definition, name, out);
        }
        return;
    }
    if let Some(several) = schema["anyOf"].as_array() {
        several.iter().for_each(|one| collect(root, one, name, out));
        return;
    }
    if let Some(names) = schema["oneOf"].as_array() {
        let named = |one: &Value| (one["const"].as_str().unwrap_or_default().to_owned(), doc(one));
        let names = names.iter().map(named).collect();
        out.push(Type::Choice(Choice { name: name.to_owned(), doc: doc(schema), names }));
        return;
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for one in types {
        let mut inner = Vec::new();
        match one {
            "string" => out.push(Type::Text),
            "boolean" => out.push(Type::Bool),
            "number" => out.push(Type::Number),
            "integer" if schema["format"] == "uint32" => out.push(Type::Whole(u64::from(u32::MAX))),
            "integer" => out.push(Type::Whole(u64::MAX)),
            "array" => {
                collect(root, &schema["items"], "", &mut inner);
                out.push(Type::List(Box::new(either(inner))));
            }
            "object" => {
                collect(root, &schema["additionalProperties"], "", &mut inner);
                out.push(Type::Map(Box::new(either(inner))));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_config_is_understood() {
        fn check(kind: &Type, types: &Types, at: &str) {
            match kind {
                Type::Either(several) => {
                    assert!(several.len() > 1, "{at}: nothing known of its type");
                    several.iter().for_each(|one| check(one, types, at));
                }
                Type::List(inner) | Type::Map(inner) => check(inner, types, at),
                Type::Table(name) => assert!(!types.table(name).keys.is_empty(), "{at}"),
                Type::Choice(choice) => {
                    assert!(choice.names.iter().all(|(name, doc)| !name.is_empty() && !doc.is_empty()))
                }
                Type::Text | Type::Whole(_) | Type::Number | Type::Bool => {}
            }
        }
        let types = Types::of_config();
        for (name, table) in types.tables() {
            assert!(!table.doc.is_empty(), "{name}");
            for (key, value) in &table.keys {
                assert!(!value.doc.is_empty(), "{name}.{key}");
                check(&value.kind, &types, &format!("{name}.{key}"));
            }
        }
    }

    #[test]
    fn alternatives_are_flat_and_said_in_words() {
        let types = Types::of_config();
        let kind = |table: &str, key: &str| &types.table(table).keys[key].kind;
        assert_eq!(kind("Source", "path").describe(), "a text or a list of texts");
        assert_eq!(kind("Source", "format").describe(), "one of \"csv\", \"jsonl\", \"parquet\"");
        assert_eq!(kind("Config", "traits").describe(), "a table of texts or tables or lists");
        assert_eq!(kind("Source", "fields").describe(), "a table of texts or tables or lists");
        assert_eq!(kind("Output", "keep_runs"), &Type::Whole(4_294_967_295));
    }
}
