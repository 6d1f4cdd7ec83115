//! From what was found in single exchanges to verdicts: pure over everything that was kept, so that a record can be
//! judged again.

use super::result::{CaseResult, Purpose, Verdict};
use crate::api::{Api, Level, Resemblance};
use crate::expectation::{ClaimVerdict, Finding, MismatchKind, Uncertainty};

/// What became of the api's plain accepted request, which is sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// It was accepted: refusals mean something.
    Accepted,
    /// It was refused: a refusal of anything else says nothing.
    Refused,
    /// No readable answer.
    Unreadable,
    /// No reply at all.
    NoReply,
}

/// Whether anything in these cases came in the api's envelope, or the plain request at least in a JSON object.
#[must_use]
pub fn envelope_was_seen(api: &Api, cases: &[CaseResult]) -> bool {
    cases.iter().flat_map(|case| &case.exchanges).any(|exchange| match &exchange.outcome {
        Ok(reply) => {
            let answer = api.outcome.read(reply);
            api.outcome.resemblance(reply, &answer) >= Resemblance::Object
                || answer.outcome == crate::api::Outcome::Limited
        }
        Err(_) => false,
    })
}

/// Gives every case of one api its claims and verdict, from the exchanges that are in it.
///
/// `gate` is the least level that gates.
pub fn conclude(api: &Api, baseline: Baseline, gate: Level, cases: &mut [CaseResult]) {
    let envelope_seen = envelope_was_seen(api, cases);
    let mut locked_out = false;
    for case in cases {
        if case.skip.is_some() {
            case.verdict = Verdict::Skip;
            continue;
        }
        case.claims = claims(case, baseline, envelope_seen, locked_out);
        locked_out |= case.is_about_authentication && says_locked_out(api, case);
        case.verdict = verdict(case, gate);
    }
}

/// The claims of all steps, with what the run as a whole says about them.
fn claims(case: &CaseResult, baseline: Baseline, envelope_seen: bool, locked_out: bool) -> Vec<ClaimVerdict> {
    let probe_answered = case
        .exchanges
        .iter()
        .filter(|exchange| exchange.purpose == Purpose::Probe)
        .any(|probe| probe.outcome.is_ok() && probe.observation.outcome != "gateway error");
    let mut claims = Vec::new();
    let mut broken_before = false;
    for exchange in case.exchanges.iter().filter(|exchange| exchange.purpose == Purpose::Step) {
        for claim in &exchange.found {
            let finding = match &claim.finding {
                _ if !envelope_seen => Finding::Inconclusive(doubt_without_envelope(exchange.outcome.is_err())),
                Finding::Broken(mismatches)
                    if mismatches.iter().all(|mismatch| mismatch.kind == MismatchKind::NoReply) && !probe_answered =>
                {
                    Finding::Inconclusive(Uncertainty::NoReply)
                }
                finding if broken_before && !matches!(finding, Finding::Inconclusive(_)) => {
                    Finding::Inconclusive(Uncertainty::EarlierStep)
                }
                Finding::Holds if locked_out && case.is_about_authentication => {
                    Finding::Inconclusive(Uncertainty::LockedOut)
                }
                finding
                    if baseline != Baseline::Accepted
                        && exchange.observation.outcome == "refused"
                        && rests_on_the_reason(finding) =>
                {
                    Finding::Inconclusive(Uncertainty::BaselineRefused)
                }
                finding => finding.clone(),
            };
            claims.push(ClaimVerdict { finding, ..claim.clone() });
        }
        broken_before |= exchange.found.iter().any(|claim| claim.finding != Finding::Holds);
    }
    if claims.is_empty() {
        let unsent = Finding::Inconclusive(case.unsent.unwrap_or(Uncertainty::Interrupted));
        claims.push(ClaimVerdict { requirement: None, level: case.level, finding: unsent });
    }
    claims
}

/// Whether a finding about a refusal depends on why it was refused: all do, but a broken envelope and a refusal where
/// an acceptance is due.
fn rests_on_the_reason(finding: &Finding) -> bool {
    match finding {
        Finding::Holds => true,
        Finding::Broken(mismatches) => mismatches.iter().all(|mismatch| match mismatch.kind {
            MismatchKind::WrongCode | MismatchKind::WrongCulprit | MismatchKind::WrongStatus => true,
            MismatchKind::NoReply
            | MismatchKind::Envelope
            | MismatchKind::WronglyAccepted
            | MismatchKind::WronglyRefused
            | MismatchKind::WrongContent
            | MismatchKind::LimitedTooEarly => false,
        }),
        Finding::Inconclusive(_) => false,
    }
}

fn doubt_without_envelope(failed: bool) -> Uncertainty {
    if failed { Uncertainty::NoReply } else { Uncertainty::NoEnvelope }
}

fn says_locked_out(api: &Api, case: &CaseResult) -> bool {
    case.exchanges.iter().any(|exchange| {
        exchange.outcome.as_ref().is_ok_and(|reply| api.outcome.says_locked_out(&api.outcome.read(reply).outcome))
    })
}

/// A broken claim that gates outranks what could not be judged; what does not gate never fails.
fn verdict(case: &CaseResult, gate: Level) -> Verdict {
    let gates = |claim: &&ClaimVerdict| claim.level >= gate;
    let mut gating = case.claims.iter().filter(gates);
    if gating.clone().any(|claim| matches!(claim.finding, Finding::Broken(_))) {
        return Verdict::Fail;
    }
    let all = |test: fn(&Finding) -> bool| case.claims.iter().any(|claim| test(&claim.finding));
    let unsure = |finding: &Finding| matches!(finding, Finding::Inconclusive(_));
    if case.level == Level::Observe {
        return if all(unsure) && !all(|finding| !matches!(finding, Finding::Inconclusive(_))) {
            Verdict::Inconclusive
        } else {
            Verdict::Observed
        };
    }
    if gating.any(|claim| unsure(&claim.finding)) || (case.level < gate && all(unsure)) {
        return Verdict::Inconclusive;
    }
    if case.level < gate && all(|finding| matches!(finding, Finding::Broken(_))) {
        return Verdict::Observed;
    }
    Verdict::Pass
}
