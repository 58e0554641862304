//! What the config says about normalizing, compiled once and shared by all workers.

use jiff::tz::TimeZone;

use super::assemble::Assembler;
use super::clean::Context;
use super::email::Folding;
use super::identify::{Compound, Target};
use super::nanp::Nanp;
use super::phone::{self, Region};
use super::placeholders::{Blocklist, KINDS, blocklists};
use super::{blank, country};
use crate::config::{Config, HashAlgorithm, NamespacePolicy};
use crate::model::{FieldId, Kind, NamespaceId, Schema, SourceId};
use crate::problem::{Problem, Problems};

/// Everything about normalizing, compiled from the config; shared by all workers.
#[derive(Debug)]
pub struct Plan {
    pub(super) fields: Vec<FieldPlan>,
    pub(super) sources: Vec<SourcePlan>,
    /// In the order of [`KINDS`].
    lists: Vec<Blocklist>,
    /// Fields that are parts of compound identifiers.
    pub(super) parts: Vec<FieldId>,
    pub(super) compounds: Vec<Compound>,
    /// Per namespace: the namespaces in which its values are also known, hashed.
    pub(super) hashes: Vec<Vec<(NamespaceId, HashAlgorithm)>>,
    pub(super) compare_fields: usize,
    pub(super) zone: TimeZone,
    /// Of numbers whose record has no country.
    pub(super) region: Option<Region>,
    pub(super) nanp: Nanp,
}

/// A canonical field.
#[derive(Debug)]
pub(super) struct FieldPlan {
    pub kind: Kind,
    /// Whether anything reads it.
    pub kept: bool,
    pub formats: Vec<String>,
    /// Its kind's place among the placeholder lists.
    pub list: Option<usize>,
    /// Its compare column.
    pub compare: Option<usize>,
    /// Its place among [`Plan::parts`].
    pub part: Option<usize>,
    pub targets: Vec<Target>,
}

/// A source.
#[derive(Debug)]
pub(super) struct SourcePlan {
    pub fields: Vec<FieldId>,
    /// The cell with the country, where the source has telephone numbers to read by it.
    pub country: Option<usize>,
}

impl Plan {
    /// Compiles kinds, formats, placeholder lists and identifier policies.
    ///
    /// # Errors
    /// An unknown time zone or region, a bad format, a bad placeholder section: all at once.
    pub fn new(config: &Config, schema: &Schema, policies: &[NamespacePolicy]) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let zone = time_zone(config).unwrap_or_else(|problem| {
            problems.push(problem);
            TimeZone::UTC
        });
        let region = default_region(config).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        problems.extend(bad_formats(config));
        let nanp = Nanp::default();
        let context = Context { formats: &[], zone: &zone, region, nanp: &nanp };
        let mut lists = blocklists(&config.placeholders, context).unwrap_or_else(|found| {
            problems.extend(found);
            KINDS.iter().map(|_| Blocklist::default()).collect()
        });
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        if let (Some(emails), Some(hashes)) = (list_of(Kind::Email), list_of(Kind::Hash)) {
            let placeholders = std::mem::take(&mut lists[emails]);
            lists[hashes].insert_digests(&placeholders);
            lists[emails] = placeholders;
        }
        let mut plan = Self {
            fields: fields(config, schema),
            sources: Vec::new(),
            lists,
            parts: Vec::new(),
            compounds: Vec::new(),
            hashes: vec![Vec::new(); schema.namespaces.len()],
            compare_fields: schema.compare_fields.len(),
            zone,
            region,
            nanp,
        };
        for (namespace, policy) in policies.iter().enumerate() {
            plan.add_namespace(namespace as NamespaceId, policy);
        }
        plan.sources = config.source.iter().map(|source| plan.source(source, schema)).collect();
        Ok(plan)
    }

    /// The fields that a source maps, in rising order: the cells that [`Assembler::row`] takes.
    #[must_use]
    pub fn fields(&self, source: SourceId) -> &[FieldId] {
        &self.sources[usize::from(source)].fields
    }

    /// Leaves out fields that nobody reads: neither `rules` (golden columns and traits), nor identifiers and what their
    /// guard compares, nor the country that phone numbers are read by.
    pub fn keep_only(&mut self, rules: &[FieldId]) {
        for (id, field) in self.fields.iter_mut().enumerate() {
            let by_linking = field.compare.is_some() || field.part.is_some() || !field.targets.is_empty();
            field.kept = by_linking || rules.contains(&(id as FieldId));
        }
    }

    /// A worker's own normalizer for a source.
    #[must_use]
    pub fn assembler(&self, source: SourceId) -> Assembler<'_> {
        Assembler::new(self, source)
    }

    /// Whether a value is a placeholder of its kind.
    #[must_use]
    pub fn blocks(&self, kind: Kind, value: &str) -> bool {
        list_of(kind).is_some_and(|list| self.lists[list].blocks(value))
    }

    /// Whether a value of a field is a placeholder.
    pub(super) fn field_blocks(&self, field: &FieldPlan, value: &str) -> bool {
        field.list.is_some_and(|list| self.lists[list].blocks(value))
    }

    fn add_namespace(&mut self, namespace: NamespaceId, policy: &NamespacePolicy) {
        if let Some((of, algorithm)) = policy.hash_of {
            self.hashes[usize::from(of)].push((namespace, algorithm));
        }
        if policy.compound {
            let parts = policy.fields.iter().map(|&field| self.part(field)).collect();
            self.compounds.push(Compound { namespace, parts });
            return;
        }
        for &field in &policy.fields {
            let field = &mut self.fields[usize::from(field)];
            let ids = |kind| matches!(kind, Kind::Id | Kind::Device);
            let same = field.kind == policy.kind || ids(field.kind) && ids(policy.kind);
            field.targets.push(Target {
                namespace,
                kind: if same { None } else { Some(policy.kind) },
                ignore_case: policy.ignore_case,
                folding: Folding::new(&policy.ignore_dots, &policy.ignore_tags).filter(|_| policy.kind == Kind::Email),
            });
        }
    }

    fn part(&mut self, field: FieldId) -> usize {
        let place = self.parts.iter().position(|&part| part == field).unwrap_or_else(|| {
            self.parts.push(field);
            self.parts.len() - 1
        });
        self.fields[usize::from(field)].part = Some(place);
        place
    }

    fn source(&self, source: &crate::config::Source, schema: &Schema) -> SourcePlan {
        let mut fields: Vec<FieldId> = source.fields.keys().filter_map(|name| schema.field(name)).collect();
        let consents = source.consent.keys().filter_map(|name| schema.consent(name));
        fields.extend(consents.flat_map(|id| {
            let key = &schema.consents[usize::from(id)];
            [key.word, key.since]
        }));
        fields.sort_unstable();
        let kind = |field: FieldId| self.fields[usize::from(field)].kind;
        let is_country = |named: bool| {
            let fits = |&field: &FieldId| {
                kind(field) == Kind::Country && (!named || schema.fields[usize::from(field)].name == "country")
            };
            fields.iter().position(fits)
        };
        let country = is_country(true).or_else(|| is_country(false));
        let has_phones = fields.iter().any(|&field| kind(field) == Kind::Phone);
        SourcePlan { country: country.filter(|_| has_phones), fields }
    }
}

fn list_of(kind: Kind) -> Option<usize> {
    KINDS.iter().position(|(known, _)| *known == kind)
}

fn fields(config: &Config, schema: &Schema) -> Vec<FieldPlan> {
    schema
        .fields
        .iter()
        .enumerate()
        .map(|(id, field)| FieldPlan {
            kind: field.kind,
            kept: true,
            list: list_of(field.kind),
            formats: config.fields.get(&field.name).map(|declared| declared.formats.clone()).unwrap_or_default(),
            compare: schema.compare_fields.iter().position(|&compared| usize::from(compared) == id),
            part: None,
            targets: Vec::new(),
        })
        .collect()
}

fn time_zone(config: &Config) -> Result<TimeZone, Problem> {
    match config.project.time_zone.as_deref() {
        None | Some("UTC") => Ok(TimeZone::UTC),
        Some(name) => TimeZone::get(name).map_err(|_| {
            Problem::config(
                "project.time_zone",
                format!("there is no time zone \"{name}\""),
                "write an IANA name, such as \"Europe/Berlin\" or \"America/New_York\"",
            )
        }),
    }
}

fn default_region(config: &Config) -> Result<Option<Region>, Problem> {
    let Some(name) = config.project.default_region.as_deref() else { return Ok(None) };
    let region = blank::value(name, Kind::Country).and_then(|name| country::parse(name).ok()).and_then(phone::region);
    region.map(Some).ok_or_else(|| {
        Problem::config(
            "project.default_region",
            format!("there is no region \"{name}\" with telephone numbers"),
            "write an ISO 3166-1 code, such as \"US\" or \"DE\"",
        )
    })
}

/// Formats that no date could ever be written in.
fn bad_formats(config: &Config) -> Vec<Problem> {
    let some_day = jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).expect("UTC has every time");
    let mut problems = Vec::new();
    for (name, field) in &config.fields {
        for (index, format) in field.formats.iter().enumerate() {
            if let Err(error) = jiff::fmt::strtime::format(format, &some_day) {
                problems.push(Problem::config_at(
                    &["fields", name, "formats", &index.to_string()],
                    format!("\"{format}\" is no format: {error}"),
                    "formats are in strptime notation, such as \"%d/%m/%Y\"",
                ));
            }
        }
    }
    problems
}
