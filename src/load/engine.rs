//! Runs a plan: starts the shards, collects what they hand over, and holds the result to the identity.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::Duration;

use super::accounting::{Accounts, BrokenIdentity, Fate};
use super::books::{Books, Offered, Sample};
use super::calibrate::overshoots;
use super::collector::Collector;
use super::deviation::Recorder;
use super::distribution::Distribution;
use super::event::{Cost, Event, Second, Started};
use super::instants::{Offset, Stopwatch};
use super::interval::Interval;
use super::ledger::{Ledger, Measure};
use super::machine::{raise_descriptor_limit, sharpen_timers};
use super::mix::Mix;
use super::pacing::{Approach, Pacing, decide};
use super::plan::{Case, Destination, Judge, Load, Plan};
use super::poller::{Poller, Waker};
use super::schedule::{Schedule, Stretch};
use super::shard::{Bounds, Link, Parts, Shard, Source};
use super::soundness::{BUSY, Evidence, Soundness, judge};
use super::stamp::{Run, Stamp};
use crate::clock::Clock;

/// Everything a run needs.
#[derive(Clone)]
pub struct Setup {
    /// When, how many, how long.
    pub plan: Plan,
    /// Where to.
    pub destination: Destination,
    /// What is sent.
    pub cases: Vec<Case>,
    /// What replies amount to.
    pub judge: Judge,
    /// The wall clock that timestamps begin at.
    pub clock: Clock,
    /// Tells runs against one target apart: it goes into nonces and unique values.
    pub run_number: u64,
}

/// Asks a run to end early: its clones share one wish.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for the end. The run cuts off what is under way, accounts for it and returns within a fraction of a second.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the end was asked for.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Everything planned was taken up.
    Completed,
    /// It was stopped.
    Interrupted,
}

/// A finished run whose counts add up.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What was known at the start: model, phases, cases, pacing.
    pub started: Started,
    /// How it ended.
    pub ending: Ending,
    /// How long it took, from the first arrival's instant to the last shard's end.
    pub ran: Duration,
    /// Counts and histograms, by phase.
    pub ledger: Ledger,
    /// Outcomes and deviations.
    pub findings: Recorder,
    /// Single samples, if the plan keeps them, by intended instant.
    pub samples: Vec<Sample>,
    /// Whether the generator held its schedule.
    pub soundness: Soundness,
    /// What the judged seconds cost: shares are the highest of any second, times are sums.
    pub cost: Cost,
}

impl Finished {
    /// Whether a phase is judged: all but warm-ups.
    #[must_use]
    pub fn is_judged(&self, phase: usize) -> bool {
        self.started.is_judged(phase)
    }

    /// The counts of the judged phases.
    #[must_use]
    pub fn judged(&self) -> Accounts {
        let mut sum = Accounts::default();
        for phase in (0..self.started.phases.len()).filter(|phase| self.is_judged(*phase)) {
            sum += self.ledger.accounts(phase);
        }
        sum
    }

    /// The response times of the judged phases.
    #[must_use]
    pub fn responses(&self) -> Distribution {
        Distribution::of_responses(&self.ledger, |phase, _| self.is_judged(phase))
    }

    /// Service times, dispatch lag or connection wait of the judged phases.
    #[must_use]
    pub fn distribution(&self, measure: Measure) -> Distribution {
        Distribution::of(&self.ledger, measure, |phase| self.is_judged(phase))
    }
}

impl Started {
    /// Whether a phase is judged: all but warm-ups.
    #[must_use]
    pub fn is_judged(&self, phase: usize) -> bool {
        self.phases[phase].1 != Stretch::WarmUp
    }
}

/// Why a run could not be made, or not be believed.
#[derive(Debug)]
pub enum CannotRun {
    /// No case has a weight.
    NothingToSend,
    /// The phases have no length.
    NoTime,
    /// The system refused a thread or a descriptor for the engine itself.
    System(io::Error),
    /// A shard panicked: an internal error.
    Panicked,
    /// The counts do not add up: an internal error.
    Identity(BrokenIdentity),
}

impl fmt::Display for CannotRun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToSend => formatter.write_str("no case of the plan has a weight above zero"),
            Self::NoTime => formatter.write_str("the phases of the plan have no length"),
            Self::System(error) => write!(formatter, "the load engine could not start: {error}"),
            Self::Panicked => formatter.write_str("a thread of the load engine panicked"),
            Self::Identity(error) => write!(formatter, "{error}"),
        }
    }
}

impl std::error::Error for CannotRun {}

impl From<rustix::io::Errno> for CannotRun {
    fn from(errno: rustix::io::Errno) -> Self {
        Self::System(errno.into())
    }
}

/// How long after the call the first arrival is due: enough for every shard's thread to stand ready.
const LEAD: Duration = Duration::from_millis(20);
/// Intervals in circulation for each shard: one in use, one under way, one coming back.
const INTERVALS: usize = 3;
/// How many waiting arrivals a queue holds before it has to grow.
const MOST_QUEUED: usize = 1 << 16;

/// Runs a plan to its end, or until `stop` is requested; blocks, and calls `on_event` on the calling thread.
///
/// # Errors
/// When nothing can be sent, the system refuses the engine its threads, or the counts do not add up. Whatever the target
/// does is a result, never an error.
pub fn run(setup: &Setup, stop: &Stop, mut on_event: impl FnMut(Event<'_>)) -> Result<Finished, CannotRun> {
    let plan = &setup.plan;
    if Mix::new(&setup.cases, plan.seed).total() == 0 {
        return Err(CannotRun::NothingToSend);
    }
    if plan.duration().is_zero() {
        return Err(CannotRun::NoTime);
    }
    let schedule = match &plan.load {
        Load::Open { phases, arrivals } => Some(Schedule::new(phases, *arrivals, plan.seed)),
        Load::Closed { .. } => None,
    };
    let threads = plan.threads.get();
    raise_descriptor_limit(u64::from(plan.connections.get()));
    let approach = approach(plan, schedule.as_ref())?;
    let started = Started {
        model: plan.model(),
        phases: plan.stretches(),
        cases: setup.cases.iter().map(|case| case.name.clone()).collect(),
        threads,
        approach,
        at: setup.clock.now() + LEAD,
    };
    on_event(Event::Started(&started));

    let clock = Stopwatch::starting_in(LEAD);
    let (full, intervals) = sync_channel(threads * (INTERVALS + 1));
    let mut returns = Vec::new();
    let mut wakers: Vec<Waker> = Vec::new();
    let mut handles: Vec<JoinHandle<rustix::io::Result<Books>>> = Vec::new();
    let halt = Arc::new(AtomicBool::new(false));
    for number in 0..threads {
        let (give, empty) = sync_channel(INTERVALS + 1);
        for _ in 1..INTERVALS {
            let _ = give.try_send(Box::new(Interval::new(number, started.phases.len(), setup.cases.len())));
        }
        returns.push(give);
        let link = Link { full: full.clone(), empty, stop: halt.clone() };
        let waker = Waker::new()?;
        wakers.push(waker.clone());
        let parts = parts(setup, schedule.as_ref(), &started, number, clock, link);
        let thread = std::thread::Builder::new().name(format!("load-{number}"));
        let handle = thread.spawn(move || {
            sharpen_timers();
            Ok(Shard::new(parts, Poller::new(&waker)?).run())
        });
        handles.push(handle.map_err(CannotRun::System)?);
    }
    drop(full);

    let mut collector = Collector::new(started.phases.len(), setup.cases.len(), returns);
    let mut cost = Cost::default();
    let look = || {
        if stop.is_requested() && !halt.swap(true, Ordering::Relaxed) {
            wakers.iter().for_each(Waker::wake);
        }
    };
    collector.collect(&intervals, look, |second| {
        let middle = Offset::from(Duration::from_millis(second.number * 1_000 + 500));
        let offered = schedule.as_ref().filter(|schedule| middle < schedule.end());
        let second = Second {
            offered: offered.map_or(0.0, |schedule| schedule.offered_at(middle)),
            left: plan.duration().saturating_sub(Duration::from_secs(second.number + 1)),
            ..second
        };
        cost.join(&second, &started);
        on_event(Event::Second(second));
    });
    let ran = clock.now().as_duration();
    let ending = if halt.load(Ordering::Relaxed) { Ending::Interrupted } else { Ending::Completed };
    let mut books = Vec::new();
    for handle in handles {
        books.push(handle.join().map_err(|_| CannotRun::Panicked)??);
    }
    finish(plan, started, ending, ran, collector, books, cost)
}

fn approach(plan: &Plan, schedule: Option<&Schedule>) -> Result<Approach, CannotRun> {
    #[expect(clippy::cast_precision_loss, reason = "a handful of threads")]
    let peak = schedule.map(|schedule| schedule.peak() / plan.threads.get() as f64);
    Ok(match (plan.pacing, peak) {
        (_, None) | (Pacing::Wait, _) => Approach::Wait,
        (pacing, Some(peak)) => decide(pacing, &overshoots(&mut Poller::new(&Waker::new()?)?, peak), peak),
    })
}

pub(crate) fn parts(
    setup: &Setup,
    schedule: Option<&Schedule>,
    started: &Started,
    number: usize,
    clock: Stopwatch,
    link: Link,
) -> Parts {
    let plan = &setup.plan;
    let threads = plan.threads.get();
    let source = match schedule {
        Some(schedule) => {
            let mut stripe = schedule.stripe(number, threads);
            let upcoming = stripe.next();
            Source::Open { stripe, upcoming }
        }
        None => Source::Closed {
            next: number as u64,
            stride: threads as u64,
            // The first of its two phases is the warm-up.
            steady_from: Offset::from(started.phases[0].2),
            until: Offset::from(plan.duration()),
            reachable: false,
            retry_at: Offset::START,
        },
    };
    let run = Run { number: setup.run_number, seed: plan.seed, started: started.at };
    let waiting = schedule.map_or(0.0, |schedule| schedule.peak() * plan.request_timeout.as_secs_f64());
    let offered = Offered { documented: plan.documented, schedule: schedule.cloned(), achieved: 0.0 };
    let interval = Box::new(Interval::new(number, started.phases.len(), setup.cases.len()));
    let keep = plan.keep_samples / threads;
    Parts {
        clock,
        connections: share(plan.connections.get(), number, threads),
        queue: usize::try_from(super::instants::whole(waiting) + 1).unwrap_or(MOST_QUEUED).min(MOST_QUEUED),
        source,
        mix: Mix::new(&setup.cases, plan.seed),
        stamps: setup.cases.iter().map(|case| Stamp::new(case, &setup.destination, run)).collect(),
        head_only: setup.cases.iter().map(|case| case.request.method == "HEAD").collect(),
        books: Books::new(interval, setup.cases.len(), setup.judge.clone(), plan.model(), offered, keep),
        destination: setup.destination.clone(),
        bounds: Bounds {
            timeout: plan.request_timeout,
            requests_per_connection: plan.requests_per_connection.map_or(u64::MAX, std::num::NonZeroU64::get),
            reply_limit: plan.reply_limit,
            end: Offset::from(plan.duration()),
        },
        approach: started.approach,
        link,
    }
}

/// The connections of one shard: the bound is shared out evenly, and each has at least one.
fn share(connections: u32, number: usize, threads: usize) -> u32 {
    let (threads, number) = (u32::try_from(threads).unwrap_or(1), u32::try_from(number).unwrap_or(0));
    (connections / threads + u32::from(number < connections % threads)).max(1)
}

fn finish(
    plan: &Plan,
    started: Started,
    ending: Ending,
    ran: Duration,
    mut collector: Collector,
    books: Vec<Books>,
    cost: Cost,
) -> Result<Finished, CannotRun> {
    for (phase, count) in collector.found.unlearned().into_iter().enumerate() {
        collector.ledger.accounts_mut(phase).reclassify(Fate::Learned, Fate::Deviating, count);
    }
    for phase in 0..started.phases.len() {
        collector.ledger.accounts(phase).verify().map_err(CannotRun::Identity)?;
    }
    let mut samples: Vec<Sample> = Vec::new();
    for (shard, books) in books.into_iter().enumerate() {
        let findings = collector.findings(shard);
        samples.extend(books.samples.iter().map(|sample| {
            let row = sample.row.and_then(|number| collector.found.row_of(&findings[number]));
            Sample { row, ..*sample }
        }));
    }
    samples.sort_by_key(|sample| sample.intended);
    let p99 = |measure| {
        let judged = Distribution::of(&collector.ledger, measure, |phase| started.is_judged(phase));
        judged.quantile(0.99).map(super::distribution::Percentile::value)
    };
    let judged = (0..started.phases.len()).filter(|phase| started.is_judged(*phase));
    let judged: Duration = judged.map(|phase| started.phases[phase].2).sum();
    let soundness = judge(&Evidence {
        model: started.model,
        lag_p99: p99(Measure::Lag),
        service_p99: p99(Measure::Service),
        lag_bound: plan.lag_bound,
        exhausted: cost.exhausted,
        busy_seconds: cost.busy_seconds,
        judged_seconds: cost.judged_seconds,
        steal: cost.stolen.as_secs_f64() / judged.min(ran).as_secs_f64().max(1.0),
    });
    let (ledger, findings) = (collector.ledger, collector.found);
    Ok(Finished { started, ending, ran, ledger, findings, samples, soundness, cost })
}

impl Cost {
    /// Adds a second. What it worked counts only in judged phases: a warm-up may be as busy as it likes.
    fn join(&mut self, second: &Second<'_>, started: &Started) {
        self.cpu += second.cost.cpu;
        self.spun += second.cost.spun;
        self.opened += second.cost.opened;
        self.exhausted += second.cost.exhausted;
        let judged = (0..started.phases.len()).filter(|phase| started.is_judged(*phase));
        if judged.map(|phase| second.now.accounts(phase).planned).sum::<u64>() > 0 {
            self.busiest = self.busiest.max(second.cost.busiest);
            self.judged_seconds += 1;
            self.busy_seconds += u64::from(second.cost.busiest > BUSY);
            self.steal = self.steal.max(second.cost.steal);
            self.stolen += second.cost.stolen;
        }
    }
}
