//! The sections of the report, in order.

use maud::{Markup, html};

use super::charts::{Bar, bars, columns, size_ranges, stacked, upset};
use super::figures::{BigPerson, Figures};
use super::picture::Picture;
use super::text::{counted, name, percent, thousands};
use crate::model::GateState;

/// A part of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// One or two sentences under it.
    pub lead: String,
    /// The rest.
    pub body: Markup,
}

/// All sections that have something to show.
pub fn all(figures: &Figures<'_>) -> Vec<Section> {
    let sections = [
        Some(sources(figures)),
        overlap(figures),
        Some(sizes(figures)),
        Some(identifiers(figures)),
        refusals(figures),
        biggest(figures),
        golden(figures),
        consent(figures),
        segments(figures),
        triggers(figures),
        audiences(figures),
        changes(figures),
        gates(figures),
    ];
    sections.into_iter().flatten().collect()
}

/// Persons and records per channel, by name.
fn channels(figures: &Figures<'_>) -> Vec<(String, u64, u64)> {
    let run = figures.run;
    let mut channels: Vec<(String, u64, u64)> = Vec::new();
    for source in &run.sources {
        match channels.iter_mut().find(|(channel, ..)| *channel == source.channel) {
            Some((_, records, _)) => *records += source.records,
            None => channels.push((source.channel.clone(), source.records, 0)),
        }
    }
    for (channel, _, persons) in &mut channels {
        let sets = run.channel_sets.iter().filter(|(set, _)| set.split('+').any(|one| one == channel));
        *persons = sets.map(|(_, persons)| persons).sum();
    }
    channels.sort();
    channels
}

fn sources(figures: &Figures<'_>) -> Section {
    let run = figures.run;
    let channels = channels(figures);
    let persons =
        channels.iter().map(|(channel, _, persons)| Bar::new(channel, *persons, run.persons)).collect::<Vec<_>>();
    let records = channels
        .iter()
        .map(|(channel, records, _)| Bar { class: "c6", ..Bar::new(channel, *records, run.records) })
        .collect::<Vec<_>>();
    type Figure = fn(&crate::model::SourceCounts) -> u64;
    let figures_of: [(&str, Figure); 6] = [
        ("rows", |source| source.rows),
        ("records", |source| source.records),
        ("rejected", |source| source.rejects),
        ("superseded", |source| source.superseded),
        ("left out", |source| source.filtered),
        ("erased", |source| source.erased),
    ];
    let total = |figure: Figure| run.sources.iter().map(figure).sum::<u64>();
    let shown: Vec<_> = figures_of
        .iter()
        .enumerate()
        .filter(|(at, (_, figure))| *at < 3 || total(*figure) > 0)
        .map(|(_, pair)| pair)
        .collect();
    let body = html! {
        div.pair {
            (bars("Customers met in each channel", ["channel", "", "customers"], &persons))
            (bars("Records from each channel", ["channel", "", "records"], &records))
        }
        h3 { "Every row is accounted for" }
        div.table tabindex="0" role="group" aria-label="rows by source" { table {
            thead { tr {
                th scope="col" { "source" } th scope="col" { "channel" } th.num scope="col" { "files" }
                @for (title, _) in &shown { th.num scope="col" { (title) } }
            } }
            tbody { @for source in &run.sources { tr {
                th scope="row" { bdi { (name(&source.source)) } } td.quiet { bdi { (name(&source.channel)) } }
                td.num { (thousands(source.files)) }
                @for (_, figure) in &shown { td.num { (thousands(figure(source))) } }
            } } }
            @if run.sources.len() > 1 { tfoot { tr {
                th scope="row" { "all" } td {} td.num { (thousands(run.sources.iter().map(|source| source.files).sum())) }
                @for (_, figure) in &shown { td.num { (thousands(total(*figure))) } }
            } } }
        } }
    };
    let lead = "A customer counts in every channel that one of their records comes from.".to_owned();
    Section { id: "sources", title: "Where customers come from", lead, body }
}

/// Sets of channels that the plot shows.
const MOST_SETS: usize = 12;

fn overlap(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    let channels = channels(figures);
    if channels.len() < 2 || run.persons == 0 {
        return None;
    }
    let at = |one: &str| channels.iter().position(|(channel, ..)| channel == one);
    let mut sets: Vec<(Vec<usize>, u64)> =
        run.channel_sets.iter().map(|(set, persons)| (set.split('+').filter_map(at).collect(), *persons)).collect();
    sets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let more = sets.len().saturating_sub(MOST_SETS);
    sets.truncate(MOST_SETS);
    let rows: Vec<Bar> = sets
        .iter()
        .map(|(set, persons)| {
            let names: Vec<&str> = set.iter().map(|channel| channels[*channel].0.as_str()).collect();
            Bar {
                class: if set.len() > 1 { "c2" } else { "c1" },
                ..Bar::new(&names.join(" + "), *persons, run.persons)
            }
        })
        .collect();
    let labels: Vec<(String, u64)> = channels.iter().map(|(channel, _, persons)| (channel.clone(), *persons)).collect();
    let body = html! {
        div.pair.wide {
            (upset("Customers by the exact set of channels they were met in", &labels, &sets))
            (bars("Customers by exact set of channels", ["channels", "", "customers"], &rows))
        }
        @if more > 0 { p.quiet { (counted(more as u64, "smaller set is", "smaller sets are")) " not shown." } }
    };
    let lead = format!(
        "{} of {} were met in two or more channels. Each column is one exact set of channels; its dots say which.",
        thousands(run.persons_in_several_channels),
        counted(run.persons, "customer", "customers")
    );
    Some(Section { id: "overlap", title: "How channels overlap", lead, body })
}

fn sizes(figures: &Figures<'_>) -> Section {
    let run = figures.run;
    let ranges = size_ranges(&run.person_sizes);
    let rows: Vec<Bar> = ranges
        .iter()
        .map(|(label, persons)| {
            Bar::new(&format!("{label} record{}", if label == "1" { "" } else { "s" }), *persons, run.persons)
        })
        .collect();
    let body = html! {
        div.pair.wide {
            (columns("Customers by number of records; heights follow the square root", &ranges))
            (bars("Customers by number of records", ["size", "", "customers"], &rows))
        }
    };
    let lead = "A customer with very many records is either loyal or several people: see the biggest below.".to_owned();
    Section { id: "sizes", title: "How large customers are", lead, body }
}

fn identifiers(figures: &Figures<'_>) -> Section {
    let run = figures.run;
    let mut ignored: Vec<_> = run.ignored.iter().filter(|(_, reason, _)| reason != "shared").collect();
    ignored.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    let rows: Vec<Bar> = ignored
        .iter()
        .map(|(of, reason, count)| Bar { detail: reason.replace('_', " "), class: "c5", ..Bar::new(of, *count, 0) })
        .collect();
    let shared: Vec<Bar> = run
        .top_shared
        .iter()
        .map(|top| Bar {
            detail: format!("{}, on {}", top.value, counted(top.records, "record", "records")),
            class: "warn",
            ..Bar::new(&top.namespace, top.distinct, 0)
        })
        .collect();
    let body = html! {
        div.table tabindex="0" role="group" aria-label="identifiers" { table {
            caption { "What links records" }
            thead { tr {
                th scope="col" { "identifier" } th.num scope="col" { "on records" } th.num scope="col" { "different values" }
                th.bar scope="col" { span.hide { "share of values that link" } } th.num scope="col" { "that link" }
                th.num scope="col" { "shared" } th.num scope="col" { "refused" }
            } }
            tbody { @for namespace in &run.namespaces { tr {
                th scope="row" { bdi { (name(&namespace.namespace)) } }
                td.num { (thousands(namespace.occurrences)) } td.num { (thousands(namespace.values)) }
                td.bar { (super::charts::bar(namespace.linking_values, namespace.values, "c3")) }
                td.num { (thousands(namespace.linking_values)) " " span.quiet { "(" (percent(namespace.linking_values, namespace.values)) ")" } }
                td.num { (thousands(namespace.shared_values)) } td.num { (thousands(namespace.refused)) }
            } } }
        } }
        div.pair {
            @if rows.is_empty() { p.quiet { "No value was ignored." } }
            @else { (bars("Values that were ignored, and why", ["of", "reason", "records"], &rows)) }
            @if shared.is_empty() { p.quiet { "No value is shared by too many people." } }
            @else { (bars("Shared by most people", ["identifier", "value", "people"], &shared)) }
        }
    };
    let lead =
        "A value links when two or more records carry it and nothing speaks against it. Strongest identifiers first.";
    Section { id: "identifiers", title: "What links, and what does not", lead: lead.to_owned(), body }
}

fn refusals(figures: &Figures<'_>) -> Option<Section> {
    let rows: Vec<Bar> = figures
        .run
        .refusals
        .iter()
        .map(|(reason, unions)| Bar { class: "warn", ..Bar::new(reason, *unions, 0) })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let body = bars("Unions refused, by the limit that they would have broken", ["limit", "", "unions"], &rows);
    let lead =
        "These customers share an identifier and were still kept apart; onefold explain says why for any two of them.";
    Some(Section { id: "refusals", title: "What was kept apart", lead: lead.to_owned(), body })
}

fn biggest(figures: &Figures<'_>) -> Option<Section> {
    if figures.more.biggest.is_empty() {
        return None;
    }
    let largest = figures.more.biggest.first().map_or(1, |person| person.records);
    let body = html! {
        div.table tabindex="0" role="group" aria-label="biggest customers" { table {
            caption { "Customers with most records" }
            thead { tr {
                th scope="col" { "customer" } th scope="col" { "channels" } th.bar scope="col" { span.hide { "bar" } }
                th.num scope="col" { "records" } th scope="col" { span.hide { "space" } } th scope="col" { "hangs on" }
            } }
            tbody { @for person in &figures.more.biggest { tr {
                th scope="row" { code { (person.person_id.get(..8).unwrap_or(&person.person_id)) } }
                td.quiet { bdi { (name(&person.channels.replace('+', " + "))) } }
                td.bar { (super::charts::bar(person.records, largest, "c4")) }
                td.num { (thousands(person.records)) } td {}
                td { (hangs_on(person)) }
            } } }
        } }
        @for person in figures.more.biggest.iter().filter(|person| !person.edges.is_empty()) { (picture(person)) }
    };
    let lead = "A bridge is an identifier that alone holds a part to the rest. Where both parts could be customers of their own, it \
                is marked: have a look at those.";
    Some(Section { id: "biggest", title: "The biggest customers", lead: lead.to_owned(), body })
}

fn hangs_on(person: &BigPerson) -> Markup {
    html! {
        @for (at, bridge) in person.bridges.iter().take(3).enumerate() {
            @if at > 0 { br; }
            (name(&bridge.namespace)) " " bdi { (name(&bridge.value)) } " "
            span.quiet { (thousands(bridge.sides.0)) " | " (thousands(bridge.sides.1)) }
            @if bridge.review { " " span.tag { "review" } }
        }
        @if person.bridges.len() > 3 { span.quiet { " and " (person.bridges.len() - 3) " more" } }
        @if person.bridges.is_empty() { span.quiet { "no single identifier" } }
    }
}

fn picture(person: &BigPerson) -> Markup {
    let picture = Picture::new(&person.edges);
    let short = person.person_id.get(..8).unwrap_or(&person.person_id);
    let title = format!("Records and identifiers of customer {short}");
    html! {
        figure {
            figcaption { "Customer " code { (short) } ": " (counted(person.records, "record", "records")) ". In full: " code { "onefold explain " (short) } }
            div.scroll tabindex="0" role="group" aria-label=(title) { (picture.svg(&title)) }
            (picture.legend())
        }
    }
}

fn golden(figures: &Figures<'_>) -> Option<Section> {
    if figures.more.golden.is_empty() || figures.run.persons == 0 {
        return None;
    }
    let persons = figures.run.persons;
    let body = html! {
        div.table tabindex="0" role="group" aria-label="golden fields" { table {
            caption { "Golden fields" }
            thead { tr {
                th scope="col" { "field" } th scope="col" { "rule" } th.bar scope="col" { span.hide { "share filled" } }
                th.num scope="col" { "customers who have it" } th.num scope="col" { "share" }
                th.bar scope="col" { span.hide { "share that differs" } } th.num scope="col" { "records differ" }
            } }
            tbody { @for field in &figures.more.golden { tr {
                th scope="row" { bdi { (name(&field.name)) } } td.quiet.whole { (field.rule.replace('_', " ")) }
                td.bar { (super::charts::bar(field.filled, persons, "c1")) }
                td.num { (thousands(field.filled)) } td.num.quiet { (percent(field.filled, persons)) }
                @match field.differ {
                    Some(differ) => { td.bar { (super::charts::bar(differ, figures.more.compared, "c2")) } td.num { (percent(differ, figures.more.compared)) } }
                    None => { td {} td.num.quiet { "–" } }
                }
            } } }
        } }
    };
    let lead = match figures.more.compared {
        0 => "No customer has two records, so none can disagree.".to_owned(),
        compared => format!(
            "Records of one customer may say different things; the rule decides. How often they do is from {} with two or more records.",
            counted(compared, "customer", "customers")
        ),
    };
    Some(Section { id: "golden", title: "How complete and certain golden records are", lead, body })
}

/// Who may be contacted on which channel.
fn consent(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    if run.consent.is_empty() && run.suppressions.is_empty() {
        return None;
    }
    let rows: Vec<(&str, [u64; 3])> =
        run.consent.iter().map(|one| (one.consent.as_str(), [one.opted_in, one.opted_out, one.unknown])).collect();
    let by_address: Vec<Bar> = run
        .consent
        .iter()
        .filter(|one| one.opted_out_by_address > 0)
        .map(|one| Bar::new(&one.consent, one.opted_out_by_address, one.opted_out))
        .collect();
    let suppressed: Vec<Bar> = run
        .suppressions
        .iter()
        .map(|one| Bar { class: "warn", ..Bar::new(&format!("{} {}", one.reason, one.of), one.persons, run.persons) })
        .collect();
    let body = html! {
        @if !rows.is_empty() {
            (stacked("Customers by consent", ["opted in", "opted out", "unknown"], &rows))
        }
        div.pair {
            @if !by_address.is_empty() {
                (bars("Opted out by somebody else's record at an address of theirs", ["channel", "", "customers"], &by_address))
            }
            @if !suppressed.is_empty() {
                (bars("Not to be contacted, whatever they said", ["reason", "", "customers"], &suppressed))
            }
        }
    };
    let lead = "Unknown is never a yes. One opt-out counts for everybody who uses the address.".to_owned();
    Some(Section { id: "consent", title: "Who may be contacted", lead, body })
}

/// Who is on the lists, and why the others of the segment are not.
fn audiences(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    if run.audiences.is_empty() {
        return None;
    }
    let members: Vec<Bar> = run
        .audiences
        .iter()
        .map(|one| Bar { detail: one.channel.clone(), ..Bar::new(&one.audience, one.members, one.segment_persons) })
        .collect();
    let body = html! {
        (bars("Members of audiences, of their segments", ["audience", "channel", "customers"], &members))
        div.pair { @for one in run.audiences.iter().filter(|one| !one.left_out.is_empty()) {
            @let reasons: Vec<Bar> = one
                .left_out
                .iter()
                .map(|(reason, persons)| Bar { class: "c6", ..Bar::new(reason, *persons, one.segment_persons) })
                .collect();
            (bars(&format!("Left out of {}, by reason", name(&one.audience)), ["reason", "", "customers"], &reasons))
        } }
    };
    let lead = "Everybody of a segment is on the list, or left out for the first reason that applies.".to_owned();
    Some(Section { id: "audiences", title: "Audiences", lead, body })
}

fn segments(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    if run.segments.is_empty() {
        return None;
    }
    let before = |segment: &String| {
        let last = figures.last?.segments.iter().find(|(name, _)| name == segment);
        last.map(|(_, persons)| *persons)
    };
    let compared = run.segments.iter().any(|(segment, _)| before(segment).is_some());
    let flow = |segment: &String| run.segment_flows.iter().find(|(name, ..)| name == segment);
    let held = |segment: &String| run.hold_outs.iter().find(|(name, _)| name == segment).map(|(_, persons)| *persons);
    let body = html! {
        div.table tabindex="0" role="group" aria-label="segments" { table {
            caption { "Customers in each segment" }
            thead { tr {
                th scope="col" { "segment" } th.bar scope="col" { span.hide { "bar" } } th.num scope="col" { "customers" }
                th.num scope="col" { "share" }
                @if !run.hold_outs.is_empty() { th.num scope="col" { "held out" } }
                @if compared {
                    th.num scope="col" { "last run" }
                    @if run.segment_flows.is_empty() { th.num scope="col" { "change" } }
                    @else { th.num scope="col" { "entered" } th.num scope="col" { "left" } }
                }
            } }
            tbody { @for (segment, persons) in &run.segments { tr {
                th scope="row" { bdi { (name(segment)) } }
                td.bar { (super::charts::bar(*persons, run.persons, "c3")) }
                td.num { (thousands(*persons)) } td.num.quiet { (percent(*persons, run.persons)) }
                @if !run.hold_outs.is_empty() { td.num.quiet { (held(segment).map_or_else(String::new, thousands)) } }
                @if compared {
                    td.num.quiet { (before(segment).map_or_else(|| "–".to_owned(), thousands)) }
                    @match flow(segment) {
                        Some((_, entered, left)) => { td.num { "+" (thousands(*entered)) } td.num { "−" (thousands(*left)) } }
                        None if run.segment_flows.is_empty() => {
                            td.num { (before(segment).map_or_else(|| "new".to_owned(), |before| change(before, *persons))) }
                        }
                        None => { td.num { "new" } td.num {} }
                    }
                }
            } } }
        } }
        @if !run.segment_overlaps.is_empty() { details {
            summary { "Customers that two segments share" }
            div.table tabindex="0" role="group" aria-label="overlaps of segments" { table {
                thead { tr { th scope="col" { "segment" } th scope="col" { "and" } th.num scope="col" { "customers" } } }
                tbody { @for (left, right, persons) in &run.segment_overlaps { tr {
                    th scope="row" { bdi { (name(left)) } } td { bdi { (name(right)) } } td.num { (thousands(*persons)) }
                } } }
            } }
        } }
    };
    let lead = "A customer may be in several segments, or in none.".to_owned();
    Some(Section { id: "segments", title: "Segments", lead, body })
}

fn triggers(figures: &Figures<'_>) -> Option<Section> {
    let fired = &figures.run.triggers;
    if fired.is_empty() {
        return None;
    }
    let body = html! {
        div.table tabindex="0" role="group" aria-label="triggers" { table {
            caption { "Customers for whom a trigger fired since the last run" }
            thead { tr { th scope="col" { "trigger" } th.num scope="col" { "customers" } } }
            tbody { @for (trigger, persons) in fired { tr {
                th scope="row" { bdi { (name(trigger)) } } td.num { (thousands(*persons)) }
            } } }
        } }
    };
    let lead = "Who they are, and which record shows it, is in the table triggers.".to_owned();
    Some(Section { id: "triggers", title: "What became of customers", lead, body })
}

/// `+12`, `−3`, `±0`.
fn change(before: u64, now: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", thousands(now - before)),
        std::cmp::Ordering::Less => format!("−{}", thousands(before - now)),
        std::cmp::Ordering::Equal => "±0".to_owned(),
    }
}

fn changes(figures: &Figures<'_>) -> Option<Section> {
    let changes = figures.run.changes?;
    let rows = [
        ("kept their id", changes.kept, "c1"),
        ("new", changes.created, "c3"),
        ("split off others", changes.split, "c2"),
        ("merged into others", changes.merged, "c4"),
        ("gone", changes.retired, "c6"),
    ];
    let rows: Vec<Bar> =
        rows.into_iter().map(|(name, count, class)| Bar { class, ..Bar::new(name, count, 0) }).collect();
    let body = bars("What became of customers", ["customers that", "", "customers"], &rows);
    let lead = format!(
        "Since run {}: {} of {} that both runs have went to another customer. Tables lineage and moves.",
        changes.since,
        thousands(changes.moved),
        counted(changes.records, "record", "records")
    );
    Some(Section { id: "changes", title: "Since the last run", lead, body })
}

fn gates(figures: &Figures<'_>) -> Option<Section> {
    let gates = &figures.run.gates;
    if gates.is_empty() {
        return None;
    }
    let body = html! {
        div.table tabindex="0" role="group" aria-label="gates" { table {
            caption { "Gates" }
            thead { tr { th scope="col" { "gate" } th scope="col" { "state" } th scope="col" { "found" } th scope="col" { "limit" } } }
            tbody { @for gate in gates { tr {
                th scope="row" { bdi { (name(&gate.name())) } }
                td { @match gate.state {
                    GateState::Broken | GateState::Accepted => { span.tag { (gate.state.name()) } }
                    GateState::Passed | GateState::Open => { (gate.state.name()) }
                } }
                td { bdi { (name(&gate.found)) } } td.quiet { bdi { (name(&gate.limit)) } }
            } } }
        } }
    };
    let lead = "Conditions on the run's own figures; where one is broken, nothing is published.".to_owned();
    Some(Section { id: "gates", title: "Gates", lead, body })
}
