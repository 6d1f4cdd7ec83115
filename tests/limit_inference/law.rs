//! Limiters in virtual time: those of the reference, and three that it has not.

use std::collections::VecDeque;
use std::time::Duration;

use proofhouse::reference::limiter::{self, Decision};

/// What counts toward a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    Admitted,
    Everything,
}

/// How requests are limited.
#[derive(Clone, Debug)]
pub(crate) enum Law {
    /// In the words of `serve --limiter`.
    Reference(String),
    /// Windows that begin with the first request after the last one ended.
    Anchored { limit: u32, window: Duration },
    /// This window's count and a part of the last one's.
    Weighted { limit: u32, window: Duration, phase: Duration, counts: Counts },
    /// A log in which refused requests count as well: whoever keeps asking stays out.
    LogOfAll { limit: usize, window: Duration },
}

/// A law at work. Instants must not go back.
pub(crate) enum Limiter {
    Reference(limiter::Limiter),
    Anchored { limit: u32, window: Duration, began: Option<Duration>, count: u32 },
    Weighted(Weighted),
    LogOfAll { limit: usize, window: Duration, asked: VecDeque<Duration> },
}

/// The state of a weighted count.
pub(crate) struct Weighted {
    limit: u32,
    window: Duration,
    phase: Duration,
    counts: Counts,
    number: u128,
    last: u32,
    this: u32,
}

impl Limiter {
    pub(crate) fn new(law: &Law) -> Self {
        match *law {
            Law::Reference(ref text) => Self::Reference(limiter::Limiter::new(text.parse().unwrap())),
            Law::Anchored { limit, window } => Self::Anchored { limit, window, began: None, count: 0 },
            Law::Weighted { limit, window, phase, counts } => {
                Self::Weighted(Weighted { limit, window, phase, counts, number: 0, last: 0, this: 0 })
            }
            Law::LogOfAll { limit, window } => Self::LogOfAll { limit, window, asked: VecDeque::new() },
        }
    }

    pub(crate) fn decide(&mut self, now: Duration) -> Decision {
        let admits = match self {
            Self::Reference(limiter) => return limiter.decide(now),
            Self::Anchored { limit, window, began, count } => {
                if began.is_none_or(|began| now >= began + *window) {
                    (*began, *count) = (Some(now), 0);
                }
                *count += 1;
                *count <= *limit
            }
            Self::Weighted(weighted) => weighted.admits(now),
            Self::LogOfAll { limit, window, asked } => {
                while asked.front().is_some_and(|then| *then + *window <= now) {
                    asked.pop_front();
                }
                asked.push_back(now);
                asked.len() <= *limit
            }
        };
        if admits { Decision::Admit } else { Decision::Refuse }
    }

    /// Notes that a request which was not refused has been answered.
    pub(crate) fn finished(&mut self, now: Duration) {
        if let Self::Reference(limiter) = self {
            limiter.finished(now);
        }
    }
}

impl Weighted {
    fn admits(&mut self, now: Duration) -> bool {
        let since = (now + self.phase).as_nanos();
        let (number, into) = (since / self.window.as_nanos(), since % self.window.as_nanos());
        if number != self.number {
            self.last = if number == self.number + 1 { self.this } else { 0 };
            (self.number, self.this) = (number, 0);
        }
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a window")]
        let left = 1.0 - into as f64 / self.window.as_nanos() as f64;
        let admits = f64::from(self.last) * left + f64::from(self.this) < f64::from(self.limit);
        if admits || self.counts == Counts::Everything {
            self.this += 1;
        }
        admits
    }
}
