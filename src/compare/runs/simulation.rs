//! Simulated runs of servers with known laws: how often a regression is found where there is none, and where there is one.

use std::time::Duration;

use super::{Arrangement, LoadRun, compare};
use crate::load::{Fate, Key, Latency, Ledger, empty};
use crate::record::compare::{ChangeFinding, CompareRecord, Design};

/// A source of numbers that is the same in every test (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    /// In (0, 1].
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((bits ^ (bits >> 31)) >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// A server's service times, in seconds.
type Law = fn(&mut Numbers) -> f64;

fn exponential(numbers: &mut Numbers) -> f64 {
    -0.005 * numbers.unit().ln()
}

fn constant(_: &mut Numbers) -> f64 {
    0.005
}

fn bimodal(numbers: &mut Numbers) -> f64 {
    if numbers.unit() < 0.03 { 0.020 } else { 0.002 }
}

/// A run of so many requests; all of its latencies share a drift.
struct Made {
    law: Law,
    requests: u32,
    drift: f64,
}

impl Made {
    /// One run whose latencies are longer by a factor: all of them, or only the slowest twentieth.
    fn run(&self, number: usize, numbers: &mut Numbers, slower: Slower) -> LoadRun {
        let drift = (numbers.normal() * self.drift).exp();
        let mut durations = empty();
        let mut seconds: Vec<f64> = (0..self.requests).map(|_| drift * (self.law)(numbers)).collect();
        seconds.sort_unstable_by(f64::total_cmp);
        let from = match slower {
            Slower::No => seconds.len(),
            Slower::All(_) => 0,
            Slower::Tail(_) => seconds.len() * 19 / 20,
        };
        seconds[from..].iter_mut().for_each(|second| *second *= slower.factor());
        // What machine and network add, about a tenth of a millisecond.
        let floor = |numbers: &mut Numbers| 80e-6 - 20e-6 * numbers.unit().ln();
        for second in seconds {
            let nanos = Duration::from_secs_f64(second + floor(numbers)).as_nanos();
            durations.record(u64::try_from(nanos).unwrap()).unwrap();
        }
        let mut ledger = Ledger::new(1, 1);
        let key = Key::Latency { measure: Latency::Response, phase: 0, case: 0, fate: Fate::AsExpected };
        ledger.merge(key, &durations);
        LoadRun::new(format!("run {number}"), super::sample::record(&ledger, u64::from(self.requests)), Some(&ledger))
    }

    fn compared(&self, runs: usize, numbers: &mut Numbers, slower: Slower, arrangement: Arrangement) -> CompareRecord {
        let base: Vec<_> = (0..runs).map(|number| self.run(number, numbers, Slower::No)).collect();
        let head: Vec<_> = (0..runs).map(|number| self.run(number, numbers, slower)).collect();
        compare(&base, &head, arrangement, 0.05)
    }
}

/// What is slower in head.
#[derive(Clone, Copy)]
enum Slower {
    No,
    All(f64),
    Tail(f64),
}

impl Slower {
    fn factor(self) -> f64 {
        match self {
            Self::No => 1.0,
            Self::All(factor) | Self::Tail(factor) => factor,
        }
    }
}

/// In how many of so many comparisons a regression is found.
fn found(made: &Made, runs: usize, times: u32, slower: Slower, arrangement: Arrangement) -> usize {
    let mut numbers = Numbers(u64::from(made.requests));
    let exits = (0..times).map(|_| made.compared(runs, &mut numbers, slower, arrangement).exit_code);
    exits.filter(|code| *code == 1).count()
}

#[test]
fn runs_of_one_server_hardly_ever_show_a_regression() {
    let mut wrong = 0;
    for (law, drift) in [(exponential as Law, 0.01), (exponential, 0.05), (constant, 0.03), (bimodal, 0.02)] {
        let made = Made { law, requests: 600, drift };
        wrong += found(&made, 5, 34, Slower::No, Arrangement::Apart);
        wrong += found(&made, 10, 16, Slower::No, Arrangement::InPairs);
    }
    // Of 200, for which one in a hundred is what the error is designed for.
    assert!(wrong <= 2, "{wrong}");
}

#[test]
fn a_slowdown_of_ten_per_cent_is_found_with_five_records_a_side() {
    for (law, requests) in [(exponential as Law, 5_000), (constant, 1_000), (bimodal, 1_000)] {
        let made = Made { law, requests, drift: 0.01 };
        let found = found(&made, 5, 20, Slower::All(1.1), Arrangement::Apart);
        assert!(found >= 19, "{found} of 20 with {requests} requests");
    }
}

#[test]
fn a_slower_tail_alone_is_found_with_ten_pairs_and_named() {
    let made = Made { law: exponential, requests: 4_000, drift: 0.01 };
    let tail = Slower::Tail(1.1);
    let found = found(&made, 10, 20, tail, Arrangement::InPairs);
    assert!(found >= 19, "{found} of 20");
    let record = made.compared(10, &mut Numbers(1), tail, Arrangement::InPairs);
    assert_eq!(record.design, Design::Paired);
    let p99 = record.latencies.iter().find(|change| change.of_100_000 == 99_000).unwrap();
    assert_eq!(p99.finding, ChangeFinding::Regression);
    let [low, high] = p99.interval.unwrap();
    assert!(low > 0.0 && (low..high).contains(&0.1), "{low} to {high}");
    let median = record.latencies.iter().find(|change| change.of_100_000 == 50_000).unwrap();
    assert_eq!(median.finding, ChangeFinding::Unproven);
}

#[test]
fn with_one_run_a_side_nothing_is_proven_however_large_the_change() {
    let made = Made { law: constant, requests: 2_000, drift: 0.0 };
    let record = made.compared(1, &mut Numbers(3), Slower::All(2.0), Arrangement::Apart);
    assert_eq!((record.design, record.exit_code), (Design::Single, 3));
    assert!(record.latencies.iter().all(|change| change.p.is_none()));
    assert!(record.notes[0].contains("drift between runs is not included"), "{:?}", record.notes);
    let same = made.compared(1, &mut Numbers(3), Slower::No, Arrangement::Apart);
    assert_eq!(same.exit_code, 0, "{:?}", same.reasons);
}

#[test]
fn a_case_that_alone_is_slower_is_named() {
    let mut numbers = Numbers(9);
    let mut side = |slower: f64| -> Vec<LoadRun> {
        let mut run = |number: usize| {
            let mut ledger = Ledger::new(1, 2);
            for (case, factor) in [(0, 1.0), (1, slower)] {
                let mut durations = empty();
                for _ in 0..1_000 {
                    let seconds = factor * exponential(&mut numbers) + 1e-4;
                    durations.record(u64::try_from(Duration::from_secs_f64(seconds).as_nanos()).unwrap()).unwrap();
                }
                let key = Key::Latency { measure: Latency::Response, phase: 0, case, fate: Fate::AsExpected };
                ledger.merge(key, &durations);
            }
            let mut record = super::sample::record(&ledger, 2_000);
            let mut second = record.settings.mix[0].clone();
            second.address = "rongcloud/slow".into();
            record.settings.mix.push(second);
            LoadRun::new(format!("run {number}"), record, Some(&ledger))
        };
        (0..5).map(&mut run).collect()
    };
    let (base, head) = (side(1.0), side(1.5));
    let record = compare(&base, &head, Arrangement::Apart, 0.05);
    let of = |case: &str, finding| {
        record
            .latencies
            .iter()
            .filter(|change| change.case.as_deref() == Some(case) && change.finding == finding)
            .count()
    };
    assert!(of("rongcloud/slow", ChangeFinding::Regression) >= 2, "{:?}", record.reasons);
    assert_eq!(of("rongcloud/plain", ChangeFinding::Regression), 0, "{:?}", record.reasons);
}
