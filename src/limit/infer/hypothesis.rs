//! What a hypothesis says once it is fitted, and the search that all of them use.

use super::capacity::Capacity;

/// The laws that are tried. Several may be of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Law {
    /// A token bucket.
    Bucket,
    /// A log of what was admitted in the last window.
    Log,
    /// A log of all that was asked for in the last window, refused requests too.
    LogOfAll,
    /// Windows on a grid.
    Grid,
    /// Windows that begin with the first request after the last one ended.
    Anchored,
    /// The count of this window and a part of the last one's, by how far this one has come.
    Weighted,
    /// The same, with refused requests counted too.
    WeightedOfAll,
    /// What is being answered.
    Concurrency,
}

/// A law with the numbers that explain most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub(super) law: Law,
    pub(super) capacity: Capacity,
    /// The rate of a bucket per second; the length of a window in seconds; nothing for concurrency.
    pub(super) scale: f64,
    pub(super) scale_low: f64,
    pub(super) scale_high: f64,
    /// When a window of a grid begins, in seconds from the start of the run, below the length of a window.
    pub(super) phase: Option<f64>,
}

impl Fit {
    /// A window for one request as the bucket for one that it equals.
    pub(super) fn as_bucket(&self) -> Self {
        let rate = |length: f64| if self.law == Law::Bucket { length } else { 1.0 / length };
        let (low, high) = (rate(self.scale_high), rate(self.scale_low));
        Self {
            law: Law::Bucket,
            scale: rate(self.scale),
            scale_low: low.min(high),
            scale_high: low.max(high),
            phase: None,
            ..*self
        }
    }

    /// What contradicts it, in requests.
    pub(super) fn cost(&self) -> f64 {
        self.capacity.cost
    }
}

/// A number found by search, with the range that does nearly as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) capacity: Capacity,
}

impl Found {
    /// What contradicts it, in requests.
    pub(super) fn cost(&self) -> f64 {
        self.capacity.cost
    }
}

/// Steps on each side of the middle, and how often the search narrows.
const STEPS: i32 = 6;
const ROUNDS: usize = 5;
/// So much more cost than the least does not exclude a value: one late decision makes about as much.
const AS_GOOD: f64 = 1.0;

/// Searches a number around `middle` for the least cost: each round looks closer at the range that did best.
pub(super) fn refine(middle: f64, uncertain: f64, of: impl Fn(f64) -> Capacity) -> Found {
    let mut best = Found { value: middle, low: middle, high: middle, capacity: of(middle) };
    let (mut center, mut width) = (middle, uncertain);
    for _ in 0..ROUNDS {
        let step = width / f64::from(STEPS);
        let values = (-STEPS..=STEPS).map(|by| center + f64::from(by) * step).filter(|value| *value > 0.0);
        let tried: Vec<(f64, Capacity)> = values.map(|value| (value, of(value))).collect();
        let least = tried.iter().map(|(_, capacity)| capacity.cost).fold(f64::INFINITY, f64::min);
        if least > best.cost() + AS_GOOD {
            break;
        }
        let good: Vec<&(f64, Capacity)> =
            tried.iter().filter(|(_, capacity)| capacity.cost <= least + AS_GOOD).collect();
        let (Some(first), Some(last)) = (good.first(), good.last()) else { break };
        center = f64::midpoint(first.0, last.0);
        let distance = |one: &&(f64, Capacity)| (one.0 - center).abs();
        let Some((value, capacity)) =
            good.iter().copied().min_by(|one, other| distance(one).total_cmp(&distance(other)))
        else {
            break;
        };
        best = Found { value: *value, low: first.0 - step, high: last.0 + step, capacity: *capacity };
        width = (best.high - best.low) * 0.55;
    }
    best
}

/// Looks at a whole range in so many steps first, and then closer at the best place in it.
pub(super) fn scan(from: f64, to: f64, steps: u32, of: impl Fn(f64) -> Capacity) -> Found {
    let step = (to - from) / f64::from(steps);
    let values = (0..=steps).map(|number| from + f64::from(number) * step);
    let tried = values.map(|value| (value, of(value).cost));
    let best = tried.min_by(|one, other| one.1.total_cmp(&other.1)).map_or(from, |(value, _)| value);
    refine(best, step, of)
}

/// The one with the least cost.
pub(super) fn least(found: impl Iterator<Item = Found>) -> Option<Found> {
    found.min_by(|one, other| one.cost().total_cmp(&other.cost()))
}
