//! Hundreds of limiters: laws, rates, bursts, windows and phases drawn from what people build, each measured over a way of
//! its own; and what has to be said of them.

use std::time::Duration;

use proofhouse::limit::infer::{Fingerprint, Kind};
use proofhouse::limit::{Extent, Finding, ProbePlan, findings, infer};
use proofhouse::load::Rate;

use crate::law::{Counts, Law};
use crate::way::{Draws, LOCAL, Path, Stalls, observe};

/// A limiter and the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) documented: f64,
    pub(crate) law: Law,
    pub(crate) path: Path,
    pub(crate) seed: u64,
    pub(crate) truth: Truth,
}

/// What has to be said of a limiter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Truth {
    /// It is of this kind; rate and burst as far as the kind has them.
    Sound {
        kind: Kind,
        rate: Option<f64>,
        burst: Option<f64>,
    },
    Broken,
}

/// What was said of one.
pub(crate) struct Said {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) findings: Vec<Finding>,
}

impl Case {
    pub(crate) fn measured(&self) -> Said {
        let plan = ProbePlan::new(Rate::per_second(self.documented).unwrap(), Extent::Full);
        let observations = observe(&plan, &self.law, &self.path, self.seed);
        let fingerprint = infer(&plan, &observations);
        let findings = findings(&plan, &observations, &fingerprint);
        Said { fingerprint, findings }
    }
}

const MS: Duration = Duration::from_millis(1);

/// A quiet machine, one that is used, and one on which others build.
const MACHINES: [(Stalls, Stalls); 3] = [
    (LOCAL.generator, LOCAL.target),
    (Stalls { every: Duration::from_millis(300), length: MS }, Stalls { every: Duration::from_secs(1), length: MS }),
    (
        Stalls { every: Duration::from_millis(250), length: Duration::from_millis(3) },
        Stalls { every: Duration::from_millis(250), length: Duration::from_millis(2) },
    ),
];

/// The sound case of a number: kinds take turns, all else is drawn.
pub(crate) fn sound(number: u64) -> Case {
    let mut draws = Draws::new(number * 31 + 5);
    for _ in 0..4 {
        draws.unit();
    }
    let documented: f64 = draws.one(&[20.0, 50.0, 50.0, 100.0, 100.0, 100.0, 200.0, 500.0, 1_000.0]);
    let (generator, target) = draws.one(&MACHINES);
    let work = draws.one(&[Duration::from_micros(300), MS * 3, MS * 20]);
    let mut path = Path { way: draws.one(&[LOCAL.way, MS]), work, generator, target, ..LOCAL };
    let rate: f64 = (documented * draws.one(&[1.0, 1.0, 1.05, 1.25])).round();
    let refusals_count = number % 10 == 7;
    let window = MS * draws.one(&[200, 500, 1_000, 1_000, 2_000, 5_000, 10_000]);
    // Longer ones are closed for longer than the probes watch.
    let window = if refusals_count { window.min(MS * 2_000) } else { window };
    let limit = (rate * window.as_secs_f64()).round();
    let rate_of_window = limit / window.as_secs_f64();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of requests")]
    let whole = limit as u32;
    let phase = window.mul_f64(draws.unit());
    let phase = Duration::from_millis(u64::try_from(phase.as_millis()).unwrap());
    let windowed = |kind, law| (law, kind, Some(rate_of_window), Some(limit));
    let (law, kind, rate, burst) = match number % 10 {
        0 => (Law::Reference("none".into()), Kind::None, None, None),
        1 | 2 => {
            let burst = draws.one(&[1.0, 2.0, 5.0, 10.0, 0.2 * rate, 0.5 * rate, rate, 2.0 * rate]).round();
            let law = format!("token-bucket:rate={rate},burst={burst}");
            (Law::Reference(law), Kind::TokenBucket, Some(rate), Some(burst))
        }
        3 => {
            let law =
                format!("fixed-window:limit={whole},window={}ms,phase={}ms", window.as_millis(), phase.as_millis());
            windowed(Kind::FixedWindow, Law::Reference(law))
        }
        4 => windowed(Kind::FixedWindow, Law::Anchored { limit: whole, window }),
        5 => {
            let law = format!("sliding-window:limit={whole},window={}ms", window.as_millis());
            windowed(Kind::SlidingWindow, Law::Reference(law))
        }
        6 => {
            let law = Law::Weighted { limit: whole, window, phase, counts: Counts::Admitted };
            windowed(Kind::SlidingWindow, law)
        }
        7 if number % 20 < 10 => {
            let law = Law::Weighted { limit: whole, window, phase, counts: Counts::Everything };
            windowed(Kind::SlidingWindow, law)
        }
        7 => {
            let law = Law::LogOfAll { limit: usize::try_from(whole).unwrap(), window };
            windowed(Kind::SlidingWindow, law)
        }
        8 => {
            let queue = (rate * draws.one(&[0.1, 0.2, 0.5, 1.0, 2.0])).round();
            let law = format!("leaky-bucket:rate={rate},queue={queue}");
            (Law::Reference(law), Kind::LeakyBucket, Some(rate), Some(queue + 1.0))
        }
        _ => {
            // It holds the documented rate, and refuses a part of five times that.
            path.work = Duration::from_millis(50);
            let limit = (documented * 0.05 * draws.one(&[1.6, 2.0, 3.0])).ceil();
            (Law::Reference(format!("concurrency:limit={limit}")), Kind::Concurrency, None, None)
        }
    };
    Case { documented, law, path, seed: number + 1, truth: Truth::Sound { kind, rate, burst } }
}

/// The broken case of a number.
pub(crate) fn broken(number: u64) -> Case {
    let mut draws = Draws::new(number * 37 + 11);
    for _ in 0..4 {
        draws.unit();
    }
    let documented: f64 = draws.one(&[20.0, 50.0, 100.0, 100.0, 200.0, 500.0]);
    let (generator, target) = draws.one(&MACHINES);
    let path = Path { generator, target, ..LOCAL };
    let burst = (documented * draws.one(&[0.1, 0.2, 0.5])).max(2.0).round();
    let rate = documented;
    let law = match number % 4 {
        0 => format!("throttling:rate={rate},burst={burst},share={}", draws.one(&[0.3, 0.4, 0.45])),
        1 => format!("latching:rate={rate},burst={burst},closed={}s", draws.one(&[15, 60])),
        2 => format!(
            "porous:rate={rate},burst={burst},factor={},above={}",
            draws.one(&[2.0, 3.0, 4.0]),
            rate * draws.one(&[1.8, 3.0])
        ),
        _ => format!("double-at-boundary:limit={rate},window={}s", draws.one(&[1])),
    };
    Case { documented, law: Law::Reference(law), path, seed: number + 1, truth: Truth::Broken }
}

/// Measures all of them, on as many threads as there are processors.
pub(crate) fn all_measured(cases: &[Case]) -> Vec<Said> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let one = |thread: usize| {
            let mine = cases.iter().skip(thread).step_by(threads);
            scope.spawn(move || mine.map(Case::measured).collect::<Vec<_>>())
        };
        let workers: Vec<_> = (0..threads).map(one).collect();
        let mut said: Vec<_> = workers.into_iter().map(|worker| worker.join().unwrap().into_iter()).collect();
        (0..cases.len()).map(|number| said[number % threads].next().unwrap()).collect()
    })
}
