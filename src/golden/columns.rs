//! Columns under construction.

use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, DataType, Float64Type, Int32Type, Int64Type, IntoColumn, IntoSeries,
    PrimitiveChunkedBuilder, StringChunkedBuilder, TimeUnit, UInt32Type,
};

use super::decode;
use crate::model::{RecordColumn, Schema, Value, ValueType};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Values of records.
    Value(ValueType),
    /// Counts.
    Count,
    /// Numbers of persons.
    Person,
}

impl Kind {
    pub(super) fn of(column: RecordColumn, schema: &Schema) -> Self {
        match column {
            RecordColumn::Person => Self::Person,
            RecordColumn::Source | RecordColumn::Channel | RecordColumn::RecordId => Self::Value(ValueType::Text),
            RecordColumn::EventTime => Self::Value(ValueType::Time),
            RecordColumn::Field(field) => Self::Value(schema.fields[usize::from(field)].kind.value_type()),
        }
    }

    pub(super) fn dtype(self) -> DataType {
        match self {
            Self::Value(kind) => kind.dtype(),
            Self::Count => DataType::Int64,
            Self::Person => DataType::UInt32,
        }
    }
}

/// One column, value by value.
pub(super) enum ColumnBuilder {
    Text(StringChunkedBuilder),
    Number(PrimitiveChunkedBuilder<Float64Type>),
    Bool(BooleanChunkedBuilder),
    Date(PrimitiveChunkedBuilder<Int32Type>),
    Time(PrimitiveChunkedBuilder<Int64Type>),
    Count(PrimitiveChunkedBuilder<Int64Type>),
    Person(PrimitiveChunkedBuilder<UInt32Type>),
}

impl ColumnBuilder {
    pub(super) fn new(name: &str, kind: Kind, capacity: usize) -> Self {
        let name = name.into();
        match kind {
            Kind::Value(ValueType::Text) => Self::Text(StringChunkedBuilder::new(name, capacity)),
            Kind::Value(ValueType::Number) => Self::Number(PrimitiveChunkedBuilder::new(name, capacity)),
            Kind::Value(ValueType::Bool) => Self::Bool(BooleanChunkedBuilder::new(name, capacity)),
            Kind::Value(ValueType::Date) => Self::Date(PrimitiveChunkedBuilder::new(name, capacity)),
            Kind::Value(ValueType::Time) => Self::Time(PrimitiveChunkedBuilder::new(name, capacity)),
            Kind::Count => Self::Count(PrimitiveChunkedBuilder::new(name, capacity)),
            Kind::Person => Self::Person(PrimitiveChunkedBuilder::new(name, capacity)),
        }
    }

    /// A record's raw value; empty = none.
    pub(super) fn push_raw(&mut self, raw: &[u8]) {
        let kind = match self {
            Self::Text(_) => ValueType::Text,
            Self::Number(_) => ValueType::Number,
            Self::Bool(_) => ValueType::Bool,
            Self::Date(_) => ValueType::Date,
            _ => ValueType::Time,
        };
        self.push(decode(raw, kind));
    }

    /// A value of the column's own type; anything else is none.
    pub(super) fn push(&mut self, value: Option<Value<'_>>) {
        match (self, value) {
            (Self::Text(builder), Some(Value::Text(text))) => builder.append_value(text),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Number(builder), Some(Value::Number(number))) => builder.append_value(number),
            (Self::Number(builder), _) => builder.append_null(),
            (Self::Bool(builder), Some(Value::Bool(flag))) => builder.append_value(flag),
            (Self::Bool(builder), _) => builder.append_null(),
            (Self::Date(builder), Some(Value::Date(days))) => builder.append_value(days),
            (Self::Date(builder), _) => builder.append_null(),
            (Self::Time(builder), Some(Value::Time(micros))) => builder.append_value(micros),
            (Self::Time(builder) | Self::Count(builder), _) => builder.append_null(),
            (Self::Person(builder), _) => builder.append_null(),
        }
    }

    pub(super) fn push_count(&mut self, count: usize) {
        match self {
            Self::Count(builder) => builder.append_value(count as i64),
            other => other.push(None),
        }
    }

    pub(super) fn push_person(&mut self, person: u32) {
        match self {
            Self::Person(builder) => builder.append_value(person),
            other => other.push(None),
        }
    }

    pub(super) fn finish(self) -> Column {
        match self {
            Self::Text(builder) => builder.finish().into_column(),
            Self::Number(builder) => builder.finish().into_column(),
            Self::Bool(builder) => builder.finish().into_column(),
            Self::Date(builder) => builder.finish().into_series().into_date().into_column(),
            Self::Time(builder) => {
                builder.finish().into_series().into_datetime(TimeUnit::Microseconds, None).into_column()
            }
            Self::Count(builder) => builder.finish().into_column(),
            Self::Person(builder) => builder.finish().into_column(),
        }
    }
}
