//! Intervals of shares and percentiles over arrivals that are not independent of each other.
//!
//! Late replies come in swarms: who waits long in a queue has neighbours who do. So the share of late replies varies more
//! than the binomial law says, by a factor that the batches of a trial show (quasi-binomial dispersion). Dividing the
//! counts by it gives the number of independent arrivals that would know as much, and with it the usual intervals hold.

use std::time::Duration;

use super::trial::{Batch, ratio, sum};
use crate::load::{Distribution, Percentile};

/// A dispersion is estimated from not less than so many batches.
const FEWEST: usize = 4;

/// How much more than binomially the share of late arrivals varies from batch to batch; `None` for too few batches or
/// nothing late.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of arrivals and batches")]
pub(super) fn dispersion(batches: &[Batch]) -> Option<f64> {
    let whole = sum(batches);
    let share = ratio(whole.late, whole.arrivals);
    if share == 0.0 || share >= 1.0 || batches.len() < FEWEST {
        return None;
    }
    let square = |batch: &Batch| (batch.late as f64 - share * batch.arrivals as f64).powi(2);
    let squares: f64 = batches.iter().map(square).sum();
    let expected = whole.arrivals as f64 * share * (1.0 - share);
    let count = batches.len() as f64;
    Some((squares / expected * count / (count - 1.0)).max(1.0))
}

/// The interval of a share: Wilson's score interval, `deviates` standard deviations wide on both sides.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of arrivals")]
pub(super) fn share(batch: Batch, dispersion: f64, deviates: f64) -> (f64, f64) {
    if batch.arrivals == 0 {
        return (0.0, 1.0);
    }
    let count = batch.arrivals as f64 / dispersion.max(1.0);
    let share = ratio(batch.late, batch.arrivals);
    let square = deviates * deviates;
    let middle = (share + square / (2.0 * count)) / (1.0 + square / count);
    let half =
        deviates / (1.0 + square / count) * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// Two-sided 95 %.
pub(super) const USUAL: f64 = 1.96;

/// The deviates of a two-sided 95 % interval whose spread was estimated with so many degrees of freedom (Cornish and Fisher's
/// expansion of Student's t: within 2 % from four on).
#[must_use]
pub(super) fn student(freedom: f64) -> f64 {
    let z = USUAL;
    let first = (z.powi(3) + z) / (4.0 * freedom);
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * freedom * freedom);
    z + first + second
}

/// The 95 % interval of a percentile, by its order statistics: the values whose ranks bound the binomial interval.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of arrivals")]
pub(super) fn percentile(responses: &Distribution, quantile: f64, dispersion: f64) -> Option<(Percentile, Percentile)> {
    let count = responses.count() as f64 / dispersion.max(1.0);
    if count == 0.0 {
        return None;
    }
    let half = USUAL * (quantile * (1.0 - quantile) / count).sqrt();
    let at = |quantile: f64| responses.quantile(quantile.clamp(0.0, 1.0));
    Some((at(quantile - half)?, at(quantile + half)?))
}

/// Whether the median is known to within a share of itself.
#[must_use]
pub(super) fn median_settled(responses: &Distribution, within: f64) -> bool {
    let Some((low, high)) = percentile(responses, 0.5, 1.0) else { return false };
    let (low, high) = (low.value(), high.value());
    high.saturating_sub(low) <= Duration::from_secs_f64(2.0 * within * low.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(late: &[u64]) -> Vec<Batch> {
        late.iter().map(|late| Batch { arrivals: 1_000, late: *late }).collect()
    }

    #[test]
    fn swarms_of_late_arrivals_disperse_more_than_single_ones() {
        let even = batches(&[10, 11, 9, 10, 10]);
        let swarms = batches(&[0, 0, 50, 0, 0]);
        assert_eq!(dispersion(&even), Some(1.0));
        assert!(dispersion(&swarms).unwrap() > 40.0);
        assert_eq!(dispersion(&batches(&[0, 0, 0, 0, 0])), None);
        assert_eq!(dispersion(&batches(&[1, 2])), None);
    }

    #[test]
    fn few_degrees_of_freedom_widen_an_interval() {
        for (freedom, deviates) in [(4.0, 2.776), (6.0, 2.447), (10.0, 2.228), (30.0, 2.042), (1e6, 1.96)] {
            assert!((student(freedom) / deviates - 1.0).abs() < 0.02, "{freedom}: {}", student(freedom));
        }
    }

    #[test]
    fn dispersion_widens_an_interval() {
        let whole = Batch { arrivals: 10_000, late: 100 };
        let (low, high) = share(whole, 1.0, USUAL);
        assert!(low > 0.008 && high < 0.0125, "{low} {high}");
        let (low, high) = share(whole, 25.0, USUAL);
        assert!(low < 0.005 && high > 0.02, "{low} {high}");
        assert_eq!(share(Batch::default(), 1.0, USUAL), (0.0, 1.0));
    }
}
