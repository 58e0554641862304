use super::*;
use crate::explain::{Edge, Identifier, RecordKey};
use crate::model::{
    Changes, ConsentCounts, Decision, Gate, GateState, LinkCounts, RunReport, SourceCounts, SuppressionCounts,
    TopShared,
};

const HOSTILE: &str = "<script>alert('x')</script>\"'&\u{202e}\u{0}<img src=x onerror=alert(1)>";

fn run(word: &str) -> RunReport {
    let source = |name: &str, channel: &str, records| SourceCounts {
        source: name.into(),
        channel: channel.into(),
        files: 1,
        rows: records + 2,
        records,
        rejects: 2,
        ..SourceCounts::default()
    };
    RunReport {
        project: word.into(),
        run: 7,
        sources: vec![source(word, "pos", 300), source("web", word, 100)],
        records: 400,
        persons: 250,
        largest_person: 60,
        person_sizes: vec![(1, 200), (2, 45), (60, 5)],
        channel_sets: vec![("pos".into(), 180), (format!("{word}+pos"), 40), (word.into(), 30)],
        persons_in_several_channels: 40,
        namespaces: vec![LinkCounts {
            namespace: word.into(),
            occurrences: 300,
            values: 200,
            linking_values: 80,
            shared_values: 1,
            refused: 3,
        }],
        top_shared: vec![TopShared {
            namespace: word.into(),
            value: word.into(),
            records: 99,
            distinct: 40,
            by: word.into(),
        }],
        refusals: vec![(word.into(), 3)],
        ignored: vec![(word.into(), "placeholder".into(), 12), (word.into(), "malformed".into(), 2)],
        consent: vec![ConsentCounts {
            consent: word.into(),
            opted_in: 100,
            opted_out: 50,
            opted_out_by_address: 5,
            unknown: 100,
            unread: 1,
        }],
        suppressions: vec![SuppressionCounts {
            reason: "list".into(),
            of: word.into(),
            persons: 7,
            values: 9,
            unread: 0,
        }],
        segments: vec![(word.into(), 120)],
        changes: Some(Changes {
            since: 6,
            kept: 240,
            created: 10,
            merged: 2,
            records: 390,
            moved: 4,
            ..Changes::default()
        }),
        gates: vec![Gate {
            gate: "row_drop".into(),
            of: word.into(),
            state: GateState::Accepted,
            found: word.into(),
            limit: word.into(),
        }],
        started_at: "2031-01-02T03:04:05Z".into(),
        published_at: "2031-01-02T03:04:06Z".into(),
        ..RunReport::default()
    }
}

fn whole(word: &str) -> String {
    let run = run(word);
    let edge = |record: &str, decision| Edge {
        record: RecordKey { source: word.into(), record_id: record.into() },
        identifier: Identifier { namespace: word.into(), value: word.into() },
        decision,
        reason: word.into(),
    };
    let golden = [
        GoldenFigures { name: word.into(), rule: "most_recent".into(), filled: 200, differ: Some(5) },
        GoldenFigures { name: "spent".into(), rule: "sum".into(), filled: 100, differ: None },
    ];
    let biggest = [BigPerson {
        person_id: "6f1c2a9e-0000".into(),
        records: 60,
        channels: format!("{word}+pos"),
        bridges: vec![BigBridge { namespace: word.into(), value: word.into(), sides: (3, 57), review: true }],
        edges: vec![edge("1", Decision::Links), edge("2", Decision::Links), edge("3", Decision::Refused)],
    }];
    let credit = |channel: &str, campaign: &str, conversions: f64| CreditFigures {
        channel: channel.into(),
        campaign: campaign.into(),
        sums: vec![(conversions, conversions * 20.0), (conversions / 2.0, conversions * 10.0)],
    };
    let journeys = JourneyFigures {
        models: vec!["first".into(), "linear".into()],
        persons: 90,
        events: vec![(word.into(), word.into(), 300), ("purchase".into(), "pos".into(), 40)],
        credits: vec![credit("", "", 10.0), credit(word, word, 20.0), credit(word, "spring", 7.5)],
    };
    let more = More {
        golden: golden.to_vec(),
        compared: 50,
        biggest: biggest.to_vec(),
        bridges_to_review: 1,
        journeys: Some(journeys),
    };
    let last = RunReport { segments: vec![(word.into(), 100)], ..RunReport::default() };
    page(&Figures { run: &run, last: Some(&last), more: &more })
}

#[test]
fn hostile_names_stay_text() {
    let page = whole(HOSTILE);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("onerror=alert(1)>\""));
    assert!(page.contains("&lt;script&gt;"));
    assert!(!page.contains('\u{202e}') && !page.contains('\0'));
    // In attributes, too, no quote of the data ends the quote.
    for part in page.split("=\"").skip(1) {
        let value = part.split('"').next().unwrap();
        assert!(!value.contains('<'), "{value}");
    }
}

#[test]
fn every_question_of_the_headline_is_answered() {
    let page = whole("shop");
    for text in [
        "250 customers",
        "from 400 records",
        "What to worry about",
        "rejected rows",
        "bridges to review",
        "refused unions",
        "gates accepted",
        "+20",
        "16.0\u{a0}%",
    ] {
        assert!(page.contains(text), "{text}");
    }
    for id in [
        "sources",
        "overlap",
        "sizes",
        "identifiers",
        "refusals",
        "biggest",
        "golden",
        "segments",
        "changes",
        "gates",
        "journeys",
    ] {
        assert!(page.contains(&format!("<section id=\"{id}\"")) && page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 3);
    assert_eq!(page.matches("<svg class=\"graph").count(), 1);
}

#[test]
fn the_page_needs_nothing_beside_it_and_knows_no_clock() {
    let page = whole("shop");
    for text in ["<script", "http://", "https://", "url(", "@import", "2031"] {
        let found = page.replace("http://www.w3.org/2000/svg", "").contains(text);
        assert!(!found, "{text}");
    }
    assert!(
        page.contains("default-src 'none'")
            && page.contains("prefers-color-scheme: dark")
            && page.contains("@media print")
    );
    assert_eq!(page, whole("shop"));
}

#[test]
fn charts_have_a_name_and_their_numbers_in_a_table() {
    let page = whole("shop");
    for chart in page.split("<svg class=\"chart\"").skip(1).chain(page.split("<svg class=\"graph\"").skip(1)) {
        let tag = chart.split('>').next().unwrap();
        assert!(tag.contains("role=\"img\"") && tag.contains("aria-label="), "{tag}");
    }
    assert!(page.matches("<table").count() >= 10);
    assert_eq!(page.matches("<table").count(), page.matches("</table>").count());
    assert!(page.contains("lang=\"en\"") && page.contains("class=\"skip\"") && page.contains("scope=\"row\""));
}

#[test]
fn a_run_without_anything_has_a_page_too() {
    let run = RunReport::default();
    let page = page(&Figures { run: &run, last: None, more: &More::default() });
    assert!(page.contains("0 customers") && page.contains("Nothing to worry about"));
    assert!(!page.contains("NaN") && !page.contains("inf"));
}

#[test]
fn credit_is_told_per_channel_and_campaign_and_adds_up() {
    let page = whole("shop");
    assert!(page.contains("38 conversions worth 750.00; something led to 28 of them"), "{page}");
    for text in
        ["nothing led to it", "<td class=\"num\">27.5</td>", "<td class=\"num\">13.8</td>", "spring", "200.00", "75.00"]
    {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn a_page_with_pseudonyms_says_so() {
    let run = RunReport { pseudonymized: Some(vec!["email".into()]), ..run("shop") };
    let page = page(&Figures { run: &run, last: None, more: &More::default() });
    assert!(page.contains("values of persons are pseudonyms") && !page.contains("are masked"));
}

#[test]
fn a_page_of_a_run_that_was_held_back_says_so_at_once() {
    let mut run = run("shop");
    assert!(!page(&Figures { run: &run, last: None, more: &More::default() }).contains("held back"));
    run.gates[0].state = GateState::Broken;
    let page = page(&Figures { run: &run, last: None, more: &More::default() });
    let (head, rest) = page.split_once("</header>").unwrap();
    assert!(
        head.contains("held back, not published") && rest.contains("hold or are accepted: row_drop:shop."),
        "{rest}"
    );
}

#[test]
fn sets_of_channels_that_have_no_room_are_one_row() {
    let mut run = run("shop");
    run.sources = (0..6).map(|n| SourceCounts { channel: format!("c{n}"), ..run.sources[0].clone() }).collect();
    run.channel_sets = (0..20u64).map(|n| (format!("c{}+c{}", n % 5, n % 5 + 1), 20 - n)).collect();
    run.persons = 210;
    let page = page(&Figures { run: &run, last: None, more: &More::default() });
    assert!(
        page.contains("8 smaller sets") && page.contains("<td class=\"num\">36</td>"),
        "the last 8 of 20, 8 + … + 1"
    );
}
