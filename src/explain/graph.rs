//! One person as a bipartite graph of records and linking identifiers: paths, bridges and cuts.

use petgraph::algo::{astar, ford_fulkerson};
use petgraph::graph::{DiGraph, NodeIndex, UnGraph};
use petgraph::visit::EdgeRef;

use super::{Edge, Identifier, RecordKey};
use crate::model::Decision;

/// Records and the identifiers that link them.
#[derive(Debug)]
pub struct PersonGraph {
    records: Vec<RecordKey>,
    identifiers: Vec<Identifier>,
    /// Strength per identifier: 0 = strongest.
    ranks: Vec<usize>,
    /// Records first, identifiers behind them.
    graph: UnGraph<(), ()>,
}

/// One step of an evidence path: two records that share an identifier.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Hop {
    /// The record it starts from.
    pub from: RecordKey,
    /// What both carry.
    pub by: Identifier,
    /// The record it leads to.
    pub to: RecordKey,
    /// Whether the person would fall apart without this identifier.
    pub only_link: bool,
}

impl PersonGraph {
    /// From a person's edges; those that do not link are left out. `namespaces`: strongest first.
    #[must_use]
    pub fn new(edges: &[Edge], namespaces: &[String]) -> Self {
        let linking = || edges.iter().filter(|edge| edge.decision == Decision::Links);
        let mut records: Vec<RecordKey> = edges.iter().map(|edge| edge.record.clone()).collect();
        let mut identifiers: Vec<Identifier> = linking().map(|edge| edge.identifier.clone()).collect();
        records.sort();
        records.dedup();
        identifiers.sort();
        identifiers.dedup();
        let rank = |i: &Identifier| namespaces.iter().position(|n| *n == i.namespace).unwrap_or(namespaces.len());
        let ranks = identifiers.iter().map(rank).collect();
        let mut graph = UnGraph::default();
        for _ in 0..records.len() + identifiers.len() {
            graph.add_node(());
        }
        let mut person = Self { records, identifiers, ranks, graph };
        for edge in linking() {
            if let (Some(record), Ok(identifier)) =
                (person.record(&edge.record), person.identifiers.binary_search(&edge.identifier))
            {
                let identifier = person.identifier_node(identifier);
                person.graph.update_edge(record, identifier, ());
            }
        }
        person
    }

    /// All records, in order of their keys.
    #[must_use]
    pub fn records(&self) -> &[RecordKey] {
        &self.records
    }

    /// All linking identifiers, with how many of the person's records carry each.
    pub fn identifiers(&self) -> impl Iterator<Item = (&Identifier, usize)> {
        self.identifiers
            .iter()
            .enumerate()
            .map(|(at, identifier)| (identifier, self.graph.edges(self.identifier_node(at)).count()))
    }

    fn record(&self, key: &RecordKey) -> Option<NodeIndex> {
        self.records.binary_search(key).ok().map(NodeIndex::new)
    }

    fn identifier_node(&self, at: usize) -> NodeIndex {
        NodeIndex::new(self.records.len() + at)
    }

    fn identifier_at(&self, node: NodeIndex) -> Option<usize> {
        node.index().checked_sub(self.records.len())
    }

    /// The shortest chain of shared identifiers from one record to another, stronger ones first among equally short
    /// chains; `None` where there is none.
    #[must_use]
    pub fn path(&self, from: &RecordKey, to: &RecordKey) -> Option<Vec<Hop>> {
        let (from, to) = (self.record(from)?, self.record(to)?);
        let weakest = self.ranks.iter().max().map_or(1, |max| max + 2);
        let cost = |node: NodeIndex| self.identifier_at(node).map_or(0, |at| self.ranks[at]);
        let steps = self.graph.node_count() + 1;
        let (_, nodes) = astar(
            &self.graph,
            from,
            |node| node == to,
            |edge| weakest * steps + cost(edge.source()) + cost(edge.target()),
            |_| 0,
        )?;
        let hops = nodes.windows(3).step_by(2).filter_map(|three| {
            let by = self.identifier_at(three[1])?;
            Some(Hop {
                from: self.records[three[0].index()].clone(),
                by: self.identifiers[by].clone(),
                to: self.records[three[2].index()].clone(),
                only_link: !self.connected_without(from, to, by),
            })
        });
        Some(hops.collect())
    }

    /// The weakest hop of a path: the least trusted namespace, an only link before others.
    #[must_use]
    pub fn weakest<'a>(&self, path: &'a [Hop]) -> Option<&'a Hop> {
        path.iter().max_by_key(|hop| {
            let rank = self.identifiers.binary_search(&hop.by).map_or(0, |at| self.ranks[at]);
            (rank, hop.only_link)
        })
    }

    /// Sizes, in records, of the parts that the person falls into without an identifier, largest first.
    #[must_use]
    pub fn parts_without(&self, identifier: &Identifier) -> Vec<usize> {
        let removed = self.identifiers.binary_search(identifier).ok().map(|at| self.identifier_node(at));
        let mut seen = vec![false; self.graph.node_count()];
        let mut parts = Vec::new();
        for start in (0..self.records.len()).map(NodeIndex::new) {
            if seen[start.index()] {
                continue;
            }
            let (mut open, mut records) = (vec![start], 0);
            seen[start.index()] = true;
            while let Some(node) = open.pop() {
                records += usize::from(self.identifier_at(node).is_none());
                for next in self.graph.neighbors(node) {
                    if Some(next) != removed && !std::mem::replace(&mut seen[next.index()], true) {
                        open.push(next);
                    }
                }
            }
            parts.push(records);
        }
        parts.sort_unstable_by(|a, b| b.cmp(a));
        parts
    }

    fn connected_without(&self, from: NodeIndex, to: NodeIndex, identifier: usize) -> bool {
        let removed = self.identifier_node(identifier);
        let mut seen = vec![false; self.graph.node_count()];
        let mut open = vec![from];
        seen[from.index()] = true;
        while let Some(node) = open.pop() {
            if node == to {
                return true;
            }
            for next in self.graph.neighbors(node) {
                if next != removed && !seen[next.index()] {
                    seen[next.index()] = true;
                    open.push(next);
                }
            }
        }
        false
    }

    /// The smallest set of identifiers whose removal parts two records (a minimum vertex cut); empty where they are the
    /// same record or not connected.
    #[must_use]
    pub fn cut(&self, from: &RecordKey, to: &RecordKey) -> Vec<Identifier> {
        let (Some(from), Some(to)) = (self.record(from), self.record(to)) else { return Vec::new() };
        if from == to {
            return Vec::new();
        }
        // Every node becomes an entry and an exit; an identifier lets one unit through, a record any number.
        let nodes = self.graph.node_count();
        let unlimited = nodes as u32 + 1;
        let mut flow: DiGraph<(), u32> = DiGraph::default();
        for _ in 0..nodes * 2 {
            flow.add_node(());
        }
        let (entry, exit) =
            (|n: NodeIndex| NodeIndex::new(n.index() * 2), |n: NodeIndex| NodeIndex::new(n.index() * 2 + 1));
        for node in self.graph.node_indices() {
            let capacity = if self.identifier_at(node).is_some() { 1 } else { unlimited };
            flow.add_edge(entry(node), exit(node), capacity);
            for next in self.graph.neighbors(node) {
                flow.add_edge(exit(node), entry(next), unlimited);
            }
        }
        let (_, used) = ford_fulkerson(&flow, exit(from), entry(to));
        let mut seen = vec![false; flow.node_count()];
        let mut open = vec![exit(from)];
        seen[exit(from).index()] = true;
        while let Some(node) = open.pop() {
            let forward =
                flow.edges(node).filter(|edge| used[edge.id().index()] < *edge.weight()).map(|edge| edge.target());
            let back = flow
                .edges_directed(node, petgraph::Direction::Incoming)
                .filter(|edge| used[edge.id().index()] > 0)
                .map(|edge| edge.source());
            for next in forward.chain(back).collect::<Vec<_>>() {
                if !std::mem::replace(&mut seen[next.index()], true) {
                    open.push(next);
                }
            }
        }
        let crossing = |at: &usize| {
            let node = self.identifier_node(*at);
            seen[entry(node).index()] && !seen[exit(node).index()]
        };
        (0..self.identifiers.len()).filter(crossing).map(|at| self.identifiers[at].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::edge;
    use super::*;

    fn key(record: &str) -> RecordKey {
        RecordKey { source: "s".into(), record_id: record.into() }
    }

    /// 1 –mail a– 2 –phone p– 3, and 1 –phone q– 3 over 4: 1 –q– 4 –mail b– 3.
    fn person() -> PersonGraph {
        let links = [
            ("1", "email", "a"),
            ("2", "email", "a"),
            ("2", "phone", "p"),
            ("3", "phone", "p"),
            ("1", "phone", "q"),
            ("4", "phone", "q"),
            ("4", "email", "b"),
            ("3", "email", "b"),
            ("5", "email", "b"),
        ];
        let mut edges: Vec<Edge> = links.iter().map(|(r, n, v)| edge(r, n, v, Decision::Links)).collect();
        edges.push(edge("1", "email", "junk", Decision::Shared));
        edges.push(edge("5", "email", "junk", Decision::Shared));
        PersonGraph::new(&edges, &["email".into(), "phone".into()])
    }

    #[test]
    fn the_path_is_the_shortest_chain_and_names_its_weakest_link() {
        let person = person();
        let path = person.path(&key("1"), &key("5")).expect("connected");
        let by: Vec<&str> = path.iter().map(|hop| hop.by.value.as_str()).collect();
        assert_eq!(by, ["q", "b"]);
        assert_eq!(person.weakest(&path).expect("not empty").by.value, "q");
        assert_eq!(path.iter().map(|hop| hop.only_link).collect::<Vec<_>>(), [false, true]);
        assert!(person.path(&key("1"), &key("none")).is_none());
    }

    #[test]
    fn the_cut_is_as_small_as_it_can_be() {
        let person = person();
        let cut = person.cut(&key("1"), &key("5"));
        assert_eq!(cut.iter().map(|i| i.value.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(person.cut(&key("1"), &key("3")).len(), 2);
        assert!(person.cut(&key("1"), &key("1")).is_empty());
    }

    #[test]
    fn without_its_bridge_a_person_falls_into_parts() {
        let identifier = |namespace: &str, value: &str| Identifier { namespace: namespace.into(), value: value.into() };
        let parts = |namespace: &str, value: &str| person().parts_without(&identifier(namespace, value));
        assert_eq!(parts("email", "b"), [4, 1]);
        assert_eq!(parts("phone", "q"), [5]);
        assert_eq!(parts("phone", "none"), [5]);
    }

    #[test]
    fn values_that_do_not_link_are_not_in_the_graph() {
        assert!(person().identifiers().all(|(identifier, _)| identifier.value != "junk"));
        assert_eq!(person().records().len(), 5);
    }
}
