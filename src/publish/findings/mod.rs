//! The short tables: what was refused, set aside or could not be read.

mod refused;
mod set_aside;

use polars::prelude::{DataFrame, Float64Chunked, IntoColumn};

use super::Publication;
use super::columns::{Texts, counts, table};
use crate::journeys::{Credit, Credits};
use crate::problem::Result;

pub use refused::{bridges, refusal_figures, refusals, value_of};
pub use set_aside::{
    SharedText, ignored, ignored_figures, ignored_identifiers, shared_identifiers, shared_texts, top_shared,
};

/// `rejects`, in stretches of rows.
pub fn rejects(run: &Publication<'_>, rows: &[crate::model::Reject]) -> Result<DataFrame> {
    let file = |file: u32| run.files.get(file as usize).map_or("", |file| file.path.as_str());
    let columns = vec![
        Texts::of("source", rows.iter().map(|row| run.schema.sources[usize::from(row.source)].name.as_str())).column(),
        Texts::of("file", rows.iter().map(|row| file(row.file))).column(),
        counts("line", rows.iter().map(|row| row.line as i64).collect()),
        Texts::of("reason", rows.iter().map(|row| row.reason.name())).column(),
        Texts::of("detail", rows.iter().map(|row| &*row.detail)).column(),
        Texts::of("raw", rows.iter().map(|row| &*row.raw)).column(),
    ];
    table(rows.len(), columns)
}

/// `attribution`; figures with six decimals.
pub fn attribution(credits: &Credits) -> Result<DataFrame> {
    let rows: Vec<_> = credits.rows().collect();
    let text = |name: &str, of: fn(&Credit<'_>) -> Option<String>| {
        let mut texts = Texts::new(name, rows.len());
        rows.iter().for_each(|row| texts.push_option(of(row).as_deref()));
        texts.column()
    };
    let number = |name: &str, of: fn(&Credit<'_>) -> f64| {
        let numbers: Vec<f64> = rows.iter().map(|row| (of(row) * 1e6).round() / 1e6).collect();
        Float64Chunked::from_vec(name.into(), numbers).into_column()
    };
    let columns = vec![
        text("model", |row| Some(row.0.to_owned())),
        text("channel", |row| (!row.1.is_empty()).then(|| row.1.to_owned())),
        text("campaign", |row| (!row.2.is_empty()).then(|| row.2.to_owned())),
        number("conversions", |row| row.3),
        number("value", |row| row.4),
    ];
    table(rows.len(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::{sample, shown};
    use crate::publish::tables;

    #[test]
    fn a_reject_names_its_file_and_line() {
        let sample = sample();
        let run = sample.publication();
        let table = rejects(&run, &run.resolved.rejects).unwrap();
        assert_eq!(**table.schema(), tables::REJECTS.schema());
        insta::assert_snapshot!(shown(&table), @r#"
        source,file,line,reason,detail,raw
        shop,exports/shop.csv,5,too_many_fields,"4 fields, header has 3","s4,""x"",1,2"
        "#);
    }
}
