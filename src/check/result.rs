//! What a check leaves behind: cases with their verdicts, and every exchange on which they rest.

use std::time::Duration;

use crate::api::Level;
use crate::exchange::{Failure, Reply};
use crate::expectation::{Claim, ClaimVerdict, Finding, Observation, Uncertainty};
use crate::source::Place;

/// What is known of a case in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything that binds holds.
    Pass,
    /// The target violates something that gates.
    Fail,
    /// No judgement is possible.
    Inconclusive,
    /// Not sent, by choice.
    Skip,
    /// Nothing in it gates: what the target did is recorded.
    Observed,
}

impl Verdict {
    /// The word used in reports and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Skip => "skip",
            Self::Observed => "observed",
        }
    }
}

/// Why an exchange took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A step of the case: what it is judged by.
    Step,
    /// An attempt that did not count, because it was sent again.
    Superseded,
    /// The plain request, sent to find out whether the target still answers.
    Probe,
    /// Clean-up.
    Cleanup,
    /// A step sent once more, to learn what differs from time to time; nothing is judged by it.
    Repeat,
}

/// A body as it is kept: text, or base64 of what is no UTF-8, and whether all of it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The text, without secrets.
    pub text: String,
    /// Whether the text is base64 of the bytes.
    pub base64: bool,
    /// Whether the end was left out.
    pub truncated: bool,
}

/// A request as it was sent, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentRequest {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Name and value of each header.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// One exchange, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeResult {
    /// The step's name, in a case of several.
    pub step: Option<String>,
    /// Why it took place.
    pub purpose: Purpose,
    /// What was sent.
    pub request: SentRequest,
    /// What came back, without secrets; or why nothing did.
    pub outcome: Result<Reply, Failure>,
    /// Whether the end of the reply's body was left out of what is kept.
    pub truncated: bool,
    /// From before the first byte was written to after the last one was read.
    pub duration: Duration,
    /// What had to hold.
    pub claims: Vec<Claim>,
    /// How the target answered.
    pub observation: Observation,
    /// What was found, before the whole run was looked at.
    pub found: Vec<ClaimVerdict>,
}

/// A case with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    /// The address.
    pub address: String,
    /// The api.
    pub api: String,
    /// Where it stands in the YAML.
    pub place: Place,
    /// What it is for.
    pub about: Option<String>,
    /// How far it binds.
    pub level: Level,
    /// The requirements of its claims.
    pub requirements: Vec<String>,
    /// The line of the characteristics table.
    pub characteristic: Option<String>,
    /// Facts that were assumed.
    pub assumed: Vec<String>,
    /// Whether it gets its authentication wrong on purpose.
    pub is_about_authentication: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was skipped.
    pub skip: Option<String>,
    /// Why it was never sent, though it was to be.
    pub unsent: Option<Uncertainty>,
    /// What was found in the end.
    pub claims: Vec<ClaimVerdict>,
    /// The exchanges, in order.
    pub exchanges: Vec<ExchangeResult>,
}

impl CaseResult {
    /// The claims that are broken, those that bind furthest first.
    pub fn broken(&self) -> impl Iterator<Item = &ClaimVerdict> {
        let mut broken: Vec<&ClaimVerdict> =
            self.claims.iter().filter(|claim| matches!(claim.finding, Finding::Broken(_))).collect();
        broken.sort_by_key(|claim| std::cmp::Reverse(claim.level));
        broken.into_iter()
    }

    /// Whether something that should hold does not, though it does not gate.
    #[must_use]
    pub fn misses_a_should(&self) -> bool {
        self.verdict != Verdict::Fail && self.broken().any(|claim| claim.level == Level::Should)
    }
}
