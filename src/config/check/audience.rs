//! `[[audience]]` and `[pilot]`. What their rules say is judged where they are compiled.

use super::names::form_fault;
use crate::config::words::{did_you_mean, list};
use crate::config::{AUDIENCE_FIELDS, Audience, AudienceFormat, Config, ConsentNeed, address_of};
use crate::problem::Problem;

pub(super) fn check(config: &Config, faults: &mut Vec<Problem>) {
    let consents: Vec<&str> = {
        let mut names: Vec<&str> =
            config.source.iter().flat_map(|source| source.consent.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    for (index, audience) in config.audience.iter().enumerate() {
        one(config, audience, index, &consents, faults);
    }
    for (index, channel) in config.pilot.channels.iter().enumerate() {
        let known = || config.audience.iter().map(|audience| audience.channel.as_str());
        if !known().any(|known| known == channel) {
            let fix = did_you_mean(channel, known()).unwrap_or_else(|| "take it out".to_owned());
            let place = ["pilot", "channels", &index.to_string()];
            faults.push(Problem::config_at(
                &place,
                format!("no audience is contacted on a channel \"{channel}\""),
                fix,
            ));
        }
    }
}

fn one(config: &Config, audience: &Audience, index: usize, consents: &[&str], faults: &mut Vec<Problem>) {
    let number = index.to_string();
    let at = |key: &'static str| ["audience", &number, key];
    let mut fault = |place: &[&str], what: String, fix: String| faults.push(Problem::config_at(place, what, fix));
    if let Some((what, fix)) = form_fault(&audience.name) {
        fault(&at("name"), what, fix);
    }
    if config.audience[..index].iter().any(|other| other.name == audience.name) {
        fault(&at("name"), format!("two audiences are called \"{}\"", audience.name), "give each its own name".into());
    }
    let segments = || config.segment.iter().map(|segment| segment.name.as_str());
    if let Some(segment) = audience.segment.as_ref().filter(|segment| !segments().any(|known| known == **segment)) {
        let fix = did_you_mean(segment, segments()).unwrap_or_else(|| format!("segments are {}", list(segments())));
        fault(&at("segment"), format!("no segment \"{segment}\""), fix);
    }
    if let Some((what, fix)) = form_fault(&audience.channel) {
        fault(&at("channel"), what, fix);
    }
    let wanted = audience.consent_name();
    let known = consents.contains(&wanted.as_str());
    if !known && (audience.consent == ConsentNeed::OptedIn || audience.purpose.is_some()) {
        let key = if audience.purpose.is_some() { "purpose" } else { "channel" };
        let what = format!("no source says anything about consent for {wanted}, so nobody could be in this audience");
        let fix = did_you_mean(&wanted, consents.iter().copied()).unwrap_or_else(|| {
            "map it in [source.consent], or take everybody who did not opt out: consent = \"not_opted_out\"".to_owned()
        });
        fault(&at(key), what, fix);
    }
    let needs = match audience.format {
        AudienceFormat::Mailchimp => Some("email"),
        AudienceFormat::Sms => Some("phone"),
        _ => None,
    };
    let has = address_of(&audience.channel);
    if let (Some(needs), Some(has)) = (needs, has)
        && needs != has
    {
        let what = format!("the channel {} has no {needs} addresses for this format", audience.channel);
        fault(&at("format"), what, "choose the format of the channel, or `csv`".into());
    }
    if !matches!(audience.format, AudienceFormat::Csv) && !audience.columns.is_empty() {
        let what = "only `csv` has columns of your own".to_owned();
        fault(&at("columns"), what, "take them out, or write format = \"csv\"".into());
    }
    for field in audience.fields.keys().filter(|field| !AUDIENCE_FIELDS.contains(&field.as_str())) {
        let fix =
            did_you_mean(field, AUDIENCE_FIELDS).unwrap_or_else(|| format!("fields are {}", list(AUDIENCE_FIELDS)));
        let place = ["audience", &number, "fields", field];
        faults.push(Problem::config_key(&place, format!("no list has a field \"{field}\""), fix));
    }
    let zero = |value: u32, table: &str, key: &str, faults: &mut Vec<Problem>| {
        if value == 0 {
            let what = format!("`{key}` is 0: nobody, or nothing, would ever count");
            faults.push(Problem::config_at(
                &["audience", &number, table, key],
                what,
                "write 1 or more, or take it out",
            ));
        }
    };
    if let Some(pressure) = &audience.pressure {
        zero(pressure.days, "pressure", "days", faults);
        zero(pressure.contacts, "pressure", "contacts", faults);
    }
    if let Some(quiet) = &audience.quiet {
        zero(quiet.hours, "quiet", "hours", faults);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;

    fn faults(text: &str) -> Vec<String> {
        let head = "[[source]]\nname = 's'\nchannel = 'web'\npath = 'x.csv'\n[source.fields]\nemail = 'E'\n\
                    [source.consent]\nemail = 'C'\n[identifiers.email]\n[[segment]]\nname = 'all'\nwhere = 'TRUE'\n";
        let loaded = load_text(&format!("{head}{text}"), std::path::Path::new("onefold.toml"), &|_| None);
        loaded.err().map(|faults| faults.0.iter().map(|fault| fault.what.clone()).collect()).unwrap_or_default()
    }

    #[test]
    fn a_sound_audience_has_no_fault() {
        let text = "[[audience]]\nname = 'a'\nsegment = 'all'\nchannel = 'email'\nformat = 'mailchimp'\n\
                    pressure = { contacts = 1, days = 7, where = 'TRUE' }\nquiet = { hours = 5, where = 'TRUE' }\n\
                    [[audience]]\nname = 'b'\nchannel = 'ads'\nconsent = 'not_opted_out'\nformat = 'meta_custom_audience'\n\
                    [pilot]\nchannels = ['email']";
        assert_eq!(faults(text), Vec::<String>::new());
    }

    #[test]
    fn every_fault_of_an_audience_is_told() {
        let text = "[[audience]]\nname = 'A b'\nsegment = 'al'\nchannel = 'sms'\nformat = 'mailchimp'\ncolumns = ['x']\n\
                    fields = { mail = 'email' }\nquiet = { hours = 0, where = 'TRUE' }\n[pilot]\nchannels = ['fax']";
        let found = faults(text);
        for part in [
            "\"A b\" is not a name",
            "no segment \"al\"",
            "no source says anything about consent for sms",
            "the channel sms has no email addresses",
            "only `csv` has columns",
            "no list has a field \"mail\"",
            "`hours` is 0",
            "no audience is contacted on a channel \"fax\"",
        ] {
            assert!(found.iter().any(|what| what.starts_with(part)), "{part}: {found:?}");
        }
        assert_eq!(found.len(), 8, "{found:?}");
    }
}
