//! One door to all kinds: a trimmed cell to a clean value, without memos.

use jiff::tz::TimeZone;

use super::nanp::Nanp;
use super::phone::{self, Region};
use super::{boolean, country, date, email, hash, id, money, name, postal_code, text, time};
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
