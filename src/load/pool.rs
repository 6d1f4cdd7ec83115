//! The connections of one shard: slots that are opened on demand, used last-in-first-out, and reused with their buffers.

use super::books::Flight;
use super::http1::Progress;
use super::stream::Stream;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Closed,
    /// TCP is being set up.
    Connecting,
    /// TLS is being set up.
    Handshaking,
    Idle,
    /// Part of its request waits for room in the kernel.
    Writing(Flight),
    /// Its request is sent.
    Awaiting(Flight),
}

/// A slot with its connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: Option<Stream>,
    pub(crate) state: State,
    pub(crate) progress: Progress,
    /// The bytes of a reply that did not come at once.
    pub(crate) partial: Vec<u8>,
    /// Requests that it has carried.
    pub(crate) served: u64,
    /// Distinguishes the connections that a slot has had: an event may be about an earlier one.
    generation: u32,
}

/// A connection's slot and which of its connections is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Handle {
    slot: u32,
    generation: u32,
}

/// The connections of a shard.
#[derive(Debug)]
pub(crate) struct Pool {
    slots: Vec<Connection>,
    most: u32,
    closed: Vec<u32>,
    /// May hold connections that have closed since; the generation tells.
    idle: Vec<Handle>,
    opening: u32,
    open: u32,
}

impl Pool {
    pub(crate) fn new(most: u32) -> Self {
        Self { slots: Vec::new(), most, closed: Vec::new(), idle: Vec::new(), opening: 0, open: 0 }
    }

    /// How many connections are being set up.
    pub(crate) fn opening(&self) -> u32 {
        self.opening
    }

    /// Whether another connection may be opened.
    pub(crate) fn has_room(&self) -> bool {
        self.open < self.most
    }

    /// Takes a new connection in; returns its slot and the token for the poller.
    pub(crate) fn insert(&mut self, stream: Stream) -> (u32, u64) {
        let slot = self.closed.pop().unwrap_or_else(|| {
            self.slots.push(Connection {
                stream: None,
                state: State::Closed,
                progress: Progress::default(),
                partial: Vec::new(),
                served: 0,
                generation: 0,
            });
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let connection = &mut self.slots[slot as usize];
        connection.stream = Some(stream);
        connection.state = State::Connecting;
        connection.served = 0;
        self.opening += 1;
        self.open += 1;
        (slot, token(Handle { slot, generation: connection.generation }))
    }

    /// The connection in a slot.
    pub(crate) fn get(&mut self, slot: u32) -> &mut Connection {
        &mut self.slots[slot as usize]
    }

    /// The slot that a token names, unless its connection has closed since.
    pub(crate) fn find(&self, token: u64) -> Option<u32> {
        let slot = u32::try_from(token & u64::from(u32::MAX)).ok()?;
        let connection = self.slots.get(slot as usize)?;
        (u64::from(connection.generation) == token >> 32 && !matches!(connection.state, State::Closed)).then_some(slot)
    }

    /// Moves a connection to another state.
    pub(crate) fn set(&mut self, slot: u32, state: State) {
        let connection = &mut self.slots[slot as usize];
        let opening = |state| u32::from(matches!(state, State::Connecting | State::Handshaking));
        self.opening = self.opening + opening(state) - opening(connection.state);
        if matches!(state, State::Idle) {
            self.idle.push(Handle { slot, generation: connection.generation });
        }
        connection.state = state;
    }

    /// Takes the connection that became idle last: few stay warm, the others may close.
    pub(crate) fn take_idle(&mut self) -> Option<u32> {
        while let Some(Handle { slot, generation }) = self.idle.pop() {
            let connection = &self.slots[slot as usize];
            if connection.generation == generation && matches!(connection.state, State::Idle) {
                return Some(slot);
            }
        }
        None
    }

    /// Closes a connection; its slot is free.
    pub(crate) fn close(&mut self, slot: u32) {
        self.set(slot, State::Closed);
        let connection = &mut self.slots[slot as usize];
        connection.stream = None;
        connection.partial.clear();
        connection.progress.reset();
        connection.generation = connection.generation.wrapping_add(1);
        self.open -= 1;
        self.closed.push(slot);
    }

    /// The slots whose connections carry a request.
    pub(crate) fn busy(&self) -> impl Iterator<Item = (u32, State)> {
        let slots = (0u32..).zip(&self.slots);
        slots
            .filter(|(_, connection)| matches!(connection.state, State::Writing(_) | State::Awaiting(_)))
            .map(|(slot, connection)| (slot, connection.state))
    }

    /// All open connections with their tokens, for `ppoll`.
    pub(crate) fn watched(&self) -> impl Iterator<Item = super::poller::Watched<'_>> {
        use std::os::fd::AsFd;

        use super::poller::Interest;
        (0u32..).zip(&self.slots).filter_map(|(slot, connection)| {
            let interest = match connection.state {
                State::Closed => return None,
                State::Connecting | State::Writing(_) => Interest::Writing,
                State::Handshaking | State::Idle | State::Awaiting(_) => Interest::Reading,
            };
            let token = token(Handle { slot, generation: connection.generation });
            connection.stream.as_ref().map(|stream| (token, stream.as_fd(), interest))
        })
    }
}

fn token(handle: Handle) -> u64 {
    u64::from(handle.generation) << 32 | u64::from(handle.slot)
}
