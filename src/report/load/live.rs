//! What is shown while a run goes on, second by second: on a terminal a view that is drawn anew, elsewhere single lines.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::figure::{rate, time};
use super::spread::Spread;
use crate::record::load::{Counts, Second, Start};

/// How many characters the bar of the time has.
const BAR: usize = 40;

/// A view on standard error that is drawn anew each second.
#[derive(Debug)]
pub struct Live {
    bar: ProgressBar,
    start: Option<Start>,
    so_far: Counts,
}

impl Live {
    /// A view on standard error, which draws nothing when that is no terminal.
    #[must_use]
    pub fn on_stderr() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(4));
        bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, start: None, so_far: Counts::default() }
    }

    /// The run begins.
    pub fn start(&mut self, start: &Start) {
        self.bar.set_message(heading(start));
        self.start = Some(start.clone());
    }

    /// A second has passed; `spread` is of the response times of its phase.
    pub fn second(&mut self, second: &Second, spread: &Spread, left: Duration) {
        self.so_far.add(&sum(second));
        if let Some(start) = &self.start {
            self.bar.set_message(view(start, second, &self.so_far, spread, left).join("\n"));
        }
    }

    /// Takes the view away, so that a summary can follow.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// What is driven, and what has to be known of the run before any figure.
fn heading(start: &Start) -> String {
    let settings = &start.settings;
    format!("{}{} at {}", marks(start), settings.api, settings.target)
}

fn marks(start: &Start) -> String {
    let marks = [(start.settings.built_in, "[built-in] "), (start.model == "closed", "[closed] ")];
    marks.into_iter().filter_map(|(applies, mark)| applies.then_some(mark)).collect()
}

/// The view, line by line.
fn view(start: &Start, second: &Second, so_far: &Counts, spread: &Spread, left: Duration) -> Vec<String> {
    let phase = phase(start, second);
    let mut lines = vec![heading(start), format!("{phase:<9} {}", progress(start, left)), rates(second)];
    let percentiles = [(50_000, "p50"), (90_000, "p90"), (99_000, "p99"), (99_900, "p99.9"), (100_000, "max")];
    let response = percentiles.map(|(of_100_000, name)| format!("{name} {}", at(second, "response", of_100_000)));
    lines.push(format!("response  {}", response.join("   ")));
    if start.model == "open" {
        let (lag, wait) = (at(second, "lag", 99_000), at(second, "wait", 99_000));
        lines.push(format!("lag       p99 {lag}   wait for connections p99 {wait}"));
    }
    let troubles = troubles(so_far).into_iter().map(|(count, word)| format!("   {count} {word}"));
    lines.push(format!("so far    {} as expected{}", so_far.as_expected, troubles.collect::<String>()));
    let bars = spread.lines();
    if !bars.is_empty() {
        lines.push(format!("response times of {phase}"));
        lines.extend(bars);
    }
    lines
}

fn progress(start: &Start, left: Duration) -> String {
    let total = Duration::from_nanos(start.phases.iter().map(|phase| phase.duration_ns).sum());
    let done = total.saturating_sub(left);
    #[expect(clippy::cast_precision_loss, reason = "a share of a handful of characters")]
    let share = done.as_secs_f64() / total.as_secs_f64().max(1e-9) * BAR as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between none and all characters")]
    let full = (share as usize).min(BAR);
    let (done, left) = (done.as_secs(), left.as_secs());
    format!("{}{}  {done} s, {left} s left", "━".repeat(full), "╌".repeat(BAR - full))
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rates(second: &Second) -> String {
    let offered = if second.offered > 0.0 { format!("offered {}   ", rate(second.offered)) } else { String::new() };
    format!("rate      {offered}sent {}", rate(sum(second).sent as f64))
}

/// One second in a line: rates, latencies, what went wrong, the generator's lag, the time left.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub fn line(start: &Start, second: &Second, left: Duration) -> String {
    let counts = sum(second);
    let mut text = marks(start);
    text.push_str(&format!("{:>4} s {}", second.number + 1, phase(start, second)));
    if second.offered > 0.0 {
        text.push_str(&format!("  offered {}", rate(second.offered)));
    }
    text.push_str(&format!("  sent {}", rate(counts.sent as f64)));
    text.push_str(&format!("  p50 {} p99 {}", at(second, "response", 50_000), at(second, "response", 99_000)));
    for (count, word) in troubles(&counts) {
        text.push_str(&format!("  {count} {word}"));
    }
    if start.model == "open" {
        text.push_str(&format!("  lag p99 {}", at(second, "lag", 99_000)));
    }
    text.push_str(&format!("  {} s left", left.as_secs()));
    text
}

/// The counts of a second over all phases.
fn sum(second: &Second) -> Counts {
    let mut counts = Counts::default();
    second.counts.iter().for_each(|one| counts.add(&one.counts));
    counts
}

/// The latest phase in which anything happened.
fn phase<'a>(start: &'a Start, second: &Second) -> &'a str {
    let phase = second.counts.last().and_then(|one| start.phases.get(one.phase));
    phase.map_or("", |phase| phase.name.as_str())
}

/// A percentile of the second.
fn at(second: &Second, measure: &str, of_100_000: u32) -> String {
    let summary = second.measures.iter().find(|summary| summary.measure == measure);
    let percentile = summary.and_then(|summary| summary.at(of_100_000));
    percentile.map_or_else(
        || "-".to_owned(),
        |percentile| format!("{}{}", if percentile.at_least { "≥ " } else { "" }, time(percentile.ns)),
    )
}

/// What did not end as expected, as far as there is any.
fn troubles(counts: &Counts) -> Vec<(u64, &'static str)> {
    let all = [
        (counts.deviating, "deviating"),
        (counts.limited + counts.learned, "limited"),
        (counts.timed_out, "timed out"),
        (counts.failed, "failed"),
        (counts.never_sent(), "unsent"),
    ];
    all.into_iter().filter(|(count, _)| *count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::load::{Cost, Percentile, Phase, PhaseCounts, Settings, Summary};

    fn start(model: &str) -> Start {
        let phase = |name: &str, seconds: u64| Phase {
            name: name.into(),
            stretch: name.into(),
            duration_ns: seconds * 1_000_000_000,
        };
        Start {
            version: 1,
            model: model.into(),
            phases: vec![phase("warm-up", 5), phase("steady", 15)],
            cases: vec!["rongcloud/plain".into()],
            threads: 1,
            spin_ns: 0,
            started_ms: 0,
            settings: Settings { built_in: true, ..Settings::sample() },
        }
    }

    fn second() -> Second {
        let percentiles = |nanos: [u64; 5], at_least| {
            let of = [50_000, 90_000, 99_000, 99_900, 100_000].into_iter().zip(nanos);
            of.map(|(of_100_000, ns)| Percentile { of_100_000, ns, at_least }).collect()
        };
        let summary = |measure: &str, nanos, at_least| Summary {
            measure: measure.into(),
            count: 100,
            mean_ns: 0,
            percentiles: percentiles(nanos, at_least),
        };
        let counts = Counts { planned: 100, sent: 99, as_expected: 90, limited: 9, shed: 1, ..Counts::default() };
        Second {
            number: 9,
            offered: 100.0,
            counts: vec![PhaseCounts { phase: 1, counts }],
            measures: vec![
                summary("response", [812_000, 1_020_000, 2_100_000, 2_960_000, 10_000_000_000], true),
                summary("lag", [1_000, 2_000, 12_000, 13_000, 14_000], false),
            ],
            found: Vec::new(),
            cost: Cost::default(),
        }
    }

    #[test]
    fn the_view_shows_rates_percentiles_outcomes_lag_and_the_time_left() {
        let so_far = sum(&second());
        let spread = Spread::of([(812_000, 90), (2_100_000, 10)]);
        let view = view(&start("open"), &second(), &so_far, &spread, Duration::from_secs(10));
        let expected = [
            "[built-in] rongcloud at http://127.0.0.1:8650",
            "steady    ━━━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  10 s, 10 s left",
            "rate      offered 100.0/s   sent 99.0/s",
            "response  p50 ≥ 812µs   p90 ≥ 1.02ms   p99 ≥ 2.10ms   p99.9 ≥ 2.96ms   max ≥ 10.0s",
            "lag       p99 12.0µs   wait for connections p99 -",
            "so far    90 as expected   9 limited   1 unsent",
            "response times of steady",
            "  ≤ 1.00ms  ████████████████████████████████████████   90.00 %",
            "  ≤ 2.00ms                                              0.00 %",
            "  ≤ 5.00ms  ████▌                                      10.00 %",
        ];
        assert_eq!(view, expected);
    }

    #[test]
    fn the_closed_model_has_no_lag_to_show() {
        let view = view(&start("closed"), &second(), &Counts::default(), &Spread::default(), Duration::ZERO);
        assert!(view[0].contains("[closed]") && view.iter().all(|line| !line.starts_with("lag")), "{view:?}");
        assert!(!line(&start("closed"), &second(), Duration::ZERO).contains("lag"));
    }

    #[test]
    fn elsewhere_a_second_is_one_line() {
        let expected = "[built-in]   10 s steady  offered 100.0/s  sent 99.0/s  p50 ≥ 812µs p99 ≥ 2.10ms  9 limited  1 unsent  \
                        lag p99 12.0µs  10 s left";
        assert_eq!(line(&start("open"), &second(), Duration::from_secs(10)), expected);
    }
}
