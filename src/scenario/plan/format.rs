//! A load plan as it is written: the fields of each group, and nothing of their meaning. What begins with an underscore is
//! read from its node, so that a mistake in it has its place.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// The fields of a plan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanHead {
    /// The version of this format: 1.
    pub(super) version: u32,
    /// The api whose cases are sent.
    pub(super) api: String,
    /// What the plan is for, for people.
    #[serde(default, rename = "about")]
    _about: Option<String>,
    /// Requests a second, of phases that name no rate of their own; `max` keeps every connection busy.
    #[serde(default, rename = "rate")]
    _rate: Option<Value>,
    /// How arrivals lie around their rate.
    #[serde(default)]
    pub(super) arrivals: Option<ArrivalsWord>,
    /// How long a reply may take: `10s`.
    #[serde(default, rename = "timeout")]
    _timeout: Option<String>,
    /// The most connections at once: `64`.
    #[serde(default)]
    pub(super) connections: Option<u32>,
    /// How many generator threads: `1`.
    #[serde(default)]
    pub(super) threads: Option<u16>,
    /// The phases, one after the other.
    #[serde(default, rename = "phases")]
    _phases: Option<Value>,
    /// The cases that are sent; the api's plain request by default.
    #[serde(default, rename = "mix")]
    _mix: Option<Value>,
    /// What decides the exit code.
    #[serde(default, rename = "thresholds")]
    _thresholds: Option<Value>,
}

/// How arrivals lie around their rate.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ArrivalsWord {
    /// Evenly spaced.
    Constant,
    /// A Poisson process: what many independent callers look like.
    Poisson,
}

/// A phase: exactly one of `warm_up`, `constant`, `ramp` and `steps`, with a duration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhaseEntry {
    /// How reports call it.
    #[serde(default)]
    pub(super) name: Option<String>,
    /// How long it takes, of `steps` each one: `30s`.
    #[serde(rename = "duration")]
    _duration: String,
    /// Sends without counting, at a number of requests a second, or at the plan's `rate`.
    #[serde(default)]
    pub(super) warm_up: Option<Value>,
    /// Keeps a number of requests a second, or the plan's `rate`.
    #[serde(default)]
    pub(super) constant: Option<Value>,
    /// Moves evenly from one rate to another: `[10, 200]`.
    #[serde(default)]
    pub(super) ramp: Option<[f64; 2]>,
    /// Keeps several rates, one after the other: `[50, 100, 150]`.
    #[serde(default)]
    pub(super) steps: Option<Vec<f64>>,
}

/// A part of the mix.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MixEntry {
    /// A case's address, as `proofhouse check --list` prints it, or a pattern with `*`; `API/plain` is the plain request.
    pub(super) case: String,
    /// Its share relative to the other parts'; what a pattern matches shares it evenly.
    #[serde(default = "one")]
    pub(super) weight: u32,
}

fn one() -> u32 {
    1
}

/// What decides the exit code: times for percentiles of the response time; shares (`0.1 %`) or counts for the others.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThresholdsEntry {
    /// The median may be this at most: `10ms`.
    #[serde(default)]
    pub(super) p50: Option<Value>,
    /// The 75th percentile.
    #[serde(default)]
    pub(super) p75: Option<Value>,
    /// The 90th percentile.
    #[serde(default)]
    pub(super) p90: Option<Value>,
    /// The 95th percentile.
    #[serde(default)]
    pub(super) p95: Option<Value>,
    /// The 99th percentile.
    #[serde(default)]
    pub(super) p99: Option<Value>,
    /// The 99.9th percentile.
    #[serde(default, rename = "p99.9")]
    pub(super) p99_9: Option<Value>,
    /// The longest response time.
    #[serde(default)]
    pub(super) max: Option<Value>,
    /// Timeouts and failures: `0.1 %` by default.
    #[serde(default)]
    pub(super) errors: Option<Value>,
    /// Replies that differ from their expectation: `0` by default.
    #[serde(default)]
    pub(super) deviations: Option<Value>,
    /// Arrivals that were never sent: `0.1 %` by default.
    #[serde(default)]
    pub(super) unsent: Option<Value>,
    /// Replies that were refused for the rate.
    #[serde(default)]
    pub(super) limited: Option<Value>,
    /// At least this share of the planned arrivals was sent (`99 %`), or this many a second (`95/s`).
    #[serde(default)]
    pub(super) achieved: Option<Value>,
}
