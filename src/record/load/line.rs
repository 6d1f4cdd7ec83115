//! What the journal of a load run holds line by line.
//!
//! The types are copies of the engine's in plain words and integers (nanoseconds), so that the engine may change and old
//! records stay readable.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::record::MismatchRecord;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    Start(Box<Start>),
    /// One line for each second.
    Second(Box<Second>),
    /// The last line of a run that ended by itself or was stopped in order.
    End(Box<End>),
}

/// What was known before the first arrival.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The version of the record.
    pub version: u32,
    /// `open` or `closed`.
    pub model: String,
    /// The phases; indices of phases count here.
    pub phases: Vec<Phase>,
    /// Names of the cases; indices of cases count here.
    pub cases: Vec<String>,
    /// How many shards there are.
    pub threads: usize,
    /// For how many nanoseconds before each arrival a shard stays awake; zero if it sleeps.
    pub spin_ns: u64,
    /// The wall-clock time of the start, in milliseconds since 1970-01-01 UTC.
    pub started_ms: u64,
    /// The settings of the run as the command understood them.
    pub settings: Settings,
}

/// A phase of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// `warm-up`, `steady`, `step` or `ramp`.
    pub stretch: String,
    /// How long arrivals are planned in it.
    pub duration_ns: u64,
}

/// What one second brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Second {
    /// Its number, from zero.
    pub number: u64,
    /// The planned rate, per second.
    pub offered: f64,
    /// Counts of the phases in which anything happened.
    pub counts: Vec<PhaseCounts>,
    /// Percentiles over all phases of the second, in the order response, service, lag, wait; those without values left out.
    pub measures: Vec<Summary>,
    /// What was found.
    pub found: Vec<Found>,
    /// What it cost.
    pub cost: Cost,
}

/// Counts of one phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseCounts {
    /// Index of the phase.
    pub phase: usize,
    /// Its counts.
    pub counts: Counts,
}

/// The sides of the accounting identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the words are those of load::Fate, which documents them")]
pub struct Counts {
    pub planned: u64,
    pub sent: u64,
    pub as_expected: u64,
    pub deviating: u64,
    pub limited: u64,
    pub learned: u64,
    pub timed_out: u64,
    pub failed: u64,
    pub unsent: u64,
    pub shed: u64,
    pub abandoned: u64,
    pub in_flight: u64,
}

/// A distribution in a few numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// `response`, `service`, `lag`, `wait`, or `limited`: the response time of what was refused for the rate.
    pub measure: String,
    /// How many values.
    pub count: u64,
    /// Their mean.
    pub mean_ns: u64,
    /// Percentiles, ascending.
    pub percentiles: Vec<Percentile>,
}

/// The distributions of one phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseMeasures {
    /// Index of the phase.
    pub phase: usize,
    /// In the order response, service, lag, wait, limited; those without values left out.
    pub measures: Vec<Summary>,
}

/// A percentile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percentile {
    /// Which, in thousandths of a per cent: 99 900 is p99.9.
    pub of_100_000: u32,
    /// Its value.
    pub ns: u64,
    /// Whether the true value may be higher, because arrivals that never finished reach it.
    pub at_least: bool,
}

/// How often something was found in one phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Index of the case.
    pub case: usize,
    /// Index of the phase.
    pub phase: usize,
    /// The outcome in the api's words, or the class of failure.
    pub outcome: String,
    /// How it counts at or below the documented rate, in the words of the counts.
    pub fate: String,
    /// The diff with volatile values abstracted, for deviations.
    pub shape: Option<String>,
    /// Whether it is a well-formed refusal of what must be accepted: above the documented rate, and only there, it is
    /// learned to be the limit at work.
    pub may_be_limit: bool,
    /// How often at or below the documented rate.
    pub within: u64,
    /// How often above it.
    pub above: u64,
    /// Evidence that is new.
    pub examples: Vec<Example>,
}

/// A whole exchange as evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The arrival's number.
    pub index: u64,
    /// The case's address; left out in a journal, where the finding says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The user that it writes to, if its case names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The unique text in it, if its case has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique: Option<String>,
    /// When it was planned, since the start.
    pub intended_ns: u64,
    /// When the shard took it up.
    pub released_ns: u64,
    /// When its first byte was written.
    pub dispatched_ns: u64,
    /// When the last byte of its reply came.
    pub finished_ns: u64,
    /// The offered rate at that moment, per second.
    pub offered: f64,
    /// The request; what authorises calls is masked. Bytes that are no UTF-8 are replaced.
    pub request: String,
    /// The reply's status.
    pub status: u16,
    /// The reply's headers.
    pub headers: Vec<(String, String)>,
    /// The reply's body. Bytes that are no UTF-8 are replaced.
    pub body: String,
    /// In what it differs from the expectation; empty where the body was too long to be kept whole.
    pub mismatches: Vec<MismatchRecord>,
}

/// What the generator spent, and what stood in its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Processor time of all shards.
    pub cpu_ns: u64,
    /// How much of it was spent on waiting awake.
    pub spun_ns: u64,
    /// The share of its core that the busiest shard worked, waiting awake left out.
    pub busiest: f64,
    /// The share of the machine that was stolen.
    pub steal: f64,
    /// Connections that were begun.
    pub opened: u64,
    /// How often there was no file descriptor.
    pub no_descriptor: u64,
    /// How often there was no local port.
    pub no_port: u64,
}

/// How the run ended; totals and percentiles can be made from the seconds and the histogram log as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Whether it was stopped before everything planned was taken up.
    pub interrupted: bool,
    /// How long it took.
    pub ran_ns: u64,
    /// The counts of each phase, which add up.
    pub counts: Vec<PhaseCounts>,
    /// Percentiles of the judged phases together: response, service, lag, wait, limited; those without values left out.
    pub measures: Vec<Summary>,
    /// The same for each phase.
    pub by_phase: Vec<PhaseMeasures>,
    /// Why the generator could not hold its schedule; empty for a sound run.
    pub unsound: Vec<String>,
    /// Whether steal explains it.
    pub steal_blamed: bool,
    /// What the dispatch lag's p99 was held to; absent in the closed model.
    pub lag_bound_ns: Option<u64>,
    /// What it cost: times are sums, shares the highest of any judged second.
    pub cost: Cost,
}
