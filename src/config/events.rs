//! `[events]`: what a record is to the business.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a record is to the business: a purchase, a return, a message that was sent, an answer to one, a view, a review.
/// Said once, for ready traits, journeys and triggers, and for rules of your own: each key makes a column of records
/// that SQL in `[traits]` may name (`is_purchase`, `event_value` …). Every value is SQL over a record's own columns:
/// `source`, `channel`, `record_id`, `event_time` and the fields. Records after `as_of` are nothing of all this.
///
/// Where a key is left out, fields of common names serve, as each key tells; `event` is the name of what happened, its
/// case, spaces and hyphens do not count.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// Condition: the person bought. Column `is_purchase`. Default: the field `amount` is above zero, and `event` names no
    /// return.
    #[serde(default)]
    pub purchase: Option<String>,
    /// Condition: the person brought something back. Column `is_return`. Default: the field `amount` is below zero, or
    /// `event` is `refund`, `refunded`, `order_refunded`, `return` or `returned`.
    #[serde(default, rename = "return")]
    pub returned: Option<String>,
    /// Condition: the business sent the person a message. Column `is_message`. Default: `direction` begins with
    /// `outbound`, or `event` is `received_email`, `email_sent`, `email_delivered`, `received_sms`, `sms_sent`,
    /// `sms_delivered`, `message_sent`, `message_delivered`, `send`, `sent` or `delivered`.
    #[serde(default)]
    pub message: Option<String>,
    /// Condition: the person answered a message. Column `is_answer`. Default: `direction` is `inbound`, or `event` is
    /// `clicked_email`, `email_clicked`, `email_link_clicked`, `clicked_sms`, `sms_clicked`, `click`, `clicked`,
    /// `message_received`, `reply`, `replied` or `received_reply`. Opening a mail is none: mail programs open them too.
    #[serde(default)]
    pub answer: Option<String>,
    /// Condition: the person looked at something. Column `is_view`. Default: `event` is `page`, `page_view`,
    /// `page_viewed`, `screen_view`, `view`, `view_item`, `viewed_product` or `product_viewed`.
    #[serde(default)]
    pub view: Option<String>,
    /// Condition: the person reviewed a product. Column `is_review`. Default: `event` is `review`, `reviewed`,
    /// `product_reviewed`, `submitted_review` or `review_submitted`.
    #[serde(default)]
    pub review: Option<String>,
    /// Amount of a purchase or return; of returns the sign does not matter. Column `event_value`: negative for returns,
    /// blank for what is neither. Default: the field `amount`.
    #[serde(default)]
    pub value: Option<String>,
    /// What tells one order from another, where an order has several records. Column `event_order`. Default: the field
    /// `order_id`, `order`, `order_number`, `invoice`, `receipt` or `transaction_id`; else, and where it is blank, each
    /// record is an order.
    #[serde(default)]
    pub order: Option<String>,
    /// The product. Column `event_product`. Default: the field `product`, `product_id`, `product_name`, `sku` or `item`.
    #[serde(default)]
    pub product: Option<String>,
    /// The product's category. Column `event_category`. Default: the field `category` or `product_category`.
    #[serde(default)]
    pub category: Option<String>,
    /// The campaign or message. Column `event_campaign`. Default: the field `campaign`, `utm_campaign`, `campaign_name`,
    /// `message` or `flow`.
    #[serde(default)]
    pub campaign: Option<String>,
    /// The person's device. Column `event_device`. Default: the field `device`, `device_type` or `device_category`.
    #[serde(default)]
    pub device: Option<String>,
    /// The country of the record. Column `event_country`. Default: the field `country`.
    #[serde(default)]
    pub country: Option<String>,
    /// The region of the record. Column `event_region`. Default: the field `region`, `state` or `province`.
    #[serde(default)]
    pub region: Option<String>,
    /// Answer to "How likely is it that you would recommend us?", 0 to 10. Column `survey_nps`. Default: the field `nps`
    /// or `nps_score`, where its kind is `number`.
    #[serde(default)]
    pub nps: Option<String>,
    /// Answer to "How satisfied are you?", 1 to 5. Column `survey_csat`. Default: the field `csat` or `csat_score`, where
    /// its kind is `number`.
    #[serde(default)]
    pub csat: Option<String>,
    /// Answer to "The company made it easy for me", 1 to 7. Column `survey_ces`. Default: the field `ces` or `ces_score`,
    /// where its kind is `number`.
    #[serde(default)]
    pub ces: Option<String>,
}
