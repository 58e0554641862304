//! What rules give, row by row.

mod refused;

use polars::prelude::*;

use super::*;
use crate::problem::Place;

const DAY: i64 = 86_400_000_000;
/// 2026-01-01T00:00:00Z.
const AS_OF: i64 = 20_454 * DAY;

fn time() -> DataType {
    DataType::Datetime(TimeUnit::Microseconds, None)
}

/// One row per case: (amount, country, event_time, birth_date, vip).
fn table() -> DataFrame {
    let times = Int64Chunked::new(
        "event_time".into(),
        &[Some(AS_OF - 10 * DAY), Some(AS_OF - 100 * DAY), None, Some(AS_OF - DAY / 2)],
    );
    let births = Int32Chunked::new("birth_date".into(), &[Some(3652), None, Some(11_000), Some(-1)]);
    DataFrame::new(
        4,
        vec![
            Column::new("amount".into(), [Some(10.0), Some(0.0), None, Some(-2.5)]),
            Column::new("country".into(), [Some("US"), Some("de"), None, Some("Iceland-ü")]),
            times.into_series().into_datetime(TimeUnit::Microseconds, None).into_column(),
            births.into_series().into_date().into_column(),
            Column::new("vip".into(), [Some(true), Some(false), None, Some(true)]),
            Column::new("orders".into(), [Some(3i64), Some(7), None, Some(-7)]),
            Column::new("e-mail".into(), ["a@x.de", "b", "c", "d"]),
        ],
    )
    .expect("a table")
}

fn check(rule: &str) -> Result<Expr, Vec<Problem>> {
    condition(&["segment", "0", "where"], rule, table().schema(), Some(AS_OF))
}

/// Per row: true, false or NULL.
fn holds(rule: &str) -> Vec<Option<bool>> {
    let expr = check(rule).unwrap_or_else(|faults| panic!("{rule:.200}: {faults:?}"));
    let found = table().lazy().with_columns([expr.alias("x")]).collect().unwrap_or_else(|e| panic!("{rule}: {e}"));
    found.column("x").and_then(|x| Ok(x.bool()?.iter().collect())).expect("booleans")
}

/// Rows where it is true.
fn rows(rule: &str) -> Vec<usize> {
    holds(rule).iter().enumerate().filter(|(_, is)| **is == Some(true)).map(|(row, _)| row).collect()
}

/// All faults: (text they point to, what, fix).
fn faults(rule: &str) -> Vec<(String, String, String)> {
    let problems = check(rule).err().unwrap_or_else(|| panic!("{rule} is accepted"));
    let point = |problem: &Problem| match &problem.place {
        Place::Config { path, within } => {
            assert_eq!(path, &["segment", "0", "where"]);
            within.clone().map_or(String::new(), |range| rule[range].to_owned())
        }
        other => panic!("{other:?}"),
    };
    problems.iter().map(|p| (point(p), p.what.clone(), p.fix.clone())).collect()
}

#[test]
fn comparisons_and_logic_follow_sql() {
    assert_eq!(rows("amount > 5"), [0]);
    assert_eq!(rows("amount >= 0 AND NOT (country = 'US')"), [1]);
    assert_eq!(rows("orders = 3 OR orders <> 7"), [0, 3]);
    assert_eq!(rows("orders BETWEEN 3 AND 7"), [0, 1]);
    assert_eq!(rows("country IN ('US', 'de')"), [0, 1]);
    assert_eq!(rows("country NOT IN ('US', 'de')"), [3]);
    assert_eq!(rows("orders IN (3, 7.0)"), [0, 1]);
    assert_eq!(rows("country IN (LOWER(country), 'US')"), [0, 1]);
    assert_eq!(rows("vip"), [0, 3]);
    assert_eq!(rows("vip = FALSE"), [1]);
    assert_eq!(rows("Country = 'US'"), [0], "case of a bare name does not count");
    assert_eq!(rows("\"e-mail\" LIKE '%@%'"), [0]);
    assert_eq!(rows("orders + 1 = 4 AND orders % 2 = 1 AND -orders < 0"), [0]);
    assert_eq!(rows("orders % 4 = -3"), [3], "a remainder has the dividend's sign");
    assert_eq!(rows("CASE WHEN orders > 5 THEN 'many' WHEN orders > 0 THEN 'few' END = 'few'"), [0]);
    assert_eq!(rows("CASE country WHEN 'US' THEN 1 ELSE 0 END = 1"), [0]);
}

#[test]
fn null_is_never_true_and_never_false() {
    assert_eq!(holds("amount > 5"), [Some(true), Some(false), None, Some(false)]);
    assert_eq!(holds("NOT (amount > 5)"), [Some(false), Some(true), None, Some(true)]);
    assert_eq!(holds("amount > 5 AND FALSE")[2], Some(false));
    assert_eq!(holds("amount > 5 OR TRUE")[2], Some(true));
    assert_eq!(holds("country NOT IN ('US')")[2], None);
    assert_eq!(holds("country LIKE '%'")[2], None);
    assert_eq!(rows("country IS NULL"), [2]);
    assert_eq!(rows("vip IS NOT TRUE"), [1, 2]);
    assert_eq!(rows("vip IS UNKNOWN"), [2]);
    assert_eq!(rows("country IS DISTINCT FROM 'US'"), [1, 2, 3]);
    assert_eq!(rows("country || 'x' IS NULL"), [2]);
    assert_eq!(rows("COALESCE(amount, 7) = 7"), [2]);
}

#[test]
fn division_gives_fractions_and_by_zero_nothing() {
    assert_eq!(holds("orders / 2 = 1.5"), [Some(true), Some(false), None, Some(false)]);
    assert_eq!(holds("orders / 0 > 1"), [None; 4]);
    assert_eq!(holds("1 / amount > 0"), [Some(true), None, None, Some(false)]);
    assert_eq!(holds("orders % 0 = 1"), [None; 4]);
    assert_eq!(holds("LN(amount) > 0"), [Some(true), None, None, None]);
}

#[test]
fn patterns_match_whole_texts_and_regular_expressions_anywhere() {
    assert_eq!(rows("country LIKE 'U_'"), [0]);
    assert_eq!(rows("country LIKE 'u_'"), [] as [usize; 0]);
    assert_eq!(rows("country ILIKE 'u_'"), [0]);
    assert_eq!(rows("country NOT LIKE '%e%'"), [0]);
    assert_eq!(rows("country LIKE '%-_'"), [3]);
    assert_eq!(rows("country LIKE 'US'"), [0]);
    assert_eq!(rows("country LIKE 'Ice%'"), [3]);
    assert_eq!(rows("country LIKE '%e'"), [1]);
    assert_eq!(rows("country LIKE '%e%'"), [1, 3]);
    assert_eq!(rows("country LIKE 'I%l%d%'"), [3]);
    assert_eq!(rows("country LIKE ''"), [] as [usize; 0]);
    assert_eq!(rows("country LIKE '%%'"), [0, 1, 3]);
    assert_eq!(rows("country LIKE '%\\%%'"), [] as [usize; 0]);
    assert_eq!(rows("country LIKE 'US!%' ESCAPE '!'"), [] as [usize; 0]);
    assert_eq!(rows("country ~ '^[A-Z]{2}$'"), [0]);
    assert_eq!(rows("country !~ '^[A-Z]{2}$'"), [1, 3]);
    assert_eq!(rows("country RLIKE 'land'"), [3]);
    assert_eq!(rows("LENGTH(country) = 9"), [3], "characters, not bytes");
}

#[test]
fn moments_meet_text_dates_and_intervals() {
    assert_eq!(rows("event_time >= as_of - INTERVAL '90 days'"), [0, 3]);
    assert_eq!(rows("event_time >= as_of - INTERVAL 90 DAY"), [0, 3]);
    assert_eq!(rows("event_time < '2025-12-01'"), [1]);
    assert_eq!(rows("'2025-12-01' < event_time"), [0, 3]);
    assert_eq!(rows("event_time BETWEEN '2025-12-01' AND DATE '2025-12-31'"), [0]);
    assert_eq!(rows("event_time + INTERVAL '1 month' > as_of"), [0, 3]);
    assert_eq!(rows("event_time IN ('2025-12-22')"), [0]);
    assert_eq!(rows("birth_date = '1980-01-01'"), [0]);
    assert_eq!(rows("birth_date <= as_of - INTERVAL '18 years'"), [0, 2, 3]);
    assert_eq!(rows("birth_date + INTERVAL '1 day' = '1970-01-01'"), [3]);
    assert_eq!(rows("birth_date - DATE '1979-12-31' = 1"), [0]);
    assert_eq!(rows("as_of - event_time > INTERVAL '12 hours'"), [0, 1]);
    assert_eq!(rows("DAYS_BETWEEN(event_time, as_of) = 10"), [0]);
    assert_eq!(rows("DAYS_BETWEEN(event_time, as_of) = 0"), [3]);
    assert_eq!(rows("YEARS_BETWEEN(birth_date, as_of) = 46"), [0]);
    assert_eq!(rows("YEARS_BETWEEN(birth_date, as_of - INTERVAL '1 day') = 45"), [0]);
    assert_eq!(rows("YEARS_BETWEEN(as_of, birth_date) = -46"), [0]);
    assert_eq!(rows("MONTHS_BETWEEN('1969-12-01', birth_date) = 0"), [3]);
    assert_eq!(rows("EXTRACT(YEAR FROM birth_date) = 1980"), [0]);
    assert_eq!(rows("EXTRACT(HOUR FROM event_time) = 12"), [3]);
    assert_eq!(rows("EXTRACT(DOW FROM event_time) = 3"), [3], "2025-12-31 is a Wednesday");
    assert_eq!(rows("EXTRACT(EPOCH FROM birth_date) = -86400"), [3]);
    assert_eq!(rows("DATE(event_time) = '2025-12-31'"), [3]);
    assert_eq!(rows("DATE_TRUNC('month', event_time) = '2025-12-01'"), [0, 3]);
    assert_eq!(rows("CAST('2025-12-22' AS DATE) = event_time"), [0]);
}

#[test]
fn casts_give_null_where_a_value_does_not_convert() {
    assert_eq!(rows("CAST(country AS DOUBLE) IS NULL"), [0, 1, 2, 3]);
    assert_eq!(rows("CAST(CONCAT('4', orders) AS BIGINT) = 43"), [0]);
    assert_eq!(rows("CAST('31.01.2026 10:00' AS TIMESTAMP) IS NULL"), [0, 1, 2, 3]);
    assert_eq!(rows("CAST(CONCAT(country, '2026-01-31') AS DATE) = '2026-01-31'"), [2]);
    assert_eq!(rows("CAST(CONCAT('2026-01-31', '') AS TIMESTAMP) = '2026-01-31'").len(), 4);
    assert_eq!(rows("amount::BIGINT = -3"), [3]);
    assert_eq!(rows("CAST(CONCAT('yes', '') AS BOOLEAN)").len(), 4);
}

#[test]
fn text_functions_cut_and_join() {
    assert_eq!(rows("SPLIT_PART(country, '-', 2) = 'ü'"), [3]);
    assert_eq!(rows("SPLIT_PART(country, '-', 1) = 'US'"), [0]);
    assert_eq!(rows("SUBSTR(country, 2, 3) = 'cel'"), [3]);
    assert_eq!(rows("SUBSTRING(country FROM 2 FOR 3) = 'cel'"), [3]);
    assert_eq!(rows("LEFT(country, 1) = 'U' AND RIGHT(country, 1) = 'S'"), [0]);
    assert_eq!(rows("UPPER(country) = 'DE'"), [1]);
    assert_eq!(rows("TRIM(CONCAT(' ', country, ' ')) = 'US'"), [0]);
    assert_eq!(rows("REGEXP_EXTRACT(country, '^(.)(.)', 2) = 'S'"), [0]);
    assert_eq!(rows("GREATEST(amount, 0) = 0"), [1, 2, 3]);
    assert_eq!(rows("LEAST(orders, 3.5) = 3.5"), [1, 2]);
    assert_eq!(rows("NULLIF(country, 'US') IS NULL"), [0, 2]);
    assert_eq!(rows("ROUND(amount) = -3 AND FLOOR(amount) = -3 AND CEIL(amount) = -2"), [3]);
    assert_eq!(rows("POWER(orders, 2) = 49 AND SIGN(orders) = -1 AND ABS(orders) = 7"), [3]);
}

#[test]
fn every_allowed_function_compiles_and_its_type_is_as_foretold() {
    for function in SCALAR_FUNCTIONS {
        assert_eq!(
            rows(&format!("({0}) IS NOT NULL OR ({0}) IS NULL", function.example)).len(),
            4,
            "{}",
            function.name
        );
    }
    let columns = table().schema().as_ref().clone();
    for function in AGGREGATE_FUNCTIONS {
        let mut aggregates = Vec::new();
        for rule in [function.example.to_owned(), format!("{} FILTER (WHERE amount > 0)", function.example)] {
            aggregate(&["traits", "t"], &rule, &columns, &Schema::default(), Some(CHECK_AS_OF), &mut aggregates)
                .unwrap_or_else(|faults| panic!("{rule:.200}: {faults:?}"));
        }
    }
}

#[test]
fn outside_of_aggregates_a_rule_over_records_sees_only_earlier_values() {
    let columns = table().schema().as_ref().clone();
    let earlier = Schema::from_iter([Field::new("total".into(), DataType::Float64)]);
    let mut aggregates = Vec::new();
    let mut compile = |rule: &str| {
        aggregate(&["traits", "t"], rule, &columns, &earlier, Some(AS_OF), &mut aggregates)
            .map(|computed| computed.dtype)
            .map_err(|faults| faults.iter().map(|f| format!("{} {}", f.what, f.fix)).collect::<Vec<_>>().join("; "))
    };
    assert_eq!(compile("total / COUNT(*)"), Ok(DataType::Float64));
    assert_eq!(compile("DAYS_BETWEEN(MAX(event_time), as_of)"), Ok(DataType::Int64));
    assert_eq!(compile("MAX(event_time)"), Ok(time()));
    assert_eq!(compile("COUNT(DISTINCT country) FILTER (WHERE amount > 0) > 1"), Ok(DataType::Boolean));
    assert!(compile("amount > 5").unwrap_err().contains("outside an aggregate"));
    assert!(compile("SUM(total)").unwrap_err().contains("is a trait"));
    assert!(compile("SUM(MAX(amount))").unwrap_err().contains("inside another aggregate"));
    assert!(compile("SUM(vip)").unwrap_err().contains("FILTER (WHERE vip)"));
    assert!(compile("SUM(country)").unwrap_err().contains("takes a number"));
    assert!(compile("as_of - MAX(event_time)").unwrap_err().contains("DAYS_BETWEEN"));
    assert!(compile("totl + 1").unwrap_err().contains("`total`"));
    assert!(compile("SUM(amont) + SUM(ordrs)").unwrap_err().contains("`orders`"));
    assert_eq!(aggregates.len(), 3, "COUNT(*), MAX(event_time), COUNT(DISTINCT …): each once: {aggregates:?}");
}
