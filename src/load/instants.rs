//! Instants of a run as nanoseconds since its start, and the one monotonic clock that gives them.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since the start of the run; 2^64 of them are 584 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(u64);

impl Offset {
    /// The start of the run.
    pub const START: Self = Self(0);

    /// The instant `nanos` nanoseconds after the start.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the start.
    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// Nanoseconds from `earlier` to this instant; zero if `earlier` is in truth later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This instant moved later by `duration`; stays at the end of time instead of wrapping.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos_of(duration)))
    }

    /// The time since the start.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }
}

impl From<Duration> for Offset {
    fn from(since_start: Duration) -> Self {
        Self(nanos_of(since_start))
    }
}

/// The nanoseconds of a duration; 584 years at most.
#[must_use]
pub(crate) fn nanos_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The whole number at or below a floating-point one: for instants and counts that were computed with real numbers.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and below 2^53 it is exact")]
#[must_use]
pub(crate) fn whole(number: f64) -> u64 {
    number as u64
}

/// The monotonic clock of a run: all shards count from the same start, which may lie ahead.
///
/// Read by whole nanoseconds, twice for each request: `Instant` costs twice as much for the detour through `Duration`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    start: u64,
}

impl Stopwatch {
    /// A clock whose zero lies so far ahead.
    pub(crate) fn starting_in(lead: Duration) -> Self {
        Self { start: monotonic() + nanos_of(lead) }
    }

    /// Now; zero while the start lies ahead.
    pub(crate) fn now(self) -> Offset {
        Offset(monotonic().saturating_sub(self.start))
    }

    /// How long until the start; zero once it has passed.
    pub(crate) fn until_start(self) -> Duration {
        Duration::from_nanos(self.start.saturating_sub(monotonic()))
    }
}

/// The monotonic clock in nanoseconds: it begins near the machine's start and is never negative.
fn monotonic() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}
