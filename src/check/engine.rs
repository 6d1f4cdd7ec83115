//! What is sent when: the plain request first, then all cases side by side, then those about authentication one by one,
//! then, where the rate seemed too low, a stretch that measures it, and at the end what is searched.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::client::Client;
use super::conclude::{Baseline, conclude};
use super::event::Event;
use super::pace::Pacer;
use super::result::{CaseResult, Purpose};
use super::run_case::unsent;
use super::users::Users;
use crate::api::auth::Signer;
use crate::api::{Api, Level, Outcome};
use crate::expectation::Uncertainty;
use crate::scenario::{Case, Search};
use crate::secret::Redactor;

/// How far apart cases about authentication are sent: a target that counts failed verifications by the minute must not
/// take the suite for an attack.
const AUTHENTICATION_GAP: Duration = Duration::from_millis(25);

/// How far below the documented rate the engine stays on its own: timers and networks bunch requests up a little.
pub(super) const OWN_SHARE: f64 = 0.9;

/// How fast requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pacing {
    /// As fast as the target answers.
    None,
    /// At 90 % of the documented, or declared, rate.
    Documented,
    /// At this many requests a second.
    Rate(f64),
}

/// How a run is done.
#[derive(Clone, Debug)]
pub struct Options {
    /// How fast requests are sent.
    pub pacing: Pacing,
    /// How many cases are under way at once.
    pub concurrency: usize,
    /// The least level that gates.
    pub gate: Level,
    /// Whether cases about authentication are spaced out; the built-in reference needs no such care.
    pub spaced: bool,
    /// Lower-case letters and digits that no other run has, at most 8: part of every user id.
    pub run: String,
}

/// Asks a run to stop, from anywhere.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(AtomicBool, Notify)>);

impl Stop {
    /// Asks.
    pub fn request(&self) {
        self.0.0.store(true, Ordering::SeqCst);
        self.0.1.notify_waiters();
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }

    pub(super) async fn requested(&self) {
        let notified = self.0.1.notified();
        if !self.is_requested() {
            notified.await;
        }
    }
}

/// What came of the cases of one api.
#[derive(Debug)]
pub struct ApiRun {
    /// What became of the plain request.
    pub baseline: Baseline,
    /// The cases in the order of the files, the plain request first; at the end the rate, where it was measured, and
    /// the searches.
    pub cases: Vec<CaseResult>,
    /// How many replies were refused because of the rate.
    pub limited: usize,
    /// Whether nothing answered any more at some point.
    pub gone: bool,
}

/// Sends the cases of one api to one target.
pub struct Engine {
    pub(super) api: Arc<Api>,
    pub(super) plain: Case,
    pub(super) client: Client,
    pub(super) signer: Signer,
    pub(super) base: String,
    pub(super) extra_headers: Vec<(String, String)>,
    pub(super) users: Users,
    pub(super) redactor: Redactor,
    pub(super) pacer: Pacer,
    pub(super) stop: Stop,
    pub(super) patience: Duration,
    pub(super) options: Options,
    pub(super) rate: Option<u32>,
    pub(super) limited: AtomicUsize,
    gone: AtomicBool,
    notify: Box<dyn Fn(Event) + Send + Sync>,
}

/// A case on its way: it is given up as soon as its result is there, so that many cases need no more than one of both.
struct Slot(Mutex<Stage>);

enum Stage {
    Waiting(Box<Case>),
    Empty,
    Done(Box<CaseResult>),
}

impl Slot {
    /// Puts something in, and gives what was there.
    fn put(&self, stage: Stage) -> Stage {
        std::mem::replace(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), stage)
    }
}

/// Where requests go.
pub struct Destination {
    /// The base URL without a slash at its end.
    pub base: String,
    /// Headers that every request carries beside the documented ones.
    pub extra_headers: Vec<(String, String)>,
    /// The client.
    pub client: Client,
    /// Users that exist on the target.
    pub users: Option<Vec<String>>,
    /// The rate that the target admits, as documented or declared.
    pub rate: Option<u32>,
}

impl Engine {
    /// An engine for one api of one target; `plain` is the api's plain accepted request.
    #[must_use]
    pub fn new(
        api: Arc<Api>,
        plain: Case,
        destination: Destination,
        signer: Signer,
        options: Options,
        stop: Stop,
        notify: Box<dyn Fn(Event) + Send + Sync>,
    ) -> Self {
        let rate = destination.rate;
        let gap = match (options.pacing, rate) {
            (Pacing::Rate(rate), _) => Duration::from_secs_f64(1.0 / rate),
            (Pacing::Documented, Some(rate)) => Duration::from_secs_f64(1.0 / (f64::from(rate) * OWN_SHARE)),
            (Pacing::None, _) | (Pacing::Documented, None) => Duration::ZERO,
        };
        let added = destination.extra_headers.iter().map(|(_, value)| value.as_str());
        let redactor = Redactor::new(added.chain([signer.credentials().secret().expose()]));
        Self {
            api,
            plain,
            client: destination.client,
            signer,
            base: destination.base,
            extra_headers: destination.extra_headers,
            users: Users::new(&options.run, destination.users.as_deref()),
            redactor,
            pacer: Pacer::new(gap),
            stop,
            patience: Duration::from_secs(1),
            options,
            rate,
            limited: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
            notify,
        }
    }

    /// Sends all cases and concludes what they say; then the searches, of which nothing gates.
    pub async fn run(self: Arc<Self>, cases: Vec<Case>, searches: Vec<Search>) -> ApiRun {
        let searched = searches.iter().filter(|search| search.case().skip.is_none()).count();
        let sent = cases.iter().filter(|case| case.skip.is_none()).count() + searched;
        (self.notify)(Event::ApiStarted { api: self.api.name.clone(), cases: sent });
        let plain = self.run_case(&self.plain, usize::from(u16::MAX)).await;
        let baseline = self.baseline(&plain);
        if baseline == Baseline::NoReply {
            self.target_is_gone();
        }
        let alone = |case: &Case| case.is_about_authentication() || (case.accounts > 0 && self.users.are_declared());
        let (last, first): (Vec<usize>, Vec<usize>) = (0..cases.len()).partition(|&index| alone(&cases[index]));
        let slots: Arc<Vec<Slot>> =
            Arc::new(cases.into_iter().map(|case| Slot(Mutex::new(Stage::Waiting(Box::new(case))))).collect());
        self.side_by_side(&slots, first).await;
        self.one_by_one(&slots, last).await;
        let unsent_because = if self.stop.is_requested() { Uncertainty::Interrupted } else { Uncertainty::NoReply };
        let mut finished = vec![plain];
        finished.extend(slots.iter().filter_map(|slot| match slot.put(Stage::Empty) {
            Stage::Done(result) => Some(*result),
            Stage::Waiting(case) => Some(CaseResult { unsent: Some(unsent_because), ..unsent(&case) }),
            Stage::Empty => None,
        }));
        conclude(&self.api, baseline, self.options.gate, &mut finished);
        finished.extend(self.rate_case(&finished).await);
        // Taken before the searches, which must not change what the run comes to, whatever they do to the target.
        let (limited, gone) = (self.limited.load(Ordering::SeqCst), self.gone.load(Ordering::SeqCst));
        if baseline == Baseline::Accepted {
            let mut found = self.run_searches(&searches).await;
            conclude(&self.api, baseline, self.options.gate, &mut found);
            finished.extend(found);
        }
        ApiRun { baseline, cases: finished, limited, gone }
    }

    /// Notes that the target refused because of the rate, and goes on at half the rate.
    pub(super) fn was_limited(&self) {
        self.limited.fetch_add(1, Ordering::SeqCst);
        let gap = Duration::from_secs_f64(2.0 / f64::from(self.rate.unwrap_or(100).max(1)));
        if self.pacer.slow_down(gap) {
            (self.notify)(Event::SlowedDown { api: self.api.name.clone() });
        }
    }

    /// Notes that nothing answers any more.
    pub(super) fn target_is_gone(&self) {
        if !self.gone.swap(true, Ordering::SeqCst) {
            (self.notify)(Event::TargetGone { api: self.api.name.clone() });
        }
    }

    /// Tells that a case, or a search, was sent.
    pub(super) fn was_sent(&self, address: String) {
        (self.notify)(Event::CaseSent { address });
    }

    pub(super) fn goes_on(&self) -> bool {
        !self.stop.is_requested() && !self.gone.load(Ordering::SeqCst)
    }

    fn baseline(&self, plain: &CaseResult) -> Baseline {
        let counted = plain.exchanges.iter().rev().find(|exchange| exchange.purpose == Purpose::Step);
        match counted.map(|exchange| &exchange.outcome) {
            Some(Ok(reply)) => match self.api.outcome.read(reply).outcome {
                Outcome::Accepted => Baseline::Accepted,
                Outcome::Refused { .. } => Baseline::Refused,
                Outcome::Limited | Outcome::Unreadable => Baseline::Unreadable,
            },
            Some(Err(_)) | None => Baseline::NoReply,
        }
    }

    async fn side_by_side(self: &Arc<Self>, slots: &Arc<Vec<Slot>>, order: Vec<usize>) {
        let next = Arc::new(AtomicUsize::new(0));
        let order = Arc::new(order);
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..self.options.concurrency.min(order.len()) {
            let (engine, slots) = (Arc::clone(self), Arc::clone(slots));
            let (order, next) = (Arc::clone(&order), Arc::clone(&next));
            workers.spawn(async move {
                while engine.goes_on() {
                    let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) else {
                        break;
                    };
                    engine.run_slot(&slots[index], index).await;
                }
            });
        }
        while let Some(worker) = workers.join_next().await {
            if let Err(panic) = worker.map_err(tokio::task::JoinError::try_into_panic)
                && let Ok(panic) = panic
            {
                std::panic::resume_unwind(panic);
            }
        }
    }

    async fn one_by_one(&self, slots: &[Slot], order: Vec<usize>) {
        for index in order {
            if !self.goes_on() {
                return;
            }
            if self.options.spaced {
                tokio::time::sleep(AUTHENTICATION_GAP).await;
            }
            self.run_slot(&slots[index], index).await;
        }
    }

    async fn run_slot(&self, slot: &Slot, number: usize) {
        let Stage::Waiting(case) = slot.put(Stage::Empty) else {
            return;
        };
        let result = if case.skip.is_some() {
            unsent(&case)
        } else {
            let result = self.run_case(&case, number).await;
            self.was_sent(case.address);
            result
        };
        slot.put(Stage::Done(Box::new(result)));
    }
}
