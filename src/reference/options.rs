//! With what a server is started.

use std::time::Duration;

use super::law::Servers;
use super::{Credentials, Fault, Readings, Tls, limiter};
use crate::clock::Clock;

/// The choices of one server.
#[derive(Clone)]
pub struct Options {
    /// Who may call.
    pub credentials: Credentials,
    /// The rate limit of each endpoint, every one with its own memory.
    pub limiter: limiter::Law,
    /// The rule that is broken on purpose.
    pub fault: Option<Fault>,
    /// The choices where the documents are silent.
    pub readings: Readings,
    /// Encryption; plain HTTP when there is none.
    pub tls: Option<Tls>,
    /// The time against which lifetimes are judged.
    pub clock: Clock,
    /// Users that exist before the first request; matters under readings that refuse unknown ones.
    pub users: Vec<String>,
    /// How long an answer is held back, as if there were work to do.
    pub service_time: Duration,
    /// On how many requests it works at the same time; the others wait.
    pub servers: Servers,
}

impl Default for Options {
    /// The faithful reference with the built-in credentials, without rate limit and without encryption.
    fn default() -> Self {
        Self {
            credentials: Credentials::reference(),
            limiter: limiter::Law::None,
            fault: None,
            readings: Readings::default(),
            tls: None,
            clock: Clock::System,
            users: Vec::new(),
            service_time: Duration::ZERO,
            servers: Servers::Unlimited,
        }
    }
}
