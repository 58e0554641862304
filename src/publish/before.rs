//! What this run's persons were in the last published run: the columns that triggers compare with, in the order of this
//! run's persons. They are in memory as a whole, for the last run's order is another one.

use std::collections::BTreeSet;
use std::ops::Range;

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, IdxCa, IntoColumn, NewChunkedArray, Schema as Columns,
};

use super::columns::bug;
use super::past::typed;
use super::read::head;
use super::select::has_table;
use super::tables::{GOLDEN_CUSTOMERS, SEGMENTS};
use super::write::Publication;
use crate::identity::{PersonIndex, parse_person_id};
use crate::problem::Result;
use crate::triggers;

/// What persons were.
#[derive(Debug, Default)]
pub struct Before {
    /// This run's persons, rising; one that is made of several comes several times.
    persons: Vec<u32>,
    /// The last run's columns, a row per entry of `persons`.
    rows: DataFrame,
    /// Columns and segments that the last run had.
    has: BTreeSet<String>,
    /// The last run's `as_of`.
    pub as_of: Option<i64>,
}

impl Before {
    /// From the last published run; `None` when there is none, or when no trigger asks.
    pub fn read(run: &Publication<'_>, plan: &triggers::Plan) -> Result<Option<Self>> {
        let earlier = run.earlier.filter(|earlier| has_table(earlier.folder(), GOLDEN_CUSTOMERS.name));
        let Some(earlier) = earlier.filter(|_| !plan.is_empty()) else { return Ok(None) };
        let index = PersonIndex::new(&run.resolved.person_ids, &run.resolved.lineage);
        let mut columns = Columns::default();
        columns.insert("person_id".into(), DataType::String);
        columns.extend(plan.columns().iter().map(|(name, kind)| (name.clone(), kind.clone())));
        let mut rows = DataFrame::empty_with_schema(plan.columns());
        let (mut pairs, mut ids): (Vec<(u32, u32)>, Vec<u128>) = (Vec::new(), Vec::new());
        typed(earlier.folder(), GOLDEN_CUSTOMERS.name, &columns, &mut |mut found| {
            for id in found.column("person_id").map_err(bug)?.str().map_err(bug)?.iter() {
                let id = id.and_then(parse_person_id).unwrap_or_default();
                let row = ids.len() as u32;
                pairs.extend(index.now(&run.resolved.person_ids, id).map(|person| (person, row)));
                ids.push(id);
            }
            found.drop_in_place("person_id").map_err(bug)?;
            rows.vstack_mut(&found).map_err(bug)?;
            Ok(())
        })?;
        for segment in members(run, plan.segments(), &ids)? {
            rows.with_column(segment).map_err(bug)?;
        }
        pairs.sort_unstable();
        let places: Vec<u32> = pairs.iter().map(|(_, row)| *row).collect();
        let rows = rows.take(&IdxCa::from_vec("".into(), places)).map_err(bug)?;
        let mut has: BTreeSet<String> = head(earlier.folder(), GOLDEN_CUSTOMERS.name, 0)?.names.into_iter().collect();
        if has_table(earlier.folder(), SEGMENTS.name) {
            has.extend(earlier.report().segments.iter().map(|(name, _)| name.clone()));
        }
        if let Some(columns) = &earlier.report().pseudonymized {
            has.retain(|name| !columns.contains(name)); // a pseudonym is no value to compare with
        }
        let persons = pairs.into_iter().map(|(person, _)| person).collect();
        Ok(Some(Self { persons, rows, has, as_of: earlier.report().as_of }))
    }

    /// What the persons of a stretch were, with the column `person`: the place in the stretch.
    pub fn stretch(&self, range: &Range<u32>) -> Result<DataFrame> {
        let from = self.persons.partition_point(|person| *person < range.start);
        let to = self.persons.partition_point(|person| *person < range.end);
        let mut rows = self.rows.slice(from as i64, to - from);
        let places: Vec<u32> = self.persons[from..to].iter().map(|person| person - range.start).collect();
        rows.with_column(Column::new("person".into(), places)).map_err(bug)?;
        Ok(rows)
    }

    /// Whether the last run had a column or segment.
    pub fn has(&self, name: &str) -> bool {
        self.has.contains(name)
    }
}

/// Which of the last run's persons were in which of these segments; both tables have their persons in one order.
fn members(run: &Publication<'_>, names: &[String], ids: &[u128]) -> Result<Vec<Column>> {
    let mut found: Vec<Vec<bool>> = names.iter().map(|_| vec![false; ids.len()]).collect();
    let earlier = run.earlier.filter(|earlier| !names.is_empty() && has_table(earlier.folder(), SEGMENTS.name));
    if let Some(earlier) = earlier {
        let columns: Columns =
            ["person_id", "segment"].into_iter().map(|name| (name.into(), DataType::String)).collect();
        let mut at = 0;
        typed(earlier.folder(), SEGMENTS.name, &columns, &mut |rows| {
            let text = |name: &str| rows.column(name).map_err(bug)?.str().map_err(bug);
            for (person, segment) in text("person_id")?.iter().zip(text("segment")?.iter()) {
                let id = person.and_then(parse_person_id).unwrap_or_default();
                while ids.get(at).is_some_and(|known| *known != id) {
                    at += 1;
                }
                let segment = names.iter().position(|name| Some(name.as_str()) == segment);
                if let (Some(segment), true) = (segment, at < ids.len()) {
                    found[segment][at] = true;
                }
            }
            Ok(())
        })?;
    }
    let column = |(name, members): (&String, Vec<bool>)| {
        BooleanChunked::from_slice(name.as_str().into(), &members).into_column()
    };
    Ok(names.iter().zip(found).map(column).collect())
}
