//! JSON Lines: the wanted values of a line, borrowed from its text. Numbers keep the digits that they came with.

#[cfg(test)]
mod tests;

use memchr::memchr2;
use serde::de::IgnoredAny;

use super::cells::Cells;
use super::json_path::Step;

/// All wanted paths as one tree, so that one pass over a line finds them.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    root: Node,
    slots: usize,
}

#[derive(Debug, Default)]
struct Node {
    /// The cell that takes the value here.
    slot: Option<usize>,
    keys: Vec<(String, Node)>,
    indexes: Vec<(usize, Node)>,
    filters: Vec<((String, String), Node)>,
}

impl Wanted {
    /// One cell per path; a path may also be the name of a member as a whole (`context.ip` in flattened objects).
    pub fn new(paths: &[(String, Vec<Step>)]) -> Self {
        let mut wanted = Self { slots: paths.len(), ..Self::default() };
        for (slot, (whole, steps)) in paths.iter().enumerate() {
            wanted.root.reach(steps).slot = Some(slot);
            if steps.len() > 1 {
                wanted.root.reach(&[Step::Key(whole.clone())]).slot.get_or_insert(slot);
            }
        }
        wanted
    }

    /// Takes a line apart: one cell per path, blank where the line lacks it or has null. Fails with what is wrong when
    /// the line is no JSON object.
    pub fn read(&self, line: &str, cells: &mut Cells) -> Result<(), String> {
        serde_json::from_str::<IgnoredAny>(line).map_err(|error| error.to_string())?;
        cells.blank(self.slots);
        let start = space(line.as_bytes(), 0);
        if line.as_bytes()[start] != b'{' {
            return Err("a JSON value, but not an object".into());
        }
        walk(&self.root, line, start, cells);
        Ok(())
    }
}

impl Node {
    fn reach(&mut self, steps: &[Step]) -> &mut Self {
        let Some((step, rest)) = steps.split_first() else { return self };
        match step {
            Step::Key(key) => child(&mut self.keys, key).reach(rest),
            Step::Index(index) => child(&mut self.indexes, index).reach(rest),
            Step::Where(key, value) => child(&mut self.filters, &(key.clone(), value.clone())).reach(rest),
        }
    }
}

fn child<'a, K: Clone + PartialEq>(children: &'a mut Vec<(K, Node)>, key: &K) -> &'a mut Node {
    let at = children.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
        children.push((key.clone(), Node::default()));
        children.len() - 1
    });
    &mut children[at].1
}

// What follows reads a text that serde_json found to be JSON.

/// Visits the value at `at`; gives the index behind it.
fn walk(node: &Node, text: &str, at: usize, cells: &mut Cells) -> usize {
    let bytes = text.as_bytes();
    let end = match bytes[at] {
        b'{' if !node.keys.is_empty() => members(text, at, |key, start| {
            let wanted = node.keys.iter().find(|(wanted, _)| same(key, wanted));
            wanted.map(|(_, child)| walk(child, text, start, cells))
        }),
        b'[' if !node.indexes.is_empty() || !node.filters.is_empty() => elements(node, text, at, cells),
        _ => behind(bytes, at),
    };
    if let Some(slot) = node.slot {
        match bytes[at] {
            b'"' => match unescape(&text[at..end]) {
                Some(copy) => cells.set_copy(slot, &copy),
                None => cells.set(slot, at + 1, end - 1),
            },
            b'n' => cells.set(slot, at, at),
            _ => cells.set(slot, at, end),
        }
    }
    end
}

/// Calls `each` with every member's name (quotes left on) and the place of its value; `each` may give the index behind
/// the value. Gives the index behind the object.
fn members<'a>(text: &'a str, at: usize, mut each: impl FnMut(&'a str, usize) -> Option<usize>) -> usize {
    let bytes = text.as_bytes();
    let mut at = space(bytes, at + 1);
    while bytes[at] != b'}' {
        let key_end = behind(bytes, at);
        let start = space(bytes, space(bytes, key_end) + 1);
        let end = each(&text[at..key_end], start).unwrap_or_else(|| behind(bytes, start));
        at = space(bytes, end);
        if bytes[at] == b',' {
            at = space(bytes, at + 1);
        }
    }
    at + 1
}

fn elements(node: &Node, text: &str, at: usize, cells: &mut Cells) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut index, mut met) = (space(bytes, at + 1), 0, 0_u64);
    while bytes[at] != b']' {
        let mut end = None;
        if let Some((_, child)) = node.indexes.iter().find(|(wanted, _)| *wanted == index) {
            end = Some(walk(child, text, at, cells));
        }
        for (number, ((key, value), child)) in node.filters.iter().enumerate() {
            let bit = 1_u64 << number.min(63);
            if met & bit == 0 && bytes[at] == b'{' && has(text, at, key, value) {
                met |= if number < 63 { bit } else { 0 };
                end = Some(walk(child, text, at, cells));
            }
        }
        at = space(bytes, end.unwrap_or_else(|| behind(bytes, at)));
        if bytes[at] == b',' {
            at = space(bytes, at + 1);
        }
        index += 1;
    }
    at + 1
}

/// Whether the object at `at` has a member of that plain value.
fn has(text: &str, at: usize, key: &str, value: &str) -> bool {
    let mut found = false;
    members(text, at, |name, start| {
        if !same(name, key) {
            return None;
        }
        let end = behind(text.as_bytes(), start);
        let plain = &text[start..end];
        found |= if plain.starts_with('"') { same(plain, value) } else { plain == value };
        Some(end)
    });
    found
}

/// Whether a quoted JSON string says `plain`.
fn same(quoted: &str, plain: &str) -> bool {
    match unescape(quoted) {
        Some(copy) => copy == plain,
        None => &quoted[1..quoted.len() - 1] == plain,
    }
}

/// The text of a quoted JSON string that has escapes; `None` = it has none.
fn unescape(quoted: &str) -> Option<String> {
    memchr::memchr(b'\\', quoted.as_bytes())?;
    // A lone surrogate is JSON by its grammar but no text: it stays as written.
    Some(serde_json::from_str(quoted).unwrap_or_else(|_| quoted[1..quoted.len() - 1].to_owned()))
}

/// Index of the first byte from `at` on that is no white space.
fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Index behind the value at `at`.
fn behind(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'"' => string_end(bytes, at),
        b'{' | b'[' => {
            let (mut at, mut depth) = (at, 0);
            loop {
                match bytes[at] {
                    b'"' => {
                        at = string_end(bytes, at);
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return at;
                }
            }
        }
        _ => {
            let end =
                bytes[at..].iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'));
            end.map_or(bytes.len(), |length| at + length)
        }
    }
}

/// Index behind the string that opens at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        at += memchr2(b'"', b'\\', &bytes[at..]).expect("serde_json found the string's end");
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
}
