//! One test binary for everything that runs `onefold` as a user does; every further one would link polars again.
//!
//! Scenarios are folders of `testdata/scenarios` (and the examples): a config, its data, what must come out.

#[path = "scenarios/cache.rs"]
mod cache;
#[path = "scenarios/check.rs"]
mod check;
#[path = "scenarios/determinism.rs"]
mod determinism;
#[path = "scenarios/docs.rs"]
mod docs;
#[path = "scenarios/evaluate.rs"]
mod evaluate;
#[path = "scenarios/explain.rs"]
mod explain;
#[path = "scenarios/folders.rs"]
mod folders;
#[path = "scenarios/gates.rs"]
mod gates;
#[path = "scenarios/generator.rs"]
mod generator;
#[path = "scenarios/harness.rs"]
mod harness;
#[path = "scenarios/init.rs"]
mod init;
#[path = "scenarios/messages.rs"]
mod messages;
#[path = "scenarios/nights.rs"]
mod nights;
#[path = "scenarios/oracles.rs"]
mod oracles;
#[path = "scenarios/plan.rs"]
mod plan;
#[path = "scenarios/presets.rs"]
mod presets;
#[path = "scenarios/privacy/mod.rs"]
mod privacy;
#[path = "scenarios/profile.rs"]
mod profile;
#[path = "scenarios/recipes.rs"]
mod recipes;
#[path = "scenarios/report.rs"]
mod report;
#[path = "scenarios/runs.rs"]
mod runs;
#[path = "scenarios/steward.rs"]
mod steward;
#[path = "scenarios/survive.rs"]
mod survive;
