//! Fields that no file can fill: presets name columns that an export may lack.

use super::mapping::{Mapping, Place, Raw, Slot};
use super::open::{Form, Inputs, OpenFile};

impl Inputs {
    /// For each of `fields` fields of the schema (those of consent among them): whether any file has a place for it. JSON
    /// Lines may have any path in any line, so they count as having it.
    #[must_use]
    pub fn fillable(&self, fields: usize) -> Vec<bool> {
        let mut fillable = vec![false; fields];
        for source in &self.sources {
            let mapping = &source.mapping;
            for file in &source.files {
                let has = |place: &Place| has_place(mapping, file, place);
                for field in mapping.fields.iter().filter(|field| field.picks.iter().any(has)) {
                    fillable[usize::from(field.field)] = true;
                }
                for said in mapping.consents.iter().filter(|said| said.places.iter().any(|one| has(&one.place))) {
                    fillable[usize::from(said.word)] = true;
                    fillable[usize::from(said.since)] = true;
                }
            }
        }
        fillable
    }
}

fn has_place(mapping: &Mapping, file: &OpenFile, place: &Place) -> bool {
    let columns = match &file.form {
        Form::Csv { columns, .. } | Form::Parquet { columns, .. } => columns,
        Form::Jsonl { .. } => return true,
    };
    // A file without a header says nothing of what tomorrow's has.
    if columns.iter().all(Option::is_none) {
        return true;
    }
    let has = |slot: &Slot| match slot.checked_sub(mapping.slots.len()) {
        None => columns[*slot].is_some(),
        Some(join) => mapping.joins[join].slots.iter().any(|part| columns[*part].is_some()),
    };
    match &place.value {
        Raw::Slot(slot) => has(slot),
        Raw::Cases(cases) => cases.iter().any(|(_, slot)| has(slot)),
        Raw::Constant(_) | Raw::FileName(_) => true,
    }
}
