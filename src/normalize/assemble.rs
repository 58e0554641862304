//! Rows from cells: clean values into the chunk, identifiers and compare codes beside them, and what could not be used
//! with the reason.

use super::clean::{Context, as_text, clean};
use super::compare::{CompareCodes, NameMemo, compare_key};
use super::identify::Buffers;
use super::memo::Memo;
use super::phone::{self, PhoneMemo, Region};
use super::placeholders::unread;
use super::plan::{FieldPlan, Plan, SourcePlan};
use super::{blank, country};
use crate::model::{
    Blocked, Chunk, FieldId, Key, Kind, NamespaceId, Occurrence, RowBuilder, RowHead, SourceId, Unusable, Value,
};

/// Most rows in one chunk: compare codes have 16 bits, and 0 is taken.
pub const MAX_ROWS: usize = 65_535;

/// Longest value that is kept of one that cannot be used, in bytes.
const LONGEST_BLOCKED: usize = 200;

/// One worker's normalizer for one source.
#[derive(Debug)]
pub struct Assembler<'a> {
    plan: &'a Plan,
    source: &'a SourcePlan,
    builder: RowBuilder,
    codes: CompareCodes,
    /// Per cell; used for names that take work.
    names: Vec<NameMemo>,
    phones: PhoneMemo,
    countries: CountryMemo,
    /// The row's parts of compound identifiers, by [`Plan::parts`]; empty = absent.
    parts: Vec<String>,
    buffers: Buffers,
    text: String,
    written: String,
    key: String,
}

impl<'a> Assembler<'a> {
    pub(super) fn new(plan: &'a Plan, source: SourceId) -> Self {
        let source = &plan.sources[usize::from(source)];
        Self {
            plan,
            source,
            builder: RowBuilder::new(plan.fields.len()),
            codes: CompareCodes::new(plan.compare_fields),
            names: source.fields.iter().map(|_| NameMemo::default()).collect(),
            phones: PhoneMemo::default(),
            countries: CountryMemo::default(),
            parts: vec![String::new(); plan.parts.len()],
            buffers: Buffers::default(),
            text: String::new(),
            written: String::new(),
            key: String::new(),
        }
    }

    /// Normalizes one row into the chunk. `cells`: one per field of [`Plan::fields`], as they came; blank = "".
    ///
    /// A chunk begins empty, is filled by one assembler before that begins the next one, and holds at most [`MAX_ROWS`]
    /// rows.
    pub fn row(&mut self, chunk: &mut Chunk, head: RowHead, record_id: &str, cells: &[&str]) {
        debug_assert_eq!(cells.len(), self.source.fields.len(), "one cell per field of Plan::fields");
        debug_assert!(chunk.len() < MAX_ROWS, "ingest closes a chunk at MAX_ROWS rows");
        chunk.occurrences.resize_with(self.plan.hashes.len(), Vec::new);
        self.codes.begin_row(chunk);
        self.builder.begin(chunk, head, record_id);
        self.parts.iter_mut().for_each(String::clear);
        let region = self.region(cells);
        for (cell, (&field, &raw)) in self.source.fields.iter().zip(cells).enumerate() {
            let plan = &self.plan.fields[usize::from(field)];
            if plan.kept
                && let Some(raw) = blank::value(raw, plan.kind)
                && let Err(reason) = self.cell(chunk, cell, field, raw, region)
            {
                block(chunk, field, reason, raw, plan.kind);
            }
        }
        let (parts, row) = (&self.parts, chunk.len() as u32);
        let mut add = |namespace, key, _: &str| occur(chunk, namespace, key, row);
        self.plan.of_parts(|part| parts[part].as_str(), &mut self.buffers, &mut add);
        self.builder.finish(chunk);
    }

    /// Normalizes one cell that is not blank.
    fn cell(
        &mut self,
        chunk: &mut Chunk,
        cell: usize,
        field: FieldId,
        raw: &str,
        region: Option<Region>,
    ) -> Result<(), Unusable> {
        let plan = self.plan;
        let of = &plan.fields[usize::from(field)];
        if of.kind == Kind::Name && !raw.is_ascii() {
            return self.name(chunk, cell, field, raw);
        }
        let context = Context { formats: &of.formats, zone: &plan.zone, region, nanp: &plan.nanp };
        let value = match of.kind {
            Kind::Phone => self.phones.read(raw, region, &plan.nanp).map(|number| {
                self.text.clear();
                phone::write(number, &mut self.text);
                Value::Text(&self.text)
            }),
            Kind::Country => self.countries.read(raw).map(|(alpha2, _)| Value::Text(alpha2)),
            kind => clean(kind, raw, context, &mut self.text),
        };
        let value = match value {
            Ok(value) => value,
            Err(_) if plan.field_blocks(of, &unread(of.kind, raw)) => return Err(Unusable::Placeholder),
            Err(reason) => return Err(reason),
        };
        let is_text = matches!(value, Value::Text(_));
        if !is_text && of.compare.is_none() && of.part.is_none() && of.targets.is_empty() && of.kind != Kind::Date {
            self.builder.put(chunk, field, value);
            return Ok(());
        }
        let text = as_text(value, &mut self.written);
        if plan.field_blocks(of, text) {
            return Err(Unusable::Placeholder);
        }
        self.builder.put(chunk, field, value);
        if let Some(part) = of.part {
            compare_key(of.kind, text, &mut self.parts[part]);
        }
        if let Some(column) = of.compare {
            self.key.clear();
            compare_key(of.kind, text, &mut self.key);
            if !self.key.is_empty() {
                self.codes.make_room(chunk, column);
                let id = self.codes.id(column, &self.key);
                self.codes.put(chunk, column, id, &self.key);
            }
        }
        identify(plan, chunk, field, text, &mut self.buffers)
    }

    /// A name that is not plain: worked on once per distinct spelling.
    fn name(&mut self, chunk: &mut Chunk, cell: usize, field: FieldId, raw: &str) -> Result<(), Unusable> {
        let plan = self.plan;
        let of: &FieldPlan = &plan.fields[usize::from(field)];
        let generation = of.compare.map_or(0, |column| self.codes.make_room(chunk, column));
        let codes = &mut self.codes;
        let memo = &mut self.names[cell];
        let name = memo.look_up(
            raw,
            generation,
            |text| plan.field_blocks(of, text),
            |key| of.compare.map(|column| codes.id(column, key)),
        );
        if let Some(reason) = name.fault {
            return Err(reason);
        }
        let text = memo.clean(name);
        self.builder.put(chunk, field, Value::Text(text));
        if let Some(part) = of.part {
            self.parts[part].push_str(memo.key(name));
        }
        if let (Some(column), Some(id)) = (of.compare, name.id) {
            codes.put(chunk, column, id, memo.key(name));
        }
        identify(plan, chunk, field, text, &mut self.buffers)
    }

    /// Where the row's national phone numbers are read.
    fn region(&mut self, cells: &[&str]) -> Option<Region> {
        let country = self.source.country.and_then(|cell| blank::value(cells[cell], Kind::Country));
        let known = country.and_then(|country| self.countries.read(country).ok());
        known.and_then(|(_, region)| region).or(self.plan.region)
    }
}

/// Notes the identifiers that a clean value is.
fn identify(plan: &Plan, chunk: &mut Chunk, field: FieldId, text: &str, buffers: &mut Buffers) -> Result<(), Unusable> {
    if plan.fields[usize::from(field)].targets.is_empty() {
        return Ok(());
    }
    let row = chunk.len() as u32;
    plan.of_value(field, text, buffers, &mut |namespace, key, _| occur(chunk, namespace, key, row)).map_or(Ok(()), Err)
}

/// Notes that the open row carries a value, once.
fn occur(chunk: &mut Chunk, namespace: NamespaceId, key: Key, row: u32) {
    let known = &mut chunk.occurrences[usize::from(namespace)];
    if known.iter().rev().take_while(|other| other.record == row).all(|other| other.key() != key) {
        known.push(Occurrence::new(key, row));
    }
}

/// Notes a value that cannot be used.
fn block(chunk: &mut Chunk, field: FieldId, reason: Unusable, raw: &str, kind: Kind) {
    let value = if reason == Unusable::Malformed { raw.to_owned() } else { unread(kind, raw) };
    let value = value[..value.floor_char_boundary(LONGEST_BLOCKED)].into();
    chunk.blocked.push(Blocked { row: chunk.len() as u32, field, reason, value });
}

/// Countries that a worker has seen before, with their phone regions.
#[derive(Debug, Default)]
struct CountryMemo {
    seen: Memo<Result<(&'static str, Option<Region>), Unusable>>,
}

impl CountryMemo {
    fn read(&mut self, raw: &str) -> Result<(&'static str, Option<Region>), Unusable> {
        if self.seen.is_full() {
            self.seen.clear();
        }
        match self.seen.find(raw.as_bytes()) {
            Ok(id) => *self.seen.known(id),
            Err(hash) => {
                let country = country::parse(raw).map(|alpha2| (alpha2, phone::region(alpha2)));
                self.seen.insert(hash, raw.as_bytes(), country);
                country
            }
        }
    }
}
