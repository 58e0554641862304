//! A column read cell by cell, whatever its type.

use std::cmp::Ordering;

use polars::prelude::{
    BooleanChunked, DataType, Float64Chunked, Int32Chunked, Int64Chunked, PolarsResult, Series, StringChunked,
    polars_bail,
};

/// A column of one of the types that rules give, in one chunk. Dates and timestamps are read as the numbers behind
/// them.
pub(super) enum Cells {
    Bool(BooleanChunked),
    Int(Int64Chunked),
    Day(Int32Chunked),
    Number(Float64Chunked),
    Text(StringChunked),
}

impl Cells {
    /// Fails on a type that no rule gives.
    pub(super) fn of(series: &Series) -> PolarsResult<Self> {
        let physical = series.rechunk().to_physical_repr().into_owned();
        Ok(match physical.dtype() {
            DataType::Boolean => Self::Bool(physical.bool()?.clone()),
            DataType::Int64 => Self::Int(physical.i64()?.clone()),
            DataType::Int32 => Self::Day(physical.i32()?.clone()),
            DataType::Float64 => Self::Number(physical.f64()?.clone()),
            DataType::String => Self::Text(physical.str()?.clone()),
            other => polars_bail!(ComputeError: "aggregates do not take {}", other),
        })
    }

    /// Whether the cell has a value.
    pub(super) fn has(&self, row: usize) -> bool {
        match self {
            Self::Bool(column) => column.get(row).is_some(),
            Self::Int(column) => column.get(row).is_some(),
            Self::Day(column) => column.get(row).is_some(),
            Self::Number(column) => column.get(row).is_some(),
            Self::Text(column) => column.get(row).is_some(),
        }
    }

    /// Order of two cells; text by bytes, no value before all others.
    pub(super) fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Bool(column) => column.get(a).cmp(&column.get(b)),
            Self::Int(column) => column.get(a).cmp(&column.get(b)),
            Self::Day(column) => column.get(a).cmp(&column.get(b)),
            Self::Number(column) => match (column.get(a), column.get(b)) {
                (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or_else(|| a.total_cmp(&b)),
                (a, b) => a.is_some().cmp(&b.is_some()),
            },
            Self::Text(column) => column.get(a).cmp(&column.get(b)),
        }
    }

    /// The cell as a number; `None` = no value or no number.
    pub(super) fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Int(column) => column.get(row).map(|value| value as f64),
            Self::Number(column) => column.get(row),
            _ => None,
        }
    }

    /// The cell as a truth value; `None` = no value or no truth value.
    pub(super) fn truth(&self, row: usize) -> Option<bool> {
        match self {
            Self::Bool(column) => column.get(row),
            _ => None,
        }
    }

    /// The cell as text; `None` = no value or no text.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Text(column) => column.get(row),
            _ => None,
        }
    }
}
