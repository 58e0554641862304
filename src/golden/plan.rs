//! `[golden.fields]`, compiled.

use polars::prelude::DataType;

use super::columns::Kind;
use crate::config::{Config, GoldenField, GoldenSpec, Rule};
use crate::model::{FieldId, Schema, ValueType};
use crate::problem::{Problem, Problems, nearest};

/// Rules compiled from `[golden.fields]`.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the output: a pick of n fields makes n columns.
    pub(super) picks: Vec<Pick>,
    pub(super) columns: Vec<GoldenColumn>,
}

/// A column of the golden table.
#[derive(Debug)]
pub(super) struct GoldenColumn {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A field and how its values are stored.
pub(super) type FieldOf = (FieldId, ValueType);

/// One decision per person.
#[derive(Debug)]
pub(super) struct Pick {
    pub(super) choice: Choice,
    /// One, or several that win together.
    pub(super) fields: Vec<FieldOf>,
}

#[derive(Debug)]
pub(super) enum Choice {
    Record(Survival),
    Aggregate(Aggregate),
}

/// How a record wins.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Survival {
    MostRecent,
    Oldest,
    MostFrequent,
    Longest,
    /// Rank per source, smallest first.
    SourcePriority(Vec<u32>),
    Min,
    Max,
}

/// What comes of all values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Sum,
    Count,
    CountDistinct,
    Any,
    All,
    Collect,
}

impl Plan {
    /// Compiles the rules. Without `[golden.fields]`: every field, `most_recent`. Faults, all at once: a field that no
    /// source maps, a rule that does not fit its field (`sum` of a text), an unknown source, a column that is declared
    /// twice.
    pub fn new(config: &Config, schema: &Schema) -> Result<Self, Problems> {
        let (plan, faults) = Self::compile(config, schema);
        if faults.is_empty() { Ok(plan) } else { Err(Problems(faults)) }
    }

    /// The same, but with the columns whose types are known where others are at fault: what is built on them can be
    /// checked too.
    #[must_use]
    pub fn compile(config: &Config, schema: &Schema) -> (Self, Vec<Problem>) {
        let mut plan = Self { picks: Vec::new(), columns: Vec::new() };
        let mut problems = Vec::new();
        if config.golden.fields.is_empty() {
            for field in schema.named() {
                let spec = GoldenSpec { rule: Rule::MostRecent, field: None, fields: vec![], sources: vec![] };
                plan.add(&field.name, &spec, &["golden"], schema, &mut problems);
            }
        }
        for (name, field) in &config.golden.fields {
            let place = ["golden", "fields", name.as_str()];
            match field {
                GoldenField::Spec(spec) => plan.add(name, spec, &place, schema, &mut problems),
                GoldenField::Rule(rule) => {
                    let spec = GoldenSpec { rule: *rule, field: None, fields: vec![], sources: vec![] };
                    plan.add(name, &spec, &place, schema, &mut problems);
                }
            }
        }
        (plan, problems)
    }

    /// Output column names, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Output columns with their types, in order.
    #[must_use]
    pub fn types(&self) -> Vec<(String, DataType)> {
        self.columns.iter().map(|column| (column.name.clone(), column.kind.dtype())).collect()
    }

    /// The fields that the rules read; a field may come twice.
    pub fn reads(&self) -> impl Iterator<Item = FieldId> {
        self.picks.iter().flat_map(|pick| pick.fields.iter().map(|(field, _)| *field))
    }

    fn add(&mut self, name: &str, spec: &GoldenSpec, place: &[&str], schema: &Schema, problems: &mut Vec<Problem>) {
        let at = |key: &'static str| [place, &[key][..]].concat();
        let before = problems.len();
        let group = !spec.fields.is_empty();
        if group && spec.field.is_some() {
            let what = format!("`{name}` has both `field` and `fields`");
            problems.push(Problem::config_at(&at("field"), what, "keep one: `fields` for columns that win together"));
        }
        let own = [spec.field.clone().unwrap_or_else(|| name.to_owned())];
        let wanted = if group { &spec.fields[..] } else { &own[..] };
        let mut fields = Vec::new();
        for wanted in wanted {
            match schema.field(wanted) {
                Some(field) => fields.push((field, schema.fields[usize::from(field)].kind.value_type())),
                None => {
                    let key = if group { Some("fields") } else { spec.field.as_ref().map(|_| "field") };
                    let place = key.map_or(place.to_vec(), at);
                    problems.push(unknown_field(wanted, &place, schema));
                }
            }
        }
        let choice = choice(spec, &at("sources"), schema, problems);
        let rule_place = if place.len() > 2 && is_table(spec) { at("rule") } else { place.to_vec() };
        if group && !choice.suits_groups() {
            let what = format!("`{name}`: fields cannot win together by `{}`", rule_name(spec.rule));
            let fix = "use most_recent, oldest, most_frequent, longest or source_priority";
            problems.push(Problem::config_at(&rule_place, what, fix));
        } else if let Some((&(field, kind), takes)) =
            fields.iter().find_map(|field| Some((field, misfit(spec.rule, field.1)?)))
        {
            let field = &schema.fields[usize::from(field)].name;
            let what = format!("`{}` takes {takes}, `{field}` is {}", rule_name(spec.rule), type_name(kind));
            let fix = format!("choose another rule, or set its kind: [fields.{field}] kind = …");
            problems.push(Problem::config_at(&rule_place, what, fix));
        }
        let names = if group { spec.fields.clone() } else { vec![name.to_owned()] };
        for column in &names {
            if self.columns.iter().any(|other| other.name == *column) {
                let what = format!("the golden column `{column}` is declared twice");
                problems.push(Problem::config_at(place, what, "give one of them another name, or take it out"));
            }
        }
        let kinds = fields.iter().map(|&(_, kind)| match &choice {
            Choice::Aggregate(Aggregate::Count | Aggregate::CountDistinct) => Kind::Count,
            Choice::Aggregate(Aggregate::Collect) => Kind::Value(ValueType::Text),
            _ => Kind::Value(kind),
        });
        // Kept even where it has faults, so that a second declaration of the same column is found too.
        if problems.len() == before || fields.len() == names.len() {
            self.columns.extend(names.into_iter().zip(kinds).map(|(name, kind)| GoldenColumn { name, kind }));
            self.picks.push(Pick { choice, fields });
        }
    }
}

fn is_table(spec: &GoldenSpec) -> bool {
    spec.field.is_some() || !spec.fields.is_empty() || !spec.sources.is_empty()
}

fn unknown_field(wanted: &str, place: &[&str], schema: &Schema) -> Problem {
    let known = || schema.named().iter().map(|f| f.name.as_str());
    let near = nearest(wanted, known());
    let fix = if near.is_empty() {
        format!("fields are {}", known().collect::<Vec<_>>().join(", "))
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Problem::config_at(place, format!("no source has a field `{wanted}`"), fix)
}

fn choice(spec: &GoldenSpec, sources: &[&str], schema: &Schema, problems: &mut Vec<Problem>) -> Choice {
    if spec.rule != Rule::SourcePriority && !spec.sources.is_empty() {
        let what = format!("`sources` has no meaning for `{}`", rule_name(spec.rule));
        problems.push(Problem::config_at(sources, what, "set rule = \"source_priority\", or take `sources` out"));
    }
    Choice::Record(match spec.rule {
        Rule::MostRecent => Survival::MostRecent,
        Rule::Oldest => Survival::Oldest,
        Rule::MostFrequent => Survival::MostFrequent,
        Rule::Longest => Survival::Longest,
        Rule::SourcePriority => Survival::SourcePriority(ranks(spec, sources, schema, problems)),
        Rule::Min => Survival::Min,
        Rule::Max => Survival::Max,
        Rule::Sum => return Choice::Aggregate(Aggregate::Sum),
        Rule::Count => return Choice::Aggregate(Aggregate::Count),
        Rule::CountDistinct => return Choice::Aggregate(Aggregate::CountDistinct),
        Rule::Any => return Choice::Aggregate(Aggregate::Any),
        Rule::All => return Choice::Aggregate(Aggregate::All),
        Rule::Collect => return Choice::Aggregate(Aggregate::Collect),
    })
}

fn ranks(spec: &GoldenSpec, place: &[&str], schema: &Schema, problems: &mut Vec<Problem>) -> Vec<u32> {
    if spec.sources.is_empty() {
        let names: Vec<String> = schema.sources.iter().map(|s| format!("\"{}\"", s.name)).collect();
        let fix = format!("add sources = [{}], most trusted first", names.join(", "));
        problems.push(Problem::config_at(&place[..place.len() - 1], "source_priority needs `sources`", fix));
    }
    let mut ranks = vec![u32::MAX; schema.sources.len()];
    for (rank, name) in spec.sources.iter().enumerate() {
        let index = rank.to_string();
        let place = [place, &[index.as_str()]].concat();
        match schema.source(name) {
            None => {
                let known = || schema.sources.iter().map(|s| s.name.as_str());
                let near = nearest(name, known());
                let fix = if near.is_empty() {
                    format!("sources are {}", known().collect::<Vec<_>>().join(", "))
                } else {
                    format!("did you mean {}?", near.join(", "))
                };
                problems.push(Problem::config_at(&place, format!("no source `{name}`"), fix));
            }
            Some(source) if ranks[usize::from(source)] != u32::MAX => {
                problems.push(Problem::config_at(&place, format!("source `{name}` is named twice"), "keep the first"));
            }
            Some(source) => ranks[usize::from(source)] = rank as u32,
        }
    }
    ranks
}

/// What a rule takes, if that is not the type at hand.
fn misfit(rule: Rule, kind: ValueType) -> Option<&'static str> {
    let (fits, takes) = match rule {
        Rule::Sum => (kind == ValueType::Number, "numbers"),
        Rule::Any | Rule::All => (kind == ValueType::Bool, "yes/no fields"),
        Rule::Longest => (kind == ValueType::Text, "text"),
        Rule::Min | Rule::Max => (kind != ValueType::Bool, "numbers, dates, times or text"),
        _ => (true, ""),
    };
    (!fits).then_some(takes)
}

fn type_name(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Text => "text",
        ValueType::Number => "a number",
        ValueType::Bool => "a yes/no field",
        ValueType::Date => "a date",
        ValueType::Time => "a time",
    }
}

fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::MostRecent => "most_recent",
        Rule::Oldest => "oldest",
        Rule::MostFrequent => "most_frequent",
        Rule::Longest => "longest",
        Rule::SourcePriority => "source_priority",
        Rule::Min => "min",
        Rule::Max => "max",
        Rule::Sum => "sum",
        Rule::Count => "count",
        Rule::CountDistinct => "count_distinct",
        Rule::Any => "any",
        Rule::All => "all",
        Rule::Collect => "collect",
    }
}
