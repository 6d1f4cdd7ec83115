//! One law driven by the engine: both sides' figures.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::command::sign::random_seed;
use crate::exchange::{Pieces, Request, Slot};
use crate::load::{
    Arrivals, Case, Class, Destination, Distribution, Judged, Load, Measure, Percentile, Phase, Plan, Rate, Refusal,
    Setup, Signing, Soundness, Stop, Stretch, TimestampUnit, Transport, Users,
};
use crate::reference::law::{Law, LawServer, Servers, Settings, fixed_reply};
use crate::secret::Secret;

/// What every reply says.
const BODY: &str = "{\"code\":200}";

/// A run against a law server.
pub(super) struct Driven {
    /// What the engine says of the response times.
    pub(super) responses: Distribution,
    /// How many it says it sent.
    pub(super) sent: u64,
    /// How many of them came back as expected.
    pub(super) as_expected: u64,
    /// How many the server has seen.
    pub(super) served: u64,
    /// When the server saw them.
    pub(super) arrivals: Vec<Duration>,
    /// The 99th percentile of the dispatch lag.
    pub(super) lag_p99: Duration,
    pub(super) soundness: Soundness,
}

impl Driven {
    /// Whether engine and server count the same.
    pub(super) fn counts_agree(&self) -> bool {
        self.sent == self.served && self.sent == self.as_expected
    }

    pub(super) fn is_sound(&self) -> bool {
        self.soundness.is_sound()
    }
}

/// Drives a law for so long.
///
/// # Errors
/// The server or the engine could not start, in words.
pub(super) fn drive(law: Law, arrivals: Arrivals, rate: f64, duration: Duration) -> Result<Driven, String> {
    let rate = Rate::per_second(rate).ok_or("no rate")?;
    let phase = Phase::constant("steady", Stretch::Steady, rate, duration);
    let plan = Plan::new(Load::Open { phases: vec![phase], arrivals });
    let keep_arrivals = 2 * usize::try_from(duration.as_millis()).unwrap_or(usize::MAX).saturating_mul(4);
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let settings = Settings { listen, law, servers: Servers::Unlimited, seed: random_seed(), keep_arrivals };
    let server = LawServer::start(&settings, fixed_reply(BODY)).map_err(|error| format!("no law server: {error}"))?;
    let setup = setup(server.address(), Plan { seed: random_seed(), ..plan });
    let finished = crate::load::run(&setup, &Stop::default(), |_| {}).map_err(|error| error.to_string())?;
    let served = server.stop();
    let lag = finished.distribution(Measure::Lag).quantile(0.99);
    let judged = finished.judged();
    Ok(Driven {
        responses: finished.responses(),
        sent: judged.sent,
        as_expected: judged.of(crate::load::Fate::AsExpected),
        served: served.requests,
        arrivals: served.arrivals,
        lag_p99: lag.map(Percentile::value).unwrap_or_default(),
        soundness: finished.soundness,
    })
}

/// A signed request, as the load command sends them.
fn setup(address: SocketAddr, plan: Plan) -> Setup {
    let slot = |slot| {
        let mut pieces = Pieces::new();
        pieces.slot(slot);
        pieces
    };
    let slots = [("Nonce", Slot::Nonce), ("Timestamp", Slot::Timestamp), ("Signature", Slot::Signature)];
    let headers = slots.map(|(name, of)| (name.to_owned(), slot(of))).to_vec();
    let mut body = Pieces::from("userId=");
    body.slot(Slot::User);
    let request = Request { method: "POST".into(), path: "/".into(), headers, body };
    let case = Case {
        name: "selftest".into(),
        weight: 1,
        request,
        signing: Signing::AppKey { secret: Secret::new("selftest"), unit: TimestampUnit::Milliseconds },
        users: Users::Numbered { prefix: "user".into(), pool: NonZeroU32::new(1_000).unwrap_or(NonZeroU32::MIN) },
    };
    Setup {
        plan: Plan { requests_per_connection: None::<NonZeroU64>, ..plan },
        destination: Destination {
            address,
            host: address.to_string(),
            path_prefix: String::new(),
            transport: Transport::Plain,
        },
        cases: vec![case],
        judge: Arc::new(|_, reply| {
            let right = reply.status == 200 && reply.body == BODY.as_bytes();
            let shape = || format!("status {}", reply.status);
            let class =
                if right { Class::AsExpected } else { Class::Deviating { shape: shape(), refusal: Refusal::No } };
            Judged { class, outcome: "served".into() }
        }),
        clock: Clock::System,
        run_number: random_seed(),
    }
}
