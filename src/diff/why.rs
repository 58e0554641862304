//! The kinds of causes.

use serde::Serialize;

/// What a merge, split or reassignment comes from, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A record that only the later run has.
    NewRecord,
    /// A record that only the earlier run has, of a source some of whose files are gone.
    FileGone,
    /// A record that only the earlier run has.
    RecordGone,
    /// A row of a steward's file.
    NewWord,
    /// A row of a steward's file that is gone.
    WordGone,
    /// A key of the config.
    ChangedRule,
    /// An identifier that a known record has now.
    NewIdentifier,
    /// An identifier that a record no longer has.
    IdentifierGone,
    /// A value that was seen with too many people.
    NoLongerShared,
    /// A value that is seen with too many people now.
    NowShared,
    /// A union that the guard refused.
    NoLongerRefused,
    /// A union that the guard refuses now.
    NowRefused,
    /// A value that was a placeholder.
    NoLongerPlaceholder,
    /// A value that is a placeholder now.
    NowPlaceholder,
    /// A value that could not be used.
    NowUsable,
    /// A value that cannot be used any more.
    NowUnusable,
}

impl Why {
    /// That a value of that decision in one run links in the other: the later one, or the earlier one.
    #[must_use]
    pub(super) fn of(decision: &str, links_now: bool) -> Self {
        match (decision, links_now) {
            ("shared", true) => Self::NoLongerShared,
            ("shared", false) => Self::NowShared,
            ("placeholder", true) => Self::NoLongerPlaceholder,
            ("placeholder", false) => Self::NowPlaceholder,
            ("unusable", true) => Self::NowUsable,
            ("unusable", false) => Self::NowUnusable,
            (_, true) => Self::NoLongerRefused,
            (_, false) => Self::NowRefused,
        }
    }

    /// In words, as what so many events come from.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NewRecord => "by a new record",
            Self::FileGone => "by a record whose file is gone",
            Self::RecordGone => "by a record that is gone",
            Self::NewWord => "by a steward's word",
            Self::WordGone => "by a steward's word that is gone",
            Self::ChangedRule => "by the config",
            Self::NewIdentifier => "by a new identifier",
            Self::IdentifierGone => "by an identifier that is gone",
            Self::NoLongerShared => "by a value no longer shared",
            Self::NowShared => "by a value now shared",
            Self::NoLongerRefused => "by a union no longer refused",
            Self::NowRefused => "by a union now refused",
            Self::NoLongerPlaceholder => "by a value no longer a placeholder",
            Self::NowPlaceholder => "by a value now a placeholder",
            Self::NowUsable => "by a value now usable",
            Self::NowUnusable => "by a value no longer usable",
        }
    }
}
