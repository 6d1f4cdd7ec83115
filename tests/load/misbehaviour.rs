//! The load engine against servers that misbehave in known ways: nothing is lost, made up, or waited for without end.
//!
//! No test asserts a duration on the real clock; where time matters, what is asserted is which side of an event it is on.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::time::Duration;

use proofhouse::exchange::Pieces;
use proofhouse::load::{Fate, Load, Measure, Percentile, Plan, Stop, run};

use crate::server::{Answer, WrongServer, reply};
use crate::setup::{drive, setup, steady};

#[test]
fn a_frozen_target_is_the_targets_doing_and_stays_in_the_percentiles() {
    // One connection, and its first reply takes half a second: 100 arrivals come due meanwhile.
    let server = WrongServer::start(|number| match number {
        0 => Answer::LateReply(Duration::from_millis(500), reply(200, "ok")),
        _ => Answer::body("ok"),
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
    let server = WrongServer::start(|_| Answer::Silence);
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
    assert!(server.connections() >= total.of(Fate::TimedOut));
}

#[test]
fn early_closes_and_nonsense_are_failures_and_the_next_request_gets_a_new_connection() {
    let server = WrongServer::start(|number| match number % 5 {
        0 => Answer::LastReply(String::new()),
        1 => Answer::LastReply("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok".into()),
        2 => Answer::Reply("this is not HTTP\r\n\r\n".into()),
        3 => Answer::LastReply("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".into()),
        _ => Answer::Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".into()),
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
fn a_target_that_refuses_connections_leaves_every_arrival_unsent() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let finished = run(&setup(steady(200.0, 300), address), &Stop::default(), |_| {}).unwrap();
    let total = finished.ledger.total();
    assert_eq!((total.planned, total.of(Fate::Unsent)), (60, 60));
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
                    stream.write_all(reply(200, "ok").as_bytes()).unwrap();
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
