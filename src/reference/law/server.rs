//! The law as a server on its own thread: one epoll loop, timeouts in nanoseconds, replies at their virtual departures.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU64;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::thread::set_current_timer_slack;

use super::draws::Draws;
use super::queue::{Queue, Servers};
use super::service::Law;

/// What a law server is.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where it listens; port 0 picks one.
    pub listen: SocketAddr,
    /// How long requests take.
    pub law: Law,
    /// How many are served at the same time.
    pub servers: Servers,
    /// Seeds the order of the service times.
    pub seed: u64,
    /// How many arrival instants are kept.
    pub keep_arrivals: usize,
}

/// A request that has come whole.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// When, since the server's start.
    pub at: Duration,
    /// Head and body as received.
    pub request: &'a [u8],
}

/// Decides the reply to a request, whole with its head, when it arrives; it is sent at the departure.
pub type Answer = Box<dyn FnMut(Arrived<'_>) -> Cow<'static, [u8]> + Send>;

/// The same JSON body for every request.
#[must_use]
pub fn fixed_reply(body: &str) -> Answer {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
    let reply = format!("{head} {}\r\n\r\n{body}", body.len()).into_bytes();
    Box::new(move |_| Cow::Owned(reply.clone()))
}

/// What a law server has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Whole requests received.
    pub requests: u64,
    /// When the first of them came, since the server's start.
    pub arrivals: Vec<Duration>,
}

/// A running law server; dropping it ends it.
#[derive(Debug)]
pub struct LawServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Served>>,
}

impl LawServer {
    /// Listens and serves from now on.
    ///
    /// # Errors
    /// The address cannot be listened on, or the system refuses a thread or an epoll queue.
    pub fn start(settings: &Settings, answer: Answer) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let (settings, halt) = (settings.clone(), stop.clone());
        let queue = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let data = epoll::EventData::new_u64(LISTENER);
        epoll::add(&queue, &listener, data, epoll::EventFlags::IN)?;
        let thread = std::thread::Builder::new().name("law".into()).spawn(move || {
            // Without it departures are up to 50 µs late, and the floor that is measured in the same run shows it.
            let _ = set_current_timer_slack(NonZeroU64::new(1));
            Loop::new(&settings, listener, queue, answer).run(&halt)
        })?;
        Ok(Self { address, stop, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it; what it has seen, or nothing if its thread panicked.
    #[must_use]
    pub fn stop(mut self) -> Served {
        self.end().unwrap_or_default()
    }

    fn end(&mut self) -> Option<Served> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take()?.join().ok()
    }
}

impl Drop for LawServer {
    fn drop(&mut self) {
        self.end();
    }
}

const LISTENER: u64 = u64::MAX;
/// How often an idle server looks whether it is to end.
const LOOK: Duration = Duration::from_millis(20);
/// A request that is longer has no end that this server waits for.
const LONGEST_REQUEST: usize = 1 << 20;

/// One client.
struct Client {
    stream: TcpStream,
    /// Bytes of a request that is not whole yet.
    partial: Vec<u8>,
}

/// When a reply is due, to which client, and the reply.
type Departure = (Duration, usize, Cow<'static, [u8]>);

struct Loop {
    start: Instant,
    listener: TcpListener,
    queue: rustix::fd::OwnedFd,
    answer: Answer,
    draws: Draws,
    servers: Queue,
    clients: Vec<Option<Client>>,
    /// Replies by departure; clients are never renumbered.
    due: BinaryHeap<Reverse<Departure>>,
    served: Served,
    keep_arrivals: usize,
}

impl Loop {
    fn new(settings: &Settings, listener: TcpListener, queue: rustix::fd::OwnedFd, answer: Answer) -> Self {
        Self {
            start: Instant::now(),
            listener,
            queue,
            answer,
            draws: Draws::new(&settings.law, settings.seed),
            servers: Queue::new(settings.servers, &settings.law),
            clients: Vec::new(),
            due: BinaryHeap::new(),
            served: Served::default(),
            keep_arrivals: settings.keep_arrivals,
        }
    }

    fn run(mut self, stop: &AtomicBool) -> Served {
        let mut events = Vec::with_capacity(256);
        let mut buffer = vec![0; 64 << 10];
        while !stop.load(Ordering::Relaxed) {
            self.send_due();
            let now = self.start.elapsed();
            let wait = self.due.peek().map_or(LOOK, |Reverse((due, ..))| due.saturating_sub(now).min(LOOK));
            let timeout = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
            events.clear();
            // An interrupted wait brings no events.
            let _ = epoll::wait(&self.queue, spare_capacity(&mut events), Some(&timeout));
            for event in &events {
                let data: epoll::EventData = event.data;
                match usize::try_from(data.u64()) {
                    Ok(slot) if data.u64() != LISTENER => self.read(slot, &mut buffer),
                    _ => self.accept(),
                }
                self.send_due();
            }
        }
        self.served
    }

    fn accept(&mut self) {
        while let Ok((stream, _)) = self.listener.accept() {
            let slot = self.clients.len();
            let ready = stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true));
            let data = epoll::EventData::new_u64(slot as u64);
            let watched = epoll::add(&self.queue, stream.as_fd(), data, epoll::EventFlags::IN);
            let client = Client { stream, partial: Vec::new() };
            self.clients.push((ready.is_ok() && watched.is_ok()).then_some(client));
        }
    }

    fn read(&mut self, slot: usize, buffer: &mut [u8]) {
        let Some(client) = &mut self.clients[slot] else { return };
        let length = match client.stream.read(buffer) {
            Ok(length @ 1..) => length,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return,
            Ok(0) | Err(_) => {
                self.clients[slot] = None;
                return;
            }
        };
        let at = self.start.elapsed();
        client.partial.extend_from_slice(&buffer[..length]);
        let mut done = 0;
        while let Some(length) = request_length(&client.partial[done..]) {
            let reply = (self.answer)(Arrived { at, request: &client.partial[done..done + length] });
            done += length;
            let departure = self.servers.depart(at, self.draws.draw());
            self.due.push(Reverse((departure, slot, reply)));
            self.served.requests += 1;
            if self.served.arrivals.len() < self.keep_arrivals {
                self.served.arrivals.push(at);
            }
        }
        client.partial.drain(..done);
        if client.partial.len() > LONGEST_REQUEST {
            self.clients[slot] = None;
        }
    }

    fn send_due(&mut self) {
        while let Some(Reverse((due, ..))) = self.due.peek()
            && *due <= self.start.elapsed()
        {
            let Some(Reverse((_, slot, reply))) = self.due.pop() else { return };
            // Replies are far smaller than a socket's buffer: one that does not fit means a client that reads nothing.
            let sent = self.clients[slot].as_mut().is_none_or(|client| client.stream.write_all(&reply).is_ok());
            if !sent {
                self.clients[slot] = None;
            }
        }
    }
}

/// How long the first request in `bytes` is, once it is whole.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
    let length = bytes[..head].split(|&byte| byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(line.iter().position(|&byte| byte == b':')?)?;
        if !name.eq_ignore_ascii_case(b"content-length") {
            return None;
        }
        std::str::from_utf8(value.get(1..)?.trim_ascii()).ok()?.parse::<usize>().ok()
    });
    let whole = head.checked_add(length.unwrap_or_default())?;
    (bytes.len() >= whole).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(law: Law) -> Settings {
        let listen = "127.0.0.1:0".parse().unwrap();
        Settings { listen, law, servers: Servers::Unlimited, seed: 1, keep_arrivals: 10 }
    }

    #[test]
    fn a_request_is_whole_with_its_body() {
        let whole = b"POST / HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\n\r\nabc";
        assert_eq!(request_length(whole), Some(whole.len()));
        assert_eq!(request_length(&whole[..whole.len() - 1]), None);
        assert_eq!(request_length(b"GET / HTTP/1.1\r\n\r\nGET"), Some(18));
    }

    #[test]
    fn every_request_is_answered_and_counted() {
        let server = LawServer::start(&settings(Law::Constant(Duration::from_millis(2))), fixed_reply("{}")).unwrap();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        for _ in 0..3 {
            let sent = Instant::now();
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
            let mut reply = [0; 256];
            let length = stream.read(&mut reply).unwrap();
            assert!(reply[..length].ends_with(b"\r\n\r\n{}"));
            // A reply can be late on a busy machine, never early.
            assert!(sent.elapsed() >= Duration::from_millis(2));
        }
        let served = server.stop();
        assert_eq!((served.requests, served.arrivals.len()), (3, 3));
    }
}
