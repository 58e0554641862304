//! `[traits]`: computed values per person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Config;

/// A computed value per person.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "SQL such as \"COUNT(*)\", a table { ready = \"…\" }, or for the key `ready` a list of names"
)]
pub enum Trait {
    /// SQL: an aggregate over the person's records.
    Sql(String),
    // Before the table, because serde would also read a list as the values of a `ReadyTrait`.
    /// Under the key `ready`: ready traits under their own names.
    Several(Vec<String>),
    /// A ready trait under a name of your own, with settings.
    Ready(Box<ReadyTrait>),
}

/// A ready trait with settings; [ready traits](traits.md) says which there are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadyTrait {
    /// Which one. `_30d` behind a name stands for `days = 30`.
    pub ready: String,
    /// Looks at the so many days before `as_of` only. Default: at all time.
    #[serde(default)]
    pub days: Option<u32>,
    /// Looks at the records of this channel only. Default: at all channels.
    #[serde(default)]
    pub channel: Option<String>,
    /// For `declared` and `declared_on`: the field that the person filled in. Default: none; there it must be said.
    #[serde(default)]
    pub field: Option<String>,
    /// For `lifecycle_stage`: somebody is new for so many days after the first purchase. Default: 30.
    #[serde(default)]
    pub new_days: Option<u32>,
    /// For `lifecycle_stage`: somebody is active for so many days after a purchase. Default: 90.
    #[serde(default)]
    pub active_days: Option<u32>,
    /// For `lifecycle_stage`: somebody is lapsed after so many days without a purchase. Default: 365.
    #[serde(default)]
    pub lapsed_days: Option<u32>,
    /// For answers to surveys: the lowest and the highest answer that there is. Default: `[0, 10]` for NPS, `[1, 5]` for
    /// CSAT, `[1, 7]` for CES.
    #[serde(default)]
    pub scale: Option<Vec<f64>>,
    /// For `quiet_channels`: fewest messages without an answer; default 3. For `new_products`: most products; default 3.
    /// Default: see there.
    #[serde(default)]
    pub count: Option<u32>,
}

/// A trait as the config declares it, one column each.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredTrait<'a> {
    /// Its column.
    pub name: String,
    /// Where it stands in the config.
    pub place: Vec<String>,
    /// How it is computed.
    pub rule: TraitRule<'a>,
}

/// How a trait is computed.
#[derive(Debug, Clone, PartialEq)]
pub enum TraitRule<'a> {
    /// By SQL.
    Sql(&'a str),
    /// By the library.
    Ready(ReadyTrait),
}

/// The key of `[traits]` that lists ready traits.
pub const READY: &str = "ready";

impl Config {
    /// All traits, in the order of the file. A list that stands under any key but `ready` declares nothing; the check says
    /// so.
    #[must_use]
    pub fn declared_traits(&self) -> Vec<DeclaredTrait<'_>> {
        let mut declared = Vec::new();
        for (name, rule) in &self.traits {
            let place = || vec!["traits".to_owned(), name.clone()];
            match rule {
                Trait::Sql(sql) => {
                    declared.push(DeclaredTrait { name: name.clone(), place: place(), rule: TraitRule::Sql(sql) });
                }
                Trait::Ready(ready) => {
                    let ready = windowed((**ready).clone());
                    declared.push(DeclaredTrait { name: name.clone(), place: place(), rule: TraitRule::Ready(ready) });
                }
                Trait::Several(names) if name == READY => {
                    declared.extend(names.iter().enumerate().map(|(index, name)| {
                        let ready = windowed(ReadyTrait { ready: name.clone(), ..ReadyTrait::default() });
                        let place = [place(), vec![index.to_string()]].concat();
                        DeclaredTrait { name: name.clone(), place, rule: TraitRule::Ready(ready) }
                    }));
                }
                Trait::Several(_) => {}
            }
        }
        declared
    }
}

/// Takes `_30d` off the name of a ready trait.
fn windowed(mut ready: ReadyTrait) -> ReadyTrait {
    let days = ready.ready.strip_suffix('d').and_then(|rest| rest.rsplit_once('_'));
    if let Some((name, days)) = days
        && let Ok(days) = days.parse()
    {
        ready.ready = name.to_owned();
        ready.days = ready.days.or(Some(days));
    }
    ready
}

impl From<&str> for Trait {
    fn from(sql: &str) -> Self {
        Self::Sql(sql.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_traits_are_listed_or_named_and_may_have_a_window() {
        let text = "[traits]\nready = [\"recency\", \"frequency_90d\"]\nn = \"COUNT(*)\"\n\
                    web = { ready = \"frequency\", channel = \"web\", days = 7 }\n";
        let config: Config = toml::from_str(text).expect("a config");
        let declared = config.declared_traits();
        let names: Vec<&str> = declared.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["recency", "frequency_90d", "n", "web"]);
        assert_eq!(declared[1].place, ["traits", "ready", "1"]);
        let ready = |index: usize| match &declared[index].rule {
            TraitRule::Ready(ready) => (ready.ready.clone(), ready.days),
            TraitRule::Sql(sql) => panic!("{sql}"),
        };
        assert_eq!(ready(0), ("recency".to_owned(), None));
        assert_eq!(ready(1), ("frequency".to_owned(), Some(90)));
        assert_eq!(ready(3), ("frequency".to_owned(), Some(7)));
        assert_eq!(declared[2].rule, TraitRule::Sql("COUNT(*)"));
    }
}
