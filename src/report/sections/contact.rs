//! Who may be contacted, and who is on which list.

use maud::html;

use super::super::charts::{Bar, bars, stacked};
use super::super::figures::Figures;
use super::super::text::name;
use super::Section;

/// Who may be contacted on which channel.
pub(super) fn consent(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    if run.consent.is_empty() && run.suppressions.is_empty() {
        return None;
    }
    let rows: Vec<(&str, [u64; 3])> =
        run.consent.iter().map(|one| (one.consent.as_str(), [one.opted_in, one.opted_out, one.unknown])).collect();
    let by_address: Vec<Bar> = run
        .consent
        .iter()
        .filter(|one| one.opted_out_by_address > 0)
        .map(|one| Bar::new(&one.consent, one.opted_out_by_address, one.opted_out))
        .collect();
    let suppressed: Vec<Bar> = run
        .suppressions
        .iter()
        .map(|one| Bar { class: "warn", ..Bar::new(&format!("{} {}", one.reason, one.of), one.persons, run.persons) })
        .collect();
    let body = html! {
        @if !rows.is_empty() {
            (stacked("Customers by consent", ["opted in", "opted out", "unknown"], &rows))
        }
        div.pair {
            @if !by_address.is_empty() {
                (bars("Opted out by somebody else's record at an address of theirs", ["channel", "", "customers"], &by_address))
            }
            @if !suppressed.is_empty() {
                (bars("Not to be contacted, whatever they said", ["reason", "", "customers"], &suppressed))
            }
        }
    };
    let lead = "Unknown is never a yes. One opt-out counts for everybody who uses the address.".to_owned();
    Some(Section { id: "consent", title: "Who may be contacted", lead, body })
}

/// Who is on the lists, and why the others of the segment are not.
pub(super) fn audiences(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    if run.audiences.is_empty() {
        return None;
    }
    let members: Vec<Bar> = run
        .audiences
        .iter()
        .map(|one| Bar { detail: one.channel.clone(), ..Bar::new(&one.audience, one.members, one.segment_persons) })
        .collect();
    let body = html! {
        (bars("Members of audiences, of their segments", ["audience", "channel", "customers"], &members))
        div.pair { @for one in run.audiences.iter().filter(|one| !one.left_out.is_empty()) {
            @let reasons: Vec<Bar> = one
                .left_out
                .iter()
                .map(|(reason, persons)| Bar { class: "c6", ..Bar::new(reason, *persons, one.segment_persons) })
                .collect();
            (bars(&format!("Left out of {}, by reason", name(&one.audience)), ["reason", "", "customers"], &reasons))
        } }
    };
    let lead = "Everybody of a segment is on the list, or left out for the first reason that applies.".to_owned();
    Some(Section { id: "audiences", title: "Audiences", lead, body })
}
