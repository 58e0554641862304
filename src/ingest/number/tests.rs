use super::*;
use crate::ingest::Batch;
use crate::ingest::parted::by_part;
use crate::model::{Chunk, Field, Kind, Namespace, RowBuilder, RowHead, Source, Value};

fn two_sources() -> Schema {
    Schema {
        sources: vec![
            Source { name: "web".into(), channel: "web".into(), rank: 1 },
            Source { name: "pos".into(), channel: "pos".into(), rank: 0 },
        ],
        fields: vec![Field { name: "city".into(), kind: Kind::Text }],
        namespaces: vec![Namespace { name: "email".into(), kind: Kind::Email }],
        compare_fields: vec![],
        consents: vec![],
    }
}

fn batch(source: u16, rows: &[(&str, i64, &str)]) -> Batch {
    let mut chunk = Chunk { source, occurrences: vec![Vec::new()], ..Chunk::default() };
    let mut builder = RowBuilder::new(1);
    for (index, (id, time, city)) in rows.iter().enumerate() {
        builder.begin(&mut chunk, RowHead { line: index as u32 + 2, event_time: *time }, id);
        builder.put(&mut chunk, 0, Value::Text(city));
        builder.finish(&mut chunk);
        chunk.occurrences[0].push(Occurrence::new(crate::model::identifier_key(city.as_bytes()), index as u32));
    }
    let part_ends = vec![by_part(&mut chunk.occurrences[0], &mut Vec::new())];
    Batch { chunk, part_ends, rows: rows.len() as u64, ..Batch::default() }
}

fn numbered(batches: Vec<Batch>) -> Numbered {
    let schema = two_sources();
    let mut collected = Collected::new(&schema, None);
    for batch in batches {
        collected.add(batch).expect("fits");
    }
    number(collected, &schema).expect("numbers")
}

fn keys(numbered: &Numbered) -> Vec<(u16, String, i64)> {
    let records = &numbered.records;
    (0..records.len() as u32)
        .map(|r| (records.source(r), records.row(r).record_id().to_owned(), records.event_times[r as usize]))
        .collect()
}

#[test]
fn records_are_numbered_by_source_name_and_id_whatever_the_order_of_arrival() {
    let sorted = numbered(vec![batch(1, &[("a", 1, "x"), ("b", 2, "y")]), batch(0, &[("a", 3, "z")])]);
    let shuffled = numbered(vec![batch(0, &[("a", 3, "z")]), batch(1, &[("b", 2, "y")]), batch(1, &[("a", 1, "x")])]);
    assert_eq!(keys(&sorted), [(1, "a".into(), 1), (1, "b".into(), 2), (0, "a".into(), 3)]);
    assert_eq!(keys(&sorted), keys(&shuffled));
    let flat = |n: &Numbered| {
        let mut all: Vec<Occurrence> = n.occurrences[0].parts.iter().flat_map(|part| part.to_vec()).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(flat(&sorted), flat(&shuffled));
    assert_eq!(shuffled.records.find(&two_sources(), 0, "a"), Some(2));
    assert_eq!(shuffled.records.find(&two_sources(), 0, "b"), None);
}

#[test]
fn the_newest_row_of_a_key_wins_and_the_others_are_counted() {
    let numbered = numbered(vec![batch(0, &[("k", 5, "new"), ("k", 9, "newest"), ("k", 9, "newer")])]);
    assert_eq!(numbered.records.len(), 1);
    assert_eq!(numbered.counts[0].superseded, 2);
    assert!(numbered.counts[0].adds_up());
    assert_eq!(numbered.records.row(0).raw(0), b"newest");
    assert_eq!(numbered.occurrences[0].len(), 1);
}

#[test]
fn identical_rows_without_a_key_are_all_kept() {
    let id = format!("#{}", "a".repeat(32));
    let rows: Vec<(&str, i64, &str)> = (0..12).map(|_| (id.as_str(), 1, "x")).collect();
    let numbered = numbered(vec![batch(0, &rows)]);
    assert_eq!(numbered.records.len(), 12);
    let ids: Vec<String> = keys(&numbered).into_iter().map(|(_, id, _)| id).collect();
    assert!(ids.is_sorted() && ids.contains(&format!("{id}-12")));
    assert_eq!(numbered.occurrences[0].len(), 12);
    let parts = &numbered.occurrences[0].parts;
    let mut all: Vec<u32> = parts.iter().flat_map(|part| part.iter().map(|o| o.record)).collect();
    all.sort_unstable();
    assert_eq!(all, (0..12).collect::<Vec<_>>());
}

#[test]
fn ids_with_a_long_common_prefix_sort_by_what_follows() {
    let n = numbered(vec![batch(0, &[("receipt-000000000020", 1, "x"), ("receipt-000000000003", 1, "y")])]);
    assert_eq!(keys(&n)[0].1, "receipt-000000000003");
}

/// Rows of a few files, unsorted, some twice, some superseded.
fn many(limit: Option<MemoryLimit>) -> Numbered {
    let schema = two_sources();
    let mut collected = Collected::new(&schema, limit);
    let padding = "x".repeat(300);
    for file in 0..4u32 {
        let rows: Vec<(String, i64, String)> = (0..1500u32)
            .map(|row| {
                let number = (row * 7919 + file * 104_729) % 4001;
                let id = match number % 5 {
                    0 => format!("#{:032x}", number % 50),
                    _ => format!("r{number}"),
                };
                (id, i64::from(row), format!("{padding}{}", number % 97))
            })
            .collect();
        let rows: Vec<(&str, i64, &str)> = rows.iter().map(|(id, at, city)| (&id[..], *at, &city[..])).collect();
        let mut batch = batch((file % 2) as u16, &rows);
        batch.chunk.file = file;
        collected.add(batch).expect("fits");
    }
    number(collected, &schema).expect("numbers")
}

#[test]
fn what_was_put_aside_is_numbered_alike() {
    let folder = tempfile::tempdir().unwrap();
    let limit = MemoryLimit { bytes: 1 << 20, folder: folder.path().to_owned() };
    let (held, aside) = (many(None), many(Some(limit)));
    assert!(aside.aside.is_some() && !aside.records.store.is_held());
    assert_eq!(keys(&held), keys(&aside));
    let all = 0..held.records.len() as u32;
    let rows = aside.records.rows();
    for record in all {
        assert_eq!(held.records.row(record).whole(), rows.row(record).whole());
        assert_eq!(held.records.piece(record).file, aside.records.piece(record).file, "{record}");
    }
    for (held, aside) in held.occurrences[0].parts.iter().zip(&aside.occurrences[0].parts) {
        let mut held = held.to_vec();
        held.sort_unstable();
        assert_eq!(held, aside.to_vec());
    }
    assert_eq!(held.counts, aside.counts);
}
