//! When each request departs, in virtual time: a function of arrivals and service times alone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;
use std::time::Duration;

use super::service::Law;

/// How many requests are served at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Servers {
    /// All: requests never wait for each other.
    Unlimited,
    /// So many; the others wait in the order of their arrival.
    Count(NonZeroU32),
}

/// The servers and what they are busy with.
#[derive(Clone, Debug)]
pub struct Queue {
    /// When each server is free; empty for unlimited ones.
    free: BinaryHeap<Reverse<Duration>>,
    stall: Option<(Duration, Duration)>,
}

impl Queue {
    /// Idle servers; the law's stall, if it has one, holds all of them.
    #[must_use]
    pub fn new(servers: Servers, law: &Law) -> Self {
        let count = match servers {
            Servers::Unlimited => 0,
            Servers::Count(count) => count.get(),
        };
        Self { free: (0..count).map(|_| Reverse(Duration::ZERO)).collect(), stall: law.stall() }
    }

    /// When a request departs that arrives now and takes `service`; times count from the begin of the first period, and
    /// arrivals must not go back in time.
    pub fn depart(&mut self, arrival: Duration, service: Duration) -> Duration {
        let free = self.free.pop().map(|Reverse(free)| free);
        let departure = self.finish(arrival.max(free.unwrap_or_default()), service);
        if free.is_some() {
            self.free.push(Reverse(departure));
        }
        departure
    }

    /// When service that may begin at `start` is done, stalls included.
    fn finish(&self, start: Duration, service: Duration) -> Duration {
        let Some((stall, every)) = self.stall.filter(|(_, every)| !every.is_zero()) else { return start + service };
        let into = Duration::from_nanos(u64::try_from(start.as_nanos() % every.as_nanos()).unwrap_or_default());
        let begin = if into < stall { start + (stall - into) } else { start };
        let left = every - into.max(stall);
        if service <= left { begin + service } else { self.finish(begin + left, service - left) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn one_server_serves_in_the_order_of_arrival() {
        let mut queue = Queue::new(Servers::Count(NonZeroU32::MIN), &Law::Constant(10 * MS));
        assert_eq!(queue.depart(MS, 10 * MS), 11 * MS);
        assert_eq!(queue.depart(2 * MS, 10 * MS), 21 * MS);
        assert_eq!(queue.depart(50 * MS, 10 * MS), 60 * MS);
    }

    #[test]
    fn unlimited_servers_never_make_anybody_wait() {
        let mut queue = Queue::new(Servers::Unlimited, &Law::Constant(10 * MS));
        assert_eq!([1, 1, 2].map(|arrival| queue.depart(arrival * MS, 10 * MS)), [11 * MS, 11 * MS, 12 * MS]);
    }

    #[test]
    fn a_stall_delays_what_begins_in_it_and_suspends_what_is_under_way() {
        let law = Law::Freeze { service: MS, stall: 500 * MS, every: 5_000 * MS };
        let mut queue = Queue::new(Servers::Unlimited, &law);
        assert_eq!(queue.depart(100 * MS, 2 * MS), 502 * MS);
        assert_eq!(queue.depart(600 * MS, 2 * MS), 602 * MS);
        assert_eq!(queue.depart(4_999 * MS, 2 * MS), 5_501 * MS);
    }

    #[test]
    fn responses_to_evenly_spread_arrivals_have_the_laws_percentiles() {
        let law = Law::Freeze { service: MS, stall: 500 * MS, every: 5_000 * MS };
        let mut queue = Queue::new(Servers::Unlimited, &law);
        let mut responses: Vec<Duration> =
            (0..20_000).map(|number| number * MS).map(|arrival| queue.depart(arrival, MS) - arrival).collect();
        responses.sort_unstable();
        for quantile in [0.5, 0.95, 0.99, 0.999] {
            let found = responses[place(quantile * responses.len() as f64)];
            let truth = law.response(quantile);
            assert!(found.abs_diff(truth) <= 6 * MS, "{quantile}: {found:?} {truth:?}");
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "an index into a test's list")]
    fn place(number: f64) -> usize {
        number as usize
    }
}
