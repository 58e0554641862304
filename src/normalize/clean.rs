//! One door to all kinds: a trimmed cell to a clean value, without memos.

use jiff::tz::TimeZone;

use super::nanp::Nanp;
use super::phone::{self, Region};
use super::{boolean, consent, country, date, email, hash, id, money, name, postal_code, text, time};
use crate::model::{Kind, Row, Unusable, Value};

/// What some kinds need to know besides the cell.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Formats of dates and times in strptime notation; empty = the built-in ones.
    pub formats: &'a [String],
    /// Zone of times that carry none.
    pub zone: &'a TimeZone,
    /// Region of national phone numbers.
    pub region: Option<Region>,
    /// What is known of North American numbers.
    pub nanp: &'a Nanp,
}

/// Normalizes a trimmed cell that is not blank. Text lies in `out`, over what was there.
///
/// # Errors
/// Why the kind cannot read it.
pub fn clean<'a>(kind: Kind, raw: &str, context: Context<'_>, out: &'a mut String) -> Result<Value<'a>, Unusable> {
    out.clear();
    match kind {
        Kind::Email => email::normalize(raw, out)?,
        Kind::Phone => phone::normalize(raw, context.region, context.nanp, out)?,
        Kind::Hash => hash::normalize(raw, out)?,
        Kind::Id | Kind::Device => id::normalize(raw, out)?,
        Kind::Name => name::normalize(raw, out)?,
        Kind::PostalCode => postal_code::normalize(raw, out)?,
        Kind::Country => out.push_str(country::parse(raw)?),
        Kind::Text => text::normalize(raw, out),
        Kind::Consent => consent::normalize(raw, out)?,
        Kind::Date => return date::parse(raw, context.formats).map(Value::Date).ok_or(Unusable::BadDate),
        Kind::Time => return time::parse(raw, context.formats, context.zone).map(Value::Time).ok_or(Unusable::BadDate),
        Kind::Bool => return boolean::parse(raw).map(Value::Bool),
        Kind::Money | Kind::Number => return money::parse(raw).map(Value::Number),
    }
    Ok(Value::Text(out))
}

/// A clean value as text, written over `out` unless it is text already: what keys and compare keys are made of.
pub fn as_text<'a>(value: Value<'a>, out: &'a mut String) -> &'a str {
    use std::fmt::Write;
    out.clear();
    match value {
        Value::Text(text) => return text,
        Value::Date(days) => date::write(days, out),
        Value::Time(micros) => time::write(micros, out),
        Value::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        Value::Number(number) => write!(out, "{number}").expect("writing to a String does not fail"),
    }
    out
}

/// A stored value as [`as_text`]; empty = no value.
pub fn stored_text<'a>(kind: Kind, raw: &'a [u8], out: &'a mut String) -> &'a str {
    match Row::decode(raw, kind.value_type()) {
        Some(value) => as_text(value, out),
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::blank;

    const KINDS: [Kind; 14] = [
        Kind::Email,
        Kind::Phone,
        Kind::Hash,
        Kind::Id,
        Kind::Device,
        Kind::Name,
        Kind::Date,
        Kind::PostalCode,
        Kind::Country,
        Kind::Bool,
        Kind::Money,
        Kind::Number,
        Kind::Time,
        Kind::Text,
    ];

    /// The clean value of a cell as text.
    fn text_of(kind: Kind, cell: &str, nanp: &Nanp) -> Option<String> {
        let context = Context { formats: &[], zone: &TimeZone::UTC, region: Some(Region::US), nanp };
        let (mut text, mut written) = (String::new(), String::new());
        let value = clean(kind, blank::value(cell, kind)?, context, &mut text).ok()?;
        Some(as_text(value, &mut written).to_owned())
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(
            cell in "\\PC{0,14}|[-'\"=. 0-9a-zA-Z@+()\u{200b}\u{200c}\u{ad}\u{a0}１７＇＂“”é\u{301}]{0,14}|[0-9a-f]{32}"
        ) {
            let nanp = Nanp::default();
            for kind in KINDS {
                if let Some(once) = text_of(kind, &cell, &nanp) {
                    // What is left may be a null word (`'null`); that is then no value any more.
                    let again = text_of(kind, &once, &nanp);
                    prop_assert!(again.as_ref() == Some(&once) || blank::value(&once, kind).is_none(), "{kind:?}: {once:?} became {again:?}");
                }
            }
        }
    }
}
