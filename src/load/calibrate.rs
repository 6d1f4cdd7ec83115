//! Measures how late this machine wakes up, before a run, in at most 100 ms.

use std::time::{Duration, Instant};

use super::machine::sharpen_timers;
use super::poller::Poller;

/// How long calibration takes at most, the last wait included.
const BUDGET: Duration = Duration::from_millis(80);
/// A core that has slept this long is as slow to wake up as after any longer sleep.
const LONGEST_GAP: Duration = Duration::from_millis(10);
/// More wake-ups tell nothing new.
const MOST: usize = 64;

/// How late waits of the run's own gap between arrivals end. Sets the calling thread's timer slack.
pub(crate) fn overshoots(poller: &mut Poller, peak_per_shard: f64) -> Vec<Duration> {
    sharpen_timers();
    let gap = Duration::from_secs_f64(1.0 / peak_per_shard.max(1.0)).clamp(Duration::from_micros(20), LONGEST_GAP);
    let start = Instant::now();
    let mut late = Vec::with_capacity(MOST);
    while late.len() < MOST && start.elapsed() + gap < BUDGET {
        let begin = Instant::now();
        poller.wait(gap, std::iter::empty());
        late.push(begin.elapsed().saturating_sub(gap));
    }
    late
}
