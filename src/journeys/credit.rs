//! Attribution: who gets the credit for a conversion.

use std::collections::BTreeMap;

use crate::config::Journeys;

/// The models, in the order of the table.
pub const MODELS: [&str; 5] = ["first", "last", "linear", "time_decay", "position_based"];

/// A row of the table: model, channel, campaign (empty = none), conversions, value.
pub type Credit<'a> = (&'static str, &'a str, &'a str, f64, f64);

/// Something that may have led to a conversion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch<'a> {
    /// UTC microseconds.
    pub time: i64,
    pub channel: &'a str,
    /// Empty = none.
    pub campaign: &'a str,
}

/// What touches led to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conversion {
    /// UTC microseconds; `None` = unknown, so nothing led to it.
    pub time: Option<i64>,
    pub value: f64,
}

/// Per model: conversions and their value.
type Sums = [(f64, f64); MODELS.len()];

/// Per model, channel and campaign: conversions and their value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Credits {
    /// Channel, then campaign; both empty = nothing led to it.
    sums: BTreeMap<String, BTreeMap<String, Sums>>,
}

impl Credits {
    /// Gives the credit for a conversion to its touches, oldest first; without any, to nobody: the channel is empty.
    pub(super) fn give(&mut self, conversion: &Conversion, touches: &[Touch<'_>], settings: &Journeys) {
        let nobody = [Touch { time: 0, channel: "", campaign: "" }];
        let touches = if touches.is_empty() { &nobody } else { touches };
        let half_life = settings.half_life_days * super::DAY as f64;
        // Seen from the newest touch instead of the conversion, shares are the same and no sum of weights is zero.
        let newest = touches[touches.len() - 1].time;
        let weight = |touch: &Touch<'_>| (-((newest - touch.time) as f64) / half_life).exp2();
        let weights: f64 = touches.iter().map(weight).sum();
        let (mut shares_left, mut values_left) = ([1.0; MODELS.len()], [conversion.value; MODELS.len()]);
        let last = touches.len() - 1;
        for (index, touch) in touches.iter().enumerate() {
            let sums = self.of(touch);
            for model in 0..MODELS.len() {
                // The last one gets what is left, so that shares and values add up.
                let (share, value) = if index == last {
                    (shares_left[model], values_left[model])
                } else {
                    let share = match MODELS[model] {
                        "first" => f64::from(u8::from(index == 0)),
                        "last" => 0.0,
                        "linear" => 1.0 / touches.len() as f64,
                        "time_decay" => weight(touch) / weights,
                        _ => by_position(index, last, settings),
                    };
                    (share, conversion.value * share)
                };
                shares_left[model] -= share;
                values_left[model] -= value;
                sums[model].0 += share;
                sums[model].1 += value;
            }
        }
    }

    fn of(&mut self, touch: &Touch<'_>) -> &mut Sums {
        // No text is made of what is known already.
        if !self.sums.contains_key(touch.channel) {
            self.sums.insert(touch.channel.to_owned(), BTreeMap::new());
        }
        let campaigns = self.sums.get_mut(touch.channel).expect("it was put in where it was not there");
        if !campaigns.contains_key(touch.campaign) {
            campaigns.insert(touch.campaign.to_owned(), Sums::default());
        }
        campaigns.get_mut(touch.campaign).expect("it was put in where it was not there")
    }

    /// Adds those of the next stretch.
    pub fn add(&mut self, other: &Self) {
        for (channel, campaigns) in &other.sums {
            let own = self.sums.entry(channel.clone()).or_default();
            for (campaign, more) in campaigns {
                let sums = own.entry(campaign.clone()).or_default();
                for (sum, more) in sums.iter_mut().zip(more) {
                    sum.0 += more.0;
                    sum.1 += more.1;
                }
            }
        }
    }

    /// Rows by model, then channel and campaign.
    pub fn rows(&self) -> impl Iterator<Item = Credit<'_>> {
        MODELS.iter().enumerate().flat_map(move |(model, name)| {
            let all = self.sums.iter().flat_map(|(channel, campaigns)| {
                campaigns.iter().map(move |(campaign, sums)| (channel.as_str(), campaign.as_str(), sums))
            });
            let given = all.filter(move |(_, _, sums)| sums[model] != (0.0, 0.0));
            given.map(move |(channel, campaign, sums)| (*name, channel, campaign, sums[model].0, sums[model].1))
        })
    }
}

/// The share of a touch that is not the last one by its position.
fn by_position(index: usize, last: usize, settings: &Journeys) -> f64 {
    let ends = settings.first_share + settings.last_share;
    match (last, index) {
        // Without any between, the two share all as they share their part.
        (1, _) if ends == 0.0 => 0.5,
        (1, _) => settings.first_share / ends,
        (_, 0) => settings.first_share,
        _ => (1.0 - ends) / (last as f64 - 1.0),
    }
}
