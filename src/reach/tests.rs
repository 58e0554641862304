use std::path::Path;

use super::*;
use crate::pipeline::Plans;
use crate::{config, model::Schema};

/// Warnings about a config, as `place: what`; `lacking` are the fields that no file has a column for.
fn told(more: &str, lacking: &[&str]) -> Vec<String> {
    let head = "[[source]]\nname = 's'\nchannel = 'web'\npath = 'x.csv'\n\
                [source.fields]\nemail = 'E'\nphone = 'P'\ncity = 'C'\namount = 'A'\nnps = 'N'\n\
                [source.consent]\nemail = { column = 'U', says = 'opt_out' }\nsms = 'S'\n\
                [fields.nps]\nkind = 'number'\n[identifiers.email]\n[identifiers.phone]\n";
    let loaded = config::load_text(&format!("{head}{more}"), Path::new("onefold.toml"), &|_| None);
    let loaded = loaded.unwrap_or_else(|faults| panic!("{faults}"));
    let (schema, _): (Schema, _) = config::schema(&loaded.config);
    let plans = Plans::new(&loaded.config, &schema, None).unwrap_or_else(|faults| panic!("{faults}"));
    let fillable = schema.fields.iter().map(|field| !lacking.contains(&field.name.as_str())).collect();
    let (config, columns, channels) = (&loaded.config, plans.columns(), plans.channel_sets());
    let warnings = unreachable(&Known { config, schema: &schema, columns, channels, fillable });
    let place = |problem: &Problem| match &problem.place {
        Place::Config { path, .. } => path.join("."),
        other => panic!("{other:?}"),
    };
    warnings.iter().map(|problem| format!("{}: {}", place(problem), problem.what)).collect()
}

#[test]
fn a_sound_config_gives_no_warning() {
    let text = "[traits]\nready = ['frequency']\nscore = { ready = 'nps' }\nspent = \"SUM(amount) FILTER (WHERE channel = 'web')\"\n\
                [[segment]]\nname = 'big'\nwhere = 'spent > 100'\n\
                [[trigger]]\nname = 'bigger'\nwhen = 'big AND NOT previous_big'\n\
                [[trigger]]\nname = 'smaller'\nready = 'left'\nsegment = 'big'\n\
                [[audience]]\nname = 'a'\nsegment = 'big'\nchannel = 'sms'\n\
                [[audience]]\nname = 'b'\nchannel = 'email'\nconsent = 'not_opted_out'\n";
    assert_eq!(told(text, &[]), Vec::<String>::new());
}

#[test]
fn a_trigger_that_can_never_fire_is_told() {
    let text = "[[segment]]\nname = 'nobody'\nwhere = 'records < 1'\n\
                [[trigger]]\nname = 'a'\nwhen = 'records < 1 AND previous_records > 1'\n\
                [[trigger]]\nname = 'b'\nwhen = 'nobody AND previous_records > 1'\n\
                [[trigger]]\nname = 'c'\nready = 'entered'\nsegment = 'nobody'\n\
                [[trigger]]\nname = 'd'\nready = 'new_channel'\n\
                [[trigger]]\nname = 'e'\nwhen = 'previous_records < 1'\n";
    assert_eq!(
        told(text, &[]),
        [
            "segment.0.where: nobody can be in segment `nobody`: `records` is never below 1",
            "trigger.0.when: trigger `a` can never fire: `records` is never below 1",
            "trigger.1.when: trigger `b` can never fire: nobody can be in segment `nobody`",
            "trigger.2.segment: trigger `c` can never fire: nobody can be in segment `nobody`",
            "trigger.3.ready: trigger `d` can never fire: there is one channel only, `web`",
        ]
    );
}

#[test]
fn an_audience_that_nobody_can_be_in_is_told() {
    let text = "[[segment]]\nname = 'nobody'\nwhere = 'records < 1'\n\
                [[audience]]\nname = 'a'\nsegment = 'nobody'\nchannel = 'sms'\n\
                [[audience]]\nname = 'b'\nwhere = \"city = 'x' AND city = 'y'\"\nchannel = 'sms'\n\
                [[audience]]\nname = 'c'\nchannel = 'email'\n\
                [[audience]]\nname = 'd'\nwhere = \"consent_email = 'opted_in'\"\nchannel = 'sms'\n\
                [pilot]\nwhere = 'records < 1'\n";
    let found = told(text, &["phone"]);
    assert_eq!(
        found[1..],
        [
            "pilot.where: nobody can take part in the pilot: `records` is never below 1",
            "audience.0.segment: nobody can be in audience `a`: nobody can be in segment `nobody`",
            "audience.1.where: nobody can be in audience `b`: `city` cannot be two things at once",
            "audience.2.channel: nobody can be in audience `c`: no source can say that anybody opted in to email, only that \
             somebody opted out",
            "audience.3.where: nobody can be in audience `d`: no source can say that anybody opted in to email",
        ]
    );
    let reached = "[[audience]]\nname = 'a'\nchannel = 'sms'\n";
    assert_eq!(told(reached, &[]), Vec::<String>::new());
    let found = told(reached, &["phone"]);
    assert_eq!(found, ["audience.0.channel: nobody can be in audience `a`: no file has a column for `phone`"]);
}

#[test]
fn what_goes_by_a_field_that_no_file_has_is_told() {
    let text = "[traits]\nready = ['frequency']\nscore = { ready = 'nps' }\norders = 'COUNT(amount)'\n\
                spent = \"SUM(amount) FILTER (WHERE channel = 'web')\"\nall = 'COUNT(*)'\n\
                [[segment]]\nname = 'regulars'\nwhere = 'orders >= 3'\n\
                [[segment]]\nname = 'romans'\nwhere = \"city = 'Rome' AND records > 1\"\n\
                [[segment]]\nname = 'others'\nwhere = \"city = 'Rome' OR records > 1\"\n";
    assert_eq!(
        told(text, &["amount", "city", "nps"]),
        [
            "traits.ready.0: trait `frequency` has nothing to go by: no file has a column for `amount`",
            "traits.score: trait `score` has nothing to go by: no file has a column for `nps`",
            "traits.orders: trait `orders` reads `amount`, and no file has a column for `amount`",
            "traits.spent: trait `spent` reads `amount`, and no file has a column for `amount`",
            "segment.0.where: nobody can be in segment `regulars`: `orders` is always 0: no file has a column for `amount`",
            "segment.1.where: nobody can be in segment `romans`: no file has a column for `city`",
        ]
    );
}

#[test]
fn only_plain_counts_are_never_below_zero() {
    for (rule, expected) in [
        ("COUNT(*)", Some("*")),
        ("count(amount) FILTER (WHERE (amount > 0) AND channel = 'web')", Some("amount")),
        ("COUNT(*) - 3", None),
        ("COUNT(*) FILTER (WHERE amount > 0) - (3)", None),
        ("SUM(amount)", None),
        ("COUNT(DISTINCT amount) ", Some("amount")),
    ] {
        let mut config = Config::default();
        config.traits.insert("a".into(), crate::config::Trait::from(rule));
        let (schema, columns) = (Schema::default(), Columns::default());
        let known = Known { config: &config, schema: &schema, columns: &columns, channels: None, fillable: Vec::new() };
        assert_eq!(known.counted("a"), expected, "{rule}");
        assert_eq!(known.counted("nothing"), None);
    }
}
