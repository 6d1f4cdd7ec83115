//! A limiter in front of one endpoint: the only place where a law meets a clock.

use std::sync::Mutex;
use std::time::Instant;

use super::limiter::{Decision, Law, Limiter};
use super::store::lock;

/// The limiter of one endpoint; without law there is no lock either.
pub(crate) struct Gate {
    limiter: Option<Mutex<Limiter>>,
    opened: Instant,
}

impl Gate {
    pub(crate) fn new(law: Law) -> Self {
        let limiter = match law {
            Law::None => None,
            law => Some(Mutex::new(Limiter::new(law))),
        };
        Self { limiter, opened: Instant::now() }
    }

    /// Decides on a request that has just arrived.
    pub(crate) fn decide(&self) -> Decision {
        self.limiter.as_ref().map_or(Decision::Admit, |limiter| {
            let mut limiter = lock(limiter);
            // Read under the lock, so that instants never go back.
            limiter.decide(self.opened.elapsed())
        })
    }

    /// Notes the end of a request when it goes out of scope, also when its client has gone.
    pub(crate) fn admitted(&self) -> Admitted<'_> {
        Admitted(self)
    }
}

/// A request that is being answered.
pub(crate) struct Admitted<'a>(&'a Gate);

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        if let Some(limiter) = &self.0.limiter {
            lock(limiter).finished(self.0.opened.elapsed());
        }
    }
}
