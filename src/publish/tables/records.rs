//! Tables of records, of their identifiers, and of what links nobody.

use super::Type::{Bool, Count, Text};
use super::{PERSON_ID, RECORD_ID, SOURCE, Table, column};

/// `crosswalk`.
pub const CROSSWALK: Table = Table {
    name: "crosswalk",
    row: "A record, by record key: source by name, then record id by bytes.",
    columns: &[SOURCE, RECORD_ID, PERSON_ID],
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
