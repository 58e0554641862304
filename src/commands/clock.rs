//! What a run costs: wall and CPU time per stage, peak memory. CPU and memory as Linux tells them in `/proc`.

use std::time::Instant;

use crate::model::StageTime;

/// Times stages, one after the other.
#[derive(Debug)]
pub struct StageClock {
    done: Vec<StageTime>,
    stage: &'static str,
    wall: Instant,
    cpu: Option<f64>,
}

impl StageClock {
    /// Starts with a stage.
    #[must_use]
    pub fn start(stage: &'static str) -> Self {
        Self { done: Vec::new(), stage, wall: Instant::now(), cpu: cpu_seconds() }
    }

    /// Ends the stage with what came out of it and begins another; gives the one that ended.
    pub fn next(&mut self, stage: &'static str, counts: &[(&str, u64)]) -> &StageTime {
        let (wall, cpu) = (Instant::now(), cpu_seconds());
        self.done.push(StageTime {
            stage: self.stage.to_owned(),
            seconds: round(wall.duration_since(self.wall).as_secs_f64()),
            counts: counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
            cpu_seconds: cpu.zip(self.cpu).map(|(now, before)| round(now - before)),
        });
        (self.stage, self.wall, self.cpu) = (stage, wall, cpu);
        &self.done[self.done.len() - 1]
    }

    /// The stages that have ended, in order.
    #[must_use]
    pub fn stages(&self) -> &[StageTime] {
        &self.done
    }
}

/// To milliseconds: finer figures say nothing.
fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// CPU seconds of all threads so far; `None` where the system does not tell.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the command in parentheses, may hold spaces; utime and stime are the 14th and 15th.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) as f64 / TICKS)
}

/// Clock ticks per second in `/proc`: 100 on every Linux since 2.6 (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Most memory that the process ever had, in bytes; `None` where the system does not tell.
#[must_use]
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Now, as RFC 3339 in UTC, to the second.
#[must_use]
pub fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}

/// Now, in seconds since 1970.
#[must_use]
pub fn seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_timed_one_after_the_other() {
        let mut clock = StageClock::start("ingest");
        assert_eq!(clock.next("link", &[("files", 2)]).stage, "ingest");
        clock.next("end", &[]);
        assert_eq!(clock.stages()[0].counts["files"], 2);
        let stages: Vec<&str> = clock.stages().iter().map(|stage| stage.stage.as_str()).collect();
        assert_eq!(stages, ["ingest", "link"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_time_and_memory() {
        let before = cpu_seconds().unwrap();
        let start = Instant::now();
        let mut sum = 0u64;
        while start.elapsed().as_millis() < 60 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(cpu_seconds().unwrap() > before);
        assert!(peak_memory().unwrap() > 1 << 20);
    }
}
