//! A person as a picture: records and identifiers as nodes, links between them; what was refused or set aside is dashed.
//!
//! Records that carry the same identifiers are one node with their number, so a loyal customer's thousand receipts are one
//! dot. The places come from a spring layout that starts from a circle: no chance in it, the same picture every time.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::text::{name, short};
use crate::explain::{Edge, Identifier};
use crate::model::Decision;

/// Nodes that a picture shows; the rest is told in words.
const MOST_NODES: usize = 90;

/// A person's nodes and links, laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Sources that share the colors.
    sources: usize,
    nodes: Vec<Node>,
    links: Vec<(usize, usize, Decision)>,
    /// Records and identifiers that found no room.
    left_out: (usize, usize),
}

#[derive(Debug, Clone, PartialEq)]
struct Node {
    x: f64,
    y: f64,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    /// Records of one source that carry the same.
    Records {
        source: usize,
        source_name: String,
        first: String,
        count: usize,
    },
    Identifier {
        namespace: String,
        value: String,
    },
}

impl Picture {
    /// From a person's edges.
    #[must_use]
    pub fn new(edges: &[Edge]) -> Self {
        let mut sources: Vec<&str> = edges.iter().map(|edge| edge.record.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        Self::among(edges, &sources)
    }

    /// From a person's edges, in the colors that all pictures with these `sources` have in common.
    #[must_use]
    pub fn among(edges: &[Edge], sources: &[&str]) -> Self {
        let mut carried: BTreeMap<(&str, &str), Vec<(&Identifier, u8)>> = BTreeMap::new();
        for edge in edges.iter().filter(|edge| edge.decision != Decision::Unusable) {
            let record = (edge.record.source.as_str(), edge.record.record_id.as_str());
            carried.entry(record).or_default().push((&edge.identifier, code(edge.decision)));
        }
        type Kind<'a> = (&'a str, Vec<(&'a Identifier, u8)>);
        let mut kinds: BTreeMap<Kind<'_>, Vec<&str>> = BTreeMap::new();
        for ((source, id), mut what) in carried {
            what.sort_unstable();
            what.dedup();
            kinds.entry((source, what)).or_default().push(id);
        }
        // The largest groups first; then identifiers as far as there is room.
        let mut kinds: Vec<(Kind<'_>, Vec<&str>)> = kinds.into_iter().collect();
        kinds.sort_by_key(|((_, what), ids)| (std::cmp::Reverse(ids.len()), std::cmp::Reverse(what.len())));
        let mut picture = Self { sources: sources.len(), nodes: Vec::new(), links: Vec::new(), left_out: (0, 0) };
        let mut places: BTreeMap<&Identifier, usize> = BTreeMap::new();
        for ((source, what), ids) in kinds {
            let new = what.iter().filter(|(identifier, _)| !places.contains_key(identifier)).count();
            if picture.nodes.len() + new + 1 > MOST_NODES {
                picture.left_out = (picture.left_out.0 + ids.len(), picture.left_out.1 + new);
                continue;
            }
            let at = picture.nodes.len();
            picture.nodes.push(Node {
                x: 0.0,
                y: 0.0,
                what: What::Records {
                    source: sources.iter().position(|known| *known == source).unwrap_or(0),
                    source_name: source.to_owned(),
                    first: ids[0].to_owned(),
                    count: ids.len(),
                },
            });
            for (identifier, decision) in what {
                let place = *places.entry(identifier).or_insert_with(|| {
                    let Identifier { namespace, value } = identifier.clone();
                    picture.nodes.push(Node { x: 0.0, y: 0.0, what: What::Identifier { namespace, value } });
                    picture.nodes.len() - 1
                });
                picture.links.push((at, place, decision_of(decision)));
            }
        }
        picture.lay_out();
        picture
    }

    /// Fruchterman and Reingold's springs, from a circle, cooling steadily.
    fn lay_out(&mut self) {
        let count = self.nodes.len();
        if count == 0 {
            return;
        }
        let ideal = (1.0 / count as f64).sqrt();
        for (at, node) in self.nodes.iter_mut().enumerate() {
            // The golden angle: neighbors in the list start far from each other.
            let (angle, far) = (at as f64 * 2.399_963, (at as f64 / count as f64).sqrt());
            (node.x, node.y) = (0.5 * far * angle.cos(), 0.5 * far * angle.sin());
        }
        let rounds = 240;
        for round in 0..rounds {
            let mut push = vec![(0.0, 0.0); count];
            for one in 0..count {
                for other in one + 1..count {
                    let (dx, dy) = (self.nodes[one].x - self.nodes[other].x, self.nodes[one].y - self.nodes[other].y);
                    let square = (dx * dx + dy * dy).max(1e-6);
                    let force = ideal * ideal / square;
                    push[one] = (push[one].0 + dx * force, push[one].1 + dy * force);
                    push[other] = (push[other].0 - dx * force, push[other].1 - dy * force);
                }
                // A little weight towards the middle keeps parts that nothing holds in the picture.
                push[one] = (push[one].0 - self.nodes[one].x * 0.6, push[one].1 - self.nodes[one].y * 0.6);
            }
            for (one, other, _) in &self.links {
                let (dx, dy) = (self.nodes[*one].x - self.nodes[*other].x, self.nodes[*one].y - self.nodes[*other].y);
                let long = (dx * dx + dy * dy).sqrt();
                let force = long / ideal;
                push[*one] = (push[*one].0 - dx * force, push[*one].1 - dy * force);
                push[*other] = (push[*other].0 + dx * force, push[*other].1 + dy * force);
            }
            let heat = 0.1 * (1.0 - f64::from(round) / f64::from(rounds));
            for (node, (dx, dy)) in self.nodes.iter_mut().zip(push) {
                let long = (dx * dx + dy * dy).sqrt().max(1e-9);
                node.x += dx / long * long.min(heat);
                node.y += dy / long * long.min(heat);
            }
        }
        self.stretch();
    }

    /// To the frame of the picture.
    fn stretch(&mut self) {
        let range = |values: &dyn Fn(&Node) -> f64| {
            let (low, high) =
                self.nodes.iter().map(values).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
            (low, (high - low).max(1e-9))
        };
        let ((left, wide), (top, tall)) = (range(&|node| node.x), range(&|node| node.y));
        let alone = self.nodes.len() == 1;
        let (width, height) = self.frame();
        for node in &mut self.nodes {
            node.x = if alone { width / 2.0 } else { EDGE + (node.x - left) / wide * (width - 2.0 * EDGE) };
            node.y = if alone { height / 2.0 } else { 36.0 + (node.y - top) / tall * (height - 80.0) };
        }
        self.part();
    }

    /// Width and height: a few nodes need no large picture.
    fn frame(&self) -> (f64, f64) {
        match self.nodes.len() {
            0..=4 => (420.0, 160.0),
            5..=8 => (560.0, 280.0),
            _ => (WIDTH, HEIGHT),
        }
    }

    /// Moves boxes that lie over each other apart, up and down.
    fn part(&mut self) {
        let (_, height) = self.frame();
        const ROOM: (f64, f64) = (96.0, 36.0);
        for _ in 0..40 {
            let mut moved = false;
            for one in 0..self.nodes.len() {
                for other in one + 1..self.nodes.len() {
                    let is_box = |at: usize| matches!(self.nodes[at].what, What::Identifier { .. });
                    let (wide, tall) = match usize::from(is_box(one)) + usize::from(is_box(other)) {
                        2 => ROOM,
                        1 => (60.0, 28.0),
                        _ => (22.0, 22.0),
                    };
                    let (dx, dy) = (self.nodes[other].x - self.nodes[one].x, self.nodes[other].y - self.nodes[one].y);
                    if dx.abs() < wide && dy.abs() < tall {
                        let push = (tall - dy.abs()) / 2.0 * if dy < 0.0 { -1.0 } else { 1.0 };
                        self.nodes[one].y = (self.nodes[one].y - push).clamp(20.0, height - 24.0);
                        self.nodes[other].y = (self.nodes[other].y + push).clamp(20.0, height - 24.0);
                        moved = true;
                    }
                }
            }
            if !moved {
                break;
            }
        }
    }

    /// The picture as SVG; `title` is what a screen reader says of it.
    #[must_use]
    pub fn svg(&self, title: &str) -> Markup {
        let (width, height) = self.frame();
        html! {
            svg.graph.small[width < WIDTH] xmlns="http://www.w3.org/2000/svg" role="img" aria-label=(title)
                viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) {
                @for (one, other, decision) in &self.links {
                    @let (one, other) = (&self.nodes[*one], &self.nodes[*other]);
                    line class=(link_class(*decision)) x1=(at(one.x)) y1=(at(one.y)) x2=(at(other.x)) y2=(at(other.y)) {}
                }
                @for node in &self.nodes { (node_svg(node, self.sources)) }
            }
        }
    }

    /// Sources in the order of their colors, and what was left out, in words.
    #[must_use]
    pub fn legend(&self) -> Markup {
        let mut sources: Vec<(usize, String)> = self
            .nodes
            .iter()
            .filter_map(|node| match &node.what {
                What::Records { source, source_name, .. } => Some((*source, name(source_name))),
                What::Identifier { .. } => None,
            })
            .collect();
        sources.sort_unstable();
        sources.dedup();
        let same = |a: &(usize, String), b: &(usize, String)| color(a.0, self.sources) == color(b.0, self.sources);
        let sources = sources.chunk_by(same).map(|group| {
            let names: Vec<&str> = group.iter().map(|(_, source)| source.as_str()).collect();
            (color(group[0].0, self.sources), names.join(", "))
        });
        html! {
            p.legend {
                @for (color, source) in sources {
                    span { svg.key viewBox="0 0 12 12" aria-hidden="true" { circle class=(color) cx="6" cy="6" r="5" {} } " " bdi { (source) } " records" }
                }
                span { svg.key viewBox="0 0 24 12" aria-hidden="true" { rect.chip x="1" y="2" width="22" height="8" rx="4" {} } " identifier" }
                span { svg.key viewBox="0 0 24 12" aria-hidden="true" { line.links x1="0" x2="24" y1="6" y2="6" {} } " links" }
                span { svg.key viewBox="0 0 24 12" aria-hidden="true" { line.refused x1="0" x2="24" y1="6" y2="6" {} } " refused" }
                span { svg.key viewBox="0 0 24 12" aria-hidden="true" { line.aside x1="0" x2="24" y1="6" y2="6" {} } " set aside (shared, placeholder)" }
                @if self.left_out.0 > 0 {
                    span { "not shown: " (self.left_out.0) " records, " (self.left_out.1) " identifiers" }
                }
            }
        }
    }
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 440.0;
const EDGE: f64 = 74.0;

fn at(place: f64) -> String {
    format!("{place:.1}")
}

fn code(decision: Decision) -> u8 {
    match decision {
        Decision::Links => 0,
        Decision::Refused => 1,
        Decision::Shared => 2,
        Decision::Placeholder | Decision::Unusable => 3,
    }
}

fn decision_of(code: u8) -> Decision {
    [Decision::Links, Decision::Refused, Decision::Shared, Decision::Placeholder][usize::from(code)]
}

fn link_class(decision: Decision) -> &'static str {
    match decision {
        Decision::Links => "links",
        Decision::Refused => "refused",
        Decision::Shared | Decision::Placeholder | Decision::Unusable => "aside",
    }
}

/// The class of a source's color; of more `sources` than there are colors, the later ones share the last.
fn color(number: usize, sources: usize) -> &'static str {
    const COLORS: [&str; 6] = ["c1", "c2", "c3", "c4", "c5", "c6"];
    let last = if sources > COLORS.len() { COLORS.len() - 1 } else { number };
    COLORS[number.min(last).min(COLORS.len() - 1)]
}

fn node_svg(node: &Node, sources: usize) -> Markup {
    match &node.what {
        What::Records { source, source_name, first, count } => {
            let radius = 6.0 + (*count as f64).ln() * 2.6;
            html! {
                g {
                    title {
                        (name(source_name)) "/" (name(first))
                        @if *count > 1 { " and " (count - 1) " more with the same identifiers" }
                    }
                    circle class=(color(*source, sources)) cx=(at(node.x)) cy=(at(node.y)) r=(at(radius)) {}
                    @if *count > 1 { text.count x=(at(node.x)) y=(at(node.y + 4.0)) { (count) } }
                }
            }
        }
        What::Identifier { namespace, value } => {
            let text = short(&name(value), 20);
            let wide = (text.chars().count().max(namespace.chars().count()) as f64 * 7.4 + 18.0).max(40.0);
            html! {
                g {
                    title { (name(namespace)) " " (name(value)) }
                    rect.chip x=(at(node.x - wide / 2.0)) y=(at(node.y - 15.0)) width=(at(wide)) height="30" rx="8" {}
                    text.kind x=(at(node.x)) y=(at(node.y - 3.0)) { (short(&name(namespace), 20)) }
                    text.held x=(at(node.x)) y=(at(node.y + 9.0)) { (text) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::RecordKey;

    fn edge(record: &str, value: &str, decision: Decision) -> Edge {
        Edge {
            record: RecordKey { source: "pos".into(), record_id: record.into() },
            identifier: Identifier { namespace: "email".into(), value: value.into() },
            decision,
            reason: String::new(),
        }
    }

    #[test]
    fn records_that_carry_the_same_are_one_node() {
        let edges: Vec<Edge> = (0..1000).map(|n| edge(&n.to_string(), "a", Decision::Links)).collect();
        let picture = Picture::new(&edges);
        assert_eq!((picture.nodes.len(), picture.links.len(), picture.left_out), (2, 1, (0, 0)));
        assert!(picture.svg("x").into_string().contains(">1000<"));
    }

    #[test]
    fn a_source_has_one_color_in_all_pictures_and_no_two_share_one_unsaid() {
        let of = |source: &str, value: &str| {
            let mut edge = edge("1", value, Decision::Links);
            edge.record.source = source.into();
            edge
        };
        let sources = ["a", "b", "c", "d", "e", "f", "g"];
        let alone = Picture::among(&[of("b", "x")], &sources).svg("x").into_string();
        assert!(alone.contains("<circle class=\"c2\""), "{alone}");
        let edges: Vec<Edge> = sources.iter().map(|source| of(source, "x")).collect();
        let picture = Picture::among(&edges, &sources);
        let circles = picture.svg("x").into_string();
        assert_eq!(
            (circles.matches("circle class=\"c1\"").count(), circles.matches("circle class=\"c6\"").count()),
            (1, 2)
        );
        assert!(picture.legend().into_string().contains("<bdi>f, g</bdi> records"));
    }

    #[test]
    fn two_records_make_a_small_picture() {
        let picture = Picture::new(&[edge("1", "a", Decision::Links), edge("2", "a", Decision::Links)]);
        assert!(picture.svg("x").into_string().contains("viewBox=\"0 0 420 160\""));
        assert!(picture.nodes.iter().all(|node| node.x <= 420.0 && node.y <= 160.0));
    }

    #[test]
    fn a_large_person_is_cut_to_what_can_be_seen_and_says_so() {
        let edges: Vec<Edge> =
            (0..500).map(|n| edge(&n.to_string(), &format!("v{}", n / 2), Decision::Links)).collect();
        let picture = Picture::new(&edges);
        assert!(picture.nodes.len() <= MOST_NODES && picture.left_out.0 > 0);
        assert!(picture.legend().into_string().contains("not shown"));
    }

    #[test]
    fn the_same_edges_give_the_same_picture_in_any_order_and_all_of_it_is_in_the_frame() {
        let mut edges = vec![
            edge("1", "a", Decision::Links),
            edge("1", "b", Decision::Refused),
            edge("2", "a", Decision::Links),
            edge("3", "c", Decision::Shared),
        ];
        let picture = Picture::new(&edges);
        edges.reverse();
        assert_eq!(Picture::new(&edges), picture);
        assert!(picture.nodes.iter().all(|node| (0.0..=WIDTH).contains(&node.x) && (0.0..=HEIGHT).contains(&node.y)));
        let svg = picture.svg("x").into_string();
        assert!(
            svg.contains("class=\"refused\"") && svg.contains("class=\"aside\"") && svg.contains("class=\"links\"")
        );
        assert_eq!(Picture::new(&[]).nodes, []);
    }
}
