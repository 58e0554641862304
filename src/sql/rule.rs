//! A rule's text: from text to syntax tree, and from the tree's places back into the text.

use std::ops::Range;

use sqlparser::ast;
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span, Token};

use crate::problem::{Place, Problem};

/// Longest rule, in bytes: far above anything a person writes, and short enough that no rule can exhaust the stack.
const MAX_LENGTH: usize = 20_000;
/// Deepest nesting of parentheses, functions and the like.
const MAX_DEPTH: usize = 60;

/// A rule where it stands in the config.
pub(super) struct Rule<'a> {
    place: &'a [&'a str],
    text: &'a str,
}

impl<'a> Rule<'a> {
    pub(super) fn new(place: &'a [&'a str], text: &'a str) -> Self {
        Self { place, text }
    }

    /// A fault in this rule; `within` = the bytes of its text that are at fault.
    pub(super) fn fault(
        &self,
        within: Option<Range<usize>>,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        let path = self.place.iter().map(|part| (*part).to_owned()).collect();
        Problem { place: Place::Config { path, within }, what: what.into(), fix: fix.into() }
    }

    /// The text of a range.
    pub(super) fn text(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The bytes that a span of the tree covers; `None` where the parser keeps no place.
    pub(super) fn range(&self, span: Span) -> Option<Range<usize>> {
        let (start, end) = (self.offset(span.start)?, self.offset(span.end)?);
        (start < end).then_some(start..end)
    }

    /// A call's range with its closing parentheses, which the parser leaves out.
    pub(super) fn closed(&self, range: Range<usize>) -> Range<usize> {
        let text = self.text(&range);
        let open = text.matches('(').count().saturating_sub(text.matches(')').count());
        let mut end = range.end;
        for _ in 0..open {
            let rest = &self.text[end..];
            let spaces = rest.len() - rest.trim_start().len();
            if rest[spaces..].starts_with(')') {
                end += spaces + 1;
            }
        }
        range.start..end
    }

    /// Byte offset of a 1-based line and column, the column in characters.
    fn offset(&self, at: Location) -> Option<usize> {
        let mut start = 0;
        for _ in 1..at.line {
            start += self.text[start..].find('\n')? + 1;
        }
        if at.line == 0 || at.column == 0 {
            return None;
        }
        let line = &self.text[start..];
        let skip = at.column as usize - 1;
        let within = line.char_indices().nth(skip).map(|(byte, _)| byte);
        within.or_else(|| (line.chars().count() == skip).then_some(line.len())).map(|byte| start + byte)
    }

    /// The syntax tree of a rule that is one expression and nothing more.
    pub(super) fn parse(&self) -> Result<ast::Expr, Problem> {
        if self.text.trim().is_empty() {
            return Err(self.fault(None, "the rule is empty", "write an SQL expression, or take the rule out"));
        }
        if self.text.len() > MAX_LENGTH {
            let what = format!("the rule is {} bytes long; {MAX_LENGTH} are allowed", self.text.len());
            return Err(self.fault(None, what, "split it into several traits or segments"));
        }
        let parser = Parser::new(&GenericDialect {}).with_recursion_limit(MAX_DEPTH);
        let mut parser = parser.try_with_sql(self.text).map_err(|error| self.syntax(&error))?;
        let tree = parser.parse_expr().map_err(|error| self.syntax(&error))?;
        let next = parser.peek_token();
        if next.token == Token::EOF {
            return Ok(tree);
        }
        let what = format!("SQL syntax: expected the end of the rule, found `{}`", next.token);
        Err(self.fault(self.range(next.span), what, "a rule is one expression, without SELECT, `;` or an alias"))
    }

    fn syntax(&self, error: &ParserError) -> Problem {
        let message = match error {
            ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.as_str(),
            ParserError::RecursionLimitExceeded => {
                return self.fault(None, "the rule is nested too deeply", "split it into several traits");
            }
        };
        let (said, at) = split_location(message);
        let mut said = said.trim().trim_end_matches(',').replace("Expected: ", "expected ").replace(", found: EOF", "");
        said = said.replace(", found: ", ", found ");
        let end = self.text.len();
        let within = match at.and_then(|at| self.offset(at)) {
            Some(start) if start < end => Some(start..start + self.word(start)),
            _ => {
                said.push_str(", found the end of the rule");
                Some(end..end)
            }
        };
        self.fault(
            within,
            format!("SQL syntax: {said}"),
            "text goes in single quotes, column names bare or in double quotes",
        )
    }

    /// Length in bytes of the word that begins at a byte, at least one character.
    fn word(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        word.max(rest.chars().next().map_or(0, char::len_utf8))
    }
}

/// Takes ` at Line: 1, Column: 5` off the end of a parser's message.
fn split_location(message: &str) -> (&str, Option<Location>) {
    let Some((said, place)) = message.rsplit_once(" at Line: ") else { return (message, None) };
    let Some((line, column)) = place.split_once(", Column: ") else { return (message, None) };
    match (line.trim().parse(), column.trim().parse()) {
        (Ok(line), Ok(column)) => (said, Some(Location { line, column })),
        _ => (message, None),
    }
}
