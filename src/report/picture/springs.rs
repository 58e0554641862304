//! Where nodes stand: springs that start from a circle, in a frame that fits their number.

use super::{Node, Picture, What};

impl Picture {
    /// Fruchterman and Reingold's springs, from a circle, cooling steadily.
    pub(super) fn lay_out(&mut self) {
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
    pub(super) fn frame(&self) -> (f64, f64) {
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
}

pub(super) const WIDTH: f64 = 720.0;

pub(super) const HEIGHT: f64 = 440.0;

const EDGE: f64 = 74.0;
