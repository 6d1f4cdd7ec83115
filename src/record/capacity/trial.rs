//! One trial of a search as it is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::load::Percentile;

/// A trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialReport {
    /// Why it was made: `unloaded`, `climb`, `bisection`, `edge`, `recheck`, `again` or `curve`.
    pub purpose: String,
    /// Arrivals a second.
    pub rate: f64,
    /// When it began, since the begin of the search.
    pub began_ns: u64,
    /// What was sent before anything counted.
    pub warm_up_ns: u64,
    /// How long the counted stretch was.
    pub steady_ns: u64,
    /// Counts of the counted stretch.
    pub counts: TrialCounts,
    /// Percentiles of the response time, ascending.
    pub percentiles: Vec<Percentile>,
    /// The 95 % interval of the p99, wider than for independent replies by as much as late ones come in swarms.
    pub p99_low_ns: Option<u64>,
    /// Its upper end.
    pub p99_high_ns: Option<u64>,
    /// What the p99 was held to.
    pub limit_ns: Option<u64>,
    /// What it amounts to.
    pub verdict: TrialVerdict,
    /// What broke: `latency`, `errors`, `deviations`, `unsent` or `limit`.
    pub broke: Option<String>,
    /// Why the verdict is what it is, in a sentence.
    pub said: String,
    /// Seconds that were left out of the latencies, because the generator itself was held up in them.
    pub disturbed: u32,
    /// The most frequent outcomes that were not as expected.
    pub outcomes: Vec<TrialOutcome>,
}

/// Counts of a trial. What its end cut off is in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialCounts {
    /// Arrivals.
    pub arrivals: u64,
    /// Whole replies, whatever they said.
    pub answered: u64,
    /// Replies as expected.
    pub as_expected: u64,
    /// Replies that differed.
    pub deviating: u64,
    /// Refused because of the rate.
    pub limited: u64,
    /// Timed out or broken off.
    pub failed: u64,
    /// Never sent.
    pub unsent: u64,
    /// Of these, because nobody listened.
    pub refused: u64,
    /// Of these, because every connection was busy.
    pub shed: u64,
    /// Arrivals whose latency was held to the limit.
    pub timed: u64,
    /// Of these, how many were late.
    pub late: u64,
}

/// What a trial amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TrialVerdict {
    /// Everything is met.
    Met,
    /// Something is not.
    Broken,
    /// The generator could not offer the rate, or was disturbed.
    Unsound,
    /// There was nothing to hold it to.
    Unjudged,
}

/// An outcome with its count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialOutcome {
    /// In the api's words, or the class of failure.
    pub outcome: String,
    /// How it counts, in the words of the accounting identity.
    pub fate: String,
    /// How many.
    pub count: u64,
}
