//! How a shard waits for the next arrival: asleep until it is due, or asleep until shortly before and then awake.
//!
//! A sleeping core wakes late: 4 µs at the median when it sleeps 100 µs, 50 µs and more when it sleeps 10 ms (measured
//! with a timer slack of 1 ns). Spinning through the last stretch hides that and burns `rate × stretch` of a core. What
//! to do is decided once before the run, by a pure function over measured wake-ups.

use std::time::Duration;

/// What the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Pacing {
    /// Sleep until the arrival is due.
    Wait,
    /// Spin through the last stretch before each arrival, whatever it costs.
    Spin,
    /// Spin where it helps and costs little.
    #[default]
    Auto,
}

/// What the shards do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approach {
    /// Sleep until the arrival is due.
    Wait,
    /// Sleep until so long before it is due, then stay awake.
    Spin(Duration),
}

/// How long an explicit `spin` stays awake at least: the usual wake-up latency of a quiet machine is below it.
const LEAST_SPIN: Duration = Duration::from_micros(100);
/// No spin is longer: a wake-up that is later than this is a stall of the machine, which no spinning hides.
const LONGEST_SPIN: Duration = Duration::from_millis(1);
/// Wake-ups this late at the median are not worth a spin: the kernel's share of one request is as long.
const GOOD_ENOUGH: Duration = Duration::from_micros(5);
/// The share of a core that `auto` may spend on spinning.
const AUTO_SHARE: f64 = 0.15;
/// Whoever spins at all may as well spend this share of a core. Where arrivals are rare, calibration sees too few wake-ups
/// to know the latest one in a hundred, and a core that has slept 10 ms needs up to 0.3 ms for it.
const CHEAP_SHARE: f64 = 0.05;

/// Decides how to wait, from what was asked, how late calibration woke up, and the peak rate of one shard.
///
/// `overshoots` need not be sorted; without any, `auto` waits.
#[must_use]
pub fn decide(asked: Pacing, overshoots: &[Duration], peak_per_shard: f64) -> Approach {
    let mut sorted = overshoots.to_vec();
    sorted.sort_unstable();
    let at = |share: usize| sorted.get(sorted.len() * share / 100).or(sorted.last()).copied().unwrap_or_default();
    // A quarter above the p95: the tail beyond it belongs to stalls.
    let tail = at(95) * 5 / 4;
    let costing = |share: f64| Duration::from_secs_f64(share / peak_per_shard.max(1.0));
    let wanted = tail.max(costing(CHEAP_SHARE)).min(LONGEST_SPIN);
    match asked {
        Pacing::Wait => Approach::Wait,
        Pacing::Spin => Approach::Spin(wanted.max(LEAST_SPIN)),
        Pacing::Auto => {
            let affordable = costing(AUTO_SHARE);
            let median = at(50);
            // A stretch shorter than the usual overshoot would never be reached in time: it would be all cost.
            if median < GOOD_ENOUGH || affordable < median {
                Approach::Wait
            } else {
                Approach::Spin(wanted.min(affordable))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late(micros: u64) -> Vec<Duration> {
        vec![Duration::from_micros(micros); 20]
    }

    #[test]
    fn what_is_asked_for_outright_is_done() {
        assert_eq!(decide(Pacing::Wait, &late(500), 100.0), Approach::Wait);
        assert_eq!(decide(Pacing::Spin, &[], 1e6), Approach::Spin(LEAST_SPIN));
        assert_eq!(decide(Pacing::Spin, &late(50_000), 1e6), Approach::Spin(LONGEST_SPIN));
    }

    #[test]
    fn auto_spins_where_the_machine_wakes_late_and_the_rate_is_low() {
        assert_eq!(decide(Pacing::Auto, &late(60), 1_000.0), Approach::Spin(Duration::from_micros(75)));
    }

    #[test]
    fn rare_arrivals_are_awaited_awake_for_longer_than_the_few_wake_ups_seen_ask_for() {
        assert_eq!(decide(Pacing::Auto, &late(60), 100.0), Approach::Spin(Duration::from_micros(500)));
        assert_eq!(decide(Pacing::Spin, &late(60), 100.0), Approach::Spin(Duration::from_micros(500)));
        assert_eq!(decide(Pacing::Auto, &late(60), 10.0), Approach::Spin(LONGEST_SPIN));
    }

    #[test]
    fn auto_sleeps_on_a_machine_that_wakes_in_time() {
        assert_eq!(decide(Pacing::Auto, &late(2), 100.0), Approach::Wait);
        assert_eq!(decide(Pacing::Auto, &[], 100.0), Approach::Wait);
    }

    #[test]
    fn auto_never_spends_more_than_its_share_of_a_core() {
        for rate in [100.0, 1_000.0, 2_500.0, 10_000.0, 50_000.0] {
            match decide(Pacing::Auto, &late(50), rate) {
                Approach::Wait => assert!(rate > 2_500.0),
                Approach::Spin(stretch) => assert!(stretch.as_secs_f64() * rate <= AUTO_SHARE + 1e-9),
            }
        }
    }
}
