//! The closing summary: how many customers there are, from how many records, and what to worry about.

#[cfg(test)]
mod tests;

use super::suggest::SUGGESTED_PLACEHOLDERS;
use crate::model::{GateState, RunReport, SourceCounts, SuppressionCounts};
use crate::page::{Page, counted, percent, share, size, thousands};

/// The summary of a published run in plain words, for a terminal or a mail; `place` is where the tables are.
#[must_use]
pub fn summary(report: &RunReport, place: &str) -> String {
    let mut page = Page::default();
    let project = if report.project.is_empty() { String::new() } else { format!("{}: ", report.project) };
    page.line(&format!(
        "{project}{} from {}",
        counted(report.persons, "customer", "customers"),
        counted(report.records, "record", "records")
    ));
    page.line("");
    sources(&mut page, &report.sources);
    people(&mut page, report);
    changes(&mut page, report);
    worries(&mut page, report);
    consent(&mut page, report);
    segments(&mut page, report);
    triggers(&mut page, report);
    audiences(&mut page, report);
    closing(&mut page, report, place);
    page.0
}

fn sources(page: &mut Page, sources: &[SourceCounts]) {
    let mut total = SourceCounts { source: "all".to_owned(), ..SourceCounts::default() };
    for counts in sources {
        total.rows += counts.rows;
        total.records += counts.records;
        total.rejects += counts.rejects;
        total.superseded += counts.superseded;
        total.filtered += counts.filtered;
        total.erased += counts.erased;
    }
    type Figure = fn(&SourceCounts) -> u64;
    let columns: [(&str, Figure, bool); 6] = [
        ("rows", |c| c.rows, true),
        ("= records", |c| c.records, true),
        ("+ rejects", |c| c.rejects, true),
        ("+ superseded", |c| c.superseded, false),
        ("+ filtered", |c| c.filtered, false),
        ("+ erased", |c| c.erased, false),
    ];
    let shown: Vec<_> = columns.iter().filter(|(_, figure, always)| *always || figure(&total) > 0).collect();
    let mut rows = vec![["source".to_owned(), "channel".to_owned()].into_iter().collect::<Vec<_>>()];
    rows[0].extend(shown.iter().map(|(name, _, _)| (*name).to_owned()));
    let several = (sources.len() > 1).then_some(&total);
    for counts in sources.iter().chain(several) {
        let mut row = vec![counts.source.clone(), counts.channel.clone()];
        row.extend(shown.iter().map(|(_, figure, _)| thousands(figure(counts))));
        rows.push(row);
    }
    page.grid(&rows, 2);
}

fn people(page: &mut Page, report: &RunReport) {
    if report.persons == 0 {
        return;
    }
    let single = report.person_sizes.iter().find(|(size, _)| *size == 1).map_or(0, |(_, persons)| *persons);
    let mean = report.records as f64 / report.persons as f64;
    page.line("");
    let mut rows = vec![vec!["records per customer".to_owned(), format!("{mean:.1}")]];
    let mut row = |name: &str, figure: String| rows.push(vec![name.to_owned(), figure]);
    row("largest customer", counted(report.largest_person, "record", "records"));
    row("seen in two or more channels", share(report.persons_in_several_channels, report.persons));
    row("with a single record", share(single, report.persons));
    page.grid(&rows, 2);
}

/// What became of the persons of the last run.
fn changes(page: &mut Page, report: &RunReport) {
    page.line("");
    let Some(changes) = &report.changes else {
        if report.persons == 0 {
            page.line("The first run, and no customer in it.");
            return;
        }
        page.line("The first run: there is none to compare with, so every customer has a new id.");
        return;
    };
    let figures = [
        (changes.kept, "kept their id"),
        (changes.created, "new"),
        (changes.merged, "merged into others"),
        (changes.split, "split off others"),
        (changes.retired, "gone"),
    ];
    let told = figures.iter().filter(|(count, what)| *count > 0 || *what == "kept their id");
    let told: Vec<String> = told.map(|(count, what)| format!("{} {what}", thousands(*count))).collect();
    page.line(&format!("Customers since run {}: {}.", changes.since, told.join(", ")));
    if changes.moved > 0 {
        let moved = counted(changes.moved, "record", "records");
        let share = percent(changes.moved, changes.records);
        page.line(&format!("  {moved} ({share}) of those that were there before went to another customer."));
    }
}

/// Everything that somebody should look at, with the table that lists it.
fn worries(page: &mut Page, report: &RunReport) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, count: u64, detail: String| {
        rows.push(vec![name.to_owned(), thousands(count), detail]);
    };
    for (state, what) in [(GateState::Broken, "broken gates"), (GateState::Accepted, "gates accepted")] {
        let gates: Vec<String> =
            report.gates.iter().filter(|gate| gate.state == state).map(|gate| gate.name()).collect();
        if !gates.is_empty() {
            row(what, gates.len() as u64, gates.join(", "));
        }
    }
    let empty: Vec<&str> =
        report.sources.iter().filter(|counts| counts.rows == 0).map(|counts| counts.source.as_str()).collect();
    if !empty.is_empty() {
        row("sources without rows", empty.len() as u64, empty.join(", "));
    }
    let rejects: u64 = report.sources.iter().map(|counts| counts.rejects).sum();
    if rejects > 0 {
        let by_source = report.sources.iter().filter(|c| c.rejects > 0).map(|c| (c.source.as_str(), c.rejects));
        row("rejected rows", rejects, listed(by_source));
    }
    let of_reason = |wanted: fn(&str) -> bool| report.ignored.iter().filter(move |(_, reason, _)| wanted(reason));
    let sum = |found: &[&(String, String, u64)]| found.iter().map(|(_, _, count)| count).sum();
    let placeholders: Vec<_> = of_reason(|reason| reason == "placeholder").collect();
    if !placeholders.is_empty() {
        let detail = listed(placeholders.iter().map(|(name, _, count)| (name.as_str(), *count)));
        row("placeholders", sum(&placeholders), detail);
    }
    let unusable: Vec<_> = of_reason(|reason| reason != "placeholder" && reason != "shared").collect();
    if !unusable.is_empty() {
        let named: Vec<_> = unusable.iter().map(|(name, reason, count)| (format!("{name} {reason}"), *count)).collect();
        row("unusable values", sum(&unusable), listed(named.iter().map(|(name, count)| (name.as_str(), *count))));
    }
    for namespace in report.namespaces.iter().filter(|namespace| namespace.shared_values > 0) {
        let top = report.top_shared.iter().filter(|top| top.namespace == namespace.namespace).take(3);
        let top: Vec<String> =
            top.map(|top| format!("{} ({} × {})", top.value, thousands(top.distinct), top.by)).collect();
        let more = if namespace.shared_values > top.len() as u64 { ", …" } else { "" };
        let name = format!("shared {} values", namespace.namespace);
        row(&name, namespace.shared_values, format!("{}{more}", top.join(", ")));
    }
    let refused: u64 = report.refusals.iter().map(|(_, unions)| unions).sum();
    if refused > 0 {
        let detail = listed(report.refusals.iter().map(|(reason, unions)| (reason.as_str(), *unions)));
        row("refused unions", refused, detail);
    }
    page.line("");
    if rows.is_empty() {
        page.line("Nothing was rejected, set aside or refused.");
        return;
    }
    let shared = report.namespaces.iter().any(|namespace| namespace.shared_values > 0);
    let listed_in = [
        ("rejects", rejects > 0),
        ("ignored_identifiers", !placeholders.is_empty() || !unusable.is_empty()),
        ("shared_identifiers", shared),
        ("refusals", refused > 0),
    ];
    let tables: Vec<&str> = listed_in.iter().filter(|(_, any)| *any).map(|(table, _)| *table).collect();
    match &tables[..] {
        [] => page.line("Worth a look:"),
        [table] => page.line(&format!("Worth a look (table {table}):")),
        tables => page.line(&format!("Worth a look (tables {}):", tables.join(", "))),
    }
    // The detail is text: it stands to the left, so it is put behind the aligned figures.
    let details: Vec<String> = rows.iter_mut().filter_map(Vec::pop).collect();
    let mut figures = Page::default();
    figures.grid(&rows, 1);
    for (line, detail) in figures.0.lines().zip(details) {
        page.line(&format!("{line}  {detail}"));
    }
    if report.tables.iter().any(|table| table.file == SUGGESTED_PLACEHOLDERS && table.rows > 0) {
        page.line(&format!("Shared values as placeholders, to look through and copy: {SUGGESTED_PLACEHOLDERS}"));
    }
}

/// The largest four of some named counts.
fn listed<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = if counts.len() > 4 { ", …" } else { "" };
    let shown: Vec<String> =
        counts.iter().take(4).map(|(name, count)| format!("{name} {}", thousands(*count))).collect();
    format!("{}{more}", shown.join(", "))
}

/// Who must not be contacted, whatever they said.
fn suppressions(page: &mut Page, report: &RunReport) {
    if report.suppressions.is_empty() {
        return;
    }
    page.line("");
    page.line("Not to be contacted:");
    let row = |counts: &SuppressionCounts| {
        let values =
            if counts.reason == "list" { format!("{} values", thousands(counts.values)) } else { String::new() };
        vec![format!("{} {}", counts.reason, counts.of), thousands(counts.persons), values]
    };
    page.grid(&report.suppressions.iter().map(row).collect::<Vec<_>>(), 1);
}

/// Who may be contacted.
fn consent(page: &mut Page, report: &RunReport) {
    suppressions(page, report);
    if report.consent.is_empty() {
        return;
    }
    page.line("");
    let heads = ["consent", "opted in", "opted out", "of these by address", "unknown"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for counts in &report.consent {
        let figures = [counts.opted_in, counts.opted_out, counts.opted_out_by_address, counts.unknown];
        rows.push(std::iter::once(counts.consent.clone()).chain(figures.map(thousands)).collect());
    }
    page.grid(&rows, 1);
}

fn segments(page: &mut Page, report: &RunReport) {
    if report.segments.is_empty() {
        return;
    }
    page.line("");
    page.line("Segments:");
    let held = |name: &String| report.hold_outs.iter().find(|(segment, _)| segment == name).map(|(_, held)| *held);
    let row = |(name, persons): &(String, u64)| {
        let mut row = vec![name.clone(), thousands(*persons), percent(*persons, report.persons)];
        if !report.hold_outs.is_empty() {
            row.push(held(name).map_or_else(String::new, |held| format!("{} held out", thousands(held))));
        }
        row
    };
    page.grid(&report.segments.iter().map(row).collect::<Vec<_>>(), 1);
}

fn triggers(page: &mut Page, report: &RunReport) {
    if report.triggers.is_empty() {
        return;
    }
    page.line("");
    page.line("Triggers since the last run:");
    let row = |(name, persons): &(String, u64)| vec![name.clone(), thousands(*persons)];
    page.grid(&report.triggers.iter().map(row).collect::<Vec<_>>(), 1);
}

/// Who is on the lists, and why the others are not.
fn audiences(page: &mut Page, report: &RunReport) {
    if report.audiences.is_empty() {
        return;
    }
    page.line("");
    page.line("Audiences (members; left out of the segment):");
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut details = Vec::new();
    for counts in &report.audiences {
        rows.push(vec![counts.audience.clone(), thousands(counts.members)]);
        let left = counts.left_out.iter().map(|(reason, persons)| format!("{reason} {}", thousands(*persons)));
        details.push(left.collect::<Vec<_>>().join(", "));
    }
    let mut figures = Page::default();
    figures.grid(&rows, 1);
    for (line, detail) in figures.0.lines().zip(details) {
        page.line(format!("{line}  {detail}").trim_end());
    }
}

fn closing(page: &mut Page, report: &RunReport, place: &str) {
    let seconds = report.stages.iter().fold(0.0, |sum, stage| sum + stage.seconds);
    let cpu = report.stages.iter().try_fold(0.0, |sum, stage| Some(sum + stage.cpu_seconds?));
    let cpu = cpu.map(|cpu| format!(", {cpu:.1} s of CPU")).unwrap_or_default();
    let memory = report.peak_memory.map(|bytes| format!(", {} of memory", size(bytes))).unwrap_or_default();
    let bytes = report.tables.iter().map(|table| table.bytes).sum();
    page.line("");
    page.line(&format!("Run {} took {seconds:.1} s{cpu}{memory}.", report.run));
    page.line(&format!("Tables ({}): {place}", size(bytes)));
    page.line(&format!("Report: {place}/report.html"));
}
