//! Summaries as people read them.

use super::*;
use crate::model::{Changes, ConsentCounts, LinkCounts, StageTime, TableFile, TopShared};

fn source(source: &str, channel: &str, [rows, records, rejects, superseded]: [u64; 4]) -> SourceCounts {
    let (source, channel) = (source.to_owned(), channel.to_owned());
    SourceCounts { source, channel, files: 1, rows, records, rejects, superseded, ..SourceCounts::default() }
}

fn report() -> RunReport {
    let shared = |value: &str, distinct| TopShared {
        namespace: "email".into(),
        value: value.into(),
        records: 999,
        distinct,
        by: "last_name".into(),
    };
    let ignored = |name: &str, reason: &str, count| (name.to_owned(), reason.to_owned(), count);
    RunReport {
        project: "acme".into(),
        run: 42,
        sources: vec![
            source("pos", "pos", [1_000_000, 999_990, 10, 0]),
            source("shop", "web", [50_000, 49_000, 0, 1000]),
        ],
        records: 1_048_990,
        persons: 410_000,
        largest_person: 212,
        person_sizes: vec![(1, 200_000), (2, 209_999), (212, 1)],
        changes: Some(Changes {
            since: 41,
            kept: 408_000,
            created: 1_990,
            merged: 12,
            split: 10,
            records: 1_000_000,
            moved: 2_040,
            ..Changes::default()
        }),
        persons_in_several_channels: 41_000,
        namespaces: vec![LinkCounts { namespace: "email".into(), shared_values: 5, ..LinkCounts::default() }],
        top_shared: vec![shared("i…@a….com", 140), shared("s…@b….com", 21), shared("x…@c….com", 7), shared("y…", 6)],
        ignored: vec![
            ignored("email", "placeholder", 1200),
            ignored("email", "shared", 999),
            ignored("phone", "invalid_number", 70),
            ignored("phone", "no_region", 7),
            ignored("phone", "placeholder", 3),
        ],
        refusals: vec![("max_per_person = 1 (loyalty_id)".into(), 3)],
        gates: vec![crate::model::Gate {
            gate: "row_drop".into(),
            of: "shop".into(),
            state: crate::model::GateState::Accepted,
            ..crate::model::Gate::default()
        }],
        consent: vec![ConsentCounts {
            consent: "email:newsletter".into(),
            opted_in: 100_000,
            opted_out: 20_500,
            opted_out_by_address: 41,
            unknown: 289_500,
            unread: 0,
        }],
        segments: vec![("lapsed_regulars".into(), 12_300), ("vip".into(), 41)],
        tables: vec![TableFile { bytes: 34_000_000, ..TableFile::default() }],
        stages: vec![
            StageTime { stage: "ingest".into(), seconds: 2.25, cpu_seconds: Some(4.0), ..StageTime::default() },
            StageTime { stage: "publish".into(), seconds: 1.0, cpu_seconds: Some(1.5), ..StageTime::default() },
        ],
        peak_memory: Some(800 << 20),
        ..RunReport::default()
    }
}

#[test]
fn the_summary_says_how_many_customers_and_what_to_worry_about() {
    insta::assert_snapshot!(summary(&report(), "out/current"), @r"
        acme: 410,000 customers from 1,048,990 records

          source  channel       rows  = records  + rejects  + superseded
          pos     pos      1,000,000    999,990         10             0
          shop    web         50,000     49,000          0         1,000
          all              1,050,000  1,048,990         10         1,000

          records per customer          2.6
          largest customer              212 records
          seen in two or more channels  41,000 (10.0 %)
          with a single record          200,000 (48.8 %)

        Customers since run 41: 408,000 kept their id, 1,990 new, 12 merged into others, 10 split off others.
          2,040 records (0.2 %) of those that were there before went to another customer.

        Worth a look (tables rejects, ignored_identifiers, shared_identifiers, refusals):
          gates accepted           1  row_drop:shop
          rejected rows           10  pos 10
          placeholders         1,203  email 1,200, phone 3
          unusable values         77  phone invalid_number 70, phone no_region 7
          shared email values      5  i…@a….com (140 × last_name), s…@b….com (21 × last_name), x…@c….com (7 × last_name), …
          refused unions           3  max_per_person = 1 (loyalty_id) 3

          consent           opted in  opted out  of these by address  unknown
          email:newsletter   100,000     20,500                   41  289,500

        Segments:
          lapsed_regulars  12,300  3.0 %
          vip                  41  0.0 %

        Run 42 took 3.2 s, 5.5 s of CPU, 800.0 MiB of memory.
        Tables (32.4 MiB): out/current
        Report: out/current/report.html
        ");
}

#[test]
fn a_clean_run_says_so_in_few_lines() {
    let clean = RunReport {
        run: 1,
        sources: vec![source("shop", "web", [1, 1, 0, 0])],
        records: 1,
        persons: 1,
        largest_person: 1,
        person_sizes: vec![(1, 1)],
        ..RunReport::default()
    };
    insta::assert_snapshot!(summary(&clean, "out/current"), @r"
        1 customer from 1 record

          source  channel  rows  = records  + rejects
          shop    web         1          1          0

          records per customer          1.0
          largest customer              1 record
          seen in two or more channels  0 (0.0 %)
          with a single record          1 (100.0 %)

        The first run: there is none to compare with, so every customer has a new id.

        Nothing was rejected, set aside or refused.

        Run 1 took 0.0 s, 0.0 s of CPU.
        Tables (0 bytes): out/current
        Report: out/current/report.html
        ");
}

#[test]
fn large_numbers_have_separators() {
    assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
}
