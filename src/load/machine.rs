//! What the machine says of itself: processor time, steal, descriptors, ports.

use std::fs;
use std::num::NonZeroU64;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::set_current_timer_slack;
use rustix::time::{ClockId, clock_gettime};

/// Processor time that the calling thread has used, in nanoseconds.
pub(crate) fn thread_cpu() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).unwrap_or_default() * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or_default()
}

/// Lets the calling thread's timers fire within a nanosecond of their time instead of the usual 50 µs.
pub(crate) fn sharpen_timers() {
    // Without it wake-ups are later and calibration sees it: nothing to report.
    let _ = set_current_timer_slack(NonZeroU64::new(1));
}

/// How many descriptors the process may have open; `None` if there is no bound.
#[must_use]
pub fn descriptor_limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Lets the process have `wanted` descriptors and a few of its own, as far as the hard limit goes: the usual soft limit of
/// 1 024 is just below what 1 024 connections need.
pub(crate) fn raise_descriptor_limit(wanted: u64) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = wanted + 256;
    let wanted = maximum.map_or(wanted, |maximum| wanted.min(maximum));
    if current.is_some_and(|current| current < wanted) {
        // If it is refused and they run out, the run is unsound and says why.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
}

/// How many local ports connections to one address can have; `None` where it cannot be read.
#[must_use]
pub fn local_ports() -> Option<u64> {
    let text = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut bounds = text.split_ascii_whitespace().map(str::parse::<u64>);
    let (first, last) = (bounds.next()?.ok()?, bounds.next()?.ok()?);
    Some(last.saturating_sub(first) + 1)
}

/// What `/proc/stat` counts in, whatever the kernel's own ticks are.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of the whole machine, in clock ticks since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticks {
    /// Taken away by the hypervisor.
    pub steal: u64,
    /// All of it, idle time included.
    pub all: u64,
}

impl Ticks {
    /// The machine's ticks; zero where `/proc/stat` is not to be had.
    #[must_use]
    pub fn now() -> Self {
        fs::read_to_string("/proc/stat").map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// Reads the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal, and two that are
    /// contained in the first ones.
    fn parse(text: &str) -> Self {
        let numbers = text.lines().next().unwrap_or_default().split_ascii_whitespace().skip(1);
        let numbers: Vec<u64> = numbers.take(8).filter_map(|number| number.parse().ok()).collect();
        Self { steal: numbers.get(7).copied().unwrap_or_default(), all: numbers.iter().sum() }
    }

    /// The time that was stolen since `before`, of all cores together.
    #[must_use]
    pub(crate) fn stolen_time_since(self, before: Self) -> Duration {
        TICK * u32::try_from(self.steal.saturating_sub(before.steal)).unwrap_or(u32::MAX)
    }

    /// The share of the machine that was stolen since `before`, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub fn stolen_since(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all);
        if all == 0 { 0.0 } else { self.steal.saturating_sub(before.steal) as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steal_is_the_eighth_number_of_the_first_line() {
        let before = Ticks::parse("cpu  10 0 10 70 5 1 1 3 99 99\ncpu0 1 1 1");
        assert_eq!(before, Ticks { steal: 3, all: 100 });
        let after = Ticks::parse("cpu  10 0 10 140 5 1 1 33 99 99\n");
        assert!((after.stolen_since(before) - 0.3).abs() < 1e-9);
        assert!((before.stolen_since(before)).abs() < 1e-9);
        assert_eq!(after.stolen_time_since(before), Duration::from_millis(300));
    }
}
