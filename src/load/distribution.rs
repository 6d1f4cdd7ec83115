//! Percentiles that admit what they do not know: a latency that nobody saw the end of is at least its age.
//!
//! A percentile is a lower bound when counting every unfinished arrival as infinitely late would change it; otherwise it
//! is exact, however many unfinished arrivals there are above it.

use std::time::Duration;

use super::accounting::{Fate, Knowledge};
use super::ledger::{Durations, Key, Latency, Ledger, Measure, empty};

/// A percentile of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Percentile {
    /// The true value, within three digits.
    Exact(Duration),
    /// The true value is this or more: unfinished arrivals reach it.
    AtLeast(Duration),
}

impl Percentile {
    /// The value, whether bound or not.
    #[must_use]
    pub fn value(self) -> Duration {
        match self {
            Self::Exact(value) | Self::AtLeast(value) => value,
        }
    }
}

/// A distribution of which some values are known only from below.
#[derive(Clone, Debug)]
pub struct Distribution {
    measured: Durations,
    all: Durations,
}

impl Distribution {
    /// A distribution of measured values and of ages of what never finished.
    #[must_use]
    pub fn new(measured: Durations, ages: &Durations) -> Self {
        let mut all = measured.clone();
        // Equal bounds: adding cannot fail.
        let _ = all.add(ages);
        Self { measured, all }
    }

    /// Adds the values of another distribution.
    pub fn join(&mut self, other: &Self) {
        // Equal bounds: adding cannot fail.
        let _ = self.measured.add(&other.measured);
        let _ = self.all.add(&other.all);
    }

    /// The response times in a ledger, over the phases and cases that are wanted: replies measured; timeouts, shed,
    /// abandoned and unfinished arrivals at their age; limited, failed and unsent ones left out.
    #[must_use]
    pub fn of_responses(ledger: &Ledger, mut wanted: impl FnMut(usize, usize) -> bool) -> Self {
        let mut sum = |knowledge: Knowledge| {
            ledger.sum(|key| match key {
                Key::Latency { measure: Latency::Response, phase, case, fate } => {
                    fate.knowledge() == knowledge && wanted(*phase, *case)
                }
                Key::Latency { .. } | Key::Lag { .. } | Key::Wait { .. } => false,
            })
        };
        let (measured, ages) = (sum(Knowledge::Measured), sum(Knowledge::AtLeast));
        Self::new(measured, &ages)
    }

    /// The response times of limited replies of both kinds, over the phases that are wanted.
    #[must_use]
    pub fn of_limited(ledger: &Ledger, mut wanted: impl FnMut(usize) -> bool) -> Self {
        let limited = ledger.sum(|key| match key {
            Key::Latency { measure: Latency::Response, phase, fate: Fate::Limited | Fate::Learned, .. } => {
                wanted(*phase)
            }
            Key::Latency { .. } | Key::Lag { .. } | Key::Wait { .. } => false,
        });
        Self::new(limited, &empty())
    }

    /// Service times, dispatch lag or connection wait over the phases that are wanted. Service times are of whole replies
    /// and, at their age, of timeouts and of what was in flight at the end.
    #[must_use]
    pub fn of(ledger: &Ledger, measure: Measure, mut wanted: impl FnMut(usize) -> bool) -> Self {
        let mut sum = |ages: bool| {
            ledger.sum(|key| {
                let unfinished = match key {
                    Key::Latency { fate, .. } => match fate.knowledge() {
                        Knowledge::Measured => false,
                        Knowledge::AtLeast => true,
                        Knowledge::None => return false,
                    },
                    Key::Lag { .. } | Key::Wait { .. } => false,
                };
                key.measure() == measure && unfinished == ages && wanted(key.phase())
            })
        };
        let (measured, ages) = (sum(false), sum(true));
        Self::new(measured, &ages)
    }

    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.all.len()
    }

    /// The value that a share of `quantile` of all values does not exceed; `None` without values.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<Percentile> {
        if self.all.is_empty() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
        let (all, measured) = (self.all.len() as f64, self.measured.len() as f64);
        let rank = (quantile * all).ceil().max(1.0);
        // Half a rank below, so that dividing and multiplying again does not end up at the next one.
        let at_rank = |durations: &Durations, count: f64| durations.value_at_quantile((rank - 0.5) / count);
        let value = at_rank(&self.all, all);
        let duration = Duration::from_nanos(value);
        let known = rank <= measured && self.measured.equivalent(at_rank(&self.measured, measured), value);
        Some(if known { Percentile::Exact(duration) } else { Percentile::AtLeast(duration) })
    }

    /// The largest value; a lower bound if it is the age of what never finished, or if anything never finished.
    #[must_use]
    pub fn max(&self) -> Option<Percentile> {
        self.quantile(1.0)
    }

    /// All values, ages included, as a histogram.
    #[must_use]
    pub fn histogram(&self) -> &Durations {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(values: &[u64]) -> Durations {
        let mut histogram = empty();
        for value in values {
            histogram.record(*value).unwrap();
        }
        histogram
    }

    #[test]
    fn a_percentile_below_all_unfinished_arrivals_is_exact() {
        let measured: Vec<u64> = (1..=99).map(|value| value * 1_000).collect();
        let distribution = Distribution::new(histogram(&measured), &histogram(&[5_000_000]));
        assert!(matches!(distribution.quantile(0.5), Some(Percentile::Exact(_))));
        assert!(matches!(distribution.quantile(0.99), Some(Percentile::Exact(_))));
        assert!(matches!(distribution.max(), Some(Percentile::AtLeast(_))));
    }

    #[test]
    fn young_unfinished_arrivals_shift_the_percentiles_above_their_age() {
        // Half of the arrivals are known only to have taken a microsecond or more.
        let distribution = Distribution::new(histogram(&[2_000; 50]), &histogram(&[1_000; 50]));
        assert!(matches!(distribution.quantile(0.5), Some(Percentile::AtLeast(_))));
        assert!(matches!(distribution.quantile(0.99), Some(Percentile::AtLeast(_))));
    }

    #[test]
    fn without_values_there_is_no_percentile() {
        assert_eq!(Distribution::new(empty(), &empty()).quantile(0.5), None);
    }
}
