//! Aggregates over a person's records: a rule is split into what is computed per record, the aggregate itself, and what
//! is computed from it per person.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{DataType, Expr, col, when};
use sqlparser::ast;

use super::catalog::Function;
use super::lower::{Lowering, Place};
use super::types::{Constant, Type, Typed, null};

/// What an aggregate computes from its inputs, over the records of one person. NULL inputs do not count; with none
/// left the result is NULL, for counts 0.
#[derive(Debug, Clone, PartialEq)]
pub enum AggregateKind {
    /// How many records; no input.
    Rows,
    /// How many are true; one boolean input.
    CountTrue,
    /// How many have a value.
    Count,
    /// How many different values.
    CountDistinct,
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The value below which a share of the values lies.
    Quantile {
        /// 0 to 1.
        share: f64,
        /// Whether to interpolate between two values, or take the lower one that covers the share.
        continuous: bool,
    },
    /// The sample variance (n − 1); NULL for fewer than two values.
    Variance,
    /// The sample standard deviation; NULL for fewer than two values.
    Deviation,
    /// The value that most records have; among equals the newest.
    Mode,
    /// The first input, of the record where the second is smallest; NULLs of the second come last.
    MinBy,
    /// The first input, of the record where the second is largest; NULLs of the second come last.
    MaxBy,
    /// Different values, sorted, joined as text.
    Join {
        /// Between two values.
        separator: String,
    },
    /// Whether all are true.
    All,
    /// Whether any is true.
    Any,
    /// The share of the values that are the most frequent one, 0 to 1.
    ModeShare,
    /// A figure of the days between moments.
    Rhythm(Rhythm),
    /// What others of the same kind have and this person does not: the first input's most frequent value names a shelf
    /// of the catalog, and what is on the second is not named. Joined with `|`.
    Unseen {
        /// What there is.
        catalog: Arc<Catalog>,
        /// Most to name.
        most: usize,
    },
}

/// Things by the shelf that they stand on, most wanted first.
pub type Catalog = BTreeMap<String, Vec<String>>;

/// Figures of the gaps between the different days of one or more moments, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// The median gap; NULL below two days.
    Usual,
    /// The median of how far gaps are from the median gap; NULL below two days.
    Spread,
    /// The newest gap; NULL below two days.
    Last,
    /// The last day and the median gap, rounded to whole days, added; NULL below two days.
    Due,
}

/// An aggregate that a rule needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// What it computes.
    pub kind: AggregateKind,
    /// Its inputs, as expressions over the records table.
    pub inputs: Vec<Expr>,
    /// Its result.
    pub dtype: DataType,
}

impl Aggregate {
    /// The column that later expressions read the `index`th aggregate from.
    #[must_use]
    pub fn column(index: usize) -> String {
        format!("\u{1}{index}") // no column that a user can name
    }
}

impl Lowering<'_> {
    /// An aggregate call: its arguments are lowered per record, its result becomes a column per person.
    pub(super) fn aggregate(
        &mut self,
        known: &Function,
        list: &ast::FunctionArgumentList,
        filter: Option<&ast::Expr>,
        place: Place,
    ) -> Option<Typed> {
        let name = known.name;
        if self.inside {
            let what = format!("`{name}` stands inside another aggregate");
            return self.fail(place, what, "compute the inner one as a trait of its own");
        }
        if self.person.is_none() {
            let what = format!("`{name}` is an aggregate over records; a condition sees one row");
            return self.fail(place, what, "compute it as a trait and name the trait here");
        }
        self.inside = true;
        let star = matches!(&list.args[..], [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Wildcard)]);
        let args = if star && name == "COUNT" {
            Some(Vec::new())
        } else {
            let args: Vec<Option<Typed>> = list.args.iter().map(|arg| self.argument(arg)).collect();
            args.into_iter().collect::<Option<Vec<_>>>()
        };
        let filter = filter.map(|filter| self.condition(filter));
        self.inside = false;
        let (args, filter) = (args?, filter.map_or(Some(None), |f| f.map(Some))?);
        let (least, most) = known.arguments;
        let right_count = (least..=most).contains(&args.len()) || (star && name == "COUNT");
        if !right_count {
            let what = format!("`{name}` takes {most} argument(s), found {}", args.len());
            return self.fail(place, what, format!("as in {}", known.example));
        }
        let distinct = list.duplicate_treatment == Some(ast::DuplicateTreatment::Distinct);
        let may_be_distinct = !star && matches!(name, "COUNT" | "STRING_AGG" | "MIN" | "MAX");
        if distinct && !may_be_distinct {
            return self.fail(place, format!("`{name}` does not take DISTINCT here"), "");
        }
        if name == "STRING_AGG" && !distinct {
            let what = "STRING_AGG joins different values only";
            return self.fail(place, what, format!("write {}", known.example));
        }
        let (kind, inputs, result) = self.inputs(known, args, distinct)?;
        let inputs = match (kind.clone(), filter) {
            (_, None) => (kind, inputs.into_iter().map(|input| input.expr).collect()),
            (AggregateKind::Rows, Some(filter)) => (AggregateKind::CountTrue, vec![filter]),
            (_, Some(filter)) => {
                // Only the first input decides whether a record counts.
                let mut inputs = inputs.into_iter();
                let first = inputs.next()?;
                let mut kept = vec![when(filter).then(first.expr).otherwise(null(first.kind))];
                kept.extend(inputs.map(|input| input.expr));
                (kind, kept)
            }
        };
        Some(self.push(inputs.0, inputs.1, result, place))
    }

    /// What an aggregate computes, from which inputs, and its type.
    fn inputs(
        &mut self,
        known: &Function,
        args: Vec<Typed>,
        distinct: bool,
    ) -> Option<(AggregateKind, Vec<Typed>, Type)> {
        let name = known.name;
        let mut args = args.into_iter();
        let Some(first) = args.next() else { return Some((AggregateKind::Rows, Vec::new(), Type::Int)) };
        let own = first.kind;
        if own == Type::Span && name != "COUNT" {
            let what = format!("`{name}` does not take a span of time");
            return self.fail(first.range, what, "use DAYS_BETWEEN(a, b)");
        }
        if own == Type::Null {
            return self.fail(first.range, format!("`{name}` of NULL"), "name a column");
        }
        Some(match name {
            "COUNT" if distinct => (AggregateKind::CountDistinct, vec![first], Type::Int),
            "COUNT" => (AggregateKind::Count, vec![first], Type::Int),
            "SUM" => (AggregateKind::Sum, vec![self.amount(first, name)?], own),
            "AVG" => (AggregateKind::Mean, vec![self.amount(first, name)?], Type::Number),
            "STDDEV" => (AggregateKind::Deviation, vec![self.amount(first, name)?], Type::Number),
            "VARIANCE" => (AggregateKind::Variance, vec![self.amount(first, name)?], Type::Number),
            "MEDIAN" => {
                let kind = AggregateKind::Quantile { share: 0.5, continuous: true };
                (kind, vec![self.amount(first, name)?], Type::Number)
            }
            "QUANTILE_CONT" | "QUANTILE_DISC" => {
                let continuous = name == "QUANTILE_CONT";
                let share = args.next()?;
                let share = match share.constant {
                    Some(Constant::Number(share)) if (0.0..=1.0).contains(&share) => share,
                    Some(Constant::Int(share @ (0 | 1))) => share as f64,
                    _ => {
                        let what = format!("`{name}` takes a constant share from 0 to 1");
                        return self.fail(share.range, what, format!("as in {}", known.example));
                    }
                };
                let first = self.amount(first, name)?;
                (
                    AggregateKind::Quantile { share, continuous },
                    vec![first],
                    if continuous { Type::Number } else { own },
                )
            }
            "MIN" => (AggregateKind::Min, vec![first], own),
            "MAX" => (AggregateKind::Max, vec![first], own),
            "MODE" => (AggregateKind::Mode, vec![first], own),
            "MODE_SHARE" => (AggregateKind::ModeShare, vec![first], Type::Number),
            "USUAL_GAP" | "GAP_SPREAD" | "LAST_GAP" | "NEXT_DUE" => {
                if !own.is_moment() {
                    let what = format!("`{name}` takes a date or timestamp, {} is {}", self.show(&first), own.name());
                    return self.fail(first.range, what, format!("as in {}", known.example));
                }
                let (figure, result) = match name {
                    "USUAL_GAP" => (Rhythm::Usual, Type::Number),
                    "GAP_SPREAD" => (Rhythm::Spread, Type::Number),
                    "LAST_GAP" => (Rhythm::Last, Type::Int),
                    _ => (Rhythm::Due, Type::Date),
                };
                (AggregateKind::Rhythm(figure), vec![first], result)
            }
            "FIRST" | "LAST" => {
                if self.columns.get("event_time").is_none() {
                    return self.fail(first.range, format!("`{name}` needs the column `event_time`"), "");
                }
                let time = Typed::new(col("event_time"), Type::Time, None);
                let kind = if name == "FIRST" { AggregateKind::MinBy } else { AggregateKind::MaxBy };
                (kind, vec![first, time], own)
            }
            "MIN_BY" => (AggregateKind::MinBy, vec![first, args.next()?], own),
            "MAX_BY" => (AggregateKind::MaxBy, vec![first, args.next()?], own),
            "STRING_AGG" => {
                let separator = args.next()?;
                let Some(Constant::Text(separator)) = separator.constant else {
                    return self.fail(separator.range, "STRING_AGG takes a text constant as separator", "as in ', '");
                };
                let range = first.range.clone();
                let text = self.text(first, name)?;
                (AggregateKind::Join { separator }, vec![Typed::new(text, Type::Text, range)], Type::Text)
            }
            _ => {
                if own != Type::Bool {
                    let what = format!("`{name}` takes a condition, {} is {}", self.show(&first), own.name());
                    return self.fail(first.range, what, format!("as in {}", known.example));
                }
                (if name == "BOOL_AND" { AggregateKind::All } else { AggregateKind::Any }, vec![first], Type::Bool)
            }
        })
    }

    /// A number to aggregate.
    fn amount(&mut self, value: Typed, by: &str) -> Option<Typed> {
        if value.kind == Type::Bool {
            let what = format!("`{by}` takes a number, {} is a condition", self.show(&value));
            let fix = format!("count it: COUNT(*) FILTER (WHERE {})", self.show(&value).trim_matches('`'));
            return self.fail(value.range, what, fix);
        }
        self.number(value, by)
    }

    fn push(&mut self, kind: AggregateKind, inputs: Vec<Expr>, result: Type, place: Place) -> Typed {
        let person = self.person.as_mut().expect("aggregates are refused without one");
        let aggregate = Aggregate { kind, inputs, dtype: result.dtype() };
        let known = person.aggregates.iter().position(|other| *other == aggregate);
        let index = known.unwrap_or_else(|| {
            person.aggregates.push(aggregate);
            person.aggregates.len() - 1
        });
        Typed::new(col(Aggregate::column(index)), result, place)
    }
}
