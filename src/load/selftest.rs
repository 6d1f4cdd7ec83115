//! Compares what the engine reported of a server with a known law with the truth: pure functions over figures.

use std::time::Duration;

use super::distribution::{Distribution, Percentile};
use super::instants::whole;

/// How far a reported percentile may lie from the truth, as a share of it: 2 %, and 12 % for the median, whose absolute
/// value is small against a wake-up of the machine.
const TOLERANCE: f64 = 0.02;
const MEDIAN_TOLERANCE: f64 = 0.12;

/// A percentile beside its truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Which, from 0 to 1.
    pub quantile: f64,
    /// What the engine reported.
    pub reported: Duration,
    /// The law's, with the floor.
    pub truth: Duration,
    /// The difference as a share of the truth.
    pub error: f64,
    /// Whether it is within the tolerance.
    pub holds: bool,
}

/// The response times to expect of a law on this machine: the law's, each plus a delay of the machine's own, as two
/// independent random variables. Sorted.
#[derive(Clone, Debug)]
pub struct Expected(Vec<Duration>);

impl Expected {
    /// Combines a law, given by its quantile function, with the floor: what the same run measured of a server that answers
    /// at once. An empty floor adds nothing.
    #[must_use]
    pub fn new(law: impl Fn(f64) -> Duration, floor: &Distribution) -> Self {
        let evenly = |count: u32| (0..count).map(move |number| (f64::from(number) + 0.5) / f64::from(count));
        let delay = |quantile| floor.quantile(quantile).map_or(Duration::ZERO, Percentile::value);
        let delays: Vec<Duration> = evenly(100).map(delay).collect();
        let mut sums: Vec<Duration> = evenly(2_000)
            .flat_map(|quantile| delays.iter().map(|delay| law(quantile) + *delay).collect::<Vec<_>>())
            .collect();
        sums.sort_unstable();
        Self(sums)
    }

    /// The value that a share of `quantile` does not exceed.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "200 000 sums")]
    pub fn quantile(&self, quantile: f64) -> Duration {
        let rank = usize::try_from(whole((quantile * self.0.len() as f64).ceil())).unwrap_or_default();
        self.0[rank.clamp(1, self.0.len()) - 1]
    }
}

/// Compares a reported percentile with what is to be expected. A lower bound never holds.
#[must_use]
pub fn compare(quantile: f64, reported: Option<Percentile>, expected: &Expected) -> Comparison {
    let truth = expected.quantile(quantile);
    let value = reported.map_or(Duration::ZERO, Percentile::value);
    let error = value.as_secs_f64() / truth.as_secs_f64().max(1e-9) - 1.0;
    let tolerance = if quantile <= 0.5 { MEDIAN_TOLERANCE } else { TOLERANCE };
    let holds = matches!(reported, Some(Percentile::Exact(_))) && error.abs() <= tolerance;
    Comparison { quantile, reported: value, truth, error, holds }
}

/// How well arrivals fit a Poisson process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// The chi-square statistic, expressed in standard deviations of a normal law (Wilson and Hilferty 1931).
    pub deviates: f64,
    /// Whether a true Poisson process would be as far off in more than one of a thousand tries.
    pub holds: bool,
}

/// The one-in-a-thousand value of the normal law, one-sided.
const CRITICAL: f64 = 3.09;
/// The mean number of arrivals in a window. Gaps themselves are no measure of a schedule: the wake-ups of the receiving
/// machine, tens of microseconds, distort the short ones; counts over windows of several gaps do not notice them.
const WINDOW: f64 = 10.0;

/// Tests the counts of arrivals in equal windows against the Poisson law of a known rate per second; `None` for less than
/// 100 windows.
#[must_use]
pub fn poisson_fit(arrivals: &[Duration], rate: f64) -> Option<Fit> {
    let (first, last) = (arrivals.first()?.as_secs_f64(), arrivals.last()?.as_secs_f64());
    let window = WINDOW / rate;
    let windows = whole((last - first) / window);
    if windows < 100 {
        return None;
    }
    let mut counts = vec![0usize; usize::try_from(windows).ok()?];
    for arrival in arrivals {
        let place = whole((arrival.as_secs_f64() - first) / window);
        if let Some(count) = usize::try_from(place).ok().and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    let (statistic, classes) = chi_square(&counts);
    let freedom = classes - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    let deviates = ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    Some(Fit { deviates, holds: deviates <= CRITICAL })
}

/// The chi-square statistic of counts against the Poisson law with mean [`WINDOW`], over classes with at least five expected
/// windows each; and how many classes that were.
#[expect(clippy::cast_precision_loss, reason = "counts of windows")]
fn chi_square(counts: &[usize]) -> (f64, f64) {
    let windows = counts.len() as f64;
    let (mut statistic, mut classes) = (0.0, 0.0);
    let (mut expected, mut found) = (0.0, 0.0);
    let (mut share, mut left) = ((-WINDOW).exp(), 1.0);
    for number in 0..64usize {
        expected += share * windows;
        found += counts.iter().filter(|count| **count == number).count() as f64;
        left -= share;
        if expected >= 5.0 && left * windows >= 5.0 {
            statistic += (found - expected) * (found - expected) / expected;
            classes += 1.0;
            (expected, found) = (0.0, 0.0);
        }
        share *= WINDOW / (number + 1) as f64;
    }
    found += counts.iter().filter(|count| **count >= 64).count() as f64;
    expected = expected.max(1e-9);
    (statistic + (found - expected) * (found - expected) / expected, classes + 1.0)
}

/// How far constant arrivals lie from their ideal instants, the constant offset of the clocks taken out: sorted.
///
/// The offset is the median difference: the schedule and the server's clock have no common zero.
#[must_use]
pub fn deviations(arrivals: &[Duration], period: Duration) -> Vec<Duration> {
    let nanos = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    let mut differences: Vec<i128> =
        (0i128..).zip(arrivals).map(|(number, arrival)| nanos(*arrival) - number * nanos(period)).collect();
    differences.sort_unstable();
    let Some(&median) = differences.get(differences.len() / 2) else { return Vec::new() };
    let mut apart: Vec<Duration> = differences
        .iter()
        .map(|difference| Duration::from_nanos(u64::try_from((difference - median).abs()).unwrap_or(u64::MAX)))
        .collect();
    apart.sort_unstable();
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::ledger::empty;
    use crate::load::schedule::{Arrivals, Phase, Rate, Schedule, Stretch};

    fn arrivals(kind: Arrivals) -> Vec<Duration> {
        let rate = Rate::per_second(1_000.0).unwrap();
        let phase = Phase::constant("steady", Stretch::Steady, rate, Duration::from_secs(20));
        Schedule::new(&[phase], kind, 11).stripe(0, 1).map(|arrival| arrival.intended.as_duration()).collect()
    }

    #[test]
    fn the_schedules_own_poisson_arrivals_fit_and_constant_ones_do_not() {
        assert!(poisson_fit(&arrivals(Arrivals::Poisson), 1_000.0).unwrap().holds);
        assert!(!poisson_fit(&arrivals(Arrivals::Poisson), 1_100.0).unwrap().holds);
        let late = arrivals(Arrivals::Poisson)
            .into_iter()
            .map(|arrival| arrival + Duration::from_micros(50))
            .collect::<Vec<_>>();
        assert!(poisson_fit(&late, 1_000.0).unwrap().holds);
        assert!(!poisson_fit(&arrivals(Arrivals::Constant), 1_000.0).unwrap().holds);
        assert_eq!(poisson_fit(&[], 1.0), None);
    }

    #[test]
    fn constant_arrivals_deviate_by_what_they_are_late_and_not_by_the_offset() {
        let mut seen = arrivals(Arrivals::Constant);
        for arrival in &mut seen {
            *arrival += Duration::from_secs(3);
        }
        seen[5] += Duration::from_micros(40);
        let apart = deviations(&seen, Duration::from_millis(1));
        assert_eq!(apart[apart.len() - 2..], [Duration::ZERO, Duration::from_micros(40)]);
    }

    #[test]
    fn percentiles_hold_within_their_tolerance_and_lower_bounds_never() {
        let ms = Duration::from_millis;
        let expected = Expected::new(|_| ms(250), &Distribution::new(empty(), &empty()));
        assert!(compare(0.95, Some(Percentile::Exact(ms(254))), &expected).holds);
        assert!(!compare(0.95, Some(Percentile::Exact(ms(256))), &expected).holds);
        assert!(!compare(0.95, Some(Percentile::AtLeast(ms(250))), &expected).holds);
        assert!(compare(0.5, Some(Percentile::Exact(ms(275))), &expected).holds);
        assert!(!compare(0.5, None, &expected).holds);
    }

    #[test]
    fn the_floor_is_added_as_an_independent_delay() {
        let mut delays = empty();
        // One reply in ten is 50 ms late on this machine.
        (0..100).for_each(|number| delays.record(if number % 10 == 0 { 50_000_000 } else { 1_000_000 }).unwrap());
        let floor = Distribution::new(delays, &empty());
        let expected = Expected::new(|quantile| Duration::from_secs_f64(0.1 * quantile), &floor);
        let off = |quantile, millis: f64| (expected.quantile(quantile).as_secs_f64() * 1e3 - millis).abs();
        // P(sum <= t) = 0.9 (t - 1) / 100 + 0.1 max(t - 50, 0) / 100, for t in ms up to 101.
        assert!(off(0.4, 0.4 * 100.0 / 0.9 + 1.0) < 0.2);
        assert!(off(0.94, 100.9 - 1.0) < 1.0, "{:?}", expected.quantile(0.94));
    }
}
