//! Spacing requests: a minimum gap from the actual previous send, so that a late request is never caught up in a burst.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Lets one request pass per gap.
#[derive(Debug)]
pub(super) struct Pacer {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    gap: Duration,
    next: Option<Instant>,
}

impl Pacer {
    /// A pacer with this gap; zero lets everything pass.
    pub(super) fn new(gap: Duration) -> Self {
        Self { state: Mutex::new(State { gap, next: None }) }
    }

    /// Waits for this request's turn.
    pub(super) async fn turn(&self) {
        loop {
            let wait_until = {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                let now = Instant::now();
                match state.next {
                    Some(next) if next > now => next,
                    _ => {
                        state.next = (!state.gap.is_zero()).then(|| now + state.gap);
                        return;
                    }
                }
            };
            tokio::time::sleep_until(wait_until).await;
        }
    }

    /// Widens the gap to at least this; whether it was narrower before.
    pub(super) fn slow_down(&self, gap: Duration) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let slower = state.gap < gap;
        if slower {
            state.gap = gap;
            state.next = Some(Instant::now() + gap);
        }
        slower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_late_request_is_not_caught_up() {
        let pacer = Pacer::new(Duration::from_millis(10));
        let start = Instant::now();
        pacer.turn().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        pacer.turn().await;
        pacer.turn().await;
        // The third waits a whole gap after the second, though nine turns were missed.
        assert_eq!(start.elapsed().as_millis(), 110);
    }

    #[tokio::test(start_paused = true)]
    async fn slowing_down_holds_from_the_next_request() {
        let pacer = Pacer::new(Duration::ZERO);
        let start = Instant::now();
        pacer.turn().await;
        assert!(pacer.slow_down(Duration::from_millis(20)));
        assert!(!pacer.slow_down(Duration::from_millis(10)));
        pacer.turn().await;
        pacer.turn().await;
        assert_eq!(start.elapsed().as_millis(), 40);
    }
}
