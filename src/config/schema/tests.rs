//! Every default of `[identifiers]`, one by one.

use super::*;

/// A config of one source that maps the fields, with the rest of the text after it.
fn config(fields: &[&str], rest: &str) -> Config {
    let fields: Vec<_> = fields.iter().map(|name| format!("{name} = 'c'")).collect();
    let source = format!("[[source]]\nname = 's'\nchannel = 'pos'\npath = 'x'\nfields = {{ {} }}\n", fields.join(", "));
    toml::from_str(&(source + rest)).expect("the test's config is TOML of the right shape")
}

/// The policy of the namespace `x` of a kind, with nothing else said.
fn plain(kind: &str) -> NamespacePolicy {
    let rest = format!("[identifiers.x]\nkind = '{kind}'\n");
    policies(&config(&["x", "first_name", "last_name", "full_name"], &rest)).remove(0)
}

fn policies(config: &Config) -> Vec<NamespacePolicy> {
    schema(config).1
}

fn compare_names(schema: &Schema, columns: &[u16]) -> Vec<String> {
    columns.iter().map(|c| schema.fields[usize::from(schema.compare_fields[usize::from(*c)])].name.clone()).collect()
}

#[test]
fn the_kind_of_a_namespace_is_its_name_or_id() {
    for (name, kind) in [
        ("email", Kind::Email),
        ("phone", Kind::Phone),
        ("mobile", Kind::Phone),
        ("customer_id", Kind::Id),
        ("loyalty_id", Kind::Id),
        ("cookie_id", Kind::Device),
        ("device_id", Kind::Device),
        ("anonymous_id", Kind::Device),
        ("club_card", Kind::Id),
        ("name", Kind::Id),
    ] {
        let config = config(&[name], &format!("[identifiers.{name}]\n"));
        assert_eq!(policies(&config)[0].kind, kind, "{name}");
    }
}

#[test]
fn a_declared_kind_stands_above_the_name() {
    let config = config(&["email"], "[identifiers.email]\nkind = 'id'\n");
    assert_eq!(policies(&config)[0].kind, Kind::Id);
}

#[test]
fn a_compound_namespace_is_text_whatever_its_name() {
    let config = config(&["a", "b"], "[identifiers.email]\ncompound = true\nfields = ['a', 'b']\n");
    assert_eq!(policies(&config)[0].kind, Kind::Text);
}

#[test]
fn the_default_priority_is_by_kind() {
    for (kind, priority) in [
        ("id", 10),
        ("hash", 20),
        ("email", 20),
        ("phone", 30),
        ("device", 50),
        ("name", 40),
        ("text", 40),
        ("date", 40),
    ] {
        assert_eq!(plain(kind).priority, priority, "{kind}");
    }
}

#[test]
fn the_default_max_per_person_is_by_kind() {
    for (kind, most) in [("id", 1), ("email", 5), ("phone", 5), ("hash", 5), ("device", 0), ("name", 0), ("text", 0)] {
        assert_eq!(plain(kind).max_per_person, most, "{kind}");
    }
}

#[test]
fn the_default_shared_above_is_by_kind() {
    for (kind, above) in [("id", 0), ("email", 5), ("phone", 5), ("hash", 5), ("device", 2), ("name", 0), ("text", 0)] {
        assert_eq!(plain(kind).shared_above, above, "{kind}");
    }
}

#[test]
fn a_compound_namespace_has_no_limits_and_a_priority_of_40() {
    for kind in ["", "kind = 'email'\n", "kind = 'device'\n", "kind = 'id'\n"] {
        let rest = format!("[identifiers.x]\ncompound = true\nfields = ['a', 'first_name']\n{kind}");
        let policy = policies(&config(&["a", "first_name", "last_name"], &rest)).remove(0);
        assert_eq!((policy.priority, policy.max_per_person, policy.shared_above), (40, 0, 0), "{kind}");
        assert!(policy.compound && policy.proxy.is_empty() && policy.conflict.is_empty(), "{kind}");
        assert_eq!(policy.fields, [0, 1], "{kind}");
    }
}

#[test]
fn nothing_else_is_limited_or_folded_unless_said() {
    for kind in ["id", "email", "phone", "hash", "device", "text"] {
        let policy = plain(kind);
        assert_eq!(policy.max_records_per_person, 0, "{kind}");
        assert_eq!(policy.hash_of, None, "{kind}");
        assert!(policy.ignore_dots.is_empty() && policy.ignore_tags.is_empty() && !policy.ignore_case, "{kind}");
        assert!(!policy.compound && policy.stronger.is_empty(), "{kind}");
    }
}

#[test]
fn a_namespace_reads_the_field_of_its_own_name() {
    let config = config(&["phone", "email"], "[identifiers.email]\n");
    assert_eq!(policies(&config)[0].fields, [1]);
}

#[test]
fn the_default_proxy_is_the_first_name_field_that_there_is() {
    for (fields, proxy) in [
        (&["x", "full_name", "first_name", "last_name"][..], &["last_name"][..]),
        (&["x", "full_name", "first_name"], &["first_name"]),
        (&["x", "full_name"], &["full_name"]),
        (&["x"], &[]),
    ] {
        for kind in ["email", "phone", "hash"] {
            let (schema, policies) = schema(&config(fields, &format!("[identifiers.x]\nkind = '{kind}'\n")));
            assert_eq!(compare_names(&schema, &policies[0].proxy), proxy, "{kind}");
        }
    }
    for kind in ["id", "device", "text"] {
        assert!(plain(kind).proxy.is_empty(), "{kind}");
    }
}

#[test]
fn an_order_is_not_one_per_person() {
    for (name, most) in [("order_id", 0), ("receipt_no", 0), ("customer_id", 1), ("recorder_id", 1), ("loyalty_id", 1)]
    {
        let policy = policies(&config(&[name], &format!("[identifiers.{name}]\nkind = 'id'\n"))).remove(0);
        assert_eq!(policy.max_per_person, most, "{name}");
    }
}

#[test]
fn the_default_conflict_is_the_first_name() {
    for kind in ["email", "phone", "hash", "device"] {
        let (schema, policies) = schema(&config(&["x", "first_name"], &format!("[identifiers.x]\nkind = '{kind}'\n")));
        assert_eq!(compare_names(&schema, &policies[0].conflict), ["first_name"], "{kind}");
        let whole = format!("[identifiers.x]\nkind = '{kind}'\n");
        let (schema, policies) = self::schema(&config(&["x", "full_name"], &whole));
        assert_eq!(compare_names(&schema, &policies[0].conflict), ["full_name"], "{kind}");
        let without = self::policies(&config(&["x"], &format!("[identifiers.x]\nkind = '{kind}'\n")));
        assert!(without[0].conflict.is_empty(), "{kind}");
    }
    for kind in ["id", "text"] {
        assert!(plain(kind).conflict.is_empty(), "{kind}");
    }
}

#[test]
fn what_is_said_stands_above_every_default() {
    let rest = "[identifiers.x]\nkind = 'email'\npriority = 7\nmax_per_person = 0\nmax_records_per_person = 9\n\
                shared_above = 0\nproxy = []\nconflict = ['city']\nignore_dots = ['GMail.com']\nignore_tags = ['*']\n";
    let (schema, policies) = schema(&config(&["x", "first_name", "last_name", "city"], rest));
    let policy = &policies[0];
    assert_eq!((policy.priority, policy.max_per_person, policy.max_records_per_person), (7, 0, 9));
    assert_eq!(policy.shared_above, 0);
    assert!(policy.proxy.is_empty());
    assert_eq!(compare_names(&schema, &policy.conflict), ["city"]);
    assert_eq!(policy.ignore_dots, ["gmail.com"]);
    assert_eq!(policy.ignore_tags, ["*"]);
}

#[test]
fn namespaces_stand_strongest_first_and_ties_as_declared() {
    let rest = "[identifiers.cookie_id]\n[identifiers.phone]\n[identifiers.email]\n[identifiers.hashed]\n\
                kind = 'hash'\n[identifiers.customer_id]\n";
    let config = config(&["cookie_id", "phone", "email", "hashed", "customer_id"], rest);
    let (schema, policies) = schema(&config);
    let names: Vec<_> = policies.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["customer_id", "email", "hashed", "phone", "cookie_id"]);
    assert!(schema.namespaces.iter().zip(&policies).all(|(n, p)| n.name == p.name && n.kind == p.kind));
}

#[test]
fn stronger_namespaces_are_the_unique_ones_of_a_smaller_priority_number() {
    let rest = "[identifiers.customer_id]\n[identifiers.loyalty_id]\nmax_per_person = 3\n[identifiers.email]\n\
                [identifiers.phone]\n[identifiers.crm]\npriority = 20\n";
    let (_, policies) = schema(&config(&["customer_id", "loyalty_id", "email", "phone", "crm"], rest));
    let by_name = |name: &str| policies.iter().find(|p| p.name == name).expect("it is declared");
    let stronger = |name: &str| -> Vec<&str> {
        by_name(name).stronger.iter().map(|&n| policies[usize::from(n)].name.as_str()).collect()
    };
    assert_eq!(stronger("customer_id"), [""; 0]);
    assert_eq!(stronger("email"), ["customer_id"]);
    assert_eq!(stronger("phone"), ["customer_id", "crm"]);
}

#[test]
fn a_hashed_namespace_meets_the_raw_one_by_sha256_unless_said() {
    for (said, algorithm) in [("", HashAlgorithm::Sha256), ("algorithm = 'md5'\n", HashAlgorithm::Md5)] {
        let rest = format!("[identifiers.hashed]\nkind = 'hash'\nof = 'email'\n{said}[identifiers.email]\n");
        let (schema, policies) = schema(&config(&["hashed", "email"], &rest));
        let hashed = policies.iter().find(|p| p.name == "hashed").expect("it is declared");
        assert_eq!(hashed.hash_of, schema.namespace("email").map(|of| (of, algorithm)));
    }
}

#[test]
fn the_kind_of_a_field_is_declared_or_its_identifiers_or_by_name() {
    let rest = "[fields.city]\nkind = 'name'\n[fields.email]\nkind = 'text'\n[identifiers.email]\n\
                [identifiers.tel]\nkind = 'phone'\nfields = ['home', 'work']\n\
                [identifiers.both]\ncompound = true\nfields = ['zip', 'birth_date']\n";
    let config = config(&["city", "email", "home", "zip", "birth_date", "amount", "note"], rest);
    let kinds: Vec<_> = schema(&config).0.fields.iter().map(|f| f.kind).collect();
    assert_eq!(
        kinds,
        [Kind::Name, Kind::Text, Kind::Phone, Kind::Text, Kind::Date, Kind::Money, Kind::Text],
        "a declared kind wins, a compound identifier decides nothing"
    );
}

#[test]
fn sources_are_ranked_by_name_and_fields_stand_as_first_named() {
    let text = "[[source]]\nname = 'web'\nchannel = 'web'\npath = 'x'\nfields = { b = 'c', a = 'c' }\n\
                [[source]]\nname = 'pos'\nchannel = 'pos'\npath = 'x'\nfields = { c = 'c', a = 'c' }\n";
    let (schema, _) = schema(&toml::from_str(text).expect("the test's config is TOML of the right shape"));
    assert_eq!(schema.sources.iter().map(|s| (s.name.as_str(), s.rank)).collect::<Vec<_>>(), [("web", 1), ("pos", 0)]);
    assert_eq!(schema.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["b", "a", "c"]);
}

#[test]
fn golden_columns_are_all_fields_unless_said() {
    let all = config(&["b", "a"], "");
    assert_eq!(golden_columns(&all, &schema(&all).0), ["b", "a"]);
    let said = config(
        &["b", "a", "c"],
        "[golden.fields]\nx = { field = 'b' }\naddress = { fields = ['a', 'c'] }\nb = 'longest'\n",
    );
    assert_eq!(golden_columns(&said, &schema(&said).0), ["x", "a", "c", "b"]);
}
