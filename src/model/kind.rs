//! What sort of thing a field or identifier holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What sort of thing a field or identifier holds; decides how it is normalized and, for identifiers, the default
/// limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An e-mail address: trimmed, lower case, `mailto:` and `Name <…>` removed, domain as ASCII (IDN).
    Email,
    /// A telephone number, as E.164 (`+14155550123`); needs a region for national numbers.
    Phone,
    /// A hashed identifier in hexadecimal (MD5, SHA-1 or SHA-256 by its length), lower case.
    Hash,
    /// A number or code that somebody issued (customer, loyalty card, order): trimmed, `17850.0` becomes `17850`,
    /// leading zeros kept, never a number.
    Id,
    /// A cookie, device or advertising id: normalized like `id`, trusted less.
    Device,
    /// Part of a person's name, as written but for Unicode form and white space; compared without case or marks.
    Name,
    /// A calendar day.
    Date,
    /// A postal code: upper case, single inner spaces.
    PostalCode,
    /// A country, as ISO 3166-1 alpha-2 (`US`), from a code or an English or native name.
    Country,
    /// Yes or no (`true`, `1`, `yes`, `y`, `t`, `on` …).
    Bool,
    /// An amount of money: currency signs, thousands separators and `(33.62)` for negatives are understood.
    Money,
    /// A plain number.
    Number,
    /// A point in time, kept in UTC.
    Time,
    /// Any other text: trimmed, otherwise as it came.
    Text,
    /// What a record says about consent (see [`super::Word`]); no field of a config is of this kind.
    #[serde(skip)]
    #[schemars(skip)]
    Consent,
}

/// How values of a kind are stored: the types of stage tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// UTF-8 text, never empty.
    Text,
    /// 64-bit float.
    Number,
    /// True or false.
    Bool,
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Time,
}

impl Kind {
    /// How its values are stored.
    #[must_use]
    pub fn value_type(self) -> ValueType {
        match self {
            Self::Money | Self::Number => ValueType::Number,
            Self::Bool => ValueType::Bool,
            Self::Date => ValueType::Date,
            Self::Time => ValueType::Time,
            _ => ValueType::Text,
        }
    }

    /// The kind that a field has by its name alone, unless the config says otherwise.
    #[must_use]
    pub fn of_field_name(name: &str) -> Self {
        match name {
            "email" => Self::Email,
            "phone" | "mobile" => Self::Phone,
            "first_name" | "last_name" | "middle_name" | "full_name" | "name" => Self::Name,
            "birth_date" => Self::Date,
            "postal_code" => Self::PostalCode,
            "country" => Self::Country,
            "amount" | "total" | "price" => Self::Money,
            "quantity" => Self::Number,
            "customer_id" | "loyalty_id" | "user_id" | "order_id" => Self::Id,
            "cookie_id" | "device_id" | "anonymous_id" => Self::Device,
            _ => Self::Text,
        }
    }
}
