//! Requirement → cases → verdicts, as data: what `proofhouse trace --json` writes.

use std::collections::{BTreeMap, HashMap, HashSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::verdict::{RuleVerdict, of_envelope, of_named};
use crate::api::{Api, Implied, Requirement, When};
use crate::expectation::ExpectedOutcome;
use crate::record::{ApiRecord, CaseRecord, DocumentPlace, Level, PlaceRecord, Source, SuiteOrigin};
use crate::scenario::{Case, ClaimTemplate};

/// The version of the matrix as JSON.
pub const VERSION: u32 = 1;

/// The whole matrix.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Trace {
    /// The version of this format: 1.
    pub version: u32,
    /// Where requirements and cases are from.
    pub suite: SuiteOrigin,
    /// Where the verdicts are from; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<TracedRun>,
    /// The apis in the order of their names.
    pub apis: Vec<ApiTrace>,
}

/// The run whose verdicts are shown.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TracedRun {
    /// When it began, as RFC 3339 in UTC.
    pub started: String,
    /// The suite that it ran.
    pub suite: SuiteOrigin,
    /// Whether its target was the built-in reference.
    pub self_check: bool,
    /// The exit code that it came to.
    pub exit_code: u8,
}

/// The rules of one api.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ApiTrace {
    /// The word by which it is chosen.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// The name of the document that is the law.
    pub document: String,
    /// Its rules, in the order of its description.
    pub requirements: Vec<RequirementTrace>,
    /// The addresses of cases that name no rule.
    pub unattributed: Vec<String>,
}

/// One rule with what covers it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RequirementTrace {
    /// Its id.
    pub id: String,
    /// How far it binds.
    pub level: Level,
    /// Where it is known from.
    pub source: Source,
    /// The rule in our own words.
    pub rule: String,
    /// Its place in the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<DocumentPlace>,
    /// What speaks for it, where the document does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Why no case checks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// Whether it is covered, and how.
    pub coverage: Coverage,
    /// How every run judges it without a case of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implied: Option<Implication>,
    /// How many cases came to what about it, those included that only imply it; empty without a run.
    pub verdicts: BTreeMap<RuleVerdict, usize>,
    /// The cases that name it, and those that broke it without naming it.
    pub cases: Vec<TracedCase>,
}

/// Whether a rule is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// A case binds to it on any target, or every run judges it.
    Checked,
    /// A case binds to it on a target that declares what the case needs: companions that make effects visible, or facts.
    CheckedWhereDeclared,
    /// Cases name it, and what the target does is recorded only.
    Observed,
    /// No case names it, with a reason.
    Excluded,
    /// No case names it, and nothing says why.
    Uncovered,
}

/// How a rule is judged without a case of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Implication {
    /// As a rule of the envelope, with this many cases beside those that name it: with a run, those that were so
    /// judged; without one, those that bind and expect such an outcome.
    Envelope(usize),
    /// As the documented rate, over all requests of a paced run, and by `proofhouse limit`.
    Rate,
}

/// One case under one rule.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TracedCase {
    /// Its address.
    pub address: String,
    /// Where it stands in the YAML.
    pub place: PlaceRecord,
    /// How far it binds to this rule.
    pub level: Level,
    /// What it found about this rule; absent without a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<RuleVerdict>,
}

/// One api of a record, and the least level that gated its run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What came of the api.
    pub api: &'a ApiRecord,
    /// The least level that gates.
    pub gate: Level,
}

/// The cases of a suite, the plain request among them, as two targets have them.
#[derive(Clone, Copy, Debug)]
pub struct Suites<'a> {
    /// For one that declares everything that it can: what is shown.
    pub everything: &'a [Case],
    /// For one that declares nothing.
    pub nothing: &'a [Case],
}

/// Lays out the rules of one api.
#[must_use]
pub fn trace_api(api: &Api, Suites { everything: cases, nothing }: Suites<'_>, run: Option<Run<'_>>) -> ApiTrace {
    let suite: HashSet<&str> = cases.iter().map(|case| case.address.as_str()).collect();
    let kept = run.map(|run| run.api.cases.iter().map(|case| (case.address.as_str(), case)).collect());
    let sent = nothing.iter().filter(|case| case.skip.is_none());
    let binding = sent.flat_map(claims).filter(|claim| claim.level > Level::Observe);
    let always = binding.filter_map(|claim| claim.requirement.as_deref()).collect();
    let tracer = Tracer { api, cases, suite, always, kept, run };
    ApiTrace {
        name: api.name.clone(),
        title: api.title.clone(),
        document: api.document.clone(),
        requirements: api.requirements.iter().map(|(id, rule)| tracer.requirement(id, rule)).collect(),
        unattributed: cases
            .iter()
            .filter(|case| case.requirements().is_empty())
            .map(|case| case.address.clone())
            .collect(),
    }
}

impl ApiTrace {
    /// How many rules are covered so.
    #[must_use]
    pub fn count(&self, coverage: Coverage) -> usize {
        self.requirements.iter().filter(|rule| rule.coverage == coverage).count()
    }
}

struct Tracer<'a> {
    api: &'a Api,
    cases: &'a [Case],
    suite: HashSet<&'a str>,
    /// The rules to which a case binds whatever the target declares.
    always: HashSet<&'a str>,
    kept: Option<HashMap<&'a str, &'a CaseRecord>>,
    run: Option<Run<'a>>,
}

impl Tracer<'_> {
    fn requirement(&self, id: &str, rule: &Requirement) -> RequirementTrace {
        let implied = self.api.implied(id);
        let mut cases = self.named(id);
        let mut verdicts = BTreeMap::new();
        for verdict in cases.iter().filter_map(|case| case.verdict) {
            *verdicts.entry(verdict).or_default() += 1;
        }
        let implication = implied.map(|implied| match implied {
            Implied::Rate => Implication::Rate,
            Implied::Envelope(when) => Implication::Envelope(self.envelope(id, when, &mut verdicts, &mut cases)),
        });
        let binds = implied.is_some() || cases.iter().any(|case| case.level != Level::Observe);
        let coverage = match (binds, cases.is_empty(), &rule.excluded) {
            (true, _, _) if implied.is_some() || self.always.contains(id) => Coverage::Checked,
            (true, _, _) => Coverage::CheckedWhereDeclared,
            (false, false, _) => Coverage::Observed,
            (false, true, Some(_)) => Coverage::Excluded,
            (false, true, None) => Coverage::Uncovered,
        };
        RequirementTrace {
            id: id.to_owned(),
            level: rule.level,
            source: rule.source,
            rule: rule.rule.clone(),
            place: rule.place.clone(),
            evidence: rule.evidence.clone(),
            excluded: rule.excluded.clone(),
            coverage,
            implied: implication,
            verdicts,
            cases,
        }
    }

    /// The cases that name a rule: those of the suite in its order, then those that only the record has.
    fn named(&self, id: &str) -> Vec<TracedCase> {
        let of_suite = self.cases.iter().filter_map(|case| {
            let level = claims(case).filter(|claim| claim.requirement.as_deref() == Some(id)).map(|claim| claim.level);
            let kept = self.kept.as_ref().map(|kept| kept.get(case.address.as_str()));
            Some(TracedCase {
                address: case.address.clone(),
                place: PlaceRecord { file: case.place.file.clone(), line: case.place.line, column: case.place.column },
                level: level.max()?,
                verdict: kept.map(|kept| kept.map_or(RuleVerdict::NotRun, |kept| of_named(kept, id, self.gate()))),
            })
        });
        let others = self.recorded().filter(|case| !self.suite.contains(case.address.as_str()));
        let others = others.filter(|case| case.requirements.iter().any(|named| named == id));
        of_suite.chain(others.map(|case| traced(case, id, of_named(case, id, self.gate())))).collect()
    }

    /// Counts the cases that imply a rule of the envelope without naming it, and lists those that broke it.
    fn envelope(
        &self,
        id: &str,
        when: When,
        verdicts: &mut BTreeMap<RuleVerdict, usize>,
        cases: &mut Vec<TracedCase>,
    ) -> usize {
        if self.run.is_none() {
            return self.cases.iter().filter(|case| implies(case, id, when)).count();
        }
        let mut judged = 0;
        for case in self.recorded().filter(|case| !case.requirements.iter().any(|named| named == id)) {
            let Some(verdict) = of_envelope(case, id, when, self.gate()) else {
                continue;
            };
            judged += 1;
            *verdicts.entry(verdict).or_default() += 1;
            if verdict != RuleVerdict::Pass {
                cases.push(traced(case, id, verdict));
            }
        }
        judged
    }

    fn recorded(&self) -> impl Iterator<Item = &CaseRecord> {
        self.run.iter().flat_map(|run| &run.api.cases)
    }

    fn gate(&self) -> Level {
        self.run.map_or(Level::Must, |run| run.gate)
    }
}

fn traced(case: &CaseRecord, id: &str, verdict: RuleVerdict) -> TracedCase {
    let claims = case.claims.iter().filter(|claim| claim.requirement.as_deref() == Some(id));
    let level = claims.map(|claim| claim.level).max().unwrap_or(case.level);
    TracedCase { address: case.address.clone(), place: case.place.clone(), level, verdict: Some(verdict) }
}

fn claims(case: &Case) -> impl Iterator<Item = &ClaimTemplate> {
    case.steps.iter().flat_map(|step| &step.claims)
}

/// Whether a case, without naming the rule, has it judged when the target answers as is expected.
fn implies(case: &Case, id: &str, when: When) -> bool {
    let expects = |outcome| claims(case).any(|claim| claim.fixed.outcome == outcome);
    let applies = match when {
        When::Always => true,
        When::Accepted => expects(ExpectedOutcome::Accepted),
        When::Refused => expects(ExpectedOutcome::Refused),
    };
    applies && case.level() != Level::Observe && !case.requirements().contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Verdict, sample};
    use crate::scenario::Suite;
    use crate::target::Declared;

    fn matrix(api: &str, run: Option<Run<'_>>) -> ApiTrace {
        let suite = Suite::embedded().unwrap();
        let api = &suite.apis[api];
        let (everything, nothing) = (Declared::everything(api), Declared::default());
        let (everything, nothing) = (suite.cases(api, &everything).unwrap(), suite.cases(api, &nothing).unwrap());
        trace_api(api, Suites { everything: &everything, nothing: &nothing }, run)
    }

    fn rule<'a>(trace: &'a ApiTrace, id: &str) -> &'a RequirementTrace {
        trace.requirements.iter().find(|rule| rule.id == id).unwrap()
    }

    #[test]
    fn every_rule_of_the_shipped_suites_is_covered_and_every_case_has_one() {
        for api in ["rongcloud", "nexconn", "tencent"] {
            let trace = matrix(api, None);
            assert_eq!(trace.count(Coverage::Uncovered), 0, "{api}");
            assert_eq!(trace.unattributed, Vec::<String>::new(), "{api}");
            let only_observed = trace
                .requirements
                .iter()
                .filter(|rule| rule.level == Level::Must && rule.coverage == Coverage::Observed);
            assert_eq!(only_observed.map(|rule| rule.id.as_str()).collect::<Vec<_>>(), Vec::<&str>::new(), "{api}");
        }
    }

    #[test]
    fn without_a_run_there_are_cases_and_no_verdicts() {
        let trace = matrix("rongcloud", None);
        let length = rule(&trace, "rc.name.length");
        assert!(length.cases.len() >= 4, "{length:#?}");
        assert!(length.verdicts.is_empty() && length.cases.iter().all(|case| case.verdict.is_none()));
        assert_eq!(rule(&trace, "rc.https").coverage, Coverage::Excluded);
        assert_eq!(rule(&trace, "rc.rate").implied, Some(Implication::Rate));
    }

    #[test]
    fn what_only_binds_where_the_target_declares_something_is_said_so() {
        for (api, ids) in [
            ("rongcloud", ["rc.effect.atomic", "rc.effect.stored", "rc.effect.subject"]),
            ("nexconn", ["nx.effect.atomic", "nx.effect.stored", "nx.effect.subject"]),
            ("tencent", ["tc.effect.atomic", "tc.effect.stored", "tc.attribute-names"]),
        ] {
            let trace = matrix(api, None);
            for id in ids {
                assert_eq!(rule(&trace, id).coverage, Coverage::CheckedWhereDeclared, "{id}");
            }
        }
        assert_eq!(rule(&matrix("rongcloud", None), "rc.name.length").coverage, Coverage::Checked);
    }

    #[test]
    fn a_rule_of_the_envelope_counts_the_cases_that_expect_its_outcome() {
        let trace = matrix("tencent", None);
        let implied = |id: &str| match rule(&trace, id).implied {
            Some(Implication::Envelope(cases)) => cases,
            other => panic!("{id}: {other:?}"),
        };
        let (all, ok, fail) = (implied("tc.reply.status"), implied("tc.reply.ok"), implied("tc.reply.fail"));
        assert!(ok > 0 && fail > 0 && all >= ok.max(fail), "{all} {ok} {fail}");
    }

    #[test]
    fn a_run_gives_each_case_its_verdict_and_tells_what_was_not_run() {
        let record = sample::record();
        let run = Run { api: &record.apis[0], gate: record.settings.gate };
        let trace = matrix("rongcloud", Some(run));
        let failed = record.apis[0].cases.iter().find(|case| case.verdict == Verdict::Fail).unwrap();
        let id = failed.broken()[0].0.requirement.clone().unwrap();
        let broken = rule(&trace, &id);
        assert!(broken.cases.iter().any(|case| case.verdict == Some(RuleVerdict::Fail)), "{broken:#?}");
        assert!(broken.verdicts[&RuleVerdict::Fail] >= 1);
        let sent: HashSet<&str> = record.apis[0].cases.iter().map(|case| case.address.as_str()).collect();
        for case in trace.requirements.iter().flat_map(|rule| &rule.cases) {
            let not_run = case.verdict == Some(RuleVerdict::NotRun);
            assert_eq!(not_run, !sent.contains(case.address.as_str()), "{}", case.address);
        }
    }

    #[test]
    fn the_measured_rate_stands_under_its_rule() {
        let record = sample::record();
        let trace = matrix("rongcloud", Some(Run { api: &record.apis[0], gate: Level::Must }));
        assert!(rule(&trace, "rc.rate").cases.iter().any(|case| case.verdict == Some(RuleVerdict::Fail)));
    }
}
