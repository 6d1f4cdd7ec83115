//! What one case of a record found about one rule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::When;
use crate::record::{CaseRecord, ClaimRecord, FindingRecord, Level, Purpose, Verdict};

/// What a case says of one of its rules; its verdict as a whole may be another, as it may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleVerdict {
    /// It is broken, and gates.
    Fail,
    /// It is broken, gates, and is on the list of known failures.
    KnownFailure,
    /// It is broken, and does not gate.
    Missed,
    /// Nobody can say.
    Inconclusive,
    /// It holds.
    Pass,
    /// What the target did is recorded; nothing was demanded.
    Observed,
    /// The case was not sent, by choice.
    Skip,
    /// The record does not have the case.
    NotRun,
}

impl RuleVerdict {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::KnownFailure => "known failure",
            Self::Missed => "missed",
            Self::Inconclusive => "inconclusive",
            Self::Pass => "pass",
            Self::Observed => "observed",
            Self::Skip => "skip",
            Self::NotRun => "not run",
        }
    }
}

/// What a case that names the rule says of it: the worst of its claims.
pub(super) fn of_named(case: &CaseRecord, id: &str, gate: Level) -> RuleVerdict {
    if case.verdict == Verdict::Skip {
        return RuleVerdict::Skip;
    }
    let found = || case.claims.iter().filter(|claim| claim.requirement.as_deref() == Some(id));
    if let Some(broken) = broken(case, id) {
        return of_broken(broken, case.verdict, gate);
    }
    let unsure = |claim: &ClaimRecord| matches!(claim.finding, FindingRecord::Inconclusive(_));
    if found().next().is_none() || found().any(unsure) {
        return if case.verdict == Verdict::Observed { RuleVerdict::Observed } else { RuleVerdict::Inconclusive };
    }
    if found().all(|claim| claim.level == Level::Observe) { RuleVerdict::Observed } else { RuleVerdict::Pass }
}

/// What a case says of a rule of the envelope that it does not name; `None` where the rule was not judged with it.
pub(super) fn of_envelope(case: &CaseRecord, id: &str, when: When, gate: Level) -> Option<RuleVerdict> {
    if let Some(broken) = broken(case, id) {
        return Some(of_broken(broken, case.verdict, gate));
    }
    // A reply without a readable code is told under the code's own requirement, and says nothing of the others.
    let applies = |outcome: &str| match when {
        When::Always => ["accepted", "refused"].contains(&outcome),
        When::Accepted => outcome == "accepted",
        When::Refused => outcome == "refused",
    };
    let steps = case.exchanges.iter().filter(|exchange| exchange.purpose == Purpose::Step);
    let judged = steps.filter(|exchange| exchange.expected.iter().any(|claim| claim.level != Level::Observe));
    judged.map(|exchange| exchange.observation.outcome.as_str()).any(applies).then_some(RuleVerdict::Pass)
}

fn broken<'a>(case: &'a CaseRecord, id: &str) -> Option<&'a ClaimRecord> {
    let of_rule = case.broken().into_iter().map(|(claim, _)| claim);
    of_rule.filter(|claim| claim.requirement.as_deref() == Some(id)).max_by_key(|claim| claim.level)
}

fn of_broken(claim: &ClaimRecord, case: Verdict, gate: Level) -> RuleVerdict {
    match claim.level {
        Level::Observe => RuleVerdict::Observed,
        level if level >= gate && case == Verdict::KnownFailure => RuleVerdict::KnownFailure,
        level if level >= gate => RuleVerdict::Fail,
        Level::Should | Level::Must => RuleVerdict::Missed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    #[test]
    fn what_is_broken_fails_from_the_gate_up_is_missed_below_and_only_observed_where_nothing_is_demanded() {
        let broken = |level| {
            let finding = FindingRecord::Broken(Vec::new());
            ClaimRecord { requirement: Some("x".into()), level, finding, exchange: None }
        };
        let rows = [
            (Level::Must, Level::Must, RuleVerdict::Fail),
            (Level::Should, Level::Must, RuleVerdict::Missed),
            (Level::Should, Level::Should, RuleVerdict::Fail),
            (Level::Observe, Level::Must, RuleVerdict::Observed),
        ];
        for (level, gate, verdict) in rows {
            assert_eq!(of_broken(&broken(level), Verdict::Fail, gate), verdict, "{level} under {gate}");
        }
        let known = of_broken(&broken(Level::Must), Verdict::KnownFailure, Level::Must);
        assert_eq!(known, RuleVerdict::KnownFailure);
    }

    #[test]
    fn the_envelope_is_judged_where_it_applies_and_where_the_case_binds() {
        let record = sample::of(sample::Scene::Conformant);
        let case = |name: &str| record.apis[0].cases.iter().find(|case| case.address.ends_with(name)).unwrap();
        let status = |name: &str, when| of_envelope(case(name), "rc.reply.status", when, Level::Must);
        assert_eq!(status("[field=name,at=limit]", When::Accepted), Some(RuleVerdict::Pass));
        assert_eq!(status("[field=name,at=limit]", When::Refused), None);
        assert_eq!(status("[field=name,at=over]", When::Refused), Some(RuleVerdict::Pass));
        assert_eq!(status("[field=name,at=over]", When::Accepted), None);
        let observed = record.apis[0].cases.iter().find(|case| case.verdict == Verdict::Observed).unwrap();
        assert_eq!(of_envelope(observed, "rc.reply.status", When::Always, Level::Must), None);
    }
}
