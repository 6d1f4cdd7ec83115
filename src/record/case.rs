//! One case in a record: what it is for, its verdict, and what was found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExchangeRecord, KnownFailureRecord, Purpose};
use crate::api::Level;
use crate::expectation::{MismatchKind, Uncertainty};

/// What is known of a case in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The target violates something that gates.
    Fail,
    /// No judgement is possible.
    Inconclusive,
    /// It violates something that gates, as the target's list of known failures says: that does not gate.
    #[serde(rename = "known-failure")]
    KnownFailure,
    /// Everything that binds holds.
    Pass,
    /// Nothing in it gates: what the target did is recorded.
    Observed,
    /// Not sent, by choice.
    Skip,
}

impl Verdict {
    /// Every verdict, those that need attention first.
    pub const ALL: [Self; 6] =
        [Self::Fail, Self::Inconclusive, Self::KnownFailure, Self::Pass, Self::Observed, Self::Skip];

    /// The word used in reports and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::KnownFailure => "known-failure",
            Self::Pass => "pass",
            Self::Observed => "observed",
            Self::Skip => "skip",
        }
    }
}

/// File, line and column of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceRecord {
    /// The path as shown to people.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl std::fmt::Display for PlaceRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A case with its verdict and everything on which that rests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseRecord {
    /// Unique in the record, and stable from run to run.
    pub address: String,
    /// Where it stands in the YAML.
    pub place: PlaceRecord,
    /// What it is for, where the address does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How far it binds.
    pub level: Level,
    /// The requirements of its claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// The line of the characteristics table, for an observed case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characteristic: Option<String>,
    /// What was found, for a characteristic that was searched over several requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Names of facts that were assumed, as the target does not declare them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
    /// Whether its authentication departs from the correct one on purpose.
    #[serde(default, skip_serializing_if = "is_false")]
    pub about_authentication: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// Why its failing does not gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_failure: Option<KnownFailureRecord>,
    /// Why it was not sent, by choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// Why it was not sent, though it was to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent: Option<Uncertainty>,
    /// What was found in the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimRecord>,
    /// The exchanges, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<ExchangeRecord>,
}

/// One claim with what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRecord {
    /// The requirement's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// How far the claim binds.
    pub level: Level,
    /// What was found.
    pub finding: FindingRecord,
    /// Which of the case's exchanges it was found in, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<usize>,
}

/// What is known of one claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FindingRecord {
    /// It holds.
    Holds,
    /// It does not, in these ways; never empty.
    Broken(Vec<MismatchRecord>),
    /// Nobody can say, and why.
    Inconclusive(Uncertainty),
}

/// One deviation: where, what was expected there and what was found, both with their types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MismatchRecord {
    /// The kind.
    pub kind: MismatchKind,
    /// A JSON pointer into the reply's body, `HTTP status`, `header` with its name, `rate`, or `connection`.
    pub at: String,
    /// In words, with the type of every value.
    pub expected: String,
    /// In words, with the type of every value.
    pub actual: String,
}

impl CaseRecord {
    /// The claims that are broken, with how, those that bind furthest first.
    #[must_use]
    pub fn broken(&self) -> Vec<(&ClaimRecord, &[MismatchRecord])> {
        let mut broken: Vec<_> = self
            .claims
            .iter()
            .filter_map(|claim| match &claim.finding {
                FindingRecord::Broken(mismatches) => Some((claim, mismatches.as_slice())),
                FindingRecord::Holds | FindingRecord::Inconclusive(_) => None,
            })
            .collect();
        broken.sort_by_key(|(claim, _)| std::cmp::Reverse(claim.level));
        broken
    }

    /// The kind by which a failing case is counted: that of the first mismatch of what binds furthest.
    #[must_use]
    pub fn kind(&self) -> Option<MismatchKind> {
        self.broken().first().and_then(|(_, mismatches)| mismatches.first()).map(|mismatch| mismatch.kind)
    }

    /// The first reason why something of it could not be judged.
    #[must_use]
    pub fn uncertainty(&self) -> Option<Uncertainty> {
        self.claims.iter().find_map(|claim| match claim.finding {
            FindingRecord::Inconclusive(why) => Some(why),
            FindingRecord::Holds | FindingRecord::Broken(_) => None,
        })
    }

    /// Whether something that should hold does not, though it does not gate.
    #[must_use]
    pub fn misses_a_should(&self) -> bool {
        let fails = matches!(self.verdict, Verdict::Fail | Verdict::KnownFailure);
        !fails && self.broken().iter().any(|(claim, _)| claim.level == Level::Should)
    }

    /// Whether the target's answer was good for a verdict, or at least for an observation.
    #[must_use]
    pub fn was_judged(&self) -> bool {
        match self.verdict {
            Verdict::Pass | Verdict::Fail | Verdict::KnownFailure | Verdict::Observed => true,
            Verdict::Inconclusive | Verdict::Skip => false,
        }
    }

    /// The last exchange by which the case is judged.
    #[must_use]
    pub fn last_step(&self) -> Option<&ExchangeRecord> {
        self.exchanges.iter().rev().find(|exchange| exchange.purpose == Purpose::Step)
    }

    /// How long its exchanges took together.
    #[must_use]
    pub fn duration(&self) -> std::time::Duration {
        self.exchanges.iter().map(ExchangeRecord::duration).sum()
    }

    /// How many attempts did not count, because they were sent again.
    #[must_use]
    pub fn superseded(&self) -> usize {
        self.exchanges.iter().filter(|exchange| exchange.purpose == Purpose::Superseded).count()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
pub(super) fn is_false(value: &bool) -> bool {
    !value
}
