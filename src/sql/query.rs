//! Questions to published tables: one SELECT over tables that are there. Polars' SQL would read files and write tables
//! when asked to, so what it gets passes this list first: no other statement, no table but those that are named to it,
//! no table function, no function that is not on the list.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use polars::prelude::{DataFrame, LazyFrame};
use polars::sql::SQLContext;
use sqlparser::ast::{self, Visit, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use super::{AGGREGATE_FUNCTIONS, SCALAR_FUNCTIONS};
use crate::problem::{Place, Problem, Result, nearest};

/// A question that passed the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    text: String,
    /// The tables that it reads, by name.
    pub tables: Vec<String>,
}

/// Functions of polars' SQL that rules do not have and questions may use.
const MORE_FUNCTIONS: [&str; 24] = [
    "ATAN",
    "BIT_LENGTH",
    "CBRT",
    "CHAR_LENGTH",
    "COS",
    "DENSE_RANK",
    "FIRST_VALUE",
    "INITCAP",
    "LAG",
    "LAST_VALUE",
    "LEAD",
    "LEN",
    "LOG10",
    "LOG2",
    "NTILE",
    "OCTET_LENGTH",
    "PI",
    "RANK",
    "REVERSE",
    "ROW_NUMBER",
    "SIN",
    "STRPOS",
    "TAN",
    "TIMESTAMP",
];

/// Longest question, in bytes.
const MAX_LENGTH: usize = 20_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 60;

/// Checks a question against the list; `tables` are those that there are.
pub fn query(text: &str, tables: &[String]) -> Result<Query> {
    let fault = |what: String, fix: String| Problem { place: Place::Argument("QUERY".into()), what, fix };
    if text.len() > MAX_LENGTH {
        return Err(fault(format!("the query is {} bytes long; {MAX_LENGTH} are allowed", text.len()), String::new()));
    }
    let syntax = |error: &dyn std::fmt::Display| {
        let said = error.to_string().replace("sql parser error: ", "");
        let fix = "a query is one SELECT; text goes in single quotes, odd names in double quotes";
        fault(format!("SQL syntax: {said}"), fix.to_owned())
    };
    let parser = Parser::new(&GenericDialect {}).with_recursion_limit(MAX_DEPTH);
    let mut parser = parser.try_with_sql(text).map_err(|error| syntax(&error))?;
    let statements = parser.parse_statements().map_err(|error| syntax(&error))?;
    let [statement] = &statements[..] else {
        return Err(fault(format!("{} statements; one is answered at a time", statements.len()), String::new()));
    };
    if !matches!(statement, ast::Statement::Query(_)) {
        let word = text.split_whitespace().next().unwrap_or_default().to_uppercase();
        let fix = "published tables are only read: ask with SELECT";
        return Err(fault(format!("{word} is not answered"), fix.to_owned()));
    }
    let mut walk = Walk { tables, own: BTreeSet::new(), read: BTreeSet::new() };
    match statement.visit(&mut walk) {
        ControlFlow::Break((what, fix)) => Err(fault(what, fix)),
        ControlFlow::Continue(()) => Ok(Query { text: text.to_owned(), tables: walk.read.into_iter().collect() }),
    }
}

/// Answers a question over the tables that it reads.
pub fn answer(query: &Query, tables: Vec<(String, LazyFrame)>) -> Result<DataFrame> {
    let mut context = SQLContext::new();
    for (name, table) in tables {
        context.register(&name, table);
    }
    context.execute(&query.text).and_then(LazyFrame::collect).map_err(|error| {
        let said = error.to_string();
        let said = said.lines().next().unwrap_or_default();
        let (what, fix) = no_column(said).unwrap_or_else(|| {
            let fix = "`onefold head TABLE` shows a table's columns; docs/tables.md says what they mean";
            (said.to_owned(), fix.to_owned())
        });
        Problem { place: Place::Argument("QUERY".into()), what, fix }
    })
}

/// What polars says of a column that is not there, as we say it; `None` = it says something else.
fn no_column(said: &str) -> Option<(String, String)> {
    let (_, rest) = said.split_once("unable to find column \"")?;
    let (name, rest) = rest.split_once('"')?;
    let (_, list) = rest.split_once("valid columns: [")?;
    let known: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let fix = match nearest(name, known.iter().copied()).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("columns are {}", known.join(", ")),
    };
    Some((format!("no column `{name}`"), fix))
}

struct Walk<'a> {
    tables: &'a [String],
    /// Names that the question gives to tables of its own (WITH).
    own: BTreeSet<String>,
    /// Published tables that it reads.
    read: BTreeSet<String>,
}

type Refused = (String, String);

impl Visitor for Walk<'_> {
    type Break = Refused;

    fn pre_visit_query(&mut self, query: &ast::Query) -> ControlFlow<Refused> {
        let with = query.with.iter().flat_map(|with| &with.cte_tables);
        self.own.extend(with.map(|table| table.alias.name.value.clone()));
        let mut body = &*query.body;
        while let ast::SetExpr::SetOperation { left, .. } = body {
            body = left;
        }
        let into = matches!(body, ast::SetExpr::Select(select) if select.into.is_some());
        if into || !query.locks.is_empty() {
            return ControlFlow::Break(("published tables are only read".into(), "leave INTO and FOR out".into()));
        }
        match body {
            ast::SetExpr::Select(_) | ast::SetExpr::Query(_) | ast::SetExpr::Values(_) => ControlFlow::Continue(()),
            other => ControlFlow::Break((format!("`{other}` is not answered"), "ask with SELECT".into())),
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &ast::TableFactor) -> ControlFlow<Refused> {
        match factor {
            ast::TableFactor::Table { name, args: None, .. } => {
                let [ast::ObjectNamePart::Identifier(part)] = &name.0[..] else {
                    let fix = "name a published table alone".to_owned();
                    return ControlFlow::Break((format!("no table `{name}`"), fix));
                };
                if self.tables.contains(&part.value) {
                    self.read.insert(part.value.clone());
                } else if !self.own.contains(&part.value) {
                    let near = nearest(&part.value, self.tables.iter().map(String::as_str));
                    let fix = match near.first() {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("tables are {}", self.tables.join(", ")),
                    };
                    return ControlFlow::Break((format!("no table `{}`", part.value), fix));
                }
                ControlFlow::Continue(())
            }
            ast::TableFactor::Derived { .. } | ast::TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            ast::TableFactor::Table { name, .. } => {
                let fix = "a query reads published tables, no files and no addresses".to_owned();
                ControlFlow::Break((format!("`{name}(…)` is no table"), fix))
            }
            other => ControlFlow::Break((format!("`{other}` is no table"), "name a published table".into())),
        }
    }

    fn pre_visit_expr(&mut self, expression: &ast::Expr) -> ControlFlow<Refused> {
        let ast::Expr::Function(call) = expression else { return ControlFlow::Continue(()) };
        let name = call.name.to_string().to_uppercase();
        let rules = || SCALAR_FUNCTIONS.iter().chain(AGGREGATE_FUNCTIONS).map(|function| function.name);
        if rules().chain(MORE_FUNCTIONS).any(|known| known == name) {
            return ControlFlow::Continue(());
        }
        let near = nearest(&name, rules().chain(MORE_FUNCTIONS));
        let fix = near.first().map(|near| format!("did you mean {near}?")).unwrap_or_default();
        ControlFlow::Break((format!("no function {name}"), fix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoLazy, NamedFrom, Series};

    fn tables() -> Vec<String> {
        vec!["golden_customers".into(), "segments".into()]
    }

    #[test]
    fn selects_over_published_tables_pass() {
        for (text, read) in [
            ("SELECT * FROM golden_customers", "golden_customers"),
            (
                "select count(*) from golden_customers g join segments s on g.person_id = s.person_id",
                "golden_customers segments",
            ),
            (
                "WITH big AS (SELECT * FROM segments) SELECT segment, COUNT(*) AS n FROM big GROUP BY segment",
                "segments",
            ),
            ("SELECT 1 UNION ALL SELECT 2", ""),
            (
                "SELECT * FROM (SELECT person_id FROM segments) t WHERE person_id IN (SELECT person_id FROM golden_customers)",
                "golden_customers segments",
            ),
        ] {
            assert_eq!(query(text, &tables()).map(|query| query.tables.join(" ")).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn nothing_but_published_tables_can_be_reached() {
        for text in [
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM \"/etc/passwd.csv\"",
            "SELECT * FROM read_parquet('https://example.com/x.parquet')",
            "SELECT * FROM segments WHERE person_id IN (SELECT column_1 FROM read_csv('/etc/passwd'))",
            "SELECT * FROM TABLE(read_csv('x'))",
            "SELECT * FROM a.b.segments",
            "SELECT LOAD_FILE('/etc/passwd') FROM segments",
            "SELECT (SELECT * FROM read_json('x')) FROM segments",
            "SELECT * INTO x FROM segments",
            "CREATE TABLE x AS SELECT * FROM segments",
            "DROP TABLE segments",
            "TRUNCATE TABLE segments",
            "DELETE FROM segments",
            "COPY segments TO '/tmp/x'",
            "SHOW TABLES",
            "EXPLAIN SELECT * FROM read_csv('x')",
            "SELECT 1; DROP TABLE segments",
            "WITH x AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM x",
            "TABLE segments",
            "SELECT * FROM segments, LATERAL read_csv('/etc/passwd')",
            "",
        ] {
            assert!(query(text, &tables()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_misspelled_table_is_named_with_the_nearest() {
        let fault = query("SELECT * FROM golden_customer", &tables()).expect_err("no such table");
        assert_eq!(
            (fault.what.as_str(), fault.fix.as_str()),
            ("no table `golden_customer`", "did you mean `golden_customers`?")
        );
    }

    #[test]
    fn a_question_is_answered_and_a_wrong_column_is_a_fault() {
        let table = DataFrame::new_infer_height(vec![Series::new("segment".into(), ["a", "b", "a"]).into()]).unwrap();
        let ask = |text: &str| {
            let query = query(text, &tables())?;
            answer(&query, vec![("segments".into(), table.clone().lazy())])
        };
        let found = ask("SELECT segment, COUNT(*) AS n FROM segments GROUP BY segment ORDER BY segment").unwrap();
        assert_eq!(found.height(), 2);
        let fault = |text: &str| {
            let fault = ask(text).expect_err("no such column");
            (fault.what, fault.fix)
        };
        let near = ("no column `segmnt`".to_owned(), "did you mean `segment`?".to_owned());
        assert_eq!(fault("SELECT segmnt FROM segments"), near);
        let far = ("no column `nothing`".to_owned(), "columns are segment".to_owned());
        assert_eq!(fault("SELECT nothing FROM segments"), far);
    }
}
