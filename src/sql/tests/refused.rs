//! What rules may not say, and how they are told.

use super::*;

#[test]
fn nothing_but_the_given_columns_can_be_reached() {
    for (attack, at, said) in [
        ("country IN (SELECT country FROM read_csv('/etc/passwd'))", "", "subquery"),
        ("EXISTS (SELECT 1)", "", "subquery"),
        ("amount > (SELECT MAX(amount) FROM golden)", "", "subquery"),
        ("read_parquet('x.parquet')", "read_parquet", "no function"),
        ("read_csv('http://127.0.0.1/x.csv') = 1", "read_csv", "no function"),
        ("DROP TABLE golden", "TABLE", "end of the rule"),
        ("vip; SELECT 1", ";", "end of the rule"),
        ("vip FROM golden", "FROM", "end of the rule"),
        ("golden.amount > 1", "golden.amount", "without a table"),
        ("amount > $1", "$1", "placeholder"),
        ("amount > ANY(ARRAY[1, 2])", "", "not allowed"),
        ("ROW_NUMBER() OVER (ORDER BY amount) = 1", "ROW_NUMBER", "no function"),
        ("main.lower(country) = 'us'", "main.lower(country)", "no function"),
        ("{fn LOWER(country)} = 'us'", "", ""),
        ("amount = 1 AND getvariable('HOME') = ''", "getvariable", "no function"),
        ("LOWER(country) OVER () = 'us'", "LOWER", "OVER"),
        ("NOW() > event_time", "NOW", "clock"),
        ("CURRENT_DATE > birth_date", "", "clock"),
        ("(amount, orders) = (1, 2)", "", "not allowed"),
        ("SUM(amount) > 1", "SUM(amount)", "aggregate"),
        ("country COLLATE x = 'a'", "", "not allowed"),
        ("X'00' = country", "X'00'", "literal"),
    ] {
        let found = faults(attack);
        assert!(found.iter().any(|(_, what, _)| what.contains(said)), "{attack}: {found:?}");
        assert!(found.iter().any(|(point, ..)| at.is_empty() || point.starts_with(at)), "{attack}: {found:?}");
        assert!(found.iter().all(|(_, what, _)| !what.contains("root:")), "{attack}: {found:?}");
    }
}

#[test]
fn all_faults_are_shown_at_once_each_with_its_place_and_the_nearest_name() {
    let found = faults("ordrs >= 3\n  AND kountry = 'US' AND LOWR(country) = 'us' AND amount > '5' AND vip = 1");
    let points: Vec<&str> = found.iter().map(|(point, ..)| point.as_str()).collect();
    assert_eq!(points, ["ordrs", "kountry", "LOWR", "amount > '5'", "vip = 1"], "{found:?}");
    assert!(found[0].2.contains("`orders`"), "{found:?}");
    assert!(found[1].2.contains("`country`"), "{found:?}");
    assert!(found[2].2.contains("`LOWER`"), "{found:?}");
    assert!(found[3].2.contains("quotes off"), "{found:?}");
}

#[test]
fn a_syntax_error_has_its_place() {
    for (rule, at) in [
        ("amount >", ""),
        ("amount > 5 AND ) country", ")"),
        ("country = 'US", "'"),
        ("amount > 5 country", "country"),
        ("(amount > 5", ""),
        ("größe > > 5", ">"),
    ] {
        let found = faults(rule);
        assert!(found[0].1.starts_with("SQL syntax: "), "{rule}: {found:?}");
        assert!(found[0].0.starts_with(at), "{rule}: {found:?}");
    }
    assert!(faults(" ")[0].1.contains("empty"));
}

#[test]
fn mistakes_are_told_with_their_cure() {
    for (rule, at, what, fix) in [
        ("country = \"US\"", "\"US\"", "no column `US`", "single quotes: 'US'"),
        ("country = NULL", "", "never true", "IS NULL"),
        ("country = 5", "", "text", "'5'"),
        ("country > amount", "", "text", "CAST(country AS DOUBLE)"),
        ("country > event_time", "", "timestamp", "CAST(country AS DATE)"),
        ("event_time > 'yesterday'", "'yesterday'", "no date", "2026-01-31"),
        ("birth_date > '2026-02-30'", "'2026-02-30'", "no date", "2026-01-31"),
        ("amount", "amount", "expected a condition", "compare"),
        ("amount + 1", "amount + 1", "expected a condition", "compare"),
        ("country + 1 = 2", "country", "takes numbers", "CAST"),
        ("country IN ('US', NULL)", "NULL", "never equal", "IS NULL"),
        ("country LIKE orders", "orders", "text constant", "LIKE"),
        ("country ~ '('", "'('", "does not parse", ""),
        ("as_of - event_time > INTERVAL '3 months'", "'3 months'", "no fixed length", "+ INTERVAL"),
        ("event_time > as_of - INTERVAL '3 fortnights'", "", "no interval", "90 days"),
        ("DATEDIFF('day', event_time, as_of) > 3", "DATEDIFF", "no function", "DAYS_BETWEEN"),
        ("ROUND(amount, orders) = 1", "orders", "constant whole number", ""),
        ("LOWER(country, 1) = 'us'", "", "takes 1 argument", "LOWER(country)"),
        ("LOWER(*) = 'us'", "", "no argument", "COUNT"),
        ("CAST(country AS BLOB) = 'x'", "", "not allowed", "BIGINT"),
    ] {
        let found = faults(rule);
        assert!(found[0].1.contains(what) && found[0].2.contains(fix), "{rule}: {found:?}");
        assert!(found[0].0.starts_with(at), "{rule}: {found:?}");
    }
}

#[test]
fn as_of_is_refused_where_it_is_not_known() {
    let refused = condition(&["source", "0", "where"], "event_time < as_of", table().schema(), None);
    assert!(refused.expect_err("refused")[0].what.contains("not known"));
}

#[test]
fn a_very_long_rule_neither_fails_nor_exhausts_the_stack() {
    let long = (0..1_400).map(|n| format!("orders={n}")).collect::<Vec<_>>().join(" OR ");
    assert_eq!(rows(&long), [0, 1]);
    let deep = format!("{}vip{}", "(".repeat(500), ")".repeat(500));
    assert!(faults(&deep)[0].1.contains("nested too deeply"));
    assert!(faults(&"vip OR ".repeat(5_000))[0].1.contains("bytes long"));
    let chain = format!("orders {} = 1", "+ 1 ".repeat(3_000));
    let _ = check(&chain); // whatever it says, it must come back
}
