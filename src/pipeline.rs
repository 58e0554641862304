//! The data's way as a short list of calls; the sole owner of the order. Pure: no I/O, no printing, no rules of its own.
//!
//! [`resolve`] takes numbered records to persons; [`Plans`] are the compiled rules of golden, traits and segments; and
//! [`fold_batches`] runs the persons through them, a stretch at a time.

use std::ops::Range;

use polars::prelude::{Column, DataFrame, IntoColumn, NewChunkedArray, Schema as Columns};
use polars::prelude::{Int64Chunked, NamedFrom, Series, StringChunkedBuilder, TimeUnit};
use rayon::prelude::*;

use crate::config::{Config, NamespacePolicy};
use crate::guard::Steward;
use crate::identity::{Issued, PersonIds, Previous};
use crate::ingest::Numbered;
use crate::model::{
    Bridge, Changes, ConsentKey, ConsentState, FieldId, Labels, Lineage, LinkCounts, Move, Persons, RecordColumn,
    Records, Refusal, RefusedEdge, Reject, Said, Schema, SharedValue, SourceCounts, SourceStarts, Verdict,
};
use crate::problem::{Problem, Problems, Result};
use crate::{audiences, consent, events, golden, guard, identity, journeys, link, segments, traits, triggers};

mod population;
mod reading;

use reading::Reading;

/// Records and the persons that they belong to, with every decision on the way.
#[derive(Debug, Default)]
pub struct Resolved {
    /// All records.
    pub records: Records,
    /// Who belongs together.
    pub persons: Persons,
    /// What they are called.
    pub person_ids: PersonIds,
    /// The ids among them that nobody bore before, rising.
    pub fresh_ids: Vec<u128>,
    /// Every id that was issued before this run.
    pub issued: Issued,
    /// What happened to ids since the last run.
    pub lineage: Vec<Lineage>,
    /// Records whose person id changed since the last run.
    pub moves: Vec<Move>,
    /// The same counted; none on the first run.
    pub changes: Option<Changes>,
    /// Values that linked nothing because too many people have them, by namespace and key.
    pub shared: Vec<SharedValue>,
    /// Unions that the guard refused, sorted.
    pub refusals: Vec<Refusal>,
    /// Every edge that was refused, by record.
    pub refused_edges: Vec<RefusedEdge>,
    /// Identifiers that alone hold a part of a large person, by person.
    pub bridges: Vec<Bridge>,
    /// Records that a steward's word joined, with its place; by record.
    pub always: Vec<(u32, String)>,
    /// What a steward spoke of and is not there.
    pub warnings: Vec<Problem>,
    /// Figures of linking per namespace, refusals counted in.
    pub namespaces: Vec<LinkCounts>,
    /// What records say about consent.
    pub consent: consent::Statements,
    /// Rows that are no records.
    pub rejects: Vec<Reject>,
    /// The accounting per source.
    pub counts: Vec<SourceCounts>,
}

/// Gives what the last run said of these records, with its number; none on the first run.
pub type Earlier<'a> = dyn FnMut(&Records, &Schema) -> Result<Option<(u64, Previous)>> + 'a;

/// Numbered records to persons. `begin` hears the name of each stage as it begins; `earlier` is asked once, when what
/// linking needed is out of memory; `is_erased` tells ids that nobody may bear any more.
pub fn resolve(
    numbered: Numbered,
    schema: &Schema,
    policies: &[NamespacePolicy],
    said: &[Said],
    consent: consent::Rules<'_>,
    (earlier, is_erased): (&mut Earlier<'_>, &(dyn Fn(u128) -> bool + Sync)),
    begin: &mut dyn FnMut(&'static str),
) -> Result<Resolved> {
    let Numbered { mut records, mut occurrences, compare, rejects, counts, aside } = numbered;
    begin("link");
    let linked = link::link(records.len(), &mut occurrences, &compare, schema, policies);
    begin("guard");
    let (steward, warnings) = Steward::new(said, &records, &occurrences, schema);
    let times = &records.event_times;
    let guarded = guard::guard(&linked, &occurrences, &compare, times, &steward, schema, policies)
        .map_err(|contradiction| contradiction.problem(|record| record_key(&records, schema, record)))?;
    let persons = Persons::from_labels(&guarded.labels);
    let refused_edges = guarded.refused_edges(&linked, &occurrences);
    let bridges = guard::bridges(&persons, &guarded, &linked, &occurrences, &steward, policies, BRIDGES_ABOVE);
    if !consent.is_empty() {
        begin("consent");
    }
    let consent = consent::Statements::new(consent, &records, &persons, &occurrences, schema);
    drop((occurrences, compare)); // the largest tables of the run
    begin("persons");
    let previous = earlier(&records, schema)?;
    let before = previous.as_ref().map(|(_, previous)| previous);
    let assigned = identity::assign(&persons, &records, schema, before, is_erased);
    let changes = previous.as_ref().map(|(since, previous)| identity::count(&assigned, previous, *since));
    records.group(&persons, &stretches(&persons), aside.as_ref())?;
    let issued = previous.map(|(_, previous)| previous.issued).unwrap_or_default();
    let mut namespaces = linked.counts;
    guarded.count(&mut namespaces);
    let (shared, refusals) = (linked.shared, guarded.refusals);
    Ok(Resolved {
        records,
        persons,
        person_ids: assigned.ids,
        fresh_ids: assigned.fresh,
        issued,
        lineage: assigned.lineage,
        moves: assigned.moves,
        changes,
        shared,
        refusals,
        refused_edges,
        bridges,
        always: steward.joined(),
        warnings,
        namespaces,
        consent,
        rejects,
        counts,
    })
}

/// Largest person, in records, whose bridges nobody needs to see.
const BRIDGES_ABOVE: u32 = 20;

/// A record's key as messages write it.
fn record_key(records: &Records, schema: &Schema, record: u32) -> String {
    format!("{}/{}", schema.sources[usize::from(records.source(record))].name, records.row(record).record_id())
}

impl Resolved {
    /// The newest event time of all records, UTC microseconds: what `as_of` is unless somebody says otherwise.
    #[must_use]
    pub fn newest(&self) -> Option<i64> {
        self.records.event_times.iter().copied().max().filter(|&time| time != i64::MIN)
    }

    /// How many values of a consent are in words that nobody knows.
    #[must_use]
    pub fn unread(&self, key: &ConsentKey) -> u64 {
        self.records.blocked.iter().filter(|blocked| blocked.field == key.word).count() as u64
    }

    /// The accounting identity: every row is a record or has a reason why not, every record has one person, every
    /// person has a record. One message per breach; none = it holds.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        for counts in self.counts.iter().filter(|counts| !counts.adds_up()) {
            breaches.push(format!(
                "source {}: {} rows, but {} records + {} rejects + {} superseded + {} filtered + {} erased",
                counts.source,
                counts.rows,
                counts.records,
                counts.rejects,
                counts.superseded,
                counts.filtered,
                counts.erased
            ));
        }
        let counted: u64 = self.counts.iter().map(|counts| counts.records).sum();
        if counted != self.records.len() as u64 {
            breaches.push(format!("{counted} records counted, {} numbered", self.records.len()));
        }
        let (persons, records) = (&self.persons, self.records.len());
        if persons.person_of.len() != records || persons.members.len() != records {
            breaches.push(format!("{records} records, {} of them in the crosswalk", persons.person_of.len()));
        }
        if let Some(person) = (0..persons.len()).find(|&p| persons.starts[p] == persons.starts[p + 1]) {
            breaches.push(format!("person number {person} has no record"));
        }
        if self.person_ids.0.len() != persons.len() {
            breaches.push(format!("{} persons, {} person ids", persons.len(), self.person_ids.0.len()));
        }
        breaches
    }
}

/// The columns that every person has, ahead of the golden ones.
pub const PERSON_COLUMNS: [&str; 4] = ["records", "channels", "first_seen", "last_seen"];

/// The rules of golden, traits, consent and segments, compiled.
#[derive(Debug)]
pub struct Plans {
    golden: golden::Plan,
    events: events::Plan,
    traits: traits::Plan,
    reading: Reading,
    consent: consent::Plan,
    segments: segments::Plan,
    audiences: audiences::Plan,
    journeys: Option<journeys::Plan>,
    triggers: triggers::Plan,
    channels: Channels,
    /// An empty table with the columns of [`Folded::golden`].
    empty: DataFrame,
    /// The fields that consent reads.
    said: Vec<FieldId>,
}

impl Plans {
    /// Compiles; all faults of golden, traits and segments at once. `as_of` is UTC microseconds.
    pub fn new(config: &Config, schema: &Schema, as_of: Option<i64>) -> Result<Self, Problems> {
        let (golden, mut faults) = golden::Plan::compile(config, schema);
        let (events, more) = events::Plan::compile(config, schema, as_of);
        faults.extend(more);
        let (traits, more) = traits::Plan::compile((config, schema), &events, as_of, &traits::Population::default());
        faults.extend(more);
        let (journeys, more) = journeys::Plan::new(config, &events);
        faults.extend(more);
        let told = journeys.as_ref().map(journeys::Plan::read).unwrap_or_default();
        let shown = triggers::Plan::read(config, &events);
        let contacts = audiences::Plan::read(config, schema, &events);
        let read = [traits.read(), &told, &shown, &contacts].concat();
        let asked = !config.trigger.is_empty() || !contacts.is_empty();
        let is_needed = !traits.is_empty() || journeys.is_some() || asked;
        let reading = Reading::new(schema, &events, &read, is_needed);
        let clashes = name_clashes(config, &golden.columns(), schema);
        let clash = !clashes.is_empty();
        faults.extend(clashes);
        let channels = match Channels::new(schema) {
            Ok(channels) if !clash => channels,
            Ok(_) => return Err(Problems(faults)), // no table has two columns of one name
            Err(problem) => {
                faults.push(problem);
                return Err(Problems(faults));
            }
        };
        let nobody = Resolved {
            records: Records { fields: schema.fields.len(), ..Records::default() },
            persons: Persons::from_labels(&Labels::default()),
            ..Resolved::default()
        };
        let mut plans = Self {
            golden,
            events,
            traits,
            reading,
            consent: consent::Plan::new(config, schema),
            segments: segments::Plan::default(),
            audiences: audiences::Plan::default(),
            journeys,
            triggers: triggers::Plan::default(),
            channels,
            empty: DataFrame::empty(),
            said: schema.consents.iter().flat_map(|key| [key.word, key.since]).collect(),
        };
        let empty = plans.persons_table(&nobody, schema, &SourceStarts::default(), 0..0)?.golden;
        let traits = config.declared_traits().into_iter().map(|one| one.name);
        let declared = crate::config::golden_columns(config, schema).into_iter().chain(traits);
        let broken: Vec<String> = declared.filter(|name| empty.column(name).is_err()).collect();
        let segments = segments::Plan::new(config, empty.schema(), as_of, &broken);
        let of_records = (schema, &plans.events);
        match audiences::Plan::new(config, of_records, empty.schema(), as_of, &broken) {
            Ok(audiences) => plans.audiences = audiences,
            Err(problems) => faults.extend(problems.0),
        }
        let names = plans.golden.columns();
        let triggers = triggers::Plan::new(config, empty.schema(), &names, &plans.channels.names, &plans.events, as_of);
        match (segments, triggers) {
            (Ok(segments), Ok(triggers)) if faults.is_empty() => {
                (plans.segments, plans.triggers, plans.empty) = (segments, triggers, empty);
                Ok(plans)
            }
            (segments, triggers) => {
                faults.extend(segments.err().into_iter().flat_map(|problems| problems.0));
                let more = triggers.err().into_iter().flat_map(|problems| problems.0).collect();
                faults.extend(crate::sql::without_columns(more, &broken));
                Err(Problems(faults))
            }
        }
    }

    /// The fields that golden columns, traits and consent read; a field may come twice.
    #[must_use]
    pub fn reads(&self) -> Vec<FieldId> {
        let of_records = self.reading.columns().iter().filter_map(|column| match column {
            RecordColumn::Field(field) => Some(*field),
            _ => None,
        });
        self.golden.reads().chain(of_records).chain(self.said.iter().copied()).collect()
    }

    /// The rules of consent.
    #[must_use]
    pub fn consent(&self) -> &consent::Plan {
        &self.consent
    }

    /// `[[trigger]]`, compiled.
    #[must_use]
    pub fn triggers(&self) -> &triggers::Plan {
        &self.triggers
    }

    /// Whether the config asks for journeys.
    #[must_use]
    pub fn have_journeys(&self) -> bool {
        self.journeys.is_some()
    }

    /// Per segment: its name, and the share of its members that is held out, 0 to 1.
    #[must_use]
    pub fn hold_outs(&self) -> &[(String, f64)] {
        self.segments.hold_outs()
    }

    /// Names and types of the columns of [`Folded::golden`].
    #[must_use]
    pub fn columns(&self) -> &Columns {
        self.empty.schema()
    }

    /// Every set of channels that a person can have, as the golden table writes them; `None` = too many to list.
    #[must_use]
    pub fn channel_sets(&self) -> Option<Vec<String>> {
        let count = self.channels.names.len();
        (count <= 8).then(|| (1..1u128 << count).map(|set| self.channels.names(set)).collect())
    }

    /// The channels of a set of them, sorted and joined with `+`.
    #[must_use]
    pub fn channels(&self, set: u128) -> String {
        self.channels.names(set)
    }
}

/// Golden columns and traits that take a name that is already a column.
fn name_clashes(config: &Config, golden: &[String], schema: &Schema) -> Vec<Problem> {
    let consents: Vec<String> = schema.consents.iter().map(ConsentKey::column).collect();
    let fixed = |name: &str| {
        name == "person_id" || PERSON_COLUMNS.contains(&name) || consents.iter().any(|column| column == name)
    };
    let mut faults = Vec::new();
    for (index, name) in golden.iter().enumerate() {
        if fixed(name) || golden[..index].contains(name) {
            let what = format!("a column `{name}` is in the golden table already");
            faults.push(Problem::config_at(&["golden", "fields", name], what, "give it another name"));
        }
    }
    for one in config.declared_traits() {
        if fixed(&one.name) || golden.contains(&one.name) {
            let what = format!("a column `{}` is in the golden table already", one.name);
            let place: Vec<&str> = one.place.iter().map(String::as_str).collect();
            faults.push(Problem::config_at(&place, what, "give the trait another name"));
        }
    }
    faults
}

/// A stretch of persons with all that is known of them.
#[derive(Debug)]
pub struct Folded {
    /// Which persons.
    pub range: Range<u32>,
    /// One row per person: [`PERSON_COLUMNS`], golden columns, traits, states of consent.
    pub golden: DataFrame,
    /// Per golden column, per person: the record that won; `u32::MAX` = none.
    pub winners: Vec<Vec<u32>>,
    /// Consent.
    pub consent: consent::Folded,
    /// Per segment, per person: whether the person is in it.
    pub segments: Vec<Vec<bool>>,
    /// Per segment, per person: whether the person is in it and held out of its audiences.
    pub hold_outs: Vec<Vec<bool>>,
    /// Per audience, per person: whether the person is in it.
    pub audiences: Vec<Vec<Verdict>>,
    /// Per person: the channels, as a set for [`Plans::channels`].
    pub channels: Vec<u128>,
    /// What the persons did, where the config asks for journeys.
    pub journeys: Option<journeys::Stretch>,
    /// The persons' records with columns of events, newest first within a person, where triggers or audiences
    /// ask; else empty.
    pub records: DataFrame,
}

/// Most persons and most records of one stretch: large enough for columns to pay, small enough for a few stretches to
/// be in memory at once. They decide how tables are cut, so they do not depend on the machine.
const STRETCH_PERSONS: u32 = 1 << 16;
const STRETCH_RECORDS: u32 = 1 << 18;

/// Folds all persons, a stretch at a time: `shape` runs on many threads, `each` gets what it gives in order.
pub fn fold_batches<T: Send>(
    resolved: &Resolved,
    schema: &Schema,
    plans: &Plans,
    shape: &(dyn Fn(Folded) -> Result<T> + Sync),
    each: &mut (dyn FnMut(T) -> Result<()> + Send),
) -> Result<()> {
    let starts = SourceStarts::new(&resolved.records, schema);
    let fold = |range: &Range<u32>| -> Result<T> {
        let Table { golden, winners, consent, channels, journeys, records } =
            plans.persons_table(resolved, schema, &starts, range.clone())?;
        let segments = segments::assign(&plans.segments, &golden)?;
        let ids = &resolved.person_ids.0[range.start as usize..range.end as usize];
        let hold_outs = segments::hold_outs(&plans.segments, &segments, ids);
        let range = range.clone();
        let said = &resolved.consent;
        let suppressed: Vec<Vec<bool>> = plans
            .audiences
            .channels()
            .map(|channel| consent::suppressed_on(channel, said, &consent, range.clone(), schema))
            .collect();
        let stretch = audiences::Stretch {
            golden: &golden,
            records: &records,
            segments: &segments,
            hold_outs: &hold_outs,
            states: &consent.states,
            suppressed: &suppressed,
        };
        let audiences = audiences::judge(&plans.audiences, stretch)?;
        shape(Folded { range, golden, winners, consent, segments, hold_outs, audiences, channels, journeys, records })
    };
    in_order(&stretches(&resolved.persons), &fold, each)
}

/// Makes something of every item on many threads; `each` gets it in the order of the items. While one window of items
/// is worked on, the one before it is handed over: memory is bounded, and no thread waits for long.
pub fn in_order<I: Sync, T: Send>(
    items: &[I],
    make: &(dyn Fn(&I) -> Result<T> + Sync),
    each: &mut (dyn FnMut(T) -> Result<()> + Send),
) -> Result<()> {
    let mut ready: Vec<Result<T>> = Vec::new();
    for window in items.chunks(rayon::current_num_threads()) {
        let (handed, next) = rayon::join(
            || ready.drain(..).try_for_each(|made| each(made?)),
            || window.par_iter().map(make).collect::<Vec<_>>(),
        );
        handed?;
        ready = next;
    }
    ready.into_iter().try_for_each(|made| each(made?))
}

fn stretches(persons: &Persons) -> Vec<Range<u32>> {
    let (mut stretches, mut start) = (Vec::new(), 0);
    for person in 0..persons.len() as u32 {
        let records = persons.starts[person as usize + 1] - persons.starts[start as usize];
        if person > start && (person - start == STRETCH_PERSONS || records > STRETCH_RECORDS) {
            stretches.push(start..person);
            start = person;
        }
    }
    if start < persons.len() as u32 {
        stretches.push(start..persons.len() as u32);
    }
    stretches
}

/// A stretch of the golden table with its traits.
struct Table {
    golden: DataFrame,
    winners: Vec<Vec<u32>>,
    consent: consent::Folded,
    channels: Vec<u128>,
    journeys: Option<journeys::Stretch>,
    records: DataFrame,
}

impl Plans {
    /// Golden columns, traits and states of consent of a stretch, with the winners, channel sets and consent itself.
    fn persons_table(
        &self,
        resolved: &Resolved,
        schema: &Schema,
        starts: &SourceStarts,
        range: Range<u32>,
    ) -> Result<Table> {
        let persons = range.len();
        let (records, people) = (&resolved.records, &resolved.persons);
        let folded = golden::fold(records, people, range.clone(), schema, &self.golden, self.reading.columns());
        let own = self.reading.derive(&self.events, folded.records)?;
        let journeys = self.journeys.as_ref().map(|plan| journeys::journeys(plan, &own)).transpose()?;
        let asked = !self.triggers.is_empty() || self.audiences.count_contacts();
        let records = if asked { own.clone() } else { DataFrame::empty() };
        let computed = traits::compute(&self.traits, own, persons)?;
        let consent = consent::fold(&self.consent, &resolved.consent, range.clone());
        let (mut columns, channels) = person_columns(resolved, &self.channels, starts, range);
        columns.extend_from_slice(folded.golden.columns());
        columns.extend_from_slice(computed.columns());
        columns.extend(schema.consents.iter().zip(&consent.states).map(|(key, states)| state_column(key, states)));
        let golden = DataFrame::new(persons, columns)
            .map_err(|error| Problem::run(format!("golden columns and traits do not fit together: {error}"), ""))?;
        Ok(Table { golden, winners: folded.winners, consent, channels, journeys, records })
    }
}

/// `consent_email` and the like: never blank, so that rules need not think of blanks.
fn state_column(key: &ConsentKey, states: &[ConsentState]) -> Column {
    let mut names = StringChunkedBuilder::new(key.column().as_str().into(), states.len());
    states.iter().for_each(|state| names.append_value(state.name()));
    names.finish().into_column()
}

/// [`PERSON_COLUMNS`], and the channel sets.
fn person_columns(
    resolved: &Resolved,
    channels: &Channels,
    starts: &SourceStarts,
    range: Range<u32>,
) -> (Vec<Column>, Vec<u128>) {
    let (mut counts, mut sets) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
    let (mut first, mut last) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
    for person in range {
        let (mut set, mut oldest, mut newest) = (0, i64::MAX, i64::MIN);
        let records = resolved.persons.records(person);
        for &record in records {
            set |= channels.of_source[usize::from(starts.source(record))];
            let time = resolved.records.event_times[record as usize];
            if time != i64::MIN {
                oldest = oldest.min(time);
                newest = newest.max(time);
            }
        }
        counts.push(records.len() as i64);
        sets.push(set);
        first.push((newest != i64::MIN).then_some(oldest));
        last.push((newest != i64::MIN).then_some(newest));
    }
    let mut names = StringChunkedBuilder::new("channels".into(), sets.len());
    let (mut known, mut name) = (0, String::new());
    for &set in &sets {
        if set != known {
            (known, name) = (set, channels.names(set));
        }
        names.append_value(&name);
    }
    let time = |name: &str, values: Vec<Option<i64>>| {
        Int64Chunked::from_slice_options(name.into(), &values).into_datetime(TimeUnit::Microseconds, None).into_column()
    };
    let columns = vec![
        Series::new("records".into(), counts).into_column(),
        names.finish().into_column(),
        time("first_seen", first),
        time("last_seen", last),
    ];
    (columns, sets)
}

/// The distinct channels, sorted; a set of them is a bit mask.
#[derive(Debug)]
struct Channels {
    names: Vec<String>,
    of_source: Vec<u128>,
}

impl Channels {
    fn new(schema: &Schema) -> Result<Self> {
        let mut names: Vec<String> = schema.sources.iter().map(|source| source.channel.clone()).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() > 128 {
            let what = format!("{} different channels; at most 128 can be told apart", names.len());
            return Err(Problem::config("source", what, "let sources that meet the person alike share a channel"));
        }
        let bit = |channel: &String| 1u128 << names.partition_point(|name| name < channel);
        let of_source = schema.sources.iter().map(|source| bit(&source.channel)).collect();
        Ok(Self { names, of_source })
    }

    fn names(&self, set: u128) -> String {
        let here = self.names.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
        here.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("+")
    }
}
