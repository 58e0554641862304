//! The names and kinds that every stage shares: sources, canonical fields, namespaces. Built from the config once.

use super::{Kind, NamespaceId};

/// Index into [`Schema::fields`].
pub type FieldId = u16;
/// Index into [`Schema::sources`].
pub type SourceId = u16;

/// All sources, fields and namespaces of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// In the order in which the config declares them; that order breaks ties in survivorship.
    pub sources: Vec<Source>,
    /// Canonical fields, in the order in which the config first names them.
    pub fields: Vec<Field>,
    /// Strongest first (by priority, then by the order of declaration).
    pub namespaces: Vec<Namespace>,
    /// Fields whose compare keys the guard needs (`conflict` and `proxy` of any namespace); index = column of
    /// [`super::CompareTable`].
    pub compare_fields: Vec<FieldId>,
    /// What records can say about consent, in the order in which the config first names it; index = [`ConsentId`].
    /// Each has two fields at the end of `fields`.
    pub consents: Vec<ConsentKey>,
}

/// Index into [`Schema::consents`].
pub type ConsentId = u8;

/// A channel, or a purpose on it, for which a person can say yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentKey {
    /// The channel.
    pub channel: String,
    /// The purpose; empty = all that goes over the channel.
    pub purpose: String,
    /// The field that holds a record's word; it has no name that a config could use.
    pub word: FieldId,
    /// The field that holds the time since when, where the record says one.
    pub since: FieldId,
    /// Identifiers that are addresses on the channel.
    pub addresses: Vec<NamespaceId>,
}

impl ConsentKey {
    /// `email`, `email:newsletter`: as the config writes it.
    #[must_use]
    pub fn name(&self) -> String {
        if self.purpose.is_empty() { self.channel.clone() } else { format!("{}:{}", self.channel, self.purpose) }
    }

    /// `consent_email`, `consent_email_newsletter`: its column in the golden table.
    #[must_use]
    pub fn column(&self) -> String {
        let words = ["consent", &self.channel, &self.purpose];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
    }
}

/// A declared export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As declared, unique.
    pub name: String,
    /// Where the business met the person.
    pub channel: String,
    /// Position among the sources sorted by name: what record keys are ordered by, so that moving a source in the
    /// config changes nothing.
    pub rank: u16,
}

/// A canonical column of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Canonical name.
    pub name: String,
    /// Decides how it is normalized and stored.
    pub kind: Kind,
}

/// A kind of identifier with its own normalizer, priority and limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// As declared, unique.
    pub name: String,
    /// Decides the defaults.
    pub kind: Kind,
}

impl Schema {
    /// The fields that the config names; those of consent stand behind them.
    #[must_use]
    pub fn named(&self) -> &[Field] {
        &self.fields[..self.fields.len() - 2 * self.consents.len()]
    }

    /// What records can say about consent under that name (`email`, `email:newsletter`).
    #[must_use]
    pub fn consent(&self, name: &str) -> Option<ConsentId> {
        self.consents.iter().position(|key| key.name() == name).map(|i| i as ConsentId)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<FieldId> {
        self.fields.iter().position(|f| f.name == name).map(|i| i as FieldId)
    }

    /// The namespace of that name.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<NamespaceId> {
        self.namespaces.iter().position(|n| n.name == name).map(|i| i as NamespaceId)
    }

    /// The source of that name.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<SourceId> {
        self.sources.iter().position(|s| s.name == name).map(|i| i as SourceId)
    }
}
