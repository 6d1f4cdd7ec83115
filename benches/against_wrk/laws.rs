//! The engine against servers whose latency law is known: reported percentiles beside the analytical ones.

use std::num::NonZeroU32;
use std::time::Duration;

use proofhouse::load::{
    Arrivals, Distribution, Expected, Load, Measure, Phase, Plan, Rate, Stop, Stretch, compare, deviations,
    poisson_fit, run,
};
use proofhouse::reference::law::{Law, LawServer, Servers, Settings, fixed_reply};

use crate::generator;

const RATE: f64 = 1_000.0;

/// Runs every law for so long and prints how far off each percentile is.
pub(crate) fn run_all(seconds: u64) {
    let ms = Duration::from_millis;
    let laws = [
        ("constant 5 ms", Law::Constant(ms(5))),
        ("exponential 10 ms", Law::Exponential(ms(10))),
        ("bimodal 2 / 50 ms", Law::Bimodal { fast: ms(2), slow: ms(50), slow_per_mille: 100 }),
        ("freeze 500 ms in 5 s", Law::Freeze { service: ms(1), stall: ms(500), every: ms(5_000) }),
    ];
    let (floor, ..) = drive(Law::Constant(Duration::ZERO), Arrivals::Constant, seconds.min(5));
    for (name, law) in laws {
        let (responses, arrivals, connections) = drive(law, Arrivals::Constant, seconds);
        println!("{name}, {} requests, connections up to {connections}", responses.count());
        let expected = Expected::new(|quantile| law.response(quantile), &floor);
        for quantile in [0.5, 0.8, 0.95, 0.99] {
            let row = compare(quantile, responses.quantile(quantile), &expected);
            let (reported, truth) = (row.reported, row.truth);
            println!("  p{:<4} {reported:>12.3?}  truth {truth:>12.3?}  {:+.2} %", quantile * 100.0, row.error * 100.0);
        }
        let apart = deviations(&arrivals, Duration::from_secs_f64(1.0 / RATE));
        println!("  arrivals off schedule: p50 {:?} p99 {:?}", apart[apart.len() / 2], apart[apart.len() * 99 / 100]);
    }
    let (_, arrivals, _) = drive(Law::Constant(ms(1)), Arrivals::Poisson, seconds);
    println!("Poisson arrivals as the server saw them: {:?}", poisson_fit(&arrivals, RATE));
}

fn drive(law: Law, arrivals: Arrivals, seconds: u64) -> (Distribution, Vec<Duration>, u64) {
    let listen = "127.0.0.1:0".parse().unwrap();
    let keep_arrivals = usize::try_from(seconds).unwrap() * 2_000;
    let settings = Settings { listen, law, servers: Servers::Unlimited, seed: 5, keep_arrivals };
    let server = LawServer::start(&settings, fixed_reply("{\"code\":200}")).unwrap();
    let rate = Rate::per_second(RATE).unwrap();
    let phase = Phase::constant("steady", Stretch::Steady, rate, Duration::from_secs(seconds));
    let plan = Plan {
        connections: NonZeroU32::new(1_024).unwrap(),
        ..Plan::new(Load::Open { phases: vec![phase], arrivals })
    };
    let setup = generator::setup(&server.address().to_string(), plan);
    let finished = run(&setup, &Stop::default(), |_| {}).unwrap();
    assert!(finished.distribution(Measure::Lag).count() > 0);
    let served = server.stop();
    assert_eq!(served.requests, finished.ledger.total().sent);
    (finished.responses(), served.arrivals, finished.cost.opened)
}
