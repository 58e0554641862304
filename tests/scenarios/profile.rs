//! `onefold profile`: identifiers before linking.

use super::harness::{Scratch, root};

const CONFIG: &str = r#"[[source]]
name = "shop"
channel = "web"
path = "shop.csv"
fields = { email = "email", loyalty_id = "card" }
[[source]]
name = "till"
channel = "pos"
path = "till.csv"
fields = { email = "email", loyalty_id = "card" }
[identifiers.loyalty_id]
[identifiers.email]
"#;

const SHOP: &str = "email,card\nana@example.com,C-1\nana@example.com,C-1\ntest@gmail.com,\ntest@gmail.com,\nnot-an-address,C-2\nnone@none.com,C-3\n";
const TILL: &str = "email,card\nANA@example.com,C-1\n,C-9\n";

fn scratch() -> Scratch {
    Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", SHOP), ("till.csv", TILL)])
}

#[test]
fn the_profile_says_where_joins_will_come_from() {
    let scratch = scratch();
    let output = scratch.onefold(&["profile"]);
    assert!(output.status.success());
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(!page.contains("ana@example.com"), "values are masked");
    assert!(!scratch.path().join("out").exists(), "nothing is published");
    let first = page.split_once(": ").map_or(page.as_str(), |(_, rest)| rest).to_owned();
    insta::assert_snapshot!("profile", first);
    let full = String::from_utf8(scratch.onefold(&["profile", "--full"]).stdout).unwrap();
    assert!(full.contains("ana@example.com"));
}

#[test]
fn the_figures_add_up_with_those_of_the_run() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    let output = scratch.onefold(&["profile", "--format", "json"]);
    let profile: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let report = scratch.run().report();
    for namespace in report["namespaces"].as_array().unwrap() {
        let own =
            profile["sources"].as_array().unwrap().iter().filter(|one| one["namespace"] == namespace["namespace"]);
        let usable: u64 = own.map(|one| one["usable"].as_u64().unwrap()).sum();
        // Rows that a newer one superseded and hashes of plain values are not told apart here.
        assert!(usable >= namespace["occurrences"].as_u64().unwrap(), "{namespace}");
    }
    assert_eq!(output.stdout, scratch.onefold(&["profile", "--format", "json"]).stdout);
}
