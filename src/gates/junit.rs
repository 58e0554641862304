//! Gates as JUnit XML, which every CI shows.

use crate::model::{Gate, GateState};

/// A test suite with a test per gate: a broken gate fails, one that was accepted or had nothing to compare with is
/// skipped.
#[must_use]
pub fn junit(project: &str, gates: &[Gate]) -> String {
    let count = |state: GateState| gates.iter().filter(|gate| gate.state == state).count();
    let mut page = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"onefold {}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        escape(project),
        gates.len(),
        count(GateState::Broken),
        count(GateState::Accepted) + count(GateState::Open)
    );
    for gate in gates {
        let (name, said) = (escape(&gate.name()), escape(&format!("{}; limit {}", gate.found, gate.limit)));
        page += &format!("  <testcase classname=\"gates\" name=\"{name}\">");
        page += &match gate.state {
            GateState::Passed => String::new(),
            GateState::Broken => format!("<failure message=\"{said}\"/>"),
            GateState::Accepted => format!("<skipped message=\"accepted: {said}\"/>"),
            GateState::Open => format!("<skipped message=\"{said}\"/>"),
        };
        page += "</testcase>\n";
    }
    page + "</testsuite>\n"
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.chars().filter(|c| !c.is_control()).collect()
}
