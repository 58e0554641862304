//! `[gates]`. What conditions say is judged where they are compiled.

use crate::config::words::{did_you_mean, list};
use crate::config::{Config, Gates};
use crate::problem::Problem;

pub(super) fn check(config: &Config, faults: &mut Vec<Problem>) {
    let Gates {
        reject_share,
        row_drop,
        fill_drop,
        reassigned_share,
        segment_drift,
        segment_drop,
        opt_out_drop,
        conditions,
        ..
    } = &config.gates;
    let shares = [
        ("reject_share", reject_share),
        ("row_drop", row_drop),
        ("fill_drop", fill_drop),
        ("reassigned_share", reassigned_share),
        ("opt_out_drop", opt_out_drop),
    ];
    let is_share = |value: f64| (0.0..=1.0).contains(&value);
    let fix = "write a share from 0 to 1: 0.02 is 2 %";
    for (name, value) in shares {
        if let Some(value) = value.filter(|value| !is_share(*value)) {
            faults.push(Problem::config_at(&["gates", name], format!("{value} is no share"), fix));
        }
    }
    if let Some(value) = segment_drift.filter(|value| !(value.is_finite() && *value >= 0.0)) {
        let fix = "write a share: 0.5 lets segments grow or shrink by half";
        faults.push(Problem::config_at(&["gates", "segment_drift"], format!("{value} is no share"), fix));
    }
    let segments = || config.segment.iter().map(|segment| segment.name.as_str());
    for (name, value) in segment_drop {
        if !segments().any(|segment| segment == name) {
            let fix = did_you_mean(name, segments()).unwrap_or_else(|| format!("segments are {}", list(segments())));
            let place = ["gates", "segment_drop", name];
            faults.push(Problem::config_key(&place, format!("no segment \"{name}\""), fix));
        } else if !is_share(*value) {
            let place = ["gates", "segment_drop", name];
            faults.push(Problem::config_at(&place, format!("{value} is no share"), fix));
        }
    }
    for name in conditions.keys() {
        let taken = crate::gates::NAMES.contains(&name.as_str());
        if taken || name.trim().is_empty() || name.contains([':', ',']) {
            let what = format!("a condition cannot be called \"{name}\"");
            let fix = "give it a name of its own, without `:` and `,`: `--accept` goes by it";
            faults.push(Problem::config_key(&["gates", "conditions", name], what, fix));
        }
    }
}
