//! onefold folds every channel into one customer.
//!
//! ```text
//! config → ingest → normalize → link → guard → identity → golden → traits → consent → segments → audiences → gates → publish
//!            │                    │       │        │         │
//!          rejects              edges  refusals   lineage  provenance      run.json = counts from every stage
//! ```
//!
//! Modules in the order of the data. Every arrow is a table of [`model`]; data goes one way.
//!
//! | room | may use | never |
//! |---|---|---|
//! | main, [`cli`], [`commands`] | clap, anyhow, the whole library | data logic, file formats |
//! | [`config`], [`ingest`], [`publish`] | csv, polars, serde, anyhow, std::fs | linking decisions |
//! | disk: files and folders for their owner alone | problem, std::fs | other rooms |
//! | [`model`], [`problem`], [`page`], [`sql`] | polars, sqlparser, serde | I/O, other rooms |
//! | [`events`] | model, their config section, sql, polars | I/O, the stages: it tells traits, journeys and triggers what a record is |
//! | [`sniff`] | ingest's looks, config's presets, normalize | I/O: it gets looks and gives the text of a config |
//! | [`profile`] | model, ingest's batches | I/O, the stages: it looks at rows before them |
//! | [`erasure`] | model, sha2, regex, serde | I/O, other rooms |
//! | [`reach`] | model, config, events, sql | I/O, the stages: it proves which rules can never do anything |
//! | [`gates`] | model, their config section, sql, polars | the other stages: they see figures |
//! | [`evaluate`], [`explain`], [`diff`] | model, petgraph, serde | the rest of the pipeline: they judge what it published |
//! | [`pipeline`] | model, config, the pure stages | I/O, printing, rules of its own |
//! | [`normalize`] … [`segments`], [`audiences`] | model, problem, their config section, rayon, polars; petgraph in link and guard | fs, env, clock, printing, a sibling stage |
//!
//! One exception, for memory's sake: ingest's workers call [`normalize`] row by row, so that raw strings never leave
//! the worker.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod audiences;
pub mod cli;
pub mod commands;
pub mod config;
pub mod consent;
pub mod diff;
mod disk;
pub mod erasure;
pub mod evaluate;
pub mod events;
pub mod explain;
#[cfg(test)]
mod fresh;
pub mod gates;
pub mod golden;
pub mod guard;
pub mod identity;
pub mod ingest;
pub mod journeys;
pub mod link;
pub mod model;
pub mod normalize;
pub mod page;
pub mod pipeline;
pub mod problem;
pub mod profile;
pub mod publish;
pub mod reach;
pub mod report;
pub mod segments;
pub mod sniff;
pub mod sql;
pub mod traits;
pub mod triggers;
