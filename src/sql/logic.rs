//! AND and OR, lists and cases.

use polars::prelude::{Expr, lit, when};
use sqlparser::ast::{self, BinaryOperator as Op};

use super::lower::{Lowering, Place, boolean};
use super::types::{Constant, Type, Typed};

impl Lowering<'_> {
    /// AND or OR: a chain of them is walked in a loop, so that a long one does not exhaust the stack, and joined as a
    /// balanced tree.
    pub(super) fn logical(&mut self, op: &Op, tree: &ast::Expr) -> Option<Typed> {
        let mut operands = Vec::new();
        let mut rest = tree;
        while let ast::Expr::BinaryOp { left, op: this, right } = rest
            && this == op
        {
            operands.push(&**right);
            rest = left;
        }
        operands.push(rest);
        let found: Vec<Option<Expr>> = operands.into_iter().rev().map(|operand| self.condition(operand)).collect();
        let mut level = found.into_iter().collect::<Option<Vec<Expr>>>()?;
        while level.len() > 1 {
            let mut pairs = level.into_iter();
            let mut next = Vec::new();
            while let Some(left) = pairs.next() {
                next.push(match pairs.next() {
                    Some(right) if *op == Op::And => left.and(right),
                    Some(right) => left.or(right),
                    None => left,
                });
            }
            level = next;
        }
        level.pop().map(|expr| boolean(expr, None))
    }

    pub(super) fn in_list(
        &mut self,
        value: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
        place: Place,
    ) -> Option<Typed> {
        let lowered: Vec<Option<Typed>> = std::iter::once(value).chain(list).map(|item| self.lower(item)).collect();
        let items = lowered.into_iter().collect::<Option<Vec<_>>>()?;
        if let Some(item) = items[1..].iter().find(|item| item.kind == Type::Null) {
            return self.fail(item.range.clone(), "NULL in a list is never equal to anything", "add `OR … IS NULL`");
        }
        let (mut items, kind) = self.unify(items, place.clone())?;
        let value = items.remove(0).expr;
        let constants: Option<Vec<_>> = items.iter().map(|item| item.constant.as_ref().map(Constant::value)).collect();
        let within = match constants.map(|values| series(&values, kind)) {
            Some(Some(series)) => value.is_in(lit(series).implode(true), false),
            _ => items.into_iter().map(|item| value.clone().eq(item.expr)).reduce(Expr::or)?,
        };
        Some(boolean(if negated { within.not() } else { within }, place))
    }

    pub(super) fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        branches: &[ast::CaseWhen],
        other: Option<&ast::Expr>,
        place: Place,
    ) -> Option<Typed> {
        let operand = match operand {
            Some(operand) => Some(self.lower(operand)?),
            None => None,
        };
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for branch in branches {
            conditions.push(match &operand {
                None => self.condition(&branch.condition),
                Some(operand) => self.lower(&branch.condition).and_then(|value| {
                    let (left, right) = self.pair(operand.clone(), value, place.clone())?;
                    Some(left.eq(right))
                }),
            });
            results.push(self.lower(&branch.result));
        }
        results.push(match other {
            Some(other) => self.lower(other),
            None => Some(Typed::null(None)),
        });
        let conditions = conditions.into_iter().collect::<Option<Vec<_>>>()?;
        let (mut results, kind) = self.unify(results.into_iter().collect::<Option<Vec<_>>>()?, place.clone())?;
        let mut expr = results.pop()?.expr;
        for (condition, result) in conditions.into_iter().zip(results).rev() {
            expr = when(condition).then(result.expr).otherwise(expr);
        }
        Some(Typed::new(expr, kind, place))
    }
}

fn series(values: &[polars::prelude::AnyValue<'_>], kind: Type) -> Option<polars::prelude::Series> {
    polars::prelude::Series::from_any_values_and_dtype("".into(), values, &kind.dtype(), true).ok()
}
