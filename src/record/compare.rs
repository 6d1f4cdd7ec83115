//! The result of a comparison of load runs: each percentile and share with its change, and what can be said of it.
//!
//! The unit of replication is the run: values of single runs stand beside what is made of them, so that a reader can see
//! the scatter from which everything follows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of these types.
pub const VERSION: u32 = 1;

/// Which kind of result a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CompareKind {
    /// A result of `proofhouse compare`.
    Compare,
}

/// Everything that a comparison says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareRecord {
    /// Always `compare`.
    pub record: CompareKind,
    /// The version of this format: 1.
    pub version: u32,
    /// The exit code: 1 for a regression, 3 where one is suspected or nothing could be compared.
    pub exit_code: u8,
    /// Why it is this one, in short sentences; empty for 0.
    pub reasons: Vec<String>,
    /// The version of the tool.
    pub proofhouse: String,
    /// The api.
    pub api: String,
    /// `open` or `closed`: that of all runs.
    pub model: String,
    /// The mean planned rate of the judged phases, per second; absent in the closed model.
    pub offered: Option<f64>,
    /// How long the judged phases of each run took together.
    pub judged_ns: u64,
    /// What the runs allow to be said.
    pub design: Design,
    /// The largest slowdown that is no regression, as a share: 0.05 is 5 %.
    pub max_regression: f64,
    /// The probability that any regression is found where nothing changed, before `max_regression` takes away the small ones.
    pub error: f64,
    /// Base and then head.
    pub sides: [CompareSide; 2],
    /// Changes of response times, those that weigh most first.
    pub latencies: Vec<LatencyChange>,
    /// Changes of shares, those that weigh most first.
    pub shares: Vec<ShareChange>,
    /// What a reader has to know besides.
    pub notes: Vec<String>,
}

/// What the runs allow to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Design {
    /// A side has one run only: how far runs drift against each other is unknown, and no difference is proven.
    Single,
    /// Each run stands for itself.
    Independent,
    /// The runs were made in pairs, one of each side after the other.
    Paired,
}

/// One side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareSide {
    /// The base URLs that its runs drove, each once.
    pub targets: Vec<String>,
    /// Whether one of them was the built-in reference.
    pub built_in: bool,
    /// Its runs; in a paired design those with the same place belong together.
    pub runs: Vec<ComparedRun>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedRun {
    /// The file or directory of its record.
    pub source: String,
    /// When it began, as RFC 3339 in UTC.
    pub started: String,
    /// The arrivals of its judged phases.
    pub planned: u64,
}

/// What can be said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeFinding {
    /// Proven worse, by more than is allowed.
    Regression,
    /// Worse by more than is allowed, and hardly by chance; too few runs, or too short ones, to prove it.
    Suspected,
    /// Proven worse, within what is allowed.
    Worse,
    /// Proven better.
    Better,
    /// No change is proven.
    Unproven,
    /// It could not be compared.
    NotCompared,
}

/// One percentile of the response time, of all cases together or of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatencyChange {
    /// The case's address; absent for all cases together.
    pub case: Option<String>,
    /// Which percentile, in thousandths of a per cent: 99 900 is p99.9.
    pub of_100_000: u32,
    /// What can be said.
    pub finding: ChangeFinding,
    /// Why it could not be compared; absent where it could.
    pub why: Option<String>,
    /// The geometric means over the runs of base and of head; absent where a run has no value.
    pub means_ns: Option<[u64; 2]>,
    /// The change as a share of base: 0.1 is 10 % slower.
    pub change: Option<f64>,
    /// Between what the true change lies: in 96 % of comparisons all of these intervals hold together. With one run a side
    /// it holds chance within the runs only.
    pub interval: Option<[f64; 2]>,
    /// The probability of such a slowdown by chance and drift where there is none, corrected for the number of comparisons;
    /// absent with one run a side.
    pub p: Option<f64>,
    /// The values of the runs, of base and of head, in the order of the runs.
    pub runs: [Vec<RunValue>; 2],
}

/// A percentile of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunValue {
    /// Its value; absent where nothing was measured.
    pub ns: Option<u64>,
    /// Whether the true value may be higher, because arrivals that never finished reach it.
    pub at_least: bool,
}

/// What a share counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Replies that differ from their expectation, of whatever shape.
    Deviating,
    /// Those of one shape.
    Deviation,
    /// Requests that were refused for the rate.
    Limited,
    /// Requests without a reply in time.
    TimedOut,
    /// Requests whose exchange broke.
    Failed,
    /// Arrivals that were never sent: no connection, or none in time.
    NeverSent,
}

/// A share of the arrivals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareChange {
    /// What is counted.
    pub counted: Counted,
    /// The outcome and the shape of the difference, for deviations of one shape.
    pub shape: Option<[String; 2]>,
    /// What can be said.
    pub finding: ChangeFinding,
    /// Whether head has it and base never.
    pub new: bool,
    /// The counts over all runs of base and of head.
    pub counts: [u64; 2],
    /// The arrivals of which they are.
    pub of: [u64; 2],
    /// The probability of such an increase by chance and drift where there is none, corrected for the number of comparisons;
    /// absent with one run a side.
    pub p: Option<f64>,
    /// The counts of the runs, of base and of head, in the order of the runs.
    pub runs: [Vec<u64>; 2],
}

impl Counted {
    /// The words in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deviating => "deviating",
            Self::Deviation => "deviation",
            Self::Limited => "limited",
            Self::TimedOut => "timed out",
            Self::Failed => "failed",
            Self::NeverSent => "never sent",
        }
    }
}

impl ChangeFinding {
    /// The words in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regression => "REGRESSION",
            Self::Suspected => "suspected",
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Unproven => "no change proven",
            Self::NotCompared => "not compared",
        }
    }
}

impl LatencyChange {
    /// The percentile as people write it: `p99.9`.
    #[must_use]
    pub fn percentile(&self) -> String {
        format!("p{}", f64::from(self.of_100_000) / 1_000.0)
    }

    /// The case, or that it is all of them.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.case.as_deref().unwrap_or("all cases")
    }
}

impl CompareRecord {
    /// Every finding, of latencies and then of shares.
    pub fn findings(&self) -> impl Iterator<Item = ChangeFinding> {
        self.latencies.iter().map(|one| one.finding).chain(self.shares.iter().map(|one| one.finding))
    }

    /// What every output says first, as far as it applies: `built-in`, `closed`, and that drift is not included.
    #[must_use]
    pub fn marks(&self) -> Vec<&'static str> {
        let marks = [
            (self.sides.iter().any(|side| side.built_in), "built-in"),
            (self.model == "closed", "closed"),
            (self.design == Design::Single, "drift between runs not included"),
        ];
        marks.into_iter().filter_map(|(applies, mark)| applies.then_some(mark)).collect()
    }

    /// How often there is this one.
    #[must_use]
    pub fn count(&self, finding: ChangeFinding) -> usize {
        self.findings().filter(|one| *one == finding).count()
    }
}

#[cfg(test)]
impl CompareRecord {
    /// A comparison with one finding of each kind, to try reports on.
    pub(crate) fn sample() -> Self {
        let run = |source: &str, second: u32| ComparedRun {
            source: source.into(),
            started: format!("2026-07-01T12:00:{second:02}Z"),
            planned: 5_000,
        };
        let side = |port: u32, from: u32| CompareSide {
            targets: vec![format!("http://127.0.0.1:{port}")],
            built_in: false,
            runs: vec![run("one", from), run("two", from + 20)],
        };
        let value = |ns: u64| RunValue { ns: Some(ns), at_least: false };
        let latency = |case: Option<&str>, of_100_000, finding, change: f64, p| LatencyChange {
            case: case.map(Into::into),
            of_100_000,
            finding,
            why: None,
            means_ns: Some([10_000_000, 11_200_000]),
            change: Some(change),
            interval: Some([change - 0.04, change + 0.04]),
            p: Some(p),
            runs: [vec![value(9_900_000), value(10_100_000)], vec![value(11_000_000), value(11_400_000)]],
        };
        let share = |counted, shape: Option<[&str; 2]>, finding, counts: [u64; 2]| ShareChange {
            counted,
            shape: shape.map(|shape| shape.map(Into::into)),
            finding,
            new: counts[0] == 0,
            counts,
            of: [10_000, 10_000],
            p: Some(0.000_01),
            runs: [vec![counts[0], 0], vec![counts[1], 0]],
        };
        let lost = LatencyChange {
            finding: ChangeFinding::NotCompared,
            why: Some("too few values lie beyond it in 2 of 2 runs of base: longer runs have more".into()),
            means_ns: None,
            change: None,
            interval: None,
            p: None,
            ..latency(None, 99_900, ChangeFinding::NotCompared, 0.0, 1.0)
        };
        Self {
            record: CompareKind::Compare,
            version: VERSION,
            exit_code: 1,
            reasons: vec!["p99 of all cases is 12.0 % higher; 5.0 % is allowed".into()],
            proofhouse: env!("CARGO_PKG_VERSION").into(),
            api: "rongcloud".into(),
            model: "open".into(),
            offered: Some(500.0),
            judged_ns: 10_000_000_000,
            design: Design::Independent,
            max_regression: 0.05,
            error: 0.02,
            sides: [side(8_001, 0), side(8_002, 10)],
            latencies: vec![
                latency(None, 99_000, ChangeFinding::Regression, 0.12, 0.000_3),
                latency(Some("rongcloud/plain"), 90_000, ChangeFinding::Suspected, 0.07, 0.04),
                latency(Some("rongcloud/plain"), 50_000, ChangeFinding::Worse, 0.03, 0.001),
                latency(Some("rongcloud/profile/unicode"), 50_000, ChangeFinding::Better, -0.08, 1.0),
                latency(None, 50_000, ChangeFinding::Unproven, 0.01, 0.7),
                lost,
            ],
            shares: vec![
                share(Counted::Deviation, Some(["refused 1002", "code 1002"]), ChangeFinding::Regression, [0, 31]),
                share(Counted::TimedOut, None, ChangeFinding::Unproven, [3, 2]),
            ],
            notes: vec!["2 runs on a side show little of how runs scatter".into()],
        }
    }
}
