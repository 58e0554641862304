//! The run's figures for Prometheus: a textfile that the node exporter picks up.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use super::output::OutputFile;
use crate::disk::{fault, private_folder};
use crate::model::{GateState, RunReport};
use crate::problem::Result;

/// Writes the figures of a run to a file, by one rename: the exporter reads the earlier file or this one. Anybody may
/// read it: it holds counts only. `published` is whether readers see the run; `at` is now, seconds since 1970.
pub fn write_metrics(report: &RunReport, published: bool, at: i64, path: &Path) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        private_folder(folder).map_err(|error| fault(folder, "create", &error, 0))?;
    }
    let next = path.with_extension(format!("next-{}", std::process::id()));
    let mut file = OutputFile::create(&next)?;
    file.write_all(metrics(report, published, at).as_bytes()).map_err(|error| file.explain(&error))?;
    file.finish()?;
    #[cfg(unix)]
    {
        let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(&next, readable).map_err(|error| fault(&next, "change", &error, 0))?;
    }
    std::fs::rename(&next, path).map_err(|error| fault(path, "replace", &error, 0))
}

/// The figures in Prometheus' text format.
fn metrics(report: &RunReport, published: bool, at: i64) -> String {
    let mut page = Page(String::new());
    let project = [("project", report.project.as_str())];
    let none: [(&str, &str); 0] = [];
    let mut one = |name: &str, help: &str, value: f64| page.family(name, help, &[(&none[..], value)], &project);
    one("run", "Number of the last run.", report.run as f64);
    one("published", "Whether the last run was published.", f64::from(u8::from(published)));
    one("finished_timestamp_seconds", "When the last run ended.", at as f64);
    one("records", "Records of the last run.", report.records as f64);
    one("persons", "Persons of the last run.", report.persons as f64);
    one("largest_person_records", "Records of the largest person.", report.largest_person as f64);
    one("published_bytes", "Size of all tables.", report.tables.iter().map(|table| table.bytes).sum::<u64>() as f64);
    if let Some(memory) = report.peak_memory {
        one("peak_memory_bytes", "Most memory that the last run had.", memory as f64);
    }
    if let Some(changes) = &report.changes {
        let figures = [
            ("kept", changes.kept),
            ("created", changes.created),
            ("merged", changes.merged),
            ("split", changes.split),
            ("retired", changes.retired),
        ];
        let rows = figures.map(|(what, count)| ([("what", what)], count as f64));
        page.labeled("person_changes", "What became of persons since the run before.", &rows, &project);
        page.family(
            "records_moved",
            "Records that went to another person.",
            &[(&none[..], changes.moved as f64)],
            &project,
        );
    }
    let of_sources = |figure: fn(&crate::model::SourceCounts) -> u64| {
        report.sources.iter().map(|source| ([("source", source.source.as_str())], figure(source) as f64)).collect()
    };
    let rows: Vec<_> = of_sources(|source| source.rows);
    page.labeled("source_rows", "Rows read from a source.", &rows, &project);
    let rows: Vec<_> = of_sources(|source| source.rejects);
    page.labeled("source_rejects", "Rows of a source that could not be read.", &rows, &project);
    let rows: Vec<_> =
        report.segments.iter().map(|(name, persons)| ([("segment", name.as_str())], *persons as f64)).collect();
    page.labeled("segment_persons", "Persons in a segment.", &rows, &project);
    let states = report.consent.iter().flat_map(|one| {
        let of = one.consent.as_str();
        [("opted_in", one.opted_in), ("opted_out", one.opted_out), ("unknown", one.unknown)]
            .map(|(state, persons)| ([("consent", of), ("state", state)], persons as f64))
    });
    let states: Vec<_> = states.collect();
    let rows: Vec<(&[(&str, &str)], f64)> = states.iter().map(|(labels, persons)| (&labels[..], *persons)).collect();
    page.family("consent_persons", "Persons by what they said.", &rows, &project);
    let rows: Vec<_> =
        report.audiences.iter().map(|one| ([("audience", one.audience.as_str())], one.members as f64)).collect();
    page.labeled("audience_members", "Persons in an audience.", &rows, &project);
    let broken = |state: GateState| f64::from(u8::from(matches!(state, GateState::Broken | GateState::Accepted)));
    let names: Vec<(String, f64)> = report.gates.iter().map(|gate| (gate.name(), broken(gate.state))).collect();
    let rows: Vec<_> = names.iter().map(|(name, value)| ([("gate", name.as_str())], *value)).collect();
    page.labeled("gate_broken", "Whether a gate was broken, accepted or not.", &rows, &project);
    let rows: Vec<_> = report.stages.iter().map(|stage| ([("stage", stage.stage.as_str())], stage.seconds)).collect();
    page.labeled("stage_seconds", "Wall-clock time of a stage.", &rows, &project);
    let cpu = report.stages.iter().filter_map(|stage| Some(([("stage", stage.stage.as_str())], stage.cpu_seconds?)));
    page.labeled("stage_cpu_seconds", "CPU time of a stage.", &cpu.collect::<Vec<_>>(), &project);
    page.0
}

struct Page(String);

impl Page {
    fn labeled(&mut self, name: &str, help: &str, rows: &[([(&str, &str); 1], f64)], more: &[(&str, &str)]) {
        let rows: Vec<(&[(&str, &str)], f64)> = rows.iter().map(|(labels, value)| (&labels[..], *value)).collect();
        self.family(name, help, &rows, more);
    }

    fn family(&mut self, name: &str, help: &str, rows: &[(&[(&str, &str)], f64)], more: &[(&str, &str)]) {
        if rows.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP onefold_{name} {help}\n# TYPE onefold_{name} gauge");
        for (labels, value) in rows {
            let labels: Vec<String> = more
                .iter()
                .chain(*labels)
                .map(|(label, text)| {
                    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                    format!("{label}=\"{text}\"")
                })
                .collect();
            let _ = writeln!(self.0, "onefold_{name}{{{}}} {value}", labels.join(","));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AudienceCounts, Changes, ConsentCounts, Gate, SourceCounts, StageTime};

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let report = RunReport {
            project: "a\"b".into(),
            run: 7,
            records: 10,
            persons: 4,
            changes: Some(Changes { kept: 3, created: 1, moved: 2, ..Changes::default() }),
            sources: vec![SourceCounts { source: "pos".into(), rows: 11, rejects: 1, ..SourceCounts::default() }],
            consent: vec![ConsentCounts { consent: "email".into(), opted_out: 3, unknown: 1, ..Default::default() }],
            audiences: vec![AudienceCounts { audience: "win_back".into(), members: 2, ..Default::default() }],
            gates: vec![Gate {
                gate: "row_drop".into(),
                of: "pos".into(),
                state: GateState::Broken,
                ..Gate::default()
            }],
            stages: vec![StageTime { stage: "ingest".into(), seconds: 1.5, ..StageTime::default() }],
            ..RunReport::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("onefold.prom");
        write_metrics(&report, false, 1_790_000_000, &path).unwrap();
        insta::assert_snapshot!(std::fs::read_to_string(path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
