//! The laws, with their analytical percentiles.

use std::time::Duration;

/// How long a request takes when nobody else is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Always the same.
    Constant(Duration),
    /// Memoryless, with this mean.
    Exponential(Duration),
    /// One of two values.
    Bimodal {
        /// The usual one.
        fast: Duration,
        /// The other one.
        slow: Duration,
        /// How many of a thousand are slow.
        slow_per_mille: u32,
    },
    /// A constant time, and the server stands still for a while in every period: what begins meanwhile begins after it, what
    /// is under way is suspended.
    Freeze {
        /// The constant time.
        service: Duration,
        /// How long it stands still, at the begin of each period.
        stall: Duration,
        /// The period.
        every: Duration,
    },
}

impl Law {
    /// The service time of which a share of `quantile` (0 to 1, both excluded) is not longer; a freeze's stall left out.
    #[must_use]
    pub fn service(&self, quantile: f64) -> Duration {
        match *self {
            Self::Constant(service) | Self::Freeze { service, .. } => service,
            Self::Exponential(mean) => mean.mul_f64(-(1.0 - quantile).ln()),
            Self::Bimodal { fast, slow, slow_per_mille } => {
                if quantile < 1.0 - f64::from(slow_per_mille) / 1_000.0 {
                    fast
                } else {
                    slow
                }
            }
        }
    }

    /// The response time of which a share of `quantile` is not longer, when requests never wait for each other and arrive
    /// evenly over the periods.
    #[must_use]
    pub fn response(&self, quantile: f64) -> Duration {
        match *self {
            Self::Constant(_) | Self::Exponential(_) | Self::Bimodal { .. } => self.service(quantile),
            Self::Freeze { service, stall, every } => {
                // Arrivals within the stall wait for the rest of it; those less than `service` before it wait for all of it.
                // So P(response > x) = (stall + 2 service − x) / every, between service and stall + service.
                let longest = stall + service;
                (longest + service).saturating_sub(every.mul_f64(1.0 - quantile)).clamp(service, longest)
            }
        }
    }

    /// The stall at the begin of each period, with the period; `None` without one.
    pub(super) fn stall(&self) -> Option<(Duration, Duration)> {
        match *self {
            Self::Freeze { stall, every, .. } => Some((stall, every)),
            Self::Constant(_) | Self::Exponential(_) | Self::Bimodal { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_laws_have_their_textbook_percentiles() {
        let exponential = Law::Exponential(10 * MS);
        assert!((exponential.response(0.5).as_secs_f64() - 0.010 * 2f64.ln()).abs() < 1e-9);
        let bimodal = Law::Bimodal { fast: MS, slow: 20 * MS, slow_per_mille: 100 };
        assert_eq!([0.5, 0.89, 0.91].map(|quantile| bimodal.response(quantile)), [MS, MS, 20 * MS]);
    }

    #[test]
    fn a_freeze_of_half_a_second_in_five_has_a_p95_of_a_quarter_second() {
        let freeze = Law::Freeze { service: MS, stall: 500 * MS, every: 5_000 * MS };
        assert_eq!(freeze.response(0.5), MS);
        assert!(freeze.response(0.95).abs_diff(252 * MS) < Duration::from_micros(1));
        assert!(freeze.response(0.99).abs_diff(452 * MS) < Duration::from_micros(1));
        assert_eq!(freeze.response(1.0), 501 * MS);
    }
}
