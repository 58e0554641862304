//! Which golden values differ, of persons that both runs have.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::{Changed, FieldChange, GoldenChanges};

/// Examples per column.
const EXAMPLES: usize = 3;

/// The golden table of the earlier run, as a hash per value: small enough for all of it to be in memory.
#[derive(Debug)]
pub struct GoldenRows {
    /// Columns that both runs have, in the order of the later one.
    columns: Vec<String>,
    /// Person id → row number. Only asked, never listed.
    row_of: HashMap<u128, u32>,
    values: Vec<u64>,
    changes: GoldenChanges,
    counts: Vec<FieldChange>,
}

impl GoldenRows {
    /// For two tables with these columns, `person_id` left out.
    #[must_use]
    pub fn new(before: &[String], after: &[String]) -> Self {
        let only = |these: &[String], those: &[String], how: &'static str| -> Vec<Changed> {
            let missing = these.iter().filter(|name| !those.contains(name));
            missing.map(|name| Changed { name: name.clone(), how }).collect()
        };
        let mut columns = only(after, before, "new");
        columns.extend(only(before, after, "gone"));
        let common: Vec<String> = after.iter().filter(|name| before.contains(name)).cloned().collect();
        let counts =
            common.iter().map(|field| FieldChange { field: field.clone(), ..FieldChange::default() }).collect();
        let changes = GoldenChanges { columns, ..GoldenChanges::default() };
        Self { columns: common, row_of: HashMap::new(), values: Vec::new(), changes, counts }
    }

    /// The columns whose cells are to be pushed, in this order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Takes a row of the earlier run.
    pub fn before<'a>(&mut self, person: u128, cells: impl Iterator<Item = &'a str>) {
        self.row_of.insert(person, self.row_of.len() as u32);
        self.values.extend(cells.map(hash));
    }

    /// Takes a row of the later run; all rows of the earlier one must be there.
    pub fn after<'a>(&mut self, person: u128, text: &str, cells: impl Iterator<Item = &'a str>) {
        let Some(&row) = self.row_of.get(&person) else { return };
        let old = &self.values[row as usize * self.columns.len()..];
        let mut is_changed = false;
        for ((cell, &old), field) in cells.zip(old).zip(&mut self.counts) {
            let new = hash(cell);
            if new != old {
                is_changed = true;
                field.changed += 1;
                field.filled += u64::from(old == BLANK);
                field.emptied += u64::from(new == BLANK);
                if field.examples.len() < EXAMPLES {
                    field.examples.push(text.to_owned());
                }
            }
        }
        self.changes.persons += u64::from(is_changed);
    }

    /// What was found.
    #[must_use]
    pub fn finish(self) -> GoldenChanges {
        let fields = self.counts.into_iter().filter(|field| field.changed > 0).collect();
        GoldenChanges { fields, ..self.changes }
    }
}

const BLANK: u64 = 0;

fn hash(cell: &str) -> u64 {
    if cell.is_empty() { BLANK } else { xxh3_64(cell.as_bytes()).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_differ_are_counted_by_column() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut rows = GoldenRows::new(&names(&["email", "city", "old"]), &names(&["city", "email", "new"]));
        assert_eq!(rows.columns(), ["city", "email"]);
        rows.before(1, ["Rome", "a@x"].into_iter());
        rows.before(2, ["", "b@x"].into_iter());
        rows.before(3, ["Bonn", "c@x"].into_iter());
        rows.after(9, "nine", ["Oslo", "n@x"].into_iter());
        rows.after(3, "three", ["", "c@x"].into_iter());
        rows.after(2, "two", ["Kyiv", "b@y"].into_iter());
        rows.after(1, "one", ["Rome", "a@x"].into_iter());
        let found = rows.finish();
        assert_eq!(found.persons, 2);
        let field = |at: usize| {
            let field: &FieldChange = &found.fields[at];
            (field.field.as_str(), field.changed, field.filled, field.emptied)
        };
        assert_eq!((field(0), field(1)), (("city", 2, 1, 1), ("email", 1, 0, 0)));
        assert_eq!(found.fields[0].examples, ["three", "two"]);
        let columns: Vec<_> = found.columns.iter().map(|column| (column.name.as_str(), column.how)).collect();
        assert_eq!(columns, [("new", "new"), ("old", "gone")]);
    }
}
