//! One shard: a thread with its own arrivals, connections and books, and one loop over time and sockets.
//!
//! Each turn of the loop takes up the arrivals that are due, ends what has waited too long, signs the next request, and
//! waits until the earliest of: the next arrival, the next deadline, the next second, an event. Between two events of one
//! wait the clock is compared with the next arrival as well, so that a burst of replies does not delay it.
//!
//! An arrival that is due goes out at once on an idle connection. Without one it queues, in order, for the first
//! connection that becomes idle or is newly opened; that wait is the target's doing. One that has queued longer than the
//! request timeout is shed. Nothing is ever sent twice.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use super::accounting::Fate;
use super::books::{Books, Flight};
use super::deadlines::Deadlines;
use super::instants::{Offset, Stopwatch, nanos_of};
use super::interval::Interval;
use super::machine::thread_cpu;
use super::mix::Mix;
use super::pacing::Approach;
use super::plan::Destination;
use super::poller::Poller;
use super::pool::{Pool, State};
use super::schedule::{Arrival, Stripe};
use super::stamp::Stamp;

/// How long before an arrival its request may be signed: the timestamp is this much too old at most.
const SIGN_AHEAD: Duration = Duration::from_millis(100);
/// The size of the buffer that replies are read into; larger ones take several reads.
const READ: usize = 64 << 10;
const SECOND: Duration = Duration::from_secs(1);

/// Where a shard's requests come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The schedule says when.
    Open { stripe: Stripe, upcoming: Option<Arrival> },
    /// Whenever a connection is idle, until the end; numbers are striped like a schedule's. Until one connection has stood,
    /// and after each that could not be opened, they are tried one at a time.
    Closed { next: u64, stride: u64, steady_from: Offset, until: Offset, reachable: bool, retry_at: Offset },
}

/// What a shard's run is bounded by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) timeout: Duration,
    pub(crate) requests_per_connection: u64,
    pub(crate) reply_limit: usize,
    /// When the last phase ends.
    pub(crate) end: Offset,
}

/// How a shard and the collector talk.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) full: SyncSender<Box<Interval>>,
    pub(crate) empty: Receiver<Box<Interval>>,
    pub(crate) stop: Arc<AtomicBool>,
}

/// A shard, ready to run on its thread.
pub(crate) struct Shard {
    pub(crate) clock: Stopwatch,
    pub(crate) poller: Poller,
    pub(crate) pool: Pool,
    pub(crate) deadlines: Deadlines,
    /// Due arrivals that wait for a connection.
    pub(crate) queue: VecDeque<Flight>,
    pub(crate) source: Source,
    pub(crate) mix: Mix,
    pub(crate) stamps: Vec<Stamp>,
    /// Which cases are HEAD requests: their replies have no body.
    pub(crate) head_only: Vec<bool>,
    /// The arrival whose request lies ready in its case's template.
    pub(crate) prepared: Option<Prepared>,
    pub(crate) books: Books,
    pub(crate) scratch: Box<[u8]>,
    pub(crate) destination: Destination,
    pub(crate) bounds: Bounds,
    pub(crate) approach: Approach,
    /// The latest reading of the clock.
    pub(crate) latest: Offset,
    /// After a connection could not be opened for a reason of the machine's: not before then again.
    pub(crate) open_again: Offset,
    turn: Offset,
    cpu_before: u64,
    link: Link,
}

/// A request that was signed ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prepared {
    pub(crate) index: u64,
    pub(crate) case: usize,
    pub(crate) stamped: Offset,
}

/// What a shard is made of.
pub(crate) struct Parts {
    pub(crate) clock: Stopwatch,
    pub(crate) connections: u32,
    /// How many arrivals may queue before the queue has to grow.
    pub(crate) queue: usize,
    pub(crate) source: Source,
    pub(crate) mix: Mix,
    pub(crate) stamps: Vec<Stamp>,
    pub(crate) head_only: Vec<bool>,
    pub(crate) books: Books,
    pub(crate) destination: Destination,
    pub(crate) bounds: Bounds,
    pub(crate) approach: Approach,
    pub(crate) link: Link,
}

impl Shard {
    pub(crate) fn new(parts: Parts, poller: Poller) -> Self {
        Self {
            clock: parts.clock,
            poller,
            pool: Pool::new(parts.connections),
            deadlines: Deadlines::new(parts.connections as usize),
            queue: VecDeque::with_capacity(parts.queue),
            source: parts.source,
            mix: parts.mix,
            stamps: parts.stamps,
            head_only: parts.head_only,
            prepared: None,
            books: parts.books,
            scratch: vec![0; READ].into(),
            destination: parts.destination,
            bounds: parts.bounds,
            approach: parts.approach,
            latest: Offset::START,
            open_again: Offset::START,
            turn: Offset::from(SECOND),
            cpu_before: 0,
            link: parts.link,
        }
    }

    /// Runs until everything planned has ended, or until the run is stopped; returns the books.
    pub(crate) fn run(mut self) -> Books {
        std::thread::sleep(self.clock.until_start());
        self.cpu_before = thread_cpu();
        while !self.link.stop.load(Ordering::Relaxed) {
            let now = self.look();
            self.release_due();
            self.expire(now);
            self.replenish(now);
            if now >= self.turn {
                self.turn(now);
            }
            if self.is_done(now) {
                break;
            }
            self.prepare(now);
            self.wait(now);
        }
        self.cut_off();
        self.books
    }

    /// Reads the clock.
    pub(crate) fn look(&mut self) -> Offset {
        self.latest = self.clock.now();
        self.latest
    }

    /// When the next arrival is due, in the open model.
    fn due(&self) -> Option<Arrival> {
        match &self.source {
            Source::Open { upcoming, .. } => *upcoming,
            Source::Closed { .. } => None,
        }
    }

    /// Takes up every arrival that is due at the latest reading of the clock.
    pub(crate) fn release_due(&mut self) {
        while let Some(arrival) = self.due()
            && arrival.intended <= self.latest
        {
            if let Source::Open { stripe, upcoming } = &mut self.source {
                *upcoming = stripe.next();
            }
            let flight = self.flight(arrival, self.latest);
            let idle = if self.queue.is_empty() { self.pool.take_idle() } else { None };
            if idle.is_some() {
                self.sign(&flight);
            }
            let released = self.look();
            let flight = Flight { released, ..flight };
            self.books.released(flight.phase, released.since(flight.intended));
            match idle {
                // Nothing lies between taking it up and writing it: one reading of the clock serves for both.
                Some(slot) => self.dispatch_at(slot, flight, released),
                None => self.queue.push_back(flight),
            }
        }
    }

    pub(crate) fn flight(&self, arrival: Arrival, released: Offset) -> Flight {
        let Arrival { index, intended, phase } = arrival;
        let case = self.mix.case(index);
        Flight { index, case, phase, intended, released, dispatched: None, stamped: released }
    }

    /// The next arrival of the closed model, signed; `None` once its time is up.
    pub(crate) fn next_closed(&mut self) -> Option<Flight> {
        let Source::Closed { next, stride, steady_from, until, .. } = &mut self.source else { return None };
        if self.latest >= *until {
            return None;
        }
        let (index, steady_from) = (*next, *steady_from);
        *next += *stride;
        let flight = self.flight(Arrival { index, intended: self.latest, phase: 0 }, self.latest);
        self.sign(&flight);
        let now = self.look();
        let phase = usize::from(now >= steady_from);
        self.books.released(phase, 0);
        Some(Flight { phase, intended: now, released: now, ..flight })
    }

    /// Sends on every idle connection in the closed model. Not before all replies that came together are read: else the
    /// later ones would be charged with the sending of others' requests. It was measured to be a little cheaper, too.
    fn send_on_idle(&mut self) {
        if matches!(self.source, Source::Open { .. }) {
            return;
        }
        while let Some(slot) = self.pool.take_idle() {
            let Some(flight) = self.next_closed() else {
                self.pool.set(slot, State::Idle);
                return;
            };
            self.dispatch_at(slot, flight, flight.released);
        }
    }

    /// Sheds what has queued too long, and closes connections whose reply has not come in time.
    fn expire(&mut self, now: Offset) {
        while let Some(flight) = self.queue.front()
            && flight.released.plus(self.bounds.timeout) <= now
        {
            let flight = *flight;
            self.queue.pop_front();
            self.books.cut(&flight, now, Fate::Shed);
        }
        while let Some((slot, due)) = self.deadlines.first()
            && due <= now
        {
            self.timed_out(slot, now);
        }
    }

    /// Hands the interval over if there is an empty one; otherwise goes on in it for another second.
    fn turn(&mut self, now: Offset) {
        self.turn = Offset::from(SECOND * u32::try_from(now.as_duration().as_secs() + 1).unwrap_or(u32::MAX));
        if let Ok(empty) = self.link.empty.try_recv() {
            self.hand_over(empty, now);
        }
    }

    fn hand_over(&mut self, empty: Box<Interval>, now: Offset) {
        #[expect(clippy::cast_precision_loss, reason = "a count of one second")]
        {
            self.books.offered.achieved = self.books.replies_in_last_interval() as f64;
        }
        self.books.close();
        let mut full = std::mem::replace(&mut self.books.interval, empty);
        let cpu = thread_cpu();
        full.cpu = cpu.saturating_sub(self.cpu_before);
        self.cpu_before = cpu;
        full.second = now.as_duration().as_secs().saturating_sub(1);
        // As many intervals as the channel holds are in circulation: it cannot be full.
        let _ = self.link.full.try_send(full);
    }

    fn is_done(&self, now: Offset) -> bool {
        let source_is_dry = match &self.source {
            Source::Open { upcoming, .. } => upcoming.is_none(),
            Source::Closed { until, .. } => now >= *until,
        };
        let idle = || self.queue.is_empty() && self.pool.busy().next().is_none();
        source_is_dry && now >= self.bounds.end && (now >= self.bounds.end.plus(self.bounds.timeout) || idle())
    }

    /// Signs the next request, unless it is far away.
    fn prepare(&mut self, now: Offset) {
        let Some(arrival) = self.due() else { return };
        let is_prepared = self.prepared.is_some_and(|prepared| prepared.index == arrival.index);
        if !is_prepared && arrival.intended.since(now) < nanos_of(SIGN_AHEAD) {
            let flight = self.flight(arrival, now);
            self.sign(&flight);
        }
    }

    /// Makes sure that the arrival's request lies ready in its case's template.
    pub(crate) fn sign(&mut self, flight: &Flight) {
        let is_prepared = self.prepared.is_some_and(|prepared| prepared.index == flight.index);
        if !is_prepared {
            self.stamps[flight.case].stamp(flight.index, self.latest);
            self.prepared = Some(Prepared { index: flight.index, case: flight.case, stamped: self.latest });
        }
    }

    /// Waits for the next instant that matters or for events, and deals with the events.
    fn wait(&mut self, now: Offset) {
        let mut until = self.turn;
        if let Some((_, due)) = self.deadlines.first() {
            until = until.min(due);
        }
        if let Some(flight) = self.queue.front() {
            until = until.min(flight.released.plus(self.bounds.timeout));
            until = if self.open_again > now { until.min(self.open_again) } else { until };
        }
        let mut awake = false;
        match &self.source {
            Source::Open { upcoming: Some(arrival), .. } => {
                let (due, left) = (arrival.intended, arrival.intended.since(now));
                let ahead = match self.approach {
                    _ if left >= nanos_of(SIGN_AHEAD) => nanos_of(SIGN_AHEAD) - 1,
                    Approach::Wait => 0,
                    Approach::Spin(stretch) => nanos_of(stretch),
                };
                awake = left <= ahead;
                until = until.min(if awake { now } else { Offset::from_nanos(due.nanos() - ahead) });
            }
            Source::Open { upcoming: None, .. } if now < self.bounds.end => until = until.min(self.bounds.end),
            Source::Open { .. } => {}
            Source::Closed { until: end, retry_at, .. } => {
                until = until.min(if *end > now { *end } else { until });
                until = if *retry_at > now { until.min(*retry_at) } else { until };
            }
        }
        let at_most = Duration::from_nanos(until.since(now));
        let count = self.poller.wait(at_most, self.pool.watched());
        if count == 0 && awake {
            let after = self.look();
            self.books.interval.spun += after.since(now);
        }
        for number in 0..count {
            let ready = self.poller.ready(number);
            if !self.poller.is_wake(&ready) {
                self.on_ready(ready);
                self.release_due();
            }
        }
        self.send_on_idle();
    }

    /// Ends the run: what is queued, half written or on its way is accounted for at its age.
    fn cut_off(&mut self) {
        let now = self.look();
        let busy: Vec<(u32, State)> = self.pool.busy().collect();
        for (slot, state) in busy {
            match state {
                State::Awaiting(flight) => self.books.cut(&flight, now, Fate::InFlight),
                State::Writing(flight) => self.books.cut(&flight, now, Fate::Abandoned),
                State::Closed | State::Connecting | State::Handshaking | State::Idle => {}
            }
            self.close(slot);
        }
        while let Some(flight) = self.queue.pop_front() {
            self.books.cut(&flight, now, Fate::Abandoned);
        }
        while let Some(arrival) = self.due()
            && arrival.intended <= now
        {
            if let Source::Open { stripe, upcoming } = &mut self.source {
                *upcoming = stripe.next();
            }
            let flight = self.flight(arrival, now);
            self.books.never_released(&flight, now);
        }
        self.hand_over_last(now);
    }

    fn hand_over_last(&mut self, now: Offset) {
        let nothing = Box::new(Interval::new(self.books.interval.shard, 0, 0));
        self.books.interval.last = true;
        self.hand_over(nothing, now.plus(SECOND));
    }
}

impl std::fmt::Debug for Shard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Shard")
            .field("source", &self.source)
            .field("books", &self.books)
            .finish_non_exhaustive()
    }
}
