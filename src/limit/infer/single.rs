//! A bucket for one request: nothing but the least time between two admissions.
//!
//! How many a second it admits says little, because it loses whatever arrives a little too early, and a bucket for a part of
//! a request more at a lower rate decides nearly alike. So its size is taken as one, and the rate is searched far and wide:
//! all rates that contradict as little are its interval, however wide that is.

use super::bucket::{fills, paces};
use super::capacity::{Capacity, Fill};
use super::hypothesis::{Fit, Law};
use super::trace::Trace;
use crate::limit::observation::Decision;

/// A bucket that was found to be no larger may be one for a single request.
const SMALL: f64 = 1.75;
/// From this part of the pace up to so many times the pace, or the documented rate, whichever is more.
const RANGE: (f64, f64) = (0.95, 1.5);
/// By how much a rate that is tried lies above the one before.
const STEP: f64 = 0.002;
/// What a contradiction costs besides what it is off, and how much more cost does not exclude a rate: as everywhere.
const HAIR: f64 = 0.03;
const AS_GOOD: f64 = 1.0;

/// The rate of a bucket for one request, where a bucket that fits is about as small.
pub(super) fn fit(trace: &Trace, documented: f64, bucket: &Fit) -> Option<Fit> {
    if bucket.capacity.best > SMALL {
        return None;
    }
    let pace = paces(trace, documented).into_iter().max_by_key(|pace| pace.admitted)?.rate;
    let until = RANGE.1 * pace.max(documented);
    let rates = std::iter::successors(Some(RANGE.0 * pace), |rate| Some(rate * (1.0 + STEP)));
    let costs: Vec<(f64, f64)> =
        rates.take_while(|rate| *rate <= until).map(|rate| (rate, cost(trace, rate))).collect();
    let least = costs.iter().map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min);
    let mut good = costs.iter().filter(|(_, cost)| *cost <= least + AS_GOOD).map(|(rate, _)| *rate);
    let low = good.next()?;
    let high = good.next_back().unwrap_or(low);
    let capacity = Capacity { low: 1.0, high: 1.0, best: 1.0, cost: least };
    let (low, high) = (low * (1.0 - STEP), high * (1.0 + STEP));
    let scale = f64::midpoint(low, high);
    Some(Fit { law: Law::Bucket, capacity, scale, scale_low: low, scale_high: high, phase: None })
}

/// What contradicts a bucket for one of this rate, in requests.
fn cost(trace: &Trace, rate: f64) -> f64 {
    let off = |(fill, decision): (Fill, &Decision)| {
        let off = match decision {
            Decision::Admitted => fill.low,
            Decision::Refused => -fill.high,
            Decision::Unknown => 0.0,
        };
        if off > 0.0 { HAIR + off.min(1.0) } else { 0.0 }
    };
    fills(trace, rate).into_iter().zip(&trace.decision).map(off).sum()
}
