//! Rows that could not be read, kept with the reason and their text.

use serde::{Deserialize, Serialize};

use super::SourceId;

/// A row that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The source whose file it is in.
    pub source: SourceId,
    /// Index into the run's list of input files.
    pub file: u32,
    /// 1-based physical line on which it begins.
    pub line: u64,
    /// Why.
    pub reason: RejectReason,
    /// What was found and expected, in a few words (`9 fields, header has 8`).
    pub detail: Box<str>,
    /// The row as it came (bytes that are not UTF-8 become U+FFFD).
    pub raw: Box<str>,
}

/// Why a row is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// More fields than the header.
    TooManyFields,
    /// Fewer fields than the header.
    TooFewFields,
    /// The header once more, in the middle of a file put together from several.
    RepeatedHeader,
    /// A quote inside an unquoted field, or text behind a closing quote.
    StrayQuote,
    /// A quote that never closes.
    OpenQuote,
    /// Longer than one row may be.
    TooLong,
    /// Bytes that are not of the declared encoding.
    BadEncoding,
    /// A NUL byte.
    NulByte,
    /// Not a JSON object.
    BadJson,
    /// The record_id cell is blank.
    NoRecordId,
    /// The event_time cell is not in a declared format.
    BadEventTime,
}

impl RejectReason {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::TooManyFields,
        Self::TooFewFields,
        Self::RepeatedHeader,
        Self::StrayQuote,
        Self::OpenQuote,
        Self::TooLong,
        Self::BadEncoding,
        Self::NulByte,
        Self::BadJson,
        Self::NoRecordId,
        Self::BadEventTime,
    ];

    /// The reason of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// As written to tables and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooManyFields => "too_many_fields",
            Self::TooFewFields => "too_few_fields",
            Self::RepeatedHeader => "repeated_header",
            Self::StrayQuote => "stray_quote",
            Self::OpenQuote => "open_quote",
            Self::TooLong => "too_long",
            Self::BadEncoding => "bad_encoding",
            Self::NulByte => "nul_byte",
            Self::BadJson => "bad_json",
            Self::NoRecordId => "no_record_id",
            Self::BadEventTime => "bad_event_time",
        }
    }
}
