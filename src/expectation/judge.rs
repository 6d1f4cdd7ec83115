//! The judgement: claims × exchange → verdicts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::matcher::{Strictness, differences, typed};
use super::{Claim, Expectation, ExpectedOutcome, Mismatch, MismatchKind};
use crate::api::{Answer, Api, EnvelopeRule, Level, Outcome, OutcomeRules};
use crate::exchange::{Failure, Reply};

/// What is known of one claim after its exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    /// It holds.
    Holds,
    /// It does not, in these ways; never empty.
    Broken(Vec<Mismatch>),
    /// Nobody can say, and why.
    Inconclusive(Uncertainty),
}

/// Why a claim could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Uncertainty {
    /// The plain request is refused too, so that a refusal says nothing.
    BaselineRefused,
    /// The reply has no readable code, which is told as a broken envelope.
    NoReadableCode,
    /// Still refused because of the rate, after it was sent again.
    Limited,
    /// No connection, or no reply, and the plain request has none either.
    NoReply,
    /// Nothing answers in the api's envelope.
    NoEnvelope,
    /// The target said that too many verifications failed.
    LockedOut,
    /// An earlier step of the case did not do what this one stands on.
    EarlierStep,
    /// The run was interrupted before the case was sent.
    Interrupted,
}

impl Uncertainty {
    /// The reason as a short sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::BaselineRefused => "baseline refused: the plain request is refused too",
            Self::NoReadableCode => "the reply has no readable code",
            Self::Limited => "refused because of the rate, also when sent again",
            Self::NoReply => "no reply, and the plain request has none either",
            Self::NoEnvelope => "nothing answers in the api's envelope: wrong URL?",
            Self::LockedOut => "the target says that too many verifications failed",
            Self::EarlierStep => "an earlier step of the case did not hold",
            Self::Interrupted => "the run was interrupted",
        }
    }
}

/// One claim with what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimVerdict {
    /// The requirement's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// How far the claim binds.
    pub level: Level,
    /// What was found.
    pub finding: Finding,
}

/// How the target answered, for characteristics and reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// `accepted`, `refused`, `limited`, `unreadable`, or the kind of failure.
    pub outcome: String,
    /// The code of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// What a refusal names, with its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub culprit: Option<String>,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// Everything that was found in one exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// How the target answered.
    pub observation: Observation,
    /// The case's claims in their order, then the rules of the envelope that are broken.
    pub claims: Vec<ClaimVerdict>,
}

/// Judges one exchange.
///
/// The rules of the envelope are judged with every case that binds (its claims are not all `observe`). A failure, or a
/// gateway's own 5xx, breaks every claim as "no reply": whether that is the target's doing, or the end of the target,
/// is for the caller to find out.
#[must_use]
pub fn judge(api: &Api, claims: &[Claim], exchange: Result<&Reply, &Failure>) -> Judgement {
    let reply = match exchange {
        Ok(reply) => reply,
        Err(failure) => return no_reply(claims, failure.kind.to_string(), failure.detail.clone()),
    };
    let rules = &api.outcome;
    let answer = rules.read(reply);
    if answer.outcome == Outcome::Unreadable && rules.is_gateway_error(reply, &answer) {
        return no_reply(claims, "gateway error".into(), format!("HTTP {} without the api's envelope", reply.status));
    }
    let mut verdicts: Vec<ClaimVerdict> =
        claims.iter().map(|claim| judge_claim(rules, claim, reply, &answer)).collect();
    let binds = claims.iter().any(|claim| claim.level != Level::Observe);
    if binds && answer.outcome != Outcome::Limited {
        verdicts.extend(broken_envelope(api, reply, &answer));
    }
    Judgement { observation: observe(reply, &answer.outcome), claims: verdicts }
}

fn no_reply(claims: &[Claim], outcome: String, detail: String) -> Judgement {
    let mismatch = Mismatch {
        kind: MismatchKind::NoReply,
        at: "connection".into(),
        expected: "a reply".into(),
        actual: if detail.is_empty() { outcome.clone() } else { format!("{outcome}: {detail}") },
    };
    let claims = claims.iter().map(|claim| verdict(claim, Finding::Broken(vec![mismatch.clone()]))).collect();
    Judgement { observation: Observation { outcome, code: None, culprit: None, status: None }, claims }
}

fn observe(reply: &Reply, outcome: &Outcome) -> Observation {
    let (word, code, culprit) = match outcome {
        Outcome::Accepted => ("accepted", None, None),
        Outcome::Refused { code, culprit } => ("refused", Some(*code), culprit.as_ref().map(typed)),
        Outcome::Limited => ("limited", None, None),
        Outcome::Unreadable => ("unreadable", None, None),
    };
    Observation { outcome: word.into(), code, culprit, status: Some(reply.status) }
}

fn verdict(claim: &Claim, finding: Finding) -> ClaimVerdict {
    ClaimVerdict { requirement: claim.requirement.clone(), level: claim.level, finding }
}

fn judge_claim(rules: &OutcomeRules, claim: &Claim, reply: &Reply, answer: &Answer) -> ClaimVerdict {
    let finding = match &answer.outcome {
        Outcome::Limited => Finding::Inconclusive(Uncertainty::Limited),
        Outcome::Unreadable if claim.expectation.outcome != ExpectedOutcome::Any => {
            Finding::Inconclusive(Uncertainty::NoReadableCode)
        }
        Outcome::Accepted | Outcome::Refused { .. } | Outcome::Unreadable => {
            let found = mismatches(rules, &claim.expectation, reply, answer);
            if found.is_empty() { Finding::Holds } else { Finding::Broken(found) }
        }
    };
    verdict(claim, finding)
}

/// Where the outcome itself is wrong, its details are not looked at: they would only repeat it.
fn mismatches(rules: &OutcomeRules, expected: &Expectation, reply: &Reply, answer: &Answer) -> Vec<Mismatch> {
    match (expected.outcome, &answer.outcome) {
        (ExpectedOutcome::Accepted, Outcome::Refused { code, .. }) => {
            vec![code_mismatch(rules, MismatchKind::WronglyRefused, &rules.accepted.to_string(), *code)]
        }
        (ExpectedOutcome::Refused, Outcome::Accepted) => {
            let expected = match expected.codes.as_slice() {
                [] => format!("any but {}", rules.accepted),
                codes => one_of(codes),
            };
            vec![code_mismatch(rules, MismatchKind::WronglyAccepted, &expected, rules.accepted)]
        }
        _ => details(rules, expected, reply, answer),
    }
}

fn details(rules: &OutcomeRules, expected: &Expectation, reply: &Reply, answer: &Answer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if let Outcome::Refused { code, culprit } = &answer.outcome {
        if !expected.codes.is_empty() && !expected.codes.contains(code) {
            found.push(code_mismatch(rules, MismatchKind::WrongCode, &one_of(&expected.codes), *code));
        }
        let named = culprit.as_ref().and_then(Value::as_str);
        if !expected.culprits.is_empty() && !named.is_some_and(|name| expected.culprits.iter().any(|one| one == name)) {
            let names: Vec<String> = expected.culprits.iter().map(|name| typed(&Value::from(name.as_str()))).collect();
            found.push(Mismatch {
                kind: MismatchKind::WrongCulprit,
                at: rules.culprit.as_ref().map_or_else(String::new, |rule| rule.at.clone()),
                expected: names.join(" or "),
                actual: culprit.as_ref().map_or_else(|| "absent".into(), typed),
            });
        }
    }
    if !expected.statuses.is_empty() && !expected.statuses.contains(&reply.status) {
        let expected: Vec<i64> = expected.statuses.iter().map(|status| i64::from(*status)).collect();
        found.push(status_mismatch(MismatchKind::WrongStatus, &one_of(&expected), reply.status));
    }
    found.extend(header_mismatches(&expected.headers, reply));
    let bodies = [(&expected.json, Strictness::Partial), (&expected.json_exactly, Strictness::Exact)];
    for (wanted, strictness) in bodies {
        if let Some(wanted) = wanted {
            match &answer.json {
                Some(json) => found.extend(differences(wanted, json, strictness)),
                None => found.push(Mismatch {
                    kind: MismatchKind::WrongContent,
                    at: "/".into(),
                    expected: typed(wanted),
                    actual: "no JSON".into(),
                }),
            }
        }
    }
    found
}

/// Headers are compared as members of one object, each with its first value.
fn header_mismatches(expected: &Map<String, Value>, reply: &Reply) -> Vec<Mismatch> {
    if expected.is_empty() {
        return Vec::new();
    }
    let actual: Map<String, Value> =
        expected.keys().filter_map(|name| Some((name.clone(), Value::from(reply.header(name)?)))).collect();
    let found = differences(&Value::Object(expected.clone()), &Value::Object(actual), Strictness::Partial);
    let named =
        |mismatch: Mismatch| Mismatch { at: format!("header {}", mismatch.at.trim_start_matches('/')), ..mismatch };
    found.into_iter().map(named).collect()
}

fn one_of(codes: &[i64]) -> String {
    codes.iter().map(|code| format!("{code} (number)")).collect::<Vec<_>>().join(" or ")
}

fn code_mismatch(rules: &OutcomeRules, kind: MismatchKind, expected: &str, actual: i64) -> Mismatch {
    let expected = if expected.ends_with(')') { expected.to_owned() } else { format!("{expected} (number)") };
    Mismatch { kind, at: rules.code.clone(), expected, actual: format!("{actual} (number)") }
}

fn status_mismatch(kind: MismatchKind, expected: &str, actual: u16) -> Mismatch {
    Mismatch { kind, at: "HTTP status".into(), expected: expected.replace(" (number)", ""), actual: actual.to_string() }
}

/// The rules of the envelope that a reply breaks, each with the level of its requirement.
fn broken_envelope(api: &Api, reply: &Reply, answer: &Answer) -> Vec<ClaimVerdict> {
    let Some(json) = &answer.json else {
        let broken = "a JSON object";
        return vec![envelope_verdict(api, &code_requirement(api), "/", broken, &shown_body(&reply.body))];
    };
    if !json.is_object() {
        return vec![envelope_verdict(api, &code_requirement(api), "/", "a JSON object", &typed(json))];
    }
    let rules = api.outcome.envelope.iter().filter(|rule| rule.applies(&answer.outcome));
    rules.filter_map(|rule| broken_rule(api, rule, reply, json)).collect()
}

fn broken_rule(api: &Api, rule: &EnvelopeRule, reply: &Reply, json: &Value) -> Option<ClaimVerdict> {
    if let Some(status) = rule.status.filter(|status| *status != reply.status) {
        let (expected, actual) = (status.to_string(), reply.status.to_string());
        return Some(envelope_verdict(api, &rule.requirement, "HTTP status", &expected, &actual));
    }
    let at = rule.at.as_deref()?;
    let found = json.pointer(at);
    let expected = match (rule.kind, &rule.equals) {
        (_, Some(value)) if found != Some(value) => typed(value),
        (Some(kind), _) if !found.is_some_and(|value| kind.holds(value)) => {
            format!("a value of type {}", kind.as_str())
        }
        _ => return None,
    };
    let actual = found.map_or_else(|| "absent".into(), typed);
    Some(envelope_verdict(api, &rule.requirement, at, &expected, &actual))
}

/// The requirement under which a body that is no JSON object is reported: that of the code's type.
fn code_requirement(api: &Api) -> String {
    let rules = &api.outcome;
    let rule = rules.envelope.iter().find(|rule| rule.at.as_ref() == Some(&rules.code));
    rule.or(rules.envelope.first()).map_or_else(String::new, |rule| rule.requirement.clone())
}

fn envelope_verdict(api: &Api, requirement: &str, at: &str, expected: &str, actual: &str) -> ClaimVerdict {
    let mismatch = Mismatch {
        kind: MismatchKind::Envelope,
        at: at.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    };
    ClaimVerdict {
        requirement: Some(requirement.to_owned()).filter(|id| !id.is_empty()),
        level: api.requirements.get(requirement).map_or(Level::Must, |requirement| requirement.level),
        finding: Finding::Broken(vec![mismatch]),
    }
}

fn shown_body(body: &[u8]) -> String {
    if body.is_empty() {
        return "an empty body".into();
    }
    format!("no JSON: {}", typed(&Value::from(String::from_utf8_lossy(body).into_owned())))
}
