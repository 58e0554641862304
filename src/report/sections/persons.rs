//! Customers themselves: how large, the biggest ones, and how complete and certain their golden records are.

use maud::{Markup, html};

use super::super::charts::{Bar, bar, bars, columns, size_ranges};
use super::super::figures::{BigPerson, Figures};
use super::super::picture::Picture;
use super::super::text::{counted, name, percent, thousands};
use super::Section;

pub(super) fn sizes(figures: &Figures<'_>) -> Section {
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

pub(super) fn biggest(figures: &Figures<'_>) -> Option<Section> {
    if figures.more.biggest.is_empty() {
        return None;
    }
    let largest = figures.more.biggest.first().map_or(1, |person| person.records);
    let sources: Vec<&str> = figures.run.sources.iter().map(|source| source.source.as_str()).collect();
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
                td.bar { (bar(person.records, largest, "c4")) }
                td.num { (thousands(person.records)) } td {}
                td { (hangs_on(person)) }
            } } }
        } }
        @for person in figures.more.biggest.iter().filter(|person| !person.edges.is_empty()) { (picture(person, &sources)) }
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

fn picture(person: &BigPerson, sources: &[&str]) -> Markup {
    let picture = Picture::among(&person.edges, sources);
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

pub(super) fn golden(figures: &Figures<'_>) -> Option<Section> {
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
                td.bar { (bar(field.filled, persons, "c1")) }
                td.num { (thousands(field.filled)) } td.num.quiet { (percent(field.filled, persons)) }
                @match field.differ {
                    Some(differ) => { td.bar { (bar(differ, figures.more.compared, "c2")) } td.num { (percent(differ, figures.more.compared)) } }
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
