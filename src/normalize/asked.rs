//! What a plan says, after a run, of rows that are stored and of values as people write them.

use super::clean::{Context, as_text, clean, stored_text};
use super::compare::compare_key;
use super::identify::Buffers;
use super::plan::{FieldPlan, Plan};
use super::{blank, hash};
use crate::config::HashAlgorithm;
use crate::model::{FieldId, Key, Kind, NamespaceId, Row, identifier_key};

impl Plan {
    /// The identifiers that a stored row carries, as [`Assembler::row`](super::Assembler::row) made them: (namespace, key, value to show).
    pub fn identifiers(&self, row: Row<'_>, each: &mut dyn FnMut(NamespaceId, Key, &str)) {
        let mut raw = Vec::new();
        row.split(&mut raw);
        let (mut buffers, mut text) = (Buffers::default(), String::new());
        let mut parts = vec![String::new(); self.parts.len()];
        let mut seen: Vec<(NamespaceId, Key)> = Vec::new();
        let mut once = |namespace: NamespaceId, key: Key, shown: &str| {
            if !seen.contains(&(namespace, key)) {
                seen.push((namespace, key));
                each(namespace, key, shown);
            }
        };
        for (id, field) in self.fields.iter().enumerate() {
            let value = stored_text(field.kind, raw[id], &mut text);
            if value.is_empty() {
                continue;
            }
            if let Some(part) = field.part {
                compare_key(field.kind, value, &mut parts[part]);
            }
            // Why a value is none in a namespace was said when the row was made.
            let _ = self.of_value(id as FieldId, value, &mut buffers, &mut once);
        }
        self.of_parts(|part| parts[part].as_str(), &mut buffers, &mut once);
    }

    /// Keys of the digests by which a stored row's values of these namespaces may be listed, with the namespace: each
    /// algorithm's, and of telephone numbers those without `+` too.
    pub fn digests(&self, row: Row<'_>, wanted: &[NamespaceId], each: &mut dyn FnMut(NamespaceId, Key)) {
        let (mut text, mut digest) = (String::new(), String::new());
        for (id, field) in self.fields.iter().enumerate() {
            for target in field.targets.iter().filter(|target| wanted.contains(&target.namespace)) {
                let value = stored_text(field.kind, row.raw(id as FieldId), &mut text);
                let bare = value.strip_prefix('+').filter(|_| field.kind == Kind::Phone);
                for value in [Some(value), bare].into_iter().flatten().filter(|value| !value.is_empty()) {
                    for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha1, HashAlgorithm::Md5] {
                        hash::digest(value, algorithm, &mut digest);
                        each(target.namespace, identifier_key(digest.as_bytes()));
                    }
                }
            }
        }
    }

    /// The key of a value as a person would write it, and its normalized form; `None` where it is no value of the
    /// namespace. Of a compound identifier the parts stand in order, with ` + ` between them.
    #[must_use]
    pub fn key_of(&self, namespace: NamespaceId, value: &str) -> Option<(Key, String)> {
        let context = Context { formats: &[], zone: &self.zone, region: self.region, nanp: &self.nanp };
        let (mut buffers, mut found) = (Buffers::default(), None);
        let mut keep = |of: NamespaceId, key: Key, shown: &str| {
            if of == namespace && found.is_none() {
                found = Some((key, shown.to_owned()));
            }
        };
        let read = |field: &FieldPlan, value: &str| -> Option<String> {
            let (mut out, mut text) = (String::new(), String::new());
            let context = Context { formats: &field.formats, ..context };
            Some(as_text(clean(field.kind, blank::trim(value), context, &mut out).ok()?, &mut text).to_owned())
        };
        if let Some(compound) = self.compounds.iter().find(|compound| compound.namespace == namespace) {
            let fields = |part: usize| self.fields.iter().find(|field| field.part == Some(part));
            let mut parts = vec![String::new(); self.parts.len()];
            for (&part, value) in compound.parts.iter().zip(value.split(" + ")) {
                let field = fields(part)?;
                compare_key(field.kind, &read(field, value)?, &mut parts[part]);
            }
            self.of_parts(|part| parts[part].as_str(), &mut buffers, &mut keep);
            return found;
        }
        for (id, field) in self.fields.iter().enumerate() {
            if field.targets.iter().any(|target| target.namespace == namespace)
                && let Some(value) = read(field, value)
            {
                let _ = self.of_value(id as FieldId, &value, &mut buffers, &mut keep);
            }
        }
        found
    }
}
