//! `docs/gates.md`.

use super::FIGURES;

const TEXT: &str = "\
# Gates

<!-- Made from src/gates/: ONEFOLD_BLESS=1 cargo test --lib gates::page -->

A gate is a condition on the run's own figures under which nothing is published. Every run works everything out, then
asks the gates that `[gates]` sets; the keys are on the [config page](config.md#gates). A block to begin with:

```toml,part
[gates]
reject_share = 0.01        # of a source's rows
row_drop = 0.3             # a source lost more than 30 % of its rows
fill_drop = 0.2            # an identifier is on far fewer records
largest_person = 1000
reassigned_share = 0.02    # of the records that were there before
segment_drift = 0.5
segment_drop = { regulars = 0.2 }
opt_out_drop = 0           # nobody who said no is forgotten

[gates.conditions]
enough = \"persons > 1000\"
steady = \"persons BETWEEN 0.9 * previous_persons AND 1.2 * previous_persons\"
till_reported = \"rows_pos > 0\"
```

When a gate is broken:

- nothing is published: readers of `out/current` keep yesterday's tables, and the exit code is 1;
- the message names every broken gate with what was found and what the limit is;
- the run is kept in `out/held/`, until the next one is published or held back. `onefold runs` lists it, and
  `onefold diff 41 42`, `onefold head TABLE --run 42` and `onefold verify 42` look at it;
- `onefold run --accept GATE` is the deliberate way past it, for that one run: `--accept row_drop` for all that the gate
  finds, `--accept row_drop:pos` for one source. `run.json` records what was accepted.

`onefold plan` tells beforehand which gates would be broken. Gates that compare with the last published run pass on the
first one, and say that there is nothing to compare with.

A lost opt-out is a message to somebody who said no: `opt_out_drop = 0` stops a run in which fewer persons are out of any
channel or purpose than in the last one, because a file is missing, a column was renamed or two persons became one. The last
is no loss of an opt-out; `--accept opt_out_drop` lets it pass.

For a CI, `--junit gates.xml` writes every gate as a test, and `--gates gates.json` writes them as JSON:
`{\"run\": 42, \"gates\": [{\"gate\": \"row_drop\", \"of\": \"pos\", \"state\": \"broken\", \"found\": \"…\", \"limit\": \"0.3\"}]}`. A state is
`passed`, `broken`, `accepted` or `open` (nothing to compare with). `run.json` has the same list.

## Figures

What conditions may name. Each is there a second time with `previous_` before its name: that of the last published run,
NULL on the first. A condition that is NULL passes.

| figure | meaning |
|---|---|
";

/// The page, whole.
#[must_use]
pub fn page() -> String {
    let mut page = TEXT.to_owned();
    for (name, meaning, _) in FIGURES {
        page += &format!("| `{name}` | {meaning} |\n");
    }
    page +=
        "| `rows_SOURCE`, `rejects_SOURCE` | The same of one source. |\n| `segment_NAME` | Persons in a segment. |\n";
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_docs_is_fresh() {
        crate::fresh::fresh("docs/gates.md", &page());
    }
}
