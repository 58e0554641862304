//! Calls of functions of single values.

use polars::prelude::{Expr, RoundMode, coalesce, concat_str, lit, when};
use sqlparser::ast;

use super::catalog::{ALIASES, SCALAR_FUNCTIONS};
use super::lower::{Lowering, Place, boolean, quoted};
use super::types::{Constant, Type, Typed, null};
use crate::problem::nearest;

impl Lowering<'_> {
    pub(super) fn function(&mut self, call: &ast::Function, place: Place) -> Option<Typed> {
        let [ast::ObjectNamePart::Identifier(name)] = &call.name.0[..] else {
            return self.fail(place, format!("no function `{}`", call.name), "functions are named without a schema");
        };
        let upper = name.value.to_ascii_uppercase();
        let upper = ALIASES.iter().find(|(alias, _)| *alias == upper).map_or(upper.as_str(), |(_, name)| name);
        let at = self.rule.range(name.span);
        let aggregate = super::AGGREGATE_FUNCTIONS.iter().find(|f| f.name == upper);
        let Some(known) = aggregate.or_else(|| SCALAR_FUNCTIONS.iter().find(|f| f.name == upper)) else {
            return self.unknown_function(&name.value, at);
        };
        if call.over.is_some() {
            return self.fail(at, "a window (OVER) is not allowed in a rule", "compute the value as a trait");
        }
        let plain = call.null_treatment.is_none()
            && call.within_group.is_empty()
            && !call.uses_odbc_syntax
            && matches!(call.parameters, ast::FunctionArguments::None);
        let list = match &call.args {
            ast::FunctionArguments::List(list) if plain && list.clauses.is_empty() => list,
            _ => return self.fail(at, format!("`{upper}` is written {}", known.example), ""),
        };
        if aggregate.is_some() {
            return self.aggregate(known, list, call.filter.as_deref(), place);
        }
        if call.filter.is_some() || list.duplicate_treatment.is_some() {
            return self.fail(at, format!("`{upper}` is no aggregate: it takes neither FILTER nor DISTINCT"), "");
        }
        let args: Vec<Option<Typed>> = list.args.iter().map(|arg| self.argument(arg)).collect();
        let args = args.into_iter().collect::<Option<Vec<_>>>()?;
        self.scalar(known.name, args, place)
    }

    /// A plain argument.
    pub(super) fn argument(&mut self, arg: &ast::FunctionArg) -> Option<Typed> {
        match arg {
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(tree)) => self.lower(tree),
            other => {
                use ast::Spanned;
                let place = self.rule.range(other.span());
                self.fail(place, format!("`{other}` is no argument here"), "only COUNT takes *")
            }
        }
    }

    fn unknown_function(&mut self, name: &str, at: Place) -> Option<Typed> {
        let upper = name.to_ascii_uppercase();
        if matches!(upper.as_str(), "NOW" | "CURRENT_DATE" | "CURRENT_TIMESTAMP" | "GETDATE" | "TODAY") {
            let what = format!("`{name}`: rules do not ask the clock, so that a run can be repeated");
            return self.fail(at, what, "write as_of");
        }
        let all = SCALAR_FUNCTIONS.iter().chain(super::AGGREGATE_FUNCTIONS).map(|f| f.name);
        let near = match upper.as_str() {
            "DATEDIFF" | "DATE_DIFF" | "AGE" => vec!["DAYS_BETWEEN", "MONTHS_BETWEEN", "YEARS_BETWEEN"],
            "GROUP_CONCAT" | "LISTAGG" => vec!["STRING_AGG"],
            "STRPOS" | "POSITION" | "INSTR" | "CHARINDEX" => vec!["CONTAINS", "SPLIT_PART"],
            _ => nearest(&upper, all),
        };
        let fix = if near.is_empty() { String::new() } else { format!("did you mean {}?", quoted(&near)) };
        self.fail(at, format!("no function `{name}` in rules"), fix)
    }

    /// A function of single values; `name` from [`SCALAR_FUNCTIONS`].
    pub(super) fn scalar(&mut self, name: &str, args: Vec<Typed>, place: Place) -> Option<Typed> {
        let known = SCALAR_FUNCTIONS.iter().find(|f| f.name == name).expect("the caller found it there");
        if args.len() < known.arguments.0 || args.len() > known.arguments.1 {
            let (least, most) = known.arguments;
            let takes = if least == most { least.to_string() } else { format!("{least} to {most}") };
            let what = format!("`{name}` takes {takes} arguments, found {}", args.len());
            return self.fail(place, what, format!("as in {}", known.example));
        }
        match name {
            "COALESCE" | "IFNULL" | "GREATEST" | "LEAST" | "IF" | "NULLIF" => self.choice(name, args, place),
            "ABS" | "CEIL" | "FLOOR" | "ROUND" | "SIGN" | "SQRT" | "LN" | "LOG10" | "EXP" | "POWER" | "MOD" => {
                self.math(name, args, place)
            }
            "DATE_PART" | "DATE_TRUNC" | "DATE" | "YEAR" | "QUARTER" | "MONTH" | "WEEK" | "DAY" | "HOUR"
            | "DAYS_BETWEEN" | "HOURS_BETWEEN" | "MONTHS_BETWEEN" | "YEARS_BETWEEN" => self.calendar(name, args, place),
            _ => self.text_function(name, args, place),
        }
    }

    fn choice(&mut self, name: &str, args: Vec<Typed>, place: Place) -> Option<Typed> {
        let mut args = args;
        let condition = if name == "IF" {
            let condition = args.remove(0);
            if condition.kind != Type::Bool {
                return self.fail(
                    condition.range,
                    "IF takes a condition first",
                    "as in IF(amount > 100, 'big', 'small')",
                );
            }
            Some(condition.expr)
        } else {
            None
        };
        let (args, kind) = self.unify(args, place.clone())?;
        let mut exprs = args.into_iter().map(|arg| arg.expr);
        let expr = match (name, condition) {
            ("IF", Some(condition)) => when(condition).then(exprs.next()?).otherwise(exprs.next()?),
            ("NULLIF", _) => {
                let (value, none) = (exprs.next()?, exprs.next()?);
                when(value.clone().eq_missing(none)).then(null(kind)).otherwise(value)
            }
            ("GREATEST", _) => exprs.reduce(|best, next| {
                let take = best.clone().is_null().or(next.clone().gt(best.clone()));
                when(take).then(next).otherwise(best)
            })?,
            ("LEAST", _) => exprs.reduce(|best, next| {
                let take = best.clone().is_null().or(next.clone().lt(best.clone()));
                when(take).then(next).otherwise(best)
            })?,
            _ => coalesce(&exprs.collect::<Vec<_>>()),
        };
        Some(Typed::new(expr, kind, place))
    }

    fn math(&mut self, name: &str, args: Vec<Typed>, place: Place) -> Option<Typed> {
        if name == "MOD" {
            let mut args = args.into_iter();
            return self.binary(args.next()?, &ast::BinaryOperator::Modulo, args.next()?, place);
        }
        let mut args = args.into_iter();
        let value = self.number(args.next()?, name)?;
        if value.kind == Type::Int && matches!(name, "CEIL" | "FLOOR" | "ROUND" | "ABS") {
            let expr = if name == "ABS" { value.expr.abs() } else { value.expr };
            return Some(Typed::new(expr, Type::Int, place));
        }
        let value = value.into_number()?.expr;
        let expr = match name {
            "ABS" => value.abs(),
            "CEIL" => value.ceil(),
            "FLOOR" => value.floor(),
            "ROUND" => {
                let decimals = match args.next() {
                    None => 0,
                    Some(decimals) => self.whole(decimals, name, 0..=15)?,
                };
                value.round(decimals as u32, RoundMode::HalfAwayFromZero)
            }
            "SIGN" => {
                let sign = value.sign().cast(Type::Int.dtype());
                return Some(Typed::new(sign, Type::Int, place));
            }
            "SQRT" => finite(value.sqrt()),
            "LN" => finite(value.log(lit(std::f64::consts::E))),
            "LOG10" => finite(value.log(lit(10.0))),
            "EXP" => finite(value.exp()),
            _ => {
                let exponent = self.number(args.next()?, name)?.into_number()?;
                finite(value.pow(exponent.expr))
            }
        };
        Some(Typed::new(expr, Type::Number, place))
    }

    fn text_function(&mut self, name: &str, args: Vec<Typed>, place: Place) -> Option<Typed> {
        if name == "CONCAT" {
            let parts: Vec<Expr> = args.into_iter().map(|arg| arg.cast(Type::Text).expr).collect();
            return Some(Typed::new(concat_str(parts, "", true), Type::Text, place));
        }
        let mut args = args.into_iter();
        let value = self.text(args.next()?, name)?;
        let spaces = || null(Type::Text);
        let expr = match name {
            "LENGTH" => {
                let length = value.str().len_chars().cast(Type::Int.dtype());
                return Some(Typed::new(length, Type::Int, place));
            }
            "CONTAINS" | "STARTS_WITH" | "ENDS_WITH" => {
                let other = self.text(args.next()?, name)?;
                let found = match name {
                    "CONTAINS" => value.str().contains_literal(other),
                    "STARTS_WITH" => value.str().starts_with(other),
                    _ => value.str().ends_with(other),
                };
                return Some(boolean(found, place));
            }
            "REGEXP_LIKE" => {
                let value = Typed::new(value, Type::Text, None);
                return self.regex_match(value, args.next()?, false, false, place);
            }
            "LOWER" => value.str().to_lowercase(),
            "UPPER" => value.str().to_uppercase(),
            "TRIM" => value.str().strip_chars(spaces()),
            "LTRIM" => value.str().strip_chars_start(spaces()),
            "RTRIM" => value.str().strip_chars_end(spaces()),
            "LEFT" => value.str().head(lit(self.whole(args.next()?, name, 0..=i64::MAX)?)),
            "RIGHT" => value.str().tail(lit(self.whole(args.next()?, name, 0..=i64::MAX)?)),
            "SUBSTR" => {
                let start = self.whole(args.next()?, name, 1..=i64::MAX)? - 1;
                let length = match args.next() {
                    None => lit(u64::MAX),
                    Some(length) => lit(self.whole(length, name, 0..=i64::MAX)? as u64),
                };
                value.str().slice(lit(start), length)
            }
            "REPLACE" => {
                let (from, to) = (self.text(args.next()?, name), self.text(args.next()?, name));
                value.str().replace_all(from?, to?, true)
            }
            "REGEXP_REPLACE" => {
                let (pattern, to) = (self.pattern(&args.next()?), self.text(args.next()?, name));
                value.str().replace_all(lit(pattern?), to?, false)
            }
            "REGEXP_EXTRACT" => {
                let at = args.next()?;
                let pattern = self.pattern(&at)?;
                let groups = regex::Regex::new(&pattern).map_or(0, |r| r.captures_len() - 1);
                let group = match args.next() {
                    None => 0,
                    Some(group) => self.whole(group, name, 0..=groups as i64)?,
                };
                value.str().extract(lit(pattern), group as usize)
            }
            _ => {
                let separator = args.next()?;
                let Some(Constant::Text(separator)) = separator.constant.filter(|s| *s != Constant::Text("".into()))
                else {
                    return self.fail(separator.range, "SPLIT_PART takes a text constant as separator", "");
                };
                let before = self.whole(args.next()?, name, 1..=1_000)? - 1;
                let separator = regex::escape(&separator);
                let pattern = format!("(?s)^(?:.*?{separator}){{{before}}}(.*?)(?:{separator}|$)");
                value.str().extract(lit(pattern), 1)
            }
        };
        Some(Typed::new(expr, Type::Text, place))
    }

    /// A number argument, as it is.
    pub(super) fn number(&mut self, value: Typed, by: &str) -> Option<Typed> {
        match value.kind {
            Type::Int | Type::Number => Some(value),
            Type::Null => Some(value.cast(Type::Number)),
            kind => {
                let what = format!("`{by}` takes a number, {} is {}", self.show(&value), kind.name());
                let fix = if kind == Type::Text { "CAST it AS DOUBLE" } else { "" };
                self.fail(value.range, what, fix)
            }
        }
    }

    /// A constant whole number within limits.
    pub(super) fn whole(&mut self, value: Typed, by: &str, limits: std::ops::RangeInclusive<i64>) -> Option<i64> {
        match value.constant {
            Some(Constant::Int(number)) if limits.contains(&number) => Some(number),
            _ => {
                let most = if *limits.end() == i64::MAX { String::new() } else { format!(" to {}", limits.end()) };
                let what = format!("`{by}` takes a constant whole number here, {}{most}", limits.start());
                self.fail(value.range, what, "")
            }
        }
    }

    pub(super) fn ceil_floor(
        &mut self,
        name: &str,
        value: &ast::Expr,
        field: &ast::CeilFloorKind,
        place: Place,
    ) -> Option<Typed> {
        let value = self.lower(value)?;
        match field {
            ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime) => self.scalar(name, vec![value], place),
            _ => self.fail(place, format!("`{name}` takes one argument"), format!("as in {name}(amount)")),
        }
    }
}

/// NULL instead of infinities and not-a-number.
pub(super) fn finite(expr: Expr) -> Expr {
    when(expr.clone().is_finite()).then(expr).otherwise(null(Type::Number))
}
