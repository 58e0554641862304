//! What fields, traits, segments and namespaces may be called: they become columns of tables and words in SQL.

/// Columns that onefold itself puts beside the fields, and words with a meaning in rules.
pub(in crate::config) const RESERVED: [&str; 29] = [
    "person_id",
    "source",
    "channel",
    "record_id",
    "event_time",
    "records",
    "channels",
    "first_seen",
    "last_seen",
    "as_of",
    "person",
    // What `[events]` makes of a record.
    "is_message",
    "is_answer",
    "is_view",
    "is_review",
    "is_survey",
    "is_purchase",
    "is_return",
    "event_value",
    "event_order",
    "event_product",
    "event_category",
    "event_campaign",
    "event_device",
    "event_country",
    "event_region",
    "survey_nps",
    "survey_csat",
    "survey_ces",
];

/// What is wrong with the form of a name, and the fix; `None` = nothing.
pub(super) fn form_fault(name: &str) -> Option<(String, String)> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.is_empty() && name.chars().all(good) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let better = name.to_lowercase().replace(|c: char| !good(c), "_");
    let better = better.trim_matches('_');
    let fix = match better.chars().next() {
        None => "use lower-case letters, digits and _".into(),
        Some(first) if first.is_ascii_digit() => format!("call it \"n{better}\", or the like"),
        Some(_) => format!("call it \"{better}\", or the like"),
    };
    let what = format!("\"{name}\" is not a name: lower-case letters, digits and _ only, no digit first");
    Some((what, fix))
}

/// What is wrong with the name of a column of the user's own, and the fix; `None` = nothing.
pub(super) fn column_fault(name: &str) -> Option<(String, String)> {
    if RESERVED.contains(&name) {
        let what = format!("\"{name}\" is a column that onefold itself writes");
        return Some((what, format!("choose another name; taken are {}", RESERVED.join(", "))));
    }
    form_fault(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_words() {
        for good in ["email", "_x", "orders_90d", "a1"] {
            assert_eq!(column_fault(good), None, "{good}");
        }
        for bad in ["", "E-Mail", "90d", "größe", "a b", "a.b"] {
            assert!(form_fault(bad).is_some(), "{bad}");
        }
        assert_eq!(
            form_fault("E-Mail Address").map(|f| f.1).as_deref(),
            Some("call it \"e_mail_address\", or the like")
        );
        assert_eq!(form_fault("90d").map(|f| f.1).as_deref(), Some("call it \"n90d\", or the like"));
    }

    #[test]
    fn columns_of_our_own_are_taken() {
        assert!(column_fault("person_id").is_some());
        assert!(column_fault("event_time").is_some());
    }
}
