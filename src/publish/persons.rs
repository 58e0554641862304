//! Tables by person: golden_customers, segments, segments_wide and provenance, a stretch of persons at a time.

use std::sync::{Arc, OnceLock};

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, IdxSize, Int64Chunked, IntoColumn, NewChunkedArray, TimeUnit, TimeZone,
};

use super::Publication;
use super::block::{Alike, Block, BlockColumn};
use super::columns::{Texts, bug};
use super::entries::Entries;
use super::tables::JOURNEYS;
use crate::config::{Config, GoldenField, Rule};
use crate::model::{Schema, SourceStarts};
use crate::pipeline::Folded;
use crate::problem::Result;

/// A golden column and the name of the rule that fills it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldenColumn {
    /// Column name.
    pub name: String,
    /// Rule name, as in the config.
    pub rule: String,
}

/// The ids of a stretch's persons, for all tables that have a row per person.
#[derive(Debug)]
pub struct Ids(Arc<Alike>);

impl Ids {
    /// Of a stretch.
    pub fn new(run: &Publication<'_>, folded: &Folded) -> Self {
        let mut ids = Texts::new("person_id", folded.range.len());
        for person in folded.range.clone() {
            ids.push_id(run.resolved.person_ids.0[person as usize]);
        }
        Self(Arc::new(Alike { values: ids.column(), pages: OnceLock::new() }))
    }

    fn column(&self) -> BlockColumn {
        BlockColumn::Alike(self.0.clone())
    }

    /// The ids of these persons, by their places in the stretch.
    fn at(&self, places: &[IdxSize]) -> Result<BlockColumn> {
        BlockColumn::gathered(self.0.values.str().map_err(bug)?, places)
    }
}

/// `golden_customers`.
pub fn golden_customers(ids: &Ids, folded: &Folded) -> Result<Block> {
    let mut columns = vec![ids.column()];
    for column in folded.golden.columns() {
        columns.push(published(column)?.into());
    }
    Ok(Block::new(folded.range.len(), columns))
}

/// A column in one of the types that are published: integers as 64 bits, times in UTC microseconds.
pub fn published(column: &Column) -> Result<Column> {
    let kind = match column.dtype() {
        DataType::String | DataType::Boolean | DataType::Float64 | DataType::Int64 | DataType::Date => {
            return Ok(column.clone());
        }
        DataType::Datetime(_, _) => {
            let naive = column.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).map_err(bug)?;
            let times = naive.cast(&DataType::Int64).map_err(bug)?;
            let times = times.i64().map_err(bug)?.clone();
            return Ok(times.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column());
        }
        kind if kind.is_integer() => DataType::Int64,
        kind if kind.is_float() => DataType::Float64,
        DataType::Duration(_) => DataType::Int64,
        _ => DataType::String,
    };
    column.cast(&kind).map_err(bug)
}

/// `segments`: the long form.
pub fn segments(run: &Publication<'_>, entries: &Entries, ids: &Ids, folded: &Folded) -> Result<Block> {
    let (mut person_of, mut segment_of): (Vec<IdxSize>, Vec<IdxSize>) = (Vec::new(), Vec::new());
    let (mut entered, mut held) = (Vec::new(), Vec::new());
    for (person, number) in folded.range.clone().enumerate() {
        let before = entries.of(number);
        for (segment, members) in folded.segments.iter().enumerate() {
            if members[person] {
                person_of.push(person as IdxSize);
                segment_of.push(segment as IdxSize);
                entered.push(entries.entered_at(before, segment));
                held.push(folded.hold_outs[segment][person]);
            }
        }
    }
    let names = Texts::of("segment", run.segments.iter().map(String::as_str));
    let entered = Int64Chunked::from_slice_options("entered_at".into(), &entered);
    let columns = vec![
        ids.at(&person_of)?,
        names.at(segment_of),
        entered.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column().into(),
        BooleanChunked::from_slice("hold_out".into(), &held).into_column().into(),
    ];
    Ok(Block::new(held.len(), columns))
}

/// `journeys`; none where the config asks for none.
pub fn journeys(ids: &Ids, folded: &Folded) -> Result<Block> {
    let Some(journeys) = &folded.journeys else {
        return Ok(DataFrame::empty_with_schema(&JOURNEYS.schema()).into());
    };
    let mut columns = vec![ids.at(&journeys.persons)?];
    for column in journeys.rows.columns() {
        columns.push(published(column)?.into());
    }
    Ok(Block::new(journeys.persons.len(), columns))
}

/// `segments_wide`.
pub fn segments_wide(run: &Publication<'_>, ids: &Ids, folded: &Folded) -> Block {
    let mut columns = vec![ids.column()];
    for (name, members) in run.segments.iter().zip(&folded.segments) {
        columns.push(BooleanChunked::from_slice(name.into(), members).into_column().into());
    }
    Block::new(folded.range.len(), columns)
}

/// `provenance`.
pub fn provenance(run: &Publication<'_>, starts: &SourceStarts, ids: &Ids, folded: &Folded) -> Result<Block> {
    let guess = folded.range.len() * folded.winners.len();
    let rows = run.resolved.records.rows_by_person();
    let mut record_ids = Texts::new("record_id", guess / 2);
    let mut person_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let mut field_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let mut source_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let mut record_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let mut texts = 0;
    // Few records win all of a person's fields: each one's id is read and written once.
    let mut seen: Vec<(u32, IdxSize)> = Vec::new();
    for person in 0..folded.range.len() {
        seen.clear();
        for (field, winners) in folded.winners.iter().enumerate() {
            let winner = winners[person];
            if winner == u32::MAX {
                continue;
            }
            let known = seen.iter().find(|(record, _)| *record == winner).map(|(_, place)| *place);
            let place = known.unwrap_or_else(|| {
                record_ids.push(rows.row(winner).record_id());
                seen.push((winner, texts));
                texts += 1;
                texts - 1
            });
            person_of.push(person as IdxSize);
            field_of.push(field as IdxSize);
            source_of.push(IdxSize::from(starts.source(winner)));
            record_of.push(place);
        }
    }
    let height = person_of.len();
    let columns = vec![
        ids.at(&person_of)?,
        Texts::of("field", run.golden.iter().map(|column| column.name.as_str())).at(field_of.clone()),
        Texts::of("source", run.schema.sources.iter().map(|source| source.name.as_str())).at(source_of),
        record_ids.gather(&record_of)?,
        Texts::of("rule", run.golden.iter().map(|column| column.rule.as_str())).at(field_of),
    ];
    Ok(Block::new(height, columns))
}

/// The golden columns with their rules, in the order of the table.
#[must_use]
pub fn golden_columns(config: &Config, schema: &Schema) -> Vec<GoldenColumn> {
    let mut rules: Vec<(&str, Rule)> = Vec::new();
    for (name, field) in &config.golden.fields {
        match field {
            GoldenField::Rule(rule) => rules.push((name, *rule)),
            GoldenField::Spec(spec) if spec.fields.is_empty() => rules.push((name, spec.rule)),
            GoldenField::Spec(spec) => rules.extend(spec.fields.iter().map(|field| (field.as_str(), spec.rule))),
        }
    }
    let rule_of =
        |name: &str| rules.iter().find(|(column, _)| *column == name).map_or(Rule::default(), |(_, rule)| *rule);
    let names = crate::config::golden_columns(config, schema);
    names.into_iter().map(|name| GoldenColumn { rule: rule_name(rule_of(&name)).to_owned(), name }).collect()
}

/// As written in the config.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::{sample, shown};
    use crate::publish::tables::{GOLDEN_CUSTOMERS, PROVENANCE, SEGMENTS, SEGMENTS_WIDE};

    #[test]
    fn golden_customers_have_their_times_in_utc() {
        let sample = sample();
        let (run, folded) = (sample.publication(), sample.folded());
        let table = golden_customers(&Ids::new(&run, &folded), &folded).unwrap().frame().unwrap();
        for column in GOLDEN_CUSTOMERS.columns {
            assert_eq!(table.schema().get(column.name), Some(&column.holds.data_type()), "{}", column.name);
        }
        insta::assert_snapshot!(shown(&table), @r"
        person_id,records,channels,first_seen,last_seen,email,city,orders
        feea,2,pos+web,2026-01-31T12:00:00Z,2026-02-01T12:00:00.5Z,bo@example.com,Berlin,2
        c487,1,pos,,,ana@example.com,Bonn,0
        afdc,1,web,,,info@shop.example,,1
        6831,1,web,1970-01-01T00:00:00Z,1970-01-01T00:00:00Z,ana@example.com,Köln,1
        ");
    }

    #[test]
    fn segments_are_written_long_and_wide() {
        let sample = sample();
        let entries = Entries::first(Some(1_769_947_200_000_000));
        let (run, folded) = (sample.publication(), sample.folded());
        let ids = Ids::new(&run, &folded);
        let long = segments(&run, &entries, &ids, &folded).unwrap().frame().unwrap();
        assert_eq!(**long.schema(), SEGMENTS.schema());
        insta::assert_snapshot!(shown(&long), @r"
        person_id,segment,entered_at,hold_out
        feea,local,2026-02-01T12:00:00Z,false
        feea,reachable,2026-02-01T12:00:00Z,false
        c487,reachable,2026-02-01T12:00:00Z,true
        afdc,reachable,2026-02-01T12:00:00Z,false
        6831,reachable,2026-02-01T12:00:00Z,false
        ");
        let wide = segments_wide(&run, &ids, &folded).frame().unwrap();
        assert_eq!(wide.get_column_names()[..1], [SEGMENTS_WIDE.columns[0].name]);
        insta::assert_snapshot!(shown(&wide), @r"
        person_id,local,reachable
        feea,true,true
        c487,false,true
        afdc,false,true
        6831,false,true
        ");
    }

    #[test]
    fn every_golden_value_names_the_record_that_it_came_from() {
        let sample = sample();
        let run = sample.publication();
        let starts = SourceStarts::new(&run.resolved.records, run.schema);
        let folded = sample.folded();
        let table = provenance(&run, &starts, &Ids::new(&run, &folded), &folded).unwrap().frame().unwrap();
        assert_eq!(**table.schema(), PROVENANCE.schema());
        insta::assert_snapshot!(shown(&table), @r"
        person_id,field,source,record_id,rule
        feea,email,shop,s2,most_recent
        feea,city,pos,p1,most_frequent
        c487,email,pos,p2,most_recent
        c487,city,pos,p2,most_frequent
        afdc,email,shop,s1,most_recent
        6831,email,shop,s3,most_recent
        6831,city,shop,s3,most_frequent
        ");
    }
}
