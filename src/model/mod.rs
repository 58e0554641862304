//! Every table between two stages, with its schema and what always holds of it. No rules, and no I/O but
//! the nameless files that tables are put aside to ([`MemoryLimit`]).
//!
//! | table | one row | made by | here |
//! |---|---|---|---|
//! | records | a source row that was read | ingest | [`Chunk`]s, then [`Records`] over [`Row`]s |
//! | rejects | a row that was not | ingest | [`Reject`] |
//! | identifiers | record × namespace | normalize | [`Occurrence`], or [`Blocked`] with the reason |
//! | edges | record × identifier, decided | link, guard | [`Decision`] per occurrence, [`SharedValue`], [`Refusal`] |
//! | persons | record → person | link, guard | [`Labels`], then [`Persons`] |
//! | lineage, moves | person id that changed, record that moved | identity | [`Lineage`], [`Move`] |
//! | consent | person × channel | consent | [`Statement`]s, then [`ConsentState`] |
//! | audiences | person × audience | audiences | [`Verdict`] |
//! | run | counts and figures | all | [`RunReport`] |

mod agree;
mod audience;
mod columns;
mod compare;
mod consent;
mod edges;
mod identifiers;
mod kind;
mod lineage;
mod persons;
mod records;
mod rejects;
mod row;
mod row_builder;
mod run;
mod said;
mod schema;
mod spill;
mod store;
mod sum;
mod table;

pub use agree::Comparison;
pub use audience::{AudienceCounts, Verdict};
pub use columns::RecordColumn;
pub use compare::{CompareColumn, CompareTable};
pub use consent::{ConsentCounts, ConsentState, Statement, SuppressionCounts, SuppressionList, Word};
pub use edges::{Bridge, Decision, LinkCounts, Refusal, RefusalReason, RefusedEdge, SharedValue};
pub use identifiers::{Blocked, Key, NamespaceId, Occurrence, Occurrences, Unusable, identifier_key};
pub use kind::{Kind, ValueType};
pub use lineage::{Changes, Event, Lineage, Move, NO_PERSON};
pub use persons::{Labels, Persons};
pub(crate) use records::regroup;
pub use records::{FETCHED, Pass, Piece, Records, Rows, SourceStarts, looks};
pub use rejects::{Reject, RejectReason};
pub use row::{Chunk, Row, RowHead, Value};
pub use row_builder::RowBuilder;
pub use run::{Gate, GateState, InputFile, Rewritten, RunReport, SourceCounts, StageTime, TableFile, TopShared};
pub use said::{Said, SaidOf};
pub use schema::{ConsentId, ConsentKey, Field, FieldId, Namespace, Schema, Source, SourceId};
pub use spill::{Look, MemoryLimit, SpillFile};
pub(crate) use store::segment_of;
pub use store::{Place, Store};
pub use sum::Sum;
pub use table::Table;
