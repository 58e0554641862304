//! A laid-out person as SVG.

use maud::{Markup, html};

use super::super::text::{name, short};
use super::springs::WIDTH;
use super::{Node, Picture, What};
use crate::model::Decision;

impl Picture {
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

fn at(place: f64) -> String {
    format!("{place:.1}")
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
