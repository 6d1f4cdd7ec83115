//! Runs to try records and reports on: constructed as the engine would leave them, judged by the real judgement.

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::json;

use super::{ApiFacts, CheckRecord, Pacing, RunFacts, Settings, SuiteOrigin, Trusted};
use crate::api::{Api, Level};
use crate::check::{ApiRun, Baseline, Body, CaseResult, ExchangeResult, Purpose, SentRequest, Verdict, conclude};
use crate::exchange::{Failure, FailureKind, Reply};
use crate::expectation::{Claim, ClaimVerdict, Expectation, ExpectedOutcome, Finding, Mismatch, MismatchKind, judge};
use crate::source::{Document, Place};

/// What kind of target answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scene {
    /// One with a bit of everything.
    Mixed,
    /// Everything holds.
    Conformant,
    /// One that refuses everything.
    BaselineRefused,
    /// One that answers 404 everywhere.
    NotFound,
    /// None.
    NoConnection,
}

/// The record of the scene with a bit of everything.
pub(crate) fn record() -> CheckRecord {
    of(Scene::Mixed)
}

/// The record of a scene.
pub(crate) fn of(scene: Scene) -> CheckRecord {
    let api = Arc::new(api());
    let run = run(&api, scene);
    let declared = IndexMap::from([("ext_keys".to_owned(), json!(["ext_note"]))]);
    let facts =
        ApiFacts { base_url: "http://ci:hunter22@127.0.0.1:8080".into(), trusted: Trusted::default(), declared };
    CheckRecord::from_run(run_facts(), vec![(api, facts, run)])
}

pub(crate) fn run_facts() -> RunFacts {
    RunFacts {
        command: "proofhouse check --target http://127.0.0.1:8080 --api rongcloud".into(),
        started: Duration::from_millis(1_782_909_005_250),
        duration: Duration::from_millis(1_234),
        self_check: false,
        interrupted: false,
        suite: SuiteOrigin::Embedded("0123456789ab".into()),
        settings: Settings {
            replay: None,
            gate: Level::Must,
            pacing: Pacing::Documented,
            concurrency: 16,
            only: Vec::new(),
            skip: Vec::new(),
        },
    }
}

/// The shipped description of RongCloud.
pub(crate) fn api() -> Api {
    let file = crate::source::embedded_files().into_iter().find(|file| file.path == "rongcloud/api.yaml").unwrap();
    Api::read(&Document::parse("scenarios/rongcloud/api.yaml", file.text).unwrap()).unwrap()
}

/// A case under construction.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    pub(crate) requirement: &'static str,
    pub(crate) expectation: Expectation,
    pub(crate) also: Vec<Claim>,
    pub(crate) reply: Result<Reply, Failure>,
}

fn accepted() -> Expectation {
    Expectation { outcome: ExpectedOutcome::Accepted, ..Expectation::default() }
}

fn refused(culprit: &str) -> Expectation {
    let culprits = if culprit.is_empty() { Vec::new() } else { vec![culprit.to_owned()] };
    Expectation { outcome: ExpectedOutcome::Refused, culprits, ..Expectation::default() }
}

fn reply(status: u16, body: &str) -> Result<Reply, Failure> {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(Reply { status, headers, body: body.as_bytes().to_vec() })
}

fn closed(kind: FailureKind) -> Result<Reply, Failure> {
    Err(Failure { kind, detail: "127.0.0.1:8080: Connection refused (os error 111)".into() })
}

const YES: &str = r#"{"code":200}"#;

pub(crate) fn draft(
    name: &'static str,
    requirement: &'static str,
    expectation: Expectation,
    reply: Result<Reply, Failure>,
) -> Draft {
    Draft { name, level: Level::Must, requirement, expectation, also: Vec::new(), reply }
}

/// The cases with the replies of a target that is right.
fn right() -> Vec<Draft> {
    let no = |key: &str| reply(200, &json!({ "code": 1002, "profileKey": key, "errorMessage": "bad" }).to_string());
    let code = Expectation { codes: vec![1004], ..refused("") };
    vec![
        draft("plain", "rc.example", accepted(), reply(200, YES)),
        draft("profile/length[field=name,at=limit]", "rc.name.length", accepted(), reply(200, YES)),
        draft("profile/length[field=name,at=over]", "rc.name.length", refused("name"), no("name")),
        draft("profile/range[field=role,at=over]", "rc.role.range", refused("role"), no("role")),
        draft("profile/echo", "rc.reply.success", json_expected(), reply(200, r#"{"code":200,"userId":"u1"}"#)),
        Draft {
            level: Level::Observe,
            ..draft(
                "profile/length-astral",
                "rc.length.unit",
                Expectation::default(),
                reply(200, r#"{"code":1002,"profileKey":"name"}"#),
            )
        },
        Draft {
            also: vec![Claim {
                requirement: Some("rc.signature.code".into()),
                level: Level::Should,
                expectation: code,
            }],
            ..draft(
                "auth/signature[of=wrong-secret]",
                "rc.signature.wrong",
                refused(""),
                reply(401, r#"{"code":1004,"errorMessage":"signature"}"#),
            )
        },
    ]
}

fn json_expected() -> Expectation {
    Expectation { json: Some(json!({ "userId": "u1" })), ..accepted() }
}

fn drafts(scene: Scene) -> Vec<Draft> {
    let mut drafts = right();
    match scene {
        Scene::Conformant => {}
        Scene::Mixed => {
            drafts[2].reply = reply(200, YES);
            drafts[3].reply = reply(200, r#"{"code":1002,"profileKey":"level","errorMessage":"it's \u001b[31mbad"}"#);
            drafts[4].reply = reply(200, r#"{"code":200,"userId":7,"more":{"a":[1,2]}}"#);
            drafts[6].reply = reply(401, r#"{"code":1002}"#);
            drafts.push(draft("profile/crash", "rc.profile.json", refused(""), closed(FailureKind::Closed)));
            drafts.push(draft("profile/envelope", "rc.name.length", accepted(), reply(200, r#"{"code":"200"}"#)));
            drafts.push(draft("profile/again", "rc.example", accepted(), reply(200, YES)));
            drafts.push(draft("profile/busy", "rc.example", accepted(), reply(429, "slow down")));
            drafts.push(draft("profile/huge", "rc.example", accepted(), reply(200, YES)));
            drafts.push(draft("profile/skipped", "rc.effect.stored", accepted(), reply(200, YES)));
        }
        Scene::BaselineRefused => {
            let no = r#"{"code":1004,"errorMessage":"signature mismatch"}"#;
            drafts.iter_mut().for_each(|draft| draft.reply = reply(401, no));
        }
        Scene::NotFound => drafts.iter_mut().for_each(|draft| draft.reply = reply(404, "<html>not found</html>")),
        Scene::NoConnection => drafts.iter_mut().for_each(|draft| draft.reply = closed(FailureKind::Connect)),
    }
    drafts
}

/// The run of a scene, judged and concluded.
pub(crate) fn run(api: &Api, scene: Scene) -> ApiRun {
    let mut cases: Vec<CaseResult> = drafts(scene).iter().map(|draft| case(api, draft)).collect();
    let baseline = match scene {
        Scene::Mixed | Scene::Conformant => Baseline::Accepted,
        Scene::BaselineRefused => Baseline::Refused,
        Scene::NotFound => Baseline::Unreadable,
        Scene::NoConnection => Baseline::NoReply,
    };
    for case in &mut cases {
        adorn(api, case);
    }
    conclude(api, baseline, Level::Must, &mut cases);
    if scene == Scene::Mixed {
        cases.push(rate_case(&cases));
    }
    ApiRun { baseline, cases, limited: 0, gone: scene == Scene::NoConnection }
}

/// What makes some cases special: an attempt that was sent again, a probe, an assumption, a cut reply.
fn adorn(api: &Api, case: &mut CaseResult) {
    match case.address.as_str() {
        "rongcloud/profile/again" => {
            let mut first = case.exchanges[0].clone();
            first.purpose = Purpose::Superseded;
            first.outcome = closed(FailureKind::Closed);
            case.exchanges.insert(0, first);
        }
        "rongcloud/profile/crash" => {
            let mut probe = case.exchanges[0].clone();
            let outcome = reply(200, YES);
            probe.observation = judge(api, &[], outcome.as_ref()).observation;
            (probe.purpose, probe.outcome, probe.found) = (Purpose::Probe, outcome, Vec::new());
            case.exchanges.push(probe);
        }
        "rongcloud/profile/huge" => {
            case.exchanges[0].truncated = true;
            case.exchanges[0].outcome = reply(200, r#"{"code":200,"list":[1,2,"#);
        }
        "rongcloud/profile/skipped" => {
            case.skip = Some("the target declares no companion `query`".into());
            case.exchanges.clear();
        }
        "rongcloud/profile/length[field=name,at=over]" => case.assumed = vec!["pair_limit".into()],
        "rongcloud/auth/signature[of=wrong-secret]" => case.is_about_authentication = true,
        "rongcloud/profile/length-astral" => {
            case.characteristic = Some("how characters outside the Basic Multilingual Plane are counted".into());
        }
        _ => {}
    }
}

fn rate_case(cases: &[CaseResult]) -> CaseResult {
    let mismatch = Mismatch {
        kind: MismatchKind::LimitedTooEarly,
        at: "rate".into(),
        expected: "100 requests a second are admitted".into(),
        actual: "44 were admitted in a second".into(),
    };
    let finding = Finding::Broken(vec![mismatch]);
    CaseResult {
        address: "rongcloud/rate".into(),
        requirements: vec!["rc.rate".into()],
        characteristic: Some("spacing of requests below the documented rate".into()),
        verdict: Verdict::Fail,
        claims: vec![ClaimVerdict { requirement: Some("rc.rate".into()), level: Level::Must, finding }],
        ..cases[0].clone()
    }
}

pub(crate) fn case(api: &Api, draft: &Draft) -> CaseResult {
    let claim = Claim {
        requirement: Some(draft.requirement.into()),
        level: draft.level,
        expectation: draft.expectation.clone(),
    };
    let claims: Vec<Claim> = std::iter::once(claim).chain(draft.also.iter().cloned()).collect();
    let judgement = judge(api, &claims, draft.reply.as_ref());
    let mut requirements: Vec<String> = claims.iter().filter_map(|claim| claim.requirement.clone()).collect();
    requirements.dedup();
    CaseResult {
        address: format!("rongcloud/{}", draft.name),
        api: "rongcloud".into(),
        place: Place { file: "scenarios/rongcloud/profile.yaml".into(), line: 14, column: 5 },
        about: None,
        level: draft.level,
        requirements,
        characteristic: None,
        answer: None,
        assumed: Vec::new(),
        is_about_authentication: false,
        verdict: Verdict::Inconclusive,
        skip: None,
        unsent: None,
        claims: Vec::new(),
        exchanges: vec![ExchangeResult {
            step: None,
            purpose: Purpose::Step,
            request: request(),
            outcome: draft.reply.clone(),
            truncated: false,
            duration: Duration::from_micros(1_500),
            claims,
            observation: judgement.observation,
            found: judgement.claims,
        }],
    }
}

fn request() -> SentRequest {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    SentRequest {
        method: "POST".into(),
        url: "http://ci:hunter22@127.0.0.1:8080/user/profile/set.json".into(),
        headers: vec![
            header("App-Key", "app1"),
            header("Nonce", "12345678901234567"),
            header("Timestamp", "1782909005250"),
            header("Signature", "<redacted>"),
            header("Content-Type", "application/x-www-form-urlencoded"),
        ],
        body: Body {
            text: "userId=u1&userProfile=%7B%22name%22%3A%22Nick%22%7D".into(),
            base64: false,
            truncated: false,
        },
    }
}
