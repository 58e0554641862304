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

/// Per model, channel and campaign: conversions and their value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Credits {
    /// Channel, then campaign; both empty = nothing led to it.
    sums: BTreeMap<(String, String), [(f64, f64); MODELS.len()]>,
}

impl Credits {
    /// Gives the credit for a conversion to its touches, oldest first; without any, to nobody: the channel is empty.
    pub(super) fn give(&mut self, conversion: &Conversion, touches: &[Touch<'_>], settings: &Journeys) {
        let nobody = [Touch { time: 0, channel: "", campaign: "" }];
        let touches = if touches.is_empty() { &nobody } else { touches };
        for model in 0..MODELS.len() {
            let (mut share_left, mut value_left) = (1.0, conversion.value);
            let last = touches.len() - 1;
            for (index, touch) in touches.iter().enumerate() {
                // The last one gets what is left, so that shares and values add up.
                let share = if index == last { share_left } else { share(model, index, touches, conversion, settings) };
                let value = if index == last { value_left } else { conversion.value * share };
                share_left -= share;
                value_left -= value;
                if share != 0.0 || value != 0.0 {
                    let sums = &mut self.of(touch)[model];
                    sums.0 += share;
                    sums.1 += value;
                }
            }
        }
    }

    fn of(&mut self, touch: &Touch<'_>) -> &mut [(f64, f64); MODELS.len()] {
        self.sums.entry((touch.channel.to_owned(), touch.campaign.to_owned())).or_default()
    }

    /// Adds those of the next stretch.
    pub fn add(&mut self, other: &Self) {
        for (key, more) in &other.sums {
            let sums = self.sums.entry(key.clone()).or_default();
            for (sum, more) in sums.iter_mut().zip(more) {
                sum.0 += more.0;
                sum.1 += more.1;
            }
        }
    }

    /// Model, channel, campaign, conversions, value: by model, then channel and campaign.
    pub fn rows(&self) -> impl Iterator<Item = Credit<'_>> {
        MODELS.iter().enumerate().flat_map(move |(model, name)| {
            let given = self.sums.iter().filter(move |(_, sums)| sums[model] != (0.0, 0.0));
            given.map(move |((channel, campaign), sums)| {
                (*name, channel.as_str(), campaign.as_str(), sums[model].0, sums[model].1)
            })
        })
    }
}

/// The share of a touch under a model; all shares of a conversion make 1.
fn share(model: usize, index: usize, touches: &[Touch<'_>], conversion: &Conversion, settings: &Journeys) -> f64 {
    let (count, last) = (touches.len() as f64, touches.len() - 1);
    match MODELS[model] {
        "first" => f64::from(u8::from(index == 0)),
        "last" => f64::from(u8::from(index == last)),
        "linear" => 1.0 / count,
        "time_decay" => {
            let weight = |touch: &Touch<'_>| {
                let days = (conversion.time.unwrap_or(touch.time) - touch.time) as f64 / super::DAY as f64;
                (-days / settings.half_life_days).exp2()
            };
            weight(&touches[index]) / touches.iter().map(weight).sum::<f64>()
        }
        _ => {
            let ends = settings.first_share + settings.last_share;
            match (last, index) {
                (0, _) => 1.0,
                // Without any between, the two share all as they share their part.
                (1, _) if ends == 0.0 => 0.5,
                (1, 0) => settings.first_share / ends,
                (1, _) => settings.last_share / ends,
                (_, 0) => settings.first_share,
                (last, index) if index == last => settings.last_share,
                _ => (1.0 - ends) / (count - 2.0),
            }
        }
    }
}
