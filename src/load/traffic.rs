//! What a shard does with its connections: opens them, sends requests, reads replies, closes.

use super::accounting::Fate;
use super::books::{Flight, Found};
use super::http1::{After, Input, Step};
use super::instants::Offset;
use super::poller::Ready;
use super::pool::State;
use super::shard::{Prepared, Shard, Source};
use super::stream::{CannotOpen, Drained, Handshake, Received, Sent, Stream};
use crate::exchange::FailureKind;

/// How long after a connection could not be opened the next attempt is made, where no arrival asks for one: long enough
/// not to spin, short against a second.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(10);

impl Shard {
    /// Opens connections: for each queued arrival that none is being opened for, or up to the bound in the closed model.
    pub(crate) fn replenish(&mut self, now: Offset) {
        while self.pool.has_room() && now >= self.open_again && self.wants_connection(now) {
            match Stream::open(self.destination.address, &self.destination.transport) {
                Ok(stream) => self.adopt(stream),
                Err(why) => self.cannot_open(why, now),
            }
        }
    }

    fn wants_connection(&self, now: Offset) -> bool {
        match &self.source {
            Source::Open { .. } => self.queue.len() > self.pool.opening() as usize,
            Source::Closed { until, reachable, retry_at, .. } => {
                now < *until && now >= *retry_at && (*reachable || self.pool.opening() == 0)
            }
        }
    }

    fn adopt(&mut self, stream: Stream) {
        // Read again: deadlines may not go back behind those of what was dispatched in this turn.
        let now = self.look();
        let (slot, token) = self.pool.insert(stream);
        self.books.interval.opened += 1;
        self.deadlines.set(slot, now.plus(self.bounds.timeout));
        let watched = self.pool.get(slot).stream.as_ref().map(|stream| self.poller.watch(token, stream));
        if !matches!(watched, Some(Ok(()))) {
            self.close(slot);
            self.cannot_open(CannotOpen::Descriptors, now);
        }
    }

    /// One arrival is lost to a connection that the target refused; the machine's own limits lose none, they cost time.
    fn cannot_open(&mut self, why: CannotOpen, now: Offset) {
        match why {
            CannotOpen::Descriptors => self.books.interval.exhausted.descriptors += 1,
            CannotOpen::Ports => self.books.interval.exhausted.ports += 1,
            CannotOpen::Target(kind) => {
                let closed = self.next_closed();
                if let Some(flight) = self.queue.pop_front().or(closed) {
                    self.books.failed(&flight, now, kind);
                }
                if let Source::Closed { reachable, retry_at, .. } = &mut self.source {
                    (*reachable, *retry_at) = (false, now.plus(PATIENCE));
                }
                return;
            }
        }
        self.open_again = now.plus(PATIENCE);
    }

    /// Deals with what became possible on a connection.
    pub(crate) fn on_ready(&mut self, ready: Ready) {
        let Some(slot) = self.pool.find(ready.token) else { return };
        match self.pool.get(slot).state {
            State::Closed => {}
            State::Connecting if ready.writable => self.on_connected(slot),
            State::Connecting => {}
            State::Handshaking => self.shake_hands(slot),
            State::Idle if ready.readable => self.on_idle_event(slot),
            State::Idle => {}
            State::Writing(flight) if ready.writable => self.go_on_writing(slot, flight, ready.closing),
            State::Writing(_) => {}
            State::Awaiting(flight) if ready.readable => self.read(slot, flight, ready.closing),
            State::Awaiting(_) => {}
        }
    }

    fn on_connected(&mut self, slot: u32) {
        let Some(stream) = &self.pool.get(slot).stream else { return };
        match stream.connected() {
            Ok(()) => {
                self.pool.set(slot, State::Handshaking);
                self.shake_hands(slot);
            }
            Err(why) => self.opening_failed(slot, why),
        }
    }

    fn shake_hands(&mut self, slot: u32) {
        let Some(stream) = &mut self.pool.get(slot).stream else { return };
        match stream.handshake() {
            Ok(Handshake::Waiting) => {}
            Ok(Handshake::Done) => {
                self.deadlines.clear(slot);
                self.look();
                if let Source::Closed { reachable, .. } = &mut self.source {
                    *reachable = true;
                }
                self.put_to_work(slot);
            }
            Err(kind) => self.opening_failed(slot, CannotOpen::Target(kind)),
        }
    }

    fn opening_failed(&mut self, slot: u32, why: CannotOpen) {
        self.close(slot);
        let now = self.look();
        self.cannot_open(why, now);
    }

    /// Gives a connection that has nothing to do the next queued arrival, or lets it rest.
    fn put_to_work(&mut self, slot: u32) {
        match self.queue.pop_front() {
            Some(flight) => self.dispatch(slot, flight),
            None => self.pool.set(slot, State::Idle),
        }
    }

    /// Sends a request that has queued.
    fn dispatch(&mut self, slot: u32, flight: Flight) {
        self.sign(&flight);
        let now = self.look();
        self.dispatch_at(slot, flight, now);
    }

    /// Sends a request that is signed; `now` was read just before.
    pub(crate) fn dispatch_at(&mut self, slot: u32, flight: Flight, now: Offset) {
        let stamped = self.prepared.take().map_or(now, |Prepared { stamped, .. }| stamped);
        let flight = Flight { dispatched: Some(now), stamped, ..flight };
        self.books.dispatched(&flight, now);
        self.deadlines.set(slot, now.plus(self.bounds.timeout));
        let connection = self.pool.get(slot);
        connection.served += 1;
        let Some(stream) = &mut connection.stream else { return };
        match stream.send(self.stamps[flight.case].bytes()) {
            Ok(sent) => self.written(slot, flight, sent),
            Err(_) => self.unsent(slot, flight),
        }
    }

    /// Sends what the kernel did not take before. A server may have replied to the head alone: that event is past, so what
    /// has come is read as soon as the request is sent.
    fn go_on_writing(&mut self, slot: u32, flight: Flight, closing: bool) {
        let Some(stream) = &mut self.pool.get(slot).stream else { return };
        match stream.flush() {
            Ok(sent) => {
                self.written(slot, flight, sent);
                if sent == Sent::Whole {
                    self.read(slot, flight, closing);
                }
            }
            Err(_) => self.unsent(slot, flight),
        }
    }

    fn written(&mut self, slot: u32, flight: Flight, sent: Sent) {
        match sent {
            Sent::Partly => self.pool.set(slot, State::Writing(flight)),
            Sent::Whole => {
                self.books.sent(flight.phase);
                self.pool.set(slot, State::Awaiting(flight));
            }
        }
    }

    fn unsent(&mut self, slot: u32, flight: Flight) {
        let now = self.look();
        self.books.cut(&flight, now, Fate::Unsent);
        self.close(slot);
    }

    /// An idle connection has something to say: that it closes, or what nobody asked for.
    fn on_idle_event(&mut self, slot: u32) {
        let Some(stream) = &mut self.pool.get(slot).stream else { return };
        // TLS sends session tickets on idle connections: they bring no bytes.
        if stream.receive(&mut self.scratch) != Ok(Received::Nothing) {
            self.close(slot);
        }
    }

    /// Reads what has come of a reply; a whole one in one read never leaves the shard's buffer.
    fn read(&mut self, slot: u32, flight: Flight, closing: bool) {
        loop {
            let connection = self.pool.get(slot);
            let Some(stream) = &mut connection.stream else { return };
            let received = stream.receive(&mut self.scratch);
            let finished = self.clock.now();
            self.latest = finished;
            let (input, drained) = match received {
                Ok(Received::Nothing) => return,
                Ok(Received::Bytes(length, drained)) => {
                    if connection.partial.is_empty() && self.read_at_once(slot, flight, length, finished, closing) {
                        return;
                    }
                    (Input::Open, drained)
                }
                Ok(Received::Ended) => (Input::Ended, Drained::Yes),
                Err(_) if connection.partial.is_empty() => return self.fail(slot, flight, FailureKind::Closed),
                Err(_) => return self.fail(slot, flight, FailureKind::CutOff),
            };
            if let Ok(Received::Bytes(length, _)) = received {
                let (partial, scratch) = (&mut self.pool.get(slot).partial, &self.scratch[..length]);
                partial.extend_from_slice(scratch);
            }
            let partial = std::mem::take(&mut self.pool.get(slot).partial);
            let head_only = self.head_only[flight.case];
            let step = self.pool.get(slot).progress.read(&partial, input, head_only, self.bounds.reply_limit);
            let whole = match step {
                Ok(Step::More) => false,
                Ok(Step::Whole(after)) => {
                    let _ = self.complete(slot, flight, &partial, finished, after);
                    true
                }
                Err(kind) => return self.fail(slot, flight, kind),
            };
            let kept = &mut self.pool.get(slot).partial;
            *kept = partial;
            if whole {
                kept.clear();
                return self.after(slot, closing);
            }
            // Everything was read, and nothing says that the end is near: the next event tells.
            if drained == Drained::Yes && !closing {
                return;
            }
        }
    }

    /// The usual case: the whole reply lies in the shard's buffer. Returns whether the reply has been dealt with.
    fn read_at_once(&mut self, slot: u32, flight: Flight, length: usize, finished: Offset, closing: bool) -> bool {
        let scratch = std::mem::take(&mut self.scratch);
        let bytes = &scratch[..length];
        if let Some((found, after)) = self.books.known(&flight, bytes) {
            self.books.replied(&flight, finished, found);
            self.scratch = scratch;
            self.done_with(slot, after);
            self.after(slot, closing);
            return true;
        }
        let head_only = self.head_only[flight.case];
        let step = self.pool.get(slot).progress.read(bytes, Input::Open, head_only, self.bounds.reply_limit);
        if let Ok(Step::Whole(after)) = step {
            let found = self.complete(slot, flight, bytes, finished, after);
            self.books.remember(&flight, bytes, found, after);
        }
        self.scratch = scratch;
        match step {
            Ok(Step::Whole(_)) => self.after(slot, closing),
            Ok(Step::More) => {
                // Parsed again from the connection's own buffer, where the bytes go now.
                self.pool.get(slot).progress.reset();
                return false;
            }
            Err(kind) => self.fail(slot, flight, kind),
        }
        true
    }

    /// A reply is whole: judges it, and marks a connection that may not be used again.
    fn complete(&mut self, slot: u32, flight: Flight, bytes: &[u8], finished: Offset, after: After) -> Found {
        let connection = self.pool.get(slot);
        let found = self.books.judge(&flight, &connection.progress, bytes);
        if found.example {
            self.stamps[flight.case].stamp(flight.index, flight.stamped);
            self.prepared = None;
            let request = self.stamps[flight.case].shown();
            self.books.example(found, &flight, finished, request, (&connection.progress, bytes));
        }
        self.books.replied(&flight, finished, found);
        connection.progress.reset();
        self.done_with(slot, after);
        found
    }

    /// The exchange on a connection is over.
    fn done_with(&mut self, slot: u32, after: After) {
        self.deadlines.clear(slot);
        if after == After::Close {
            self.pool.get(slot).served = u64::MAX;
        }
    }

    /// What comes after a whole reply: the connection is used again, or closed.
    fn after(&mut self, slot: u32, closing: bool) {
        if closing || self.pool.get(slot).served >= self.bounds.requests_per_connection {
            self.close(slot);
        } else {
            self.put_to_work(slot);
        }
    }

    fn fail(&mut self, slot: u32, flight: Flight, kind: FailureKind) {
        let now = self.latest;
        self.books.failed(&flight, now, kind);
        self.close(slot);
    }

    /// A connection's deadline has passed.
    pub(crate) fn timed_out(&mut self, slot: u32, now: Offset) {
        match self.pool.get(slot).state {
            State::Awaiting(flight) => self.books.failed(&flight, now, FailureKind::Timeout),
            // Its last byte was never handed over: it was not sent.
            State::Writing(flight) => self.books.cut(&flight, now, Fate::Unsent),
            // The arrivals that it was opened for are shed by their own age.
            State::Connecting | State::Handshaking | State::Idle | State::Closed => {}
        }
        self.close(slot);
    }

    /// Closes a connection; the loop opens another when one is wanted.
    pub(crate) fn close(&mut self, slot: u32) {
        self.deadlines.clear(slot);
        self.pool.close(slot);
    }
}
