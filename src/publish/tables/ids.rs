//! Tables of person ids from run to run.

use super::Type::{Count, Text};
use super::{Column, RECORD_ID, SOURCE, Table, column};

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
