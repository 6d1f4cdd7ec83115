//! Windows that slide: a log of the last window, and the weighted count that stands in for one.

use super::capacity::{Capacity, Fill, Unit};
use super::hypothesis::{Fit, Law, least, refine, scan};
use super::lengths::{ROUND, best_of, candidates};
use super::trace::Trace;

/// How far around a candidate a length is searched, as a share of it.
const AROUND: f64 = 0.06;
/// At how many phases each length is tried before the best are looked at closely.
const PHASES: u32 = 12;

/// The best log; `counted` are the instants of what a request is counted with.
pub(super) fn fit_log(trace: &Trace, documented: f64, law: Law) -> Option<Fit> {
    let counted = counted(trace, law);
    let of = |length: f64| Capacity::find(trace, &log_fills(trace, &counted, length), Unit::Whole);
    let lengths = best_of(candidates(trace, documented), |length| of(length).cost);
    let best = least(lengths.into_iter().map(|length| refine(length, length * AROUND, of)))?;
    Some(Fit {
        law,
        capacity: best.capacity,
        scale: best.value,
        scale_low: best.low,
        scale_high: best.high,
        phase: None,
    })
}

/// The instants that a law counts.
fn counted(trace: &Trace, law: Law) -> Vec<f64> {
    match law {
        Law::LogOfAll | Law::WeightedOfAll => trace.all.clone(),
        Law::Bucket | Law::Log | Law::Grid | Law::Anchored | Law::Weighted | Law::Concurrency => trace.admitted_at(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn log_fills(trace: &Trace, counted: &[f64], length: f64) -> Vec<Fill> {
    let (mut certainly, mut possibly, mut until) = (0, 0, 0);
    let mut fills = Vec::with_capacity(trace.len());
    for ((at, late), close) in trace.at.iter().zip(&trace.late).zip(&trace.close) {
        while until < counted.len() && counted[until] < *at {
            until += 1;
        }
        // It moves back where a request was less late than the one before it.
        while certainly > 0 && counted[certainly - 1] > at - length + late {
            certainly -= 1;
        }
        while certainly < until && counted[certainly] <= at - length + late {
            certainly += 1;
        }
        while possibly < until && counted[possibly] <= at - length - trace.slack {
            possibly += 1;
        }
        let low = (until - certainly) as f64 - close.before;
        fills.push(Fill { low: low.max(0.0), high: (until - possibly) as f64 + close.after });
    }
    fills
}

/// The best weighted count. Only round lengths are tried: its windows lie on a grid that somebody wrote down.
pub(super) fn fit_weighted(trace: &Trace, law: Law) -> Option<Fit> {
    let counted = counted(trace, law);
    let of = |length: f64, phase: f64| {
        let phase = phase.rem_euclid(length);
        Capacity::find(trace, &weighted_fills(trace, &counted, length, phase), Unit::Real)
    };
    let roughly = |length: f64| {
        let phases = (0..PHASES).map(|number| length * f64::from(number) / f64::from(PHASES));
        phases.map(|phase| of(length, phase).cost).fold(f64::INFINITY, f64::min)
    };
    let lengths = best_of(ROUND.to_vec(), roughly);
    let found =
        lengths.into_iter().map(|length| (length, scan(0.0, length, steps(trace, length), |phase| of(length, phase))));
    let (length, found) = found.min_by(|one, other| one.1.cost().total_cmp(&other.1.cost()))?;
    let phase = Some(found.value.rem_euclid(length));
    Some(Fit { law, capacity: found.capacity, scale: length, scale_low: length, scale_high: length, phase })
}

/// A boundary that is off by less than an eighth of the time between two admissions counts few of them in a wrong window.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "some hundreds"
)]
fn steps(trace: &Trace, length: f64) -> u32 {
    let took = trace.at.last().zip(trace.at.first()).map_or(1.0, |(last, first)| last - first);
    (length / took * trace.admitted.len() as f64 * 8.0).clamp(40.0, 2_000.0) as u32
}

fn weighted_fills(trace: &Trace, counted: &[f64], length: f64, phase: f64) -> Vec<Fill> {
    let mut fills = Vec::with_capacity(trace.len());
    let (mut window, mut last, mut this, mut next) = (f64::MIN, 0.0, 0.0, 0);
    for ((at, late), close) in trace.at.iter().zip(&trace.late).zip(&trace.close) {
        while next < counted.len() && counted[next] < *at {
            let of = ((counted[next] - phase) / length).floor();
            roll(of, &mut window, &mut last, &mut this);
            this += 1.0;
            next += 1;
        }
        let of = ((at - phase) / length).floor();
        roll(of, &mut window, &mut last, &mut this);
        let left = 1.0 - ((at - phase) / length - of);
        let estimate = last * left + this;
        let (low, high) = (last * late / length, last * trace.slack / length);
        fills.push(Fill { low: (estimate - low - close.before).max(0.0), high: estimate + high + close.after });
    }
    fills
}

/// Moves to a later window: what was this one's count becomes the last one's, if no window lies between.
fn roll(to: f64, window: &mut f64, last: &mut f64, this: &mut f64) {
    if to > *window {
        *last = if to - *window < 1.5 { *this } else { 0.0 };
        *this = 0.0;
        *window = to;
    }
}
