//! The one document of a load run, `report.json`: derived from the journal, rendered by every format.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cost, Counts, Distributions, Example, Settings, Summary, Threshold};

/// Which kind of run a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LoadKind {
    /// A run of `proofhouse load`.
    Load,
}

/// A whole load run. Credentials, signatures and `UserSig`s were taken out before anything came here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadRecord {
    /// Always `load`.
    pub record: LoadKind,
    /// The version of this format: 1.
    pub version: u32,
    /// The exit code, as far as the run itself decides it: a report that could not be written comes on top.
    pub exit_code: u8,
    /// Why it is this one, in short sentences; empty for 0.
    pub reasons: Vec<String>,
    /// When the run began, as RFC 3339 in UTC.
    pub started: String,
    /// `open` or `closed`. A closed run has no true latencies: every request waits for the one before it.
    pub model: String,
    /// How far the run came.
    pub ending: Completeness,
    /// How long it took.
    pub ran_ns: u64,
    /// How the run was done.
    pub settings: Settings,
    /// How many generator threads there were.
    pub threads: usize,
    /// For how many nanoseconds before each arrival a thread stayed awake; zero if it slept.
    pub spin_ns: u64,
    /// Whether the generator held its schedule.
    pub soundness: SoundnessReport,
    /// Counts.
    pub totals: Totals,
    /// Percentiles of the judged phases together.
    pub measures: Vec<Summary>,
    /// What decided the exit code.
    pub thresholds: Vec<ThresholdReport>,
    /// Deviations, the most frequent first.
    pub deviations: Vec<Deviation>,
    /// Every outcome with its count.
    pub outcomes: Vec<Outcome>,
    /// The phases in their order.
    pub phases: Vec<PhaseReport>,
    /// What the generator spent.
    pub cost: Cost,
    /// Second by second.
    pub seconds: Vec<SecondReport>,
    /// What the histogram log beside the journal adds to pictures. It is no part of `report.json`: the log itself is kept.
    #[serde(skip)]
    pub distributions: Distributions,
}

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Completeness {
    /// Everything planned was taken up.
    Completed,
    /// It was stopped in order before that.
    Interrupted,
    /// It ended without a last line of its journal: what is here reaches up to the last whole second.
    Killed,
}

/// Whether the generator held its schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SoundnessReport {
    /// Whether it did; absent after a kill, when nobody judged it.
    pub sound: Option<bool>,
    /// Why not, each with what to do about it.
    pub causes: Vec<String>,
    /// Whether processor time that the hypervisor took away explains it.
    pub steal_blamed: bool,
    /// The 99th percentile of the dispatch lag over the judged phases; absent in the closed model.
    pub lag_p99_ns: Option<u64>,
    /// What it was held to.
    pub lag_bound_ns: Option<u64>,
}

/// Counts of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Of all phases.
    pub all: Counts,
    /// Of the judged ones: all but warm-ups.
    pub judged: Counts,
    /// The accounting identity of the judged phases, with its numbers.
    pub identity: String,
    /// Arrivals sent a second in the judged phases, while arrivals were planned.
    pub achieved: f64,
}

/// A threshold with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdReport {
    /// What was held to which bound.
    pub threshold: Threshold,
    /// Both as one reads them: `p99 ≤ 50ms`.
    pub text: String,
    /// The value, with its unit; absent where nothing was measured.
    pub actual: Option<String>,
    /// Whether it holds.
    pub verdict: ThresholdVerdict,
    /// What would help, where something is known.
    pub remedy: Option<String>,
}

/// Whether a threshold holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ThresholdVerdict {
    /// It holds.
    Met,
    /// It does not.
    Broken,
    /// Nobody can say: nothing was measured, or the run cannot be believed.
    Unjudged,
}

/// Deviations of one shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The diff with volatile values abstracted.
    pub shape: String,
    /// The outcome in the api's words.
    pub outcome: String,
    /// Exactly how many in the judged phases.
    pub count: u64,
    /// How many more in warm-ups.
    pub warm_up: u64,
    /// The cases whose replies they are, the most frequent first.
    pub cases: Vec<DeviationCase>,
    /// Some of them, whole.
    pub examples: Vec<Example>,
}

/// Deviations of one shape and case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviationCase {
    /// The case's address.
    pub case: String,
    /// How many, warm-ups included.
    pub count: u64,
}

/// An outcome of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The case's address.
    pub case: String,
    /// The outcome in the api's words, or the class of failure.
    pub outcome: String,
    /// How it counts, in the words of the accounting identity.
    pub fate: String,
    /// How many in the judged phases.
    pub count: u64,
    /// How many more in warm-ups.
    pub warm_up: u64,
}

/// A phase with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseReport {
    /// Its name.
    pub name: String,
    /// `warm-up`, `steady`, `step` or `ramp`.
    pub stretch: String,
    /// Whether it counts.
    pub judged: bool,
    /// How long arrivals are planned in it.
    pub duration_ns: u64,
    /// Its counts.
    pub counts: Counts,
    /// Its percentiles.
    pub measures: Vec<Summary>,
}

/// One second in a few numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondReport {
    /// Its number, from zero.
    pub second: u64,
    /// The planned rate in its middle.
    pub offered: f64,
    /// What ended or was planned in it, over all phases.
    pub counts: Counts,
    /// The median of the response times of what ended in it.
    pub p50_ns: Option<u64>,
    /// Their 99th percentile.
    pub p99_ns: Option<u64>,
    /// The longest.
    pub max_ns: Option<u64>,
    /// The 99th percentile of the dispatch lag of what was taken up in it.
    pub lag_p99_ns: Option<u64>,
}

impl LoadRecord {
    /// What every output says first, as far as it applies: `built-in`, `closed`, `unsound`, `interrupted`, `killed`.
    #[must_use]
    pub fn marks(&self) -> Vec<&'static str> {
        let marks = [
            (self.settings.built_in, "built-in"),
            (self.model == "closed", "closed"),
            (self.soundness.sound == Some(false), "unsound"),
            (self.ending == Completeness::Interrupted, "interrupted"),
            (self.ending == Completeness::Killed, "killed"),
        ];
        marks.into_iter().filter_map(|(applies, mark)| applies.then_some(mark)).collect()
    }
}
