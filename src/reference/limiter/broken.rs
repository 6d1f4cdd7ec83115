//! Limiters with the faults that real ones have been seen to have.

use std::collections::VecDeque;
use std::time::Duration;

use super::bucket::TokenBucket;
use super::law::Rate;
use super::state::Decision;
use super::window::FixedWindow;

/// A window counter that keeps a second count for the last fifth of each window, and forgets it at the boundary.
#[derive(Clone, Debug)]
pub(super) struct DoubleAtBoundary {
    window: Duration,
    whole: FixedWindow,
    /// Boundaries at the start of the last fifth, and its count is spent before the whole window's.
    last_fifth: FixedWindow,
}

impl DoubleAtBoundary {
    pub(super) fn new(limit: u32, window: Duration) -> Self {
        let whole = FixedWindow::new(limit, window, Duration::ZERO);
        let last_fifth = FixedWindow::new(limit, window, window * 4 / 5);
        Self { window, whole, last_fifth }
    }

    pub(super) fn decide(&mut self, now: Duration) -> Decision {
        let into_window = now.as_nanos() % self.window.as_nanos();
        if into_window >= (self.window * 4 / 5).as_nanos() && self.last_fifth.decide(now) == Decision::Admit {
            return Decision::Admit;
        }
        self.whole.decide(now)
    }
}

/// A token bucket that, once it has refused, refuses everything until nobody has asked for a while.
#[derive(Clone, Debug)]
pub(super) struct Latching {
    bucket: TokenBucket,
    closed: Duration,
    refused_at: Option<Duration>,
}

impl Latching {
    pub(super) fn new(rate: Rate, burst: u32, closed: Duration) -> Self {
        Self { bucket: TokenBucket::new(rate, burst), closed, refused_at: None }
    }

    pub(super) fn decide(&mut self, now: Duration) -> Decision {
        let open = self.refused_at.is_none_or(|then| now >= then + self.closed);
        let decision = if open { self.bucket.decide(now) } else { Decision::Refuse };
        self.refused_at = (decision == Decision::Refuse).then_some(now);
        decision
    }
}

/// A token bucket that gives way to a faster one while more is offered than it was built for.
#[derive(Clone, Debug)]
pub(super) struct Porous {
    tight: TokenBucket,
    wide: TokenBucket,
    above: usize,
    /// The instants of the last second's requests.
    offered: VecDeque<Duration>,
}

impl Porous {
    pub(super) fn new(rate: Rate, burst: u32, factor: f64, above: u32) -> Self {
        Self {
            tight: TokenBucket::new(rate, burst),
            wide: TokenBucket::new(rate.times(factor), burst),
            above: usize::try_from(above).unwrap_or(usize::MAX),
            offered: VecDeque::new(),
        }
    }

    pub(super) fn decide(&mut self, now: Duration) -> Decision {
        self.offered.push_back(now);
        while self.offered.front().is_some_and(|&then| then + Duration::from_secs(1) <= now) {
            self.offered.pop_front();
        }
        if self.offered.len() > self.above { self.wide.decide(now) } else { self.tight.decide(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const SECOND: Duration = Duration::from_secs(1);

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    #[test]
    fn twice_the_limit_passes_around_a_boundary_and_nothing_is_refused_at_the_limit() {
        let mut window = DoubleAtBoundary::new(100, SECOND);
        let around = (0..400).filter(|i| window.decide(MS * 1800 + MS * *i) == Decision::Admit).count();
        assert!(around >= 200, "{around}");
        let mut window = DoubleAtBoundary::new(100, SECOND);
        assert!((0..500).all(|i| window.decide(MS * 10 * i) == Decision::Admit));
    }

    #[test]
    fn a_latching_one_stays_closed_while_it_is_asked() {
        let mut bucket = Latching::new(rate(100.0), 1, SECOND * 60);
        assert_eq!(bucket.decide(SECOND), Decision::Admit);
        assert_eq!(bucket.decide(SECOND), Decision::Refuse);
        assert!((2..300).all(|second| bucket.decide(SECOND * second) == Decision::Refuse));
        assert_eq!(bucket.decide(SECOND * 359), Decision::Admit);
    }

    #[test]
    fn a_porous_one_holds_up_to_its_bound_and_gives_way_above() {
        let admitted = |offered: u32| {
            let mut bucket = Porous::new(rate(100.0), 10, 3.0, 300);
            (0..offered * 5).filter(|i| bucket.decide(SECOND + SECOND / offered * *i) == Decision::Admit).count() / 5
        };
        assert!((99..=102).contains(&admitted(250)));
        assert!(admitted(500) > 200);
    }
}
