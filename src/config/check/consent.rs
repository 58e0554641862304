//! `[consent]` and `[source.consent]`.

use super::names::form_fault;
use super::source::event_time_fault;
use crate::config::words::{did_you_mean, list as list_of};
use crate::config::{Config, ConsentMapping, ConsentPlace, ConsentSpec};
use crate::model::ConsentId;
use crate::problem::Problem;

pub(super) fn check(config: &Config, faults: &mut Vec<Problem>) {
    let mut names: Vec<&str> = Vec::new();
    for (index, source) in config.source.iter().enumerate() {
        for (name, mapping) in &source.consent {
            let place = ["source", &index.to_string(), "consent", name];
            if let Some((what, fix)) = name_fault(name) {
                faults.push(Problem::config_key(&place, what, fix));
            }
            if !names.contains(&name.as_str()) {
                names.push(name);
                if names.len() == usize::from(ConsentId::MAX) + 1 {
                    let what = format!("more than {} channels and purposes", ConsentId::MAX);
                    faults.push(Problem::config_key(&place, what, "let purposes that go together share one"));
                }
            }
            match mapping {
                ConsentMapping::One(one) => place_faults(one, &place, faults),
                ConsentMapping::Alternatives(several) => {
                    if several.is_empty() {
                        faults.push(Problem::config_at(&place, "no place is named", "name at least one"));
                    }
                    for (number, one) in several.iter().enumerate() {
                        place_faults(one, &[&place[..], &[&number.to_string()]].concat(), faults);
                    }
                }
            }
        }
    }
    clashes(&names, config, faults);
    channels(config, &names, faults);
    suppressions(config, &names, faults);
}

/// `email` or `email:newsletter`; both parts are names.
fn name_fault(name: &str) -> Option<(String, String)> {
    let (channel, purpose) = name.split_once(':').unwrap_or((name, "all"));
    form_fault(channel).or_else(|| form_fault(purpose)).map(|(what, fix)| {
        (
            what,
            format!("{fix}; write a channel (`email`) or, in quotes, a channel and a purpose (`\"email:newsletter\"`)"),
        )
    })
}

/// Two that would become one column: `a_b` and `a:b`.
fn clashes(names: &[&str], config: &Config, faults: &mut Vec<Problem>) {
    let column = |name: &str| name.replace(':', "_");
    for (at, name) in names.iter().enumerate() {
        let Some(other) = names[..at].iter().find(|other| column(other) == column(name)) else { continue };
        let source = config.source.iter().position(|source| source.consent.contains_key(*name)).unwrap_or_default();
        let what = format!("\"{other}\" and \"{name}\" would be one column, consent_{}", column(name));
        let place = ["source", &source.to_string(), "consent", name];
        faults.push(Problem::config_key(&place, what, "give one of them another name"));
    }
}

fn channels(config: &Config, names: &[&str], faults: &mut Vec<Problem>) {
    let known: Vec<&str> = names.iter().map(|name| name.split(':').next().unwrap_or(name)).collect();
    for (name, channel) in &config.consent.channels {
        if !known.contains(&name.as_str()) {
            let fix = did_you_mean(name, known.iter().copied());
            let fix = fix.unwrap_or_else(|| "take it out, or map it in [source.consent]".to_owned());
            let what = format!("no source says anything about the channel \"{name}\"");
            faults.push(Problem::config_key(&["consent", "channels", name], what, fix));
        }
        for (index, identifier) in channel.identifiers.iter().flatten().enumerate() {
            if !config.identifiers.contains_key(identifier) {
                let declared = || config.identifiers.keys().map(String::as_str);
                let fix = did_you_mean(identifier, declared())
                    .unwrap_or_else(|| format!("identifiers are {}", list_of(declared())));
                let place = ["consent", "channels", name, "identifiers", &index.to_string()];
                faults.push(Problem::config_at(&place, format!("no identifier is called \"{identifier}\""), fix));
            }
        }
    }
}

fn suppressions(config: &Config, consents: &[&str], faults: &mut Vec<Problem>) {
    let of_consent = consents.iter().map(|name| name.split(':').next().unwrap_or(name));
    let of_audiences = config.audience.iter().map(|audience| audience.channel.as_str());
    let of_sources = config.source.iter().map(|source| source.channel.as_str());
    let known: Vec<&str> = of_consent.chain(of_audiences).chain(of_sources).collect();
    for (index, list) in config.suppression.iter().enumerate() {
        let at = |key: &'static str| ["suppression".to_owned(), index.to_string(), key.to_owned()];
        let mut fault = |place: &[String], what: String, fix: String| {
            let place: Vec<&str> = place.iter().map(String::as_str).collect();
            faults.push(Problem::config_at(&place, what, fix));
        };
        if let Some((what, fix)) = form_fault(&list.name) {
            fault(&at("name"), what, fix);
        }
        if config.suppression[..index].iter().any(|other| other.name == list.name) {
            fault(&at("name"), format!("two lists are called \"{}\"", list.name), "give each its own name".into());
        }
        match config.identifiers.get(&list.identifier) {
            Some(identifier) if identifier.compound => {
                let what = format!("\"{}\" is made of several fields; a list has one column", list.identifier);
                fault(&at("identifier"), what, "name an identifier of one field".into());
            }
            Some(_) => {}
            None => {
                let declared = || config.identifiers.keys().map(String::as_str);
                let fix = did_you_mean(&list.identifier, declared());
                let fix = fix.unwrap_or_else(|| format!("identifiers are {}", list_of(declared())));
                fault(&at("identifier"), format!("no identifier is called \"{}\"", list.identifier), fix);
            }
        }
        for (number, channel) in list.channels.iter().enumerate() {
            if !known.contains(&channel.as_str()) {
                let fix = did_you_mean(channel, known.iter().copied());
                let fix = fix.unwrap_or_else(|| "take it out; without `channels` the list counts everywhere".into());
                let place = [&at("channels")[..], &[number.to_string()]].concat();
                fault(&place, format!("nobody is contacted on a channel \"{channel}\""), fix);
            }
        }
    }
}

fn place_faults(place: &ConsentPlace, at: &[&str], faults: &mut Vec<Problem>) {
    match place {
        ConsentPlace::Column(column) if column.trim().is_empty() => {
            faults.push(Problem::config_at(at, "the column's name is empty", "name a column, or leave the key out"));
        }
        ConsentPlace::Column(_) => {}
        ConsentPlace::Spec(spec) => spec_faults(spec, at, faults),
    }
}

fn spec_faults(spec: &ConsentSpec, at: &[&str], faults: &mut Vec<Problem>) {
    let under = |key: &'static str| [at, &[key]].concat();
    let given: Vec<&'static str> = [
        ("column", spec.column.is_some()),
        ("file_name", spec.file_name.is_some()),
        ("constant", spec.constant.is_some()),
    ]
    .into_iter()
    .filter_map(|(key, given)| given.then_some(key))
    .collect();
    match given.as_slice() {
        [] => {
            let fix = "write exactly one of `column`, `file_name` and `constant`";
            faults.push(Problem::config_at(at, "it is not said where the consent is", fix));
        }
        [_] => {}
        [.., last] => {
            let what = format!("{} say different places for one consent", given.join(" and "));
            let fix = "keep one; for alternatives write a list: [ { column = … }, { constant = … } ]";
            faults.push(Problem::config_at(&under(last), what, fix));
        }
    }
    if spec.column.as_deref().is_some_and(|column| column.trim().is_empty()) {
        faults.push(Problem::config_at(&under("column"), "the column's name is empty", "name the column"));
    }
    if let Some(since) = &spec.since {
        event_time_fault(since, &under("since"), faults);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;

    fn faults(text: &str) -> Vec<String> {
        let head = "[[source]]\nname = 's'\nchannel = 'web'\npath = 'x.csv'\n[source.fields]\nemail = 'E'\n";
        let text = format!("{head}{text}\n[identifiers.email]\n");
        let loaded = load_text(&text, std::path::Path::new("onefold.toml"), &|_| None);
        loaded.err().map(|faults| faults.0.iter().map(|fault| fault.what.clone()).collect()).unwrap_or_default()
    }

    #[test]
    fn a_sound_mapping_has_no_fault() {
        let text = "[source.consent]\nemail = 'Status'\n'email:news' = { column = 'N', says = 'opt_out', since = 'T' }\n\
                    sms = [{ column = 'Body', says = 'message', when = \"Direction = 'in'\" }, 'SMS']\n\
                    [consent]\npolicy = 'most_recent'\n[consent.channels.sms]\nidentifiers = ['email']";
        assert_eq!(faults(text), Vec::<String>::new());
    }

    #[test]
    fn every_fault_of_a_suppression_list_is_told() {
        let found = faults(
            "[[suppression]]\nname = 'stop'\nfile = 'a.csv'\nidentifier = 'mail'\nchannels = ['wep']\n\
             [[suppression]]\nname = 'stop'\nfile = 'b.csv'\nidentifier = 'email'",
        );
        let parts =
            ["no identifier is called \"mail\"", "nobody is contacted on a channel \"wep\"", "two lists are called"];
        for part in parts {
            assert!(found.iter().any(|what| what.starts_with(part)), "{part}: {found:?}");
        }
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn every_fault_of_a_mapping_is_told() {
        let text = "[source.consent]\n'E-Mail' = 'Status'\nsms = {}\nweb = { column = 'a', constant = 'opted_in' }\n\
                    'a:b' = 'c'\na_b = ''\n[consent.channels.fax]\nidentifiers = ['fax']";
        let found = faults(text);
        for part in [
            "\"E-Mail\" is not a name",
            "it is not said where the consent is",
            "column and constant say different places",
            "\"a:b\" and \"a_b\" would be one column",
            "the column's name is empty",
            "no source says anything about the channel \"fax\"",
            "no identifier is called \"fax\"",
        ] {
            assert!(found.iter().any(|what| what.starts_with(part)), "{part}: {found:?}");
        }
        assert_eq!(found.len(), 7, "{found:?}");
    }
}
