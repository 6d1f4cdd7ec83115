//! A law at work.

use std::time::Duration;

use super::broken::{DoubleAtBoundary, Latching, Porous};
use super::bucket::{LeakyBucket, TokenBucket};
use super::law::Law;
use super::window::{FixedWindow, SlidingWindow};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is answered at once.
    Admit,
    /// It is answered after this time.
    Delay(Duration),
    /// It is refused.
    Refuse,
}

/// A law with its memory. Instants are durations since any fixed point and must not go back.
#[derive(Clone, Debug)]
pub struct Limiter(State);

#[derive(Clone, Debug)]
enum State {
    None,
    TokenBucket(TokenBucket),
    FixedWindow(FixedWindow),
    SlidingWindow(SlidingWindow),
    LeakyBucket(LeakyBucket),
    Concurrency { limit: u32, busy: u32 },
    DoubleAtBoundary(DoubleAtBoundary),
    Latching(Latching),
    Porous(Porous),
}

impl Limiter {
    /// A law without history.
    #[must_use]
    pub fn new(law: Law) -> Self {
        Self(match law {
            Law::None => State::None,
            Law::TokenBucket { rate, burst } => State::TokenBucket(TokenBucket::new(rate, burst)),
            Law::FixedWindow { limit, window, phase } => State::FixedWindow(FixedWindow::new(limit, window, phase)),
            Law::SlidingWindow { limit, window } => State::SlidingWindow(SlidingWindow::new(limit, window)),
            Law::LeakyBucket { rate, queue } => State::LeakyBucket(LeakyBucket::new(rate, queue)),
            Law::Concurrency { limit } => State::Concurrency { limit, busy: 0 },
            Law::DoubleAtBoundary { limit, window } => State::DoubleAtBoundary(DoubleAtBoundary::new(limit, window)),
            Law::Throttling { rate, burst, share } => State::TokenBucket(TokenBucket::new(rate.times(share), burst)),
            Law::Latching { rate, burst, closed } => State::Latching(Latching::new(rate, burst, closed)),
            Law::Porous { rate, burst, factor, above } => State::Porous(Porous::new(rate, burst, factor, above)),
        })
    }

    /// Decides on a request that comes now.
    pub fn decide(&mut self, now: Duration) -> Decision {
        match &mut self.0 {
            State::None => Decision::Admit,
            State::TokenBucket(bucket) => bucket.decide(now),
            State::FixedWindow(window) => window.decide(now),
            State::SlidingWindow(window) => window.decide(now),
            State::LeakyBucket(bucket) => bucket.decide(now),
            State::Concurrency { limit, busy } if *busy < *limit => {
                *busy += 1;
                Decision::Admit
            }
            State::Concurrency { .. } => Decision::Refuse,
            State::DoubleAtBoundary(window) => window.decide(now),
            State::Latching(bucket) => bucket.decide(now),
            State::Porous(bucket) => bucket.decide(now),
        }
    }

    /// Notes that a request which was not refused has been answered.
    pub fn finished(&mut self, _now: Duration) {
        if let State::Concurrency { busy, .. } = &mut self.0 {
            *busy = busy.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limiter(law: &str) -> Limiter {
        Limiter::new(law.parse().unwrap())
    }

    /// How many of `rate` evenly spaced requests a second are admitted or delayed in this stretch.
    fn admitted(limiter: &mut Limiter, from: Duration, length: Duration, rate: u32) -> u128 {
        let interval = SECOND / rate;
        let count = length.as_nanos() / interval.as_nanos();
        let instants = (0..count).map(|index| from + interval * u32::try_from(index).unwrap());
        instants.filter(|&now| limiter.decide(now) != Decision::Refuse).count() as u128
    }

    #[test]
    fn every_sound_law_admits_all_of_the_documented_rate() {
        for law in ["none", "token-bucket", "fixed-window", "sliding-window", "leaky-bucket"] {
            assert_eq!(admitted(&mut limiter(law), SECOND, SECOND * 5, 100), 500, "{law}");
        }
    }

    #[test]
    fn every_sound_law_admits_little_more_under_overload() {
        for (law, expected) in
            [("token-bucket", 509), ("fixed-window", 500), ("sliding-window", 500), ("leaky-bucket", 600)]
        {
            assert_eq!(admitted(&mut limiter(law), SECOND, SECOND * 5, 500), expected, "{law}");
        }
    }

    #[test]
    fn a_concurrency_limit_counts_what_is_not_finished() {
        let mut limiter = limiter("concurrency:limit=2");
        let decisions = [limiter.decide(SECOND), limiter.decide(SECOND), limiter.decide(SECOND)];
        assert_eq!(decisions, [Decision::Admit, Decision::Admit, Decision::Refuse]);
        limiter.finished(SECOND);
        assert_eq!(limiter.decide(SECOND), Decision::Admit);
    }

    #[test]
    fn a_throttling_one_admits_forty_percent() {
        let admitted = admitted(&mut limiter("throttling:burst=10"), SECOND, SECOND * 5, 100);
        assert!((200..=210).contains(&admitted), "{admitted}");
    }
}
