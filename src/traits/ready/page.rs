//! `docs/traits.md`: every ready trait, made from the library itself.

use super::LIBRARY;

const INTRODUCTION: &str = "\
# Traits

<!-- Made from src/traits/ready/: ONEFOLD_BLESS=1 cargo test --lib traits::ready -->

A trait is a value per person, computed from the person's records, and a column of `golden_customers`. It is SQL of your
own, or a ready one by name:

```toml,part
[events]                       # what a record is to the business, where its fields do not tell
purchase = \"amount > 0 AND channel IN ('pos', 'web')\"

[traits]
ready = [\"recency\", \"frequency\", \"monetary_value\", \"rfm\", \"frequency_90d\", \"preferred_channel\"]
stage = { ready = \"lifecycle_stage\", active_days = 60, lapsed_days = 180 }
sms_answers = { ready = \"answers\", channel = \"sms\", days = 30 }
big_orders = \"COUNT(*) FILTER (WHERE is_purchase AND event_value >= 500)\"
```

- Under `ready` stand names, each a column of its own name. `_30d`, `_90d`, `_365d` or any other number of days behind a
  name looks at the days before `as_of` only.
- A table gives a ready trait a name of your own and settings ([all settings](config.md#traits-name---)).
- Anything else is SQL: an aggregate over the person's records, which may use traits above it.
- What a purchase, a return, a message, an answer is, `[events]` says once ([keys and defaults](config.md#events)), for
  ready traits, [journeys](journeys.md) and [triggers](triggers.md). Rules of your own may name its columns too:
  `is_purchase`, `is_return`, `is_message`, `is_answer`, `is_view`, `is_review`, `is_survey`, `event_value`, `event_order`,
  `event_product`, `event_category`, `event_campaign`, `event_device`, `event_country`, `event_region`, `survey_nps`,
  `survey_csat`, `survey_ces`.
- Nothing looks beyond `as_of`: with `--as-of` in the past, later records are no events.

Scores and `new_products` compare a person with all others: they need a pass of their own over the records, and 8 bytes of
memory per purchaser and score, while it lasts. All others cost what the same SQL would cost.

A `STOP` is an answer too: whether somebody may be written to is a matter of [consent](consent.md), not of traits.

In the formulas, `value`, `campaign` and the like are those of `[events]`; a record is a purchase where `purchase` is true,
and so on. *Settings* are those that the trait takes beside `ready`.
";

/// The page, whole.
#[must_use]
pub fn traits_page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (group, entries) in LIBRARY {
        page += &format!("\n## {group}\n\n| trait | gives | formula | settings |\n|---|---|---|---|\n");
        for entry in *entries {
            let source = if entry.source.is_empty() { String::new() } else { format!(" Source: {}", entry.source) };
            let takes: Vec<String> = entry.takes.iter().map(|key| format!("`{key}`")).collect();
            let row =
                format!("| `{}` | {} | {}{source} | {} |\n", entry.name, entry.gives, entry.formula, takes.join(", "));
            page += &row;
        }
    }
    page
}
