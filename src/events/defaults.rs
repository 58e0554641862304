//! What fields of common names say where `[events]` says nothing.

use crate::model::{Schema, ValueType};

const RETURNS: &str = "'refund', 'refunded', 'order_refunded', 'return', 'returned'";
const MESSAGES: &str = "'received_email', 'email_sent', 'email_delivered', 'received_sms', 'sms_sent', 'sms_delivered', \
                        'message_sent', 'message_delivered', 'send', 'sent', 'delivered'";
const ANSWERS: &str = "'clicked_email', 'email_clicked', 'email_link_clicked', 'clicked_sms', 'sms_clicked', 'click', \
                       'clicked', 'message_received', 'reply', 'replied', 'received_reply'";
const VIEWS: &str = "'page', 'page_view', 'page_viewed', 'screen_view', 'view', 'view_item', 'viewed_product', \
                     'product_viewed'";
const REVIEWS: &str = "'review', 'reviewed', 'product_reviewed', 'submitted_review', 'review_submitted'";

/// The field `event` as a name: `Clicked Email` is `clicked_email`.
const EVENT: &str = "REPLACE(REPLACE(LOWER(TRIM(event)), ' ', '_'), '-', '_')";

/// The rule of a key of `[events]`; `None` = no field tells.
pub(super) fn rule(key: &str, schema: &Schema) -> Option<String> {
    let is = |name: &str, kind: ValueType| {
        schema.field(name).is_some_and(|field| schema.fields[usize::from(field)].kind.value_type() == kind)
    };
    let first = |names: &[&str], kind: Option<ValueType>| {
        let fits = |name: &&&str| kind.map_or(schema.field(name).is_some(), |kind| is(name, kind));
        names.iter().find(fits).map(|name| format!("\"{name}\""))
    };
    let (event, direction) = (is("event", ValueType::Text), is("direction", ValueType::Text));
    let amount = is("amount", ValueType::Number);
    let named = |names: &str| event.then(|| format!("{EVENT} IN ({names})"));
    let heads = |way: &str| direction.then(|| format!("STARTS_WITH(LOWER(direction), '{way}')"));
    let either = |one: Option<String>, other: Option<String>| match (one, other) {
        (Some(one), Some(other)) => Some(format!("COALESCE({one}, FALSE) OR COALESCE({other}, FALSE)")),
        (one, other) => one.or(other),
    };
    let number = Some(ValueType::Number);
    match key {
        "purchase" if amount && event => Some(format!("amount > 0 AND (event IS NULL OR {EVENT} NOT IN ({RETURNS}))")),
        "purchase" => amount.then(|| "amount > 0".to_owned()),
        "return" => either(amount.then(|| "amount < 0".to_owned()), named(RETURNS)),
        "message" => either(heads("outbound"), named(MESSAGES)),
        "answer" => either(heads("inbound"), named(ANSWERS)),
        "view" => named(VIEWS),
        "review" => named(REVIEWS),
        "value" => first(&["amount"], number),
        "order" => first(&["order_id", "order", "order_number", "invoice", "receipt", "transaction_id"], None),
        "product" => first(&["product", "product_id", "product_name", "sku", "item"], None),
        "category" => first(&["category", "product_category"], None),
        "campaign" => first(&["campaign", "utm_campaign", "campaign_name", "message", "flow"], None),
        "device" => first(&["device", "device_type", "device_category"], None),
        "country" => first(&["country"], None),
        "region" => first(&["region", "state", "province"], None),
        "nps" => first(&["nps", "nps_score"], number),
        "csat" => first(&["csat", "csat_score"], number),
        "ces" => first(&["ces", "ces_score"], number),
        _ => None,
    }
}
