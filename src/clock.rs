//! Wall-clock time as a parameter: what signs and what judges lifetimes asks a [`Clock`], never the system.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the wall-clock time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's own clock.
    System,
    /// Always the same instant, as a duration since 1970-01-01 UTC: published test vectors have a fixed time.
    Frozen(Duration),
}

impl Clock {
    /// The time since 1970-01-01 UTC; zero on a machine whose clock stands before that.
    #[must_use]
    pub fn now(self) -> Duration {
        match self {
            Self::System => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            Self::Frozen(since_epoch) => since_epoch,
        }
    }
}
