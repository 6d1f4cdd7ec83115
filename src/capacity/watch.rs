//! Makes a trial of a run of the load engine: told every second, it says when enough is known.
//!
//! A second in which the generator itself was held up says nothing about the target, and neither do its latencies: it is
//! left out, and counted. A trial with more such seconds than others is unsound.

use std::time::Duration;

use super::trial::{Batch, Step, Tally, Trial, above, ratio};
use crate::exchange::FailureKind;
use crate::load::{
    Accounts, Cause, Distribution, Event, Fate, Finished, Key, Kind, Latency, Ledger, Measure, Percentile, Recorder,
    Second, Side, Steal, Stop, Stretch, empty,
};

/// A share of arrivals that the generator held up by a quarter of the limit or more makes a second a disturbed one: a
/// tenth of what the target may be late with.
const HELD_UP: f64 = 0.001;
/// The part of the limit that counts as held up.
const PART: u32 = 4;
/// A target that is silent for longer than this, and than twice the limit, ends its trial.
const SILENCE: Duration = Duration::from_secs(1);
/// How many outcomes are kept.
const OUTCOMES: usize = 5;

/// What becomes of a run.
#[derive(Debug)]
pub struct Watch {
    step: Step,
    /// Ends this run.
    stop: Stop,
    /// The user's wish that everything ends.
    interrupt: Stop,
    /// The index of the counted phase.
    steady: usize,
    seconds: Vec<Batch>,
    responses: Distribution,
    disturbed: u32,
    held_up: Option<Percentile>,
    /// Whole seconds in a row in which something was sent and nothing answered.
    silent: u32,
}

impl Watch {
    /// Watches a run of a step, which `stop` ends; `interrupt` is the user's.
    #[must_use]
    pub fn new(step: Step, stop: Stop, interrupt: Stop) -> Self {
        let responses = Distribution::new(empty(), &empty());
        Self {
            step,
            stop,
            interrupt,
            steady: 0,
            seconds: Vec::new(),
            responses,
            disturbed: 0,
            held_up: None,
            silent: 0,
        }
    }

    /// Takes an event of the engine.
    pub fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Started(started) => {
                let counted = started.phases.iter().position(|(_, stretch, _)| *stretch != Stretch::WarmUp);
                self.steady = counted.unwrap_or_default();
            }
            Event::Second(second) => self.second(&second),
        }
        if self.interrupt.is_requested() {
            self.stop.request();
        }
    }

    fn second(&mut self, second: &Second<'_>) {
        let limit = self.step.limit.unwrap_or(Duration::MAX);
        let now = second.now.total();
        self.silent = if now.planned > 0 && now.answered() == 0 { self.silent + 1 } else { 0 };
        if Duration::from_secs(self.silent.into()) > SILENCE.max(limit.saturating_mul(2)) {
            self.stop.request();
        }
        let found = latencies(second.now, self.steady, limit);
        if found.count() == 0 {
            return;
        }
        let lag = Distribution::of(second.now, Measure::Lag, |_| true);
        if share_above(&lag, limit / PART) > HELD_UP {
            self.disturbed += 1;
            let longer = |one: &Percentile| one.value();
            self.held_up = self.held_up.into_iter().chain(lag.quantile(0.99)).max_by_key(longer);
            return;
        }
        let batch = Batch { arrivals: found.count(), late: above(&found, limit) };
        self.responses.join(&found);
        let ended = Duration::from_secs(second.number) >= self.step.warm_up + self.step.most;
        match self.seconds.last_mut() {
            // What comes after the last arrival belongs to the second of that.
            Some(last) if ended => {
                last.arrivals += batch.arrivals;
                last.late += batch.late;
            }
            Some(_) | None => self.seconds.push(batch),
        }
        if self.step.is_enough(&self.seconds, &self.responses) {
            self.stop.request();
        }
    }

    /// The trial, when the run has ended after so long.
    #[must_use]
    pub fn finish(mut self, finished: &Finished, took: Duration) -> Trial {
        if self.seconds.is_empty() && self.disturbed == 0 {
            // It ended within its first second.
            let limit = self.step.limit.unwrap_or(Duration::MAX);
            self.responses = latencies(&finished.ledger, self.steady, limit);
            let (arrivals, late) = (self.responses.count(), above(&self.responses, limit));
            self.seconds.extend(Some(Batch { arrivals, late }).filter(|batch| batch.arrivals > 0));
        }
        let counts = finished.ledger.accounts(self.steady);
        let steady = took.saturating_sub(self.step.warm_up).min(self.step.most);
        Trial {
            took,
            steady,
            batches: self.step.batches(&self.seconds),
            disturbed: self.disturbed,
            tally: tally(counts, &finished.findings),
            wait_p99: finished.distribution(Measure::Wait).quantile(0.99).map(Percentile::value),
            unsound: self.unsound(finished),
            outcomes: outcomes(&finished.findings, self.steady),
            responses: self.responses,
        }
    }

    fn unsound(&self, finished: &Finished) -> Vec<String> {
        let soundness = &finished.soundness;
        let steal = match soundness.steal {
            Steal::Blamed => " (steal: the hypervisor took the time away)",
            Steal::Negligible => "",
        };
        let mut causes: Vec<String> = Vec::new();
        for cause in &soundness.causes {
            match cause {
                // Judged second by second, and against the limit.
                Cause::Lag { .. } => {}
                Cause::Descriptors | Cause::Ports | Cause::Cpu { .. } => {
                    causes.push(format!("{cause}{steal}; {}", cause.remedy()));
                }
            }
        }
        if self.disturbed as usize > self.seconds.len() {
            let lag = self.held_up.map_or(Duration::ZERO, Percentile::value);
            let bound = self.step.limit.unwrap_or(Duration::MAX) / PART;
            let cause = Cause::Lag { p99: lag, bound };
            let of = self.disturbed as usize + self.seconds.len();
            causes.push(format!("in {} of {of} seconds {cause}{steal}; {}", self.disturbed, cause.remedy()));
        }
        causes
    }
}

/// Latencies of the counted phase: of replies, and of what timed out or never got a connection. What the end of the trial
/// cut off counts only where it was late already.
fn latencies(ledger: &Ledger, steady: usize, limit: Duration) -> Distribution {
    let of = |wanted: &[Fate]| {
        ledger.sum(|key| match key {
            Key::Latency { measure: Latency::Response, phase, fate, .. } => *phase == steady && wanted.contains(fate),
            Key::Latency { .. } | Key::Lag { .. } | Key::Wait { .. } => false,
        })
    };
    let mut ages = of(&[Fate::TimedOut, Fate::Shed]);
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    for bucket in of(&[Fate::InFlight, Fate::Abandoned]).iter_recorded() {
        if bucket.value_iterated_to() > nanos {
            ages.saturating_record_n(bucket.value_iterated_to(), bucket.count_at_value());
        }
    }
    Distribution::new(of(&[Fate::AsExpected, Fate::Deviating]), &ages)
}

fn share_above(distribution: &Distribution, limit: Duration) -> f64 {
    ratio(above(distribution, limit), distribution.count())
}

fn tally(counts: &Accounts, findings: &Recorder) -> Tally {
    let refused = findings.rows().iter().filter(|row| row.finding.kind == Kind::Failed(FailureKind::Connect));
    Tally {
        arrivals: counts.planned - counts.of(Fate::Abandoned) - counts.of(Fate::InFlight),
        answered: counts.answered(),
        as_expected: counts.of(Fate::AsExpected),
        deviating: counts.of(Fate::Deviating),
        limited: counts.limited(),
        failed: counts.of(Fate::TimedOut) + counts.of(Fate::Failed),
        unsent: counts.of(Fate::Unsent) + counts.of(Fate::Shed),
        refused: refused.map(|row| row.count().total()).sum(),
        shed: counts.of(Fate::Shed),
    }
}

fn outcomes(findings: &Recorder, steady: usize) -> Vec<(String, Fate, u64)> {
    let mut found: Vec<(String, Fate, u64)> = Vec::new();
    for row in findings.rows() {
        let Some(count) = row.counts.get(steady) else { continue };
        for (fate, count) in [(row.finding.fate(Side::Within), count.within), (findings.fate_above(row), count.above)] {
            if count > 0 && fate != Fate::AsExpected {
                found.push((row.finding.outcome.to_string(), fate, count));
            }
        }
    }
    found.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    found.truncate(OUTCOMES);
    found
}
