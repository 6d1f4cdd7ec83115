//! A server that accepts some requests and answers all others with what could break a report: its own credentials in every
//! encoding, markup, ends of sections, control characters, halves of characters.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use proofhouse::reference::Credentials;

use crate::encodings::encodings;

/// What could end, begin or disguise something in one of the formats; as JSON text, so that it can hold any escape.
const HOSTILE: &str = concat!(
    r##"a\nb\r\n## HEADLINE\n::error::forged\n\u0000\u001b[31m\u0007 ]]> --> </details> <script>alert(1)</script> "##,
    r##"<!-- | pipe | `tick` ``` [link](http://evil.example) *star* &amp; &lt; %0A%3A \u202e\u2066 \ufffe\uffff \u2028 "##,
    r##"\u0085 \ud83d\ude00 \" ' \\ {{ }} ${x} $(id)"##
);

/// What shows that a format tells the server's text at all: it stands at the beginning of [`HOSTILE`].
pub(crate) const MARK: &str = "HEADLINE";

/// Which requests it accepts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Accepts {
    /// The first one alone.
    First,
    /// So many a second, saved up to a few.
    Rate(f64),
    /// Every one.
    All,
}

/// How many requests of [`Accepts::Rate`] are saved up.
const SAVED: f64 = 20.0;

/// The server; it ends with the process.
pub(crate) struct HostileServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl HostileServer {
    pub(crate) fn start(accepts: Accepts) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let (gate, noted) = (Arc::new(Gate::new(accepts)), Arc::clone(&seen));
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (gate, noted) = (Arc::clone(&gate), Arc::clone(&noted));
                std::thread::spawn(move || serve(&connection, &gate, &noted));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The key of the api, and signatures or `UserSig`s of some of the requests.
    pub(crate) fn secrets(&self, api: &str) -> Vec<String> {
        const SOME: usize = 6;
        let seen = self.signatures();
        assert!(!seen.is_empty(), "no signature was seen");
        let step = seen.len().div_ceil(SOME);
        std::iter::once(key(api == "tencent")).chain(seen.into_iter().step_by(step)).collect()
    }

    /// Every signature or `UserSig`, each once.
    pub(crate) fn signatures(&self) -> BTreeSet<String> {
        // One is published in the vendor's document, others are malformed on purpose: all of those are sent in the clear.
        let is_secret = |text: &&String| text.len() > 30 && !text.starts_with("45beb7cc") && !text.starts_with("0000");
        self.seen.lock().unwrap().iter().filter(is_secret).cloned().collect()
    }
}

/// Numbers the requests, and says which are accepted.
struct Gate {
    accepts: Accepts,
    count: AtomicUsize,
    /// What is saved up, and when it was counted last.
    saved: Mutex<(f64, Instant)>,
}

impl Gate {
    fn new(accepts: Accepts) -> Self {
        Self { accepts, count: AtomicUsize::new(0), saved: Mutex::new((SAVED, Instant::now())) }
    }

    /// The request's number, where it is not accepted.
    fn refuses(&self) -> Option<usize> {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let accepted = match self.accepts {
            Accepts::First => number == 0,
            Accepts::All => true,
            Accepts::Rate(rate) => {
                let mut saved = self.saved.lock().unwrap();
                let now = Instant::now();
                let left = (saved.0 + rate * now.duration_since(saved.1).as_secs_f64()).min(SAVED);
                let accepted = left >= 1.0;
                *saved = (if accepted { left - 1.0 } else { left }, now);
                accepted
            }
        };
        (!accepted).then_some(number)
    }
}

/// What the server knows, because it must let the run in.
fn key(tencent: bool) -> String {
    let known = Credentials::reference();
    if tencent { known.sdk_key } else { known.app_secret }.expose().to_owned()
}

fn serve(connection: &TcpStream, gate: &Gate, seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(connection);
    while let Some((head, body)) = request(&mut reader) {
        let value = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let usersig = head.split("usersig=").nth(1).map(|rest| rest.split(['&', ' ']).next().unwrap_or("").to_owned());
        let signature = value("signature:").or(usersig).unwrap_or_default();
        seen.lock().unwrap().push(signature.clone());
        let reply = answer(gate.refuses(), &head, &body, &signature);
        let mut connection = connection;
        if connection.write_all(&reply).is_err() {
            return;
        }
    }
}

fn request(reader: &mut BufReader<&TcpStream>) -> Option<(String, String)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8_lossy(&body).into_owned()))
}

fn answer(refused: Option<usize>, head: &str, body: &str, signature: &str) -> Vec<u8> {
    let tencent = head.contains("usersig=");
    let Some(number) = refused else {
        let accepted =
            if tencent { r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"# } else { r#"{"code":200}"# };
        return reply("200 OK", "application/json", accepted.as_bytes());
    };
    let texts = [key(tencent), signature.to_owned()].into_iter();
    let echo: Vec<String> = texts.flat_map(|text| encodings(&text)).map(|(_, text)| text).collect();
    let (joined, listed) = (echo.join(" "), serde_json::to_string(&echo).unwrap());
    let sent = serde_json::to_string(&format!("{head}{body}")).unwrap();
    let code = if number.is_multiple_of(2) { 200 } else { 1004 };
    let tail = format!(r#""echo":{listed},"sent":{sent},"{HOSTILE}":"{HOSTILE}""#);
    let json = match number % 6 {
        // The JSON escapes among the encodings are read as what they stand for.
        0 => format!(r#"{{"code":"{HOSTILE}","ErrorCode":"{HOSTILE}","raw":"{}",{tail}}}"#, echo[12]),
        // Halves of characters: no reader can make texts of them.
        1 => format!(r#"{{"code":{code},"ErrorCode":70003,"errorMessage":"\ud800 \udfff {HOSTILE}",{tail}}}"#),
        2 => return reply("502 Bad", "text/html; x=<script>", format!("{HOSTILE}\0\x1b\r\n{joined}{body}").as_bytes()),
        3 => {
            let mut bytes = format!("::error::forged\r\n{joined}").into_bytes();
            bytes.extend([0xff, 0xfe, 0x00, 0x80]);
            return reply("200 OK", "text/plain", &bytes);
        }
        _ => {
            let (status, wrong) = if number.is_multiple_of(2) { ("OK", 0) } else { ("FAIL", 70003) };
            format!(
                r#"{{"said":"{signature}","code":{code},"ErrorCode":{wrong},"ActionStatus":"{status}","ErrorInfo":"{HOSTILE}",
                "profileKey":"{HOSTILE}","errorMessage":"{HOSTILE} {signature}",{tail}}}"#
            )
        }
    };
    reply("200 OK", "application/json", json.as_bytes())
}

fn reply(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
