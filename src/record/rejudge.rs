//! Judging a record again, offline: the kept exchanges, with the same rules, give the same verdicts.

use super::characteristic::is_measured;
use super::{
    Answer, ApiRecord, Baseline, CaseRecord, CheckRecord, ClaimRecord, ExchangeRecord, ExpectedRecord, FailureRecord,
    FailureWord, FindingRecord, MismatchRecord, Purpose, Verdict,
};
use crate::api::Api;
use crate::check::{self, Body, CaseResult, ExchangeResult, SentRequest};
use crate::exchange::{Failure, FailureKind, Reply};
use crate::expectation::{Claim, ClaimVerdict, Expectation, Finding, Mismatch, judge};
use crate::source::Place;

/// The verdicts on the record's cases of this api, in their order; none when the record has no such api.
///
/// Two things cannot be judged from kept exchanges and are taken as they were found: replies that were cut or had a
/// secret taken out, and the rate, which was measured over a stretch of time.
#[must_use]
pub fn rejudge(record: &CheckRecord, api: &Api) -> Vec<Verdict> {
    let Some(kept) = record.apis.iter().find(|one| one.name == api.name) else {
        return Vec::new();
    };
    let judged: Vec<&CaseRecord> = kept.cases.iter().filter(|case| !is_measured(case)).collect();
    let mut cases: Vec<CaseResult> = judged.iter().map(|case| case_result(api, kept, case)).collect();
    check::conclude(api, baseline(kept.baseline), record.settings.gate, &mut cases);
    let mut verdicts = cases.into_iter().map(|case| Verdict::from(case.verdict));
    let again = |case: &CaseRecord| {
        let verdict = if is_measured(case) { case.verdict } else { verdicts.next()? };
        let is_known = verdict == Verdict::Fail && case.known_failure.is_some();
        Some(if is_known { Verdict::KnownFailure } else { verdict })
    };
    kept.cases.iter().filter_map(again).collect()
}

fn case_result(api: &Api, kept: &ApiRecord, case: &CaseRecord) -> CaseResult {
    CaseResult {
        address: case.address.clone(),
        api: kept.name.clone(),
        place: Place { file: case.place.file.clone(), line: case.place.line, column: case.place.column },
        about: case.about.clone(),
        level: case.level,
        requirements: case.requirements.clone(),
        characteristic: case.characteristic.clone(),
        answer: case.answer.clone(),
        assumed: case.assumed.clone(),
        is_about_authentication: case.about_authentication,
        verdict: check::Verdict::Inconclusive,
        skip: case.skip.clone(),
        unsent: case.unsent,
        claims: Vec::new(),
        exchanges: case.exchanges.iter().map(|exchange| exchange_result(api, exchange)).collect(),
    }
}

fn exchange_result(api: &Api, exchange: &ExchangeRecord) -> ExchangeResult {
    let (outcome, truncated) = match &exchange.answer {
        Answer::Reply(reply) => {
            let body = reply.body.bytes();
            (Ok(Reply { status: reply.status, headers: reply.headers.clone(), body }), reply.body.truncated)
        }
        Answer::Failure(failure) => (Err(failure_of(failure)), false),
    };
    let claims: Vec<Claim> = exchange.expected.iter().map(claim).collect();
    let judgement = judge(api, &claims, outcome.as_ref());
    let found = match exchange.found.as_slice() {
        [] => judgement.claims,
        found => found.iter().map(claim_verdict).collect(),
    };
    let request = &exchange.request;
    let body = Body { text: request.body.text.clone(), base64: request.body.base64, truncated: request.body.truncated };
    ExchangeResult {
        step: exchange.step.clone(),
        purpose: purpose(exchange.purpose),
        request: SentRequest {
            method: request.method.clone(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            body,
        },
        outcome,
        truncated,
        duration: exchange.duration(),
        claims,
        observation: crate::expectation::Observation {
            outcome: exchange.observation.outcome.clone(),
            code: exchange.observation.code,
            culprit: exchange.observation.culprit.clone(),
            status: exchange.observation.status,
        },
        found,
    }
}

fn claim(expected: &ExpectedRecord) -> Claim {
    Claim {
        requirement: expected.requirement.clone(),
        level: expected.level,
        expectation: Expectation {
            outcome: expected.outcome,
            codes: expected.codes.clone(),
            culprits: expected.culprits.clone(),
            statuses: expected.statuses.clone(),
            headers: expected.headers.clone(),
            json: expected.json.clone(),
            json_exactly: expected.json_exactly.clone(),
        },
    }
}

fn claim_verdict(claim: &ClaimRecord) -> ClaimVerdict {
    let finding = match &claim.finding {
        FindingRecord::Holds => Finding::Holds,
        FindingRecord::Broken(list) => Finding::Broken(list.iter().map(mismatch).collect()),
        FindingRecord::Inconclusive(why) => Finding::Inconclusive(*why),
    };
    ClaimVerdict { requirement: claim.requirement.clone(), level: claim.level, finding }
}

fn mismatch(mismatch: &MismatchRecord) -> Mismatch {
    let MismatchRecord { kind, at, expected, actual } = mismatch.clone();
    Mismatch { kind, at, expected, actual }
}

fn purpose(purpose: Purpose) -> check::Purpose {
    match purpose {
        Purpose::Step => check::Purpose::Step,
        Purpose::Superseded => check::Purpose::Superseded,
        Purpose::Probe => check::Purpose::Probe,
        Purpose::Cleanup => check::Purpose::Cleanup,
        Purpose::Repeat => check::Purpose::Repeat,
    }
}

fn baseline(baseline: Baseline) -> check::Baseline {
    match baseline {
        Baseline::Accepted => check::Baseline::Accepted,
        Baseline::Refused => check::Baseline::Refused,
        Baseline::Unreadable => check::Baseline::Unreadable,
        Baseline::NoReply => check::Baseline::NoReply,
    }
}

fn failure_of(failure: &FailureRecord) -> Failure {
    Failure { kind: failure.kind.into(), detail: failure.detail.clone() }
}

impl From<FailureWord> for FailureKind {
    fn from(word: FailureWord) -> Self {
        match word {
            FailureWord::Connect => Self::Connect,
            FailureWord::TlsUnknownIssuer => Self::TlsUnknownIssuer,
            FailureWord::TlsWrongName => Self::TlsWrongName,
            FailureWord::TlsExpired => Self::TlsExpired,
            FailureWord::Tls => Self::Tls,
            FailureWord::Closed => Self::Closed,
            FailureWord::CutOff => Self::CutOff,
            FailureWord::Timeout => Self::Timeout,
            FailureWord::NotHttp => Self::NotHttp,
            FailureWord::TooLarge => Self::TooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::{self, Scene};

    #[track_caller]
    fn judged_alike(scene: Scene) -> CheckRecord {
        let record = sample::of(scene);
        let mut text = Vec::new();
        crate::record::write_check(&record, crate::record::Layout::Compact, &mut text).unwrap();
        let read = crate::record::read_check(&mut text.as_slice()).unwrap();
        let recorded: Vec<Verdict> = record.apis[0].cases.iter().map(|case| case.verdict).collect();
        assert_eq!(rejudge(&read, &sample::api()), recorded, "{scene:?}");
        record
    }

    fn verdicts(record: &CheckRecord) -> crate::record::Totals {
        record.totals()
    }

    #[test]
    fn a_record_of_an_ordinary_run_is_judged_alike() {
        let record = judged_alike(Scene::Mixed);
        let totals = verdicts(&record);
        assert!(totals.pass > 0 && totals.fail > 0 && totals.observed > 0 && totals.skip > 0, "{totals:?}");
        assert!(totals.inconclusive > 0, "a limited case among them: {totals:?}");
    }

    #[test]
    fn a_refused_baseline_stays_one() {
        let record = judged_alike(Scene::BaselineRefused);
        assert_eq!((record.exit_code, record.apis[0].baseline), (1, Baseline::Refused));
        assert!(verdicts(&record).inconclusive > 0);
    }

    #[test]
    fn a_wrong_url_and_a_dead_target_stay_inconclusive() {
        for scene in [Scene::NotFound, Scene::NoConnection] {
            let record = judged_alike(scene);
            assert_eq!(record.exit_code, 3, "{scene:?}: {:?}", record.reasons);
        }
    }

    #[test]
    fn a_cut_reply_and_a_measured_rate_are_taken_as_they_were_found() {
        let record = judged_alike(Scene::Mixed);
        let found = record.cases().flat_map(|(_, case)| &case.exchanges).filter(|one| !one.found.is_empty()).count();
        assert_eq!(found, 1, "the cut one");
        assert_eq!(record.apis[0].cases.last().map(|case| case.verdict), Some(Verdict::Fail), "the rate");
    }
}
