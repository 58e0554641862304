//! Segments that nobody can ever be in.

use super::{Known, warning};
use crate::problem::Problem;
use crate::sql;

/// A warning for every segment that no person can be in, with the part of its rule that shows it; and their names.
pub(super) fn unreachable(known: &Known<'_>) -> (Vec<Problem>, Vec<String>) {
    let (mut warnings, mut empty) = (Vec::new(), Vec::new());
    for (index, segment) in known.config.segment.iter().enumerate() {
        let Some(never) = sql::never(&segment.condition, known.columns, &|name| known.of_persons(name)) else {
            continue;
        };
        let what = format!("nobody can be in segment `{}`: {}", segment.name, never.why);
        let path = ["segment", &index.to_string(), "where"];
        warnings.push(warning(&path, never.within, what, "change the rule, or take the segment out"));
        empty.push(segment.name.clone());
    }
    (warnings, empty)
}
