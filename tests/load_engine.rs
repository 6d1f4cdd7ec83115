//! The load engine against servers that misbehave in known ways: counts are exact, and nothing is lost or made up.
//!
//! No test asserts a duration on the real clock; where time matters, what is asserted is which side of an event it is on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proofhouse::clock::Clock;
use proofhouse::exchange::{Pieces, Reply, Request, Slot};
use proofhouse::load::{
    Arrivals, CannotRun, Case, Class, Destination, Ending, Event, Fate, Finished, Judge, Judged, Load, Measure, Pacing,
    Percentile, Phase, Plan, Rate, Refusal, Setup, Signing, Stop, Stretch, TimestampUnit, Transport, Users, run,
};
use proofhouse::secret::Secret;

/// What a test server does with its n-th request.
enum Answer {
    Body(&'static str),
    /// Bytes as they stand, then the connection stays open.
    Raw(String),
    /// Bytes as they stand, then the connection closes.
    RawThenClose(String),
    Silence,
    Wait(Duration, &'static str),
}

struct Server {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
}

impl Server {
    /// One thread a connection; counts whole requests. Ends with the process.
    fn start(answer: impl Fn(u64) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, connections) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (count, opened, answer) = (requests.clone(), connections.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                opened.fetch_add(1, Ordering::SeqCst);
                let (count, answer) = (count.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &count, &*answer));
            }
        });
        Self { address, requests, connections }
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, count: &AtomicU64, answer: &dyn Fn(u64) -> Answer) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        while let Some(length) = request_length(&bytes) {
            bytes.drain(..length);
            let written = match answer(count.fetch_add(1, Ordering::SeqCst)) {
                Answer::Body(body) => stream.write_all(reply(body).as_bytes()),
                Answer::Wait(pause, body) => {
                    std::thread::sleep(pause);
                    stream.write_all(reply(body).as_bytes())
                }
                Answer::Raw(raw) => stream.write_all(raw.as_bytes()),
                Answer::RawThenClose(raw) => {
                    let _ = stream.write_all(raw.as_bytes());
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

fn reply(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).unwrap()
}

fn steady(per_second: f64, millis: u64) -> Plan {
    let phase = Phase::constant("steady", Stretch::Steady, rate(per_second), Duration::from_millis(millis));
    Plan {
        pacing: Pacing::Wait,
        request_timeout: Duration::from_secs(5),
        ..Plan::new(Load::Open { phases: vec![phase], arrivals: Arrivals::Constant })
    }
}

fn case(name: &str) -> Case {
    let mut body = Pieces::from("userId=");
    body.slot(Slot::User);
    body.literal("&note=");
    body.slot(Slot::Unique);
    let header = |slot| {
        let mut pieces = Pieces::new();
        pieces.slot(slot);
        pieces
    };
    let headers = vec![
        ("Nonce".to_owned(), header(Slot::Nonce)),
        ("Timestamp".to_owned(), header(Slot::Timestamp)),
        ("Signature".to_owned(), header(Slot::Signature)),
    ];
    Case {
        name: name.to_owned(),
        weight: 1,
        request: Request { method: "POST".into(), path: "/set".into(), headers, body },
        signing: Signing::AppKey { secret: Secret::new("secret"), unit: TimestampUnit::Milliseconds },
        users: Users::Numbered { prefix: "user-".into(), pool: NonZeroU32::new(1_000).unwrap() },
    }
}

/// `ok` is as expected, `limited` limited, `busy` a well-formed refusal; all else a deviation of the body's shape.
fn judge() -> Judge {
    Arc::new(|_, reply: &Reply| {
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        let class = match body.as_str() {
            "ok" => Class::AsExpected,
            "limited" => Class::Limited,
            "busy" => Class::Deviating { shape: "code 7".into(), refusal: Refusal::WellFormed },
            _ => Class::Deviating { shape: body.clone(), refusal: Refusal::No },
        };
        Judged { class, outcome: body }
    })
}

fn setup(plan: Plan, address: SocketAddr) -> Setup {
    Setup {
        plan,
        destination: Destination {
            address,
            host: address.to_string(),
            path_prefix: String::new(),
            transport: Transport::Plain,
        },
        cases: vec![case("set")],
        judge: judge(),
        clock: Clock::System,
        run_number: 1,
    }
}

/// Runs to the end; the identity was verified by the engine itself, in total and for each phase.
fn drive(plan: Plan, server: &Server) -> Finished {
    let finished = run(&setup(plan, server.address), &Stop::default(), |_| {}).unwrap();
    assert!(server.requests() > 0, "the server was never hit");
    finished
}

#[test]
fn every_planned_arrival_is_sent_and_seen_by_the_server() {
    let server = Server::start(|_| Answer::Body("ok"));
    let finished = drive(steady(2_000.0, 500), &server);
    let total = finished.ledger.total();
    assert_eq!((total.planned, total.sent, total.of(Fate::AsExpected)), (1_000, 1_000, 1_000));
    assert_eq!(server.requests(), total.sent);
    assert_eq!(finished.responses().count(), 1_000);
    assert_eq!(finished.distribution(Measure::Lag).count(), 1_000);
    assert_eq!(finished.distribution(Measure::Wait).count(), 1_000);
    assert_eq!(finished.ending, Ending::Completed);
}

#[test]
fn several_shards_and_phases_count_as_one_run_does() {
    let server = Server::start(|_| Answer::Body("ok"));
    let step =
        |name: &str, stretch, per_second| Phase::constant(name, stretch, rate(per_second), Duration::from_millis(300));
    let phases = vec![
        step("warm-up", Stretch::WarmUp, 1_000.0),
        Phase { to: rate(2_000.0), ..step("ramp", Stretch::Ramp, 1_000.0) },
        step("steady", Stretch::Steady, 2_000.0),
    ];
    let plan = Plan {
        threads: NonZeroUsize::new(3).unwrap(),
        load: Load::Open { phases, arrivals: Arrivals::Constant },
        ..steady(1.0, 1)
    };
    let finished = drive(plan, &server);
    let planned: Vec<u64> = (0..3).map(|phase| finished.ledger.accounts(phase).planned).collect();
    assert_eq!(planned, [300, 450, 600]);
    assert_eq!(finished.judged().planned, 1_050);
    assert_eq!(server.requests(), 1_350);
}

#[test]
fn wrong_answers_in_three_ways_make_three_groups_with_exact_counts() {
    let server = Server::start(|number| match number % 100 {
        7 => Answer::Body(["one", "two", "three"][usize::try_from(number / 100 % 3).unwrap()]),
        _ => Answer::Body("ok"),
    });
    let finished = drive(steady(3_000.0, 1_000), &server);
    let groups = finished.findings.groups();
    let mut counts: Vec<(&str, u64)> = groups.iter().map(|group| (group.shape, group.count)).collect();
    counts.sort_unstable();
    assert_eq!(counts, [("one", 10), ("three", 10), ("two", 10)]);
    assert_eq!(finished.ledger.total().of(Fate::Deviating), 30);
    for group in &groups {
        assert_eq!(group.examples.len(), 3);
        let example = &group.examples[0];
        let request = String::from_utf8(example.request.clone()).unwrap();
        assert!(request.starts_with("POST /set HTTP/1.1\r\n") && request.contains(&"*".repeat(40)), "{request}");
        assert!(request.contains(&format!("Nonce: 100001{:012}", example.index)), "{request}");
        assert_eq!(example.reply.body, group.shape.as_bytes());
    }
}

#[test]
fn limited_replies_are_classified_first_and_kept_apart() {
    let server = Server::start(|number| Answer::Body(if number % 2 == 0 { "ok" } else { "limited" }));
    let finished = drive(steady(1_000.0, 400), &server);
    let total = finished.ledger.total();
    assert_eq!((total.of(Fate::AsExpected), total.limited()), (200, 200));
    assert_eq!(finished.responses().count(), 200);
    assert_eq!(proofhouse::load::Distribution::of_limited(&finished.ledger, |_| true).count(), 200);
}

#[test]
fn a_refusal_above_the_documented_rate_is_learned_and_below_it_deviates() {
    let above = Server::start(|number| Answer::Body(if number % 2 == 0 { "ok" } else { "busy" }));
    let plan = Plan { documented: Some(rate(100.0)), ..steady(1_000.0, 200) };
    let total = drive(plan, &above).ledger.total();
    assert_eq!((total.of(Fate::Learned), total.of(Fate::Deviating)), (100, 0));

    let below = Server::start(|number| Answer::Body(if number % 2 == 0 { "ok" } else { "busy" }));
    let phases = [50.0, 1_000.0].map(|per_second| {
        Phase::constant(format!("{per_second}"), Stretch::Step, rate(per_second), Duration::from_millis(200))
    });
    let load = Load::Open { phases: phases.to_vec(), arrivals: Arrivals::Constant };
    let finished = drive(Plan { documented: Some(rate(100.0)), load, ..steady(1.0, 1) }, &below);
    let total = finished.ledger.total();
    assert_eq!((total.of(Fate::Learned), total.of(Fate::Deviating)), (0, 105));
    assert_eq!(finished.findings.groups()[0].count, 105);
}

#[test]
fn a_frozen_target_is_the_targets_doing_and_stays_in_the_percentiles() {
    // One connection, and its first reply takes half a second: 100 arrivals come due meanwhile.
    let server = Server::start(|number| match number {
        0 => Answer::Wait(Duration::from_millis(500), "ok"),
        _ => Answer::Body("ok"),
    });
    let plan = Plan { connections: NonZeroU32::MIN, ..steady(200.0, 1_000) };
    let finished = drive(plan, &server);
    let total = finished.ledger.total();
    assert_eq!((total.planned, total.of(Fate::AsExpected)), (200, 200));
    // A closed model would see one slow request of 200. By the schedule a quarter of them waits 250 ms or longer.
    let quarter = finished.responses().quantile(0.75).unwrap();
    assert!(matches!(quarter, Percentile::Exact(value) if value >= Duration::from_millis(200)), "{quarter:?}");
    let service = finished.distribution(Measure::Service).quantile(0.75).unwrap().value();
    assert!(service < quarter.value());
    let wait = finished.distribution(Measure::Wait).max().unwrap().value();
    assert!(wait >= Duration::from_millis(400), "{wait:?}");
}

#[test]
fn a_silent_target_times_out_sheds_and_bounds_the_percentiles_from_below() {
    let server = Server::start(|_| Answer::Silence);
    let plan = Plan {
        connections: NonZeroU32::new(2).unwrap(),
        request_timeout: Duration::from_millis(100),
        ..steady(200.0, 500)
    };
    let finished = drive(plan, &server);
    let total = finished.ledger.total();
    assert_eq!(total.planned, 100);
    assert!(total.of(Fate::TimedOut) > 0 && total.of(Fate::Shed) > 0, "{total}");
    assert_eq!(total.of(Fate::AsExpected), 0);
    assert!(matches!(finished.responses().quantile(0.01), Some(Percentile::AtLeast(_))));
    // Each timeout closed its connection.
    assert!(server.connections.load(Ordering::SeqCst) >= total.of(Fate::TimedOut));
}

#[test]
fn early_closes_and_nonsense_are_failures_and_the_next_request_gets_a_new_connection() {
    let server = Server::start(|number| match number % 5 {
        0 => Answer::RawThenClose(String::new()),
        1 => Answer::RawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok".into()),
        2 => Answer::Raw("this is not HTTP\r\n\r\n".into()),
        3 => Answer::RawThenClose("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".into()),
        _ => Answer::Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".into()),
    });
    let plan = Plan { connections: NonZeroU32::MIN, ..steady(500.0, 400) };
    let finished = drive(plan, &server);
    let total = finished.ledger.total();
    assert_eq!(total.planned, 200);
    assert_eq!(total.sent, server.requests());
    assert_eq!((total.of(Fate::Failed), total.of(Fate::AsExpected)), (120, 80));
    let mut kinds: Vec<&str> = finished.findings.rows().iter().map(|row| &*row.finding.outcome).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["connection closed without a reply", "ok", "reply cut off", "the reply is not HTTP"]);
}

#[test]
fn connections_close_after_their_share_of_requests() {
    let server = Server::start(|_| Answer::Body("ok"));
    let plan =
        Plan { requests_per_connection: NonZeroU64::new(10), connections: NonZeroU32::MIN, ..steady(500.0, 400) };
    let finished = drive(plan, &server);
    assert_eq!(finished.ledger.total().of(Fate::AsExpected), 200);
    assert_eq!(server.connections.load(Ordering::SeqCst), 20);
}

#[test]
fn a_target_that_refuses_connections_leaves_every_arrival_unsent() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let finished = run(&setup(steady(200.0, 300), address), &Stop::default(), |_| {}).unwrap();
    let total = finished.ledger.total();
    assert_eq!((total.planned, total.of(Fate::Unsent)), (60, 60));
}

#[test]
fn an_interrupted_run_keeps_the_identity() {
    let server = Server::start(|number| if number > 100 { Answer::Silence } else { Answer::Body("ok") });
    let plan = Plan { connections: NonZeroU32::new(8).unwrap(), ..steady(1_000.0, 60_000) };
    let stop = Stop::default();
    let finished = run(&setup(plan, server.address), &stop, |event| {
        if let Event::Second(_) = event {
            stop.request();
        }
    })
    .unwrap();
    assert_eq!(finished.ending, Ending::Interrupted);
    let total = finished.ledger.total();
    assert_eq!(total.verify(), Ok(()));
    assert_eq!((total.of(Fate::AsExpected), total.of(Fate::InFlight)), (101, 8));
    assert!(total.of(Fate::Abandoned) > 0 && total.planned < 60_000, "{total}");
}

#[test]
fn in_the_closed_model_every_connection_is_busy_and_planned_equals_sent() {
    let server = Server::start(|_| Answer::Body("ok"));
    let load = Load::Closed { warm_up: Duration::from_millis(100), steady: Duration::from_millis(400) };
    let plan = Plan { connections: NonZeroU32::new(4).unwrap(), ..Plan::new(load) };
    let finished = drive(plan, &server);
    let total = finished.ledger.total();
    assert_eq!(total.planned, total.sent);
    assert_eq!(total.sent, server.requests());
    assert_eq!(server.connections.load(Ordering::SeqCst), 4);
    assert_eq!(finished.distribution(Measure::Lag).count(), 0);
    assert!(finished.soundness.lag_bound.is_none());
}

#[test]
fn samples_carry_their_instants_in_order() {
    let server = Server::start(|number| Answer::Body(if number == 5 { "odd" } else { "ok" }));
    let plan = Plan { keep_samples: 1_000, ..steady(500.0, 200) };
    let finished = drive(plan, &server);
    assert_eq!(finished.samples.len(), 100);
    assert!(finished.samples.iter().enumerate().all(|(number, sample)| sample.index == number as u64));
    for sample in &finished.samples {
        let dispatched = sample.dispatched.unwrap();
        assert!(sample.intended <= sample.released && sample.released <= dispatched && dispatched < sample.finished);
    }
    let odd: Vec<&str> = finished
        .samples
        .iter()
        .filter(|sample| sample.fate == Fate::Deviating)
        .map(|sample| &*finished.findings.rows()[sample.row.unwrap()].finding.outcome)
        .collect();
    assert_eq!(odd, ["odd"]);
}

#[test]
fn seconds_are_told_in_order_and_add_up() {
    let server = Server::start(|_| Answer::Body("ok"));
    let mut seconds = Vec::new();
    let mut sum = 0;
    let plan = Plan { threads: NonZeroUsize::new(2).unwrap(), ..steady(500.0, 2_200) };
    let finished = run(&setup(plan, server.address), &Stop::default(), |event| {
        if let Event::Second(second) = event {
            seconds.push(second.number);
            sum += second.now.total().sent;
            assert_eq!(second.so_far.total().sent, sum);
        }
    })
    .unwrap();
    assert_eq!(sum, finished.ledger.total().sent);
    assert!(seconds.is_sorted() && seconds.len() >= 3, "{seconds:?}");
}

#[test]
fn a_plan_that_sends_nothing_is_an_error() {
    let address = "127.0.0.1:1".parse().unwrap();
    let mut nothing = setup(steady(1.0, 1), address);
    nothing.cases.clear();
    assert!(matches!(run(&nothing, &Stop::default(), |_| {}), Err(CannotRun::NothingToSend)));
    assert!(matches!(run(&setup(steady(1.0, 0), address), &Stop::default(), |_| {}), Err(CannotRun::NoTime)));
}

#[test]
fn a_reply_that_comes_before_the_whole_request_is_sent_is_not_overlooked() {
    const BODY: usize = 8 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = vec![0; 64 << 10];
        // Replies to the first bytes of each request, and only then reads the rest.
        loop {
            let mut have = 0;
            while have < BODY {
                let Ok(length @ 1..) = stream.read(&mut buffer) else { return };
                if have == 0 {
                    stream.write_all(reply("ok").as_bytes()).unwrap();
                    std::thread::sleep(Duration::from_millis(20));
                }
                have += length;
            }
        }
    });
    let mut setup = setup(Plan { connections: NonZeroU32::MIN, ..steady(10.0, 300) }, address);
    setup.cases[0].request.body = Pieces::from("x".repeat(BODY).as_str());
    let total = run(&setup, &Stop::default(), |_| {}).unwrap().ledger.total();
    assert_eq!((total.planned, total.of(Fate::AsExpected)), (3, 3), "{total}");
}

#[test]
fn a_closed_run_against_nobody_counts_its_attempts_and_does_not_spin() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let load = Load::Closed { warm_up: Duration::ZERO, steady: Duration::from_millis(300) };
    let total = run(&setup(Plan::new(load), address), &Stop::default(), |_| {}).unwrap().ledger.total();
    assert_eq!(total.planned, total.of(Fate::Unsent));
    assert!((1..=31).contains(&total.planned), "{total}");
}
