//! What a stretch of persons gives to an audience.

use std::collections::BTreeMap;

use polars::prelude::{IdxCa, IdxSize, NewChunkedArray};

use super::super::columns::{bug, table};
use super::super::persons::published;
use super::super::{Publication, csv};
use super::format::{cells, delimiter, push_row};
use crate::audiences::is_formula;
use crate::config::{AUDIENCE_FIELDS, Audience, AudienceFormat, address_of};
use crate::model::{Key, Verdict, identifier_key};
use crate::pipeline::Folded;
use crate::problem::Result;

/// What a stretch of persons gives to an audience.
#[derive(Debug, Default)]
pub struct Part {
    /// Persons by verdict.
    pub(super) verdicts: BTreeMap<Verdict, u64>,
    pub(super) candidates: Vec<Candidate>,
    /// Their rows, one behind the other.
    pub(super) rows: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) person: u32,
    /// Of the address, where the list has one.
    pub(super) address: Option<Key>,
    /// Where the row ends in [`Part::rows`].
    pub(super) end: usize,
}

/// The rows of a stretch, per audience of the config.
pub fn parts(run: &Publication<'_>, folded: &Folded) -> Result<Vec<Part>> {
    run.audiences
        .iter()
        .zip(&folded.audiences)
        .map(|(audience, verdicts)| part(run, audience, folded, verdicts))
        .collect()
}

fn part(run: &Publication<'_>, audience: &Audience, folded: &Folded, verdicts: &[Verdict]) -> Result<Part> {
    let mut part = Part::default();
    for verdict in verdicts {
        *part.verdicts.entry(*verdict).or_default() += 1;
    }
    let members: Vec<IdxSize> =
        (0..verdicts.len() as IdxSize).filter(|&person| verdicts[person as usize] == Verdict::Member).collect();
    if members.is_empty() {
        return Ok(part);
    }
    let there = |name: &&str| folded.golden.column(audience.column(name)).is_ok();
    let fields: Vec<&str> = AUDIENCE_FIELDS.into_iter().filter(there).collect();
    let wanted = fields.iter().map(|field| audience.column(field)).chain(audience.columns.iter().map(String::as_str));
    let mut columns = Vec::new();
    for name in wanted {
        columns
            .push(folded.golden.column(name).map_err(bug)?.take(&IdxCa::from_slice("".into(), &members)).map_err(bug)?);
    }
    let is_text: Vec<bool> = columns.iter().map(|column| column.dtype().is_string()).collect();
    let texts: Vec<Vec<Option<String>>> = columns
        .iter()
        .map(|column| {
            let one = published(column)?.with_name("x".into());
            Ok(csv::texts(&table(members.len(), vec![one])?).map_err(bug)?.remove(0))
        })
        .collect::<Result<_>>()?;
    let has = address_of(&audience.channel);
    for (row, &member) in members.iter().enumerate() {
        let person = folded.range.start + member;
        let get = |field: &str| {
            let column = fields.iter().position(|known| *known == field)?;
            texts[column][row].as_deref()
        };
        let mut line = Vec::new();
        if audience.format == AudienceFormat::Csv {
            line.push(uuid::Uuid::from_u128(run.resolved.person_ids.0[person as usize]).as_hyphenated().to_string());
        }
        let written = cells(audience.format, has, &get);
        let address = address(audience, has, &get);
        line.extend(written);
        for (at, texts) in texts.iter().enumerate().skip(fields.len()) {
            let text = texts[row].clone().unwrap_or_default();
            line.push(if is_text[at] && is_formula(&text) { format!("'{text}") } else { text });
        }
        push_row(&mut part.rows, delimiter(audience.format), &line);
        part.candidates.push(Candidate { person, address, end: part.rows.len() });
    }
    Ok(part)
}

/// What tells that two persons would get the same message.
fn address<'a>(audience: &Audience, has: Option<&str>, get: &dyn Fn(&str) -> Option<&'a str>) -> Option<Key> {
    let field = match audience.format {
        // These match persons, not addresses: the same one twice does no harm.
        AudienceFormat::GoogleCustomerMatch | AudienceFormat::MetaCustomAudience => return None,
        AudienceFormat::Mailchimp => "email",
        AudienceFormat::Sms => "phone",
        AudienceFormat::Csv | AudienceFormat::Klaviyo | AudienceFormat::Brevo => has?,
    };
    get(field).map(|address| identifier_key(address.as_bytes()))
}
