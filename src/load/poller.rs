//! Waits for sockets and for time at once, with nanoseconds: `epoll_pwait2`, edge-triggered, registered once.
//!
//! Kernels before 5.11 answer `ENOSYS`. There the same descriptors are watched with `ppoll`, which takes nanoseconds as
//! well and costs a pass over all connections for each wait: slower, never less exact.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, epoll, eventfd, poll};
use rustix::io::{Errno, Result};

/// How many events one wait brings at most.
const MOST_EVENTS: usize = 256;
/// The token of the wake-up, which is not reported.
const WAKE: u64 = u64::MAX;

/// What became possible on a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ready {
    pub(crate) token: u64,
    /// Bytes may have come, or it may have been closed.
    pub(crate) readable: bool,
    /// It is connected, or can take bytes again.
    pub(crate) writable: bool,
    /// The other side will send no more.
    pub(crate) closing: bool,
}

/// What the caller waits for on a descriptor; only `ppoll` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    Reading,
    Writing,
}

/// A descriptor that is being watched; only `ppoll` asks.
pub(crate) type Watched<'a> = (u64, BorrowedFd<'a>, Interest);

/// Ends a wait from another thread.
#[derive(Clone, Debug)]
pub(crate) struct Waker(Arc<OwnedFd>);

impl Waker {
    /// A waker that waits for its poller.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(Arc::new(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?)))
    }

    /// Ends the current wait, or the next one.
    pub(crate) fn wake(&self) {
        // Fails only when the counter is full: then the wake-up is already pending.
        let _ = rustix::io::write(&*self.0, &1u64.to_ne_bytes());
    }
}

/// Watches the descriptors of one shard; made on the shard's own thread, because its list of events cannot move to another.
pub(crate) struct Poller {
    backend: Backend,
    waker: Waker,
    ready: Vec<Ready>,
}

enum Backend {
    Epoll { queue: OwnedFd, events: Vec<epoll::Event> },
    Poll,
}

impl Poller {
    /// A poller of the best kind that the kernel has.
    pub(crate) fn new(waker: &Waker) -> Result<Self> {
        let poller = Self::with_epoll(waker)?;
        let Backend::Epoll { queue, .. } = &poller.backend else { return Ok(poller) };
        let mut probe = Vec::with_capacity(1);
        match epoll::wait(queue, spare_capacity(&mut probe), Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            Err(Errno::NOSYS) => Ok(Self::with_poll(waker)),
            _ => Ok(poller),
        }
    }

    fn with_epoll(waker: &Waker) -> Result<Self> {
        let queue = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&queue, &*waker.0, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN | epoll::EventFlags::ET)?;
        let backend = Backend::Epoll { queue, events: Vec::with_capacity(MOST_EVENTS) };
        Ok(Self { backend, waker: waker.clone(), ready: Vec::new() })
    }

    fn with_poll(waker: &Waker) -> Self {
        Self { backend: Backend::Poll, waker: waker.clone(), ready: Vec::new() }
    }

    /// Watches a descriptor until it is closed: reading, writing and closing, each reported when it becomes possible.
    pub(crate) fn watch(&self, token: u64, descriptor: impl AsFd) -> Result<()> {
        use epoll::EventFlags as Flags;
        match &self.backend {
            Backend::Epoll { queue, .. } => {
                let flags = Flags::IN | Flags::OUT | Flags::RDHUP | Flags::ET;
                epoll::add(queue, descriptor, epoll::EventData::new_u64(token), flags)
            }
            Backend::Poll => Ok(()),
        }
    }

    /// Waits at most so long; returns how many events there are, zero when the time is up or a waker ended the wait.
    pub(crate) fn wait<'a>(&mut self, at_most: Duration, watched: impl Iterator<Item = Watched<'a>>) -> usize {
        let timeout = Timespec {
            tv_sec: i64::try_from(at_most.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: at_most.subsec_nanos().into(),
        };
        match &mut self.backend {
            Backend::Epoll { queue, events } => {
                events.clear();
                // An interrupted wait brings no event; the caller looks at its clock and waits again.
                let _ = epoll::wait(&*queue, spare_capacity(events), Some(&timeout));
                events.len()
            }
            Backend::Poll => {
                poll_all(&self.waker, &timeout, watched, &mut self.ready);
                self.ready.len()
            }
        }
    }

    /// The event with a number below what the last wait returned.
    pub(crate) fn ready(&self, number: usize) -> Ready {
        use epoll::EventFlags as Flags;
        match &self.backend {
            Backend::Epoll { events, .. } => {
                let event = events[number];
                let (flags, data) = (event.flags, event.data);
                Ready {
                    token: data.u64(),
                    readable: flags.intersects(Flags::IN | Flags::RDHUP | Flags::HUP | Flags::ERR),
                    writable: flags.intersects(Flags::OUT | Flags::HUP | Flags::ERR),
                    closing: flags.intersects(Flags::RDHUP | Flags::HUP | Flags::ERR),
                }
            }
            Backend::Poll => self.ready[number],
        }
    }

    /// Whether an event is the waker's and not a connection's; takes the wake-up back.
    pub(crate) fn is_wake(&self, ready: &Ready) -> bool {
        if ready.token == WAKE {
            let _ = rustix::io::read(&*self.waker.0, &mut [0; 8]);
        }
        ready.token == WAKE
    }
}

fn poll_all<'a>(waker: &Waker, timeout: &Timespec, watched: impl Iterator<Item = Watched<'a>>, ready: &mut Vec<Ready>) {
    let mut tokens = vec![WAKE];
    let mut list = vec![PollFd::new(&*waker.0, PollFlags::IN)];
    for (token, descriptor, interest) in watched {
        let writing = match interest {
            Interest::Reading => PollFlags::empty(),
            Interest::Writing => PollFlags::OUT,
        };
        tokens.push(token);
        list.push(PollFd::from_borrowed_fd(descriptor, PollFlags::IN | PollFlags::RDHUP | writing));
    }
    ready.clear();
    if poll(&mut list, Some(timeout)).is_err() {
        return;
    }
    let closed = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
    ready.extend(tokens.iter().zip(&list).filter(|(_, entry)| !entry.revents().is_empty()).map(|(token, entry)| {
        let flags = entry.revents();
        Ready {
            token: *token,
            readable: flags.intersects(PollFlags::IN | closed),
            writable: flags.intersects(PollFlags::OUT | PollFlags::HUP | PollFlags::ERR),
            closing: flags.intersects(closed),
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use super::*;

    fn sees_bytes_and_wakes(mut poller: Poller) {
        let (mut one, other) = UnixStream::pair().unwrap();
        poller.watch(7, &other).unwrap();
        let watched = || [(7, other.as_fd(), Interest::Reading)].into_iter();
        // A fresh socket may be reported as writable once.
        poller.wait(Duration::ZERO, watched());
        assert_eq!(poller.wait(Duration::from_micros(10), watched()), 0);
        one.write_all(b"x").unwrap();
        assert_eq!(poller.wait(Duration::from_secs(5), watched()), 1);
        let ready = poller.ready(0);
        assert!(ready.token == 7 && ready.readable && !ready.closing && !poller.is_wake(&ready));
        drop(one);
        poller.wait(Duration::from_secs(5), watched());
        assert!(poller.ready(0).closing);
    }

    #[test]
    fn epoll_sees_bytes_and_closing() {
        sees_bytes_and_wakes(Poller::with_epoll(&Waker::new().unwrap()).unwrap());
    }

    #[test]
    fn ppoll_sees_the_same_where_epoll_lacks_nanoseconds() {
        sees_bytes_and_wakes(Poller::with_poll(&Waker::new().unwrap()));
    }

    #[test]
    fn a_waker_ends_the_wait_once() {
        let waker = Waker::new().unwrap();
        for mut poller in [Poller::with_epoll(&waker).unwrap(), Poller::with_poll(&waker)] {
            waker.wake();
            assert_eq!(poller.wait(Duration::from_secs(5), std::iter::empty()), 1);
            assert!(poller.is_wake(&poller.ready(0)));
            assert_eq!(poller.wait(Duration::ZERO, std::iter::empty()), 0);
        }
    }
}
