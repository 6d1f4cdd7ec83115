//! Which law explains the decisions, and whether any does well enough to be named.

use std::time::Duration;

use super::capacity::Capacity;
use super::delay::{Queue, queue, queue_at};
use super::fingerprint::{Counted, Estimate, Fingerprint, Form, Kind, Reach};
use super::hypothesis::{Fit, Law};
use super::trace::Trace;
use super::{bucket, concurrency, fixed, single, sliding};
use crate::limit::observation::{Decision, Observation};

/// So few refusals are strays and no limiter.
const STRAYS: usize = 3;
/// How many openings a limiter must have shown.
const OPENINGS: usize = 1;
/// The share of the refusals that a law may leave unexplained, besides a few.
const UNEXPLAINED: f64 = 0.03;
const FEW: f64 = 5.0;
/// A law that leaves no more than this unexplained needs no rivals.
const NEARLY_NOTHING: f64 = 3.0;
/// So many times the longest window that is looked for is beyond it.
const LONGER: f64 = 1.01;
/// How well a rate is known that is stated without reserve.
const KNOWN: f64 = 0.02;
/// More room for instants, in seconds, before inference gives up: some machines are noisy. With more than that, short
/// windows could be anything.
const ROOM: [f64; 3] = [0.0, 3e-4, 1.5e-3];

/// How the target limits, by all that was observed. `longest` is the longest window that the probes show often enough.
#[must_use]
pub fn fingerprint(observations: &[Observation], documented: f64, longest: Duration) -> Fingerprint {
    let mut trace = Trace::new(observations, documented);
    if trace.admitted.is_empty() {
        return Fingerprint::undetermined("nothing was admitted".into());
    }
    if observations.iter().filter(|one| one.decision == Decision::Refused).count() <= STRAYS {
        return match queue(&trace) {
            Some(queue) => waiting(&queue, None, &trace),
            None => Fingerprint { explained: trace.len(), ..Fingerprint::of(Kind::None) },
        };
    }
    if trace.openings.len() < OPENINGS {
        return Fingerprint::undetermined("once it refuses it refuses on, and what opens it was not seen".into());
    }
    let mut nearest: Option<Fit> = None;
    for room in ROOM {
        trace = trace.with_room(room);
        let fits = fits(&trace, documented);
        match chosen(&fits, &trace, longest.as_secs_f64()) {
            Choice::One(fit) => return named(&fit, &trace, documented, longest),
            Choice::Several(names) => {
                return Fingerprint::undetermined(format!("{names} explain the decisions equally well"));
            }
            Choice::None => nearest = nearest.or(best(&fits)),
        }
    }
    if let Some(regular) = fixed::regular(&trace) {
        return irregular_count(&regular, &trace);
    }
    let nearest = nearest.map_or_else(String::new, |fit| {
        format!(
            "; {} comes nearest, with about {:.0} of {} decisions against it",
            name(fit.law),
            fit.cost(),
            trace.len()
        )
    });
    Fingerprint::undetermined(format!("no law explains the decisions{nearest}"))
}

/// All laws as well as they fit; the costly ones only if none of the others explains the decisions.
fn fits(trace: &Trace, documented: f64) -> Vec<Fit> {
    let bucket = bucket::fit(trace, documented);
    let single = bucket.and_then(|bucket| single::fit(trace, documented, &bucket));
    let usual = [
        // A whole token is likelier than a part of one more.
        single.filter(|single| bucket.is_none_or(|bucket| single.cost() <= about_as_good(bucket.cost()))).or(bucket),
        sliding::fit_log(trace, documented, Law::Log),
        fixed::fit_grid(trace, documented),
        fixed::fit_anchored(trace, documented),
        concurrency::fit(trace),
    ];
    let mut fits: Vec<Fit> = usual.into_iter().flatten().collect();
    if best(&fits).is_none_or(|best| best.cost() > NEARLY_NOTHING) {
        let others = [
            bucket::fit_corrected(trace, documented),
            sliding::fit_weighted(trace, Law::Weighted),
            sliding::fit_log(trace, documented, Law::LogOfAll),
            sliding::fit_weighted(trace, Law::WeightedOfAll),
        ];
        fits.extend(others.into_iter().flatten());
    }
    fits
}

fn best(fits: &[Fit]) -> Option<Fit> {
    fits.iter().min_by(|one, other| one.cost().total_cmp(&other.cost())).copied()
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn explains(fit: &Fit, trace: &Trace) -> bool {
    fit.cost() <= FEW + UNEXPLAINED * trace.refusals as f64
}

/// No more than a few late decisions worse.
fn about_as_good(cost: f64) -> f64 {
    cost * 1.25 + 2.0
}

enum Choice {
    One(Fit),
    Several(String),
    None,
}

/// The law with the fewest contradictions, unless one of another kind does about as well.
fn chosen(fits: &[Fit], trace: &Trace, longest: f64) -> Choice {
    let Some(best) = best(fits).filter(|fit| explains(fit, trace)) else {
        return Choice::None;
    };
    let bound = about_as_good(best.cost());
    let mut good: Vec<&Fit> = fits.iter().filter(|fit| fit.cost() <= bound).collect();
    // One window as long as all that was refused explains it, whatever the law is.
    let is_longer = |fit: &Fit| kind(fit.law) != Kind::TokenBucket && fit.scale > longest * LONGER;
    if good.iter().any(|fit| !is_longer(fit)) {
        good.retain(|fit| !is_longer(fit));
    }
    // What waits in a queue is under way as well: that its number is bounded is no limit of its own.
    let queues = |fit: &&&Fit| fit.law == Law::Bucket && queue_at(trace, fit.scale, 0.0).is_some();
    if let Some(queue) = good.iter().find(queues).copied() {
        good.retain(|fit| fit.law != Law::Concurrency);
        if good.len() == 1 {
            return Choice::One(*queue);
        }
    }
    let best = good.iter().min_by(|one, other| one.cost().total_cmp(&other.cost())).map_or(best, |fit| **fit);
    // One request in each interval: a bucket for one, a window for one and a gap between requests are the same.
    if best.capacity.value() < 1.5 && best.law != Law::Concurrency {
        let bucket = good.iter().find(|fit| fit.law == Law::Bucket && fit.capacity.value() < 1.5);
        return Choice::One(bucket.map_or_else(|| best.as_bucket(), |fit| **fit));
    }
    // A window as long as an answer takes is none: what frees a place is the answer.
    if good.iter().all(|fit| fit.law == Law::Concurrency || is_as_long_as_an_answer(fit, trace)) {
        let concurrency = good.iter().find(|fit| fit.law == Law::Concurrency);
        return Choice::One(concurrency.map_or(Fit { law: Law::Concurrency, ..best }, |fit| **fit));
    }
    if good.iter().all(|fit| kind(fit.law) == kind(best.law)) {
        return Choice::One(best);
    }
    let names: Vec<&str> = good.iter().map(|fit| name(fit.law)).collect();
    Choice::Several(names.join(" and "))
}

fn is_as_long_as_an_answer(fit: &Fit, trace: &Trace) -> bool {
    let median = |of: Decision| {
        let these = (0..trace.len()).filter(|&index| trace.decision[index] == of);
        let mut service: Vec<f64> = these.map(|index| trace.service(index)).collect();
        service.sort_by(f64::total_cmp);
        service.get(service.len() / 2).copied().unwrap_or_default()
    };
    let (admitted, refused) = (median(Decision::Admitted), median(Decision::Refused));
    // Where refusals take as long, nothing is worked on.
    fit.law != Law::Bucket && (0.8..1.2).contains(&(fit.scale / admitted)) && admitted > 3.0 * refused
}

fn kind(law: Law) -> Kind {
    match law {
        Law::Bucket => Kind::TokenBucket,
        Law::Log | Law::LogOfAll | Law::Weighted | Law::WeightedOfAll => Kind::SlidingWindow,
        Law::Grid | Law::Anchored => Kind::FixedWindow,
        Law::Concurrency => Kind::Concurrency,
    }
}

fn name(law: Law) -> &'static str {
    match law {
        Law::Bucket => "a token bucket",
        Law::Log | Law::LogOfAll => "a sliding log",
        Law::Weighted | Law::WeightedOfAll => "a weighted window",
        Law::Grid => "a fixed window",
        Law::Anchored => "a window that begins with a request",
        Law::Concurrency => "a concurrency limit",
    }
}

fn named(fit: &Fit, trace: &Trace, documented: f64, longest: Duration) -> Fingerprint {
    if let Law::Bucket = fit.law
        && let Some(queue) = queue_at(trace, fit.scale, (fit.scale_high - fit.scale_low) / 2.0)
    {
        return waiting(&queue, Some(fit.capacity), trace);
    }
    let capacity = counted(fit.capacity);
    let of = Fingerprint {
        explained: trace.len() - unexplained(fit.capacity),
        unexplained: unexplained(fit.capacity),
        ..Fingerprint::of(kind(fit.law))
    };
    let windowed = |form, counted| {
        let capacity = if form == Form::Weighted { weighted(fit.capacity, trace) } else { capacity };
        let length = Estimate { value: fit.scale, low: fit.scale_low, high: fit.scale_high };
        let rate = Estimate {
            value: capacity.value / length.value,
            low: capacity.low / length.high,
            high: capacity.high / length.low,
        };
        // The count of a weighted window is known but for one; its pace says more.
        let pace = bucket::paces(trace, documented).into_iter().max_by_key(|pace| pace.admitted);
        let rate = match pace.filter(|pace| form == Form::Weighted && (pace.rate / rate.value - 1.0).abs() < 0.1) {
            Some(pace) => Estimate {
                value: pace.rate,
                low: rate.low.min(pace.rate - pace.uncertain),
                high: rate.high.max(pace.rate + pace.uncertain),
            },
            None => rate,
        };
        let mut undetermined = rough(rate);
        if length.value > longest.as_secs_f64() * LONGER {
            undetermined.push(format!("windows over {longest:?} do not show often enough to be told"));
        }
        let phase = fit.phase.filter(|_| form == Form::Grid).map(|phase| {
            let off = (fit.scale_high - fit.scale_low).max(trace.slack);
            spans(Estimate { value: phase, low: phase - off, high: phase + off })
        });
        Fingerprint {
            form,
            counted,
            rate: Some(rate),
            burst: Some(capacity),
            window: Some(spans(length)),
            phase,
            undetermined,
            ..of.clone()
        }
    };
    match fit.law {
        Law::Bucket => {
            let rate = Estimate { value: fit.scale, low: fit.scale_low, high: fit.scale_high };
            Fingerprint { rate: Some(rate), burst: Some(capacity), undetermined: rough(rate), ..of }
        }
        Law::Log => windowed(Form::Log, Counted::Admitted),
        Law::LogOfAll => windowed(Form::Log, Counted::All),
        Law::Weighted => windowed(Form::Weighted, Counted::Admitted),
        Law::WeightedOfAll => windowed(Form::Weighted, Counted::All),
        Law::Grid => windowed(Form::Grid, Counted::Admitted),
        Law::Anchored => windowed(Form::Anchored, Counted::Admitted),
        Law::Concurrency => Fingerprint { concurrency: Some(capacity), ..of },
    }
}

/// What is said of a rate that is known less well than it ought to be.
fn rough(rate: Estimate<f64>) -> Vec<String> {
    let off = ((rate.high - rate.low) / 2.0 / rate.value).abs();
    if off <= KNOWN {
        return Vec::new();
    }
    vec![format!("the rate is known to ±{:.0} % only: what came in between was too noisy to tell", off * 100.0)]
}

/// Windows on a grid, of which nothing is known but when they open.
fn irregular_count(regular: &fixed::Regular, trace: &Trace) -> Fingerprint {
    let around = |value: f64, off: f64| spans(Estimate { value, low: value - off, high: value + off });
    let unexplained = regular.openings - regular.regular;
    Fingerprint {
        form: Form::Grid,
        window: Some(around(regular.length, trace.slack)),
        phase: Some(around(regular.phase, trace.slack)),
        reach: Reach::Everything,
        undetermined: vec![format!(
            "{} of {} times it opened at the same instant of its window, but what a window admits follows no count",
            regular.regular, regular.openings
        )],
        explained: regular.regular,
        unexplained,
        ..Fingerprint::of(Kind::FixedWindow)
    }
}

/// The cost as a count of decisions.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands at most")]
fn unexplained(capacity: Capacity) -> usize {
    capacity.cost.round() as usize
}

fn counted(capacity: Capacity) -> Estimate<f64> {
    Estimate { value: capacity.value(), low: capacity.low, high: capacity.high }
}

/// The limit of a weighted window. One that admits below its limit and one that admits up to it decide nearly alike; only
/// where the last window was empty the longest run of admissions is the limit itself.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn weighted(capacity: Capacity, trace: &Trace) -> Estimate<f64> {
    let most = counted(capacity);
    let is_run = |limit: f64| trace.runs.iter().any(|run| (*run as f64 - limit).abs() < 0.5);
    let value = if is_run(most.value.round()) { most.value } else { most.value - 1.0 };
    Estimate { value, low: most.low.min(value) - 1.0, high: most.high }
}

fn spans(seconds: Estimate<f64>) -> Estimate<Duration> {
    let of = |seconds: f64| Duration::from_secs_f64(seconds.max(0.0));
    Estimate { value: of(seconds.value), low: of(seconds.low), high: of(seconds.high) }
}

/// A leaky bucket; without a capacity nothing was ever refused.
fn waiting(queue: &Queue, capacity: Option<Capacity>, trace: &Trace) -> Fingerprint {
    let contradictions = capacity.map_or(0, unexplained);
    let longest = match capacity.map(counted) {
        Some(burst) => Estimate { value: burst.value - 1.0, low: burst.low - 1.0, high: burst.high - 1.0 },
        None => Estimate { value: queue.longest, low: queue.longest, high: f64::INFINITY },
    };
    let undetermined = match capacity {
        Some(_) => Vec::new(),
        None => vec!["nothing was refused, so how many may wait is open".to_owned()],
    };
    Fingerprint {
        rate: Some(Estimate { value: queue.rate, low: queue.low, high: queue.high }),
        queue: Some(longest),
        burst: capacity.map(counted),
        undetermined,
        explained: trace.len() - contradictions,
        unexplained: contradictions,
        reach: Reach::Everything,
        ..Fingerprint::of(Kind::LeakyBucket)
    }
}
