//! What becomes of a row of any table, by the names of its columns: so a table that is new tomorrow is swept like those of
//! today.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};

use crate::erasure::{Traces, Verdict};

/// What is looked for in one run.
#[derive(Debug)]
pub struct InRun<'a> {
    /// In all runs.
    pub traces: &'a Traces,
    /// Persons of this run who are not only her.
    pub mixed: &'a BTreeSet<String>,
    /// Of them: the golden columns whose values come from records of others.
    pub keep: BTreeMap<String, BTreeSet<String>>,
    records: HashMap<&'a str, HashSet<&'a str>>,
}

impl<'a> InRun<'a> {
    /// For one run.
    pub fn new(traces: &'a Traces, mixed: &'a BTreeSet<String>) -> Self {
        let mut records: HashMap<&str, HashSet<&str>> = HashMap::new();
        for (source, record_id) in &traces.records {
            records.entry(source).or_default().insert(record_id);
        }
        Self { traces, mixed, keep: BTreeMap::new(), records }
    }

    /// Whether a record is hers.
    pub fn has_record(&self, source: &str, record_id: &str) -> bool {
        self.records.get(source).is_some_and(|ids| ids.contains(record_id))
    }

    fn is_her(&self, person_id: &str) -> bool {
        self.traces.persons.contains(person_id) && !self.mixed.contains(person_id)
    }
}

/// A table, by its columns.
#[derive(Debug)]
pub struct Layout {
    /// Places of source and record id.
    records: Vec<(usize, usize)>,
    person: Option<usize>,
    /// `old_person_id`, `left_person_id` …
    more_persons: Vec<usize>,
    /// Other columns of text.
    texts: Vec<usize>,
    /// A row as it came, and what is said of it.
    raw: [Option<usize>; 2],
    /// Whether it is the golden table, whose rows are made of several records.
    is_golden: bool,
    names: Vec<String>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Stays,
    /// It goes.
    Goes,
    /// It stays without the cells of these columns.
    Without(Vec<usize>),
}

impl Layout {
    /// Of a table with these columns; `is_text` tells those that hold texts.
    pub fn new(table: &str, names: &[&str], is_text: &dyn Fn(usize) -> bool) -> Self {
        let place = |name: &str| names.iter().position(|known| *known == name);
        let ends = |end: &str| (0..names.len()).filter(|&at| names[at].ends_with(end)).collect::<Vec<_>>();
        let pair = |record: usize| {
            let before = names[record].strip_suffix("record_id")?;
            Some((place(&format!("{before}source"))?, record))
        };
        let records: Vec<(usize, usize)> = ends("record_id").into_iter().filter_map(pair).collect();
        let keys: BTreeSet<usize> =
            records.iter().flat_map(|(source, record)| [*source, *record]).chain(ends("person_id")).collect();
        let raw = [place("raw"), place("detail").filter(|_| place("raw").is_some())];
        let texts = (0..names.len()).filter(|at| is_text(*at) && !keys.contains(at) && raw[0] != Some(*at));
        Self {
            person: place("person_id"),
            more_persons: ends("_person_id"),
            texts: texts.collect(),
            raw,
            is_golden: table == super::super::tables::GOLDEN_CUSTOMERS.name,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            records,
        }
    }

    /// The columns that [`fate`](Self::fate) asks for.
    pub fn asks(&self) -> BTreeSet<usize> {
        let records = self.records.iter().flat_map(|(source, record)| [*source, *record]);
        let others = self.person.iter().chain(&self.more_persons).chain(&self.texts).chain(self.raw.iter().flatten());
        records.chain(others.copied()).collect()
    }

    /// What becomes of a row, from its cells; a blank is empty.
    pub fn fate<'c>(&self, run: &InRun<'_>, cell: &dyn Fn(usize) -> &'c str) -> Fate {
        let of_record = |(source, record): &(usize, usize)| run.has_record(cell(*source), cell(*record));
        let of_person = |at: &usize| run.is_her(cell(*at));
        if self.records.iter().any(of_record)
            || self.person.iter().any(of_person)
            || self.records.is_empty() && self.more_persons.iter().any(of_person)
        {
            return Fate::Goes;
        }
        let mut blank = Vec::new();
        if let Some(keep) = self.person.filter(|_| self.is_golden).and_then(|at| run.keep.get(cell(at))) {
            let hers = (0..self.names.len()).filter(|&at| Some(at) != self.person && !keep.contains(&self.names[at]));
            blank.extend(hers);
        }
        let has_keys = !self.records.is_empty() || self.person.is_some() || !self.more_persons.is_empty();
        for &at in &self.texts {
            match run.traces.cell(cell(at)) {
                Verdict::Stays => {}
                // A row about nobody else, such as a line of an upload.
                Verdict::Hers if !has_keys => return Fate::Goes,
                Verdict::Hers | Verdict::Mentions => blank.push(at),
            }
        }
        if let Some(raw) = self.raw[0].filter(|&raw| !cell(raw).is_empty() && run.traces.in_raw(cell(raw))) {
            blank.push(raw);
            blank.extend(self.raw[1]);
        }
        blank.sort_unstable();
        blank.dedup();
        if blank.is_empty() { Fate::Stays } else { Fate::Without(blank) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces() -> Traces {
        let mut traces = Traces::default();
        traces.persons.insert("p-ana".into());
        traces.records.insert(("shop".into(), "s1".into()));
        traces.values(["ana@x.example".to_owned()], &[], Vec::new());
        traces
    }

    fn fate(table: &str, names: &[&str], mixed: &[&str], keep: &[(&str, &[&str])], row: &[&'static str]) -> Fate {
        let (traces, mixed) = (traces(), mixed.iter().map(|id| (*id).to_owned()).collect());
        let mut run = InRun::new(&traces, &mixed);
        let owned = |columns: &[&str]| columns.iter().map(|column| (*column).to_owned()).collect();
        run.keep = keep.iter().map(|(id, columns)| ((*id).to_owned(), owned(columns))).collect();
        Layout::new(table, names, &|_| true).fate(&run, &|at| row[at])
    }

    #[test]
    fn a_row_goes_with_its_record_or_its_person() {
        let crosswalk = ["source", "record_id", "person_id"];
        assert_eq!(fate("crosswalk", &crosswalk, &[], &[], &["shop", "s1", "p-x"]), Fate::Goes);
        assert_eq!(fate("crosswalk", &crosswalk, &[], &[], &["shop", "s2", "p-ana"]), Fate::Goes);
        assert_eq!(fate("crosswalk", &crosswalk, &[], &[], &["till", "s1", "p-x"]), Fate::Stays);
        assert_eq!(fate("crosswalk", &crosswalk, &["p-ana"], &[], &["shop", "s2", "p-ana"]), Fate::Stays);
        let lineage = ["event", "old_person_id", "new_person_id"];
        assert_eq!(fate("lineage", &lineage, &[], &[], &["merged", "p-y", "p-ana"]), Fate::Goes);
        let refusals = ["left_source", "left_record_id", "right_source", "right_record_id", "value"];
        assert_eq!(fate("refusals", &refusals, &[], &[], &["pos", "1", "shop", "s1", "x"]), Fate::Goes);
    }

    #[test]
    fn a_value_goes_with_its_row_only_where_the_row_is_nobody_elses() {
        assert_eq!(fate("upload", &["email", "zip"], &[], &[], &["ana@x.example", "02139"]), Fate::Goes);
        assert_eq!(fate("t", &["person_id", "friend"], &[], &[], &["p-bo", "ana@x.example"]), Fate::Without(vec![1]));
        let rejects = ["source", "file", "detail", "raw"];
        let row = ["shop", "a.csv", "\"ana\" is no time", "s9,ANA@x.example,yesterday"];
        assert_eq!(fate("rejects", &rejects, &[], &[], &row), Fate::Without(vec![2, 3]));
    }

    #[test]
    fn of_a_golden_row_that_is_partly_hers_only_proven_cells_stay() {
        let names = ["person_id", "records", "email", "city"];
        let found =
            fate("golden_customers", &names, &["p-q"], &[("p-q", &["city"])], &["p-q", "3", "bo@x.example", "Bonn"]);
        assert_eq!(found, Fate::Without(vec![1, 2]));
    }
}
