//! From what the engine measured to observations: which outcomes are the limit at work.
//!
//! "Limited" is what the api description says, and what is learned: an outcome that comes above the limit and not below it,
//! or that comes far more often the more is offered.

use std::sync::Arc;

use super::observation::{Decision, Observation};
use super::probe::{ProbePlan, Purpose};
use super::share::early;
use crate::exchange::FailureKind;
use crate::load::{Finished, Kind, Recorder, Refusal, Row};

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
    let mut seen = Observed { observations: Vec::new(), excess: Vec::new(), unreachable: Vec::new() };
    let mut rows = Vec::new();
    for sample in &finished.samples {
        if sample.row.is_some_and(|row| is_connect(&finished.findings.rows()[row])) {
            seen.unreachable.push(sample.finished.as_duration());
        }
        let Some(sent) = sample.dispatched else { continue };
        rows.push(sample.row);
        seen.observations.push(Observation {
            sent: sent.as_duration(),
            answered: sample.finished.as_duration(),
            decision: Decision::Unknown,
            probe: sample.phase,
        });
    }
    let decisions = decisions(plan, &finished.findings, &seen.observations, &rows);
    for (one, row) in seen.observations.iter_mut().zip(rows) {
        one.decision = row.map_or(Decision::Unknown, |row| decisions[row].0);
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

/// What each row of findings is, by its index. Where each observation stands in them is `at`; what is decided there is not
/// known yet.
fn decisions(
    plan: &ProbePlan,
    findings: &Recorder,
    observations: &[Observation],
    at: &[Option<usize>],
) -> Vec<(Decision, Known)> {
    let mut sent = [0usize; 2];
    let mut counts = vec![[0usize; 2]; findings.rows().len()];
    for (side, row) in sides(plan, observations).into_iter().zip(at) {
        if let Some(side) = side {
            sent[side] += 1;
            if let Some(row) = row {
                counts[*row][side] += 1;
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

/// On which side of the limit each request came: below it (0), above it (1), or so that it tells nothing.
fn sides(plan: &ProbePlan, observations: &[Observation]) -> Vec<Option<usize>> {
    let side = |(one, early): (&Observation, bool)| match plan.probes[one.probe].purpose {
        // A sound limiter may refuse what came too early.
        Purpose::Below | Purpose::Judged | Purpose::Trickle => (!early).then_some(0),
        Purpose::Excess | Purpose::Burst | Purpose::Sweep => Some(1),
        // A sound limiter may refuse some at exactly its limit; and what it does afterwards belongs to neither side.
        Purpose::Exact | Purpose::Recovery | Purpose::Idle | Purpose::Afterwards => None,
    };
    observations.iter().zip(early(plan, observations)).map(side).collect()
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
    use std::time::Duration;

    use super::*;
    use crate::limit::Extent;
    use crate::load::{Arrivals, Rate, Schedule};

    #[test]
    fn what_a_sound_limiter_may_refuse_is_on_neither_side() {
        let plan = ProbePlan::new(Rate::per_second(100.0).unwrap(), Extent::Full);
        let arrivals = Schedule::new(&plan.phases(), Arrivals::Constant, 1);
        let one = |arrival: crate::load::Arrival| {
            let sent = arrival.intended.as_duration();
            let answered = sent + Duration::from_micros(300);
            Observation { sent, answered, decision: Decision::Unknown, probe: arrival.phase }
        };
        let mut observations: Vec<Observation> = arrivals.stripe(0, 1).map(one).collect();
        let judged = plan.probes.iter().position(|probe| probe.purpose == Purpose::Judged).unwrap();
        let first = observations.iter().position(|one| one.probe == judged).unwrap();
        // Sent late: what follows it in time comes too early for a strict limiter.
        observations[first].sent += Duration::from_millis(8);
        let sides = sides(&plan, &observations);
        assert_eq!((sides[first], sides[first + 1]), (Some(0), None));
        let expected = |one: &Observation| match plan.probes[one.probe].purpose {
            Purpose::Exact | Purpose::Recovery | Purpose::Afterwards => None,
            Purpose::Below | Purpose::Judged => Some(0),
            _ => Some(1),
        };
        // After a burst a trickle is early, too.
        let tells = |one: &Observation| plan.probes[one.probe].purpose != Purpose::Trickle;
        let apart = observations.iter().zip(&sides).filter(|(one, side)| tells(one) && expected(one) != **side).count();
        assert!(apart < 60, "{apart}");
    }

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
