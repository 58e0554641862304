//! Consent: who may be contacted on which channel, since when, and because of which record.
//!
//! `gather` reads what records say; `carry` hands opt-outs on to everybody whose records carry the same address, whether
//! it links or not; `decide` makes a state per person of both. `listed` finds the persons of suppression lists.
//!
//! What always holds:
//!
//! - an opt-in counts for the person whose record it is on, and for nobody else: no identifier carries it;
//! - an opt-out counts for the person whose record it is on, and for everybody who uses an address of that record;
//! - so two persons who become one have every opt-out that either had.

mod carry;
mod decide;
mod gather;
#[cfg(test)]
mod laws;
mod listed;
#[cfg(test)]
mod tests;

use std::ops::Range;

use rayon::prelude::*;

use crate::config::{Config, ConsentPolicy};
use crate::model::{
    ConsentId, ConsentState, Occurrences, Persons, Records, Schema, SourceStarts, Statement, SuppressionList,
};
pub use listed::Digests;

/// `[consent]` and `[source.consent]`, compiled.
#[derive(Debug, Default)]
pub struct Plan {
    keys: Vec<Key>,
    /// Per source: whether its records say anything.
    speaks: Vec<bool>,
}

/// A channel, or a purpose on it.
#[derive(Debug)]
struct Key {
    policy: ConsentPolicy,
    /// For a purpose: its channel as a whole, where anything is said of that.
    whole: Option<ConsentId>,
}

/// What all records say of all persons.
#[derive(Debug, Default)]
pub struct Statements {
    /// By person, then by what they are about.
    all: Vec<Statement>,
    /// Record ids of the records whose statements hold for other persons, by record.
    evidence: Vec<(u32, Box<str>)>,
    /// Persons on suppression lists with the list's number, by person.
    listed: Vec<(u32, u16)>,
    /// Per list: the channels on which it counts; none = all.
    lists: Vec<Vec<String>>,
}

/// What decides about consent, beside what records say.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// `[consent]`.
    pub plan: &'a Plan,
    /// `[[suppression]]`, read.
    pub lists: &'a [SuppressionList],
    /// Gives the digests by which a record's values may be listed.
    pub digests: &'a Digests<'a>,
}

impl Rules<'_> {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.is_empty() && self.lists.is_empty()
    }
}

/// Why a person must not be contacted, whatever anybody said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A suppression list, by its number.
    Listed(u16),
    /// The address is gone.
    Bounced(Statement),
}

/// What one person's state is, and why; there is none where nobody said anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// Who.
    pub person: u32,
    /// Channel and purpose.
    pub key: ConsentId,
    /// The state.
    pub state: ConsentState,
    /// The statement that decided it; none = nobody said yes or no.
    pub by: Option<Statement>,
    /// The statement that the address is gone, unless the person opted in later.
    pub bounce: Option<Statement>,
}

/// Consent of a stretch of persons.
#[derive(Debug, Default)]
pub struct Folded {
    /// Per consent of the schema, per person.
    pub states: Vec<Vec<ConsentState>>,
    /// By person and consent; those of whom nothing is known are left out.
    pub decided: Vec<Decided>,
    /// By person; lists first.
    pub suppressed: Vec<(u32, Reason)>,
}

impl Plan {
    /// Compiles a config that passed its check.
    #[must_use]
    pub fn new(config: &Config, schema: &Schema) -> Self {
        let keys = schema.consents.iter().map(|key| Key {
            policy: config.consent.channels.get(&key.channel).and_then(|c| c.policy).unwrap_or(config.consent.policy),
            whole: if key.purpose.is_empty() { None } else { schema.consent(&key.channel) },
        });
        Self { keys: keys.collect(), speaks: config.source.iter().map(|source| !source.consent.is_empty()).collect() }
    }

    /// Whether no source says anything about consent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl Statements {
    /// Reads all records once, in their order, and hands opt-outs on over the addresses in `occurrences`, whose parts are
    /// sorted. Costs nothing where no source says anything and nobody is listed.
    #[must_use]
    pub fn new(
        rules: Rules<'_>,
        records: &Records,
        persons: &Persons,
        occurrences: &[Occurrences],
        schema: &Schema,
    ) -> Self {
        let listed = listed::listed(rules, records, persons, occurrences);
        let lists = rules.lists.iter().map(|list| list.channels.clone()).collect();
        let plan = rules.plan;
        if plan.is_empty() {
            return Self { listed, lists, ..Self::default() };
        }
        let starts = SourceStarts::new(records, schema);
        let own = gather::gather(plan, records, persons, &starts, schema);
        let all = handed_on(plan, own, persons, occurrences, schema);
        let of_others = all.iter().filter(|statement| statement.via.is_some());
        let mut said: Vec<u32> = of_others.map(|statement| statement.record).collect();
        said.sort_unstable();
        said.dedup();
        let evidence = said.into_iter().map(|record| (record, records.row(record).record_id().into())).collect();
        Self { all, evidence, listed, lists }
    }

    /// The id within its source of a record whose statement holds for somebody else.
    #[must_use]
    pub fn evidence(&self, record: u32) -> Option<&str> {
        let at = self.evidence.binary_search_by_key(&record, |(record, _)| *record).ok()?;
        Some(&self.evidence[at].1)
    }

    /// Who of a stretch of persons is on which list.
    fn listed_in(&self, range: &Range<u32>) -> &[(u32, u16)] {
        let first = self.listed.partition_point(|(person, _)| *person < range.start);
        let behind = self.listed.partition_point(|(person, _)| *person < range.end);
        &self.listed[first..behind]
    }

    /// What is said of a stretch of persons, by person.
    fn of(&self, range: &Range<u32>) -> &[Statement] {
        let first = self.all.partition_point(|statement| statement.person < range.start);
        let behind = self.all.partition_point(|statement| statement.person < range.end);
        &self.all[first..behind]
    }
}

/// Per person of a folded stretch: whether the person must not be contacted on a channel, whatever anybody said.
#[must_use]
pub fn suppressed_on(
    channel: &str,
    statements: &Statements,
    folded: &Folded,
    range: Range<u32>,
    schema: &Schema,
) -> Vec<bool> {
    let mut suppressed = vec![false; range.len()];
    for (person, reason) in &folded.suppressed {
        let counts = match reason {
            Reason::Listed(list) => {
                let channels = &statements.lists[usize::from(*list)];
                channels.is_empty() || channels.iter().any(|listed| listed == channel)
            }
            Reason::Bounced(by) => schema.consents[usize::from(by.key)].channel == channel,
        };
        suppressed[(person - range.start) as usize] |= counts;
    }
    suppressed
}

/// What records say, and what holds for others because of it, by person; `own` is by record.
fn handed_on(
    plan: &Plan,
    own: Vec<Statement>,
    persons: &Persons,
    occurrences: &[Occurrences],
    schema: &Schema,
) -> Vec<Statement> {
    let carried = carry::carry(plan, &own, persons, occurrences, schema);
    let mut all = own;
    all.extend(carried);
    all.par_sort_unstable();
    all.dedup(); // a person may have two addresses of one record
    all
}

/// Consent of a stretch of persons.
#[must_use]
pub fn fold(plan: &Plan, statements: &Statements, range: Range<u32>) -> Folded {
    let mut folded = Folded {
        states: plan.keys.iter().map(|_| vec![ConsentState::Unknown; range.len()]).collect(),
        decided: Vec::new(),
        suppressed: statements.listed_in(&range).iter().map(|&(person, list)| (person, Reason::Listed(list))).collect(),
    };
    for of_person in statements.of(&range).chunk_by(|a, b| a.person == b.person) {
        let person = of_person[0].person;
        for key in 0..plan.keys.len() {
            let decided = decide::decide(plan, person, key as ConsentId, of_person);
            if decided.by.is_some() || decided.bounce.is_some() {
                folded.states[key][(person - range.start) as usize] = decided.state;
                folded.decided.push(decided);
            }
            // A bounce on the channel as a whole is told there, not once more at each purpose.
            if let Some(bounce) = decided.bounce.filter(|bounce| bounce.key == decided.key) {
                folded.suppressed.push((person, Reason::Bounced(bounce)));
            }
        }
    }
    folded.suppressed.sort_by_key(|(person, _)| *person); // stable: lists stay first
    folded
}
