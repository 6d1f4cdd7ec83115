//! Windows: a counter that starts anew at each boundary, and a log that slides.

use std::collections::VecDeque;
use std::time::Duration;

use super::state::Decision;

/// A counter for each window; the windows follow each other without gap.
#[derive(Clone, Debug)]
pub(super) struct FixedWindow {
    limit: u32,
    window: Duration,
    phase: Duration,
    current: u128,
    count: u32,
}

impl FixedWindow {
    pub(super) fn new(limit: u32, window: Duration, phase: Duration) -> Self {
        // Instants before the phase belong to a window too, so boundaries are counted from one window before it.
        let phase = Duration::from_nanos(u64::try_from(phase.as_nanos() % window.as_nanos()).unwrap_or_default());
        Self { limit, window, phase, current: 0, count: 0 }
    }

    pub(super) fn decide(&mut self, now: Duration) -> Decision {
        let window = (now + self.window - self.phase).as_nanos() / self.window.as_nanos();
        if window != self.current {
            self.current = window;
            self.count = 0;
        }
        if self.count == self.limit {
            return Decision::Refuse;
        }
        self.count += 1;
        Decision::Admit
    }
}

/// The instants of what was admitted within the last window.
#[derive(Clone, Debug)]
pub(super) struct SlidingWindow {
    limit: usize,
    window: Duration,
    admitted: VecDeque<Duration>,
}

impl SlidingWindow {
    pub(super) fn new(limit: u32, window: Duration) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), window, admitted: VecDeque::new() }
    }

    pub(super) fn decide(&mut self, now: Duration) -> Decision {
        while self.admitted.front().is_some_and(|&then| then + self.window <= now) {
            self.admitted.pop_front();
        }
        if self.admitted.len() >= self.limit {
            return Decision::Refuse;
        }
        self.admitted.push_back(now);
        Decision::Admit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_fixed_window_starts_anew_at_its_boundary() {
        let mut window = FixedWindow::new(1, SECOND, MS * 300);
        assert_eq!(window.decide(MS * 1299), Decision::Admit);
        assert_eq!(window.decide(MS * 1299), Decision::Refuse);
        assert_eq!(window.decide(MS * 1300), Decision::Admit);
        assert_eq!(window.decide(MS * 2299), Decision::Refuse);
        assert_eq!(window.decide(MS * 2300), Decision::Admit);
    }

    #[test]
    fn a_sliding_window_has_no_boundary() {
        let mut window = SlidingWindow::new(2, SECOND);
        assert_eq!(window.decide(MS * 900), Decision::Admit);
        assert_eq!(window.decide(MS * 1100), Decision::Admit);
        assert_eq!(window.decide(MS * 1899), Decision::Refuse);
        assert_eq!(window.decide(MS * 1900), Decision::Admit);
        assert_eq!(window.decide(MS * 2099), Decision::Refuse);
        assert_eq!(window.decide(MS * 2100), Decision::Admit);
    }
}
