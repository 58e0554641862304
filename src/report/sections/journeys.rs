//! What led to conversions, and what people did and got.

use maud::{Markup, html};

use super::super::charts::{Bar, bar, bars};
use super::super::figures::{Figures, JourneyFigures};
use super::super::text::{counted, decimals, name, percent, short, thousands};
use super::Section;

/// Campaigns that are listed.
const MOST_CAMPAIGNS: usize = 12;
/// Channels that the chart has room for.
const MOST_CHANNELS: usize = 8;
/// Colors of the models, in their order.
const COLORS: [&str; 5] = ["c1", "c2", "c3", "c4", "c5"];

pub(super) fn journeys(figures: &Figures<'_>) -> Option<Section> {
    let journeys = figures.more.journeys.as_ref()?;
    let channels = by_channel(journeys);
    let campaigns = by_campaign(journeys);
    // What nothing led to would make all else small; the figures beside the chart have it.
    let led_by = &channels[..channels.iter().filter(|row| !row.channel.is_empty()).count()];
    let alike = journeys.models.iter().position(|model| model == "linear").unwrap_or(0);
    let events: Vec<Bar> = journeys
        .events
        .iter()
        .map(|(event, channel, rows)| Bar { detail: channel.clone(), class: "c6", ..Bar::new(event, *rows, 0) })
        .collect();
    let body = html! {
        @if !channels.is_empty() {
            div.pair {
                @if !led_by.is_empty() { div {
                    (chart("Conversions that each channel led to, by model", &journeys.models, led_by))
                    p.legend { @for (model, color) in journeys.models.iter().zip(COLORS) {
                        span { svg.key viewBox="0 0 12 12" aria-hidden="true" { rect class=(color) x="1" y="1" width="10" height="10" rx="2" {} } " " (model.replace('_', " ")) }
                    } }
                } }
                (credit("Conversions credited to each channel", &journeys.models, &channels))
            }
        }
        @if !campaigns.is_empty() {
            (led("Campaigns that led to most conversions, all touches of one alike", alike, &campaigns))
            @if campaigns.len() > MOST_CAMPAIGNS {
                p.quiet { (counted((campaigns.len() - MOST_CAMPAIGNS) as u64, "campaign", "campaigns")) " with less: table attribution." }
            }
        }
        @if !events.is_empty() { (bars("What people did and got", ["event", "channel", "times"], &events)) }
    };
    Some(Section { id: "journeys", title: "What led to conversions", lead: lead(journeys, &channels), body })
}

/// Something that gets credit: its name, the channel, and per model conversions and their value.
struct Row {
    title: String,
    channel: String,
    sums: Vec<(f64, f64)>,
}

fn lead(journeys: &JourneyFigures, channels: &[Row]) -> String {
    let first = |row: &Row| row.sums.first().copied().unwrap_or_default();
    let (all, value) = channels.iter().map(first).fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    if all == 0.0 {
        return format!(
            "{} did or got something; nobody converted.",
            counted(journeys.persons, "customer", "customers")
        );
    }
    let unled: f64 = channels.iter().filter(|row| row.channel.is_empty()).map(|row| first(row).0).sum();
    let (all, led) = (all.round() as u64, (all - unled).round() as u64);
    format!(
        "{} worth {}; something led to {} of them ({}). Five models share the credit: where they agree, the answer is firm.",
        counted(all, "conversion", "conversions"),
        decimals(value, 2),
        thousands(led),
        percent(led, all)
    )
}

/// The credit of each channel; what nothing led to comes last.
fn by_channel(journeys: &JourneyFigures) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for one in &journeys.credits {
        match rows.iter_mut().find(|row| row.channel == one.channel) {
            Some(row) => row.sums.iter_mut().zip(&one.sums).for_each(|(sum, more)| {
                sum.0 += more.0;
                sum.1 += more.1;
            }),
            None => {
                let title = if one.channel.is_empty() { "nothing led to it".to_owned() } else { one.channel.clone() };
                rows.push(Row { title, channel: one.channel.clone(), sums: one.sums.clone() });
            }
        }
    }
    rows.sort_by(|a, b| a.channel.is_empty().cmp(&b.channel.is_empty()).then_with(|| a.channel.cmp(&b.channel)));
    rows
}

/// The credit of each campaign, most under the model of equal parts first.
fn by_campaign(journeys: &JourneyFigures) -> Vec<Row> {
    let alike = journeys.models.iter().position(|model| model == "linear").unwrap_or(0);
    let named = journeys.credits.iter().filter(|one| !one.campaign.is_empty());
    let row = |one: &super::super::figures::CreditFigures| Row {
        title: one.campaign.clone(),
        channel: one.channel.clone(),
        sums: one.sums.clone(),
    };
    let mut rows: Vec<Row> = named.map(row).collect();
    let conversions = |row: &Row| row.sums.get(alike).map_or(0.0, |sum| sum.0);
    rows.sort_by(|a, b| {
        let most = conversions(b).total_cmp(&conversions(a));
        most.then_with(|| (&a.channel, &a.title).cmp(&(&b.channel, &b.title)))
    });
    rows
}

/// Conversions per channel and model.
fn credit(caption: &str, models: &[String], rows: &[Row]) -> Markup {
    html! {
        div.table tabindex="0" role="group" aria-label=(caption) { table.narrow {
            caption { (caption) }
            thead { tr {
                th scope="col" { "channel" }
                @for model in models { th.num scope="col" { (model.replace('_', " ")) } }
            } }
            tbody { @for row in rows { tr {
                th scope="row" { bdi { (name(&row.title)) } }
                @for (conversions, _) in &row.sums { td.num { (decimals(*conversions, 1)) } }
            } } }
        } }
    }
}

/// Campaigns with what they led to under one model.
fn led(caption: &str, model: usize, rows: &[Row]) -> Markup {
    let sum = |row: &Row| row.sums.get(model).copied().unwrap_or_default();
    let most = rows.first().map_or(1.0, |row| sum(row).0).max(1e-9);
    html! {
        table.bars {
            caption { (caption) }
            thead { tr {
                th scope="col" { "campaign" } th scope="col" { "channel" } th.bar scope="col" { span.hide { "bar" } }
                th.num scope="col" { "conversions" } th.num scope="col" { "value" }
            } }
            tbody { @for row in rows.iter().take(MOST_CAMPAIGNS) { tr {
                th scope="row" { bdi { (name(&row.title)) } } td.quiet { bdi { (name(&row.channel)) } }
                td.bar { (bar((sum(row).0 / most * 1000.0) as u64, 1000, "c3")) }
                td.num { (decimals(sum(row).0, 1)) } td.num.quiet { (decimals(sum(row).1, 2)) }
            } } }
        }
    }
}

/// A group of columns per channel, one for each model.
fn chart(title: &str, models: &[String], rows: &[Row]) -> Markup {
    let (bar, gap, left) = (11, 26, 14);
    let step = bar * models.len() + gap;
    let rows = &rows[..rows.len().min(MOST_CHANNELS)];
    let (width, height) = (left + step * rows.len().max(1) + 10, 190);
    let most = rows.iter().flat_map(|row| &row.sums).map(|(conversions, _)| *conversions).fold(0.0, f64::max).max(1e-9);
    html! {
        div.scroll tabindex="0" role="group" aria-label=(title) {
            svg.chart role="img" aria-label=(title) viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) {
                line.axis x1=(left - 4) x2=(width - 6) y1="156" y2="156" {}
                @for (at, row) in rows.iter().enumerate() {
                    @for (model, (conversions, _)) in row.sums.iter().enumerate() {
                        @let tall = if *conversions > 0.0 { (conversions / most * 132.0).max(1.5) } else { 0.0 };
                        rect class=(COLORS[model % COLORS.len()]) x=(left + at * step + model * bar) y=(format!("{:.1}", 156.0 - tall))
                            width=(bar - 2) height=(format!("{tall:.1}")) rx="1.5" {
                            title { (name(&row.title)) ", " (models[model].replace('_', " ")) ": " (decimals(*conversions, 1)) }
                        }
                    }
                    text.tick x=(left + at * step + bar * models.len() / 2) y="174" { (short(&name(&row.title), 13)) }
                }
            }
        }
    }
}
