//! How answers and rows are printed.

use clap::ValueEnum;

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// Plain words.
    Text,
    /// One JSON document.
    Json,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HeadFormat {
    /// Aligned columns, wide cells cut.
    Table,
    /// CSV, whole cells.
    Csv,
    /// One JSON object per line.
    Json,
}
