//! A target in virtual time: an M/D/c with whatever may befall it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::trial::{Batch, Step, Tally, Trial};
use crate::load::{Distribution, Durations, empty};

/// A target, and a generator that is on one machine with it. Times are in nanoseconds.
#[derive(Clone)]
pub(super) struct Target {
    /// How long one request is served.
    pub(super) service: f64,
    /// Whether service times are drawn from an exponential law with that mean.
    pub(super) memoryless: bool,
    /// What the way there and back takes.
    pub(super) floor: f64,
    /// From this moment on service takes so many times as long.
    pub(super) slower: Option<(f64, f64)>,
    /// Nobody listens between these moments.
    pub(super) down: Option<(f64, f64)>,
    /// Every busy connection breaks at this moment.
    pub(super) breaks: Option<f64>,
    /// A token bucket: rate and burst.
    pub(super) limiter: Option<(f64, f64)>,
    /// Above this rate every twentieth request fails.
    pub(super) fails_above: f64,
    /// Every reply is refused, whatever the rate.
    pub(super) closed: bool,
    /// The generator is late above this rate.
    pub(super) generator: f64,
    /// Every so often all is held up for so long.
    pub(super) stalls: Option<(f64, f64)>,
    pub(super) now: f64,
    pub(super) free: BinaryHeap<Reverse<u64>>,
    pub(super) tokens: f64,
    pub(super) filled: f64,
    pub(super) random: u64,
}

/// Nanoseconds.
pub(super) const SECOND: f64 = 1e9;

impl Target {
    pub(super) fn new(servers: usize, service: Duration, seed: u64) -> Self {
        Self {
            service: service.as_nanos() as f64,
            memoryless: false,
            floor: 50_000.0,
            slower: None,
            down: None,
            breaks: None,
            limiter: None,
            fails_above: f64::INFINITY,
            closed: false,
            generator: f64::INFINITY,
            stalls: None,
            now: 0.0,
            free: (0..servers).map(|_| Reverse(0)).collect(),
            tokens: 0.0,
            filled: 0.0,
            random: seed.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ 0x5DEE_CE66_D6E8_FEB8,
        }
    }

    /// A number in (0, 1].
    fn unit(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((bits ^ (bits >> 31)) >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    fn service(&mut self, at: f64) -> f64 {
        let factor = self.slower.filter(|(from, _)| at >= *from).map_or(1.0, |(_, factor)| factor);
        let drawn = if self.memoryless { -self.unit().ln() } else { 1.0 };
        self.service * factor * drawn
    }

    fn admits(&mut self, at: f64) -> bool {
        if self.closed {
            return false;
        }
        let Some((rate, burst)) = self.limiter else { return true };
        self.tokens = (self.tokens + (at - self.filled) / SECOND * rate).min(burst);
        self.filled = at;
        let admits = self.tokens >= 1.0;
        if admits {
            self.tokens -= 1.0;
        }
        admits
    }

    /// When a request departs that comes at `at`.
    #[expect(clippy::cast_possible_truncation, reason = "virtual nanoseconds of some minutes")]
    fn depart(&mut self, at: f64) -> f64 {
        let Reverse(free) = self.free.pop().unwrap();
        let mut begin = at.max(free as f64);
        if let Some((every, length)) = self.stalls
            && begin % every < length
        {
            begin += length - begin % every;
        }
        let departure = begin + self.service(begin);
        self.free.push(Reverse(departure as u64));
        departure
    }

    fn listens(&self, at: f64) -> bool {
        self.down.is_none_or(|(from, to)| at < from || at >= to)
    }

    #[expect(clippy::cast_possible_truncation, reason = "virtual nanoseconds of some minutes")]
    pub(super) fn trial(&mut self, step: &Step) -> Trial {
        let rate = step.rate.get();
        let begin = self.now;
        let steady = begin + step.warm_up.as_nanos() as f64;
        let end = steady + step.most.as_nanos() as f64;
        let limit = step.limit.map_or(f64::INFINITY, |limit| limit.as_nanos() as f64);
        let (mut responses, mut seconds, mut second) = (empty(), Vec::new(), Batch::default());
        let (mut tally, mut last) = (Tally::default(), begin);
        let mut ended = end;
        loop {
            self.now += -self.unit().ln() / rate * SECOND;
            if self.now >= end {
                break;
            }
            while self.now - steady >= (seconds.len() + 1) as f64 * SECOND {
                seconds.push(std::mem::take(&mut second));
                if step.is_enough(&seconds, &Distribution::new(responses.clone(), &empty())) {
                    ended = steady + seconds.len() as f64 * SECOND;
                }
            }
            if ended < end {
                break;
            }
            let (at, counts) = (self.now, self.now >= steady);
            let outcome = self.outcome(at, rate);
            if let Some(departure) = outcome.departure() {
                last = last.max(departure);
            }
            if counts {
                outcome.count(&mut tally, &mut responses, &mut second, (at, limit));
            }
        }
        if second.arrivals > 0 && seconds.is_empty() {
            seconds.push(second);
        }
        self.now = ended;
        let unsound = if rate > self.generator { vec!["the generator was late".to_owned()] } else { Vec::new() };
        Trial {
            // A trial that is cut off leaves its queue behind, one that ends waits for the last replies.
            took: Duration::from_nanos((if ended < end { ended } else { last.max(end) } - begin) as u64),
            steady: Duration::from_nanos((ended - steady) as u64),
            responses: Distribution::new(responses, &empty()),
            batches: step.batches(&seconds),
            disturbed: 0,
            tally,
            wait_p99: None,
            unsound,
            outcomes: Vec::new(),
        }
    }

    fn outcome(&mut self, at: f64, rate: f64) -> Reply {
        if !self.listens(at) {
            return Reply::Refused;
        }
        if !self.admits(at) {
            return Reply::Limited;
        }
        let departure = self.depart(at) + self.floor;
        let breaks = self.breaks.is_some_and(|moment| at <= moment && departure > moment);
        if breaks || (rate > self.fails_above && self.unit() < 0.05) {
            return Reply::Failed(departure);
        }
        Reply::Good(departure)
    }
}

enum Reply {
    Good(f64),
    Failed(f64),
    Limited,
    Refused,
}

impl Reply {
    fn departure(&self) -> Option<f64> {
        match self {
            Self::Good(departure) | Self::Failed(departure) => Some(*departure),
            Self::Limited | Self::Refused => None,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "virtual nanoseconds of some minutes")]
    fn count(&self, tally: &mut Tally, responses: &mut Durations, second: &mut Batch, (at, limit): (f64, f64)) {
        tally.arrivals += 1;
        match self {
            Self::Good(departure) => {
                tally.answered += 1;
                tally.as_expected += 1;
                second.arrivals += 1;
                second.late += u64::from(departure - at > limit);
                responses.saturating_record((departure - at) as u64);
            }
            Self::Failed(_) => tally.failed += 1,
            Self::Limited => {
                tally.answered += 1;
                tally.limited += 1;
            }
            Self::Refused => {
                tally.unsent += 1;
                tally.refused += 1;
            }
        }
    }
}
