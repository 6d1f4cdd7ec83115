//! What replies amounted to, each kind once: the rows that outcomes and deviations are counted in.

use std::collections::HashMap;
use std::sync::Arc;

use super::accounting::Fate;
use super::instants::Offset;
use super::plan::{Class, Judged, Refusal};
use crate::exchange::{FailureKind, Reply};

/// One thing that replies, or failures, to one case amounted to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Index of the case.
    pub case: usize,
    /// The outcome in the api's words; the class of failure where no reply came.
    pub outcome: Arc<str>,
    /// How it counts.
    pub kind: Kind,
}

/// How a finding counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// As expected.
    AsExpected,
    /// Limited, as the api description says.
    Limited,
    /// A deviation.
    Deviating {
        /// The diff with volatile values abstracted.
        shape: Arc<str>,
        /// Whether it may be the limit at work.
        refusal: Refusal,
    },
    /// No reply came, or no connection to send on.
    Failed(FailureKind),
}

/// On which side of the documented rate an arrival was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// At or below it, or there is none.
    Within,
    /// Above it.
    Above,
}

impl Finding {
    /// A failure as a finding.
    pub(crate) fn failure(case: usize, kind: FailureKind) -> Self {
        Self { case, outcome: kind.to_string().into(), kind: Kind::Failed(kind) }
    }

    /// How an arrival with this finding ends. What may be the limit at work counts as learned above the documented rate;
    /// the end of the run takes that back if the same outcome was seen below (see [`super::Recorder::fate_above`]).
    #[must_use]
    pub fn fate(&self, side: Side) -> Fate {
        match (&self.kind, side) {
            (Kind::AsExpected, _) => Fate::AsExpected,
            (Kind::Limited, _) => Fate::Limited,
            (Kind::Deviating { refusal: Refusal::WellFormed, .. }, Side::Above) => Fate::Learned,
            (Kind::Deviating { .. }, _) => Fate::Deviating,
            (Kind::Failed(FailureKind::Timeout), _) => Fate::TimedOut,
            (Kind::Failed(kind), _) if kind.is_connect() => Fate::Unsent,
            (Kind::Failed(_), _) => Fate::Failed,
        }
    }
}

/// One exchange as evidence for a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The arrival's number: with seed and case it forms the same request again.
    pub index: u64,
    /// Index of the phase.
    pub phase: usize,
    /// When it was planned.
    pub intended: Offset,
    /// When the shard took it up.
    pub released: Offset,
    /// When its first byte was written.
    pub dispatched: Offset,
    /// When the last byte of its reply came.
    pub finished: Offset,
    /// The offered rate at `intended`, per second; zero in the closed model.
    pub offered: f64,
    /// The request as sent; what authorises calls is masked.
    pub request: Vec<u8>,
    /// The user it writes to, if its case names one: with the unique text all that a later sending takes over.
    pub user: Option<String>,
    /// The unique text in it, if its case has one.
    pub unique: Option<String>,
    /// The reply, its body cut after [`LONGEST_BODY`] bytes.
    pub reply: Reply,
}

/// How much of a reply's body an example keeps.
pub const LONGEST_BODY: usize = 16 << 10;
/// How many examples a finding has, for each shard.
pub(crate) const MOST_EXAMPLES: usize = 3;
/// How many findings a shard tells apart; more shapes than this mean that values were not abstracted.
const MOST_FINDINGS: usize = 256;

/// The findings of one shard: a number for each.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    numbers: HashMap<Finding, usize>,
    list: Vec<Finding>,
    examples: Vec<usize>,
}

impl Findings {
    /// The number of what a reply was judged to be.
    pub(crate) fn of(&mut self, case: usize, judged: Judged) -> usize {
        let kind = match judged.class {
            Class::AsExpected => Kind::AsExpected,
            Class::Limited => Kind::Limited,
            Class::Deviating { shape, refusal } => Kind::Deviating { shape: shape.into(), refusal },
        };
        self.number(Finding { case, outcome: judged.outcome.into(), kind })
    }

    /// The number of a finding; beyond the bound all of a case and class share one.
    pub(crate) fn number(&mut self, finding: Finding) -> usize {
        if let Some(&number) = self.numbers.get(&finding) {
            return number;
        }
        if self.list.len() >= MOST_FINDINGS && *finding.outcome != *OTHER {
            let kind = match finding.kind {
                Kind::Deviating { refusal, .. } => Kind::Deviating { shape: OTHER.into(), refusal },
                kind => kind,
            };
            return self.number(Finding { outcome: OTHER.into(), kind, ..finding });
        }
        let number = self.list.len();
        self.list.push(finding.clone());
        self.examples.push(0);
        self.numbers.insert(finding, number);
        number
    }

    pub(crate) fn get(&self, number: usize) -> &Finding {
        &self.list[number]
    }

    /// All findings from a number on: what is new since they were last reported.
    pub(crate) fn since(&self, number: usize) -> &[Finding] {
        &self.list[number..]
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether an example is still wanted, of a deviation or of what the limit answers; saying yes counts it as taken.
    pub(crate) fn wants_example(&mut self, number: usize) -> bool {
        let most = match self.list[number].kind {
            Kind::Deviating { .. } => MOST_EXAMPLES,
            Kind::Limited => 1,
            Kind::AsExpected | Kind::Failed(_) => 0,
        };
        let wanted = self.examples[number] < most;
        self.examples[number] += usize::from(wanted);
        wanted
    }
}

/// What findings beyond the bound are called.
const OTHER: &str = "other";

#[cfg(test)]
mod tests {
    use super::*;

    fn deviating(shape: String) -> Judged {
        Judged { class: Class::Deviating { shape, refusal: Refusal::No }, outcome: "refused".into() }
    }

    #[test]
    fn however_many_shapes_there_are_the_findings_stay_bounded() {
        let mut findings = Findings::default();
        let first = findings.of(0, deviating("first".into()));
        for number in 0..10_000 {
            findings.of(0, deviating(number.to_string()));
        }
        assert!(findings.len() <= MOST_FINDINGS + 1);
        assert_eq!(findings.of(0, deviating("first".into())), first);
    }

    #[test]
    fn a_finding_wants_a_few_examples() {
        let mut findings = Findings::default();
        let number = findings.of(0, deviating("x".into()));
        assert_eq!((0..100).filter(|_| findings.wants_example(number)).count(), MOST_EXAMPLES);
        let fine = findings.of(0, Judged { class: Class::AsExpected, outcome: "accepted".into() });
        assert!(!findings.wants_example(fine));
        let limited = findings.of(0, Judged { class: Class::Limited, outcome: "limited".into() });
        assert_eq!((0..100).filter(|_| findings.wants_example(limited)).count(), 1);
    }
}
