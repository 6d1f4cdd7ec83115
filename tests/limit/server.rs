//! A server with a token bucket in front of it, whose excess gets what a test says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proofhouse::reference::limiter::{Decision, Law, Limiter};
use rustix::net::sockopt::set_socket_linger;

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// These bytes.
    Reply(String),
    /// The connection is reset.
    Reset,
    /// Nothing, ever.
    Silence,
}

/// A whole reply; `head` holds further header lines, each with its end.
pub(crate) fn reply(status: u16, head: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{head}");
    Answer::Reply(format!("{head}Content-Length: {length}\r\n\r\n{body}"))
}

/// The server; it ends with the process, or when it is to go away.
pub(crate) struct LimitedServer {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
}

/// Everything that the connections share.
struct Shared {
    /// Without one nobody is admitted.
    limiter: Option<Mutex<Limiter>>,
    opened: Instant,
    excess: Answer,
    /// From this request on nobody is there any more.
    gone_after: u64,
    requests: Arc<AtomicU64>,
}

impl LimitedServer {
    /// Admits by a law, as `serve --limiter` takes it.
    pub(crate) fn start(law: &str, excess: Answer) -> Self {
        Self::with(Some(law), excess, u64::MAX)
    }

    /// The same, but it goes away after so many requests.
    pub(crate) fn that_goes_away(law: &str, gone_after: u64) -> Self {
        Self::with(Some(law), Answer::Silence, gone_after)
    }

    /// Takes connections and requests, and never answers.
    pub(crate) fn silent() -> Self {
        Self::with(None, Answer::Silence, u64::MAX)
    }

    fn with(law: Option<&str>, excess: Answer, gone_after: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicU64::new(0));
        let limiter = law.map(|law| Mutex::new(Limiter::new(law.parse::<Law>().unwrap())));
        let counted = Arc::clone(&requests);
        let shared = Arc::new(Shared { limiter, opened: Instant::now(), excess, gone_after, requests: counted });
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.is_gone() {
                    return;
                }
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, address, &shared));
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many whole requests came.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn is_gone(&self) -> bool {
        self.requests.load(Ordering::SeqCst) >= self.gone_after
    }

    fn decide(&self) -> Answer {
        let Some(limiter) = &self.limiter else { return self.excess.clone() };
        let mut limiter = limiter.lock().unwrap();
        // Read under the lock: a limiter's clock does not go back.
        let now = Duration::from_secs(1_000) + self.opened.elapsed();
        match limiter.decide(now) {
            Decision::Refuse => self.excess.clone(),
            Decision::Admit | Decision::Delay(_) => reply(200, "", "{\"code\":200}"),
        }
    }
}

fn serve(mut stream: TcpStream, address: SocketAddr, shared: &Shared) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        while let Some(length) = request_length(&bytes) {
            bytes.drain(..length);
            shared.requests.fetch_add(1, Ordering::SeqCst);
            if shared.is_gone() {
                // Wakes the listener, which then sees it too.
                let _ = TcpStream::connect(address);
                return;
            }
            let written = match shared.decide() {
                Answer::Reply(reply) => stream.write_all(reply.as_bytes()),
                Answer::Silence => Ok(()),
                Answer::Reset => {
                    let _ = set_socket_linger(&stream, Some(Duration::ZERO));
                    return;
                }
            };
            if written.is_err() {
                return;
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
        }
    }
}

fn request_length(bytes: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.find("\r\n\r\n")? + 4;
    let length = text[..head].lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let whole = head + length.map_or(0, |length| length.parse::<usize>().unwrap());
    (bytes.len() >= whole).then_some(whole)
}
