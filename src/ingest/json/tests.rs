//! Values found by their paths.

use super::super::json_path;
use super::*;
use proptest::prelude::*;

fn read(paths: &[&str], line: &str) -> Result<Vec<String>, String> {
    let paths: Vec<_> =
        paths.iter().map(|path| ((*path).to_owned(), json_path::parse(path).expect("a sound path"))).collect();
    let mut cells = Cells::default();
    Wanted::new(&paths).read(line, &mut cells)?;
    Ok(cells.iter(line).map(str::to_owned).collect())
}

#[test]
fn nested_values_are_found_by_their_paths() {
    let line = r#" {"userId": "97980cfea0067", "context": {"traits": {"email": "a@b.c", "vip": true}, "ip": null},
            "items": [{"sku": "A\"1"}, {"sku": "B"}], "total": 12.50, "context.flat": 7, "\u0065vent": "Gr\u00fc\u00df"} "#;
    let paths = ["userId", "context.traits.email", "context.traits.vip", "context.ip", "items[0].sku", "items[1].sku"];
    assert_eq!(read(&paths, line), Ok(["97980cfea0067", "a@b.c", "true", "", "A\"1", "B"].map(String::from).into()));
    let paths = ["total", "context.flat", "event", "missing.path", "items[2]", "context.traits"];
    let traits = r#"{"email": "a@b.c", "vip": true}"#;
    assert_eq!(read(&paths, line), Ok(["12.50", "7", "Grüß", "", "", traits].map(String::from).into()));
}

#[test]
fn an_element_is_found_by_a_members_value_wherever_the_member_stands() {
    let line = r#"{"event_params": [{"key": "a", "value": {"int_value": "1"}},
            {"value": {"int_value": "1617691775"}, "key": "ga_session_id"}, {"key": "ga_session_id", "value": 3}, 5]}"#;
    let path = "event_params[key=ga_session_id].value.int_value";
    assert_eq!(read(&[path], line), Ok(vec!["1617691775".into()]));
}

#[test]
fn numbers_keep_their_digits() {
    let line = r#"{"a": 12345678901234567890123, "b": 0.10, "c": 17850.0, "d": -1E+2}"#;
    let expected = ["12345678901234567890123", "0.10", "17850.0", "-1E+2"].map(String::from);
    assert_eq!(read(&["a", "b", "c", "d"], line), Ok(expected.into()));
}

#[test]
fn what_is_no_object_is_refused() {
    for line in ["", "[1]", "5", "{\"a\": 1", "{\"a\": 1} x", "{a: 1}", "{\"a\": \"\t\"}"] {
        assert!(read(&["a"], line).is_err(), "{line}");
    }
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        "[a-c\"\\\\\n{}\\[\\],é]{0,4}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[ab\"é]{1,2}", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn values_are_those_that_serde_json_finds(value in value(), pretty in any::<bool>()) {
        let object = serde_json::json!({ "x": value });
        let line = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) };
        let line = line.expect("JSON");
        let paths = ["x", "x.a", "x.b.a", "x[0]", "x[1].a", "x.a[0]", "x.a.b"];
        let found = read(&paths, &line).expect("an object");
        for (path, found) in paths.iter().zip(found) {
            let pointer = format!("/{}", path.replace("[", ".").replace("]", "").replace(".", "/"));
            // A pointer takes "0" for an array's place only; the names above have no digits.
            let expected = object.pointer(&pointer);
            match expected {
                None | Some(serde_json::Value::Null) => prop_assert_eq!(found, ""),
                Some(serde_json::Value::String(text)) => prop_assert_eq!(&found, text),
                Some(other) => {
                    prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&found).expect("JSON"), other);
                }
            }
        }
    }
}
