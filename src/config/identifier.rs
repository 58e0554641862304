//! `[identifiers]` and `[placeholders]`: what links records, and values that never do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Kind;

/// A kind of identifier: where its values are, how far it is trusted, and its limits.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// What sort of value; decides normalizer and defaults. Default: by the namespace's name
    /// (`email`, `phone`, `customer_id`, `loyalty_id`, `cookie_id`, `device_id`, …), else `id`.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Canonical fields that hold its values. Default: the field of the namespace's own name. With `compound = true`,
    /// the parts that make one value together.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Whether the fields are parts of one value (`last_name + birth_date + postal_code`) rather than places where a
    /// value may stand. One absent part = no identifier. Default: false.
    #[serde(default)]
    pub compound: bool,
    /// For kind `hash`: the namespace whose normalized values are hashed the same way, so that hashed and raw values
    /// meet. Default: none.
    #[serde(default)]
    pub of: Option<String>,
    /// For kind `hash` with `of`: `sha256`, `sha1` or `md5`. Default: `sha256`.
    #[serde(default)]
    pub algorithm: Option<HashAlgorithm>,
    /// Trust, 1 = strongest: the guard takes stronger identifiers first, and "shared" is judged by stronger ones.
    /// Default by kind: id 10, hash 20, email 20, phone 30, compound and others 40, device 50.
    #[serde(default)]
    pub priority: Option<u32>,
    /// Most distinct values that one person may have; 0 = no limit. Default by kind: id 1 (0 for ids of what people do:
    /// `order_id`, `invoice_no`, `receipt_no`, `session_id` and the like), email 5, phone 5, hash 5, device 0, compound and
    /// others 0.
    #[serde(default)]
    pub max_per_person: Option<u32>,
    /// Largest person, in records, that this namespace may build; 0 = no limit. Default: 0.
    #[serde(default)]
    pub max_records_per_person: Option<u32>,
    /// A value is shared, and links nothing, when it occurs with more than this many distinct people; never a count of
    /// records. People are told apart on the records that carry the value by each of these measures, and one is enough:
    /// distinct names of a `proxy` field (spellings of one name and rare slips count once); distinct values of a stronger
    /// namespace that is unique per person (`max_per_person = 1`); and `stronger_identifiers`, the groups that all stronger
    /// namespaces link, among records that say nothing in `proxy` (twice as many groups but for devices, and only
    /// where no few of them have nearly all of these records); where records carry nothing stronger either, the same by
    /// the distinct values of a weaker namespace of kind email, phone, hash or id. 0 = never. Default by kind: email, phone
    /// and hash 5, device 2, id and others 0.
    #[serde(default)]
    pub shared_above: Option<u32>,
    /// Fields whose distinct values stand for distinct people when `shared_above` is judged.
    /// Default: for email, phone and hash, `last_name` where it is a field, else `first_name`, else `full_name`; for
    /// others none.
    #[serde(default)]
    pub proxy: Option<Vec<String>>,
    /// Fields that must not contradict each other in two records that only this namespace joins; a blank contradicts
    /// nothing. Default: for email, phone, hash and device, `first_name` where it is a field, else
    /// `full_name`.
    #[serde(default)]
    pub conflict: Option<Vec<String>>,
    /// For kind `email`: domains whose dots before the `@` do not count (`["gmail.com", "googlemail.com"]`).
    /// Default: none.
    #[serde(default)]
    pub ignore_dots: Vec<String>,
    /// For kind `email`: domains whose `+tag` before the `@` does not count; `["*"]` = all. Default: none.
    #[serde(default)]
    pub ignore_tags: Vec<String>,
    /// For kinds `id` and `device`: whether upper and lower case are the same. Default: false.
    #[serde(default)]
    pub ignore_case: bool,
}

/// How a hashed identifier was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// SHA-256 of the normalized value, in hexadecimal.
    Sha256,
    /// SHA-1 of the normalized value, in hexadecimal.
    Sha1,
    /// MD5 of the normalized value, in hexadecimal.
    Md5,
}

/// Values of a kind that identify nobody.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Placeholders {
    /// Whether the built-in list holds. Default: true.
    pub builtin: bool,
    /// Exact values, normalized like the data before they are compared. Default: none.
    pub values: Vec<String>,
    /// Regular expressions (Rust's syntax), matched against the whole normalized value. Default: none.
    pub patterns: Vec<String>,
}

impl Default for Placeholders {
    fn default() -> Self {
        Self { builtin: true, values: Vec::new(), patterns: Vec::new() }
    }
}
