//! The functions that rules may call, with what each takes; all others are refused.

/// A function that rules may call.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name, in upper case.
    pub name: &'static str,
    /// Fewest and most arguments.
    pub arguments: (usize, usize),
    /// How it is written, as an example over the columns `amount`, `country`, `event_time` and `birth_date`.
    pub example: &'static str,
    /// What it gives.
    pub gives: &'static str,
}

/// A function of so many arguments.
pub(super) const fn function(
    name: &'static str,
    least: usize,
    most: usize,
    example: &'static str,
    gives: &'static str,
) -> Function {
    Function { name, arguments: (least, most), example, gives }
}

/// Functions of single values. NULL gives NULL unless said otherwise.
pub const SCALAR_FUNCTIONS: &[Function] = &[
    function("ABS", 1, 1, "ABS(amount)", "the value without its sign"),
    function("CEIL", 1, 1, "CEIL(amount)", "the next whole number above (also CEILING)"),
    function("COALESCE", 1, 99, "COALESCE(country, 'unknown')", "the first value that is not NULL"),
    function("CONCAT", 1, 99, "CONCAT(country, '-', amount)", "the values joined as text; NULL counts as empty"),
    function("CONTAINS", 2, 2, "CONTAINS(country, 'land')", "whether the first text holds the second"),
    function("DATE", 1, 1, "DATE(event_time)", "the day of a timestamp"),
    function("DATE_PART", 2, 2, "DATE_PART('month', event_time)", "what EXTRACT(MONTH FROM …) gives"),
    function(
        "DATE_TRUNC",
        2,
        2,
        "DATE_TRUNC('month', event_time)",
        "the start of the year, quarter, month, week (Monday), day or hour",
    ),
    function("DAY", 1, 1, "DAY(event_time)", "day of the month, 1–31"),
    function(
        "DAYS_BETWEEN",
        2,
        2,
        "DAYS_BETWEEN(event_time, as_of)",
        "whole days from the first moment to the second; negative if the second is earlier",
    ),
    function("ENDS_WITH", 2, 2, "ENDS_WITH(country, 'land')", "whether the first text ends with the second"),
    function("EXP", 1, 1, "EXP(amount)", "e to the power of the value"),
    function("FLOOR", 1, 1, "FLOOR(amount)", "the next whole number below"),
    function("GREATEST", 1, 99, "GREATEST(amount, 0)", "the largest value; NULLs do not count"),
    function("HOUR", 1, 1, "HOUR(event_time)", "hour of the day in UTC, 0–23"),
    function(
        "HOURS_BETWEEN",
        2,
        2,
        "HOURS_BETWEEN(event_time, as_of)",
        "whole hours from the first moment to the second",
    ),
    function(
        "IF",
        3,
        3,
        "IF(amount > 100, 'big', 'small')",
        "the second value where the condition is true, else the third",
    ),
    function("IFNULL", 2, 2, "IFNULL(country, 'unknown')", "what COALESCE of two values gives"),
    function("LEAST", 1, 99, "LEAST(amount, 100)", "the smallest value; NULLs do not count"),
    function("LEFT", 2, 2, "LEFT(country, 2)", "the first so many characters"),
    function("LENGTH", 1, 1, "LENGTH(country)", "the number of characters (also CHAR_LENGTH)"),
    function("LN", 1, 1, "LN(amount)", "the natural logarithm; NULL for zero and below"),
    function("LOG10", 1, 1, "LOG10(amount)", "the logarithm to base 10; NULL for zero and below"),
    function("LOWER", 1, 1, "LOWER(country)", "in lower case"),
    function("LTRIM", 1, 1, "LTRIM(country)", "without white space at the start"),
    function("MOD", 2, 2, "MOD(amount, 10)", "the remainder, with the sign of the first; NULL when dividing by zero"),
    function("MONTH", 1, 1, "MONTH(event_time)", "month of the year, 1–12"),
    function(
        "MONTHS_BETWEEN",
        2,
        2,
        "MONTHS_BETWEEN(birth_date, as_of)",
        "whole calendar months from the first moment to the second",
    ),
    function("NULLIF", 2, 2, "NULLIF(country, 'n/a')", "NULL if the two are equal, else the first"),
    function("POWER", 2, 2, "POWER(amount, 2)", "the first to the power of the second (also POW)"),
    function("QUARTER", 1, 1, "QUARTER(event_time)", "quarter of the year, 1–4"),
    function(
        "REGEXP_EXTRACT",
        2,
        3,
        "REGEXP_EXTRACT(country, '([A-Z])', 1)",
        "the part that the pattern (or its so-manieth group) matches, or NULL",
    ),
    function(
        "REGEXP_LIKE",
        2,
        2,
        "REGEXP_LIKE(country, '^[A-Z]{2}$')",
        "whether the pattern matches anywhere (Rust's regular expressions)",
    ),
    function("REGEXP_REPLACE", 3, 3, "REGEXP_REPLACE(country, '[^a-z]', '')", "every match replaced"),
    function("REPLACE", 3, 3, "REPLACE(country, 'UK', 'GB')", "every occurrence replaced"),
    function("RIGHT", 2, 2, "RIGHT(country, 2)", "the last so many characters"),
    function("ROUND", 1, 2, "ROUND(amount, 2)", "rounded to so many decimals (default 0), halves away from zero"),
    function("RTRIM", 1, 1, "RTRIM(country)", "without white space at the end"),
    function("SIGN", 1, 1, "SIGN(amount)", "-1, 0 or 1"),
    function(
        "SPLIT_PART",
        3,
        3,
        "SPLIT_PART(country, '-', 1)",
        "the so-manieth part between separators, from 1; NULL if there is none",
    ),
    function("SQRT", 1, 1, "SQRT(amount)", "the square root; NULL below zero"),
    function("STARTS_WITH", 2, 2, "STARTS_WITH(country, 'U')", "whether the first text starts with the second"),
    function("SUBSTR", 2, 3, "SUBSTR(country, 1, 2)", "from a position (from 1), so many characters (also SUBSTRING)"),
    function("TRIM", 1, 1, "TRIM(country)", "without white space at both ends"),
    function("UPPER", 1, 1, "UPPER(country)", "in upper case"),
    function("WEEK", 1, 1, "WEEK(event_time)", "ISO week of the year, 1–53"),
    function("YEAR", 1, 1, "YEAR(event_time)", "the year"),
    function(
        "YEARS_BETWEEN",
        2,
        2,
        "YEARS_BETWEEN(birth_date, as_of)",
        "whole years from the first moment to the second: an age",
    ),
];

/// Other spellings.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("CEILING", "CEIL"),
    ("CHAR_LENGTH", "LENGTH"),
    ("CHARACTER_LENGTH", "LENGTH"),
    ("LEN", "LENGTH"),
    ("POW", "POWER"),
    ("SUBSTRING", "SUBSTR"),
    ("REGEXP_MATCHES", "REGEXP_LIKE"),
    ("MEAN", "AVG"),
    ("STDDEV_SAMP", "STDDEV"),
    ("VAR_SAMP", "VARIANCE"),
    ("FIRST_VALUE", "FIRST"),
    ("LAST_VALUE", "LAST"),
    ("ARG_MIN", "MIN_BY"),
    ("ARG_MAX", "MAX_BY"),
    ("EVERY", "BOOL_AND"),
];

/// Aggregates over a person's records. All take `FILTER (WHERE …)`; NULLs do not count.
pub const AGGREGATE_FUNCTIONS: &[Function] = &[
    function("AVG", 1, 1, "AVG(amount)", "the mean (also MEAN)"),
    function("BOOL_AND", 1, 1, "BOOL_AND(amount > 0)", "whether all are true (also EVERY)"),
    function("BOOL_OR", 1, 1, "BOOL_OR(amount > 100)", "whether any is true"),
    function(
        "COUNT",
        1,
        1,
        "COUNT(*)",
        "how many records, values (COUNT(x)) or different values (COUNT(DISTINCT x)); 0 for none",
    ),
    function("FIRST", 1, 1, "FIRST(country)", "the value of the oldest record that has one"),
    function(
        "GAP_SPREAD",
        1,
        1,
        "GAP_SPREAD(event_time)",
        "how far the days between are from USUAL_GAP: the median of the differences; NULL below two days",
    ),
    function("LAST", 1, 1, "LAST(country)", "the value of the newest record that has one"),
    function("LAST_GAP", 1, 1, "LAST_GAP(event_time)", "days between the last two different days; NULL below two days"),
    function("MAX", 1, 1, "MAX(event_time)", "the largest value"),
    function(
        "MAX_BY",
        2,
        2,
        "MAX_BY(country, amount)",
        "the first value, of the record whose second is largest (also ARG_MAX)",
    ),
    function("MEDIAN", 1, 1, "MEDIAN(amount)", "the middle value"),
    function("MIN", 1, 1, "MIN(event_time)", "the smallest value"),
    function(
        "MIN_BY",
        2,
        2,
        "MIN_BY(country, amount)",
        "the first value, of the record whose second is smallest (also ARG_MIN)",
    ),
    function("MODE", 1, 1, "MODE(country)", "the most frequent value; among equals the newest"),
    function(
        "MODE_SHARE",
        1,
        1,
        "MODE_SHARE(country)",
        "the share of the values that are the most frequent one, 0 to 1",
    ),
    function("NEXT_DUE", 1, 1, "NEXT_DUE(event_time)", "the last day and USUAL_GAP, in whole days, added: a date"),
    function("QUANTILE_CONT", 2, 2, "QUANTILE_CONT(amount, 0.9)", "the value below which the share lies, interpolated"),
    function("QUANTILE_DISC", 2, 2, "QUANTILE_DISC(amount, 0.9)", "the smallest value that covers the share"),
    function("STDDEV", 1, 1, "STDDEV(amount)", "the sample standard deviation"),
    function("STRING_AGG", 2, 2, "STRING_AGG(DISTINCT country, ', ')", "the different values, sorted and joined"),
    function("SUM", 1, 1, "SUM(amount)", "the sum; NULL if there is no value"),
    function(
        "USUAL_GAP",
        1,
        1,
        "USUAL_GAP(event_time)",
        "the median of the days between one day and the next; several moments of a day are one; NULL below two days",
    ),
    function("VARIANCE", 1, 1, "VARIANCE(amount)", "the sample variance"),
];
