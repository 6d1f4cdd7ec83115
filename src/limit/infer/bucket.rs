//! A token bucket, or the generic cell rate algorithm: the same limiter told in two ways.
//!
//! With rate `r`, what is missing in the bucket before a request is the greatest, over all earlier instants, of what was
//! admitted since then less `r` times the time since then. That needs no knowledge of the bucket's size, so a search over
//! the rate alone is enough: the size is the capacity that parts admissions from refusals.

use super::capacity::{Capacity, Fill, Unit};
use super::hypothesis::{Fit, Law, least, refine, scan};
use super::trace::Trace;
use crate::limit::observation::Decision;

/// Gaps up to so many intervals between two refusals are no pause of a limiter at work: at 110 % every tenth is refused.
const GAP: f64 = 25.0;
/// How many requests a stretch must admit before its pace says something about the rate.
const LEAST: usize = 8;
/// How many of the busiest stretches give a candidate.
const CANDIDATES: usize = 4;

/// In how many steps a range of rates is looked at.
const SCANNED: u32 = 40;

/// The best bucket.
pub(super) fn fit(trace: &Trace, documented: f64) -> Option<Fit> {
    let mut paces = paces(trace, documented);
    paces.sort_by(|one, other| other.admitted.cmp(&one.admitted));
    paces.truncate(CANDIDATES);
    let of = |rate: f64| Capacity::find(trace, &fills(trace, rate), Unit::Real);
    // A small bucket loses what arrives just too early: its rate is above its pace, and needs not be known as well.
    let scanned = paces.first().map(|pace| scan(pace.rate * 0.98, pace.rate * 1.25, SCANNED, of));
    let exact = paces.iter().map(|pace| refine(pace.rate, pace.uncertain, of));
    let best = least(exact.chain(scanned))?;
    Some(Fit {
        law: Law::Bucket,
        capacity: best.capacity,
        scale: best.value,
        scale_low: best.low,
        scale_high: best.high,
        phase: None,
    })
}

/// What is missing in a bucket of this rate before each request, as far as the instants are known.
pub(super) fn fills(trace: &Trace, rate: f64) -> Vec<Fill> {
    let fill = |(index, debt): (usize, f64)| {
        let (late, close) = (trace.late[index], trace.close[index]);
        let low = (debt - rate * late - close.before).max(0.0);
        Fill { low, high: debt + rate * trace.slack + close.after }
    };
    debts(trace, rate).into_iter().enumerate().map(fill).collect()
}

/// What is missing before each request if all instants are exact.
pub(super) fn debts(trace: &Trace, rate: f64) -> Vec<f64> {
    let (mut debt, mut then) = (0.0_f64, 0.0);
    let mut debts = Vec::with_capacity(trace.len());
    for (at, decision) in trace.at.iter().zip(&trace.decision) {
        debt = (debt - rate * (at - then)).max(0.0);
        then = *at;
        debts.push(debt);
        if *decision == Decision::Admitted {
            debt += 1.0;
        }
    }
    debts
}

/// The pace of a stretch in which the limiter was at work all the time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) rate: f64,
    /// By how much it may be off.
    pub(super) uncertain: f64,
    pub(super) admitted: usize,
}

/// The pace of every such stretch: from the first admission after a refusal to the last one, so that both ends stand at the
/// same level of the bucket.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
pub(super) fn paces(trace: &Trace, documented: f64) -> Vec<Pace> {
    let mut paces = Vec::new();
    let mut span: Option<(usize, usize)> = None;
    let mut close = |span: Option<(usize, usize)>| {
        let Some((first, last)) = span else { return };
        let within = |index: usize| trace.admitted.partition_point(|&one| one < index);
        let (from, to) = (within(trace.openings[first].admitted), within(trace.openings[last].admitted));
        let took = trace.at[trace.openings[last].admitted] - trace.at[trace.openings[first].admitted];
        if to - from >= LEAST && took > 0.0 {
            let admitted = to - from;
            paces.push(Pace { rate: admitted as f64 / took, uncertain: 1.5 / took, admitted });
        }
    };
    for (number, opening) in trace.openings.iter().enumerate() {
        span = match span {
            Some((first, last)) if gap(trace, last, opening.refused) <= GAP / documented => Some((first, number)),
            other => {
                close(other);
                Some((number, number))
            }
        };
    }
    close(span);
    paces
}

fn gap(trace: &Trace, last: usize, refused: usize) -> f64 {
    trace.at[refused] - trace.at[trace.openings[last].refused]
}
