//! A server of one thread a connection that answers each request as a test says, and counts them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What becomes of a request.
pub(crate) enum Answer {
    /// These bytes.
    Reply(String),
    /// These bytes, and then the end of the connection.
    LastReply(String),
    /// These bytes, so much later.
    LateReply(Duration, String),
    /// Nothing, ever.
    Silence,
}

impl Answer {
    /// A whole reply with this body.
    pub(crate) fn body(body: &str) -> Self {
        Self::Reply(reply(200, body))
    }
}

/// The server; it ends with the process.
pub(crate) struct WrongServer {
    pub(crate) address: SocketAddr,
    requests: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
    signatures: Arc<Mutex<Vec<String>>>,
}

type Decide = dyn Fn(u64, &str) -> Answer + Send + Sync;

impl WrongServer {
    /// Answers by the request's number, from zero.
    pub(crate) fn start(answer: impl Fn(u64) -> Answer + Send + Sync + 'static) -> Self {
        Self::deciding(Arc::new(move |number, _: &str| answer(number)))
    }

    /// Answers by the request's text.
    pub(crate) fn echoing(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::deciding(Arc::new(move |_, request: &str| Answer::Reply(answer(request))))
    }

    fn deciding(decide: Arc<Decide>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, connections) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let signatures = Arc::new(Mutex::new(Vec::new()));
        let (count, opened, seen) = (requests.clone(), connections.clone(), signatures.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                opened.fetch_add(1, Ordering::SeqCst);
                let (count, seen, decide) = (count.clone(), seen.clone(), decide.clone());
                std::thread::spawn(move || serve(stream, &count, &seen, &*decide));
            }
        });
        Self { address, requests, connections, signatures }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many whole requests came.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }

    /// The signatures of all requests.
    pub(crate) fn signatures(&self) -> Vec<String> {
        self.signatures.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, count: &AtomicU64, seen: &Mutex<Vec<String>>, decide: &Decide) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        while let Some(length) = request_length(&bytes) {
            let request: Vec<u8> = bytes.drain(..length).collect();
            let request = String::from_utf8_lossy(&request).into_owned();
            let signature = request.lines().find_map(|line| line.strip_prefix("Signature: "));
            seen.lock().unwrap().extend(signature.map(str::to_owned));
            let written = match decide(count.fetch_add(1, Ordering::SeqCst), &request) {
                Answer::Reply(reply) => stream.write_all(reply.as_bytes()),
                Answer::LateReply(pause, reply) => {
                    std::thread::sleep(pause);
                    stream.write_all(reply.as_bytes())
                }
                Answer::LastReply(reply) => {
                    let _ = stream.write_all(reply.as_bytes());
                    return;
                }
                Answer::Silence => Ok(()),
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

/// A whole JSON reply.
pub(crate) fn reply(status: u16, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
}
