//! Paths into JSON objects: `context.traits.email`, `items[0].sku`, `event_params[key=ga_session_id].value.int_value`.

use serde_json::Value;

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The member of that name.
    Key(String),
    /// The element at that place, from 0.
    Index(usize),
    /// The first element that is an object whose member has that value.
    Where(String, String),
}

/// Reads a path; a name with dots or brackets stands in quotes (`"a.b".c`). Fails with what is wrong.
pub(super) fn parse(path: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = path.trim();
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (name, after) = quoted.split_once('"').ok_or("a quote in it never closes")?;
            steps.push(Step::Key(name.to_owned()));
            rest = after;
        } else if !rest.starts_with('[') {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                return Err("a name in it is missing".into());
            }
            steps.push(Step::Key(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        while let Some(inner) = rest.strip_prefix('[') {
            let (inner, after) = inner.split_once(']').ok_or("a bracket in it never closes")?;
            steps.push(match inner.split_once('=') {
                Some((key, value)) => Step::Where(key.trim().into(), value.trim().trim_matches('"').into()),
                None => {
                    Step::Index(inner.trim().parse().map_err(|_| {
                        format!("`[{inner}]` is neither a place (`[0]`) nor a condition (`[key=value]`)")
                    })?)
                }
            });
            rest = after;
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Ok(steps),
            None => return Err(format!("`{rest}` follows a bracket or quote without a dot")),
        }
    }
}

/// Whether an object has the path, be its value null; `whole` is the path as written, which may be a member's own name.
pub(super) fn leads_somewhere(steps: &[Step], whole: &str, object: &Value) -> bool {
    let walked = steps.iter().try_fold(object, |value, step| match step {
        Step::Key(name) => value.get(name),
        Step::Index(index) => value.get(index),
        Step::Where(key, wanted) => value.as_array()?.iter().find(|element| match element.get(key) {
            Some(Value::String(text)) => text == wanted,
            Some(other) => serde_json::to_string(other).is_ok_and(|text| text == *wanted),
            None => false,
        }),
    });
    walked.is_some() || object.get(whole).is_some()
}

/// Adds the paths of all plain values of an object; arrays give their first element, or, where the elements have a
/// member `key` or `name`, each of them by it.
pub(super) fn collect(value: &Value, path: &str, into: &mut std::collections::BTreeSet<String>) {
    if into.len() >= 2000 {
        return; // enough to suggest from
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let plain = !name.is_empty() && !name.contains(['.', '[', '"']);
                let name = if plain { name.clone() } else { format!("\"{name}\"") };
                collect(member, &if path.is_empty() { name } else { format!("{path}.{name}") }, into);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let by = ["key", "name"].iter().find_map(|by| Some((by, element.get(by)?.as_str()?)));
                match by {
                    Some((by, value)) => collect(element, &format!("{path}[{by}={value}]"), into),
                    None if index == 0 => collect(element, &format!("{path}[0]"), into),
                    None => {}
                }
            }
        }
        _ => {
            into.insert(path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.into())
    }

    #[test]
    fn paths_have_names_places_and_conditions() {
        assert_eq!(parse("userId"), Ok(vec![key("userId")]));
        assert_eq!(parse("context.traits.email"), Ok(vec![key("context"), key("traits"), key("email")]));
        assert_eq!(parse("items[0].sku"), Ok(vec![key("items"), Step::Index(0), key("sku")]));
        assert_eq!(
            parse("event_params[key=ga_session_id].value.int_value"),
            Ok(vec![
                key("event_params"),
                Step::Where("key".into(), "ga_session_id".into()),
                key("value"),
                key("int_value")
            ])
        );
        assert_eq!(parse("\"a.b\".c"), Ok(vec![key("a.b"), key("c")]));
    }

    #[test]
    fn a_path_that_makes_no_sense_says_why() {
        for path in ["", "a..b", "a.", ".a", "a[", "a[x]", "a[0]b", "\"a"] {
            assert!(parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn the_paths_of_an_object_lead_somewhere() {
        let object = serde_json::json!({
            "a": {"b": null, "c.d": 1}, "items": [{"sku": "x"}, {"sku": "y"}],
            "params": [{"key": "k1", "value": {"int": 1}}, {"key": "k2", "value": {"int": 2}}],
            "flat.name": 1
        });
        let mut paths = std::collections::BTreeSet::new();
        collect(&object, "", &mut paths);
        let expected = ["\"flat.name\"", "a.\"c.d\"", "a.b", "items[0].sku", "params[key=k1].key"];
        assert_eq!(paths.iter().take(5).map(String::as_str).collect::<Vec<_>>(), expected);
        for path in paths.iter().map(String::as_str).chain(["a", "items[1].sku", "flat.name"]) {
            assert!(leads_somewhere(&parse(path).expect("sound"), path, &object), "{path}");
        }
        for path in ["a.x", "items[2].sku", "params[key=k3].value", "items.sku"] {
            assert!(!leads_somewhere(&parse(path).expect("sound"), path, &object), "{path}");
        }
    }
}
