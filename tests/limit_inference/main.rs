//! The fingerprint in virtual time: the probes sent with jitter to simulated limiters, and what is inferred compared with
//! what was simulated. No sound one may be condemned, and every broken one must be.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod grid;
mod law;
mod way;

use std::time::Duration;

use proofhouse::limit::infer::{Fingerprint, Kind};
use proofhouse::limit::{Extent, Finding, ProbePlan, findings, infer};
use proofhouse::load::Rate;

use grid::{Case, Truth, all_measured};
use law::Law;
use way::{LOCAL, Path, observe};

fn plan(rate: f64, extent: Extent) -> ProbePlan {
    ProbePlan::new(Rate::per_second(rate).unwrap(), extent)
}

/// What is inferred of a law, and what is found against it.
fn measured(law: &str, rate: f64, extent: Extent, path: &Path) -> (Fingerprint, Vec<Finding>) {
    let plan = plan(rate, extent);
    let observations = observe(&plan, &Law::Reference(law.to_owned()), path, 1);
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

/// How many sound limiters are drawn, and how many broken ones: hundreds in an optimised build, and as many in the other as
/// take no longer.
const SOUND: u64 = if cfg!(debug_assertions) { 10 } else { 300 };
const BROKEN: u64 = if cfg!(debug_assertions) { 6 } else { 80 };
/// How many of the sound ones may be taken for another: one in twelve. That is one of a few.
const MISTAKEN: u64 = SOUND.div_ceil(12);

#[test]
fn of_many_limiters_nearly_all_are_recognised_and_no_sound_one_is_condemned() {
    let cases: Vec<Case> = (0..SOUND).map(grid::sound).collect();
    let mut wrong = Vec::new();
    for (case, said) in cases.iter().zip(all_measured(&cases)) {
        assert!(said.findings.is_empty(), "{case:?}: {:?} by {:?}", said.findings, said.fingerprint);
        let Truth::Sound { kind, rate, burst } = case.truth else { continue };
        let of = &said.fingerprint;
        // What is stated without reserve has to be right, whatever the kind is taken for.
        if let (Some(truth), Some(rate)) = (rate, of.rate)
            && of.undetermined.is_empty()
        {
            assert!((rate.value / truth - 1.0).abs() < 0.02, "{case:?}: {of:?}");
        }
        let burst_is_right =
            burst.zip(of.burst).is_none_or(|(truth, burst)| (burst.value - truth).abs() <= f64::max(2.0, truth * 0.1));
        if of.kind != kind || !burst_is_right {
            wrong.push(format!("{case:?}: {of:?}"));
        }
    }
    let is_nearly_all = u64::try_from(wrong.len()).is_ok_and(|wrong| wrong <= MISTAKEN);
    assert!(is_nearly_all, "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn of_many_broken_limiters_each_is_condemned() {
    let cases: Vec<Case> = (0..BROKEN).map(grid::broken).collect();
    for (case, said) in cases.iter().zip(all_measured(&cases)) {
        assert!(!said.findings.is_empty(), "{case:?}: {:?}", said.fingerprint);
    }
}
