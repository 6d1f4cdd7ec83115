//! A histogram log read with what is known of its run: whose values its intervals are, by case, and the percentiles of a run
//! whose journal has no last line.

use std::collections::HashMap;
use std::time::Duration;

use super::from_engine::{all_summaries, by_phase};
use super::{PhaseMeasures, Start, Summary};
use crate::load::{Approach, Durations, Fate, Key, Latency, Ledger, Model, Started, Stretch};
use crate::record::hlog::{self, LoggedInterval};

/// The values of one series in one interval of a log.
pub(super) struct Series {
    pub(super) key: Key,
    /// When the interval began, since the start of the run.
    pub(super) from: Duration,
    pub(super) durations: Durations,
}

/// What the intervals of a log are of; those with tags of no series of the run left out.
pub(super) fn series(start: &Start, log: impl Iterator<Item = LoggedInterval>) -> impl Iterator<Item = Series> {
    let (phases, cases) = (start.phases.len(), start.cases.len());
    let started = started(start);
    let keys: HashMap<String, Key> = keys(phases, cases).map(|key| (hlog::tag(&key, &started), key)).collect();
    log.filter_map(move |LoggedInterval { tag, from, durations }| {
        Some(Series { key: *keys.get(&tag)?, from, durations })
    })
}

/// The percentiles of the judged phases together, and of each phase.
pub(super) fn measures(start: &Start, log: &[u8]) -> (Vec<Summary>, Vec<PhaseMeasures>) {
    let ledger = distributions(start, log);
    (all_summaries(&ledger, |phase| start.phases[phase].is_judged()), by_phase(&ledger, start.phases.len()))
}

/// The histograms of a run by phase, case and fate, as far as the lines of its log are whole; the counts in it are zero.
#[must_use]
pub fn distributions(start: &Start, log: &[u8]) -> Ledger {
    let (phases, cases) = (start.phases.len(), start.cases.len());
    let mut ledger = Ledger::new(phases, cases);
    for Series { key, durations, .. } in series(start, hlog::intervals(log)) {
        ledger.merge(key, &durations);
    }
    ledger
}

fn keys(phases: usize, cases: usize) -> impl Iterator<Item = Key> {
    (0..phases).flat_map(move |phase| {
        let latencies = (0..cases).flat_map(move |case| {
            Fate::ALL.into_iter().flat_map(move |fate| {
                let key = move |measure| Key::Latency { measure, phase, case, fate };
                [key(Latency::Response), key(Latency::Service)]
            })
        });
        [Key::Lag { phase }, Key::Wait { phase }].into_iter().chain(latencies)
    })
}

/// What tags are made of; the rest of it is never looked at.
fn started(start: &Start) -> Started {
    let phases = start.phases.iter();
    Started {
        model: Model::Open,
        phases: phases
            .map(|phase| (phase.name.clone(), Stretch::Steady, Duration::from_nanos(phase.duration_ns)))
            .collect(),
        cases: start.cases.clone(),
        threads: start.threads,
        approach: Approach::Wait,
        at: Duration::ZERO,
    }
}
