//! How long an answer is held back: as if so many workers had work to do on it, one request each at a time.
//!
//! Departures are computed in virtual time, as in [`super::law`]: a late timer delays one answer and moves none behind it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::law::{Law, Queue, Servers};

/// The workers of a server.
pub(super) struct Workers {
    begin: Instant,
    service: Duration,
    queue: Mutex<Queue>,
}

impl Workers {
    /// So many workers, each of which takes `service` for a request.
    pub(super) fn new(service: Duration, servers: Servers) -> Self {
        let queue = Queue::new(servers, &Law::Constant(service));
        Self { begin: Instant::now(), service, queue: Mutex::new(queue) }
    }

    /// Waits until a request that comes now is done.
    pub(super) async fn work(&self) {
        if self.service.is_zero() {
            return;
        }
        let now = self.begin.elapsed();
        let departure = self.queue.lock().unwrap_or_else(PoisonError::into_inner).depart(now, self.service);
        sleep_until(self.begin + departure).await;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_worker_does_one_request_after_the_other_and_many_all_at_once() {
        let ms = Duration::from_millis;
        for (servers, took) in [(Servers::Count(NonZeroU32::MIN), ms(30)), (Servers::Unlimited, ms(10))] {
            let workers = Workers::new(ms(10), servers);
            let begin = Instant::now();
            tokio::join!(workers.work(), workers.work(), workers.work());
            assert_eq!(begin.elapsed(), took, "{servers:?}");
        }
    }
}
