//! Buckets: one that holds tokens, one that holds requests.

use std::time::Duration;

use super::law::Rate;
use super::state::Decision;

/// A token bucket, kept as the one instant at which it would be full again: exact, and without counters.
#[derive(Clone, Debug)]
pub(super) struct TokenBucket {
    interval: Duration,
    /// How far ahead of now the instant may lie when a token is taken.
    tolerance: Duration,
    full_at: Duration,
}

impl TokenBucket {
    pub(super) fn new(rate: Rate, burst: u32) -> Self {
        let interval = rate.interval();
        Self { interval, tolerance: interval * burst.saturating_sub(1), full_at: Duration::ZERO }
    }

    pub(super) fn decide(&mut self, now: Duration) -> Decision {
        let full_at = self.full_at.max(now);
        if full_at - now > self.tolerance {
            return Decision::Refuse;
        }
        self.full_at = full_at + self.interval;
        Decision::Admit
    }
}

/// A queue that lets one request through in each interval.
#[derive(Clone, Debug)]
pub(super) struct LeakyBucket {
    interval: Duration,
    longest_wait: Duration,
    free_at: Duration,
}

impl LeakyBucket {
    pub(super) fn new(rate: Rate, queue: u32) -> Self {
        let interval = rate.interval();
        Self { interval, longest_wait: interval * queue, free_at: Duration::ZERO }
    }

    pub(super) fn decide(&mut self, now: Duration) -> Decision {
        let wait = self.free_at.saturating_sub(now);
        if wait > self.longest_wait {
            return Decision::Refuse;
        }
        self.free_at = now + wait + self.interval;
        if wait.is_zero() { Decision::Admit } else { Decision::Delay(wait) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    #[test]
    fn a_token_bucket_admits_its_burst_then_one_for_each_interval() {
        let mut bucket = TokenBucket::new(rate(100.0), 3);
        let now = MS * 1000;
        let burst: Vec<_> = (0..4).map(|_| bucket.decide(now)).collect();
        assert_eq!(burst, [Decision::Admit, Decision::Admit, Decision::Admit, Decision::Refuse]);
        assert_eq!(bucket.decide(now + MS * 9), Decision::Refuse);
        assert_eq!(bucket.decide(now + MS * 10), Decision::Admit);
        assert_eq!(bucket.decide(now + MS * 10), Decision::Refuse);
    }

    #[test]
    fn a_token_bucket_is_full_again_after_idling_and_never_fuller() {
        let mut bucket = TokenBucket::new(rate(100.0), 3);
        while bucket.decide(MS) == Decision::Admit {}
        let later = MS * 60_000;
        assert_eq!((0..10).filter(|_| bucket.decide(later) == Decision::Admit).count(), 3);
    }

    #[test]
    fn a_leaky_bucket_spaces_requests_and_refuses_when_full() {
        let mut bucket = LeakyBucket::new(rate(100.0), 2);
        let now = MS * 1000;
        let decisions: Vec<_> = (0..4).map(|_| bucket.decide(now)).collect();
        assert_eq!(decisions, [Decision::Admit, Decision::Delay(MS * 10), Decision::Delay(MS * 20), Decision::Refuse]);
        assert_eq!(bucket.decide(now + MS * 10), Decision::Delay(MS * 20));
        assert_eq!(bucket.decide(now + MS * 500), Decision::Admit);
    }
}
