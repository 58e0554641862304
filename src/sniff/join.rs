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

/// Groups whose amounts are parts of another group's: the lines and payments of orders that have a total of their own.
#[must_use]
pub fn parts_of_purchases(groups: &[Group], ids: &[SharedId]) -> BTreeSet<usize> {
    let mut parts = BTreeSet::new();
    for id in ids.iter().filter(|id| id.repeats && !id.device) {
        let paid = |number: usize| groups[number].guesses.iter().any(|guess| guess.role == Role::Field("amount"));
        let told: Vec<(usize, usize)> = id.columns.iter().copied().filter(|(number, _)| paid(*number)).collect();
        let is_whole = |(number, column): &&(usize, usize)| groups[*number].guesses[*column].shape.is_key();
        if let Some((whole, _)) = told.iter().find(is_whole) {
            parts.extend(told.iter().map(|(number, _)| *number).filter(|number| number != whole));
        }
    }
    parts
}

/// Whether a purchase's number says which rows of one file are one customer's: some rows know the customer and some do
/// not, and no purchase has two customers.
fn holds_together(one: &Candidate, groups: &[Group]) -> bool {
    let (number, column) = one.at;
    let group = &groups[number];
    let person = |guess: &super::columns::Guess| {
        matches!(guess.role, Role::Id(Entity::Person(_) | Entity::Loyalty) | Role::Email | Role::Phone)
    };
    let partly = |guess: &super::columns::Guess| guess.shape.filled > 0 && guess.shape.fill() < 0.98;
    let mut persons = group.guesses.iter().enumerate().filter(|(_, guess)| person(guess)).peekable();
    if group.guesses[column].shape.is_nearly_key() || persons.peek().is_none() {
        return false;
    }
    persons.all(|(at, guess)| {
        partly(guess) && {
            let mut customer_of: BTreeMap<&str, &str> = BTreeMap::new();
            let cells = |at: usize| group.look.columns[at].values.iter().map(|value| value.trim());
            cells(column)
                .zip(cells(at))
                .filter(|(purchase, customer)| !purchase.is_empty() && !customer.is_empty())
                .all(|(purchase, customer)| *customer_of.entry(purchase).or_insert(customer) == customer)
        }
    })
}

/// Words of a row's own number, which says nothing of a person where anything else does.
const OF_ROWS: [&str; 5] = ["rec", "record", "row", "index", "pk"];

fn identifies(together: &[&Candidate], groups: &[Group]) -> Option<SharedId> {
    let columns: Vec<(usize, usize)> = together.iter().map(|one| one.at).collect();
    let bare = |one: &Candidate| matches!(groups[one.at.0].guesses[one.at.1].role, Role::Id(Entity::Row));
    let named = together.iter().find(|one| !bare(one)).or(together.first())?;
    let several = together.len() > 1;
    let (name, repeats, sure, why) = match &named.entity {
        Entity::Person(_) if !several && bare(named) && named.key => return None, // one per row, met nowhere: joins nothing
        Entity::Person(_) if !several && bare(named) && is_of_rows(named, groups) => return None,
        Entity::Person(word) => {
            let sure = if bare(named) { Sure::Guess } else { Sure::Likely };
            (format!("{word}_id"), false, sure, "a number that you give to a customer")
        }
        Entity::Purchase(word) => {
            // It carries persons only from a file that knows both the purchase and the person.
            let knows = |one: &&Candidate| one.key && groups[one.at.0].is_linked();
            let why = if several && together.iter().any(knows) {
                "carries a purchase's customer to the files that only know the purchase"
            } else if holds_together(named, groups) {
                "rows of one purchase are one customer's, also where they do not name the customer"
            } else {
                return None;
            };
            (format!("{word}_id"), true, Sure::Likely, why)
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

fn is_of_rows(one: &Candidate, groups: &[Group]) -> bool {
    let group = &groups[one.at.0];
    let words = super::names::words(&group.guesses[one.at.1].column);
    words.iter().any(|word| OF_ROWS.contains(&word.as_str())) && group.is_linked()
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
