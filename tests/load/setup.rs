//! The engine's setup for tests: one case, one judge, plans of one phase.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use proofhouse::clock::Clock;
use proofhouse::exchange::{Pieces, Reply, Request, Slot};
use proofhouse::load::{
    Arrivals, Case, Class, Destination, Finished, Judge, Judged, Load, Pacing, Phase, Plan, Rate, Refusal, Setup,
    Signing, Stop, Stretch, TimestampUnit, Transport, Users, run,
};
use proofhouse::secret::Secret;

use crate::server::WrongServer;

pub(crate) fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).unwrap()
}

pub(crate) fn steady(per_second: f64, millis: u64) -> Plan {
    let phase = Phase::constant("steady", Stretch::Steady, rate(per_second), Duration::from_millis(millis));
    Plan {
        pacing: Pacing::Wait,
        request_timeout: Duration::from_secs(5),
        ..Plan::new(Load::Open { phases: vec![phase], arrivals: Arrivals::Constant })
    }
}

pub(crate) fn case(name: &str) -> Case {
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
pub(crate) fn judge() -> Judge {
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

pub(crate) fn setup(plan: Plan, address: SocketAddr) -> Setup {
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
pub(crate) fn drive(plan: Plan, server: &WrongServer) -> Finished {
    let finished = run(&setup(plan, server.address), &Stop::default(), |_| {}).unwrap();
    assert!(server.requests() > 0, "the server was never hit");
    finished
}
