//! Rows of erased persons: dropped by the workers, before anything else sees them.

use crate::config::NamespacePolicy;
use crate::erasure::{Domain, Erased, Part};
use crate::model::{Chunk, Kind, Namespace, Schema, identifier_key};
use crate::normalize::Plan;

use super::Batch;
use super::parted::by_part;

/// What is erased, by the identifiers and sources of one config.
#[derive(Debug)]
pub struct Sieve<'a> {
    plan: &'a Plan,
    /// Number of fields in the schema.
    fields: usize,
    /// Per namespace, with its kind.
    identifiers: Vec<Option<(Kind, Part<'a>)>>,
    /// Per source.
    records: Vec<Option<Part<'a>>>,
}

impl<'a> Sieve<'a> {
    /// Of a list; `None` when it is empty, and so costs nothing.
    #[must_use]
    pub fn new(erased: &'a Erased, schema: &Schema, plan: &'a Plan) -> Option<Self> {
        let part = |n: &Namespace| Some((n.kind, erased.of(&Domain::of(n.kind, &n.name))?));
        let identifiers = schema.namespaces.iter().map(part);
        let records = schema.sources.iter().map(|source| erased.of(&Domain::record(&source.name)));
        let sieve =
            Self { plan, fields: schema.fields.len(), identifiers: identifiers.collect(), records: records.collect() };
        (!erased.is_empty()).then_some(sieve)
    }

    /// Drops the rows of erased persons and counts them; of rejected rows that carry something erased, the text goes.
    pub(super) fn sift(&self, batch: &mut Batch) {
        let chunk = &batch.chunk;
        let mut gone: Vec<bool> = Vec::new();
        let mut mark = |row: usize| {
            gone.resize(chunk.len(), false);
            gone[row] = true;
        };
        for (part, occurrences) in self.identifiers.iter().zip(&chunk.occurrences) {
            let Some((_, part)) = part else { continue };
            occurrences.iter().filter(|found| part.holds(found.key())).for_each(|found| mark(found.record as usize));
        }
        let record = self.records[usize::from(chunk.source)];
        if let Some(part) = record {
            let is_erased =
                |row: &usize| part.holds(identifier_key(chunk.row(*row, self.fields).record_id().as_bytes()));
            (0..chunk.len()).filter(is_erased).for_each(&mut mark);
        }
        if !gone.is_empty() {
            let count = gone.iter().filter(|gone| **gone).count();
            batch.erased += count as u64;
            batch.chunk = without(std::mem::take(&mut batch.chunk), &gone);
            let mut room = Vec::new();
            batch.part_ends = batch.chunk.occurrences.iter_mut().map(|found| by_part(found, &mut room)).collect();
        }
        for reject in batch.rejects.iter_mut().filter(|reject| self.is_in(&reject.raw, record)) {
            (reject.raw, reject.detail) = (Box::default(), "erased".into());
        }
    }

    /// Whether a cell of a raw row is something erased. Where cells end is a guess: the row could not be read.
    fn is_in(&self, raw: &str, record: Option<Part<'_>>) -> bool {
        let cells = raw.split(|c: char| ",;\t|\"{}[]<>:\n\r".contains(c)).map(str::trim).filter(|cell| cell.len() > 1);
        let namespaces = |cell: &'_ str| {
            let known = self.identifiers.iter().enumerate().filter_map(|(at, part)| Some((at, (*part)?)));
            known.filter(|(_, (kind, _))| may_be(*kind, cell)).map(|(at, (_, part))| (at, part)).collect::<Vec<_>>()
        };
        let mut cells = cells.take(MOST_CELLS);
        cells.any(|cell| {
            let by_key = |part: Part<'_>| part.holds(identifier_key(cell.as_bytes()));
            record.is_some_and(by_key)
                || namespaces(cell).into_iter().any(|(namespace, part)| {
                    self.plan.key_of(namespace as u8, cell).is_some_and(|(key, _)| part.holds(key))
                })
        })
    }
}

/// Whether a cell has the look of a kind: a quick no for most of them.
fn may_be(kind: Kind, cell: &str) -> bool {
    match kind {
        Kind::Email => cell.contains('@'),
        Kind::Phone => cell.bytes().filter(u8::is_ascii_digit).count() >= 7,
        Kind::Hash => matches!(cell.len(), 32 | 40 | 64) && cell.bytes().all(|byte| byte.is_ascii_hexdigit()),
        _ => true,
    }
}

/// Cells of a rejected row that are looked at, at most.
const MOST_CELLS: usize = 2_000;

/// The chunk without some rows, and without a byte of them.
fn without(chunk: Chunk, gone: &[bool]) -> Chunk {
    let Chunk { source, file, bytes, starts, mut occurrences, mut blocked, mut compare } = chunk;
    let mut kept = Chunk { source, file, bytes: Vec::with_capacity(bytes.len()), ..Chunk::default() };
    // Old row → new row.
    let mut rows = Vec::with_capacity(gone.len());
    for (row, &start) in starts.iter().enumerate() {
        rows.push(kept.starts.len() as u32);
        if !gone[row] {
            let end = starts.get(row + 1).map_or(bytes.len(), |end| *end as usize);
            kept.starts.push(kept.bytes.len() as u32);
            kept.bytes.extend_from_slice(&bytes[start as usize..end]);
        }
    }
    for found in &mut occurrences {
        found.retain(|found| !gone[found.record as usize]);
        found.iter_mut().for_each(|found| found.record = rows[found.record as usize]);
    }
    blocked.retain(|blocked| !gone[blocked.row as usize]);
    blocked.iter_mut().for_each(|blocked| blocked.row = rows[blocked.row as usize]);
    for column in &mut compare {
        let mut row = 0;
        column.codes.retain(|_| {
            row += 1;
            !gone[row - 1]
        });
        // Keys are names, too: those that nobody has any more must not stay.
        let mut places = vec![0u16; column.keys.len() + 1];
        let mut keys = Vec::new();
        for code in column.codes.iter_mut().filter(|code| **code > 0) {
            let place = &mut places[usize::from(*code)];
            if *place == 0 {
                keys.push(std::mem::take(&mut column.keys[usize::from(*code) - 1]));
                *place = keys.len() as u16;
            }
            *code = *place;
        }
        column.keys = keys;
    }
    Chunk { occurrences, blocked, compare, ..kept }
}

/// A fingerprint of how an identifier's values are read: what is erased under one is not found under another.
#[must_use]
pub fn read_as(policy: &NamespacePolicy) -> String {
    let NamespacePolicy { compound, fields, ignore_dots, ignore_tags, ignore_case, .. } = policy;
    let fields: &[_] = if *compound { fields } else { &[] };
    let says = format!("{compound} {fields:?} {ignore_dots:?} {ignore_tags:?} {ignore_case}");
    format!("{:08x}", xxhash_rust::xxh3::xxh3_64(says.as_bytes()) as u32)
}

/// What of a list this config may not find: (what it is, whether the config reads it otherwise; else it does not have it
/// at all).
#[must_use]
pub fn unsure(erased: &Erased, schema: &Schema, policies: &[NamespacePolicy]) -> Vec<(String, bool)> {
    let mut unsure = Vec::new();
    for (domain, read) in erased.domains() {
        let namespaces =
            || schema.namespaces.iter().zip(policies).filter(|(n, _)| Domain::of(n.kind, &n.name) == *domain);
        if namespaces().next().is_some() {
            let known: Vec<String> = namespaces().map(|(_, policy)| read_as(policy)).collect();
            if read.iter().any(|read| !read.is_empty() && !known.iter().any(|known| known == read)) {
                unsure.push((domain.name().to_owned(), true));
            }
        } else if domain.name().starts_with("identifier:")
            || domain.name().starts_with("record:")
                && !schema.sources.iter().any(|s| Domain::record(&s.name) == *domain)
        {
            unsure.push((domain.name().to_owned(), false));
        }
    }
    unsure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Config};
    use crate::erasure::Secret;
    use crate::model::{Reject, RejectReason, RowHead};

    const CONFIG: &str = r#"
        [[source]]
        name = "shop"
        channel = "web"
        path = "shop.csv"
        fields = { email = "email", first_name = "name" }
        [identifiers.email]
        conflict = ["first_name"]
    "#;

    #[test]
    fn rows_of_the_erased_are_dropped_with_all_that_was_made_of_them() {
        let config: Config = toml::from_str(CONFIG).unwrap();
        let (schema, policies) = config::schema(&config);
        let plan = Plan::new(&config, &schema, &policies).unwrap();
        let rows = [
            ["r1", "bo@x.example", "Bo"],
            ["r2", "ana@x.example", "Ana"],
            ["r3", "bo@x.example", "bo"],
            ["r4", "c@x.example", "Cy"],
        ];
        let batch = |rows: &[[&str; 3]]| {
            let mut batch = Batch { rows: 5, ..Batch::default() };
            let mut assembler = plan.assembler(0);
            for (line, [id, email, name]) in rows.iter().enumerate() {
                let head = RowHead { line: line as u32, event_time: 0 };
                let cells: Vec<&str> = plan
                    .fields(0)
                    .iter()
                    .map(|&field| if schema.fields[usize::from(field)].name == "email" { *email } else { *name })
                    .collect();
                assembler.row(&mut batch.chunk, head, id, &cells);
            }
            batch.part_ends = batch.chunk.occurrences.iter_mut().map(|found| by_part(found, &mut Vec::new())).collect();
            let reject = |raw: &str| Reject {
                source: 0,
                file: 0,
                line: 9,
                reason: RejectReason::TooManyFields,
                detail: "x".into(),
                raw: raw.into(),
            };
            batch.rejects = vec![reject("r9,ANA@x.example,x,y"), reject("r8,joana@x.example,x,y")];
            batch
        };
        let mut list = Erased::new(&Secret::of_chance(b"s"));
        assert!(Sieve::new(&list, &schema, &plan).is_none(), "nobody is erased");
        list.insert(&Domain::of(Kind::Email, "email"), "", identifier_key(b"ana@x.example"));
        list.insert(&Domain::record("shop"), "", identifier_key(b"r4"));
        let mut sifted = batch(&rows);
        Sieve::new(&list, &schema, &plan).unwrap().sift(&mut sifted);
        assert_eq!(sifted.erased, 2);
        let mut expected = batch(&[rows[0], rows[2]]);
        expected.chunk.bytes[sifted.chunk.starts[1] as usize] = 2; // the line on which it was
        assert_eq!(format!("{:?}", sifted.chunk), format!("{:?}", expected.chunk));
        assert_eq!(sifted.part_ends, expected.part_ends);
        let texts: Vec<&str> = sifted.rejects.iter().map(|reject| &*reject.raw).collect();
        assert_eq!(texts, ["", "r8,joana@x.example,x,y"]);
    }

    #[test]
    fn a_config_that_reads_values_otherwise_is_told() {
        let config: Config = toml::from_str(CONFIG).unwrap();
        let (schema, policies) = config::schema(&config);
        let mut list = Erased::new(&Secret::of_chance(b"s"));
        list.insert(&Domain::of(Kind::Email, "email"), &read_as(&policies[0]), 1 << 40);
        list.insert(&Domain::record("shop"), "", 1 << 40);
        assert!(unsure(&list, &schema, &policies).is_empty());
        list.insert(&Domain::of(Kind::Id, "card"), "", 1 << 40);
        list.insert(&Domain::record("till"), "", 1 << 40);
        list.insert(&Domain::of(Kind::Email, "email"), "otherwise", 1 << 41);
        let names: Vec<String> = unsure(&list, &schema, &policies).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["email", "identifier:card", "record:till"]);
    }
}
