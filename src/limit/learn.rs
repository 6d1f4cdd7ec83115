//! From what the engine measured to observations: which outcomes are the limit at work.
//!
//! "Limited" is what the api description says, and what is learned: an outcome that comes above the limit and not below it,
//! or that comes far more often the more is offered.

use std::sync::Arc;

use super::observation::{Decision, Observation};
use super::probe::{ProbePlan, Purpose};
use crate::exchange::FailureKind;
use crate::load::{Finished, Kind, Recorder, Refusal, Row, Sample};

/// What requests above the limit got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    /// The outcome in the api's words, or the class of failure.
    pub outcome: Arc<str>,
    /// How often.
    pub count: usize,
    /// Who says that it is the limit.
    pub known: Known,
}

/// How an outcome is known to be the limit at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// The api description names it.
    Described,
    /// It came above the limit.
    Learned,
}

/// What was observed in a run.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Requests that were sent, in order.
    pub observations: Vec<Observation>,
    /// What requests above the limit got, the most frequent first.
    pub excess: Vec<Excess>,
    /// When connections could not be had.
    pub unreachable: Vec<std::time::Duration>,
}

/// Below the limit an outcome may come this often, as a share of what was sent, and still be learned.
const STRAY: f64 = 0.002;
/// Above the limit it must come this often.
const LEAST: usize = 5;
/// By so much an outcome's share must grow from below the limit to above it, if it is seen on both sides.
const GROWTH: f64 = 1.5;

/// Sorts the samples of a run of these probes.
#[must_use]
pub fn observed(plan: &ProbePlan, finished: &Finished) -> Observed {
    let decisions = decisions(plan, &finished.findings, &finished.samples);
    let mut seen = Observed { observations: Vec::new(), excess: Vec::new(), unreachable: Vec::new() };
    for sample in &finished.samples {
        if sample.row.is_some_and(|row| is_connect(&finished.findings.rows()[row])) {
            seen.unreachable.push(sample.finished.as_duration());
        }
        let Some(sent) = sample.dispatched else { continue };
        let decision = sample.row.map_or(Decision::Unknown, |row| decisions[row].0);
        seen.observations.push(Observation {
            sent: sent.as_duration(),
            answered: sample.finished.as_duration(),
            decision,
            probe: sample.phase,
        });
    }
    let rows = finished.findings.rows().iter().zip(&decisions);
    for (row, (decision, known)) in rows {
        if *decision != Decision::Refused {
            continue;
        }
        let count = usize::try_from(row.count().total()).unwrap_or(usize::MAX);
        match seen.excess.iter_mut().find(|one| one.outcome == row.finding.outcome) {
            Some(one) => one.count += count,
            None => seen.excess.push(Excess { outcome: Arc::clone(&row.finding.outcome), count, known: *known }),
        }
    }
    seen.excess.sort_by_key(|one| std::cmp::Reverse(one.count));
    seen
}

fn is_connect(row: &Row) -> bool {
    matches!(&row.finding.kind, Kind::Failed(kind) if kind.is_connect())
}

/// What each row of findings is, by its index.
fn decisions(plan: &ProbePlan, findings: &Recorder, samples: &[Sample]) -> Vec<(Decision, Known)> {
    let side = |sample: &Sample| match plan.probes[sample.phase].purpose {
        Purpose::Below | Purpose::Judged | Purpose::Exact | Purpose::Trickle => Some(0),
        Purpose::Excess | Purpose::Burst | Purpose::Sweep => Some(1),
        // What a limiter does afterwards belongs to neither side.
        Purpose::Recovery | Purpose::Idle | Purpose::Afterwards => None,
    };
    let mut sent = [0usize; 2];
    let mut counts = vec![[0usize; 2]; findings.rows().len()];
    for sample in samples {
        if let (Some(side), Some(_)) = (side(sample), sample.dispatched) {
            sent[side] += 1;
            if let Some(row) = sample.row {
                counts[row][side] += 1;
            }
        }
    }
    let one = |(row, counts): (&Row, &[usize; 2])| match &row.finding.kind {
        Kind::AsExpected => (Decision::Admitted, Known::Described),
        Kind::Limited => (Decision::Refused, Known::Described),
        Kind::Deviating { refusal, .. } => (learned(*counts, sent, *refusal), Known::Learned),
        Kind::Failed(FailureKind::Closed | FailureKind::CutOff) => {
            (learned(*counts, sent, Refusal::No), Known::Learned)
        }
        Kind::Failed(_) => (Decision::Unknown, Known::Learned),
    };
    findings.rows().iter().zip(&counts).map(one).collect()
}

#[expect(clippy::cast_precision_loss, reason = "shares")]
fn learned(counts: [usize; 2], sent: [usize; 2], refusal: Refusal) -> Decision {
    let share = |side: usize| if sent[side] == 0 { 0.0 } else { counts[side] as f64 / sent[side] as f64 };
    let only_above = share(0) <= STRAY;
    // A target that refuses too early does so in its own words all the same.
    let grows = refusal == Refusal::WellFormed && share(1) >= GROWTH * share(0);
    if counts[1] >= LEAST && (only_above || grows) { Decision::Refused } else { Decision::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_above_the_limit_only_is_a_refusal_in_any_words() {
        for refusal in [Refusal::No, Refusal::WellFormed] {
            assert_eq!(learned([0, 300], [1_000, 1_000], refusal), Decision::Refused);
            // One in a thousand below may be a stray.
            assert_eq!(learned([1, 300], [1_000, 1_000], refusal), Decision::Refused);
        }
    }

    #[test]
    fn a_few_above_the_limit_are_chance() {
        assert_eq!(learned([0, 4], [1_000, 1_000], Refusal::WellFormed), Decision::Unknown);
        assert_eq!(learned([0, 5], [1_000, 1_000], Refusal::WellFormed), Decision::Refused);
        assert_eq!(learned([0, 0], [0, 0], Refusal::WellFormed), Decision::Unknown);
    }

    #[test]
    fn what_comes_below_too_is_a_refusal_only_if_it_looks_like_one_and_grows() {
        // A limiter that throttles refuses some below the limit, and more above.
        assert_eq!(learned([300, 700], [1_000, 1_000], Refusal::WellFormed), Decision::Refused);
        assert_eq!(learned([300, 700], [1_000, 1_000], Refusal::No), Decision::Unknown);
        // A target that fails every third request whatever is offered has another fault.
        assert_eq!(learned([333, 340], [1_000, 1_000], Refusal::WellFormed), Decision::Unknown);
    }
}
