//! How a target limits, as far as what it admitted tells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LimiterKind {
    /// Nothing that was offered was refused or held back for its rate.
    None,
    /// A count that starts anew with each window.
    FixedWindow,
    /// A count over the last window, exact or weighted.
    SlidingWindow,
    /// A bucket of tokens, or its equal, the generic cell rate algorithm.
    TokenBucket,
    /// A queue that is emptied at an even pace: what is too early is held back.
    LeakyBucket,
    /// A bound on what is being answered at the same time.
    Concurrency,
    /// What was seen does not decide between kinds.
    Undetermined,
}

/// A number with the interval that the data leave for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The best value.
    pub value: f64,
    /// The least that agrees with what was seen.
    pub low: f64,
    /// The most.
    pub high: f64,
}

/// How the target limits. What is absent is undetermined, or does not belong to the kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FingerprintReport {
    /// The kind.
    pub kind: LimiterKind,
    /// All of it in one sentence.
    pub words: String,
    /// Why the kind, or a number that it should have, is undetermined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undetermined: Vec<String>,
    /// Requests admitted a second in the long run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Estimate>,
    /// How many are admitted at once after idling: tokens held, or the count of a window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<Estimate>,
    /// The length of the window in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_ns: Option<Estimate>,
    /// How long after a whole window of the wall clock a window begins, in nanoseconds; absent where windows begin with a
    /// request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_ns: Option<Estimate>,
    /// How many requests wait at most before one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Estimate>,
    /// How many requests are answered at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Estimate>,
    /// How long after the excess had ended the documented rate was admitted again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_ns: Option<u64>,
    /// How many decisions this explains.
    pub explained: u64,
    /// How many it does not.
    pub unexplained: u64,
}
