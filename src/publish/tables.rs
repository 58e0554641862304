//! Every published table: its name, what a row is, and its columns. `docs/tables.md` is made from this, and the writers
//! refuse a table that does not look like it.

use polars::prelude::{DataType, Schema, TimeUnit, TimeZone};

use Type::{Bool, Count, Number, Text, Time};

/// A published table.
#[derive(Debug)]
pub struct Table {
    /// File name without its ending.
    pub name: &'static str,
    /// What one row is, and in which order they come.
    pub row: &'static str,
    /// Columns that are always there, in order.
    pub columns: &'static [Column],
    /// The columns that the config adds behind them; empty = none.
    pub more: &'static str,
}

/// A column that is always there.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Type,
    /// What it means; says so where it may be blank.
    pub doc: &'static str,
}

/// The types of published columns: those that every engine reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// UTF-8 text.
    Text,
    /// 64-bit integer.
    Count,
    /// 64-bit floating-point number.
    Number,
    /// True or false.
    Bool,
    /// Point in time, UTC microseconds.
    Time,
}

impl Type {
    /// As a column's type in Parquet.
    #[must_use]
    pub fn data_type(self) -> DataType {
        match self {
            Text => DataType::String,
            Count => DataType::Int64,
            Number => DataType::Float64,
            Bool => DataType::Boolean,
            Time => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Text => "text",
            Count => "integer",
            Number => "number",
            Bool => "boolean",
            Time => "time (UTC)",
        }
    }
}

const fn column(name: &'static str, holds: Type, doc: &'static str) -> Column {
    Column { name, holds, doc }
}

const PERSON_ID: Column = column("person_id", Text, "The person: a UUID, lower case, with hyphens.");
const SOURCE: Column = column("source", Text, "The record's source, as declared.");
const RECORD_ID: Column = column("record_id", Text, "The record's id within its source.");

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

/// `crosswalk`.
pub const CROSSWALK: Table = Table {
    name: "crosswalk",
    row: "A record, by record key: source by name, then record id by bytes.",
    columns: &[SOURCE, RECORD_ID, PERSON_ID],
    more: "",
};

const OLD_PERSON_ID: Column = column("old_person_id", Text, "The id in the last published run; blank for `created`.");
const NEW_PERSON_ID: Column = column("new_person_id", Text, "The id in this run; blank for `retired`.");
const EVENT: Column = column(
    "event",
    Text,
    "`created`: a new id, none of whose records was there before. `merged`: the old id is no more, and records of it \
     bear the new one. `split`: the new id is new, made of records of the old one, which lives on. `reassigned`: \
     records went from one living id to the other. `retired`: the old id is no more, and all its records are gone.",
);

/// `lineage`.
pub const LINEAGE: Table = Table {
    name: "lineage",
    row: "Something that happened to a person id since the last published run, by event, old and new id. Empty on the \
          first run, which has nothing to compare with. Always written. The last crosswalk, less the records that are \
          gone, plus those that arrived, with `moves` applied, is this run's, and this table counts exactly that.",
    columns: &[
        EVENT,
        OLD_PERSON_ID,
        NEW_PERSON_ID,
        column("records", Count, "How many records: those that went, or for `created` all that it has; at least 1."),
    ],
    more: "",
};

/// `moves`.
pub const MOVES: Table = Table {
    name: "moves",
    row: "A record that the last published run had too and whose person id changed, by record key. Always written.",
    columns: &[
        SOURCE,
        RECORD_ID,
        column("old_person_id", Text, "Its person in the last published run."),
        column("new_person_id", Text, "Its person in this run."),
    ],
    more: "",
};

/// `lineage_history`.
pub const LINEAGE_HISTORY: Table = Table {
    name: "lineage_history",
    row: "A row of `lineage` of this run or an earlier one, oldest run first, without `created` (see `issued_ids`): \
          where a person of long ago is now. `onefold explain OLD_ID` follows it. Always written.",
    columns: &[
        column("run", Count, "The run in which it happened."),
        EVENT,
        OLD_PERSON_ID,
        NEW_PERSON_ID,
        column("records", Count, "How many records."),
    ],
    more: "",
};

/// `issued_ids`.
pub const ISSUED_IDS: Table = Table {
    name: "issued_ids",
    row: "A person id that was ever given to somebody, rising, in rolled-back runs, too. No id comes back to somebody else. \
          Always written.",
    columns: &[column("person_id", Text, "The id."), column("run", Count, "The run that gave it first.")],
    more: "",
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

/// `edges`.
pub const EDGES: Table = Table {
    name: "edges",
    row: "An identifier on a record, usable or not, by record key, then by namespace from the strongest.",
    columns: &[
        SOURCE,
        RECORD_ID,
        column("namespace", Text, "The kind of identifier; `always_link` where a steward's word links the record."),
        column(
            "value",
            Text,
            "The normalized value, or the word's file and line; as it came (at most 200 bytes) where it could not be used.",
        ),
        column("decision", Text, "`links`, `placeholder`, `shared`, `refused` or `unusable`."),
        column("reason", Text, "Why it does not link; blank when it does."),
        PERSON_ID,
    ],
    more: "",
};

/// `refusals`.
pub const REFUSALS: Table = Table {
    name: "refusals",
    row: "A union that the guard refused, by the smallest records of the two sides.",
    columns: &[
        column("left_source", Text, "Source of one side's smallest record at the time of refusal."),
        column("left_record_id", Text, "Its record id."),
        column("left_person_id", Text, "The person that it ended up in."),
        column("right_source", Text, "Source of the other side's smallest record at the time of refusal."),
        column("right_record_id", Text, "Its record id."),
        column("right_person_id", Text, "The person that it ended up in."),
        SOURCE,
        RECORD_ID,
        column("namespace", Text, "The identifier that would have joined them: its namespace."),
        column("value", Text, "The identifier that would have joined them: its value."),
        column("reason", Text, "The limit that the union would have broken."),
    ],
    more: "",
};

/// `bridges`.
pub const BRIDGES: Table = Table {
    name: "bridges",
    row: "An identifier that alone holds a part of a person with more than 20 records to the rest of it, by person as in \
          `golden_customers`, then by namespace from the weakest, then by size of the part.",
    columns: &[
        PERSON_ID,
        column("namespace", Text, "The identifier's namespace."),
        column("value", Text, "The identifier's value."),
        column("source", Text, "Source of the part's smallest record that carries it."),
        column("record_id", Text, "That record's id."),
        column("links", Count, "How many records of the part carry it; 1 = the part hangs on one record."),
        column("part_records", Count, "Records of the part; at least 2 unless `review`."),
        column("other_records", Count, "All other records of the person."),
        column(
            "review",
            Bool,
            "Whether both sides could be persons of their own: each has a unique identifier of its own, or two e-mail \
             addresses. Have a look at these.",
        ),
    ],
    more: "",
};

/// `shared_identifiers`.
pub const SHARED_IDENTIFIERS: Table = Table {
    name: "shared_identifiers",
    row: "A value that occurs with too many different people and so links nothing, by namespace from the strongest, \
          then by falling number of people, then by value.",
    columns: &[
        column("namespace", Text, "The kind of identifier."),
        column("value", Text, "The normalized value."),
        column("records", Count, "How many records carry it."),
        column("distinct", Count, "With how many different people it was seen; counting stops at 1,000."),
        column(
            "by",
            Text,
            "What stands for different people: a field, a namespace, or `stronger_identifiers`: the groups that all \
             stronger namespaces link.",
        ),
    ],
    more: "",
};

/// `ignored_identifiers`.
pub const IGNORED_IDENTIFIERS: Table = Table {
    name: "ignored_identifiers",
    row: "A value that was set aside, by falling number of records, then by value, namespace, field and reason.",
    columns: &[
        column("namespace", Text, "The kind of identifier; blank when the field holds none."),
        column("field", Text, "The field that it stood in; blank for shared values."),
        column("value", Text, "The value: normalized where it is shared, else as it came (at most 200 bytes)."),
        column(
            "reason",
            Text,
            "`placeholder`, `shared`, or why it is not of its kind: `malformed`, `invalid_number`, `no_region`, \
             `too_short`, `too_long`, `bad_date`, `bad_number`, `unknown_value`.",
        ),
        column("records", Count, "How many records carry it."),
    ],
    more: "",
};

/// `rejects`.
pub const REJECTS: Table = Table {
    name: "rejects",
    row: "A row that could not be read, by source in the order of the config, file and line.",
    columns: &[
        column("source", Text, "The source whose file it is in."),
        column("file", Text, "The file, relative to the config's folder."),
        column("line", Count, "Line on which the row begins, from 1; for Parquet its row number."),
        column("reason", Text, "Why, in one word."),
        column("detail", Text, "What was found and expected."),
        column("raw", Text, "The row as it came; bytes that are no text became U+FFFD."),
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

/// Tables that every run writes, whatever the config selects: the next run keeps ids by them.
pub const KEPT: [&Table; 5] = [&CROSSWALK, &LINEAGE, &MOVES, &LINEAGE_HISTORY, &ISSUED_IDS];

/// All published tables.
pub const TABLES: [&Table; 21] = [
    &GOLDEN_CUSTOMERS,
    &CONSENT,
    &SUPPRESSIONS,
    &AUDIENCES,
    &SEGMENTS,
    &SEGMENTS_WIDE,
    &CROSSWALK,
    &LINEAGE,
    &MOVES,
    &LINEAGE_HISTORY,
    &ISSUED_IDS,
    &PROVENANCE,
    &EDGES,
    &REFUSALS,
    &BRIDGES,
    &SHARED_IDENTIFIERS,
    &IGNORED_IDENTIFIERS,
    &REJECTS,
    &JOURNEYS,
    &ATTRIBUTION,
    &TRIGGERS,
];

impl Table {
    /// The columns that are always there, as a schema.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.columns.iter().map(|column| (column.name.into(), column.holds.data_type())).collect()
    }
}

/// `docs/tables.md`, whole.
#[must_use]
pub fn dictionary() -> String {
    let mut page = String::from(
        "# Published tables\n\n\
         <!-- made from src/publish/tables.rs; `ONEFOLD_BLESS=1 cargo test --lib dictionary` writes it anew -->\n\n\
         Each is a file in `out/current/`, as Parquet and/or CSV. Times are UTC: microseconds in Parquet, \
         `2026-01-31T12:00:00Z` in CSV. A blank CSV cell is a blank value. `run.json` beside them holds the run's own \
         figures. `suggested_placeholders.toml` has the values of `shared_identifiers` as `[placeholders]` sections to \
         look through and copy into the config, those of most people first; values of few people are commented out.\n",
    );
    for table in TABLES {
        page +=
            &format!("\n## {}\n\nOne row: {}\n\n| column | type | meaning |\n|---|---|---|\n", table.name, table.row);
        for column in table.columns {
            page += &format!("| `{}` | {} | {} |\n", column.name, column.holds.name(), column.doc);
        }
        if !table.more.is_empty() {
            page += &format!("\nThen {}.\n", table.more);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_in_docs_is_fresh() {
        crate::fresh::fresh("docs/tables.md", &dictionary());
    }

    #[test]
    fn every_column_of_a_table_has_its_own_name() {
        for table in TABLES {
            assert_eq!(table.schema().len(), table.columns.len(), "{}", table.name);
        }
    }
}
