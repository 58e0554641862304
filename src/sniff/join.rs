//! Ids that are the same id in several files: told by what they are of, and by the values that they have in common.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Role, Sure};
use super::group::Group;
use super::names::Entity;

/// Names that stand for something else in every config.
const TAKEN: [&str; 5] = ["person_id", "record_id", "records", "channel", "source"];

/// An id that identifies persons, and the columns that hold it.
#[derive(Debug, Clone)]
pub struct SharedId {
    /// The name of its field and namespace.
    pub name: String,
    /// Whether one person may have several.
    pub repeats: bool,
    /// Whether it is that of a device.
    pub device: bool,
    /// (group, column), in order.
    pub columns: Vec<(usize, usize)>,
    /// How sure it is that they belong together.
    pub sure: Sure,
    /// In words.
    pub why: String,
}

/// A column that may hold an id of persons.
struct Candidate {
    at: (usize, usize),
    entity: Entity,
    values: BTreeSet<String>,
    /// Whether the group's own rows are what it counts.
    own: bool,
    /// Whether no value occurs twice in its group.
    key: bool,
}

/// Finds the ids. Groups of presets take no part: their ids have names of their own.
#[must_use]
pub fn shared_ids(groups: &[Group]) -> Vec<SharedId> {
    let candidates = candidates(groups);
    let mut cluster: Vec<usize> = (0..candidates.len()).collect();
    for (left, one) in candidates.iter().enumerate() {
        for (right, other) in candidates.iter().enumerate().skip(left + 1) {
            if one.at.0 != other.at.0 && same(one, other) {
                let (keep, gone) = (cluster[left].min(cluster[right]), cluster[left].max(cluster[right]));
                cluster.iter_mut().filter(|label| **label == gone).for_each(|label| *label = keep);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<&Candidate>> = BTreeMap::new();
    for (at, label) in cluster.iter().enumerate() {
        members.entry(*label).or_default().push(&candidates[at]);
    }
    let mut ids: Vec<SharedId> = Vec::new();
    for together in members.values() {
        if let Some(mut id) = identifies(together, groups) {
            if ids.iter().any(|other| other.name == id.name) || TAKEN.contains(&id.name.as_str()) {
                let first = &groups[id.columns[0].0].name;
                id.name = if id.name.starts_with(first.as_str()) {
                    format!("{}_2", id.name)
                } else {
                    format!("{first}_{}", id.name)
                };
            }
            ids.push(id);
        }
    }
    ids
}

fn candidates(groups: &[Group]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (number, group) in groups.iter().enumerate().filter(|(_, group)| group.preset.is_none()) {
        for (column, guess) in group.guesses.iter().enumerate() {
            let Role::Id(entity) = &guess.role else { continue };
            // Beside a customer's number, a user's is often that of the staff.
            let weak = |entity: &Entity| matches!(entity, Entity::Person(word) if word == "user" || word == "account");
            let beside = |other: &super::columns::Guess| {
                matches!(&other.role, Role::Id(entity @ Entity::Person(_)) if !weak(entity)) && other.shape.filled > 0
            };
            if weak(entity) && group.guesses.iter().any(beside) {
                continue;
            }
            if guess.shape.filled == 0 || guess.shape.is_constant() || matches!(entity, Entity::Other(_)) {
                continue;
            }
            let own_rows = || {
                group.rows_are.clone().or_else(|| group.is_about_persons().then(|| Entity::Person("customer".into())))
            };
            let (entity, own) = match entity {
                Entity::Row => match own_rows() {
                    Some(entity) => (entity, true),
                    None => continue,
                },
                entity => (entity.clone(), group.rows_are.as_ref() == Some(entity)),
            };
            let values = group.values(column);
            let key = guess.shape.is_key();
            found.push(Candidate { at: (number, column), entity, values, own, key });
        }
    }
    found
}

/// Whether two columns of two groups hold the same id.
fn same(one: &Candidate, other: &Candidate) -> bool {
    let common = one.values.intersection(&other.values).count();
    let smaller = one.values.len().min(other.values.len());
    let kind = |entity: &Entity| std::mem::discriminant(entity);
    if kind(&one.entity) != kind(&other.entity) || common == 0 {
        return false;
    }
    let same_word = one.entity == other.entity;
    // A key of customers is met under other words: `user_id` of orders. A word of its own wants less proof.
    let owned = one.own != other.own || matches!(one.entity, Entity::Device | Entity::Loyalty | Entity::National);
    same_word && common * 10 >= smaller || owned && common * 2 >= smaller && common >= 2
}

fn identifies(together: &[&Candidate], groups: &[Group]) -> Option<SharedId> {
    let columns: Vec<(usize, usize)> = together.iter().map(|one| one.at).collect();
    let bare = |one: &Candidate| matches!(groups[one.at.0].guesses[one.at.1].role, Role::Id(Entity::Row));
    let named = together.iter().find(|one| !bare(one)).or(together.first())?;
    let several = together.len() > 1;
    let (name, repeats, sure, why) = match &named.entity {
        Entity::Person(_) if !several && bare(named) && named.key => return None, // one per row, met nowhere: joins nothing
        Entity::Person(word) => {
            let sure = if bare(named) { Sure::Guess } else { Sure::Likely };
            (format!("{word}_id"), false, sure, "a number that you give to a customer")
        }
        Entity::Purchase(word) => {
            // It carries persons only from a file that knows both the purchase and the person.
            let knows = |one: &&Candidate| one.key && groups[one.at.0].is_linked();
            if !several || !together.iter().any(knows) {
                return None;
            }
            (
                format!("{word}_id"),
                true,
                Sure::Likely,
                "carries a purchase's customer to the files that only know the purchase",
            )
        }
        Entity::Loyalty => ("loyalty_id".to_owned(), false, Sure::Likely, "a card of one customer"),
        Entity::Device => ("cookie_id".to_owned(), true, Sure::Likely, "a browser or device; trusted least"),
        Entity::National => {
            ("national_id".to_owned(), false, Sure::Likely, "a number that the state gives to a person")
        }
        Entity::Row | Entity::Other(_) => return None,
    };
    let device = named.entity == Entity::Device;
    let name = if device { device_name(named, groups) } else { name };
    let why = if several { format!("{why}; the same values in {} files", together.len()) } else { why.to_owned() };
    Some(SharedId {
        name,
        repeats,
        device,
        columns,
        sure: if several { Sure::Certain.min(sure.max(Sure::Likely)) } else { sure },
        why,
    })
}

fn device_name(one: &Candidate, groups: &[Group]) -> String {
    let own = super::names::snake(&groups[one.at.0].guesses[one.at.1].column);
    if own.contains("anonymous") {
        "anonymous_id".into()
    } else if own.contains("device") {
        "device_id".into()
    } else {
        own
    }
}
