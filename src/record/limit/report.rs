//! The one document of a run of `proofhouse limit`: rendered by every format.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FingerprintReport;
use crate::record::load::{Completeness, SoundnessReport};
use crate::record::{Authentication, DocumentPlace, Level};

/// Which kind of run a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LimitKind {
    /// A run of `proofhouse limit`.
    Limit,
}

/// A whole run. Credentials, signatures and `UserSig`s were taken out before anything came here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitRecord {
    /// Always `limit`.
    pub record: LimitKind,
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
    pub settings: LimitSettings,
    /// Whether the generator held its schedule.
    pub soundness: SoundnessReport,
    /// The requirements about the rate, with what was found: the one that gates first.
    pub requirements: Vec<LimitVerdict>,
    /// What a sound limiter does not do; each of them fails the run.
    pub findings: Vec<LimitFinding>,
    /// How the target limits.
    pub fingerprint: FingerprintReport,
    /// What requests above the limit got, the most frequent first.
    pub excess: Vec<ExcessReply>,
    /// The probes in their order.
    pub probes: Vec<ProbeReport>,
    /// Second by second.
    pub seconds: Vec<LimitSecond>,
}

/// How a run was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
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
    /// Requests a second that are to be admitted.
    pub documented: f64,
    /// Who says so.
    pub documented_by: RateOrigin,
    /// How long the probes were planned to take.
    pub planned_ns: u64,
    /// How long a reply may take.
    pub timeout_ns: u64,
    /// The most connections at once.
    pub connections: u32,
}

/// Who says which rate is to be admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RateOrigin {
    /// The api's document.
    Document,
    /// The target file.
    Target,
    /// `--documented`.
    Argument,
}

/// One requirement about the rate, with what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitVerdict {
    /// The requirement's id in the api description; for a rate that no document states, one of our own.
    pub requirement: String,
    /// How far it binds.
    pub level: Level,
    /// The rule in our own words.
    pub rule: String,
    /// Its place in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<DocumentPlace>,
    /// What came of it.
    pub verdict: RequirementVerdict,
    /// What was measured, in a sentence.
    pub said: String,
}

/// What came of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RequirementVerdict {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// Nobody can say.
    Inconclusive,
    /// It is open in the document: recorded, and never gates.
    Observed,
}

/// Something that a sound limiter does not do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitFinding {
    /// Which.
    pub finding: LimitFindingKind,
    /// What was seen, in a sentence with its numbers.
    pub said: String,
}

/// What sound limiters do not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LimitFindingKind {
    /// More than 1.5 times the limit passes.
    AdmitsTooMuch,
    /// The documented rate is not admitted again after the excess has ended.
    StaysClosed,
    /// Requests below the documented rate are refused for their rate.
    ThrottlesBelow,
}

/// One thing that requests above the limit got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcessReply {
    /// The outcome in the api's words, or the class of failure.
    pub outcome: String,
    /// How often.
    pub count: u64,
    /// Whether the api description names it; otherwise it was learned, because it came above the limit only.
    pub described: bool,
    /// The HTTP status; absent where no reply came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The value of `Retry-After`, if the reply has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<String>,
    /// The beginning of the body of one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A stretch of the plan with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeReport {
    /// Its name; unique.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// When it begins, from the start of the run.
    pub from_ns: u64,
    /// How long it takes.
    pub duration_ns: u64,
    /// Requests offered a second; zero while nothing is sent.
    pub offered: f64,
    /// What came of them.
    pub counts: ProbeCounts,
    /// Requests admitted a second.
    pub admitted_rate: f64,
    /// The most that were admitted in any one second that begins in it.
    pub most_in_a_second: u64,
    /// The median of the service times of what was admitted.
    pub service_p50_ns: Option<u64>,
    /// Their 99th percentile.
    pub service_p99_ns: Option<u64>,
}

/// Requests by what became of them: `sent` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeCounts {
    /// All.
    pub sent: u64,
    /// Answered as expected.
    pub admitted: u64,
    /// Refused because of the rate, as described or as learned.
    pub refused: u64,
    /// Anything else: other replies, failures, no reply.
    pub other: u64,
}

/// One second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitSecond {
    /// Its number, from zero.
    pub second: u64,
    /// The mean planned rate in it.
    pub offered: f64,
    /// What came of the requests that were sent in it.
    pub counts: ProbeCounts,
}

impl LimitRecord {
    /// What every output says first, as far as it applies: `built-in`, `unsound`, `interrupted`.
    #[must_use]
    pub fn marks(&self) -> Vec<&'static str> {
        let marks = [
            (self.settings.built_in, "built-in"),
            (self.soundness.sound == Some(false), "unsound"),
            (self.ending == Completeness::Interrupted, "interrupted"),
        ];
        marks.into_iter().filter_map(|(applies, mark)| applies.then_some(mark)).collect()
    }
}
