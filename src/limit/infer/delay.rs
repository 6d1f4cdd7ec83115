//! A leaky bucket: what comes too early waits for its turn, so that answers lie an even interval apart.

use super::bucket::debts;
use super::trace::Trace;
use crate::limit::observation::Decision;

/// A queue that explains how long answers took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queue {
    pub(super) rate: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    /// The most that were seen waiting.
    pub(super) longest: f64,
}

/// A wait below this is no wait: answers of busy servers vary as much.
const LEAST_WAIT: f64 = 0.01;
/// How much of the waiting must be left unexplained at most for a queue to be one.
const RESIDUAL: f64 = 0.2;
/// How many answers must have waited.
const LEAST: usize = 10;

/// The queue of this rate, if waiting at it explains how long admitted requests took.
pub(super) fn queue_at(trace: &Trace, rate: f64, uncertain: f64) -> Option<Queue> {
    let least = least_service(trace)?;
    let debts = debts(trace, rate);
    let (mut waited, mut unexplained, mut longest, mut count) = (0.0, 0.0, 0.0_f64, 0);
    for &index in &trace.admitted {
        let (wait, expected) = ((trace.service(index) - least).max(0.0), debts[index] / rate);
        if wait.max(expected) >= LEAST_WAIT {
            count += 1;
            waited += wait.max(expected);
            unexplained += (wait - expected).abs();
        }
        longest = longest.max(debts[index]);
    }
    let holds = count >= LEAST && unexplained <= RESIDUAL * waited;
    holds.then_some(Queue { rate, low: rate - uncertain, high: rate + uncertain, longest })
}

/// The pace of answers while there is always one waiting: between two answers of the same stretch, both after a wait.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
pub(super) fn queue(trace: &Trace) -> Option<Queue> {
    let least = least_service(trace)?;
    let mut answers: Vec<(f64, bool)> = trace
        .admitted
        .iter()
        .map(|&index| (trace.answered[index], trace.service(index) - least >= LEAST_WAIT))
        .collect();
    answers.sort_by(|one, other| one.0.total_cmp(&other.0));
    let stretches = answers.chunk_by(|one, other| one.1 && other.1).filter(|stretch| stretch.len() > LEAST);
    let longest = stretches.max_by_key(|stretch| stretch.len())?;
    let took = longest.last()?.0 - longest.first()?.0;
    let rate = (longest.len() - 1) as f64 / took;
    (took > 0.0).then(|| queue_at(trace, rate, 1.0 / took)).flatten()
}

/// What an answer takes without waiting.
fn least_service(trace: &Trace) -> Option<f64> {
    let admitted = trace.decision.iter().zip(0..).filter(|(one, _)| **one == Decision::Admitted);
    let mut service: Vec<f64> = admitted.map(|(_, index)| trace.service(index)).collect();
    service.sort_by(f64::total_cmp);
    service.get(service.len() / 20).copied()
}
