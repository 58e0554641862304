//! What a run shows on standard error while it works: a line at a terminal, JSON lines on request, nothing in cron.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value, json};

use super::clock::StageClock;
use crate::cli::LogFormat;
use crate::model::StageTime;

/// The stages of a run, shown and timed.
#[derive(Debug)]
pub struct Progress {
    clock: StageClock,
    bar: ProgressBar,
    json: bool,
    /// Bytes that were read so far, for [`Progress::bytes`].
    read: AtomicU64,
}

impl Progress {
    /// Begins with the first stage.
    #[must_use]
    pub fn start(stage: &'static str, quiet: bool, format: LogFormat) -> Self {
        let json = format == LogFormat::Json;
        let visible = !quiet && !json && std::io::stderr().is_terminal();
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        let progress = Self { clock: StageClock::start(stage), bar, json: json && !quiet, read: AtomicU64::new(0) };
        progress.show(stage);
        progress
    }

    fn show(&self, stage: &'static str) {
        self.bar.set_style(style("{spinner} {msg} {elapsed}"));
        self.bar.set_message(stage);
        self.bar.reset_elapsed();
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    /// The stage reads this many bytes: shows share, rate and remaining time.
    pub fn expect_bytes(&self, total: u64) {
        if total > 0 {
            let template = "{spinner} {msg} {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta} left";
            self.bar.set_style(style(template));
            self.bar.set_length(total);
        }
    }

    /// Bytes read so far; may be called from any thread.
    pub fn bytes(&self, read: u64) {
        // Drawing is cheap, but not for every batch of every thread.
        if read >> 20 > self.read.fetch_max(read, Ordering::Relaxed) >> 20 {
            self.bar.set_position(read);
        }
    }

    /// Ends the stage, says what came out of it, and begins the next one.
    pub fn next(&mut self, stage: &'static str, counts: &[(&str, u64)]) {
        let ended = self.clock.next(stage, counts).clone();
        self.log(&ended, counts);
        self.show(stage);
    }

    /// Ends the last stage; gives all of them.
    pub fn end(&mut self, counts: &[(&str, u64)]) -> &[StageTime] {
        let ended = self.clock.next("", counts).clone();
        self.log(&ended, counts);
        self.bar.finish_and_clear();
        self.clock.stages()
    }

    fn log(&self, ended: &StageTime, counts: &[(&str, u64)]) {
        if self.json {
            let counts: Map<String, Value> =
                counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
            let line = json!({
                "stage": ended.stage,
                "seconds": ended.seconds,
                "cpu_seconds": ended.cpu_seconds,
                "counts": counts,
            });
            // Whoever closed standard error does not want to know.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// A remark that does not stop the run.
    pub fn warn(&self, text: &str) {
        if self.json {
            let _ = writeln!(std::io::stderr(), "{}", json!({ "warning": text }));
        } else {
            self.bar.suspend(|| anstream::eprintln!("warning: {text}"));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
