//! Tables with rows by person.

use super::Type::{Bool, Count, Number, Text, Time};
use super::{PERSON_ID, RECORD_ID, SOURCE, Table, column};

/// `golden_customers`.
pub const GOLDEN_CUSTOMERS: Table = Table {
    name: "golden_customers",
    row: "A person, by the person's smallest record key.",
    columns: &[
        PERSON_ID,
        column("records", Count, "How many records the person has; at least 1."),
        column("channels", Text, "The channels that the person was met in, sorted, joined with `+`."),
        column("first_seen", Time, "Oldest event time of the person's records; blank when none has one."),
        column("last_seen", Time, "Newest event time of the person's records; blank when none has one."),
    ],
    more: "the golden columns in the order of `[golden.fields]`, then the traits in the order of `[traits]`, then a text per channel and purpose \
           of which sources speak, `consent_email`: `opted_in`, `opted_out` or `unknown`",
};

/// `consent`.
pub const CONSENT: Table = Table {
    name: "consent",
    row: "A person and a channel, or a purpose on it, of which somebody said yes or no; by person as in \
          `golden_customers`, then in the order in which the config first names them. No row = `unknown`.",
    columns: &[
        PERSON_ID,
        column("channel", Text, "The channel."),
        column("purpose", Text, "The purpose; blank for all that goes over the channel."),
        column("state", Text, "`opted_in` or `opted_out`."),
        column("since", Time, "Since when, as the record says; blank where it says no time."),
        column("said", Text, "What the record says: `opted_in`, `opted_out` or `complaint`."),
        column("source", Text, "Source of the record that decided it."),
        column("record_id", Text, "Id of the record that decided it."),
        column(
            "via",
            Text,
            "Blank where the record is the person's own; else the identifier that the person has in common with the record: \
             somebody opted out at an address that this person uses too.",
        ),
    ],
    more: "",
};

/// `suppressions`.
pub const SUPPRESSIONS: Table = Table {
    name: "suppressions",
    row: "A person who must not be contacted, and a reason; by person as in `golden_customers`, lists in the order of the \
          config, then bounces.",
    columns: &[
        PERSON_ID,
        column(
            "reason",
            Text,
            "`list`: on a suppression list. `bounce`: the address is gone, and no later opt-in says otherwise.",
        ),
        column("list", Text, "The list's name; blank for a bounce."),
        column("channel", Text, "The channel; blank = all channels. A list of several channels has a row for each."),
        column("purpose", Text, "The purpose on the channel; blank = all."),
        column("since", Time, "Since when, as the record says; blank for a list, and where no time is known."),
        column("source", Text, "Source of the record that says so; blank for a list."),
        column("record_id", Text, "Id of that record; blank for a list."),
        column("via", Text, "Blank where the record is the person's own; else the identifier that both have."),
    ],
    more: "",
};

/// `audiences`.
pub const AUDIENCES: Table = Table {
    name: "audiences",
    row: "A person in an audience, by person as in `golden_customers`, then in the order of the config. The lists themselves \
          are `audiences/NAME.csv`; whom they leave out is counted by reason in `run.json`.",
    columns: &[
        PERSON_ID,
        column("audience", Text, "The audience's name."),
        column("channel", Text, "Its channel, or channel and purpose: `email:newsletter`."),
    ],
    more: "",
};

/// `segments`.
pub const SEGMENTS: Table = Table {
    name: "segments",
    row: "A person in a segment, by person as in `golden_customers`, then in the order of the config.",
    columns: &[
        PERSON_ID,
        column("segment", Text, "The segment's name."),
        column(
            "entered_at",
            Time,
            "`as_of` of the run since which the person is in the segment without a break. A person that others were merged \
             into has the earliest of them. Blank when no record of the data has a time.",
        ),
        column(
            "hold_out",
            Bool,
            "Whether the person is held out of the segment's audiences; false without `hold_out`.",
        ),
    ],
    more: "",
};

/// `segments_wide`.
pub const SEGMENTS_WIDE: Table = Table {
    name: "segments_wide",
    row: "A person, as in `golden_customers`.",
    columns: &[PERSON_ID],
    more: "one boolean per segment, of its name, in the order of the config",
};

/// `provenance`.
pub const PROVENANCE: Table = Table {
    name: "provenance",
    row: "A value of the golden table, by person as there, then by column. Blank values and values made of several \
          records (`sum`, `count` …) have no row.",
    columns: &[
        PERSON_ID,
        column("field", Text, "The golden column."),
        column("source", Text, "Source of the record whose value won."),
        column("record_id", Text, "Id of the record whose value won."),
        column("rule", Text, "The survivorship rule that picked it."),
    ],
    more: "",
};

/// `journeys`.
pub const JOURNEYS: Table = Table {
    name: "journeys",
    row: "Something that a person did or got, by person as in `golden_customers`, then by time (unknown ones last), source \
          in the order of the config and record; a record that is several things has a row for each. Written where the \
          config has `[journeys]`.",
    columns: &[
        PERSON_ID,
        column("event", Text, "What: `message`, `answer`, `view`, `review`, `survey`, `purchase` or `return`."),
        column("event_time", Time, "When; blank when the record has no time."),
        column("channel", Text, "The channel."),
        SOURCE,
        RECORD_ID,
        column("campaign", Text, "The campaign or message; blank without one."),
        column("product", Text, "The product; blank without one."),
        column("value", Number, "The amount, below zero for returns; blank for what is neither purchase nor return."),
    ],
    more: "",
};

/// `attribution`.
pub const ATTRIBUTION: Table = Table {
    name: "attribution",
    row: "What a channel and campaign led to under a model, by model (`first`, `last`, `linear`, `time_decay`, \
          `position_based`), channel and campaign. Written where the config has `[journeys]`.",
    columns: &[
        column("model", Text, "How credit is shared; see the page of journeys."),
        column("channel", Text, "Channel of the touches; blank for conversions that nothing led to."),
        column("campaign", Text, "Their campaign; blank without one."),
        column("conversions", Number, "Conversions, in shares: per model they add up to all conversions."),
        column("value", Number, "Value of the conversions, in the same shares."),
    ],
    more: "",
};

/// `triggers`.
pub const TRIGGERS: Table = Table {
    name: "triggers",
    row: "Something that became of a person since the last published run, by person as in `golden_customers`, then in the \
          order of the config. Empty on the first run, which has nothing to compare with. Written where the config has \
          `[[trigger]]`.",
    columns: &[
        PERSON_ID,
        column("trigger", Text, "The trigger's name."),
        column("event_time", Time, "Event time of the record that shows it; blank when it has none."),
        column("source", Text, "Source of the record that shows it; blank when no record can be named."),
        column("record_id", Text, "Its id."),
        column("field", Text, "The golden column that changed; blank when the trigger is not about one."),
        column("before", Text, "Its value in the last published run."),
        column("after", Text, "Its value now."),
    ],
    more: "",
};
