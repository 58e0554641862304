use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series, TimeUnit};
use proptest::prelude::*;

use super::*;
use crate::config;
use crate::model::{ConsentState, Verdict};

const HEAD: &str = "[[source]]\nname = 's'\nchannel = 'web'\npath = 'x.csv'\n\
    fields = { email = 'E', phone = 'P', event = 'V', city = 'C' }\nconsent = { email = 'N', 'email:news' = 'M' }\n\
    [identifiers.email]\n[[segment]]\nname = 'all'\nwhere = 'TRUE'\n";

const AS_OF: i64 = 100 * DAY;

fn golden(emails: &[Option<&str>], phones: &[Option<&str>]) -> DataFrame {
    let text = |name: &str, values: &[Option<&str>]| Series::new(name.into(), values).into_column();
    let cities: Vec<Option<&str>> = emails.iter().map(|_| Some("Bonn")).collect();
    DataFrame::new_infer_height(vec![text("email", emails), text("phone", phones), text("city", &cities)]).unwrap()
}

/// Records of persons: (person, event, time).
fn records(rows: &[(u32, &str, i64)]) -> DataFrame {
    let persons: Vec<u32> = rows.iter().map(|row| row.0).collect();
    let events: Vec<&str> = rows.iter().map(|row| row.1).collect();
    let times: Vec<i64> = rows.iter().map(|row| row.2).collect();
    let times = Series::new("event_time".into(), times);
    let times = times.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
    let columns = vec![
        Series::new("person".into(), persons).into_column(),
        times.into(),
        Series::new("event".into(), events).into(),
    ];
    DataFrame::new_infer_height(columns).unwrap()
}

fn compile(text: &str) -> Result<Plan, Vec<String>> {
    let config: config::Config = toml::from_str(&format!("{HEAD}{text}")).expect("the test's config is right");
    let (schema, _) = config::schema(&config);
    let table = golden(&[], &[]);
    let (events, _) = crate::events::Plan::compile(&config, &schema, None);
    Plan::new(&config, (&schema, &events), table.schema(), Some(AS_OF), &[])
        .map_err(|faults| faults.0.iter().map(ToString::to_string).collect())
}

/// The verdicts of the only audience, everybody being in the segment, opted in and not suppressed.
fn verdicts(text: &str, golden: &DataFrame, records: &DataFrame) -> Vec<Verdict> {
    let plan = compile(text).expect("the test's audience is right");
    let persons = golden.height();
    let states = vec![vec![ConsentState::OptedIn; persons]; 2];
    let (segments, hold_outs) = (vec![vec![true; persons]], vec![vec![false; persons]]);
    let suppressed = vec![vec![false; persons]];
    let stretch = Stretch {
        golden,
        records,
        segments: &segments,
        hold_outs: &hold_outs,
        states: &states,
        suppressed: &suppressed,
    };
    judge(&plan, stretch).unwrap().remove(0)
}

#[test]
fn who_was_contacted_often_enough_lately_is_left_out() {
    let text = "[[audience]]\nname = 'a'\nsegment = 'all'\nchannel = 'email'\n\
                pressure = { contacts = 2, days = 7, where = \"event = 'sent'\" }\n\
                quiet = { hours = 48, where = \"event = 'bought'\" }";
    let emails = [Some("a@x.io"), Some("b@x.io"), Some("c@x.io"), Some("d@x.io"), Some("e@x.io")];
    let records = records(&[
        (0, "sent", AS_OF - DAY),
        (0, "sent", AS_OF - 8 * DAY),
        (1, "sent", AS_OF),
        (1, "sent", AS_OF - 7 * DAY + 1),
        (2, "sent", AS_OF - 7 * DAY),
        (2, "sent", AS_OF + 1),
        (3, "bought", AS_OF - 2 * DAY + 1),
        (4, "bought", AS_OF - 2 * DAY),
    ]);
    use Verdict::{ContactPressure, Member, QuietTime};
    let found = verdicts(text, &golden(&emails, &[None; 5]), &records);
    assert_eq!(found, [Member, ContactPressure, Member, QuietTime, Member]);
}

#[test]
fn who_cannot_be_reached_is_left_out() {
    let emails = [Some("a@x.io"), None, Some("=1@x.io"), Some("+tag@x.io")];
    let phones = [Some("+16175550142"), Some("617-555-0142"), None, Some("+1617555014299999")];
    let golden = golden(&emails, &phones);
    use Verdict::{Member, NoAddress, UnsafeAddress};
    let audience = |channel: &str, format: &str| {
        let text = format!(
            "[[audience]]\nname = 'a'\nchannel = '{channel}'\nformat = '{format}'\nconsent = 'not_opted_out'\n"
        );
        verdicts(&text, &golden, &records(&[]))
    };
    assert_eq!(audience("email", "csv"), [Member, NoAddress, UnsafeAddress, UnsafeAddress]);
    assert_eq!(audience("sms", "sms"), [Member, NoAddress, NoAddress, NoAddress]);
    assert_eq!(audience("ads", "google_customer_match"), [Member, NoAddress, UnsafeAddress, UnsafeAddress]);
    assert_eq!(audience("ads", "csv"), [Member; 4], "a channel without addresses needs none");
}

#[test]
fn a_pilot_takes_in_its_channels_and_people_only() {
    let audience = "[[audience]]\nname = 'a'\nchannel = 'email'\nwhere = \"email <> 'b@x.io'\"\n";
    let golden = golden(&[Some("a@x.io"), Some("b@x.io"), None], &[None; 3]);
    let found = |pilot: &str| verdicts(&format!("{audience}{pilot}"), &golden, &records(&[]));
    use Verdict::{Member, OutOfScope};
    assert_eq!(found("[pilot]\nchannels = ['email']"), [Member, OutOfScope, OutOfScope]);
    assert_eq!(found("[pilot]\nchannels = ['sms']"), [OutOfScope; 3]);
    assert_eq!(found("[pilot]\nwhere = \"city = 'Berlin'\""), [OutOfScope; 3]);
    assert_eq!(found("[pilot]\nwhere = \"city = 'Bonn'\""), [Member, OutOfScope, OutOfScope]);
}

#[test]
fn every_fault_of_the_rules_is_told_at_its_place() {
    let faults = compile(
        "[[audience]]\nname = 'a'\nchannel = 'email'\nwhere = 'emial IS NULL'\ncolumns = ['town']\n\
         fields = { phone = 'mobile' }\npressure = { contacts = 1, days = 1, where = 'evnt = 1' }\n\
         [[audience]]\nname = 'b'\nchannel = 'email'\nfields = { email = 'mail' }\n[pilot]\nwhere = 'ctiy = 1'\n",
    )
    .expect_err("it has faults");
    for place in [
        "config `pilot.where`",
        "config `audience.0.where`",
        "config `audience.0.pressure.where`",
        "config `audience.0.columns.0`",
        "config `audience.0.fields.phone`",
        "config `audience.1.channel`: the golden table has no column `mail`",
        "config `audience.1.fields.email`",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(place)), "{place}: {faults:#?}");
    }
    assert_eq!(faults.len(), 7, "{faults:#?}");
}

#[test]
fn who_goes_first_can_be_computed_elsewhere() {
    // printf 'vip/00000000-0000-0000-0000-000000000001' | sha256sum begins with f2c6264ca6bbbef8.
    assert_eq!(rank("vip", 1), 0xf2c6_264c_a6bb_bef8);
}

/// One person: segment, held out, suppressed, consent, purpose's consent, address.
type Person = (bool, bool, bool, ConsentState, ConsentState, Option<&'static str>);

fn persons() -> impl Strategy<Value = Vec<Person>> {
    let state = || prop::sample::select(vec![ConsentState::Unknown, ConsentState::OptedIn, ConsentState::OptedOut]);
    let email = prop::sample::select(vec![None, Some("a@x.io"), Some("b@x.io"), Some("=c@x.io")]);
    prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>(), state(), state(), email), 1..20)
}

proptest! {
    #[test]
    fn nobody_is_in_who_said_no_or_is_suppressed_or_held_out(
        persons in persons(),
        purpose in any::<bool>(),
        strict in any::<bool>(),
    ) {
        let need = if strict { "opted_in" } else { "not_opted_out" };
        let of = if purpose { "purpose = 'news'\n" } else { "" };
        let plan = compile(&format!(
            "[[audience]]\nname = 'a'\nsegment = 'all'\nchannel = 'email'\n{of}consent = '{need}'\n"
        )).expect("it is right");
        let column = |take: &dyn Fn(&Person) -> bool| vec![persons.iter().map(take).collect::<Vec<bool>>()];
        let emails: Vec<Option<&str>> = persons.iter().map(|person| person.5).collect();
        let golden = golden(&emails, &vec![None; persons.len()]);
        let states = [persons.iter().map(|p| p.3).collect(), persons.iter().map(|p| p.4).collect()];
        let (segments, hold_outs, suppressed) = (column(&|p| p.0), column(&|p| p.0 && p.1), column(&|p| p.2));
        let stretch = Stretch {
            golden: &golden,
            records: &DataFrame::empty(),
            segments: &segments,
            hold_outs: &hold_outs,
            states: &states,
            suppressed: &suppressed,
        };
        let verdicts = judge(&plan, stretch).expect("it can be judged").remove(0);
        prop_assert_eq!(verdicts.len(), persons.len());
        for (person, verdict) in persons.iter().zip(verdicts) {
            let state = if purpose { person.4 } else { person.3 };
            let may = person.0 && !person.1 && !person.2 && state != ConsentState::OptedOut
                && (!strict || state == ConsentState::OptedIn) && matches!(person.5, Some("a@x.io" | "b@x.io"));
            prop_assert_eq!(verdict == Verdict::Member, may, "{:?}: {:?}", person, verdict);
            prop_assert_eq!(verdict == Verdict::Outside, !person.0);
        }
    }
}
