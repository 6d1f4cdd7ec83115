//! What is shown while a run goes on, second by second.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::figure::{rate, time};
use crate::record::load::{Counts, Second, Start};

/// A line on standard error that moves.
#[derive(Debug)]
pub struct Live {
    bar: ProgressBar,
    start: Option<Start>,
    total: Duration,
}

impl Live {
    /// A line on standard error, which draws nothing when that is no terminal.
    #[must_use]
    pub fn on_stderr() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(4));
        let style = ProgressStyle::with_template("{bar:20} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, start: None, total: Duration::ZERO }
    }

    /// The run begins.
    pub fn start(&mut self, start: &Start) {
        self.total = Duration::from_nanos(start.phases.iter().map(|phase| phase.duration_ns).sum());
        self.bar.set_length(u64::try_from(self.total.as_millis()).unwrap_or(u64::MAX));
        self.bar.set_message("starting");
        self.start = Some(start.clone());
    }

    /// A second has passed.
    pub fn second(&self, second: &Second, left: Duration) {
        let Some(start) = &self.start else { return };
        let done = self.total.saturating_sub(left);
        self.bar.set_position(u64::try_from(done.as_millis()).unwrap_or(u64::MAX));
        self.bar.set_message(line(start, second, left));
    }

    /// Takes the line away, so that a summary can follow.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// One second in a line: rates, latencies, what went wrong, the generator's lag, the time left.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub fn line(start: &Start, second: &Second, left: Duration) -> String {
    let mut counts = Counts::default();
    second.counts.iter().for_each(|one| counts.add(&one.counts));
    let at = |measure: &str, of_100_000| {
        let summary = second.measures.iter().find(|summary| summary.measure == measure);
        let percentile = summary.and_then(|summary| summary.at(of_100_000));
        percentile.map_or_else(|| "-".to_owned(), |percentile| time(percentile.ns))
    };
    let marks = [(start.settings.built_in, "[built-in] "), (start.model == "closed", "[closed] ")];
    let mut text: String = marks.into_iter().filter_map(|(applies, mark)| applies.then_some(mark)).collect();
    let phase = second.counts.last().and_then(|one| start.phases.get(one.phase));
    text.push_str(&format!("{:>4} s ", second.number + 1));
    text.push_str(phase.map_or("", |phase| phase.name.as_str()));
    if second.offered > 0.0 {
        text.push_str(&format!("  offered {}", rate(second.offered)));
    }
    text.push_str(&format!("  sent {}", rate(counts.sent as f64)));
    text.push_str(&format!("  p50 {} p99 {}", at("response", 50_000), at("response", 99_000)));
    let troubles = [
        (counts.deviating, "deviating"),
        (counts.limited + counts.learned, "limited"),
        (counts.timed_out + counts.failed, "failed"),
        (counts.never_sent(), "unsent"),
    ];
    for (count, word) in troubles.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!("  {count} {word}"));
    }
    if start.model == "open" {
        text.push_str(&format!("  lag p99 {}", at("lag", 99_000)));
    }
    text.push_str(&format!("  {} s left", left.as_secs()));
    text
}
