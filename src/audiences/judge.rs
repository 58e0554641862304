//! Who is in, and the first reason why somebody is not.

use polars::prelude::{DataFrame, IntoLazy, PolarsError, StringChunked};

use super::{Audience, Plan, contacts};
use crate::config::ConsentNeed;
use crate::model::{ConsentState, Verdict};
use crate::problem::Problem;

/// What is known of a stretch of persons.
#[derive(Clone, Copy)]
pub struct Stretch<'a> {
    /// One row per person: golden columns, traits, consent.
    pub golden: &'a DataFrame,
    /// Their records as columns, those of [`Plan::read`] among them; empty if that is none.
    pub records: &'a DataFrame,
    /// Per segment, per person: whether the person is in it.
    pub segments: &'a [Vec<bool>],
    /// Per segment, per person: whether the person is held out of it.
    pub hold_outs: &'a [Vec<bool>],
    /// Per consent of the schema, per person.
    pub states: &'a [Vec<ConsentState>],
    /// Per audience, per person: whether the person must not be contacted on its channel.
    pub suppressed: &'a [Vec<bool>],
}

/// Per audience, per person: whether the person is in. The same address twice and the limit are not looked at here.
pub fn judge(plan: &Plan, stretch: Stretch<'_>) -> Result<Vec<Vec<Verdict>>, Problem> {
    let persons = stretch.golden.height();
    let lately = contacts::lately(plan, stretch.records, persons)?;
    let one = |((audience, lately), suppressed): ((&Audience, &Vec<Vec<u32>>), &Vec<bool>)| {
        of_audience(audience, stretch, lately, suppressed)
    };
    plan.audiences.iter().zip(&lately).zip(stretch.suppressed).map(one).collect()
}

fn of_audience(
    audience: &Audience,
    stretch: Stretch<'_>,
    lately: &[Vec<u32>],
    suppressed: &[bool],
) -> Result<Vec<Verdict>, Problem> {
    let persons = stretch.golden.height();
    let scope = in_scope(audience, stretch.golden)?;
    let mut addresses: Vec<(StringChunked, bool)> = Vec::new();
    for address in &audience.addresses {
        let column = stretch.golden.column(&address.column).map_err(failed)?.as_materialized_series().rechunk();
        addresses.push((column.str().map_err(failed)?.clone(), address.is_phone));
    }
    let nobody: &[bool] = &[];
    let members = audience.segment.map(|segment| stretch.segments[segment].as_slice());
    let held = audience.segment.map_or(nobody, |segment| stretch.hold_outs[segment].as_slice());
    let states = audience.consent.map(|consent| stretch.states[usize::from(consent)].as_slice());
    let verdict = |person: usize| {
        let state = states.map_or(ConsentState::Unknown, |states| states[person]);
        let too_often = |quiet: bool| {
            let rules = audience.lately.iter().zip(lately).filter(|(rule, _)| rule.quiet == quiet);
            rules.into_iter().any(|(rule, counts)| counts[person] >= rule.too_many)
        };
        match () {
            () if members.is_some_and(|members| !members[person]) => Verdict::Outside,
            () if !audience.takes_part || !scope[person] => Verdict::OutOfScope,
            () if held.get(person) == Some(&true) => Verdict::HeldOut,
            () if suppressed[person] => Verdict::Suppressed,
            () if state == ConsentState::OptedOut => Verdict::OptedOut,
            () if state == ConsentState::Unknown && audience.need == ConsentNeed::OptedIn => Verdict::NoConsent,
            () if !addresses.is_empty() => match reach(&addresses, person) {
                Reach::None => Verdict::NoAddress,
                Reach::Unsafe => Verdict::UnsafeAddress,
                Reach::Some if too_often(false) => Verdict::ContactPressure,
                Reach::Some if too_often(true) => Verdict::QuietTime,
                Reach::Some => Verdict::Member,
            },
            () if too_often(false) => Verdict::ContactPressure,
            () if too_often(true) => Verdict::QuietTime,
            () => Verdict::Member,
        }
    };
    Ok((0..persons).map(verdict).collect())
}

enum Reach {
    None,
    Unsafe,
    Some,
}

/// Whether a person has an address that can be written: a number in E.164, an e-mail address that no spreadsheet runs.
fn reach(addresses: &[(StringChunked, bool)], person: usize) -> Reach {
    let mut found = Reach::None;
    for (column, is_phone) in addresses {
        match column.get(person) {
            Some(number) if *is_phone && is_e164(number) => return Reach::Some,
            Some(address) if !is_phone && is_formula(address) => found = Reach::Unsafe,
            Some(_) if !is_phone => return Reach::Some,
            _ => {}
        }
    }
    found
}

/// Whether a text is a telephone number in E.164: `+` and 7 to 15 digits.
pub fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a spreadsheet would run a text.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn in_scope(audience: &Audience, golden: &DataFrame) -> Result<Vec<bool>, Problem> {
    let mut scope = vec![true; golden.height()];
    for condition in &audience.scope {
        let met = golden.clone().lazy().select([condition.clone().alias("x")]).collect().map_err(failed)?;
        let met = met.columns()[0].as_materialized_series().bool().map_err(failed)?.clone();
        let all = met.len() == 1 && golden.height() != 1; // a condition of constants alone has one row
        for (person, scope) in scope.iter_mut().enumerate() {
            *scope &= met.get(if all { 0 } else { person }) == Some(true);
        }
    }
    Ok(scope)
}

fn failed(error: PolarsError) -> Problem {
    let said = error.to_string();
    Problem::run(format!("audiences cannot be made: {}", said.lines().next().unwrap_or_default()), "")
}
