//! What is sent when: the plain request first, then all cases side by side, then those about authentication one by one,
//! and at the end, where the rate seemed too low, a stretch that measures it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::client::Client;
use super::conclude::{Baseline, conclude};
use super::event::Event;
use super::pace::Pacer;
use super::rate::{RateFinding, Sent, judge_rate};
use super::result::{CaseResult, Purpose, Verdict};
use super::run_case::unsent;
use super::users::Users;
use crate::api::auth::Signer;
use crate::api::{Api, Level, Outcome};
use crate::expectation::{ClaimVerdict, Finding, Mismatch, MismatchKind, Uncertainty};
use crate::scenario::Case;
use crate::secret::Redactor;

/// How far apart cases about authentication are sent: a target that counts failed verifications by the minute must not
/// take the suite for an attack.
const AUTHENTICATION_GAP: Duration = Duration::from_millis(25);

/// The pause before a rate that seemed too low is measured again.
const RATE_PAUSE: Duration = Duration::from_secs(2);

/// How long a stretch that measures the rate offers requests: a whole second of any phase, and what it takes to begin.
const RATE_STRETCH: Duration = Duration::from_millis(1_400);

/// How far below the documented rate the engine stays on its own: timers and networks bunch requests up a little.
const OWN_SHARE: f64 = 0.9;

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
    /// The cases in the order of the files, the plain request first and the rate, where it was measured, last.
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
    options: Options,
    rate: Option<u32>,
    limited: AtomicUsize,
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

    /// Sends all cases and concludes what they say.
    pub async fn run(self: Arc<Self>, cases: Vec<Case>) -> ApiRun {
        let sent = cases.iter().filter(|case| case.skip.is_none()).count();
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
        let (limited, gone) = (self.limited.load(Ordering::SeqCst), self.gone.load(Ordering::SeqCst));
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

    fn goes_on(&self) -> bool {
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
            (self.notify)(Event::CaseSent { address: case.address });
            result
        };
        slot.put(Stage::Done(Box::new(result)));
    }

    /// The case about the documented rate: only where the target refused for the rate though it was offered no more.
    async fn rate_case(&self, finished: &[CaseResult]) -> Option<CaseResult> {
        let documented = self.api.rate.as_ref()?;
        let offered = match self.options.pacing {
            Pacing::None => return None,
            Pacing::Documented => f64::from(self.rate.unwrap_or(documented.per_second)) * OWN_SHARE,
            Pacing::Rate(rate) => rate,
        };
        let below = offered <= f64::from(documented.per_second);
        if !below || self.limited.load(Ordering::SeqCst) == 0 || !self.goes_on() {
            return None;
        }
        tokio::time::sleep(RATE_PAUSE).await;
        let mut finding = self.measure_rate(documented.per_second).await;
        if matches!(finding, RateFinding::BelowDocumented { .. }) {
            tokio::time::sleep(RATE_PAUSE).await;
            finding = self.measure_rate(documented.per_second).await;
        }
        let level = self.api.requirements.get(&documented.requirement).map_or(Level::Must, |rule| rule.level);
        let (finding, level) = rate_finding(finding, documented.per_second, level)?;
        let failed = level >= self.options.gate && matches!(finding, Finding::Broken(_));
        let requirement = Some(documented.requirement.clone());
        Some(CaseResult {
            address: format!("{}/rate", self.api.name),
            about: Some("the documented rate is admitted".into()),
            level,
            requirements: vec![documented.requirement.clone()],
            characteristic: Some("spacing of requests below the documented rate".into()),
            verdict: if failed { Verdict::Fail } else { Verdict::Observed },
            claims: vec![ClaimVerdict { requirement, level, finding }],
            exchanges: limited_example(finished),
            ..unsent(&self.plain)
        })
    }

    /// Offers plain requests at 90 % of the documented rate, none of which waits for another.
    async fn measure_rate(&self, documented: u32) -> RateFinding {
        let gap = Duration::from_secs_f64(1.0 / (f64::from(documented) * OWN_SHARE));
        let start = Instant::now();
        let mut stretch = Vec::new();
        let mut under_way = Vec::new();
        let mut number = 0_u32;
        while gap * number < RATE_STRETCH {
            tokio::time::sleep_until(start + gap * number).await;
            let at = start.elapsed();
            under_way.push((at, Box::pin(self.plain_is_limited(2_000_000 + number as usize))));
            number += 1;
            stretch.extend(poll_ready(&mut under_way).await);
        }
        for (at, exchange) in under_way {
            stretch.push(Sent { at, limited: exchange.await });
        }
        stretch.sort_by_key(|sent| sent.at);
        judge_rate(&stretch, documented)
    }

    async fn plain_is_limited(&self, number: usize) -> bool {
        self.send_plain(number).await.is_ok_and(|reply| self.api.outcome.read(&reply).outcome == Outcome::Limited)
    }
}

/// Takes out what has finished, without waiting for the rest.
async fn poll_ready<F: Future<Output = bool> + Unpin>(under_way: &mut Vec<(Duration, F)>) -> Vec<Sent> {
    let mut ready = Vec::new();
    std::future::poll_fn(|context| {
        let mut index = 0;
        while index < under_way.len() {
            let (at, exchange) = &mut under_way[index];
            match std::pin::Pin::new(exchange).poll(context) {
                std::task::Poll::Ready(limited) => {
                    ready.push(Sent { at: *at, limited });
                    drop(under_way.swap_remove(index));
                }
                std::task::Poll::Pending => index += 1,
            }
        }
        std::task::Poll::Ready(())
    })
    .await;
    ready
}

fn rate_finding(finding: RateFinding, documented: u32, level: Level) -> Option<(Finding, Level)> {
    let mismatch = |least: usize| {
        Finding::Broken(vec![Mismatch {
            kind: MismatchKind::LimitedTooEarly,
            at: "rate".into(),
            expected: format!("{documented} requests a second are admitted"),
            actual: format!(
                "{least} were admitted in a second in which more was offered, at no more than the documented rate; \
                 is the quota shared with other callers? `--pace RATE` sends more slowly"
            ),
        }])
    };
    match finding {
        RateFinding::Admitted => None,
        RateFinding::EnforcesSpacing { least } => Some((mismatch(least), Level::Observe)),
        RateFinding::BelowDocumented { least } => Some((mismatch(least), level)),
    }
}

/// One exchange that was refused for the rate, to be looked at.
fn limited_example(finished: &[CaseResult]) -> Vec<super::result::ExchangeResult> {
    let exchanges = finished.iter().flat_map(|case| &case.exchanges);
    exchanges.filter(|exchange| exchange.observation.outcome == "limited").take(1).cloned().collect()
}
