//! The engine as it is in the product: signs each request, judges each reply, records everything.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use proofhouse::clock::Clock;
use proofhouse::exchange::{Pieces, Request, Slot};
use proofhouse::load::{
    Arrivals, Case, Class, Destination, Fate, Judged, Load, Measure, Pacing, Phase, Plan, Rate, Refusal, Setup,
    Signing, Stop, Stretch, TimestampUnit, Transport, Users, run,
};
use proofhouse::secret::Secret;

const BODY: &str =
    "&userProfile=%7B%22name%22%3A%22Nick%22%2C%22portraitUri%22%3A%22http%3A%2F%2Fexample.com%2Fa.png%22%7D";

pub(crate) fn setup(address: &str, plan: Plan) -> Setup {
    let slot = |slot| {
        let mut pieces = Pieces::new();
        pieces.slot(slot);
        pieces
    };
    let mut body = Pieces::from("userId=");
    body.slot(Slot::User);
    body.literal(BODY);
    let headers = vec![
        ("App-Key".to_owned(), Pieces::from("uwd1c0sxdlx2")),
        ("Nonce".to_owned(), slot(Slot::Nonce)),
        ("Timestamp".to_owned(), slot(Slot::Timestamp)),
        ("Signature".to_owned(), slot(Slot::Signature)),
        ("Content-Type".to_owned(), Pieces::from("application/x-www-form-urlencoded")),
    ];
    Setup {
        plan,
        destination: Destination {
            address: address.parse().unwrap(),
            host: address.to_owned(),
            path_prefix: String::new(),
            transport: Transport::Plain,
        },
        cases: vec![Case {
            name: "set".into(),
            weight: 1,
            request: Request { method: "POST".into(), path: "/user/profile/set.json".into(), headers, body },
            signing: Signing::AppKey { secret: Secret::new("Y1W2MeFwwwRxa0"), unit: TimestampUnit::Milliseconds },
            users: Users::Numbered { prefix: "user-".into(), pool: NonZeroU32::new(100_000).unwrap() },
        }],
        judge: Arc::new(|_, reply| {
            let code = serde_json::from_slice::<serde_json::Value>(&reply.body).ok().map(|body| body["code"] == 200);
            let class = match code {
                Some(true) => Class::AsExpected,
                Some(false) | None => Class::Deviating { shape: "code".into(), refusal: Refusal::No },
            };
            Judged { class, outcome: "accepted".into() }
        }),
        clock: Clock::System,
        run_number: u64::from(std::process::id()),
    }
}

/// Keeps all connections busy; returns how many replies were as expected, which must be all.
pub(crate) fn closed(address: &str, seconds: u64, connections: u32) -> u64 {
    let load = Load::Closed { warm_up: Duration::ZERO, steady: Duration::from_secs(seconds) };
    let plan = Plan { connections: NonZeroU32::new(connections).unwrap(), ..Plan::new(load) };
    let total = run(&setup(address, plan), &Stop::default(), |_| {}).unwrap().ledger.total();
    assert_eq!(total.sent, total.of(Fate::AsExpected));
    total.sent
}

/// Offers a rate and prints lag, response time, processor share and resident memory.
pub(crate) fn open(address: &str, rate: u64, seconds: u64, pacing: Option<&str>) {
    let phase = |name: &str, stretch, seconds| {
        Phase::constant(name, stretch, Rate::per_second(rate as f64).unwrap(), Duration::from_secs(seconds))
    };
    let phases = vec![phase("warm-up", Stretch::WarmUp, 1), phase("steady", Stretch::Steady, seconds)];
    let pacing = match pacing {
        Some("wait") => Pacing::Wait,
        Some("spin") => Pacing::Spin,
        _ => Pacing::Auto,
    };
    let plan = Plan { pacing, ..Plan::new(Load::Open { phases, arrivals: Arrivals::Constant }) };
    let finished = run(&setup(address, plan), &Stop::default(), |_| {}).unwrap();
    let micros = |measure, quantile| {
        finished.distribution(measure).quantile(quantile).map_or(0.0, |value| value.value().as_secs_f64() * 1e6)
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!(
        "engine {rate:6}/s {:4}  lag p50 {:7.1} p99 {:7.1} µs   response p50 {:7.1} p99 {:7.1} µs   {:?}  cpu {:.1} %  {memory}",
        format!("{pacing:?}").to_lowercase(),
        micros(Measure::Lag, 0.5),
        micros(Measure::Lag, 0.99),
        micros(Measure::Response, 0.5),
        micros(Measure::Response, 0.99),
        finished.started.approach,
        finished.cost.cpu.as_secs_f64() * 100.0 / (seconds + 1) as f64,
    );
    println!("       {}", finished.ledger.total());
}

/// The same request for wrk, but for what wrk cannot do: fixed values, a fixed signature.
pub(crate) fn lua() -> String {
    format!(
        "wrk.method = \"POST\"\nwrk.body = \"userId=user-00000{BODY}\"\n\
         wrk.headers[\"App-Key\"] = \"uwd1c0sxdlx2\"\nwrk.headers[\"Nonce\"] = \"100001000000000001\"\n\
         wrk.headers[\"Timestamp\"] = \"1408710653491\"\n\
         wrk.headers[\"Signature\"] = \"0123456789abcdef0123456789abcdef01234567\"\n\
         wrk.headers[\"Content-Type\"] = \"application/x-www-form-urlencoded\"\n"
    )
}
