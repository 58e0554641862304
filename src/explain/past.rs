//! Where a person of an earlier run is now.

use serde::Serialize;

/// A person id that was given once and that nobody bears now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Past {
    /// The id.
    pub person_id: String,
    /// The run that gave it first.
    pub issued_by_run: u64,
    /// What happened to it and to those who took its records over, oldest first.
    pub events: Vec<PastEvent>,
    /// Who may have its records now, those with most first; none = all of them are gone.
    pub heirs: Vec<PastHeir>,
}

/// A row of lineage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastEvent {
    /// The run.
    pub run: u64,
    /// `merged`, `split`, `reassigned` or `retired`.
    pub event: &'static str,
    /// Whose records went.
    pub old_person_id: String,
    /// Who got them; none = they are gone.
    pub new_person_id: Option<String>,
    /// How many.
    pub records: u64,
}

/// A person of now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastHeir {
    /// Its id.
    pub person_id: String,
    /// At most so many of its records were the old person's.
    pub at_most: Option<u64>,
}

/// The answer in words.
#[must_use]
pub fn past_text(past: &Past) -> String {
    let records = |count: u64| if count == 1 { "1 record".to_owned() } else { format!("{count} records") };
    let mut page = format!("Person {} is no more. Run {} gave the id first.\n", past.person_id, past.issued_by_run);
    if !past.events.is_empty() {
        page += "\nWhat happened\n";
        for event in &past.events {
            let whose = if event.old_person_id == past.person_id { "" } else { &event.old_person_id };
            let whose = if whose.is_empty() { String::new() } else { format!(" of {whose}") };
            let went = match &event.new_person_id {
                Some(new) => format!("went to {new}"),
                None => "left every export".to_owned(),
            };
            page += &format!("  run {}: {}, {}{whose} {went}\n", event.run, event.event, records(event.records));
        }
    }
    page += "\n";
    match (&past.heirs[..], &past.events[..]) {
        ([], []) => page += "No run that led to this one knows it: the runs that had it were rolled back.\n",
        ([], _) => page += "None of its records is left.\n",
        (heirs, _) => {
            page += "Its records are now with\n";
            for heir in heirs {
                let most = heir.at_most.map(|most| format!(" (at most {})", records(most))).unwrap_or_default();
                page += &format!("  {}{most}\n", heir.person_id);
            }
        }
    }
    page
}
