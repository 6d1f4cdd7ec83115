//! Windows that slide: a log of the last window, and the weighted count that stands in for one.

use super::capacity::{Capacity, Fill, Unit};
use super::hypothesis::{Fit, Found, Law, least, refine};
use super::lengths::{ROUND, best_of, candidates};
use super::trace::Trace;

/// How far around a candidate a length is searched, as a share of it.
const AROUND: f64 = 0.06;
/// At how many phases each length is tried, around how many of them each of the best lengths is searched.
const PHASES: u32 = 16;
const PLACES: usize = 2;
/// At first as many requests are taken for one as make a window this full; then a part of that, and at last each is one.
const COARSE: f64 = 24.0;
const FINER: f64 = 5.0;
/// So much more cost does not exclude a length.
const AS_GOOD: f64 = 1.0;

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
        scale_low: best.low - trace.slack,
        scale_high: best.high + trace.slack,
        phase: None,
    })
}

/// A request that a law counts.
#[derive(Clone, Copy)]
struct Counted {
    at: f64,
    /// How much later it may have been decided.
    late: f64,
}

fn counted(trace: &Trace, law: Law) -> Vec<Counted> {
    match law {
        Law::LogOfAll | Law::WeightedOfAll => trace.all.iter().map(|&at| Counted { at, late: trace.slack }).collect(),
        Law::Bucket | Law::Log | Law::Grid | Law::Anchored | Law::Weighted | Law::Concurrency => {
            let one = |&index: &usize| Counted { at: trace.at[index], late: trace.late[index] };
            trace.admitted.iter().map(one).collect()
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn log_fills(trace: &Trace, counted: &[Counted], length: f64) -> Vec<Fill> {
    let (mut certainly, mut possibly, mut until) = (0, 0, 0);
    let mut fills = Vec::with_capacity(trace.len());
    for ((at, late), close) in trace.at.iter().zip(&trace.late).zip(&trace.close) {
        while until < counted.len() && counted[until].at < *at {
            until += 1;
        }
        // It moves back where a request was less late than the one before it.
        while certainly > 0 && counted[certainly - 1].at > at - length + late {
            certainly -= 1;
        }
        while certainly < until && counted[certainly].at <= at - length + late {
            certainly += 1;
        }
        while possibly < until && counted[possibly].at <= at - length - trace.slack {
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
    let of = |length: f64, phase: f64, grain: f64| {
        let phase = phase.rem_euclid(length);
        let coarser = |fill: Fill| Fill { low: fill.low / grain, high: fill.high / grain };
        let fills = weighted_fills(trace, &counted, length, phase).into_iter().map(coarser);
        Capacity::find(trace, &fills.collect::<Vec<_>>(), Unit::Real)
    };
    let phases = |length: f64| (0..PHASES).map(move |number| length * f64::from(number) / f64::from(PHASES));
    let roughly = |length: f64| {
        let grain = coarsest(trace, length);
        phases(length).map(|phase| of(length, phase, grain).cost).fold(f64::INFINITY, f64::min)
    };
    let closely = |length: f64| {
        let grain = coarsest(trace, length);
        let mut places: Vec<(f64, f64)> = phases(length).map(|phase| (phase, of(length, phase, grain).cost)).collect();
        places.sort_by(|one, other| one.1.total_cmp(&other.1));
        let around = places.into_iter().take(PLACES).map(|(phase, _)| {
            let (mut grain, mut width) = (grain, length / f64::from(PHASES));
            let mut found = refine(phase, width, |phase| of(length, phase, grain));
            while grain > 1.0 {
                grain = (grain / FINER).max(1.0);
                width = (width / FINER).max(found.high - found.low);
                found = refine(found.value, width, |phase| of(length, phase, grain));
            }
            found
        });
        least(around)
    };
    let lengths = best_of(ROUND.to_vec(), roughly);
    let found: Vec<(f64, Found)> = lengths.into_iter().filter_map(|length| Some((length, closely(length)?))).collect();
    let (length, best) = *found.iter().min_by(|one, other| one.1.cost().total_cmp(&other.1.cost()))?;
    // Where nothing is admitted under an excess, windows of several lengths may explain it.
    let as_good = found.iter().filter(|(_, one)| one.cost() <= best.cost() + AS_GOOD).map(|(length, _)| *length);
    let (scale_low, scale_high) = as_good.fold((length, length), |(low, high), one| (low.min(one), high.max(one)));
    let phase = Some(best.value.rem_euclid(length));
    Some(Fit { law, capacity: best.capacity, scale: length, scale_low, scale_high, phase })
}

/// How many requests are one, at first: a boundary that is off by many admissions contradicts every decision by a request
/// and more, wherever it is, so what is nearer shows only if requests are not told apart.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn coarsest(trace: &Trace, length: f64) -> f64 {
    let took = trace.at.last().zip(trace.at.first()).map_or(1.0, |(last, first)| last - first);
    (length / took * trace.admitted.len() as f64 / COARSE).max(1.0)
}

fn weighted_fills(trace: &Trace, counted: &[Counted], length: f64, phase: f64) -> Vec<Fill> {
    let mut fills = Vec::with_capacity(trace.len());
    let (mut window, mut last, mut this, mut next) = (f64::MIN, Window::default(), Window::default(), 0);
    let mut roll = |to: f64, last: &mut Window, this: &mut Window| {
        if to > window {
            // What was this one's count becomes the last one's, if no window lies between.
            *last = if to - window < 1.5 { *this } else { Window::default() };
            *this = Window::default();
            window = to;
        }
    };
    for ((at, late), close) in trace.at.iter().zip(&trace.late).zip(&trace.close) {
        while let Some(one) = counted.get(next).filter(|one| one.at < *at) {
            let of = ((one.at - phase) / length).floor();
            roll(of, &mut last, &mut this);
            let into = one.at - phase - of * length;
            this.count += 1.0;
            this.before += f64::from(into < trace.slack);
            this.after += f64::from(length - into < one.late + trace.slack);
            next += 1;
        }
        let of = ((at - phase) / length).floor();
        roll(of, &mut last, &mut this);
        let left = 1.0 - ((at - phase) / length - of);
        let estimate = last.count * left + this.count;
        // One that counts in the other window weighs more or less by what has passed of this one.
        let less = this.before * (1.0 - left) + this.after + last.before * left;
        let more = last.after * (1.0 - left);
        let low = estimate - last.count * late / length - close.before - less;
        let high = estimate + last.count * trace.slack / length + close.after + more;
        fills.push(Fill { low: low.max(0.0), high });
    }
    fills
}

/// What is counted in a window, and how many of these may belong to the window before it or after it.
#[derive(Clone, Copy, Default)]
struct Window {
    count: f64,
    before: f64,
    after: f64,
}
