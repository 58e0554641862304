//! What a record is to the business: `[events]`, compiled to columns of the records table. Shared by traits, journeys and
//! triggers, so that a purchase is the same thing to all of them.

mod defaults;

use polars::prelude::{
    DataFrame, DataType, Expr, IntoLazy, PolarsResult, Schema as Columns, coalesce, col, concat_str, lit, when,
};

use crate::config::{Config, Events};
use crate::model::{RecordColumn, Schema};
use crate::problem::Problem;
use crate::sql;

/// `[events]`, compiled; a column that neither the config nor a field's name gives is not there.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    columns: Vec<Column>,
    numbered: bool,
    /// Columns that are declared, but at fault.
    broken: Vec<String>,
}

#[derive(Debug, Clone)]
struct Column {
    name: &'static str,
    expr: Expr,
    dtype: DataType,
}

/// Conditions: the key of `[events]`, the column of records, and what such a record is called in journeys.
pub const KINDS: [(&str, &str); 7] = [
    ("message", "is_message"),
    ("answer", "is_answer"),
    ("view", "is_view"),
    ("review", "is_review"),
    ("survey", "is_survey"),
    ("purchase", "is_purchase"),
    ("return", "is_return"),
];

/// Texts that a record says: the key of `[events]` and the column.
const TEXTS: [(&str, &str); 6] = [
    ("product", "event_product"),
    ("category", "event_category"),
    ("campaign", "event_campaign"),
    ("device", "event_device"),
    ("country", "event_country"),
    ("region", "event_region"),
];

/// Answers to surveys: the key of `[events]` and the column.
const SURVEYS: [(&str, &str); 3] = [("nps", "survey_nps"), ("csat", "survey_csat"), ("ces", "survey_ces")];

/// The rest: the key of `[events]` and the column.
const MORE: [(&str, &str); 2] = [("value", "event_value"), ("order", "event_order")];

/// Every column that events can have: none of them is free for a name in the config.
pub const COLUMNS: [&str; 18] = [
    "is_message",
    "is_answer",
    "is_view",
    "is_review",
    "is_survey",
    "is_purchase",
    "is_return",
    "event_value",
    "event_order",
    "event_product",
    "event_category",
    "event_campaign",
    "event_device",
    "event_country",
    "event_region",
    "survey_nps",
    "survey_csat",
    "survey_ces",
];

impl Plan {
    /// Compiles; all faults at once. `as_of` is UTC microseconds, `None` while a config is only checked.
    #[must_use]
    pub fn compile(config: &Config, schema: &Schema, as_of: Option<i64>) -> (Self, Vec<Problem>) {
        let records: Columns =
            RecordColumn::all(schema).iter().map(|c| (c.name(schema).into(), c.dtype(schema))).collect();
        let mut compiler = Compiler {
            events: &config.events,
            schema,
            records: &records,
            as_of: Some(as_of.unwrap_or(sql::CHECK_AS_OF)),
            faults: Vec::new(),
            broken: Vec::new(),
        };
        let mut plan = compiler.plan();
        let broken = |key: &&str| compiler.broken.contains(key);
        let declared = KINDS.iter().chain(&TEXTS).chain(&SURVEYS).chain(&MORE).filter(|(key, _)| broken(key));
        plan.broken = declared.map(|(_, column)| (*column).to_owned()).collect();
        // What is made of a broken one is broken too.
        if ["purchase", "return"].iter().any(|key| compiler.broken.contains(key)) {
            plan.broken.push("event_value".to_owned());
        }
        if SURVEYS.iter().any(|(key, _)| compiler.broken.contains(key)) {
            plan.broken.push("is_survey".to_owned());
        }
        (plan, compiler.faults)
    }

    /// Names and types of its columns.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, &DataType)> {
        self.columns.iter().map(|column| (column.name, &column.dtype))
    }

    /// Columns of the records table, as rules see it: those of records, then those of events.
    #[must_use]
    pub fn records(&self, schema: &Schema) -> Columns {
        let own =
            RecordColumn::all(schema).into_iter().map(|column| (column.name(schema).into(), column.dtype(schema)));
        own.chain(self.columns().map(|(name, dtype)| (name.into(), dtype.clone()))).collect()
    }

    /// Whether there is a column of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// Columns whose rules are at fault: that they are not there is no news.
    #[must_use]
    pub fn broken(&self) -> &[String] {
        &self.broken
    }

    /// Whether orders have numbers of their own, and so may have several records.
    #[must_use]
    pub fn orders_have_numbers(&self) -> bool {
        self.numbered
    }

    /// The columns of records that these columns are made of; others than its own stand for themselves.
    #[must_use]
    pub fn made_of(&self, names: &[String]) -> Vec<String> {
        let mut roots = Vec::new();
        for name in names {
            match self.columns.iter().find(|column| column.name == name) {
                Some(column) => {
                    roots.extend(column.expr.clone().meta().root_names().iter().map(ToString::to_string));
                }
                None => roots.push(name.clone()),
            }
        }
        roots.sort_unstable();
        roots.dedup();
        roots
    }

    /// The records with those of its columns that are named.
    pub fn derive(&self, records: DataFrame, names: &[String]) -> PolarsResult<DataFrame> {
        let wanted = self.columns.iter().filter(|column| names.iter().any(|name| name == column.name));
        let exprs: Vec<Expr> = wanted.map(|column| column.expr.clone().alias(column.name)).collect();
        if exprs.is_empty() { Ok(records) } else { records.lazy().with_columns(exprs).collect() }
    }
}

struct Compiler<'a> {
    events: &'a Events,
    schema: &'a Schema,
    records: &'a Columns,
    as_of: Option<i64>,
    faults: Vec<Problem>,
    /// Keys at fault.
    broken: Vec<&'static str>,
}

impl Compiler<'_> {
    fn plan(&mut self) -> Plan {
        let mut columns: Vec<Column> = Vec::new();
        let past = sql::condition(&[], "event_time IS NULL OR event_time <= as_of", self.records, self.as_of)
            .expect("every records table has event_time");
        let past = past.eq_missing(lit(true));
        for (key, name) in SURVEYS {
            if let Some(expr) = self.expression(key, &DataType::Float64) {
                columns.push(Column { name, expr, dtype: DataType::Float64 });
            }
        }
        let answered = columns.iter().map(|survey| survey.expr.clone().is_not_null()).reduce(Expr::or);
        for (key, name) in KINDS {
            let condition = if key == "survey" { answered.clone() } else { self.condition(key) };
            if let Some(condition) = condition {
                let expr = condition.eq_missing(lit(true)).and(past.clone());
                columns.push(Column { name, expr, dtype: DataType::Boolean });
            }
        }
        let is = |columns: &[Column], name: &str| {
            columns.iter().find(|column| column.name == name).map_or(lit(false), |column| column.expr.clone())
        };
        if let Some(value) = self.expression("value", &DataType::Float64) {
            let expr = when(is(&columns, "is_return"))
                .then(lit(0.0) - value.clone().abs())
                .when(is(&columns, "is_purchase"))
                .then(value)
                .otherwise(lit(polars::prelude::NULL).cast(DataType::Float64));
            columns.push(Column { name: "event_value", expr, dtype: DataType::Float64 });
        }
        let record = concat_str([col("source"), lit("/"), col("record_id")], "", true);
        let order = self.expression("order", &DataType::String);
        let numbered = order.is_some();
        let expr = order.map_or_else(|| record.clone(), |order| coalesce(&[order, record.clone()]));
        columns.push(Column { name: "event_order", expr, dtype: DataType::String });
        for (key, name) in TEXTS {
            if let Some(expr) = self.expression(key, &DataType::String) {
                columns.push(Column { name, expr, dtype: DataType::String });
            }
        }
        Plan { columns, numbered, broken: Vec::new() }
    }

    fn condition(&mut self, key: &'static str) -> Option<Expr> {
        let rule = self.rule(key)?;
        match sql::condition(&["events", key], &rule, self.records, self.as_of) {
            Ok(expr) => Some(expr),
            Err(faults) => {
                self.faults.extend(faults);
                self.broken.push(key);
                None
            }
        }
    }

    fn expression(&mut self, key: &'static str, wanted: &DataType) -> Option<Expr> {
        let rule = self.rule(key)?;
        match sql::expression(&["events", key], &rule, self.records, self.as_of) {
            Ok(found) if found.dtype == *wanted => Some(found.expr),
            Ok(found) if *wanted == DataType::String || found.dtype.is_integer() => {
                Some(found.expr.cast(wanted.clone()))
            }
            Ok(found) => {
                let what = format!("`{}` is no number (it gives {})", rule, found.dtype);
                let fix = "name a field of kind number or money, or CAST it AS DOUBLE";
                self.faults.push(Problem::config_at(&["events", key], what, fix));
                self.broken.push(key);
                None
            }
            Err(faults) => {
                self.faults.extend(faults);
                self.broken.push(key);
                None
            }
        }
    }

    fn rule(&self, key: &str) -> Option<String> {
        key_rule(self.events, self.schema, key)
    }
}

/// The rule of a column of events: what the config says, else what a field's name gives; `None` = neither does.
#[must_use]
pub fn rule(config: &Config, schema: &Schema, column: &str) -> Option<String> {
    let (key, _) = KINDS.iter().chain(&TEXTS).chain(&SURVEYS).chain(&MORE).find(|(_, name)| *name == column)?;
    key_rule(&config.events, schema, key)
}

/// The same, by the key of `[events]`.
fn key_rule(events: &Events, schema: &Schema, key: &str) -> Option<String> {
    let said = match key {
        "purchase" => &events.purchase,
        "return" => &events.returned,
        "message" => &events.message,
        "answer" => &events.answer,
        "view" => &events.view,
        "review" => &events.review,
        "value" => &events.value,
        "order" => &events.order,
        "product" => &events.product,
        "category" => &events.category,
        "campaign" => &events.campaign,
        "device" => &events.device,
        "country" => &events.country,
        "region" => &events.region,
        "nps" => &events.nps,
        "csat" => &events.csat,
        "ces" => &events.ces,
        _ => &None,
    };
    said.clone().or_else(|| defaults::rule(key, schema))
}

#[cfg(test)]
mod tests;
