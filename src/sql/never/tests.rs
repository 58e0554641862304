//! What can never be true, and what may be.

use super::*;
use polars::prelude::{DataType, TimeUnit};

fn why(rule: &str) -> Option<String> {
    let columns: Schema = [
        ("orders", DataType::Int64),
        ("spent", DataType::Float64),
        ("city", DataType::String),
        ("visits", DataType::Int64),
        ("fax", DataType::String),
        ("lost", DataType::Boolean),
        ("channel", DataType::String),
        ("last_seen", DataType::Datetime(TimeUnit::Microseconds, None)),
    ]
    .into_iter()
    .map(|(name, dtype)| (name.into(), dtype))
    .collect();
    let domain = |name: &str| match name {
        "orders" => Domain { least: Some(0.0), never_null: true, ..Domain::default() },
        "visits" => Domain { most: Some((0.0, "`visits` is always 0".into())), ..Domain::default() },
        "fax" => Domain { empty: Some("nobody has a `fax`".into()), ..Domain::default() },
        "lost" => Domain { never_true: Some("nobody is `lost`".into()), ..Domain::default() },
        "channel" => {
            Domain { only: Some((vec!["pos".into(), "web".into()], "no source has the channel")), ..Domain::default() }
        }
        _ => Domain::default(),
    };
    never(rule, &columns, &domain).map(|never| match never.within {
        Some(within) => format!("{}: {}", &rule[within], never.why),
        None => never.why,
    })
}

#[test]
fn what_can_never_be_true_is_found_with_its_place() {
    for (rule, expected) in [
        ("spent > 10 AND spent < 5", "spent > 10 AND spent < 5: no `spent` is in both ranges"),
        (
            "city = 'a' AND spent > 1 AND city = 'b'",
            "city = 'a' AND spent > 1 AND city = 'b': `city` cannot be two things at once",
        ),
        ("orders < 0", "orders < 0: `orders` is never below 0"),
        ("0 > orders", "0 > orders: `orders` is never below 0"),
        ("orders IS NULL", "orders: `orders` always has a value"),
        ("city IS NULL AND city = 'x'", "city IS NULL AND city = 'x': `city` cannot have a value and have none"),
        (
            "channel IN ('poss', 'app')",
            "channel IN ('poss', 'app'): no source has the channel 'poss' or 'app'; did you mean 'pos'?",
        ),
        (
            "last_seen >= '2026-02-01' AND last_seen < '2026-01-01'",
            "last_seen >= '2026-02-01' AND last_seen < '2026-01-01': no `last_seen` is in both ranges",
        ),
        ("1 = 0", "1 = 0: 1 = 0 is false"),
        ("false", "false: it is false"),
        ("visits > 0", "visits > 0: `visits` is always 0"),
        ("spent > 1 AND visits >= 1", "visits >= 1: `visits` is always 0"),
        ("fax = '1'", "fax = '1': nobody has a `fax`"),
        ("fax IS NOT NULL", "fax: nobody has a `fax`"),
        ("lost", "lost: nobody is `lost`"),
        ("lost AND city = 'a'", "lost: nobody is `lost`"),
        ("spent BETWEEN 5 AND 3", "spent BETWEEN 5 AND 3: no `spent` is in both ranges"),
    ] {
        assert_eq!(why(rule).as_deref(), Some(expected), "{rule}");
    }
    assert!(why("orders < 0 OR city = 'a' AND city = 'b'").is_some_and(|why| why.ends_with("nor is the rest")));
}

#[test]
fn what_may_be_true_is_left_alone() {
    for rule in [
        "spent >= 5 AND spent <= 5",
        "orders = 0",
        "visits >= 0 AND visits < 3",
        "fax IS NULL",
        "NOT lost",
        "lost OR city = 'a'",
        "city = 'a' OR city = 'b'",
        "NOT (spent > 1 AND spent < 0)",
        "city IN ('a', 'b') AND city = 'b'",
        "channel <> 'poss'",
        "spent > orders AND spent < 0",
        "ABS(spent) < 0",
        "1 = 1",
        "true",
        "last_seen < 'yesterday'",
        "orders < 0 OR spent > 1",
    ] {
        assert_eq!(why(rule), None, "{rule}");
    }
}
