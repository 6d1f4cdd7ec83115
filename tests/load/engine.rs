//! The load engine against a server that counts: every arrival is accounted for, exactly.
//!
//! No test asserts a duration on the real clock; where time matters, what is asserted is which side of an event it is on.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::time::Duration;

use proofhouse::load::{Arrivals, CannotRun, Ending, Event, Fate, Load, Measure, Phase, Plan, Stop, Stretch, run};

use crate::server::{Answer, WrongServer};
use crate::setup::{drive, rate, setup, steady};

#[test]
fn every_planned_arrival_is_sent_and_seen_by_the_server() {
    let server = WrongServer::start(|_| Answer::body("ok"));
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
    let server = WrongServer::start(|_| Answer::body("ok"));
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
    let server = WrongServer::start(|number| match number % 100 {
        7 => Answer::body(["one", "two", "three"][usize::try_from(number / 100 % 3).unwrap()]),
        _ => Answer::body("ok"),
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
    let server = WrongServer::start(|number| Answer::body(if number % 2 == 0 { "ok" } else { "limited" }));
    let finished = drive(steady(1_000.0, 400), &server);
    let total = finished.ledger.total();
    assert_eq!((total.of(Fate::AsExpected), total.limited()), (200, 200));
    assert_eq!(finished.responses().count(), 200);
    assert_eq!(proofhouse::load::Distribution::of_limited(&finished.ledger, |_| true).count(), 200);
}

#[test]
fn a_refusal_above_the_documented_rate_is_learned_and_below_it_deviates() {
    let above = WrongServer::start(|number| Answer::body(if number % 2 == 0 { "ok" } else { "busy" }));
    let plan = Plan { documented: Some(rate(100.0)), ..steady(1_000.0, 200) };
    let total = drive(plan, &above).ledger.total();
    assert_eq!((total.of(Fate::Learned), total.of(Fate::Deviating)), (100, 0));

    let below = WrongServer::start(|number| Answer::body(if number % 2 == 0 { "ok" } else { "busy" }));
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
fn connections_close_after_their_share_of_requests() {
    let server = WrongServer::start(|_| Answer::body("ok"));
    let plan =
        Plan { requests_per_connection: NonZeroU64::new(10), connections: NonZeroU32::MIN, ..steady(500.0, 400) };
    let finished = drive(plan, &server);
    assert_eq!(finished.ledger.total().of(Fate::AsExpected), 200);
    assert_eq!(server.connections(), 20);
}

#[test]
fn an_interrupted_run_keeps_the_identity() {
    let server = WrongServer::start(|number| if number > 100 { Answer::Silence } else { Answer::body("ok") });
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
    let server = WrongServer::start(|_| Answer::body("ok"));
    let load = Load::Closed { warm_up: Duration::from_millis(100), steady: Duration::from_millis(400) };
    let plan = Plan { connections: NonZeroU32::new(4).unwrap(), ..Plan::new(load) };
    let finished = drive(plan, &server);
    let total = finished.ledger.total();
    assert_eq!(total.planned, total.sent);
    assert_eq!(total.sent, server.requests());
    assert_eq!(server.connections(), 4);
    assert_eq!(finished.distribution(Measure::Lag).count(), 0);
    assert!(finished.soundness.lag_bound.is_none());
}

#[test]
fn samples_carry_their_instants_in_order() {
    let server = WrongServer::start(|number| Answer::body(if number == 5 { "odd" } else { "ok" }));
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
    let server = WrongServer::start(|_| Answer::body("ok"));
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
