//! Makes four channel exports together with the truth about them: who each record belongs to.
//!
//! The same seed gives the same bytes, on every machine and for ever; memory does not grow with the number of records.
//! `docs/generator.md` says how each difficulty is made.

use std::io;
use std::path::Path;

pub mod export;
pub mod mess;
pub mod messy;
pub mod names;
pub mod numbers;
pub mod people;
pub mod plain;
pub mod random;
pub mod rates;
pub mod slots;
pub mod text;

pub mod email;
pub mod pos;
pub mod sms;
pub mod web;

use messy::Layout;
use rates::Rates;
use slots::Shape;

/// Beginning of the time that the exports cover: 2025-01-01T00:00:00Z.
pub const START: u64 = 1_735_689_600;

/// Its end: 2026-07-01T00:00:00Z.
pub const END: u64 = 1_782_864_000;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Clean, for measuring speed.
    Plain,
    /// With every difficulty.
    Messy,
    /// The messy set of `examples/retail`.
    Retail,
}

/// Few enough persons for an example, among them one with 60 receipts.
const RETAIL: Shape =
    Shape { persons: 650, regulars: &[(1, 60), (3, 25)], weights: &[340, 220, 150, 100, 70, 50, 40, 30] };

/// Writes the exports, `truth.csv` and `onefold.toml` into a folder that exists.
pub fn generate(dir: &Path, mode: Mode, records: u64, seed: u64, rates: &Rates) -> io::Result<()> {
    let config = match mode {
        Mode::Plain => {
            plain::write(dir, records, seed)?;
            include_str!("plain.toml")
        }
        Mode::Messy | Mode::Retail => {
            let retail = mode == Mode::Retail;
            let shape = if retail { RETAIL } else { messy::SHAPE };
            let layout = Layout { records, seed, shape, gzip_sms: retail, broken_rows: retail };
            messy::write(dir, &layout, rates)?;
            if retail { include_str!("../../retail/onefold.toml") } else { include_str!("messy.toml") }
        }
    };
    std::fs::write(dir.join("onefold.toml"), config)
}
