//! The SQL of ready traits.

use super::Call;
use crate::config::ReadyTrait;
use crate::model::Schema;
use crate::problem::nearest;

/// A text constant.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A template with its placeholders filled:
///
/// | placeholder | stands for |
/// |---|---|
/// | `{in}` | ` AND …`: the trait's window and channel |
/// | `{orders}` | how many orders |
/// | `{field}` | the trait's field |
/// | `{nps}`, `{csat}`, `{ces}` | a condition: the answer is on its scale |
pub(super) fn fill(template: &str, call: &Call<'_>) -> String {
    let field = call.spec.field.as_deref().map(|field| format!("\"{field}\"")).unwrap_or_default();
    let mut sql =
        template.replace("{in}", &call.within()).replace("{orders}", &call.orders()).replace("{field}", &field);
    for (survey, scale) in SCALES {
        sql = sql.replace(&format!("{{{survey}}}"), &on_scale(survey, scale, call.spec));
    }
    sql
}

/// Lowest and highest answer of each survey.
pub(super) const SCALES: [(&str, [f64; 2]); 3] = [("nps", [0.0, 10.0]), ("csat", [1.0, 5.0]), ("ces", [1.0, 7.0])];

fn on_scale(survey: &str, scale: [f64; 2], spec: &ReadyTrait) -> String {
    let (low, high) = match spec.scale.as_deref() {
        Some([low, high]) => (*low, *high),
        _ => (scale[0], scale[1]),
    };
    let column = format!("survey_{survey}");
    // NPS has whole answers only; other scales may be means of several questions.
    let whole = if survey == "nps" { format!(" AND {column} = FLOOR({column})") } else { String::new() };
    format!("is_survey AND {column} BETWEEN {low:?} AND {high:?}{whole}")
}

pub(super) fn recency_score(call: &Call<'_>) -> String {
    call.score(&recency(call))
}

pub(super) fn frequency_score(call: &Call<'_>) -> String {
    call.score(&frequency(call))
}

pub(super) fn monetary_score(call: &Call<'_>) -> String {
    call.score(&monetary(call))
}

pub(super) fn rfm(call: &Call<'_>) -> String {
    let scores = [recency(call), frequency(call), monetary(call)].map(|measure| call.score(&measure)).join(", ");
    format!("CASE WHEN {} > 0 AND {} IS NOT NULL THEN CONCAT({scores}) END", call.orders(), recency(call))
}

/// More is better in all three: so the days since the last purchase count below zero.
fn recency(call: &Call<'_>) -> String {
    format!("CAST(0 - DAYS_BETWEEN(MAX(event_time) FILTER (WHERE is_purchase{}), as_of) AS DOUBLE)", call.within())
}

fn frequency(call: &Call<'_>) -> String {
    format!("CAST(NULLIF({}, 0) AS DOUBLE)", call.orders())
}

fn monetary(call: &Call<'_>) -> String {
    let value = format!("COALESCE(SUM(event_value) FILTER (WHERE event_value IS NOT NULL{}), 0)", call.within());
    format!("(CASE WHEN {} > 0 THEN {value} END)", call.orders())
}

pub(super) fn lifecycle_stage(call: &Call<'_>) -> String {
    let spec = call.spec;
    let (new, active, lapsed) =
        (spec.new_days.unwrap_or(30), spec.active_days.unwrap_or(90), spec.lapsed_days.unwrap_or(365));
    let purchase = format!("is_purchase{}", call.within());
    let recency = format!("DAYS_BETWEEN(MAX(event_time) FILTER (WHERE {purchase}), as_of)");
    let tenure = format!("DAYS_BETWEEN(MIN(event_time) FILTER (WHERE {purchase}), as_of)");
    let gap = format!("LAST_GAP(event_time) FILTER (WHERE {purchase})");
    format!(
        "CASE WHEN {} = 0 THEN CASE WHEN {} THEN 'prospect' ELSE 'anonymous' END \
         WHEN {recency} <= {active} AND {gap} > {lapsed} THEN 'won_back' \
         WHEN {tenure} <= {new} THEN 'new' \
         WHEN {recency} <= {active} THEN 'active' \
         WHEN {recency} <= {lapsed} THEN 'at_risk' ELSE 'lapsed' END",
        call.orders(),
        call.known()
    )
}

pub(super) fn quiet_channels(call: &Call<'_>) -> String {
    let mut channels: Vec<&str> = call.schema.sources.iter().map(|source| source.channel.as_str()).collect();
    channels.sort_unstable();
    channels.dedup();
    let within = call.within_days(Some(call.spec.days.unwrap_or(90)));
    let fewest = call.spec.count.unwrap_or(3);
    let quiet = |channel: &&str| {
        let here = format!("{within} AND channel = {}", text(channel));
        format!(
            "CASE WHEN COUNT(*) FILTER (WHERE is_message{here}) >= {fewest} \
             AND COUNT(*) FILTER (WHERE is_answer{here}) = 0 THEN {} ELSE '' END",
            text(&format!("+{channel}"))
        )
    };
    format!("NULLIF(SUBSTR(CONCAT({}), 2), '')", channels.iter().map(quiet).collect::<Vec<_>>().join(", "))
}

pub(super) fn survey_rejected(call: &Call<'_>) -> String {
    let counted = SCALES.iter().filter(|(survey, _)| call.events.has(&format!("survey_{survey}")));
    let count = |(survey, scale): &(&str, [f64; 2])| {
        let good = on_scale(survey, *scale, call.spec);
        format!("COUNT(*) FILTER (WHERE is_survey AND survey_{survey} IS NOT NULL AND NOT ({good}){})", call.within())
    };
    counted.map(count).collect::<Vec<_>>().join(" + ")
}

/// Every setting but `ready`, and whether it is set.
pub(super) fn settings(spec: &ReadyTrait) -> [(&'static str, bool); 8] {
    [
        ("days", spec.days.is_some()),
        ("channel", spec.channel.is_some()),
        ("field", spec.field.is_some()),
        ("new_days", spec.new_days.is_some()),
        ("active_days", spec.active_days.is_some()),
        ("lapsed_days", spec.lapsed_days.is_some()),
        ("scale", spec.scale.is_some()),
        ("count", spec.count.is_some()),
    ]
}

/// Values that cannot be: key, what, fix.
pub(super) fn values(spec: &ReadyTrait, schema: &Schema) -> Vec<(&'static str, String, String)> {
    let mut faults = Vec::new();
    let mut named = |key: &'static str, value: &Option<String>, known: Vec<&str>, called: &str| {
        let Some(value) = value.as_deref().filter(|value| !known.contains(value)) else { return };
        let near = nearest(value, known.iter().copied());
        let fix = near.first().map_or_else(|| known.join(", "), |name| format!("did you mean \"{name}\"?"));
        faults.push((key, format!("{called} \"{value}\""), fix));
    };
    let channels = schema.sources.iter().map(|source| source.channel.as_str()).collect();
    named("channel", &spec.channel, channels, "no source has the channel");
    let fields = schema.fields.iter().map(|field| field.name.as_str()).collect();
    named("field", &spec.field, fields, "no source maps a field");
    if let Some(scale) = &spec.scale
        && !matches!(scale[..], [low, high] if low < high && low.is_finite() && high.is_finite())
    {
        faults.push(("scale", "a scale is two rising numbers".to_owned(), "write scale = [1, 5]".to_owned()));
    }
    if spec.days == Some(0) {
        faults.push(("days", "a window of no days".to_owned(), "write one day or more, or leave it out".to_owned()));
    }
    let (active, lapsed) = (spec.active_days.unwrap_or(90), spec.lapsed_days.unwrap_or(365));
    if active > lapsed {
        let key = if spec.lapsed_days.is_some() { "lapsed_days" } else { "active_days" };
        let what = format!("somebody would be lapsed after {lapsed} days and active for {active}");
        faults.push((key, what, "let `lapsed_days` be more than `active_days`".to_owned()));
    }
    faults
}

/// The key of `[events]` behind a column of events.
pub(super) fn key_of(column: &str) -> &str {
    match column {
        "is_survey" => "nps",
        column => ["is_", "event_", "survey_"].iter().find_map(|start| column.strip_prefix(start)).unwrap_or(column),
    }
}

/// What a key of `[events]` tells, in messages.
pub(super) fn meaning(key: &str) -> &'static str {
    match key {
        "purchase" => "what a purchase is",
        "return" => "what a return is",
        "message" => "which records are messages that were sent",
        "answer" => "which records are answers to messages",
        "view" => "which records are views",
        "review" => "which records are reviews",
        "value" => "the amount of a purchase",
        "product" => "the product",
        "category" => "the product's category",
        "campaign" => "the campaign",
        "device" => "the device",
        "country" => "the country",
        "region" => "the region",
        _ => "the answer to the survey",
    }
}
