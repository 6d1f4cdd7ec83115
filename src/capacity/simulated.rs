//! Targets in virtual time, and searches over them: an M/D/c with whatever may befall it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::search::{PRECISION, Settings, search};
use super::trial::{Batch, Step, Tally, Trial};
use super::{Capacity, Ceiling, Criterion, LatencyLimit, NoNumber, Outcome, Search, Thresholds};
use crate::load::{Distribution, Durations, Rate, empty};

/// A target, and a generator that is on one machine with it. Times are in nanoseconds.
#[derive(Clone)]
struct Target {
    /// How long one request is served.
    service: f64,
    servers: usize,
    /// Whether service times are drawn from an exponential law with that mean.
    memoryless: bool,
    /// What the way there and back takes.
    floor: f64,
    /// From this moment on service takes so many times as long.
    slower: Option<(f64, f64)>,
    /// Nobody listens between these moments.
    down: Option<(f64, f64)>,
    /// Every busy connection breaks at this moment.
    breaks: Option<f64>,
    /// A token bucket: rate and burst.
    limiter: Option<(f64, f64)>,
    /// Above this rate every twentieth request fails.
    fails_above: f64,
    /// Every reply is refused, whatever the rate.
    closed: bool,
    /// The generator is late above this rate.
    generator: f64,
    /// Every so often all is held up for so long.
    stalls: Option<(f64, f64)>,
    now: f64,
    free: BinaryHeap<Reverse<u64>>,
    tokens: f64,
    filled: f64,
    random: u64,
}

const SECOND: f64 = 1e9;

impl Target {
    fn new(servers: usize, service: Duration, seed: u64) -> Self {
        Self {
            service: service.as_nanos() as f64,
            servers,
            memoryless: false,
            floor: 50_000.0,
            slower: None,
            down: None,
            breaks: None,
            limiter: None,
            fails_above: f64::INFINITY,
            closed: false,
            generator: f64::INFINITY,
            stalls: None,
            now: 0.0,
            free: (0..servers).map(|_| Reverse(0)).collect(),
            tokens: 0.0,
            filled: 0.0,
            random: seed.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ 0x5DEE_CE66_D6E8_FEB8,
        }
    }

    /// A number in (0, 1].
    fn unit(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((bits ^ (bits >> 31)) >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    fn service(&mut self, at: f64) -> f64 {
        let factor = self.slower.filter(|(from, _)| at >= *from).map_or(1.0, |(_, factor)| factor);
        let drawn = if self.memoryless { -self.unit().ln() } else { 1.0 };
        self.service * factor * drawn
    }

    fn admits(&mut self, at: f64) -> bool {
        if self.closed {
            return false;
        }
        let Some((rate, burst)) = self.limiter else { return true };
        self.tokens = (self.tokens + (at - self.filled) / SECOND * rate).min(burst);
        self.filled = at;
        let admits = self.tokens >= 1.0;
        if admits {
            self.tokens -= 1.0;
        }
        admits
    }

    /// When a request departs that comes at `at`.
    #[expect(clippy::cast_possible_truncation, reason = "virtual nanoseconds of some minutes")]
    fn depart(&mut self, at: f64) -> f64 {
        let Reverse(free) = self.free.pop().unwrap();
        let mut begin = at.max(free as f64);
        if let Some((every, length)) = self.stalls
            && begin % every < length
        {
            begin += length - begin % every;
        }
        let departure = begin + self.service(begin);
        self.free.push(Reverse(departure as u64));
        departure
    }

    fn listens(&self, at: f64) -> bool {
        self.down.is_none_or(|(from, to)| at < from || at >= to)
    }

    #[expect(clippy::cast_possible_truncation, reason = "virtual nanoseconds of some minutes")]
    fn trial(&mut self, step: &Step) -> Trial {
        let rate = step.rate.get();
        let begin = self.now;
        let steady = begin + step.warm_up.as_nanos() as f64;
        let end = steady + step.most.as_nanos() as f64;
        let limit = step.limit.map_or(f64::INFINITY, |limit| limit.as_nanos() as f64);
        let (mut responses, mut seconds, mut second) = (empty(), Vec::new(), Batch::default());
        let (mut tally, mut last) = (Tally::default(), begin);
        let mut ended = end;
        loop {
            self.now += -self.unit().ln() / rate * SECOND;
            if self.now >= end {
                break;
            }
            while self.now - steady >= (seconds.len() + 1) as f64 * SECOND {
                seconds.push(std::mem::take(&mut second));
                if step.is_enough(&seconds, &Distribution::new(responses.clone(), &empty())) {
                    ended = steady + seconds.len() as f64 * SECOND;
                }
            }
            if ended < end {
                break;
            }
            let (at, counts) = (self.now, self.now >= steady);
            let outcome = self.outcome(at, rate);
            if let Some(departure) = outcome.departure() {
                last = last.max(departure);
            }
            if counts {
                outcome.count(&mut tally, &mut responses, &mut second, (at, limit));
            }
        }
        if second.arrivals > 0 && seconds.is_empty() {
            seconds.push(second);
        }
        self.now = ended;
        let unsound = if rate > self.generator { vec!["the generator was late".to_owned()] } else { Vec::new() };
        Trial {
            // A trial that is cut off leaves its queue behind, one that ends waits for the last replies.
            took: Duration::from_nanos((ended.max(if ended < end { ended } else { last }) - begin) as u64),
            steady: Duration::from_nanos((ended - steady) as u64),
            responses: Distribution::new(responses, &empty()),
            batches: step.batches(&seconds),
            disturbed: 0,
            tally,
            wait_p99: None,
            unsound,
            outcomes: Vec::new(),
        }
    }

    fn outcome(&mut self, at: f64, rate: f64) -> Reply {
        if !self.listens(at) {
            return Reply::Refused;
        }
        if !self.admits(at) {
            return Reply::Limited;
        }
        let departure = self.depart(at) + self.floor;
        let breaks = self.breaks.is_some_and(|moment| at <= moment && departure > moment);
        if breaks || (rate > self.fails_above && self.unit() < 0.05) {
            return Reply::Failed(departure);
        }
        Reply::Good(departure)
    }
}

enum Reply {
    Good(f64),
    Failed(f64),
    Limited,
    Refused,
}

impl Reply {
    fn departure(&self) -> Option<f64> {
        match self {
            Self::Good(departure) | Self::Failed(departure) => Some(*departure),
            Self::Limited | Self::Refused => None,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "virtual nanoseconds of some minutes")]
    fn count(&self, tally: &mut Tally, responses: &mut Durations, second: &mut Batch, (at, limit): (f64, f64)) {
        tally.arrivals += 1;
        match self {
            Self::Good(departure) => {
                tally.answered += 1;
                tally.as_expected += 1;
                second.arrivals += 1;
                second.late += u64::from(departure - at > limit);
                responses.saturating_record((departure - at) as u64);
            }
            Self::Failed(_) => tally.failed += 1,
            Self::Limited => {
                tally.answered += 1;
                tally.limited += 1;
            }
            Self::Refused => {
                tally.unsent += 1;
                tally.refused += 1;
            }
        }
    }
}

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
    search(settings, &mut |step| Some(target.trial(step)), &mut |_| {})
}

fn found(search: &Search) -> Capacity {
    match &search.outcome {
        Outcome::Found(capacity) => *capacity,
        other => panic!("{other:?} after {:?}", search.took),
    }
}

/// The rate at which the p99 of the response time is `times` the unloaded one, by one long run for each rate.
fn truth(target: &Target, times: f64) -> f64 {
    let limit = times * (target.service * if target.memoryless { 2f64.ln() } else { 1.0 } + target.floor);
    let (mut low, mut high) = (0.05, 1.0);
    for _ in 0..12 {
        let load = f64::midpoint(low, high);
        let rate = load * target.servers as f64 / target.service * SECOND;
        let mut target = Target { random: 99, ..target.clone() };
        let (mut at, mut late) = (0.0, 0u32);
        const ARRIVALS: u32 = 1_000_000;
        for _ in 0..ARRIVALS {
            at += -target.unit().ln() / rate * SECOND;
            late += u32::from(target.depart(at) + target.floor - at > limit);
        }
        if late > ARRIVALS / 100 { high = load } else { low = load }
    }
    f64::midpoint(low, high) * target.servers as f64 / target.service * SECOND
}

#[test]
#[ignore = "prints"]
fn one() {
    let seed = std::env::var("SEED").unwrap().parse().unwrap();
    let n: usize = std::env::var("N").unwrap().parse().unwrap();
    let mut target = Target::new(n, Duration::from_micros(std::env::var("US").unwrap().parse().unwrap()), seed);
    let search = search(&settings(), &mut |step| Some(target.trial(step)), &mut |tried| {
        let whole = tried.trial.whole();
        println!(
            "{:7.2?} {:?} {:.1}/s p50 {:?} limit {:?} late {}/{} batches {} steady {:?} took {:?} {:?}",
            tried.began,
            tried.step.purpose,
            tried.step.rate.get(),
            tried.trial.responses.quantile(0.5),
            tried.step.limit,
            whole.late,
            whole.arrivals,
            tried.trial.batches.len(),
            tried.trial.steady,
            tried.trial.took,
            tried.verdict
        );
    });
    println!("{:?} {:?}", search.outcome, search.took);
}

#[test]
#[ignore = "prints a table"]
fn table() {
    let us = Duration::from_micros;
    for (name, servers, service, memoryless) in [
        ("M/D/1 200", 1, us(5_000), false),
        ("M/D/1 1000", 1, us(1_000), false),
        ("M/D/1 5000", 1, us(200), false),
        ("M/D/1 20000", 1, us(50), false),
        ("M/D/4 200", 4, us(20_000), false),
        ("M/D/4 2000", 4, us(2_000), false),
        ("M/D/16 2000", 16, us(8_000), false),
        ("M/D/64 2000", 64, us(32_000), false),
        ("M/M/1 1000", 1, us(1_000), true),
        ("M/M/4 1000", 4, us(4_000), true),
    ] {
        let make = |seed| Target { memoryless, ..Target::new(servers, service, seed) };
        let truth = truth(&make(0), 10.0);
        let mut errors = Vec::new();
        let (mut took, mut trials, mut covered, mut none, mut half) = (0.0, 0, 0, 0, 0.0);
        let runs = if truth > 3000.0 { 20 } else { 40 };
        for seed in 1..=runs {
            let search = searched(make(seed), &settings());
            took += search.took.as_secs_f64();
            trials += search.tried.len();
            match &search.outcome {
                Outcome::Found(capacity) => {
                    errors.push(capacity.rate.get() / truth - 1.0);
                    half += (capacity.high.get() / capacity.low.get()).ln() / 2.0;
                    covered += usize::from(capacity.low.get() <= truth && truth <= capacity.high.get());
                }
                other => {
                    none += 1;
                    println!("   {other:?}");
                }
            }
        }
        let n = errors.len() as f64;
        let mean = errors.iter().sum::<f64>() / n;
        let rms = (errors.iter().map(|e| e * e).sum::<f64>() / n).sqrt();
        let within = errors.iter().filter(|e| e.abs() < 0.05).count();
        let worst = errors.iter().fold(0.0f64, |w, e| w.max(e.abs()));
        println!(
            "{name:12} truth {truth:8.1} within 5 %: {within}/{runs} none {none} bias {:+.2} % rms {:.2} % worst {:.1} % covered {covered} half {:.1} % took {:.0} s trials {:.0}",
            mean * 100.0,
            rms * 100.0,
            worst * 100.0,
            half / n * 100.0,
            took / runs as f64,
            trials as f64 / runs as f64
        );
    }
}
