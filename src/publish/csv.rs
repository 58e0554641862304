//! Tables as CSV: RFC 4180, UTF-8, `\n` line ends.
//!
//! A blank value is an empty cell. Times are ISO 8601 in UTC, with a fraction only where there is one; dates
//! `2026-01-31`; numbers in the shortest form that reads back the same; booleans `true` and `false`.

#[cfg(test)]
mod tests;

use std::io::Write;

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int32Chunked, Int64Chunked, PolarsResult,
    StringChunked, TimeUnit,
};
use rayon::prelude::*;

/// Rows that one thread formats at a time.
const STRETCH: usize = 1 << 13;

/// The header line.
#[must_use]
pub fn header<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut line = Vec::new();
    for name in names {
        push_text(&mut line, name);
        line.push(b',');
    }
    line.pop();
    line.push(b'\n');
    line
}

/// The rows of a table, in stretches: their bytes, in order.
pub fn rows(table: &DataFrame, spreadsheet_safe: bool) -> PolarsResult<Vec<Vec<u8>>> {
    let cells =
        table.columns().iter().map(|column| Cells::new(column, spreadsheet_safe)).collect::<PolarsResult<Vec<_>>>()?;
    let starts: Vec<usize> = (0..table.height()).step_by(STRETCH).collect();
    let stretch = |start: &usize| {
        let mut out = Vec::with_capacity(STRETCH * cells.len() * 12);
        for row in *start..table.height().min(start + STRETCH) {
            for cell in &cells {
                cell.push(&mut out, row);
                out.push(b',');
            }
            out.pop();
            out.push(b'\n');
        }
        out
    };
    Ok(starts.par_iter().map(stretch).collect())
}

/// Every cell by column, unquoted; none = blank.
pub fn texts(table: &DataFrame) -> PolarsResult<Vec<Vec<Option<String>>>> {
    let column = |column: &Column| -> PolarsResult<Vec<Option<String>>> {
        let blank = column.is_null();
        let cells = Cells::new(column, false)?;
        let text = |row: usize| match &cells {
            Cells::Text(cells) => cells.get(row).map(str::to_owned),
            _ if blank.get(row) == Some(true) => None,
            cells => {
                let mut out = Vec::new();
                cells.push(&mut out, row);
                Some(String::from_utf8_lossy(&out).into_owned())
            }
        };
        Ok((0..table.height()).map(text).collect())
    };
    table.columns().iter().map(column).collect()
}

/// A column, ready to be read cell by cell.
enum Cells {
    Text(StringChunked),
    SafeText(StringChunked),
    Count(Int64Chunked),
    Number(Float64Chunked),
    Bool(BooleanChunked),
    Date(Int32Chunked),
    Time(Int64Chunked),
}

impl Cells {
    fn new(column: &Column, spreadsheet_safe: bool) -> PolarsResult<Self> {
        let series = column.as_materialized_series().rechunk();
        Ok(match series.dtype() {
            DataType::String if spreadsheet_safe => Self::SafeText(series.str()?.clone()),
            DataType::String => Self::Text(series.str()?.clone()),
            DataType::Boolean => Self::Bool(series.bool()?.clone()),
            DataType::Float64 => Self::Number(series.f64()?.clone()),
            DataType::Float32 => Self::Number(series.cast(&DataType::Float64)?.f64()?.clone()),
            DataType::Date => Self::Date(series.cast(&DataType::Int32)?.i32()?.clone()),
            DataType::Datetime(unit, _) => {
                let scale = |time: i64| match unit {
                    TimeUnit::Nanoseconds => time.div_euclid(1_000),
                    TimeUnit::Microseconds => time,
                    TimeUnit::Milliseconds => time.saturating_mul(1_000),
                };
                let times = series.cast(&DataType::Int64)?;
                Self::Time(times.i64()?.iter().map(|time| time.map(scale)).collect())
            }
            kind if kind.is_integer() => Self::Count(series.cast(&DataType::Int64)?.i64()?.clone()),
            _ => Self::Text(series.cast(&DataType::String)?.str()?.clone()),
        })
    }

    fn push(&self, out: &mut Vec<u8>, row: usize) {
        match self {
            Self::Text(cells) => {
                if let Some(text) = cells.get(row) {
                    push_text(out, text);
                }
            }
            Self::SafeText(cells) => {
                if let Some(text) = cells.get(row) {
                    push_safe_text(out, text);
                }
            }
            Self::Count(cells) => {
                if let Some(count) = cells.get(row) {
                    push_display(out, &count);
                }
            }
            Self::Number(cells) => {
                if let Some(number) = cells.get(row) {
                    push_display(out, &number);
                }
            }
            Self::Bool(cells) => {
                if let Some(flag) = cells.get(row) {
                    out.extend_from_slice(if flag { b"true" } else { b"false" });
                }
            }
            Self::Date(cells) => {
                if let Some(days) = cells.get(row) {
                    push_date(out, i64::from(days));
                }
            }
            Self::Time(cells) => {
                if let Some(micros) = cells.get(row) {
                    push_time(out, micros);
                }
            }
        }
    }
}

fn push_display(out: &mut Vec<u8>, value: &dyn std::fmt::Display) {
    write!(out, "{value}").expect("a Vec takes every write");
}

/// A cell of text, in quotes where it must be.
fn push_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    if bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r')) {
        out.push(b'"');
        for &byte in bytes {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(bytes);
    }
}

/// The same for a spreadsheet: what it would run as a formula gets a leading `'`. A text that is just a number with
/// its sign is no formula.
fn push_safe_text(out: &mut Vec<u8>, text: &str) {
    let formula = match text.as_bytes() {
        [b'=' | b'@' | b'\t' | b'\r' | b'\n', ..] => true,
        [b'+' | b'-', number @ ..] => !is_number(number),
        _ => false,
    };
    if formula {
        push_text(out, &format!("'{text}"));
    } else {
        push_text(out, text);
    }
}

fn is_number(digits: &[u8]) -> bool {
    let dots = digits.iter().filter(|&&byte| byte == b'.').count();
    digits.len() > dots && dots <= 1 && digits.iter().all(|&byte| byte.is_ascii_digit() || byte == b'.')
}

const DAY: i64 = 86_400_000_000;

/// `2026-01-31T12:00:00Z`, with up to six digits of a second's fraction.
fn push_time(out: &mut Vec<u8>, micros: i64) {
    push_date(out, micros.div_euclid(DAY));
    let rest = micros.rem_euclid(DAY);
    let (seconds, mut fraction) = (rest / 1_000_000, rest % 1_000_000);
    out.push(b'T');
    push_two(out, seconds / 3600);
    out.push(b':');
    push_two(out, seconds / 60 % 60);
    out.push(b':');
    push_two(out, seconds % 60);
    if fraction > 0 {
        let mut digits = 6;
        while fraction % 10 == 0 {
            fraction /= 10;
            digits -= 1;
        }
        write!(out, ".{fraction:0digits$}").expect("a Vec takes every write");
    }
    out.push(b'Z');
}

/// `2026-01-31` from days since 1970-01-01 (the civil calendar by Howard Hinnant's `civil_from_days`).
fn push_date(out: &mut Vec<u8>, days: i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if (0..=9999).contains(&year) {
        push_two(out, year / 100);
        push_two(out, year % 100);
    } else {
        write!(out, "{year:+05}").expect("a Vec takes every write");
    }
    out.push(b'-');
    push_two(out, month);
    out.push(b'-');
    push_two(out, day);
}

fn push_two(out: &mut Vec<u8>, number: i64) {
    out.push(b'0' + (number / 10) as u8);
    out.push(b'0' + (number % 10) as u8);
}
