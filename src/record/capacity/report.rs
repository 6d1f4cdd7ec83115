//! The one document of a run of `proofhouse capacity`: rendered by every format.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TrialReport;
use crate::record::Authentication;
use crate::record::load::{Completeness, Percentile, Threshold};

/// Which kind of run a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CapacityKind {
    /// A run of `proofhouse capacity`.
    Capacity,
}

/// A whole search. Credentials, signatures and `UserSig`s never come here: no request or reply does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityRecord {
    /// Always `capacity`.
    pub record: CapacityKind,
    /// The version of this format: 1.
    pub version: u32,
    /// The exit code, as far as the run itself decides it: a report that could not be written comes on top.
    pub exit_code: u8,
    /// Why it is this one, in short sentences; empty for 0.
    pub reasons: Vec<String>,
    /// When the run began, as RFC 3339 in UTC.
    pub started: String,
    /// How far the run came; never `killed`, because nothing is written before the end.
    pub ending: Completeness,
    /// How long it took.
    pub ran_ns: u64,
    /// How the run was done.
    pub settings: CapacitySettings,
    /// What the search ends with.
    pub result: CapacityResult,
    /// Whether the rate that was asked for is carried; absent without `--require`.
    pub required: Option<Requirement>,
    /// What a rate has to meet. The bound of the p99 stands here as soon as the unloaded median is known.
    pub thresholds: Vec<Threshold>,
    /// The target with nothing else to do; absent where even that could not be measured.
    pub unloaded: Option<UnloadedReport>,
    /// Where the latency curve bends, in requests a second: the rate with the most throughput for its p99.
    pub knee: Option<f64>,
    /// The curve: rates in ascending order, each with the trials near it together.
    pub curve: Vec<CurvePoint>,
    /// Every trial in the order in which they were made.
    pub trials: Vec<TrialReport>,
}

/// How a search was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacitySettings {
    /// The version of the tool.
    pub proofhouse: String,
    /// The api.
    pub api: String,
    /// How its requests are authenticated.
    pub authentication: Authentication,
    /// The base URL of the target.
    pub target: String,
    /// Whether the target was the built-in reference, so that nothing is said about any other server.
    pub built_in: bool,
    /// The digest of the embedded suite that the request is from; absent for other suites.
    pub suite: Option<String>,
    /// `poisson` or `constant`.
    pub arrivals: String,
    /// The documented rate, or the one that the target declares.
    pub documented: Option<f64>,
    /// The highest rate that was allowed.
    pub highest: Option<f64>,
    /// How many times the unloaded median the p99 may be; absent where it is held to a time.
    pub p99_times: Option<f64>,
    /// How long everything was allowed to take.
    pub max_time_ns: u64,
    /// The most connections at once.
    pub connections: u32,
    /// How many generator threads there were.
    pub threads: usize,
    /// How long a reply may take, and an arrival may wait for a connection.
    pub timeout_ns: u64,
    /// Seeds arrivals and the values of slots; each trial has one of its own that follows from it.
    pub seed: u64,
}

/// What kind of end a search has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// A rate with an interval.
    Found,
    /// A rate that is carried, and nobody knows how much more is.
    AtLeast,
    /// Not even the lowest rate is carried.
    Below,
    /// No number can be given.
    NoNumber,
}

/// What a search ends with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityResult {
    /// What kind of end it is.
    pub kind: ResultKind,
    /// The estimate, the highest rate that was carried, or the lowest one that was not; absent without a number.
    pub rate: Option<f64>,
    /// The lower end of the 95 % interval of an estimate.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// What breaks first: `latency`, `errors`, `deviations`, `unsent`, `limit`; `generator` where that could offer no more.
    pub broke: Option<String>,
    /// The result in a sentence.
    pub said: String,
    /// What else there is to know of it, and what to do.
    pub notes: Vec<String>,
}

/// A rate that the target has to carry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The rate that was asked for.
    pub rate: f64,
    /// Whether it is carried.
    pub verdict: RequirementVerdict,
}

/// Whether a rate that was asked for is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RequirementVerdict {
    /// The whole interval lies at or above it.
    Met,
    /// The whole interval lies below it.
    Broken,
    /// It lies within the interval, or there is none.
    Unjudged,
}

/// The target with nothing else to do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnloadedReport {
    /// At which rate it was measured.
    pub rate: f64,
    /// The median of the response time.
    pub p50_ns: u64,
}

/// A point of the curve: trials whose rates lie within 2 % together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// The rate, in requests a second.
    pub rate: f64,
    /// How many trials.
    pub trials: usize,
    /// Percentiles of the response times of all of them, ascending.
    pub percentiles: Vec<Percentile>,
    /// Whether the rate meets the thresholds, by all of them together.
    pub met: bool,
}
