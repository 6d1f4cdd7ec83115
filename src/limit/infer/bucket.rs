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
/// Of this many longest runs of admissions the size of a bucket is guessed.
const RUNS: usize = 8;
/// How far around a pace a rate is searched when stories are corrected, as a share of it.
const AROUND: f64 = 0.03;

/// The best bucket.
pub(super) fn fit(trace: &Trace, documented: f64) -> Option<Fit> {
    let mut paces = paces(trace, documented);
    paces.sort_by_key(|pace| std::cmp::Reverse(pace.admitted));
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

/// The best bucket whose story may be corrected: where it contradicts a decision it pays once and goes on from what was
/// seen. One late decision at the beginning of an excess would otherwise be held against all that follow.
pub(super) fn fit_corrected(trace: &Trace, documented: f64) -> Option<Fit> {
    let pace = paces(trace, documented).into_iter().max_by_key(|pace| pace.admitted)?;
    let mut sizes: Vec<f64> = vec![1.0, 2.0, 3.0];
    for run in trace.runs.iter().rev().take(RUNS) {
        #[expect(clippy::cast_precision_loss, reason = "counts of requests")]
        let run = *run as f64;
        // While a run of ten or of four times the rate lasts, the bucket gains a part of it.
        sizes.extend([run, run - 1.0, (run * 0.9).round(), (run * 0.8).round(), (run * 0.75).round()]);
    }
    sizes.retain(|size| *size >= 1.0);
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let cost = |rate: f64, size: f64| corrected(trace, rate, size);
    let rates = [pace.rate, documented].into_iter().filter(|rate| (rate / pace.rate - 1.0).abs() <= AROUND);
    let pairs = rates.flat_map(|rate| sizes.iter().map(move |size| (rate, *size)));
    let (rate, size) = least_of(pairs, |(rate, size)| cost(*rate, *size))?;
    let of = |rate: f64| Capacity { low: size, high: size, best: size, cost: cost(rate, size) };
    let found = refine(rate, rate * AROUND, of);
    let near = [size - 2.0, size - 1.0, size, size + 1.0, size + 2.0].into_iter().filter(|size| *size >= 1.0);
    let size = least_of(near, |size| cost(found.value, *size)).unwrap_or(size);
    Some(Fit {
        law: Law::Bucket,
        capacity: Capacity { low: size, high: size, best: size, cost: cost(found.value, size) },
        scale: found.value,
        scale_low: found.low,
        scale_high: found.high,
        phase: None,
    })
}

fn least_of<T>(all: impl Iterator<Item = T>, cost: impl Fn(&T) -> f64) -> Option<T> {
    let costs = all.map(|one| (cost(&one), one));
    costs.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, one)| one)
}

/// What has to be corrected in the story of a bucket, in requests.
fn corrected(trace: &Trace, rate: f64, size: f64) -> f64 {
    let (mut debt, mut then, mut cost) = (0.0_f64, 0.0, 0.0);
    for index in 0..trace.len() {
        let at = trace.at[index];
        debt = (debt - rate * (at - then)).max(0.0);
        then = at;
        let close = trace.close[index];
        match trace.decision[index] {
            Decision::Admitted => {
                let low = debt - rate * trace.late[index] - close.before;
                let over = low + 1.0 - size;
                if over > 0.0 {
                    cost += over.min(1.0);
                    debt -= over;
                }
                debt = debt.max(0.0) + 1.0;
            }
            Decision::Refused => {
                let high = debt + rate * trace.slack + close.after;
                let under = size - 1.0 - high;
                if under > 0.0 {
                    cost += under.min(1.0);
                    debt += under;
                }
            }
            Decision::Unknown => {}
        }
    }
    cost
}

/// What is missing in a bucket of this rate before each request, as far as the instants are known. It is less than nothing,
/// down to a whole request, where a bucket has been full for a while: to refuse then is no matter of a hair.
pub(super) fn fills(trace: &Trace, rate: f64) -> Vec<Fill> {
    let (mut debt, mut most, mut then) = (0.0_f64, 0.0_f64, 0.0);
    let mut fills = Vec::with_capacity(trace.len());
    for index in 0..trace.len() {
        let (late, close) = (trace.late[index], trace.close[index]);
        let gained = rate * (trace.at[index] - then);
        then = trace.at[index];
        debt = (debt - gained).max(0.0);
        most -= gained;
        let low = (debt - rate * late - close.before).max(0.0);
        fills.push(Fill { low, high: most.max(-1.0) + rate * trace.slack + close.after });
        if trace.decision[index] == Decision::Admitted {
            debt += 1.0;
            // What a full bucket would have gained until a late decision is lost, and missing afterwards.
            most = most.max(rate * late) + 1.0;
        }
    }
    fills
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
