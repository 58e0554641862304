//! Figures of the days between a person's moments.

use polars::prelude::{Float64Chunked, Int32Chunked, Int64Chunked, IntoSeries, NewChunkedArray, Series};

use super::aggregate::{Run, interpolated};
use super::cells::Cells;
use crate::sql::Rhythm;

const DAY: i64 = 86_400_000_000;

/// One figure per run of rows.
pub(super) fn rhythm(cells: &Cells, runs: impl Iterator<Item = Run>, figure: Rhythm) -> Series {
    let mut days = Days::default();
    match figure {
        Rhythm::Usual => {
            let usual = runs.map(|run| days.read(cells, run).usual());
            Float64Chunked::from_iter_options("".into(), usual).into_series()
        }
        Rhythm::Spread => {
            let spread = runs.map(|run| days.read(cells, run).spread());
            Float64Chunked::from_iter_options("".into(), spread).into_series()
        }
        Rhythm::Last => {
            let last = runs.map(|run| days.read(cells, run).last());
            Int64Chunked::from_iter_options("".into(), last).into_series()
        }
        Rhythm::Due => {
            let due = runs.map(|run| days.read(cells, run).due());
            Int32Chunked::from_iter_options("".into(), due).into_date().into_series()
        }
    }
}

/// The different days of one person, rising, and the gaps between them.
#[derive(Debug, Default)]
struct Days {
    days: Vec<i64>,
    /// Rising.
    gaps: Vec<f64>,
}

impl Days {
    fn read(&mut self, cells: &Cells, run: Run) -> &mut Self {
        self.days.clear();
        self.days.extend(run.filter_map(|row| match cells {
            Cells::Int(micros) => micros.get(row).map(|micros| micros.div_euclid(DAY)),
            Cells::Day(days) => days.get(row).map(i64::from),
            _ => None,
        }));
        self.days.sort_unstable();
        self.days.dedup();
        self.gaps.clear();
        self.gaps.extend(self.days.windows(2).map(|pair| (pair[1] - pair[0]) as f64));
        self.gaps.sort_unstable_by(f64::total_cmp);
        self
    }

    fn usual(&self) -> Option<f64> {
        interpolated(&self.gaps, 0.5)
    }

    fn spread(&mut self) -> Option<f64> {
        let usual = self.usual()?;
        self.gaps.iter_mut().for_each(|gap| *gap = (*gap - usual).abs());
        self.gaps.sort_unstable_by(f64::total_cmp);
        interpolated(&self.gaps, 0.5)
    }

    fn last(&self) -> Option<i64> {
        let [.., before, last] = self.days[..] else { return None };
        Some(last - before)
    }

    fn due(&self) -> Option<i32> {
        let last = *self.days.last()?;
        i32::try_from(last + self.usual()?.round() as i64).ok()
    }
}
