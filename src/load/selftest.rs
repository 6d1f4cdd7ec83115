//! Compares what the engine reported of a server with a known law with the truth: pure functions over figures.

use std::time::Duration;

use super::distribution::Percentile;

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
    /// The law's own percentile plus the floor.
    pub truth: Duration,
    /// The difference as a share of the truth.
    pub error: f64,
    /// Whether it is within the tolerance.
    pub holds: bool,
}

/// Compares a reported percentile with the analytical one plus the floor: what the same percentile is of a server that
/// answers at once, measured in the same run. A lower bound never holds.
#[must_use]
pub fn compare(quantile: f64, reported: Option<Percentile>, analytical: Duration, floor: Duration) -> Comparison {
    let truth = analytical + floor;
    let value = reported.map_or(Duration::ZERO, Percentile::value);
    let error = value.as_secs_f64() / truth.as_secs_f64().max(1e-9) - 1.0;
    let tolerance = if quantile <= 0.5 { MEDIAN_TOLERANCE } else { TOLERANCE };
    let holds = matches!(reported, Some(Percentile::Exact(_))) && error.abs() <= tolerance;
    Comparison { quantile, reported: value, truth, error, holds }
}

/// How well gaps between arrivals fit a Poisson process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// The largest distance between the two cumulative distributions (Kolmogorov and Smirnov), times the root of their number.
    pub statistic: f64,
    /// Whether a true Poisson process would be as far off in more than one of a hundred tries.
    pub holds: bool,
}

/// The one-in-a-hundred value of the Kolmogorov distribution.
const CRITICAL: f64 = 1.628;

/// Tests arrivals against a Poisson process with a known rate per second; `None` for fewer than 100.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of arrivals")]
pub fn poisson_fit(arrivals: &[Duration], rate: f64) -> Option<Fit> {
    if arrivals.len() < 100 {
        return None;
    }
    let mut gaps: Vec<f64> = arrivals.windows(2).map(|pair| pair[1].saturating_sub(pair[0]).as_secs_f64()).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let count = gaps.len() as f64;
    let distance = gaps.iter().enumerate().fold(0.0f64, |distance, (number, gap)| {
        let expected = 1.0 - (-rate * gap).exp();
        let (below, upto) = (number as f64 / count, (number + 1) as f64 / count);
        distance.max((expected - below).abs()).max((upto - expected).abs())
    });
    let statistic = distance * count.sqrt();
    Some(Fit { statistic, holds: statistic <= CRITICAL })
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
        assert!(compare(0.95, Some(Percentile::Exact(ms(254))), ms(251), ms(1)).holds);
        assert!(!compare(0.95, Some(Percentile::Exact(ms(3))), ms(251), ms(1)).holds);
        assert!(!compare(0.95, Some(Percentile::AtLeast(ms(252))), ms(251), ms(1)).holds);
        assert!(compare(0.5, Some(Percentile::Exact(ms(11))), ms(10), ms(0)).holds);
        assert!(!compare(0.5, None, ms(10), ms(0)).holds);
    }
}
