//! What a run is given: the plan, the destination, the cases with what signs and judges them.
//!
//! Plain types that the layers above fill; the engine knows no api, no scenario and no expectation.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::pacing::Pacing;
use super::schedule::{Arrivals, Phase, Rate, Stretch};
use crate::exchange::{Reply, Request};
use crate::secret::Secret;

/// What decides when requests are sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    /// Open model: arrivals have instants of their own and wait for nobody.
    Open {
        /// The phases, one after the other; none of them may be empty together.
        phases: Vec<Phase>,
        /// How arrivals lie around their rate.
        arrivals: Arrivals,
    },
    /// Closed model: each connection sends its next request as soon as the replies that came together are read. No lag, no
    /// true latency.
    Closed {
        /// Recorded but not counted; may be zero.
        warm_up: Duration,
        /// The judged stretch.
        steady: Duration,
    },
}

/// The model in one word: it stands in every output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    /// Arrivals wait for nobody.
    Open,
    /// Every connection is always busy.
    Closed,
}

/// A run, but for where it goes and what it sends.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What decides when requests are sent.
    pub load: Load,
    /// How many connections may stand at once, over all threads; they are opened on demand.
    pub connections: NonZeroU32,
    /// How many shards: each is a thread with its own connections.
    pub threads: NonZeroUsize,
    /// How long an arrival waits for a connection before it is shed, and a request for its reply before it times out.
    pub request_timeout: Duration,
    /// After how many requests a connection is closed, if the api limits it.
    pub requests_per_connection: Option<NonZeroU64>,
    /// Seeds the arrivals, the choice of cases and the values of slots.
    pub seed: u64,
    /// How shards wait for the next arrival.
    pub pacing: Pacing,
    /// The documented rate, above which a well-formed refusal may be the limit at work.
    pub documented: Option<Rate>,
    /// The largest reply that is read, head and body, in bytes.
    pub reply_limit: usize,
    /// How many samples are kept one by one, for inference over instants; zero for a plain load run.
    pub keep_samples: usize,
    /// The largest dispatch lag p99 of a sound run; `None` for the larger of 1 ms and 5 % of the service time's p99.
    pub lag_bound: Option<Duration>,
}

impl Plan {
    /// A plan with the defaults: 1 024 connections, one thread up to 50 000/s (a second one costs when the target shares
    /// the cores), 10 s of patience, replies up to 1 MiB.
    #[must_use]
    pub fn new(load: Load) -> Self {
        let peak = match &load {
            Load::Open { phases, .. } => {
                phases.iter().map(|phase| phase.from.get().max(phase.to.get())).fold(0.0, f64::max)
            }
            Load::Closed { .. } => 0.0,
        };
        let threads = if peak > 50_000.0 { 2 } else { 1 };
        Self {
            load,
            connections: NonZeroU32::new(1_024).unwrap_or(NonZeroU32::MIN),
            threads: NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN),
            request_timeout: Duration::from_secs(10),
            requests_per_connection: None,
            seed: 0,
            pacing: Pacing::Auto,
            documented: None,
            reply_limit: 1 << 20,
            keep_samples: 0,
            lag_bound: None,
        }
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> Model {
        match self.load {
            Load::Open { .. } => Model::Open,
            Load::Closed { .. } => Model::Closed,
        }
    }

    /// The phases in the order in which samples number them, of either model.
    #[must_use]
    pub fn stretches(&self) -> Vec<(String, Stretch, Duration)> {
        match &self.load {
            Load::Open { phases, .. } => {
                phases.iter().map(|phase| (phase.name.clone(), phase.stretch, phase.duration)).collect()
            }
            Load::Closed { warm_up, steady } => {
                vec![("warm-up".to_owned(), Stretch::WarmUp, *warm_up), ("steady".to_owned(), Stretch::Steady, *steady)]
            }
        }
    }

    /// How long arrivals are planned.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.stretches().iter().map(|(_, _, duration)| *duration).sum()
    }
}

/// Where the requests go.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The resolved address; one for the whole run, so that a name with several addresses does not blur the result.
    pub address: SocketAddr,
    /// The value of the `Host` header, with the port where it is not the scheme's own.
    pub host: String,
    /// Stands before the path of each request; empty or begins with `/`.
    pub path_prefix: String,
    /// Plain or TLS.
    pub transport: Transport,
}

/// What carries the bytes.
#[derive(Clone, Debug)]
pub enum Transport {
    /// TCP.
    Plain,
    /// TLS over TCP, with the roots and the name that the certificate must match.
    Tls {
        /// Roots, versions and resumption.
        config: Arc<ClientConfig>,
        /// The server's name.
        name: ServerName<'static>,
    },
}

/// One kind of request in the mix.
#[derive(Clone)]
pub struct Case {
    /// The case's name, for reports.
    pub name: String,
    /// Its share of the arrivals, relative to the other cases'; zero leaves it out.
    pub weight: u32,
    /// The formed request.
    pub request: Request,
    /// What fills nonce, timestamp, signature and `UserSig`.
    pub signing: Signing,
    /// What fills the user slot.
    pub users: Users,
}

/// The users to whom the arrivals of a case write; each arrival picks one by its index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Users {
    /// A prefix and a number of fixed width.
    Numbered {
        /// Begins each user id.
        prefix: String,
        /// How many users there are.
        pool: NonZeroU32,
    },
    /// These. A template has one width: those that are not as long as the first are never picked.
    Named(Vec<String>),
}

/// How requests are authorised.
#[derive(Clone)]
pub enum Signing {
    /// As the request stands.
    None,
    /// Hexadecimal SHA-1 over secret, nonce and timestamp, anew for each request.
    AppKey {
        /// The app secret.
        secret: Secret,
        /// The unit of the timestamp.
        unit: TimestampUnit,
    },
    /// A `UserSig` that is made once and again shortly before it expires.
    UserSig(UserSigMaker),
}

/// The unit in which a timestamp is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimestampUnit {
    /// 13 digits.
    Milliseconds,
    /// 10 digits.
    Seconds,
}

/// Makes a `UserSig` that is valid at the given time since 1970-01-01 UTC.
pub type UserSigMaker = Arc<dyn Fn(Duration) -> UserSig + Send + Sync>;

/// A made `UserSig`.
#[derive(Clone)]
pub struct UserSig {
    /// The text, which needs no escaping in a URL.
    pub text: Secret,
    /// From when on another one is asked for, as the time since 1970-01-01 UTC: well before it expires.
    pub renew_at: Duration,
}

/// Judges a reply in full; the first argument is the index of the case. Called on the shards' threads, and only for
/// replies that equal none judged before.
pub type Judge = Arc<dyn Fn(usize, &Reply) -> Judged + Send + Sync>;

/// What a reply amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// How it counts.
    pub class: Class,
    /// The outcome in the api's words, for instance `accepted` or `refused 1002`: one of few.
    pub outcome: String,
}

/// How a reply counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// It meets the expectation of its case.
    AsExpected,
    /// It is refused because of the rate, as the api description says.
    Limited,
    /// It differs from the expectation.
    Deviating {
        /// The diff with volatile values abstracted: deviations of equal shape are one group.
        shape: String,
        /// Whether it may be the limit at work.
        refusal: Refusal,
    },
}

/// Whether a deviation looks like a rate limit that the api description does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// A well-formed refusal of a request that must be accepted: above the documented rate it is learned to be the limit.
    WellFormed,
    /// Anything else.
    No,
}
