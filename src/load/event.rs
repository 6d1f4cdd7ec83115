//! What the engine tells while it runs: one event type, one callback, on the thread that called it.

use std::time::Duration;

use super::deviation::Recorder;
use super::interval::Exhausted;
use super::ledger::Ledger;
use super::pacing::Approach;
use super::plan::Model;
use super::schedule::Stretch;

/// Something that happened to the run.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The shards are about to start.
    Started(&'a Started),
    /// A second has passed on every shard. Seconds come in order, each once, without gaps but for those in which a shard
    /// was stalled: what it did then is in the next one.
    Second(Second<'a>),
}

/// What is known before the first arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct Started {
    /// The model.
    pub model: Model,
    /// Name, kind and length of each phase; indices of phases count here.
    pub phases: Vec<(String, Stretch, Duration)>,
    /// Names of the cases; indices of cases count here.
    pub cases: Vec<String>,
    /// How many shards there are.
    pub threads: usize,
    /// How shards wait.
    pub approach: Approach,
    /// The wall-clock time of the start, since 1970-01-01 UTC.
    pub at: Duration,
}

/// What one second brought.
#[derive(Clone, Copy, Debug)]
pub struct Second<'a> {
    /// Its number, from zero.
    pub number: u64,
    /// The planned rate in its middle, per second; zero in the closed model and after the last phase.
    pub offered: f64,
    /// Counts and histograms of this second.
    pub now: &'a Ledger,
    /// Findings of this second, with the examples that are new.
    pub found: &'a Recorder,
    /// Counts and histograms since the start.
    pub so_far: &'a Ledger,
    /// Findings since the start.
    pub found_so_far: &'a Recorder,
    /// What it cost.
    pub cost: Cost,
    /// How long arrivals are still planned.
    pub left: Duration,
}

/// What the generator spent, and what stood in its way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Processor time of all shards.
    pub cpu: Duration,
    /// How much of it was spent on waiting awake.
    pub spun: Duration,
    /// The share of its core that the busiest shard worked, waiting awake left out.
    pub busiest: f64,
    /// The judged seconds, of those that are over.
    pub judged_seconds: u64,
    /// How many of these left a shard no processor time.
    pub busy_seconds: u64,
    /// The share of the machine that was stolen.
    pub steal: f64,
    /// The time that was stolen, of all cores together.
    pub stolen: Duration,
    /// Connections that were begun.
    pub opened: u64,
    /// What ran out.
    pub exhausted: Exhausted,
}
