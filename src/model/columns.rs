//! The records table as SQL rules see it.

use polars::prelude::{DataType, TimeUnit};

use super::{FieldId, Schema, ValueType};

/// A column of the records table, as traits read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordColumn {
    /// `person`: the person's number, counted from the start of the stretch at hand. Rules cannot name it.
    Person,
    /// `source`: the source's name.
    Source,
    /// `channel`: the source's channel.
    Channel,
    /// `record_id`: the record's id within its source.
    RecordId,
    /// `event_time`: UTC, without a zone.
    EventTime,
    /// A canonical field, by its name.
    Field(FieldId),
}

impl RecordColumn {
    /// Every column that a rule may name. A field called like one of the first four stands behind it.
    pub fn all(schema: &Schema) -> Vec<Self> {
        let mut columns = vec![Self::Source, Self::Channel, Self::RecordId, Self::EventTime];
        let own = columns.len();
        for field in 0..schema.named().len() as FieldId {
            let column = Self::Field(field);
            if !columns[..own].iter().any(|built_in| built_in.name(schema) == column.name(schema)) {
                columns.push(column);
            }
        }
        columns
    }

    /// What rules call it.
    #[must_use]
    pub fn name(self, schema: &Schema) -> &str {
        match self {
            Self::Person => "person",
            Self::Source => "source",
            Self::Channel => "channel",
            Self::RecordId => "record_id",
            Self::EventTime => "event_time",
            Self::Field(field) => &schema.fields[usize::from(field)].name,
        }
    }

    /// Its type.
    #[must_use]
    pub fn dtype(self, schema: &Schema) -> DataType {
        match self {
            Self::Person => DataType::UInt32,
            Self::Source | Self::Channel | Self::RecordId => DataType::String,
            Self::EventTime => ValueType::Time.dtype(),
            Self::Field(field) => schema.fields[usize::from(field)].kind.value_type().dtype(),
        }
    }
}

impl ValueType {
    /// As a column. Times are UTC microseconds without a zone, so that SQL literals compare with them as they are.
    #[must_use]
    pub fn dtype(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::Number => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Date => DataType::Date,
            Self::Time => DataType::Datetime(TimeUnit::Microseconds, None),
        }
    }
}
