//! A person as a picture: records and identifiers as nodes, links between them; what was refused or set aside is dashed.
//!
//! Records that carry the same identifiers are one node with their number, so a loyal customer's thousand receipts are one
//! dot. The places come from a spring layout that starts from a circle: no chance in it, the same picture every time.

mod springs;
mod svg;

use std::collections::BTreeMap;

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

#[cfg(test)]
mod tests {
    use super::springs::{HEIGHT, WIDTH};
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
