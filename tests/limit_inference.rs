//! The fingerprint in virtual time: the probes sent with jitter to simulated limiters, and what is inferred compared with
//! what was simulated. No sound one may be condemned, and every broken one must be.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use proofhouse::limit::infer::{Fingerprint, Kind};
use proofhouse::limit::{Decision, Extent, Finding, Observation, ProbePlan, findings, infer};
use proofhouse::load::{Arrivals, Rate, Schedule};
use proofhouse::reference::limiter::{self, Law, Limiter};

/// Draws that are the same in every run.
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31)
    }

    fn exponential(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(-(1.0 - self.unit()).ln())
    }
}

/// How long the way to the limiter and back takes, how much it varies, and how long an admitted request is worked on.
struct Path {
    way: Duration,
    jitter: Duration,
    work: Duration,
}

const LOCAL: Path =
    Path { way: Duration::from_micros(50), jitter: Duration::from_micros(40), work: Duration::from_micros(300) };

/// Sends all probes to a law and notes what it decides.
fn observe(plan: &ProbePlan, law: &str, path: &Path, seed: u64) -> Vec<Observation> {
    let mut draws = Draws(seed * 7_919 + 17);
    let mut limiter = Limiter::new(law.parse::<Law>().unwrap());
    // The limiter's clock began at another time than the run.
    let ahead = Duration::from_secs(1_000) + Duration::from_secs(1).mul_f64(draws.unit());
    let schedule = Schedule::new(&plan.phases(), Arrivals::Constant, 1);
    let mut sent = Duration::ZERO;
    let mut arrived = Vec::new();
    for arrival in schedule.stripe(0, 1) {
        // One in a hundred is sent a millisecond late.
        let late = if draws.unit() < 0.01 { Duration::from_millis(1) } else { Duration::ZERO };
        sent = sent.max(arrival.intended.as_duration() + late + draws.exponential(Duration::from_micros(30)));
        arrived.push((sent + path.way + draws.exponential(path.jitter), sent, arrival.phase));
    }
    arrived.sort();
    let mut busy: Vec<Duration> = Vec::new();
    let mut observations = Vec::new();
    for (at, sent, probe) in arrived {
        busy.retain(|until| {
            let done = *until <= at;
            if done {
                limiter.finished(*until);
            }
            !done
        });
        let (decision, worked) = match limiter.decide(ahead + at) {
            limiter::Decision::Admit => (Decision::Admitted, path.work),
            limiter::Decision::Delay(wait) => (Decision::Admitted, path.work + wait),
            limiter::Decision::Refuse => (Decision::Refused, Duration::ZERO),
        };
        if decision == Decision::Admitted {
            busy.push(at + worked);
        }
        let answered = at + worked + path.way + draws.exponential(path.jitter);
        observations.push(Observation { sent, answered, decision, probe });
    }
    observations.sort_by_key(|one| one.sent);
    observations
}

fn plan(rate: f64, extent: Extent) -> ProbePlan {
    ProbePlan::new(Rate::per_second(rate).unwrap(), extent)
}

/// What is inferred of a law, and what is found against it.
fn measured(law: &str, rate: f64, extent: Extent, path: &Path) -> (Fingerprint, Vec<Finding>) {
    let plan = plan(rate, extent);
    let observations = observe(&plan, law, path, 1);
    let fingerprint = infer(&plan, &observations);
    let findings = findings(&plan, &observations, &fingerprint);
    (fingerprint, findings)
}

#[track_caller]
fn is_inferred(law: &str, documented: f64, kind: Kind, rate: f64, burst: f64) {
    let (fingerprint, findings) = measured(law, documented, Extent::Full, &LOCAL);
    assert_eq!(fingerprint.kind, kind, "{law}: {fingerprint:?}");
    let found = fingerprint.rate.unwrap().value;
    assert!((found / rate - 1.0).abs() < 0.02, "{law}: {found}/s");
    let found = fingerprint.burst.unwrap().value;
    assert!((found - burst).abs() <= f64::max(2.0, burst * 0.1), "{law}: burst {found}");
    assert!(findings.is_empty(), "{law}: {findings:?}");
}

#[test]
fn buckets_of_any_size_are_buckets() {
    for burst in [1, 2, 10, 50, 100, 200] {
        let law = format!("token-bucket:rate=100,burst={burst}");
        is_inferred(&law, 100.0, Kind::TokenBucket, 100.0, f64::from(burst));
    }
}

#[test]
fn buckets_of_any_rate_are_buckets() {
    for (rate, burst) in [(5, 5), (20, 4), (250, 100), (500, 20)] {
        let law = format!("token-bucket:rate={rate},burst={burst}");
        is_inferred(&law, f64::from(rate), Kind::TokenBucket, f64::from(rate), f64::from(burst));
    }
}

#[test]
fn fixed_windows_show_their_length_and_phase() {
    for (millis, limit) in [(200, 20), (500, 50), (1_000, 100), (2_000, 200), (5_000, 500), (10_000, 1_000)] {
        let law = format!("fixed-window:limit={limit},window={millis}ms,phase={}ms", millis / 3);
        is_inferred(&law, 100.0, Kind::FixedWindow, 100.0, f64::from(limit));
        let window = measured(&law, 100.0, Extent::Full, &LOCAL).0.window.unwrap().value;
        assert!((window.as_secs_f64() * 1e3 / f64::from(millis) - 1.0).abs() < 0.02, "{law}: {window:?}");
    }
}

#[test]
fn sliding_windows_slide() {
    for (millis, limit) in [(200, 20), (1_000, 100), (5_000, 500)] {
        let law = format!("sliding-window:limit={limit},window={millis}ms");
        is_inferred(&law, 100.0, Kind::SlidingWindow, 100.0, f64::from(limit));
    }
}

#[test]
fn leaky_buckets_delay() {
    for queue in [20, 100, 200] {
        let law = format!("leaky-bucket:rate=100,queue={queue}");
        is_inferred(&law, 100.0, Kind::LeakyBucket, 100.0, f64::from(queue) + 1.0);
    }
}

#[test]
fn a_concurrency_limit_is_none_of_the_rate() {
    let slow = Path { work: Duration::from_millis(50), ..LOCAL };
    let (fingerprint, findings) = measured("concurrency:limit=8", 100.0, Extent::Full, &slow);
    assert_eq!(fingerprint.kind, Kind::Concurrency, "{fingerprint:?}");
    assert!((fingerprint.concurrency.unwrap().value - 8.0).abs() <= 1.0);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn no_limiter_is_no_limiter() {
    let (fingerprint, findings) = measured("none", 100.0, Extent::Full, &LOCAL);
    assert_eq!(fingerprint.kind, Kind::None);
    assert!(findings.is_empty());
}

#[test]
fn every_broken_limiter_is_condemned() {
    let condemned = |law: &str| measured(law, 100.0, Extent::Full, &LOCAL).1;
    assert!(matches!(condemned("throttling")[0], Finding::ThrottlesBelow { .. }));
    assert!(condemned("double-at-boundary").iter().any(|one| matches!(one, Finding::AdmitsTooMuch(_))));
    assert!(condemned("latching").contains(&Finding::StaysClosed(None)));
    assert!(condemned("porous").iter().any(|one| matches!(one, Finding::AdmitsTooMuch(_))));
}

#[test]
fn the_quick_probes_tell_the_usual_laws_too() {
    for (law, kind) in [
        ("token-bucket:rate=100,burst=10", Kind::TokenBucket),
        ("fixed-window", Kind::FixedWindow),
        ("sliding-window", Kind::SlidingWindow),
        ("leaky-bucket", Kind::LeakyBucket),
        ("none", Kind::None),
    ] {
        let (fingerprint, findings) = measured(law, 100.0, Extent::Quick, &LOCAL);
        assert_eq!(fingerprint.kind, kind, "{law}: {fingerprint:?}");
        assert!(findings.is_empty(), "{law}: {findings:?}");
    }
}
