//! Channels as sets: a set of them is a bit mask.

use crate::model::Schema;
use crate::problem::{Problem, Result};

/// The channels of the config.
#[derive(Debug)]
pub(super) struct Channels {
    /// The distinct channels, sorted.
    pub(super) names: Vec<String>,
    /// Per source: its channel's bit.
    pub(super) of_source: Vec<u128>,
}

impl Channels {
    /// The channels of all sources. Fails where there are more than 128.
    pub(super) fn new(schema: &Schema) -> Result<Self> {
        let mut names: Vec<String> = schema.sources.iter().map(|source| source.channel.clone()).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() > 128 {
            let what = format!("{} different channels; at most 128 can be told apart", names.len());
            return Err(Problem::config("source", what, "let sources that meet the person alike share a channel"));
        }
        let bit = |channel: &String| 1u128 << names.partition_point(|name| name < channel);
        let of_source = schema.sources.iter().map(|source| bit(&source.channel)).collect();
        Ok(Self { names, of_source })
    }

    /// The channels of a set, joined with `+`.
    pub(super) fn names(&self, set: u128) -> String {
        let here = self.names.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
        here.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("+")
    }
}
