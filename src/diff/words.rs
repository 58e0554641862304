//! A difference in words.

use super::{Cause, CauseCount, Changed, Difference, Example};
use crate::model::{Gate, GateState};
use crate::page::{grid, thousands};

/// The difference as a page for a terminal.
#[must_use]
pub fn difference_text(d: &Difference) -> String {
    let mut page = match d.after {
        Some(after) => format!("From run {} to run {after}\n", d.before),
        None => format!("Publishing now would change, against run {}:\n", d.before),
    };
    if !d.config.is_empty() {
        page += &format!("\nThe config differs in {}\n", named(&d.config, 12));
    }
    if !d.files.is_empty() {
        page += &format!("\nInput files: {}\n", named(&d.files, 6));
    }
    let (r, p) = (&d.records, &d.persons);
    let mut rows = vec![
        row("records", r.after, &[("there before", r.before), ("new", r.arrived), ("gone", r.gone)]),
        row("  now with another person", r.moved, &[]),
        row("    from one living person to another", r.reassigned, &[]),
        row("persons", p.after, &[("before", p.before), ("kept", p.kept)]),
        row("  created", p.created, &[]),
        row("  merged into others", p.merged, &[]),
        row("  split off others", p.split, &[]),
        row("  retired", p.retired, &[]),
    ];
    rows[1][2] = format!("{:.2} % of those in both", 100.0 * r.moved_share());
    page += "\n";
    page += &grid(&rows, &|column| column == 1, "  ");
    causes(&mut page, d);
    golden(&mut page, d);
    segments(&mut page, d);
    examples(&mut page, &d.examples);
    gates(&mut page, &d.gates);
    page
}

/// What events come from, a line per kind of event.
fn causes(page: &mut String, d: &Difference) {
    for erased in &d.erasures {
        *page += &format!(
            "\nErasure {} took {} rows out of run {} since; they are in no figure here.\n",
            erased.receipt,
            thousands(erased.rows_dropped),
            erased.run
        );
    }
    if d.causes.is_empty() {
        if !d.events.is_empty() {
            *page += "\nWhat they come from is not told: it needs the table `edges` of both runs.\n";
        }
        return;
    }
    *page += "\nWhat they come from\n";
    let row = |of: &[CauseCount]| {
        let words = |of: &CauseCount| match &of.cause {
            Some(Cause { key: Some(key), .. }) => format!("by {key} in the config"),
            Some(cause) => cause.why.words().to_owned(),
            None => "by nothing on their own records".to_owned(),
        };
        let parts: Vec<String> = of.iter().map(|of| format!("{} {}", thousands(of.events), words(of))).collect();
        vec![of[0].event.name().to_owned(), thousands(of.iter().map(|of| of.events).sum()), parts.join(", ")]
    };
    let rows: Vec<Vec<String>> = d.causes.chunk_by(|a, b| a.event == b.event).map(row).collect();
    *page += &grid(&rows, &|column| column == 1, "  ");
}

fn golden(page: &mut String, d: &Difference) {
    page.push('\n');
    if d.golden.persons == 0 && d.golden.columns.is_empty() {
        *page += "No golden value of a kept person differs.\n";
        return;
    }
    *page += &format!("Golden values of kept persons: {} differ in at least one\n", thousands(d.golden.persons));
    let fields = d
        .golden
        .fields
        .iter()
        .map(|field| row(&field.field, field.changed, &[("filled", field.filled), ("emptied", field.emptied)]));
    *page += &grid(&fields.collect::<Vec<_>>(), &|column| column == 1, "  ");
    if !d.golden.columns.is_empty() {
        *page += &format!("  columns: {}\n", named(&d.golden.columns, 20));
    }
}

fn segments(page: &mut String, d: &Difference) {
    if d.segments.is_empty() {
        return;
    }
    *page += "\nSegments\n";
    let rows = d.segments.iter().map(|segment| {
        let signed = |sign: &str, count: u64| format!("{sign}{}", thousands(count));
        vec![
            segment.segment.clone(),
            thousands(segment.after),
            signed("+", segment.entered),
            signed("−", segment.left),
            format!("was {}", thousands(segment.before)),
        ]
    });
    *page += &grid(&rows.collect::<Vec<_>>(), &|column| (1..4).contains(&column), "  ");
}

fn examples(page: &mut String, examples: &[Example]) {
    if examples.is_empty() {
        return;
    }
    *page += "\nThe largest changes\n";
    for example in examples {
        let records = if example.records == 1 {
            "1 record".to_owned()
        } else {
            format!("{} records", thousands(example.records))
        };
        let ids = match (&example.old_person_id, &example.new_person_id) {
            (Some(old), Some(new)) => format!("{old} → {new}"),
            (Some(id), None) | (None, Some(id)) => id.clone(),
            (None, None) => String::new(),
        };
        *page += &format!("  {}, {records}: {ids}\n", example.event);
        for cause in &example.causes {
            *page += &format!("    {cause}\n");
        }
    }
}

fn gates(page: &mut String, gates: &[Gate]) {
    if gates.is_empty() {
        return;
    }
    let broken: Vec<&Gate> = gates.iter().filter(|gate| gate.state == GateState::Broken).collect();
    if broken.is_empty() {
        *page += "\nAll gates would let it pass.\n";
        return;
    }
    *page += "\nGates that would be broken\n";
    for gate in broken {
        *page += &format!("  {}: {}; limit {}\n", gate.name(), gate.found, gate.limit);
    }
}

fn row(name: &str, count: u64, more: &[(&str, u64)]) -> Vec<String> {
    let more = more.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{} {name}", thousands(*count)));
    vec![name.to_owned(), thousands(count), more.collect::<Vec<_>>().join(", ")]
}

/// The first of these with how they differ.
fn named(these: &[Changed], most: usize) -> String {
    let shown: Vec<String> = these.iter().take(most).map(|one| format!("{} ({})", one.name, one.how)).collect();
    let more = these.len().saturating_sub(most);
    shown.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}
