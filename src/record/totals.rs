//! How many cases came to what.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CaseRecord, Verdict};
use crate::expectation::{MismatchKind, Uncertainty};

/// Counts of cases. Each case is counted once by its verdict; the reasons of a verdict add up to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// All of them.
    pub cases: usize,
    /// Everything that binds holds.
    pub pass: usize,
    /// Something that gates is violated.
    pub fail: usize,
    /// No judgement is possible.
    pub inconclusive: usize,
    /// Something that gates is violated, as the list of known failures says.
    #[serde(default)]
    pub known_failure: usize,
    /// Recorded only.
    pub observed: usize,
    /// Not sent, by choice.
    pub skip: usize,
    /// Cases of any other verdict in which something that should hold does not.
    pub should_missed: usize,
    /// The failing cases by the first thing that is wrong with them.
    pub failed_by: BTreeMap<MismatchKind, usize>,
    /// The inconclusive cases by the first reason.
    pub inconclusive_by: BTreeMap<Uncertainty, usize>,
}

impl Totals {
    /// Counts cases.
    #[must_use]
    pub fn of(cases: &[CaseRecord]) -> Self {
        let mut totals = Self::default();
        for case in cases {
            totals.cases += 1;
            totals.should_missed += usize::from(case.misses_a_should());
            match case.verdict {
                Verdict::Pass => totals.pass += 1,
                Verdict::KnownFailure => totals.known_failure += 1,
                Verdict::Observed => totals.observed += 1,
                Verdict::Skip => totals.skip += 1,
                Verdict::Fail => {
                    totals.fail += 1;
                    if let Some(kind) = case.kind() {
                        *totals.failed_by.entry(kind).or_default() += 1;
                    }
                }
                Verdict::Inconclusive => {
                    totals.inconclusive += 1;
                    if let Some(why) = case.uncertainty() {
                        *totals.inconclusive_by.entry(why).or_default() += 1;
                    }
                }
            }
        }
        totals
    }

    /// Adds the counts of another api.
    pub fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.pass += other.pass;
        self.fail += other.fail;
        self.inconclusive += other.inconclusive;
        self.known_failure += other.known_failure;
        self.observed += other.observed;
        self.skip += other.skip;
        self.should_missed += other.should_missed;
        other.failed_by.iter().for_each(|(kind, count)| *self.failed_by.entry(*kind).or_default() += count);
        other.inconclusive_by.iter().for_each(|(why, count)| *self.inconclusive_by.entry(*why).or_default() += count);
    }

    /// How many cases came to this verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Pass => self.pass,
            Verdict::Fail => self.fail,
            Verdict::Inconclusive => self.inconclusive,
            Verdict::KnownFailure => self.known_failure,
            Verdict::Observed => self.observed,
            Verdict::Skip => self.skip,
        }
    }

    /// What failing and inconclusive cases came to, each by name: `2 × accepted what must be refused`.
    #[must_use]
    pub fn kinds(&self) -> Vec<String> {
        let failed = self.failed_by.iter().map(|(kind, count)| format!("{count} × {}", kind.sentence()));
        let unsure = self.inconclusive_by.iter().map(|(why, count)| format!("{count} × {}", why.sentence()));
        failed.chain(unsure).collect()
    }
}
