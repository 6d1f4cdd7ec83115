//! What a reply amounts to under load: the same judgement as in a check, reduced to what counts.

use std::sync::Arc;

use crate::api::{Api, Level, Outcome};
use crate::exchange::Reply;
use crate::expectation::{Claim, ExpectedOutcome, Finding, Judgement, Mismatch, MismatchKind, judge, shape};
use crate::load::{Class, Judge, Judged, Refusal};
use crate::secret::Redactor;

/// Judges replies to the cases with these claims, by index. What a server echoes of a secret stays out of what is told.
pub(in crate::command) fn judge_of(api: Arc<Api>, claims: Arc<Vec<Vec<Claim>>>, redactor: Redactor) -> Judge {
    Arc::new(move |case, reply| judged(&api, &claims[case], reply, &redactor))
}

fn judged(api: &Api, claims: &[Claim], reply: &Reply, redactor: &Redactor) -> Judged {
    let outcome = api.outcome.read(reply).outcome;
    if outcome == Outcome::Limited {
        return Judged { class: Class::Limited, outcome: "limited".into() };
    }
    let mismatches = broken(&judge(api, claims, Ok(reply)));
    let class = if mismatches.is_empty() {
        Class::AsExpected
    } else {
        let refusal = refusal(claims, &outcome, &mismatches);
        Class::Deviating { shape: redactor.redact(&shape(&mismatches)), refusal }
    };
    Judged { class, outcome: words(&outcome, reply) }
}

/// The ways in which claims that bind, or the envelope, do not hold.
pub(in crate::command) fn broken(judgement: &Judgement) -> Vec<Mismatch> {
    let mut mismatches: Vec<Mismatch> = Vec::new();
    let mut undecided = false;
    for claim in judgement.claims.iter().filter(|claim| claim.level == Level::Must) {
        match &claim.finding {
            Finding::Broken(found) => {
                for mismatch in found {
                    if !mismatches.contains(mismatch) {
                        mismatches.push(mismatch.clone());
                    }
                }
            }
            Finding::Inconclusive(_) => undecided = true,
            Finding::Holds => {}
        }
    }
    if undecided && mismatches.is_empty() {
        // A reply whose meaning nobody can read is never as expected.
        mismatches.push(Mismatch {
            kind: MismatchKind::Envelope,
            at: "/".into(),
            expected: "a readable code".into(),
            actual: "none".into(),
        });
    }
    mismatches
}

/// Whether a deviation is a well-formed refusal of what must be accepted.
fn refusal(claims: &[Claim], outcome: &Outcome, mismatches: &[Mismatch]) -> Refusal {
    let must_be_accepted = claims.iter().any(|claim| claim.expectation.outcome == ExpectedOutcome::Accepted);
    let refused = matches!(outcome, Outcome::Refused { .. });
    let well_formed = mismatches.iter().all(|mismatch| mismatch.kind == MismatchKind::WronglyRefused);
    if must_be_accepted && refused && well_formed { Refusal::WellFormed } else { Refusal::No }
}

fn words(outcome: &Outcome, reply: &Reply) -> String {
    match outcome {
        Outcome::Accepted => "accepted".into(),
        Outcome::Refused { code, .. } => format!("refused {code}"),
        Outcome::Limited => "limited".into(),
        Outcome::Unreadable => format!("unreadable, HTTP {}", reply.status),
    }
}
