//! Aggregates over runs of rows: a person's records lie side by side, newest first.

use std::cmp::Ordering;
use std::ops::Range;

use polars::prelude::{
    BooleanChunked, DataFrame, Float64Chunked, IdxCa, Int64Chunked, IntoSeries, NewChunkedArray, PolarsResult, Series,
    StringChunkedBuilder, polars_bail, polars_ensure,
};

use super::cells::Cells;
use super::rhythm::rhythm;
use crate::model::Sum;
use crate::sql::{Aggregate, AggregateKind, Catalog};

/// Where each person's rows begin: one entry more than persons. The column `person` must be rising.
pub(super) fn starts(records: &DataFrame, persons: usize) -> PolarsResult<Vec<u32>> {
    let mut starts = vec![0u32; persons + 1];
    let person = records.column("person")?.as_materialized_series().rechunk();
    let mut last = 0;
    for person in person.u32()?.into_no_null_iter() {
        polars_ensure!(person >= last && (person as usize) < persons, ComputeError: "records are not in person order");
        last = person;
        starts[person as usize + 1] += 1;
    }
    for index in 1..starts.len() {
        starts[index] += starts[index - 1];
    }
    Ok(starts)
}

/// One value per person from the columns of its inputs.
pub(super) fn aggregate(wanted: &Aggregate, inputs: &[&Series], starts: &[u32]) -> PolarsResult<Series> {
    let cells = inputs.iter().map(|input| Cells::of(input)).collect::<PolarsResult<Vec<_>>>()?;
    let runs = starts.windows(2).map(|pair| pair[0] as usize..pair[1] as usize);
    let series = match (&wanted.kind, &cells[..]) {
        (AggregateKind::Rows, []) => ints(runs, |run| Some(run.len() as i64)),
        (AggregateKind::CountTrue, [cells]) => {
            ints(runs, |run| Some(run.filter(|&row| cells.truth(row) == Some(true)).count() as i64))
        }
        (AggregateKind::Count, [cells]) => ints(runs, |run| Some(run.filter(|&row| cells.has(row)).count() as i64)),
        (AggregateKind::CountDistinct, [cells]) => {
            let mut sorted = Vec::new();
            ints(runs, |run| {
                sort(cells, run, &mut sorted);
                sorted.dedup_by(|a, b| cells.compare(*a as usize, *b as usize) == Ordering::Equal);
                Some(sorted.len() as i64)
            })
        }
        (AggregateKind::Sum, [Cells::Int(column)]) => {
            ints(runs, |run| run.filter_map(|row| column.get(row)).reduce(i64::saturating_add))
        }
        (AggregateKind::Sum, [cells]) => numbers(runs, |run| total(cells, run).map(|(sum, _)| sum)),
        (AggregateKind::Mean, [cells]) => numbers(runs, |run| total(cells, run).map(|(sum, count)| sum / count)),
        (AggregateKind::Variance, [cells]) => numbers(runs, |run| variance(cells, run)),
        (AggregateKind::Deviation, [cells]) => numbers(runs, |run| variance(cells, run).map(f64::sqrt)),
        (AggregateKind::Quantile { share, continuous: true }, [cells]) => {
            let mut values: Vec<f64> = Vec::new();
            numbers(runs, |run| {
                values.clear();
                values.extend(run.filter_map(|row| cells.number(row)));
                values.sort_unstable_by(f64::total_cmp);
                interpolated(&values, *share)
            })
        }
        (AggregateKind::Quantile { share, continuous: false }, [cells]) => {
            let mut sorted = Vec::new();
            let picks = runs.map(|run| {
                sort(cells, run, &mut sorted);
                let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
                sorted.get(rank - 1).copied()
            });
            gather(inputs[0], picks)?
        }
        (AggregateKind::Min, [cells]) => gather(inputs[0], runs.map(|run| best(cells, run, Ordering::Less)))?,
        (AggregateKind::Max, [cells]) => gather(inputs[0], runs.map(|run| best(cells, run, Ordering::Greater)))?,
        (AggregateKind::MinBy, [cells, by]) => {
            gather(inputs[0], runs.map(|run| best_by(cells, by, run, Ordering::Less)))?
        }
        (AggregateKind::MaxBy, [cells, by]) => {
            gather(inputs[0], runs.map(|run| best_by(cells, by, run, Ordering::Greater)))?
        }
        (AggregateKind::Mode, [cells]) => {
            let mut sorted = Vec::new();
            let picks = runs.map(|run| {
                sort(cells, run, &mut sorted);
                mode(cells, &sorted)
            });
            gather(inputs[0], picks)?
        }
        (AggregateKind::ModeShare, [cells]) => {
            let mut sorted = Vec::new();
            numbers(runs, |run| {
                sort(cells, run, &mut sorted);
                let most = equal(cells, &sorted).map(<[u32]>::len).max()?;
                Some(most as f64 / sorted.len() as f64)
            })
        }
        (AggregateKind::Rhythm(figure), [cells]) => rhythm(cells, runs, *figure),
        (AggregateKind::Unseen { catalog, most }, [shelf, seen]) => unseen(shelf, seen, runs, catalog, *most),
        (AggregateKind::Join { separator }, [cells]) => joined(cells, runs, separator),
        (AggregateKind::All, [cells]) => {
            truths(runs, |run| run.filter_map(|row| cells.truth(row)).reduce(|a, b| a & b))
        }
        (AggregateKind::Any, [cells]) => {
            truths(runs, |run| run.filter_map(|row| cells.truth(row)).reduce(|a, b| a | b))
        }
        (kind, inputs) => polars_bail!(ComputeError: "{kind:?} does not take {} inputs", inputs.len()),
    };
    polars_ensure!(
        *series.dtype() == wanted.dtype,
        ComputeError: "{:?} gave {} where {} was expected", wanted.kind, series.dtype(), wanted.dtype
    );
    Ok(series)
}

pub(super) type Run = Range<usize>;

fn ints(runs: impl Iterator<Item = Run>, each: impl FnMut(Run) -> Option<i64>) -> Series {
    Int64Chunked::from_iter_options("".into(), runs.map(each)).into_series()
}

fn numbers(runs: impl Iterator<Item = Run>, each: impl FnMut(Run) -> Option<f64>) -> Series {
    Float64Chunked::from_iter_options("".into(), runs.map(each)).into_series()
}

fn truths(runs: impl Iterator<Item = Run>, each: impl FnMut(Run) -> Option<bool>) -> Series {
    BooleanChunked::from_iter_options("".into(), runs.map(each)).into_series()
}

/// The picked rows of a column; `None` = no value.
fn gather(column: &Series, picks: impl Iterator<Item = Option<u32>>) -> PolarsResult<Series> {
    column.take(&IdxCa::from_iter_options("".into(), picks))
}

/// The rows of a run that have a value, by value, equal ones in row order.
fn sort(cells: &Cells, run: Run, sorted: &mut Vec<u32>) {
    sorted.clear();
    sorted.extend(run.filter(|&row| cells.has(row)).map(|row| row as u32));
    if sorted.len() > 1 {
        sorted.sort_unstable_by(|&a, &b| cells.compare(a as usize, b as usize).then(a.cmp(&b)));
    }
}

/// Sum and count of a run's numbers; `None` if it has none.
fn total(cells: &Cells, run: Run) -> Option<(f64, f64)> {
    let (mut sum, mut count) = (Sum::default(), 0u32);
    for value in run.filter_map(|row| cells.number(row)) {
        sum.add(value);
        count += 1;
    }
    (count > 0).then(|| (sum.value(), f64::from(count)))
}

fn variance(cells: &Cells, run: Run) -> Option<f64> {
    let (sum, count) = total(cells, run.clone())?;
    let mean = sum / count;
    let mut squares = Sum::default();
    run.filter_map(|row| cells.number(row)).for_each(|value| squares.add((value - mean) * (value - mean)));
    (count > 1.0).then(|| squares.value() / (count - 1.0))
}

pub(super) fn interpolated(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share * (sorted.len().checked_sub(1)?) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(if low == high { low } else { low + (high - low) * at.fract() })
}

/// The first row whose value stands on the given side of all others.
fn best(cells: &Cells, run: Run, side: Ordering) -> Option<u32> {
    let better = |best: usize, row: usize| if cells.compare(row, best) == side { row } else { best };
    run.filter(|&row| cells.has(row)).reduce(better).map(|row| row as u32)
}

/// The first row with a value whose `by` stands on the given side of all others; without `by` comes last.
fn best_by(cells: &Cells, by: &Cells, run: Run, side: Ordering) -> Option<u32> {
    let better = |best: usize, row: usize| match (by.has(best), by.has(row)) {
        (true, true) if by.compare(row, best) == side => row,
        (false, true) => row,
        _ => best,
    };
    run.filter(|&row| cells.has(row)).reduce(better).map(|row| row as u32)
}

/// The first row of the most frequent value among rows sorted by value; among equals the one that comes first.
fn mode(cells: &Cells, sorted: &[u32]) -> Option<u32> {
    equal(cells, sorted).max_by_key(|rows| (rows.len(), std::cmp::Reverse(rows[0]))).map(|rows| rows[0])
}

/// Rows sorted by value, those of one value together.
fn equal<'a>(cells: &'a Cells, sorted: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
    sorted.chunk_by(|a, b| cells.compare(*a as usize, *b as usize) == Ordering::Equal)
}

/// What stands on the shelf of the run's most frequent one, less what the run has seen.
fn unseen(shelf: &Cells, seen: &Cells, runs: impl Iterator<Item = Run>, catalog: &Catalog, most: usize) -> Series {
    let mut builder = StringChunkedBuilder::new("".into(), runs.size_hint().0);
    let (mut sorted, mut text, mut known) = (Vec::new(), String::new(), Vec::new());
    for run in runs {
        sort(shelf, run.clone(), &mut sorted);
        let shelf = mode(shelf, &sorted).and_then(|row| shelf.text(row as usize));
        let things = shelf.and_then(|shelf| catalog.get(shelf)).map_or(&[][..], Vec::as_slice);
        text.clear();
        known.clear();
        known.extend(run.filter_map(|row| seen.text(row)).filter(|_| !things.is_empty()));
        known.sort_unstable();
        for thing in things.iter().filter(|thing| known.binary_search(&thing.as_str()).is_err()).take(most) {
            text.push_str(if text.is_empty() { "" } else { "|" });
            text.push_str(thing);
        }
        builder.append_option((!text.is_empty()).then_some(text.as_str()));
    }
    builder.finish().into_series()
}

fn joined(cells: &Cells, runs: impl Iterator<Item = Run>, separator: &str) -> Series {
    let mut builder = StringChunkedBuilder::new("".into(), runs.size_hint().0);
    let (mut sorted, mut text) = (Vec::new(), String::new());
    for run in runs {
        sort(cells, run, &mut sorted);
        sorted.dedup_by(|a, b| cells.compare(*a as usize, *b as usize) == Ordering::Equal);
        text.clear();
        for (index, &row) in sorted.iter().enumerate() {
            text.push_str(if index > 0 { separator } else { "" });
            text.push_str(cells.text(row as usize).unwrap_or_default());
        }
        builder.append_option((!sorted.is_empty()).then_some(text.as_str()));
    }
    builder.finish().into_series()
}
