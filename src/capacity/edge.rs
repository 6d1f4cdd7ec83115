//! Where a share of arrivals crosses its bound, estimated from all trials near there at once.
//!
//! Around the edge the logit of the share is close to a straight line over the logarithm of the rate: for an M/D/1 it
//! climbs by a factor of three within 5 % of the rate. A line through many short trials says more than the last
//! decisions of a bisection, and a single disturbed trial does not decide. The line has two parameters, the rate at which
//! it crosses the bound and its slope; the interval is that of the profile likelihood, which stays honest where the data
//! say little: where nothing was late on one side and everything on the other, it is the gap between.

use super::interval;
use super::trial::Batch;

/// What a trial brought.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    /// The natural logarithm of the rate.
    pub(super) at: f64,
    /// Arrivals.
    pub(super) count: f64,
    /// Those that the bound is on.
    pub(super) events: f64,
    /// The same in pieces that hardly depend on each other; empty where only the whole is known.
    pub(super) batches: Vec<Batch>,
}

/// What a trial can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Region {
    /// The rate is this bad or worse.
    Overloaded,
    /// What the share is.
    Edge,
    /// The rate is this good or better.
    Calm,
}

/// Where the line crosses the bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Crossing {
    /// The logarithm of the rate.
    pub(super) at: f64,
    /// The ends of its 95 % interval.
    pub(super) low: f64,
    pub(super) high: f64,
    /// By how much the logit of the share grows with the logarithm of the rate.
    pub(super) slope: f64,
    /// How much more than binomially the share varies around the line, from batch to batch and from trial to trial.
    pub(super) dispersion: f64,
}

/// Queues of any kind are steeper than this at their edge, and a limiter is not steeper than that.
const SLOPES: (f64, f64) = (0.5, 3_000.0);
/// What is known of the slope before any trial: an M/D/1 has 22 at a p99 of ten service times, an M/M/1 2.3, more servers
/// several hundred. The logarithm of the slope is taken to lie around this by this standard deviation.
const USUAL_SLOPE: (f64, f64) = (3.2, 1.5);
/// How far beyond the trials a crossing is looked for, as a logarithm of the rate.
const BEYOND: f64 = 0.25;
/// The steps of the first look.
const STEP: f64 = 0.02;
/// A trial that is off by more standard deviations than this counts less: as if it were off by just so many.
const TOLERATED: f64 = 4.0;
/// How often the line is fitted again with what the one before says of each trial.
const FITS: usize = 8;
/// Fewer trials are all believed.
const FEWEST: usize = 5;
/// From this many times the bound on a line says nothing: how much is late of what an overloaded target gets depends on
/// how long that lasts, and how much is refused or fails often jumps. That a rate is this bad or worse is all that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reach {
    /// Far: queues grow steadily through their edge.
    Queue,
    /// Near: limits and failures begin at once.
    Jump,
}

impl Reach {
    fn times(self) -> f64 {
        match self {
            Self::Queue => 20.0,
            Self::Jump => 3.0,
        }
    }
}

/// Far below the edge the line bends: with less than this part of the bound, that a rate is this good or better is all
/// that counts.
const CALM: f64 = 0.1;
/// What is left of a mean of squares without the greatest one, for the few trials that there are at an edge.
const WITHOUT_WORST: f64 = 0.6;
/// The dispersion that is assumed weighs as much as so many batches.
const ASSUMED: f64 = 4.0;

/// Fits the line. `dispersion` is how much more than binomially the share is taken to vary until batches say better.
///
/// `None` for no trial with arrivals.
#[must_use]
pub(super) fn crossing(points: &[Point], bound: f64, reach: Reach, dispersion: f64) -> Option<Crossing> {
    let overloaded = (bound * reach.times()).min(0.5);
    let mut line = Line {
        points: points.to_vec(),
        bound: logit(bound),
        overloaded,
        dispersion: dispersion.max(1.0),
        deviates: interval::student(ASSUMED),
    };
    let mut found = line.crossing()?;
    for _ in 0..FITS {
        (line.dispersion, line.deviates) = line.dispersion_around(&found, points, dispersion);
        let believed = points.len() < FEWEST;
        line.points = points.iter().map(|point| line.weighted(point, &found, believed)).collect();
        found = line.crossing()?;
    }
    Some(found)
}

/// How badly two groups of trials fit one line with a common crossing, against one crossing for each: the difference of
/// their deviances and the crossings' distance.
#[must_use]
pub(super) fn apart(one: &[Point], other: &[Point], slope: f64, bound: f64, dispersion: f64) -> (f64, f64) {
    let overloaded = bound * Reach::Queue.times();
    let (bound, dispersion, deviates) = (logit(bound), dispersion.max(1.0), interval::USUAL);
    let line = |points: Vec<Point>| Line { points, bound, overloaded, dispersion, deviates };
    let all = line(one.iter().chain(other).cloned().collect());
    let (one, other) = (line(one.to_vec()), line(other.to_vec()));
    let best = |line: &Line| line.best_at_slope(slope);
    let ((_, joint), (here, first), (there, second)) = (best(&all), best(&one), best(&other));
    (2.0 * (first + second - joint), there - here)
}

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

/// The logarithm of 1 + eˣ, for any x.
fn softplus(x: f64) -> f64 {
    if x > 30.0 { x } else { x.exp().ln_1p() }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The data of a fit.
struct Line {
    points: Vec<Point>,
    /// The logit of the bound.
    bound: f64,
    /// From this share on a trial is [`Region::Overloaded`].
    overloaded: f64,
    dispersion: f64,
    /// How many standard deviations wide the interval is on both sides: more, the fewer batches the dispersion is of.
    deviates: f64,
}

impl Line {
    fn crossing(&self) -> Option<Crossing> {
        let known = || self.points.iter().filter(|point| point.count > 0.0).map(|point| point.at);
        let (from, to) = (known().reduce(f64::min)? - BEYOND, known().reduce(f64::max)? + BEYOND);
        let value = |at: f64| self.profile(at).1;
        let places: Vec<f64> = steps(from, to);
        let values: Vec<f64> = places.iter().map(|at| value(*at)).collect();
        let best = values.iter().copied().enumerate().max_by(|one, other| one.1.total_cmp(&other.1))?.0;
        let (low, high) = (places[best.saturating_sub(1)], places[(best + 1).min(places.len() - 1)]);
        let top = peak(&value, low, high);
        let most = value(top).max(values[best]);
        // A plateau, where data leave a gap, is as likely at its ends as in its middle.
        let flat = self.fallen(&value, (from, to), top, most - 0.01);
        let at = f64::midpoint(flat.0, flat.1);
        let (low, high) = self.fallen(&value, (from, to), at, most - self.deviates.powi(2) / 2.0);
        Some(Crossing { at, low, high, slope: self.profile(at).0, dispersion: self.dispersion })
    }

    /// The nearest places on both sides of `from` at which the likelihood has fallen to `level`; the ends of the range
    /// where it has not.
    fn fallen(&self, value: &impl Fn(f64) -> f64, range: (f64, f64), from: f64, level: f64) -> (f64, f64) {
        let search = |direction: f64, end: f64| {
            let (mut inside, mut step) = (from, STEP / 4.0);
            loop {
                let outside = (inside + direction * step).clamp(range.0, range.1);
                if value(outside) < level {
                    return bisect(inside, outside, |at| value(at) >= level);
                }
                if (outside - end).abs() < 1e-12 {
                    return end;
                }
                inside = outside;
                step *= 1.5;
            }
        };
        (search(-1.0, range.0), search(1.0, range.1))
    }

    /// The best slope of a line that crosses the bound there, and its likelihood.
    fn profile(&self, crossing: f64) -> (f64, f64) {
        // The likelihood is concave in the slope, and so is what is known of it: the derivative falls through zero once.
        let (usual, spread) = USUAL_SLOPE;
        let expected = |log_slope: f64| (log_slope - usual) / (spread * spread);
        let growing =
            |log_slope: f64| self.derivative(crossing, log_slope.exp()) * log_slope.exp() > expected(log_slope);
        let log_slope = bisect(SLOPES.0.ln(), SLOPES.1.ln(), growing);
        let slope = log_slope.exp();
        (slope, self.likelihood(crossing, slope) - expected(log_slope) * (log_slope - usual) / 2.0)
    }

    fn best_at_slope(&self, slope: f64) -> (f64, f64) {
        let ends = self.points.iter().map(|point| point.at);
        let (from, to) = ends.fold((f64::MAX, f64::MIN), |ends, at| (ends.0.min(at), ends.1.max(at)));
        let value = |at: f64| self.likelihood(at, slope);
        let top = peak(&value, from - 2.0 * BEYOND, to + 2.0 * BEYOND);
        (top, value(top))
    }

    fn region(&self, point: &Point) -> Region {
        if point.events > self.overloaded * point.count {
            Region::Overloaded
        } else if point.events < CALM * logistic(self.bound) * point.count {
            Region::Calm
        } else {
            Region::Edge
        }
    }

    fn likelihood(&self, crossing: f64, slope: f64) -> f64 {
        let of = |point: &Point| {
            let x = self.bound + slope * (point.at - crossing);
            let (events, x) = match self.region(point) {
                Region::Edge => (point.events, x),
                Region::Overloaded => (self.overloaded * point.count, x.min(logit(self.overloaded))),
                Region::Calm => (point.events, x.max(self.bound + CALM.ln())),
            };
            events * x - point.count * softplus(x)
        };
        self.points.iter().map(of).sum::<f64>() / self.dispersion
    }

    fn derivative(&self, crossing: f64, slope: f64) -> f64 {
        let of = |point: &Point| {
            let distance = point.at - crossing;
            let x = self.bound + slope * distance;
            let share = logistic(x);
            match self.region(point) {
                Region::Overloaded if share > self.overloaded => 0.0,
                Region::Calm if x < self.bound + CALM.ln() => 0.0,
                Region::Overloaded => point.count * (self.overloaded - share) * distance,
                Region::Edge | Region::Calm => (point.events - point.count * share) * distance,
            }
        };
        self.points.iter().map(of).sum::<f64>() / self.dispersion
    }

    /// The squares by which batches miss the line, against those that the binomial law allows; and whole trials, which
    /// share what batches within them do not: how the machine was then, and how the queue began. Whichever is more, with
    /// the deviates of a 95 % interval that rests on so few of them.
    #[expect(clippy::cast_precision_loss, reason = "counts of arrivals")]
    fn dispersion_around(&self, crossing: &Crossing, points: &[Point], assumed: f64) -> (f64, f64) {
        let (mut squares, mut expected, mut count) = (0.0, 0.0, 0.0);
        let mut trials: Vec<(f64, f64)> = Vec::new();
        for point in points.iter().filter(|point| self.region(point) != Region::Overloaded) {
            let share = self.share(point, crossing);
            if self.region(point) == Region::Edge {
                trials.push(((point.events - point.count * share).powi(2), point.count * share * (1.0 - share)));
            }
            for batch in &point.batches {
                let arrivals = batch.arrivals as f64;
                squares += (batch.late as f64 - arrivals * share).powi(2);
                expected += arrivals * share * (1.0 - share);
                count += 1.0;
            }
        }
        let (batches, freedom) = mixed(squares, expected, count, assumed).unwrap_or((assumed.max(1.0), 0.0));
        let (dispersion, freedom) =
            of_trials(trials, assumed).filter(|of| of.0 > batches).unwrap_or((batches, freedom));
        (dispersion, interval::student(freedom + ASSUMED))
    }

    fn share(&self, point: &Point, crossing: &Crossing) -> f64 {
        logistic(self.bound + crossing.slope * (point.at - crossing.at))
    }

    fn weighted(&self, point: &Point, crossing: &Crossing, believed: bool) -> Point {
        let share = self.share(point, crossing);
        let spread = (self.dispersion * point.count * share * (1.0 - share)).sqrt();
        let off = (point.events - point.count * share).abs() / spread.max(1e-9);
        let weight =
            if believed || self.region(point) != Region::Edge { 1.0 } else { (TOLERATED / off.max(1e-9)).min(1.0) };
        Point { count: point.count * weight, events: point.events * weight, ..point.clone() }
    }
}

/// The dispersion that squares show, mixed with what was assumed, and its degrees of freedom; `None` for too few.
fn mixed(squares: f64, expected: f64, count: f64, assumed: f64) -> Option<(f64, f64)> {
    let freedom = count - 2.0;
    (freedom >= 1.0 && expected > 0.0).then(|| {
        let seen = squares / expected * count / freedom;
        (((seen * freedom + assumed * ASSUMED) / (freedom + ASSUMED)).max(1.0), freedom)
    })
}

/// The dispersion of whole trials. The one that is furthest off is left out: it may have been disturbed, and must not make
/// all others worth nothing.
fn of_trials(mut trials: Vec<(f64, f64)>, assumed: f64) -> Option<(f64, f64)> {
    if trials.len() < FEWEST {
        return None;
    }
    let off = |(square, allowed): &(f64, f64)| square / allowed.max(f64::MIN_POSITIVE);
    trials.sort_by(|one, other| off(one).total_cmp(&off(other)));
    trials.pop();
    let (squares, expected) = trials.iter().fold((0.0, 0.0), |sum, trial| (sum.0 + trial.0, sum.1 + trial.1));
    #[expect(clippy::cast_precision_loss, reason = "a count of trials")]
    mixed(squares / WITHOUT_WORST, expected, trials.len() as f64, assumed)
}

/// Where a function with one peak between two places has it, by golden sections.
fn peak(value: &impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    for _ in 0..24 {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if value(left) < value(right) {
            low = left;
        } else {
            high = right;
        }
    }
    f64::midpoint(low, high)
}

/// Where `holds` ends between a place at which it holds and one at which it does not.
fn bisect(mut holding: f64, mut other: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..18 {
        let middle = f64::midpoint(holding, other);
        if holds(middle) {
            holding = middle;
        } else {
            other = middle;
        }
    }
    f64::midpoint(holding, other)
}

fn steps(from: f64, to: f64) -> Vec<f64> {
    std::iter::successors(Some(from), |at| Some(at + STEP)).take_while(|at| *at <= to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(rate: f64, count: f64, share: f64) -> Point {
        Point { at: rate.ln(), count, events: count * share, batches: Vec::new() }
    }

    fn line(rate: f64, crossing: f64, slope: f64) -> f64 {
        logistic(logit(0.01) + slope * (rate / crossing).ln())
    }

    #[test]
    fn a_line_is_found_again_with_an_interval_around_it() {
        let rates = [90.0, 94.0, 98.0, 102.0, 106.0];
        let points = rates.map(|rate| point(rate, 20_000.0, line(rate, 100.0, 22.0)));
        let found = crossing(&points, 0.01, Reach::Queue, 10.0).unwrap();
        assert!((found.at.exp() - 100.0).abs() < 0.1 && (found.slope - 22.0).abs() < 1.0, "{found:?}");
        assert!(found.low.exp() > 97.0 && found.low.exp() < 99.8, "{found:?}");
        assert!(found.high.exp() < 103.0 && found.high.exp() > 100.2, "{found:?}");
    }

    #[test]
    fn where_data_leave_a_gap_the_interval_is_the_gap() {
        let points = [point(90.0, 5_000.0, 0.0), point(110.0, 5_000.0, 0.9)];
        let found = crossing(&points, 0.01, Reach::Queue, 1.0).unwrap();
        assert!(found.low.exp() < 97.0 && found.high.exp() > 108.0, "{found:?}");
        assert!(found.at > found.low && found.at < found.high);
    }

    #[test]
    fn one_disturbed_trial_does_not_decide() {
        let rates = [92.0, 96.0, 97.0, 98.0, 101.0, 102.0, 103.0, 104.0];
        let mut points = rates.map(|rate| point(rate, 20_000.0, line(rate, 100.0, 22.0)));
        points[2].events = 20_000.0 * 0.15;
        let found = crossing(&points, 0.01, Reach::Queue, 10.0).unwrap();
        assert!((found.at.exp() - 100.0).abs() < 2.5, "{found:?}");
    }

    #[test]
    fn groups_of_trials_that_cross_at_different_rates_are_told_apart() {
        let of =
            |crossing: f64| [96.0, 98.0, 100.0, 102.0].map(|rate| point(rate, 20_000.0, line(rate, crossing, 22.0)));
        let (same, _) = apart(&of(100.0), &of(100.0), 22.0, 0.01, 10.0);
        let (other, distance) = apart(&of(100.0), &of(92.0), 22.0, 0.01, 10.0);
        assert!(same < 1.0 && other > 20.0, "{same} {other}");
        assert!((distance.exp() - 0.92).abs() < 0.02, "{distance}");
    }
}
