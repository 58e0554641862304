//! Which identifiers a record carries, from its clean values: the same code for rows that are being made and for rows
//! that are stored.

use super::clean::{Context, clean};
use super::email::Folding;
use super::plan::Plan;
use super::{fold, hash};
use crate::model::{FieldId, Key, Kind, NamespaceId, Unusable, identifier_key};

/// What stands between the parts of a compound identifier's key.
const SEPARATOR: char = '\x1f';

/// A namespace that a field's values belong to.
#[derive(Debug)]
pub(super) struct Target {
    pub namespace: NamespaceId,
    /// The namespace's kind, where the field is of another one: its values are then read once more.
    pub kind: Option<Kind>,
    pub ignore_case: bool,
    pub folding: Option<Folding>,
}

/// A compound identifier.
#[derive(Debug)]
pub(super) struct Compound {
    pub namespace: NamespaceId,
    /// Indices into [`Plan::parts`].
    pub parts: Vec<usize>,
}

/// Buffers that are used again for every value.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    read: String,
    folded: String,
    digest: String,
    joined: String,
    shown: String,
}

impl Plan {
    /// The identifiers that a clean value of a field is. Returns why it is none in a namespace of another kind.
    pub(super) fn of_value(
        &self,
        field: FieldId,
        value: &str,
        buffers: &mut Buffers,
        each: &mut impl FnMut(NamespaceId, Key, &str),
    ) -> Option<Unusable> {
        let field = &self.fields[usize::from(field)];
        let mut fault = None;
        for target in &field.targets {
            let Buffers { read, folded, digest, .. } = buffers;
            let value = match target.kind {
                None => value,
                Some(kind) => match self.read_again(kind, value, read) {
                    Ok(()) => read.as_str(),
                    Err(reason) => {
                        fault = Some(reason);
                        continue;
                    }
                },
            };
            let known_by = if target.ignore_case {
                folded.clear();
                fold::lower(value, folded);
                folded.as_str()
            } else if let Some(folding) = &target.folding {
                folding.key(value, folded)
            } else {
                value
            };
            if target.folding.is_some() && known_by.len() != value.len() && self.blocks(Kind::Email, known_by) {
                fault = Some(Unusable::Placeholder);
                continue;
            }
            each(target.namespace, identifier_key(known_by.as_bytes()), known_by);
            self.of_hashed(target.namespace, value, digest, each);
        }
        fault
    }

    /// The compound identifiers; `part` gives the text of a part, empty = absent.
    pub(super) fn of_parts<'p>(
        &self,
        part: impl Fn(usize) -> &'p str,
        buffers: &mut Buffers,
        each: &mut impl FnMut(NamespaceId, Key, &str),
    ) {
        for compound in &self.compounds {
            if compound.parts.is_empty() || compound.parts.iter().any(|&p| part(p).is_empty()) {
                continue;
            }
            let Buffers { joined, shown, digest, .. } = buffers;
            joined.clear();
            shown.clear();
            for (i, &p) in compound.parts.iter().enumerate() {
                if i > 0 {
                    joined.push(SEPARATOR);
                    shown.push_str(" + ");
                }
                joined.push_str(part(p));
                shown.push_str(part(p));
            }
            each(compound.namespace, identifier_key(joined.as_bytes()), shown);
            self.of_hashed(compound.namespace, joined, digest, each);
        }
    }

    /// The hashes by which a value of a namespace is known in others.
    fn of_hashed(
        &self,
        namespace: NamespaceId,
        value: &str,
        digest: &mut String,
        each: &mut impl FnMut(NamespaceId, Key, &str),
    ) {
        for &(hashed, algorithm) in &self.hashes[usize::from(namespace)] {
            hash::digest(value, algorithm, digest);
            each(hashed, identifier_key(digest.as_bytes()), digest);
        }
    }

    /// Reads a clean value of one kind as another; only kinds that are text can be identifiers here.
    fn read_again(&self, kind: Kind, value: &str, out: &mut String) -> Result<(), Unusable> {
        let context = Context { formats: &[], zone: &self.zone, region: self.region, nanp: &self.nanp };
        let mut text = String::new();
        let written = super::clean::as_text(clean(kind, value, context, out)?, &mut text).to_owned();
        if self.blocks(kind, &written) {
            return Err(Unusable::Placeholder);
        }
        *out = written;
        Ok(())
    }
}
