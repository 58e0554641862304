//! What linking and the guard decided about identifiers.

use serde::{Deserialize, Serialize};

use super::{Key, NamespaceId};

/// What became of a record–identifier edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It holds the record to its person.
    Links,
    /// The value identifies nobody.
    Placeholder,
    /// The value occurs with too many different people.
    Shared,
    /// The guard refused the union.
    Refused,
    /// The value is not of its kind's form, so there is no identifier.
    Unusable,
}

impl Decision {
    /// As written to tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::Placeholder => "placeholder",
            Self::Shared => "shared",
            Self::Refused => "refused",
            Self::Unusable => "unusable",
        }
    }
}

/// A value that really occurs with too many different people; it links nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedValue {
    /// Its namespace.
    pub namespace: NamespaceId,
    /// Its key.
    pub key: Key,
    /// The smallest record that carries it: where its text can be read.
    pub record: u32,
    /// How many records carry it.
    pub records: u32,
    /// How many distinct people it was seen with, by the measure named in `by`; counting stops at 1,000.
    pub distinct: u32,
    /// The measure: a proxy field, a namespace, or `stronger_identifiers` (groups that all stronger namespaces link).
    pub by: String,
}

/// A union that the guard refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The smallest record of the one person, the smaller of both.
    pub left: u32,
    /// The smallest record of the other person; the same as `left` where a person had its fill of the namespace's values
    /// and nobody else has this one.
    pub right: u32,
    /// The smallest record whose edge to the identifier was refused.
    pub record: u32,
    /// The identifier's namespace.
    pub namespace: NamespaceId,
    /// The identifier's key.
    pub key: Key,
    /// Which limit it would have broken.
    pub reason: RefusalReason,
}

/// A record's edge to an identifier that holds nothing, because the guard refused the union or the person had its fill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusedEdge {
    /// The record.
    pub record: u32,
    /// The identifier's namespace.
    pub namespace: NamespaceId,
    /// The identifier's key.
    pub key: Key,
    /// Which limit it would have broken.
    pub reason: RefusalReason,
}

/// The limit that a refused union would have broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Too many distinct values of this namespace in one person.
    MaxPerPerson(NamespaceId),
    /// Too many records in one person for this namespace.
    MaxRecordsPerPerson(NamespaceId),
    /// The two sides say different things in this compare field (index into the schema's compare fields).
    Conflict(u16),
    /// A steward said never.
    NeverLink,
}

/// An identifier that alone holds a part of a person to the rest: without it, the person would be two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    /// The person's smallest record.
    pub person: u32,
    /// The identifier's namespace.
    pub namespace: NamespaceId,
    /// The identifier's key.
    pub key: Key,
    /// The smallest record of the part that carries the identifier.
    pub record: u32,
    /// How many records of the part carry it; 1 = one edge holds the part.
    pub links: u32,
    /// Records of the part.
    pub side: u32,
    /// All other records of the person.
    pub rest: u32,
    /// Whether both could be persons of their own: each has a unique identifier of its own, or two e-mail addresses.
    pub review: bool,
}

/// Figures of linking, per namespace of the schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCounts {
    /// Namespace name.
    pub namespace: String,
    /// Record–value pairs.
    pub occurrences: u64,
    /// Distinct values.
    pub values: u64,
    /// Values on two or more records that link.
    pub linking_values: u64,
    /// Values judged shared.
    pub shared_values: u64,
    /// Unions refused over this namespace.
    pub refused: u64,
}
