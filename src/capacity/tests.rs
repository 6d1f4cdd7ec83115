//! Searches over simulated targets whose capacity is known, and over some that have none.

use std::time::Duration;

use super::search::{PRECISION, Settings, search};
use super::simulated::{SECOND, Target};
use super::{Capacity, Ceiling, Criterion, LatencyLimit, NoNumber, Outcome, Search, Thresholds};
use crate::load::Rate;

fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).unwrap()
}

fn settings() -> Settings {
    Settings {
        thresholds: Thresholds::default(),
        lowest: rate(10.0),
        documented: Some(rate(100.0)),
        highest: None,
        precision: PRECISION,
        max_time: Duration::from_secs(600),
    }
}

fn searched(mut target: Target, settings: &Settings) -> Search {
    let found = search(settings, &mut |step| Some(target.trial(step)), &mut |_| {});
    assert!(found.took <= settings.max_time + Duration::from_secs(15), "{:?}", found.took);
    found
}

fn found(search: &Search) -> Capacity {
    match &search.outcome {
        Outcome::Found(capacity) => *capacity,
        other => panic!("{other:?} after {:?}", search.took),
    }
}

/// A target with one server of a millisecond: it carries 785/s.
fn quick(seed: u64) -> Target {
    Target::new(1, Duration::from_millis(1), seed)
}

/// The share of an M/D/1 queue that waits longer than `wait` service times (Erlang 1909).
fn waits_longer(load: f64, wait: f64) -> f64 {
    let mut sum = 0.0;
    let mut term = 0.0;
    while term <= wait {
        let x = load * (term - wait);
        let mut product = (-x).exp();
        let mut factor = 1.0;
        while factor <= term {
            product *= x / factor;
            factor += 1.0;
        }
        sum += product;
        term += 1.0;
    }
    1.0 - (1.0 - load) * sum
}

/// The rate at which the p99 of an M/D/1 is ten times its unloaded median.
fn analytical(target: &Target) -> f64 {
    let wait = (10.0 * (target.service + target.floor) - target.service - target.floor) / target.service;
    let (mut low, mut high) = (0.1, 0.99);
    for _ in 0..50 {
        let load = f64::midpoint(low, high);
        if waits_longer(load, wait) > 0.01 { high = load } else { low = load }
    }
    low / target.service * SECOND
}

/// How many of so many searches, each with arrivals of its own, are within 5 % of the truth.
fn within(truth: f64, seeds: std::ops::Range<u64>, make: impl Fn(u64) -> Target) -> usize {
    let mut hits = 0;
    for seed in seeds {
        let capacity = found(&searched(make(seed), &settings()));
        assert_eq!(capacity.broke, Criterion::Latency);
        hits += usize::from((capacity.rate.get() / truth - 1.0).abs() < 0.05);
    }
    hits
}

#[test]
fn the_capacity_of_an_m_d_1_is_found_from_200_to_20_000_a_second() {
    for micros in [5_000, 1_000, 200, 50] {
        let make = |seed| Target::new(1, Duration::from_micros(micros), seed);
        let truth = analytical(&make(0));
        assert_eq!(within(truth, 1..4, make), 3, "{micros} µs: {truth}");
    }
}

#[test]
fn the_capacity_of_an_m_d_c_is_found() {
    // By ten million simulated arrivals at each of twelve rates.
    for (servers, millis, truth) in [(4, 20, 188.6), (4, 2, 1_888.0), (16, 8, 1_971.0), (64, 32, 1_999.8)] {
        let hits = within(truth, 1..3, |seed| Target::new(servers, Duration::from_millis(millis), seed));
        assert_eq!(hits, 2, "{servers} servers of {millis} ms");
    }
}

#[test]
fn stalls_of_the_target_count_and_those_of_a_moment_do_not_decide() {
    // 20 ms in every 10 s: 0.2 % of the time, which the p99 may hide.
    let target = Target { stalls: Some((10.0 * SECOND, 0.02 * SECOND)), ..quick(3) };
    let capacity = found(&searched(target, &settings()));
    assert!((700.0..830.0).contains(&capacity.rate.get()), "{capacity:?}");
}

#[test]
fn failures_above_a_rate_break_first_there() {
    let target = Target { fails_above: 400.0, ..quick(1) };
    let capacity = found(&searched(target, &settings()));
    assert_eq!(capacity.broke, Criterion::Errors);
    assert!((capacity.rate.get() / 400.0 - 1.0).abs() < 0.05, "{capacity:?}");
}

#[test]
fn a_limiter_breaks_first_where_it_begins_to_refuse() {
    let target = Target { limiter: Some((300.0, 60.0)), ..quick(1) };
    let capacity = found(&searched(target, &settings()));
    assert_eq!(capacity.broke, Criterion::Limited);
    assert!((270.0..315.0).contains(&capacity.rate.get()), "{capacity:?}");
}

#[test]
fn the_generators_own_limit_is_never_the_targets() {
    let target = Target { generator: 500.0, ..quick(1) };
    match searched(target, &settings()).outcome {
        Outcome::AtLeast { rate, ceiling: Ceiling::Generator { rate: failed, causes } } => {
            assert!(rate.get() > 350.0 && rate.get() <= 500.0 && failed.get() > 500.0, "{rate:?} {failed:?}");
            assert!(!causes.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_than_is_allowed_is_never_sent() {
    let (mut target, mut highest) = (quick(1), 0.0f64);
    let settings = Settings { highest: Some(rate(250.0)), ..settings() };
    let ended = search(
        &settings,
        &mut |step| {
            highest = highest.max(step.rate.get());
            Some(target.trial(step))
        },
        &mut |_| {},
    );
    assert_eq!(ended.outcome, Outcome::AtLeast { rate: rate(250.0), ceiling: Ceiling::Highest });
    assert!(highest <= 250.0);
}

#[test]
fn a_target_that_goes_away_has_no_capacity() {
    for seconds in [3.0, 12.0, 40.0] {
        let target = Target { down: Some((seconds * SECOND, f64::INFINITY)), ..quick(1) };
        let outcome = searched(target, &settings()).outcome;
        assert!(matches!(outcome, Outcome::NoNumber(NoNumber::Disappeared { .. })), "{seconds} s: {outcome:?}");
        let target = Target { down: Some((seconds * SECOND, (seconds + 1.5) * SECOND)), ..quick(1) };
        let outcome = searched(target, &settings()).outcome;
        assert!(matches!(outcome, Outcome::NoNumber(NoNumber::Restarted { .. })), "{seconds} s: {outcome:?}");
    }
    let target = Target { down: Some((0.0, f64::INFINITY)), ..quick(1) };
    assert_eq!(searched(target, &settings()).outcome, Outcome::NoNumber(NoNumber::NothingAnswers));
    let target = Target { closed: true, ..quick(1) };
    assert_eq!(searched(target, &settings()).outcome, Outcome::NoNumber(NoNumber::NothingAdmitted));
}

#[test]
fn a_target_that_slows_down_has_no_capacity() {
    for (seconds, factor) in [(8.0, 2.0), (30.0, 2.0), (45.0, 1.5), (60.0, 3.0)] {
        let target = Target { slower: Some((seconds * SECOND, factor)), ..quick(2) };
        let search = searched(target, &settings());
        let told = matches!(
            search.outcome,
            Outcome::NoNumber(NoNumber::SlowedDown { .. } | NoNumber::Changed { .. } | NoNumber::Unsteady { .. })
        );
        assert!(told, "{factor} × after {seconds} s: {:?} after {:?}", search.outcome, search.took);
    }
}

#[test]
fn a_limit_that_nothing_meets_is_broken_at_the_lowest_rate() {
    let thresholds = Thresholds { latency: LatencyLimit::Within(Duration::from_micros(500)), ..Thresholds::default() };
    match searched(quick(1), &Settings { thresholds, ..settings() }).outcome {
        Outcome::Below { rate, broke } => assert_eq!((rate.get(), broke), (10.0, Criterion::Latency)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn little_time_gives_a_wide_interval_or_a_lower_bound() {
    for seconds in [12, 20, 40] {
        let settings = Settings { max_time: Duration::from_secs(seconds), ..settings() };
        let search = searched(quick(1), &settings);
        assert!(search.took < Duration::from_secs(seconds + 2), "{:?}", search.took);
        match &search.outcome {
            Outcome::Found(capacity) => {
                assert!(capacity.low.get() < 785.0 && capacity.high.get() > 700.0, "{capacity:?}");
            }
            Outcome::AtLeast { rate, ceiling: Ceiling::TimeUp } => assert!(rate.get() < 900.0, "{rate:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_stopped_search_says_so_and_keeps_what_it_has() {
    let (mut target, mut left) = (quick(1), 5);
    let stopped = search(
        &settings(),
        &mut |step| {
            left -= 1;
            (left > 0).then(|| target.trial(step))
        },
        &mut |_| {},
    );
    assert_eq!(stopped.outcome, Outcome::NoNumber(NoNumber::Stopped));
    assert_eq!(stopped.tried.len(), 4);
}
