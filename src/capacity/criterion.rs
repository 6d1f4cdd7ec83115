//! What a rate has to meet: each criterion is a kind of arrival of which only a share is allowed.
//!
//! "p99 at most 50 ms" is the same as "at most 1 % later than 50 ms". In this form latency, failures and refusals are
//! searched alike.

use std::fmt;
use std::time::Duration;

use crate::scenario::plan::{Bound, Quantity, Threshold};

/// A kind of arrival of which only a share is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// Later than the limit.
    Latency,
    /// Timed out or failed after sending.
    Errors,
    /// Differing from the expectation.
    Deviations,
    /// Never sent.
    Unsent,
    /// Refused because of the rate.
    Limited,
}

impl Criterion {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Latency, Self::Errors, Self::Deviations, Self::Unsent, Self::Limited];

    /// The word for it in records and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Errors => "errors",
            Self::Deviations => "deviations",
            Self::Unsent => "unsent",
            Self::Limited => "limit",
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// What the 99th percentile of the response time is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LatencyLimit {
    /// So many times the median of an unloaded target.
    Times(f64),
    /// A time.
    Within(Duration),
}

impl LatencyLimit {
    /// The limit as a time, given the unloaded median.
    #[must_use]
    pub fn at(self, unloaded: Duration) -> Duration {
        match self {
            Self::Times(times) => unloaded.mul_f64(times),
            Self::Within(limit) => limit,
        }
    }
}

/// What a rate has to meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// What the 99th percentile of the response time is held to.
    pub latency: LatencyLimit,
    /// The share of arrivals that may fail after sending.
    pub errors: f64,
    /// The share of replies that may differ from their expectation.
    pub deviations: f64,
    /// The share of arrivals that may never be sent.
    pub unsent: f64,
    /// The share of arrivals that may be refused because of the rate.
    pub limited: f64,
}

/// The percentile that is held to the limit, and its complement.
pub(super) const QUANTILE: f64 = 0.99;
const LATE: f64 = 1.0 - QUANTILE;
/// The same in thousandths of a per cent.
const QUANTITY: Quantity = Quantity::Response(99_000);

impl Default for Thresholds {
    /// p99 at most 10 × the unloaded p50; at most 0.1 % of each other kind.
    fn default() -> Self {
        let share = 0.001;
        Self { latency: LatencyLimit::Times(10.0), errors: share, deviations: share, unsent: share, limited: share }
    }
}

impl Thresholds {
    /// The share of arrivals that may break a criterion.
    #[must_use]
    pub fn share(&self, criterion: Criterion) -> f64 {
        match criterion {
            Criterion::Latency => LATE,
            Criterion::Errors => self.errors,
            Criterion::Deviations => self.deviations,
            Criterion::Unsent => self.unsent,
            Criterion::Limited => self.limited,
        }
    }

    /// In the words of load plans; the latency is left out as long as its limit is not known.
    #[must_use]
    pub fn as_of_load(&self, limit: Option<Duration>) -> Vec<Threshold> {
        let time = |limit: Duration| Bound::TimeNs(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX));
        let latency = limit.map(|limit| Threshold { quantity: QUANTITY, bound: time(limit) });
        let shares = [
            (Quantity::Errors, self.errors),
            (Quantity::Deviations, self.deviations),
            (Quantity::Unsent, self.unsent),
            (Quantity::Limited, self.limited),
        ];
        let shares = shares.map(|(quantity, share)| Threshold { quantity, bound: Bound::Share(share) });
        latency.into_iter().chain(shares).collect()
    }
}
