//! From what the engine leaves behind to a record; bodies are moved, not copied, so that ten thousand cases are cheap.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;

use super::exit::reasons;
use super::{
    Answer, ApiRecord, Assumed, Authentication, Baseline, BodyRecord, CaseRecord, CheckRecord, ClaimRecord,
    ExchangeRecord, ExitFacts, ExpectedRecord, FailureRecord, FailureWord, FindingRecord, MismatchRecord,
    ObservationRecord, Pacing, PlaceRecord, Purpose, RecordKind, ReplyPointers, ReplyRecord, RequestRecord,
    RequirementRecord, Settings, SuiteOrigin, TargetFacts, Totals, Trusted, VERSION, Verdict, exit_code,
};
use crate::api::Api;
use crate::check::{self, ApiRun, CaseResult, ExchangeResult, SentRequest, Trust};
use crate::exchange::{Failure, FailureKind, Reply};
use crate::expectation::{Claim, ClaimVerdict, Finding, Mismatch, Observation};
use crate::secret::REDACTED;
use crate::target::Declared;

/// What a run knows of itself beside its cases.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The command as it was given.
    pub command: String,
    /// When it began, since 1970-01-01 UTC, as the clock says it.
    pub started: Duration,
    /// How long it took.
    pub duration: Duration,
    /// Whether the target was the built-in reference.
    pub self_check: bool,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Where the cases are from.
    pub suite: SuiteOrigin,
    /// How it was done.
    pub settings: Settings,
}

/// What a run knows of one api's target.
#[derive(Clone, Debug)]
pub struct ApiFacts {
    /// Where requests went; user and password are taken out before it is recorded.
    pub base_url: String,
    /// Whose certificates were trusted.
    pub trusted: Trusted,
    /// What the target declares about itself.
    pub declared: IndexMap<String, Value>,
}

impl ApiFacts {
    /// The facts of a target that declares this.
    #[must_use]
    pub fn new(base_url: &str, trust: &Trust, declared: &Declared) -> Self {
        let mut facts = declared.facts.clone();
        if let Some(users) = &declared.users {
            facts.insert("users".into(), Value::from(users.clone()));
        }
        if !declared.companions.is_empty() {
            facts.insert("companions".into(), Value::from(declared.companions.clone()));
        }
        if let Some(rate) = declared.rate {
            facts.insert("rate".into(), Value::from(rate));
        }
        Self { base_url: base_url.to_owned(), trusted: Trusted::from(trust), declared: facts }
    }
}

impl CheckRecord {
    /// The record of a run.
    #[must_use]
    pub fn from_run(facts: RunFacts, apis: Vec<(Arc<Api>, ApiFacts, ApiRun)>) -> Self {
        let mut record = Self {
            record: RecordKind::Check,
            version: VERSION,
            proofhouse: env!("CARGO_PKG_VERSION").into(),
            command: facts.command,
            started: rfc3339(facts.started),
            duration_ms: u64::try_from(facts.duration.as_millis()).unwrap_or(u64::MAX),
            exit_code: 0,
            reasons: Vec::new(),
            self_check: facts.self_check,
            interrupted: facts.interrupted,
            suite: facts.suite,
            settings: facts.settings,
            known_failures: None,
            apis: apis.into_iter().map(|(api, facts, run)| api_record(&api, facts, run)).collect(),
        };
        record.settle();
        record
    }

    /// Sets the exit code, and why it is this one.
    pub(super) fn settle(&mut self) {
        self.exit_code = exit_code(ExitFacts::of(self)).code();
        self.reasons = reasons(self);
    }
}

/// A time since 1970-01-01 UTC as RFC 3339, to the millisecond; the epoch itself for a time that no calendar has.
#[must_use]
pub fn rfc3339(since_epoch: Duration) -> String {
    let milliseconds = i64::try_from(since_epoch.as_millis()).unwrap_or_default();
    jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

fn api_record(api: &Api, facts: ApiFacts, run: ApiRun) -> ApiRecord {
    let cases: Vec<CaseRecord> = run.cases.into_iter().map(case_record).collect();
    ApiRecord {
        name: api.name.clone(),
        title: api.title.clone(),
        document: api.document.clone(),
        authentication: Authentication {
            scheme: api.auth.scheme,
            names: api.auth.names().into_iter().map(ToOwned::to_owned).collect(),
        },
        reply: ReplyPointers {
            code: api.outcome.code.clone(),
            message: api.outcome.message.clone(),
            culprit: api.outcome.culprit.as_ref().map(|rule| rule.at.clone()),
        },
        target: TargetFacts {
            base_url: without_userinfo(facts.base_url),
            assumed: assumed(api, &cases),
            declared: facts.declared,
            trusted: facts.trusted,
        },
        baseline: run.baseline.into(),
        limited: run.limited,
        gone: run.gone,
        totals: Totals::of(&cases),
        requirements: requirements(api, &cases),
        cases,
    }
}

/// The requirements that occur, in the order of the api's description.
fn requirements(api: &Api, cases: &[CaseRecord]) -> IndexMap<String, RequirementRecord> {
    let mut named: HashSet<&str> = HashSet::new();
    for case in cases {
        named.extend(case.requirements.iter().map(String::as_str));
        named.extend(case.claims.iter().filter_map(|claim| claim.requirement.as_deref()));
    }
    let occurring = api.requirements.iter().filter(|(id, _)| named.contains(id.as_str()));
    let record = |requirement: &crate::api::Requirement| RequirementRecord {
        level: requirement.level,
        source: requirement.source,
        rule: requirement.rule.clone(),
        place: requirement.place.clone(),
        evidence: requirement.evidence.clone(),
        refines: requirement.refines.clone(),
    };
    occurring.map(|(id, requirement)| (id.clone(), record(requirement))).collect()
}

/// Every default that a verdict rests on, once.
fn assumed(api: &Api, cases: &[CaseRecord]) -> Vec<Assumed> {
    let mut found: Vec<Assumed> = Vec::new();
    for name in cases.iter().filter(|case| case.was_judged()).flat_map(|case| &case.assumed) {
        if !found.iter().any(|one| one.name == *name) {
            let declaration = api.declarations.get(name);
            found.push(Assumed {
                name: name.clone(),
                about: declaration.map_or_else(|| undescribed(name), |declaration| declaration.about.clone()),
                value: declaration.and_then(|declaration| declaration.default.clone()),
            });
        }
    }
    found
}

/// What a fact is that every api knows, and that therefore no description explains.
fn undescribed(name: &str) -> String {
    match name {
        "users" => "which users exist: any id is written to".into(),
        other => other.into(),
    }
}

/// A URL without user and password, which authorise calls.
fn without_userinfo(mut url: String) -> String {
    let Some(start) = url.find("://").map(|at| at + 3) else {
        return url;
    };
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    if let Some(at) = url[start..end].rfind('@') {
        url.replace_range(start..=start + at, "");
    }
    url
}

fn case_record(case: CaseResult) -> CaseRecord {
    let exchanges_of_claims = exchanges_of_claims(&case);
    let claim = |(index, claim): (usize, ClaimVerdict)| ClaimRecord {
        exchange: exchanges_of_claims.get(index).copied(),
        ..ClaimRecord::from(claim)
    };
    CaseRecord {
        address: case.address,
        place: PlaceRecord { file: case.place.file, line: case.place.line, column: case.place.column },
        about: case.about,
        level: case.level,
        requirements: case.requirements,
        characteristic: case.characteristic,
        answer: case.answer,
        assumed: case.assumed,
        about_authentication: case.is_about_authentication,
        verdict: case.verdict.into(),
        known_failure: None,
        skip: case.skip,
        unsent: case.unsent,
        claims: case.claims.into_iter().enumerate().map(claim).collect(),
        exchanges: case.exchanges.into_iter().map(exchange_record).collect(),
    }
}

/// For each claim of the case the exchange that it was found in; empty when the claims are not from single exchanges.
fn exchanges_of_claims(case: &CaseResult) -> Vec<usize> {
    let steps = case.exchanges.iter().enumerate().filter(|(_, one)| one.purpose == check::Purpose::Step);
    let indices: Vec<usize> = steps.flat_map(|(index, one)| one.found.iter().map(move |_| index)).collect();
    if indices.len() == case.claims.len() { indices } else { Vec::new() }
}

fn exchange_record(exchange: ExchangeResult) -> ExchangeRecord {
    let altered = exchange.truncated || holds_redacted(&exchange.outcome);
    let found = if altered { exchange.found.into_iter().map(ClaimRecord::from).collect() } else { Vec::new() };
    ExchangeRecord {
        step: exchange.step,
        purpose: exchange.purpose.into(),
        request: exchange.request.into(),
        answer: match exchange.outcome {
            Ok(reply) => Answer::Reply(ReplyRecord {
                status: reply.status,
                headers: reply.headers,
                body: BodyRecord::new(reply.body, exchange.truncated),
            }),
            Err(failure) => Answer::Failure(failure.into()),
        },
        duration_us: u64::try_from(exchange.duration.as_micros()).unwrap_or(u64::MAX),
        expected: exchange.claims.into_iter().map(ExpectedRecord::from).collect(),
        observation: exchange.observation.into(),
        found,
    }
}

fn holds_redacted(outcome: &Result<Reply, Failure>) -> bool {
    let text = match outcome {
        Ok(reply) => reply.body.as_slice(),
        Err(failure) => failure.detail.as_bytes(),
    };
    memchr::memmem::find(text, REDACTED.as_bytes()).is_some()
}

impl From<SentRequest> for RequestRecord {
    fn from(sent: SentRequest) -> Self {
        let body = BodyRecord { text: sent.body.text, base64: sent.body.base64, truncated: sent.body.truncated };
        Self { method: sent.method, url: without_userinfo(sent.url), headers: sent.headers, body }
    }
}

impl From<ClaimVerdict> for ClaimRecord {
    fn from(claim: ClaimVerdict) -> Self {
        let finding = match claim.finding {
            Finding::Holds => FindingRecord::Holds,
            Finding::Broken(list) => FindingRecord::Broken(list.into_iter().map(MismatchRecord::from).collect()),
            Finding::Inconclusive(why) => FindingRecord::Inconclusive(why),
        };
        Self { requirement: claim.requirement, level: claim.level, finding, exchange: None }
    }
}

impl From<Mismatch> for MismatchRecord {
    fn from(mismatch: Mismatch) -> Self {
        let Mismatch { kind, at, expected, actual } = mismatch;
        Self { kind, at, expected, actual }
    }
}

impl From<Claim> for ExpectedRecord {
    fn from(claim: Claim) -> Self {
        Self {
            requirement: claim.requirement,
            level: claim.level,
            outcome: claim.expectation.outcome,
            codes: claim.expectation.codes,
            culprits: claim.expectation.culprits,
            statuses: claim.expectation.statuses,
            headers: claim.expectation.headers,
            json: claim.expectation.json,
            json_exactly: claim.expectation.json_exactly,
        }
    }
}

impl From<Observation> for ObservationRecord {
    fn from(observation: Observation) -> Self {
        let Observation { outcome, code, culprit, status } = observation;
        Self { outcome, code, culprit, status }
    }
}

impl From<Failure> for FailureRecord {
    fn from(failure: Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::Connect => FailureWord::Connect,
            FailureKind::TlsUnknownIssuer => FailureWord::TlsUnknownIssuer,
            FailureKind::TlsWrongName => FailureWord::TlsWrongName,
            FailureKind::TlsExpired => FailureWord::TlsExpired,
            FailureKind::Tls => FailureWord::Tls,
            FailureKind::Closed => FailureWord::Closed,
            FailureKind::CutOff => FailureWord::CutOff,
            FailureKind::Timeout => FailureWord::Timeout,
            FailureKind::NotHttp => FailureWord::NotHttp,
            FailureKind::TooLarge => FailureWord::TooLarge,
        };
        Self { kind, detail: failure.detail }
    }
}

impl From<check::Verdict> for Verdict {
    fn from(verdict: check::Verdict) -> Self {
        match verdict {
            check::Verdict::Pass => Self::Pass,
            check::Verdict::Fail => Self::Fail,
            check::Verdict::Inconclusive => Self::Inconclusive,
            check::Verdict::Skip => Self::Skip,
            check::Verdict::Observed => Self::Observed,
        }
    }
}

impl From<check::Purpose> for Purpose {
    fn from(purpose: check::Purpose) -> Self {
        match purpose {
            check::Purpose::Step => Self::Step,
            check::Purpose::Superseded => Self::Superseded,
            check::Purpose::Probe => Self::Probe,
            check::Purpose::Cleanup => Self::Cleanup,
            check::Purpose::Repeat => Self::Repeat,
        }
    }
}

impl From<check::Baseline> for Baseline {
    fn from(baseline: check::Baseline) -> Self {
        match baseline {
            check::Baseline::Accepted => Self::Accepted,
            check::Baseline::Refused => Self::Refused,
            check::Baseline::Unreadable => Self::Unreadable,
            check::Baseline::NoReply => Self::NoReply,
        }
    }
}

impl From<check::Pacing> for Pacing {
    fn from(pacing: check::Pacing) -> Self {
        match pacing {
            check::Pacing::None => Self::None,
            check::Pacing::Documented => Self::Documented,
            check::Pacing::Rate(rate) => Self::Rate(rate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    #[test]
    fn user_and_password_leave_a_url_and_nothing_else_does() {
        let clean = |url: &str| without_userinfo(url.to_owned());
        assert_eq!(clean("https://me:s3@cr3t@host:1/a@b"), "https://host:1/a@b");
        assert_eq!(clean("https://host/a@b"), "https://host/a@b");
        assert_eq!(clean("host"), "host");
    }

    #[test]
    fn a_record_says_when_it_began_and_why_its_exit_code_is_what_it_is() {
        let record = sample::record();
        assert_eq!(record.started, "2026-07-01T12:30:05.25Z");
        assert_eq!(record.exit_code, 1);
        assert!(record.reasons.iter().any(|reason| reason.contains("fail: 6 of 14 cases")), "{:?}", record.reasons);
    }

    #[test]
    fn each_claim_knows_its_exchange() {
        let record = sample::record();
        let case = record.cases().map(|(_, case)| case).find(|case| case.superseded() > 0).unwrap();
        assert_eq!(case.claims[0].exchange, Some(1), "the first attempt was sent again");
    }
}
