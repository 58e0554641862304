//! A small run made by hand, for the tests of this room.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame, Int64Chunked, IntoColumn, NamedFrom, NewChunkedArray, Series, TimeUnit};

use super::block::Block;
use super::folder::RunFolder;
use super::persons::GoldenColumn;
use super::write::Publication;
use super::writer::{Formats, TableWriter};
use crate::config::{self, Config, NamespacePolicy};
use crate::identity;
use crate::model::{
    Blocked, Bridge, Chunk, InputFile, Key, Labels, NamespaceId, Persons, Place, Records, Refusal, RefusalReason,
    RefusedEdge, Reject, RejectReason, Row, RowBuilder, RowHead, Schema, SharedValue, SourceCounts, Unusable, Value,
    identifier_key,
};
use crate::pipeline::{Folded, Resolved};

const CONFIG: &str = r#"
    [[source]]
    name = "shop"
    channel = "web"
    path = "shop.csv"
    fields = { email = "email", loyalty_id = "card", city = "city" }
    [[source]]
    name = "pos"
    channel = "pos"
    path = "pos.csv"
    fields = { email = "email", loyalty_id = "card", city = "city" }
    [identifiers.loyalty_id]
    max_per_person = 1
    [identifiers.email]
    conflict = ["city"]
    [golden.fields]
    email = "most_recent"
    city = "most_frequent"
    [[segment]]
    name = "local"
    where = "city = 'Berlin'"
    [[segment]]
    name = "reachable"
    where = "email IS NOT NULL"
"#;

/// Everything that a [`Publication`] borrows.
pub struct Sample {
    pub resolved: Resolved,
    pub schema: Schema,
    pub policies: Vec<NamespacePolicy>,
    pub golden: Vec<GoldenColumn>,
    pub segments: Vec<String>,
    pub files: Vec<InputFile>,
}

const EMAIL: u16 = 0;
const CARD: u16 = 1;
const CITY: u16 = 2;

/// Five records of three persons: 0 and 3 are one (by card), 1 and 4 were kept apart, 2 shares an e-mail with many.
pub fn sample() -> Sample {
    let config: Config = toml::from_str(CONFIG).expect("the sample's config is right");
    let (schema, policies) = config::schema(&config);
    let mut pos = Chunk { source: 1, file: 1, ..Chunk::default() };
    let mut shop = Chunk { source: 0, file: 0, ..Chunk::default() };
    let row = |chunk: &mut Chunk, id: &str, time: i64, cells: [&str; 3]| {
        let mut builder = RowBuilder::new(3);
        builder.begin(chunk, RowHead { line: chunk.len() as u32 + 2, event_time: time }, id);
        for (field, cell) in [EMAIL, CARD, CITY].into_iter().zip(cells) {
            builder.put(chunk, field, Value::Text(cell));
        }
        builder.finish(chunk);
    };
    row(&mut pos, "p1", 1_769_860_800_000_000, ["", "C1", "Berlin"]);
    row(&mut pos, "p2", i64::MIN, ["ana@example.com", "C2", "Bonn"]);
    row(&mut shop, "s1", i64::MIN, ["info@shop.example", "", ""]);
    row(&mut shop, "s2", 1_769_947_200_500_000, ["bo@example.com", "C1", "Berlin, Mitte"]);
    row(&mut shop, "s3", 0, ["ana@example.com", "", "Köln"]);
    let blocked = |row, field, reason, value: &str| Blocked { row, field, reason, value: value.into() };
    let mut records = Records {
        event_times: vec![1_769_860_800_000_000, i64::MIN, i64::MIN, 1_769_947_200_500_000, 0],
        blocked: vec![
            blocked(0, EMAIL, Unusable::Placeholder, "none@none.com"),
            blocked(2, CARD, Unusable::TooShort, "0"),
            blocked(4, CARD, Unusable::TooShort, "0"),
            blocked(4, CARD, Unusable::TooShort, "0"),
        ],
        fields: 3,
        ..Records::default()
    };
    let (shop_at, pos_at) = (records.store(&shop), records.store(&pos));
    for (at, chunk, row) in
        [(pos_at, &pos, 0), (pos_at, &pos, 1), (shop_at, &shop, 0), (shop_at, &shop, 1), (shop_at, &shop, 2)]
    {
        records.places.push(at + Place::from(chunk.starts[row]));
    }
    let persons = Persons::from_labels(&Labels(vec![0, 1, 2, 0, 4]));
    let person_ids = identity::fresh(&records, &persons, &schema);
    let (email, card) = (namespace(&schema, "email"), namespace(&schema, "loyalty_id"));
    let shared = SharedValue {
        namespace: email,
        key: identifier_key(b"info@shop.example"),
        record: 2,
        records: 40,
        distinct: 17,
        by: "last_name".into(),
    };
    let refusal = |key: &str, namespace, reason| Refusal {
        left: 1,
        right: 4,
        record: 4,
        namespace,
        key: identifier_key(key.as_bytes()),
        reason,
    };
    let reject = Reject {
        source: 0,
        file: 0,
        line: 5,
        reason: RejectReason::TooManyFields,
        detail: "4 fields, header has 3".into(),
        raw: "s4,\"x\",1,2".into(),
    };
    let counts = |source: &str, channel: &str, rows, records, rejects| SourceCounts {
        source: source.into(),
        channel: channel.into(),
        files: 1,
        rows,
        records,
        rejects,
        ..SourceCounts::default()
    };
    let resolved = Resolved {
        records,
        persons,
        fresh_ids: Vec::new(),
        person_ids,
        issued: identity::Issued::default(),
        lineage: Vec::new(),
        moves: Vec::new(),
        changes: None,
        shared: vec![shared],
        consent: crate::consent::Statements::default(),
        refused_edges: vec![RefusedEdge {
            record: 4,
            namespace: email,
            key: identifier_key(b"ana@example.com"),
            reason: RefusalReason::Conflict(0),
        }],
        bridges: vec![Bridge {
            person: 0,
            namespace: card,
            key: identifier_key(b"C1"),
            record: 3,
            links: 1,
            side: 1,
            rest: 1,
            review: true,
        }],
        always: vec![(3, "always.csv:2".into())],
        refusals: vec![refusal("ana@example.com", email, RefusalReason::Conflict(0))],
        namespaces: Vec::new(),
        rejects: vec![reject],
        warnings: Vec::new(),
        counts: vec![counts("shop", "web", 4, 3, 1), counts("pos", "pos", 2, 2, 0)],
    };
    assert_eq!((card, schema.compare_fields.as_slice()), (0, [CITY].as_slice()));
    let file =
        |source: &str, path: &str| InputFile { source: source.into(), path: path.into(), ..InputFile::default() };
    let files = vec![file("shop", "exports/shop.csv"), file("pos", "exports/pos.csv")];
    let segments = config.segment.iter().map(|segment| segment.name.clone()).collect();
    let golden = super::golden_columns(&config, &schema);
    Sample { resolved, schema, policies, golden, segments, files }
}

fn namespace(schema: &Schema, name: &str) -> NamespaceId {
    schema.namespace(name).expect("the sample's namespaces are declared")
}

/// As the normalizer would: cards first, for they are the stronger namespace.
fn identifiers(row: Row<'_>, each: &mut dyn FnMut(NamespaceId, Key, &str)) {
    for (namespace, field) in [(0, CARD), (1, EMAIL)] {
        let value = std::str::from_utf8(row.raw(field)).expect("rows hold text");
        if !value.is_empty() {
            each(namespace, identifier_key(value.as_bytes()), value);
        }
    }
}

impl Sample {
    pub fn publication(&self) -> Publication<'_> {
        Publication {
            resolved: &self.resolved,
            schema: &self.schema,
            policies: &self.policies,
            identifiers: &identifiers,
            golden: &self.golden,
            segments: &self.segments,
            files: &self.files,
            lists: &[],
            audiences: &[],
            show: &crate::problem::mask,
            run: 2,
            earlier: None,
        }
    }

    /// The sample's persons, folded by hand.
    pub fn folded(&self) -> Folded {
        let text = |name: &str, values: &[Option<&str>]| Series::new(name.into(), values).into_column();
        let time = |name: &str, values: &[Option<i64>]| -> Column {
            Int64Chunked::from_slice_options(name.into(), values)
                .into_datetime(TimeUnit::Microseconds, None)
                .into_column()
        };
        let (ana, bo, info) = (Some("ana@example.com"), Some("bo@example.com"), Some("info@shop.example"));
        let (early, late) = (Some(1_769_860_800_000_000), Some(1_769_947_200_500_000));
        let golden = DataFrame::new_infer_height(vec![
            Series::new("records".into(), [2i64, 1, 1, 1]).into_column(),
            text("channels", &[Some("pos+web"), Some("pos"), Some("web"), Some("web")]),
            time("first_seen", &[early, None, None, Some(0)]),
            time("last_seen", &[late, None, None, Some(0)]),
            text("email", &[bo, ana, info, ana]),
            text("city", &[Some("Berlin"), Some("Bonn"), None, Some("Köln")]),
            Series::new("orders".into(), [2u32, 0, 1, 1]).into_column(),
        ])
        .expect("columns of four");
        let none = u32::MAX;
        Folded {
            range: Range { start: 0, end: 4 },
            golden,
            winners: vec![vec![3, 1, 2, 4], vec![0, 1, none, 4]],
            consent: crate::consent::Folded::default(),
            segments: vec![vec![true, false, false, false], vec![true; 4]],
            hold_outs: vec![vec![false; 4], vec![false, true, false, false]],
            audiences: Vec::new(),
            channels: vec![0b11, 0b01, 0b10, 0b10],
            journeys: None,
            records: DataFrame::empty(),
        }
    }
}

/// A run with this one table, in both formats.
pub fn published(folder: &Path, table: &str, rows: Block) -> RunFolder {
    let formats = Formats { parquet: true, csv: true, spreadsheet_safe: true };
    let mut writer =
        TableWriter::create(folder, table, Arc::new(rows.schema()), formats, &|_| false).expect("the folder is there");
    writer.write(rows).expect("the table has its own columns");
    writer.finish().expect("the disk has room");
    RunFolder { run: 1, path: folder.to_owned(), current: true }
}

/// A table as CSV, person ids cut to four digits and records aligned by nothing: for comparing by eye.
pub fn shown(table: &DataFrame) -> String {
    let mut bytes = super::csv::header(table.get_column_names().into_iter().map(|name| name.as_str()));
    bytes.extend(super::csv::rows(table, false).expect("every type is known").concat());
    let page = String::from_utf8(bytes).expect("cells are text");
    page.lines().map(|line| line.split(',').map(short).collect::<Vec<_>>().join(",") + "\n").collect()
}

fn short(cell: &str) -> &str {
    let id = cell.len() == 36 && cell.matches('-').count() == 4;
    if id { &cell[..4] } else { cell }
}
