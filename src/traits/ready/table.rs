//! The library: every ready trait with what it gives and how.

use super::{Entry, How, build};
use How::{Built, NewProducts, Template};

const WINDOW: &[&str] = &["days", "channel"];
const SURVEY: &[&str] = &["days", "channel", "scale"];

const fn entry(name: &'static str, gives: &'static str, formula: &'static str, how: How) -> Entry {
    Entry { name, gives, formula, source: "", needs: &[], takes: WINDOW, how }
}

impl Entry {
    const fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    const fn takes(self, takes: &'static [&'static str]) -> Self {
        Self { takes, ..self }
    }

    const fn from(self, source: &'static str) -> Self {
        Self { source, ..self }
    }
}

const RFM: &str = "Hughes, *Strategic Database Marketing*, 1994: fifths of the customer base, 5 is best.";
const NPS: &str = "Reichheld, “The One Number You Need to Grow”, Harvard Business Review, December 2003.";
const CES: &str = "Dixon, Freeman, Toman, “Stop Trying to Delight Your Customers”, Harvard Business Review, 2010; the \
                   statement with seven steps is CES 2.0 (CEB, 2013).";
const LAST: &str = "Text; blank without one.";

/// Every ready trait, by what it is about.
pub const LIBRARY: &[(&str, &[Entry])] = &[
    (
        "Buying",
        &[
            entry(
                "recency",
                "Whole days; blank without a purchase.",
                "`as_of` minus the time of the last purchase.",
                Template("DAYS_BETWEEN(MAX(event_time) FILTER (WHERE is_purchase{in}), as_of)"),
            )
            .needs(&["is_purchase"]),
            entry("frequency", "Orders; 0 without.", "Number of different orders among purchases.", Template("{orders}"))
                .needs(&["is_purchase"]),
            entry(
                "monetary_value",
                "Money, in the unit of `value`; 0 without a purchase; below zero where more came back than was bought.",
                "Sum of `value` over purchases, less that of returns.",
                Template("COALESCE(SUM(event_value) FILTER (WHERE event_value IS NOT NULL{in}), 0)"),
            )
            .needs(&["is_purchase", "event_value"]),
            entry(
                "average_order_value",
                "Money per order; blank without a purchase.",
                "Sum of `value` over purchases, divided by `frequency`. Returns are not subtracted: it is the size of a basket.",
                Template("SUM(event_value) FILTER (WHERE is_purchase AND event_value > 0{in}) / NULLIF({orders}, 0)"),
            )
            .needs(&["is_purchase", "event_value"]),
            entry(
                "returned_value",
                "Money, above zero; 0 without a return.",
                "Sum of `value` over returns.",
                Template("COALESCE(0 - SUM(event_value) FILTER (WHERE event_value < 0{in}), 0)"),
            )
            .needs(&["is_return", "event_value"]),
            entry(
                "tenure",
                "Whole days; blank without a purchase.",
                "`as_of` minus the time of the first purchase.",
                Template("DAYS_BETWEEN(MIN(event_time) FILTER (WHERE is_purchase{in}), as_of)"),
            )
            .needs(&["is_purchase"]),
            entry(
                "recency_score",
                "1 to 5; blank without a purchase.",
                "1 + how many whole fifths of all purchasers bought longer ago. Who bought on the same day has the same score; \
                 with fewer than five different days some scores do not occur.",
                Built(build::recency_score),
            )
            .needs(&["is_purchase"])
            .from(RFM),
            entry(
                "frequency_score",
                "1 to 5; blank without a purchase.",
                "1 + how many whole fifths of all purchasers have fewer orders. Equal numbers have equal scores.",
                Built(build::frequency_score),
            )
            .needs(&["is_purchase"])
            .from(RFM),
            entry(
                "monetary_score",
                "1 to 5; blank without a purchase.",
                "1 + how many whole fifths of all purchasers have a smaller `monetary_value`. Equal amounts have equal scores.",
                Built(build::monetary_score),
            )
            .needs(&["is_purchase", "event_value"])
            .from(RFM),
            entry(
                "rfm",
                "Text of three digits, `555` is best; blank without a purchase that has a time.",
                "`recency_score`, `frequency_score` and `monetary_score`, one behind the other.",
                Built(build::rfm),
            )
            .needs(&["is_purchase", "event_value"])
            .from(RFM),
            entry(
                "purchase_interval",
                "Days, halves possible; blank below two days with a purchase.",
                "Median of the days between one day with a purchase and the next.",
                Template("USUAL_GAP(event_time) FILTER (WHERE is_purchase{in})"),
            )
            .needs(&["is_purchase"]),
            entry(
                "next_purchase_due",
                "Date; blank below two days with a purchase.",
                "The day of the last purchase and `purchase_interval`, rounded to whole days, added.",
                Template("NEXT_DUE(event_time) FILTER (WHERE is_purchase{in})"),
            )
            .needs(&["is_purchase"]),
            entry(
                "next_purchase_sureness",
                "0 (a guess) to 1 (clockwork); blank where there is no `next_purchase_due`.",
                "(1 − s) · n / (n + 2): n is the number of gaps between purchase days, s the median of how far gaps are from \
                 `purchase_interval`, as a share of it, at most 1. Two days with a purchase give 0.333, six regular ones 0.714.",
                Template(
                    "CASE WHEN USUAL_GAP(event_time) FILTER (WHERE is_purchase{in}) IS NOT NULL THEN ROUND((1 - LEAST(1, \
                     GAP_SPREAD(event_time) FILTER (WHERE is_purchase{in}) / USUAL_GAP(event_time) FILTER (WHERE is_purchase{in}))) \
                     * (COUNT(DISTINCT DATE(event_time)) FILTER (WHERE is_purchase{in}) - 1) \
                     / (COUNT(DISTINCT DATE(event_time)) FILTER (WHERE is_purchase{in}) + 1), 3) END",
                ),
            )
            .needs(&["is_purchase"]),
            entry(
                "lifecycle_stage",
                "`anonymous`, `prospect`, `new`, `active`, `at_risk`, `lapsed` or `won_back`.",
                "Without a purchase: `prospect` where any record has an e-mail address, a phone number or a customer's own \
                 number, else `anonymous`. With one: `won_back` when the last purchase is at most `active_days` ago and came \
                 more than `lapsed_days` after the one before it; else `new` when the first is at most `new_days` ago; \
                 `active` when the last is at most `active_days` ago; `at_risk` up to `lapsed_days`; then `lapsed`, and so is who \
                 bought at times unknown.",
                Built(build::lifecycle_stage),
            )
            .needs(&["is_purchase"])
            .takes(&["channel", "new_days", "active_days", "lapsed_days"]),
        ],
    ),
    (
        "Channels",
        &[
            entry("messages", "Messages; 0 without.", "Number of messages that were sent.", Template("COUNT(*) FILTER (WHERE is_message{in})"))
                .needs(&["is_message"]),
            entry("answers", "Answers; 0 without.", "Number of answers.", Template("COUNT(*) FILTER (WHERE is_answer{in})"))
                .needs(&["is_answer"]),
            entry(
                "engagement",
                "0 to 1; blank without a message.",
                "Answers divided by messages, at most 1. `{ ready = \"engagement\", channel = \"sms\" }` for one channel.",
                Template(
                    "CASE WHEN COUNT(*) FILTER (WHERE is_message{in}) > 0 THEN LEAST(1.0, COUNT(*) FILTER (WHERE is_answer{in}) \
                     / COUNT(*) FILTER (WHERE is_message{in})) END",
                ),
            )
            .needs(&["is_message", "is_answer"]),
            entry(
                "preferred_channel",
                "A channel; blank without an answer.",
                "The channel of most answers; of several the one that was answered last. What was sent does not count.",
                Template("MODE(channel) FILTER (WHERE is_answer{in})"),
            )
            .needs(&["is_answer"]),
            entry(
                "quiet_channels",
                "Channels, sorted, joined with `+`; blank when none is quiet.",
                "Channels with at least `count` messages (default 3) in the last `days` (default 90), and no answer there in \
                 that time.",
                Built(build::quiet_channels),
            )
            .needs(&["is_message", "is_answer"])
            .takes(&["days", "count"]),
            entry(
                "first_channel",
                "A channel; blank when no record has a time.",
                "The channel of the oldest record.",
                Template("FIRST(channel) FILTER (WHERE event_time <= as_of{in})"),
            ),
            entry(
                "last_channel",
                "A channel; blank when no record has a time.",
                "The channel of the newest record.",
                Template("LAST(channel) FILTER (WHERE event_time <= as_of{in})"),
            ),
            entry("first_campaign", LAST, "`campaign` of the oldest record that has one.", Template("FIRST(event_campaign) FILTER (WHERE event_time <= as_of{in})"))
                .needs(&["event_campaign"]),
            entry("last_campaign", LAST, "`campaign` of the newest record that has one.", Template("LAST(event_campaign) FILTER (WHERE event_time <= as_of{in})"))
                .needs(&["event_campaign"]),
        ],
    ),
    (
        "Products",
        &[
            entry("last_product_bought", LAST, "Product of the last purchase.", Template("LAST(event_product) FILTER (WHERE is_purchase{in})"))
                .needs(&["is_purchase", "event_product"]),
            entry("last_product_viewed", LAST, "Product of the last view.", Template("LAST(event_product) FILTER (WHERE is_view{in})"))
                .needs(&["is_view", "event_product"]),
            entry("last_product_reviewed", LAST, "Product of the last review.", Template("LAST(event_product) FILTER (WHERE is_review{in})"))
                .needs(&["is_review", "event_product"]),
            entry("last_category_bought", LAST, "Category of the last purchase.", Template("LAST(event_category) FILTER (WHERE is_purchase{in})"))
                .needs(&["is_purchase", "event_category"]),
            entry("last_category_viewed", LAST, "Category of the last view.", Template("LAST(event_category) FILTER (WHERE is_view{in})"))
                .needs(&["is_view", "event_category"]),
            entry("last_category_reviewed", LAST, "Category of the last review.", Template("LAST(event_category) FILTER (WHERE is_review{in})"))
                .needs(&["is_review", "event_category"]),
            entry(
                "favorite_category",
                LAST,
                "The category of most purchases (records, not amounts); of several the one bought last.",
                Template("MODE(event_category) FILTER (WHERE is_purchase{in})"),
            )
            .needs(&["is_purchase", "event_category"]),
            entry(
                "category_affinity",
                "0 to 1; blank without a purchase that has a category.",
                "The share of the purchases with a category that are of `favorite_category`.",
                Template("MODE_SHARE(event_category) FILTER (WHERE is_purchase{in})"),
            )
            .needs(&["is_purchase", "event_category"]),
            entry(
                "new_products",
                "Products joined with `|`; blank without a `favorite_category`, or when the person knows them all.",
                "Of the products of the person's `favorite_category` those that most persons bought (ties by name; of the \
                 first 1,000), less what this person bought, viewed or reviewed: the first `count` (default 3).",
                NewProducts,
            )
            .needs(&["is_purchase", "event_category", "event_product"])
            .takes(&["count"]),
        ],
    ),
    (
        "What people say",
        &[
            entry("nps", "Whole number, 0 to 10; blank without an answer.", "The latest answer on its scale.", Template("CAST(LAST(survey_nps) FILTER (WHERE {nps}{in}) AS BIGINT)"))
                .needs(&["survey_nps"])
                .from(NPS),
            entry(
                "nps_class",
                "`promoter` (9, 10), `passive` (7, 8) or `detractor` (0 to 6); blank without an answer.",
                "By the latest answer on its scale.",
                Template(
                    "CASE WHEN LAST(survey_nps) FILTER (WHERE {nps}{in}) >= 9 THEN 'promoter' WHEN LAST(survey_nps) FILTER (WHERE \
                     {nps}{in}) >= 7 THEN 'passive' WHEN LAST(survey_nps) FILTER (WHERE {nps}{in}) >= 0 THEN 'detractor' END",
                ),
            )
            .needs(&["survey_nps"])
            .from(NPS),
            trend("nps_trend", Template("LAST(survey_nps) FILTER (WHERE {nps}{in}) - (SUM(survey_nps) FILTER (WHERE {nps}{in}) - LAST(survey_nps) FILTER (WHERE {nps}{in})) / (COUNT(survey_nps) FILTER (WHERE {nps}{in}) - 1)"), &["survey_nps"]),
            entry("csat", "Number on the scale; blank without an answer.", "The latest answer on its scale (1 to 5 unless `scale` says otherwise).", Template("LAST(survey_csat) FILTER (WHERE {csat}{in})"))
                .needs(&["survey_csat"])
                .takes(SURVEY),
            trend("csat_trend", Template("LAST(survey_csat) FILTER (WHERE {csat}{in}) - (SUM(survey_csat) FILTER (WHERE {csat}{in}) - LAST(survey_csat) FILTER (WHERE {csat}{in})) / (COUNT(survey_csat) FILTER (WHERE {csat}{in}) - 1)"), &["survey_csat"])
                .takes(SURVEY),
            entry("ces", "Number on the scale; blank without an answer.", "The latest answer on its scale (1 to 7 unless `scale` says otherwise).", Template("LAST(survey_ces) FILTER (WHERE {ces}{in})"))
                .needs(&["survey_ces"])
                .takes(SURVEY)
                .from(CES),
            trend("ces_trend", Template("LAST(survey_ces) FILTER (WHERE {ces}{in}) - (SUM(survey_ces) FILTER (WHERE {ces}{in}) - LAST(survey_ces) FILTER (WHERE {ces}{in})) / (COUNT(survey_ces) FILTER (WHERE {ces}{in}) - 1)"), &["survey_ces"])
                .takes(SURVEY),
            entry(
                "survey_rejected",
                "Answers; 0 without.",
                "Answers to any survey that are not on its scale: they count here and nowhere else. NPS knows whole numbers only.",
                Built(build::survey_rejected),
            )
            .needs(&["is_survey"]),
            entry("declared", "As the field; blank when the person never said.", "The latest value of `field`: a size, a favorite, a birthday, whatever a form asked for.", Template("LAST({field}) FILTER (WHERE (event_time IS NULL OR event_time <= as_of){in})"))
                .takes(&["days", "channel", "field"]),
            entry("declared_on", "Date; blank when the person never said, or when the record has no time.", "The day of the newest record that has a value in `field`.", Template("DATE(MAX(event_time) FILTER (WHERE {field} IS NOT NULL AND event_time <= as_of{in}))"))
                .takes(&["days", "channel", "field"]),
        ],
    ),
    (
        "Where and with what",
        &[
            entry("usual_device", LAST, "The device of most records; of several the newest.", Template("MODE(event_device) FILTER (WHERE (event_time IS NULL OR event_time <= as_of){in})"))
                .needs(&["event_device"]),
            entry("usual_country", LAST, "The country of most records; of several the newest.", Template("MODE(event_country) FILTER (WHERE (event_time IS NULL OR event_time <= as_of){in})"))
                .needs(&["event_country"]),
            entry("usual_region", LAST, "The region of most records; of several the newest.", Template("MODE(event_region) FILTER (WHERE (event_time IS NULL OR event_time <= as_of){in})"))
                .needs(&["event_region"]),
        ],
    ),
];

const fn trend(name: &'static str, how: How, needs: &'static [&'static str]) -> Entry {
    entry(
        name,
        "Steps of the scale, above zero = better than before; blank below two answers.",
        "The latest answer on its scale, less the mean of all earlier ones.",
        how,
    )
    .needs(needs)
}
