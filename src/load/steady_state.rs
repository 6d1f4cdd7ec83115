//! Proof that the steady state allocates nothing per request on plaintext, and under TLS for every request the same: one
//! shard runs on the test's own thread, several times, and only the difference between a longer and a shorter run counts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::accounting::Fate;
use super::engine::{Setup, parts};
use super::event::Started;
use super::instants::Stopwatch;
use super::interval::Interval;
use super::pacing::Approach;
use super::plan::{Case, Class, Destination, Judged, Load, Plan, Signing, TimestampUnit, Transport, Users};
use super::poller::{Poller, Waker};
use super::schedule::{Arrivals, Phase, Rate, Schedule, Stretch};
use super::shard::{Link, Shard};
use crate::clock::Clock;
use crate::exchange::{Pieces, Request, Slot};
use crate::secret::Secret;

const RATE: f64 = 5_000.0;
/// What `rustls` allocates for a request and its reply: one buffer for each encrypted record.
const ALLOCATIONS_UNDER_TLS: f64 = 2.0;

/// Answers each read with the same bytes, over TLS where it has a configuration for that.
fn server(tls: Option<Arc<ServerConfig>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let session = tls.clone().map(|config| ServerConnection::new(config).unwrap());
            std::thread::spawn(move || match session {
                Some(session) => answer(&mut StreamOwned::new(session, stream)),
                None => answer(&mut stream),
            });
        }
    });
    address
}

fn answer(stream: &mut (impl Read + Write)) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(1..)) {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").and_then(|()| stream.flush());
    }
}

/// A certificate for `localhost`, for both sides.
fn tls() -> (Arc<ServerConfig>, Transport) {
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = issued.cert.der().clone();
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let server = server.with_no_client_auth().with_single_cert(vec![certificate.clone()], key).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(client.with_root_certificates(roots).with_no_client_auth());
    (Arc::new(server), Transport::Tls { config, name: ServerName::try_from("localhost").unwrap() })
}

fn setup(address: SocketAddr, transport: &Transport, millis: u64) -> Setup {
    let slots = [Slot::User, Slot::Unique, Slot::Nonce, Slot::Timestamp, Slot::Signature, Slot::Random];
    let mut body = Pieces::new();
    for slot in slots {
        body.literal("&");
        body.slot(slot);
    }
    let phase =
        Phase::constant("steady", Stretch::Steady, Rate::per_second(RATE).unwrap(), Duration::from_millis(millis));
    let load = Load::Open { phases: vec![phase], arrivals: Arrivals::Poisson };
    Setup {
        plan: Plan { connections: NonZeroU32::new(2).unwrap(), ..Plan::new(load) },
        destination: Destination {
            address,
            host: address.to_string(),
            path_prefix: String::new(),
            transport: transport.clone(),
        },
        cases: vec![Case {
            name: "c".into(),
            weight: 1,
            request: Request { method: "POST".into(), path: "/".into(), headers: Vec::new(), body },
            signing: Signing::AppKey { secret: Secret::new("s"), unit: TimestampUnit::Milliseconds },
            users: Users::Numbered { prefix: "u".into(), pool: NonZeroU32::new(100).unwrap() },
        }],
        judge: Arc::new(|_, _| Judged { class: Class::AsExpected, outcome: "ok".into() }),
        clock: Clock::System,
        run_number: 1,
    }
}

/// Allocations and requests of a run on this thread.
fn run(address: SocketAddr, transport: &Transport, millis: u64) -> (u64, u64) {
    let setup = setup(address, transport, millis);
    let Load::Open { phases, arrivals } = &setup.plan.load else { unreachable!() };
    let schedule = Schedule::new(phases, *arrivals, 3);
    let started = Started {
        model: setup.plan.model(),
        phases: setup.plan.stretches(),
        cases: vec!["c".into()],
        threads: 1,
        approach: Approach::Wait,
        at: Duration::from_secs(1_800_000_000),
    };
    let (full, intervals) = sync_channel(8);
    let (give, empty) = sync_channel(8);
    for _ in 0..2 {
        give.send(Box::new(Interval::new(0, 1, 1))).unwrap();
    }
    let link = Link { full, empty, stop: Arc::new(AtomicBool::new(false)) };
    let clock = Stopwatch::starting_in(Duration::ZERO);
    let waker = Waker::new().unwrap();
    let parts = parts(&setup, Some(&schedule), &started, 0, clock, link);
    let shard = Shard::new(parts, Poller::new(&waker).unwrap());
    let allocations = allocation_counter::measure(|| drop(shard.run())).count_total;
    let sent = intervals.iter().map(|interval| interval.ledger.total().of(Fate::AsExpected)).sum();
    (allocations, sent)
}

#[test]
fn requests_in_the_steady_state_allocate_nothing() {
    let address = server(None);
    let (few, of_few) = run(address, &Transport::Plain, 200);
    let (many, of_many) = run(address, &Transport::Plain, 2_500);
    assert!(of_few > 500 && of_many > of_few + 10_000, "{of_few} {of_many}");
    // Each interval in circulation makes its four histograms once; a connection its buffers.
    assert!(many <= few + 60, "{few} allocations for {of_few} requests, {many} for {of_many}");
}

#[test]
fn under_tls_every_request_allocates_the_same_few_times() {
    let (config, transport) = tls();
    let address = server(Some(config));
    let (few, of_few) = run(address, &transport, 200);
    let (many, of_many) = run(address, &transport, 2_500);
    assert!(of_few > 500 && of_many > of_few + 10_000, "{of_few} {of_many}");
    // Whole runs differ by their handshakes and histograms: some two hundred allocations, a fiftieth of one a request.
    #[expect(clippy::cast_precision_loss, reason = "a ratio of counts below a million")]
    let each = (many as f64 - few as f64) / (of_many - of_few) as f64;
    assert!(
        (each - ALLOCATIONS_UNDER_TLS).abs() < 0.1,
        "{each} allocations a request: {few} for {of_few}, {many} for {of_many}"
    );
}
