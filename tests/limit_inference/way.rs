//! The way to a limiter and back in virtual time: what the probes send, when it really goes out, when it is decided.

use std::time::Duration;

use proofhouse::limit::{Decision, Observation, ProbePlan};
use proofhouse::load::{Arrivals, Schedule};
use proofhouse::reference::limiter;

use crate::law::{Law, Limiter};

/// Draws that are the same in every run.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(7_919).wrapping_add(17))
    }

    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31)
    }

    fn exponential(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(-(1.0 - self.unit()).ln())
    }

    /// One of these.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "few")]
        let place = (self.unit() * of.len() as f64) as usize;
        of[place.min(of.len() - 1)]
    }
}

/// Moments at which a machine does something else: on average so often, and for so long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stalls {
    pub(crate) every: Duration,
    pub(crate) length: Duration,
}

impl Stalls {
    pub(crate) const NONE: Self = Self { every: Duration::MAX, length: Duration::ZERO };
}

/// How long the way to the limiter and back takes, how much it varies, and how long an admitted request is worked on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    pub(crate) way: Duration,
    pub(crate) jitter: Duration,
    pub(crate) work: Duration,
    /// In which nothing is sent, and no answer is read.
    pub(crate) generator: Stalls,
    /// In which nothing is decided.
    pub(crate) target: Stalls,
}

/// Both on one machine that has little else to do.
pub(crate) const LOCAL: Path = Path {
    way: Duration::from_micros(50),
    jitter: Duration::from_micros(40),
    work: Duration::from_micros(300),
    generator: Stalls { every: Duration::from_secs(1), length: Duration::from_millis(1) },
    target: Stalls::NONE,
};

/// A machine's stalls, in the order of time.
struct Machine {
    of: Stalls,
    draws: Draws,
    from: Duration,
    until: Duration,
}

impl Machine {
    fn new(of: Stalls, seed: u64) -> Self {
        Self { of, draws: Draws::new(seed), from: Duration::ZERO, until: Duration::ZERO }
    }

    /// When it gets to what comes at an instant; instants must not go back.
    fn gets_to(&mut self, at: Duration) -> Duration {
        if self.of.length.is_zero() {
            return at;
        }
        while at >= self.until {
            self.from = self.until + self.draws.exponential(self.of.every);
            self.until = self.from + self.draws.exponential(self.of.length);
        }
        if at >= self.from { self.until } else { at }
    }
}

/// Sends all probes to a law and notes what it decides.
pub(crate) fn observe(plan: &ProbePlan, law: &Law, path: &Path, seed: u64) -> Vec<Observation> {
    let mut draws = Draws::new(seed);
    let mut limiter = Limiter::new(law);
    // The limiter's clock began at another time than the run.
    let ahead = Duration::from_secs(1_000) + Duration::from_secs(1).mul_f64(draws.unit());
    let schedule = Schedule::new(&plan.phases(), Arrivals::Constant, 1);
    let (mut generator, mut target) = (Machine::new(path.generator, seed + 1), Machine::new(path.target, seed + 2));
    let mut sent = Duration::ZERO;
    let mut arrived = Vec::new();
    for arrival in schedule.stripe(0, 1) {
        let due = generator.gets_to(arrival.intended.as_duration());
        sent = (sent + Duration::from_micros(3)).max(due + draws.exponential(Duration::from_micros(30)));
        arrived.push((sent + path.way + draws.exponential(path.jitter), sent, arrival.phase));
    }
    arrived.sort();
    let mut busy: Vec<Duration> = Vec::new();
    let mut observations = Vec::new();
    for (at, sent, probe) in arrived {
        let at = target.gets_to(at);
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
    // The generator reads what has come when it gets to it.
    let mut reader = Machine::new(path.generator, seed + 1);
    observations.sort_by_key(|one| one.answered);
    for one in &mut observations {
        one.answered = reader.gets_to(one.answered);
    }
    observations.sort_by_key(|one| one.sent);
    observations
}
