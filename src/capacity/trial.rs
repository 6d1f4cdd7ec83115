//! One step of the search and what it brought: what the search asks for, and what it is told.
//!
//! The search knows nothing else of the world. A real trial drives a target, a simulated one a queue in virtual time.

use std::ops::AddAssign;
use std::time::Duration;

use super::criterion::{Criterion, QUANTILE, Thresholds};
use super::interval;
use crate::load::{Distribution, Fate, Percentile, Rate};

/// What is asked of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Why it is made.
    pub purpose: Purpose,
    /// Arrivals a second.
    pub rate: Rate,
    /// Sent before anything counts, so that the queue is as long as it will be.
    pub warm_up: Duration,
    /// The counted stretch is at least so long.
    pub least: Duration,
    /// And at most so long.
    pub most: Duration,
    /// Later replies are late; `None` before the unloaded latency is known.
    pub limit: Option<Duration>,
    /// When it may end before its time.
    pub until: Until,
}

/// Why a step is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To measure the response time of a target that has nothing else to do.
    Unloaded,
    /// To find a rate that is too high, by doubling.
    Climb,
    /// To halve the distance between a rate that is carried and one that is not.
    Bisection,
    /// To say exactly where the thresholds break.
    Edge,
    /// To see whether the target is as quick as before, at a low rate.
    Recheck,
    /// To see again what a rate brought that broke on failures.
    Again,
    /// To draw the curve where nothing was measured yet.
    Curve,
}

impl Purpose {
    /// The word for it in records and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unloaded => "unloaded",
            Self::Climb => "climb",
            Self::Bisection => "bisection",
            Self::Edge => "edge",
            Self::Recheck => "recheck",
            Self::Again => "again",
            Self::Curve => "curve",
        }
    }
}

/// When a step may end before its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Until {
    /// Only where the target is hopelessly late.
    Elapsed,
    /// As soon as the interval of the latency percentile excludes the threshold.
    Decided {
        /// The share of arrivals that may be late.
        share: f64,
        /// How much more the share of late arrivals varies than if they came independently, as known so far.
        dispersion: f64,
    },
    /// As soon as the median is known to two per cent.
    Settled,
}

/// A stretch of a trial: replies in a queue resemble those before them, stretches hardly do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Arrivals whose end is known.
    pub arrivals: u64,
    /// Those that were late, or broke the criterion in question.
    pub late: u64,
}

/// How arrivals of the counted stretch ended, as far as it concerns thresholds. What the end of a trial cut off is in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Arrivals that were not cut off.
    pub arrivals: u64,
    /// Whole replies, whatever they said.
    pub answered: u64,
    /// Replies that met their expectation.
    pub as_expected: u64,
    /// Replies that differed from it.
    pub deviating: u64,
    /// Refused because of the rate.
    pub limited: u64,
    /// Timed out, or broken off after they were sent.
    pub failed: u64,
    /// Never sent: no connection could be made, or none became free in time.
    pub unsent: u64,
    /// Of these, how many had no connection because nobody listened.
    pub refused: u64,
    /// Of these, how many waited for one of the connections in vain.
    pub shed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.arrivals += other.arrivals;
        self.answered += other.answered;
        self.as_expected += other.as_expected;
        self.deviating += other.deviating;
        self.limited += other.limited;
        self.failed += other.failed;
        self.unsent += other.unsent;
        self.refused += other.refused;
        self.shed += other.shed;
    }
}

/// What a trial brought.
#[derive(Clone, Debug)]
pub struct Trial {
    /// How long it took, with its warm-up and with waiting for the last replies.
    pub took: Duration,
    /// How long the counted stretch was.
    pub steady: Duration,
    /// Response times, with ages of what never finished.
    pub responses: Distribution,
    /// The counted stretch in pieces that hardly depend on each other. Disturbed ones are left out.
    pub batches: Vec<Batch>,
    /// Seconds that were left out, because the generator itself was held up in them.
    pub disturbed: u32,
    /// Counts.
    pub tally: Tally,
    /// The 99th percentile of the wait for a connection.
    pub wait_p99: Option<Duration>,
    /// Why the generator could not offer the rate; empty for a sound trial.
    pub unsound: Vec<String>,
    /// The most frequent outcomes that were not as expected, each with how it counts and how often it came.
    pub outcomes: Vec<(String, Fate, u64)>,
}

impl Trial {
    /// Whether its figures say anything about the target.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.unsound.is_empty()
    }

    /// All batches together.
    #[must_use]
    pub fn whole(&self) -> Batch {
        sum(&self.batches)
    }

    /// The 95 % interval of the 99th percentile.
    #[must_use]
    pub fn p99_interval(&self) -> Option<(Percentile, Percentile)> {
        let dispersion = interval::dispersion(&self.batches).unwrap_or(1.0);
        interval::percentile(&self.responses, QUANTILE, dispersion)
    }

    /// Adds another trial of about the same rate.
    pub fn join(&mut self, other: &Self) {
        self.took += other.took;
        self.steady += other.steady;
        self.responses.join(&other.responses);
        self.batches.extend_from_slice(&other.batches);
        self.disturbed += other.disturbed;
        self.tally += other.tally;
    }

    /// How many arrivals could break a criterion, and how many did.
    #[must_use]
    pub fn count(&self, criterion: Criterion) -> (u64, u64) {
        let tally = &self.tally;
        match criterion {
            Criterion::Latency => {
                let whole = self.whole();
                (whole.arrivals, whole.late)
            }
            Criterion::Errors => (tally.arrivals, tally.failed),
            Criterion::Deviations => (tally.arrivals, tally.deviating),
            Criterion::Unsent => (tally.arrivals, tally.unsent),
            Criterion::Limited => (tally.arrivals, tally.limited),
        }
    }

    /// What the rate breaks, the worst first; by the counts as they are.
    #[must_use]
    pub fn broken(&self, thresholds: &Thresholds) -> Option<Criterion> {
        let excess = |criterion: Criterion| {
            let (arrivals, events) = self.count(criterion);
            ratio(events, arrivals) / thresholds.share(criterion).max(1e-9)
        };
        let breaks = |criterion: &Criterion| {
            let (arrivals, events) = self.count(*criterion);
            ratio(events, arrivals) > thresholds.share(*criterion)
        };
        // What is refused or fails says more than that the rest is late as well.
        let gated = [Criterion::Limited, Criterion::Errors, Criterion::Unsent, Criterion::Deviations];
        let worst = gated.into_iter().filter(breaks).max_by(|one, other| excess(*one).total_cmp(&excess(*other)));
        worst.or_else(|| Some(Criterion::Latency).filter(breaks))
    }
}

/// Batches together.
#[must_use]
pub(super) fn sum(batches: &[Batch]) -> Batch {
    batches.iter().fold(Batch::default(), |sum, batch| Batch {
        arrivals: sum.arrivals + batch.arrivals,
        late: sum.late + batch.late,
    })
}

/// How many seconds make a batch: as many limits, and as many times what a queue at its edge remembers, whichever is more.
const BATCH: u32 = 20;
const BATCH_MEMORIES: f64 = 4.0;

/// How long a queue remembers that is just at its edge. In heavy traffic waiting times have an exponential tail, and where a
/// hundredth of them is longer than the limit `w`, its drift is 2.3 ÷ `w` requests of a service each. Such a queue forgets
/// like a reflected Brownian motion: within 0.38 · `w`² · rate. For one server that is some thirty service times, for many
/// of them a minute.
#[must_use]
pub(super) fn memory(limit: Option<Duration>, rate: Rate) -> Duration {
    const SHARE: f64 = 0.38;
    let limit = limit.unwrap_or_default().as_secs_f64();
    Duration::from_secs_f64((SHARE * limit * limit * rate.get()).min(LONGEST_MEMORY))
}

/// No trial is long enough for more.
const LONGEST_MEMORY: f64 = 3_600.0;

impl Step {
    /// Seconds as batches that hardly depend on each other.
    #[must_use]
    pub(super) fn batches(&self, seconds: &[Batch]) -> Vec<Batch> {
        let limits = self.limit.map_or(Duration::ZERO, |limit| limit.saturating_mul(BATCH));
        let length = limits.max(memory(self.limit, self.rate).mul_f64(BATCH_MEMORIES));
        let whole = length.as_secs() + u64::from(length.subsec_nanos() > 0);
        let each = usize::try_from(whole).unwrap_or(usize::MAX).max(1);
        let mut batches: Vec<Batch> = seconds.chunks(each).map(sum).collect();
        // What is left over is no whole batch, unless there is no other.
        if batches.len() > 1
            && !seconds.len().is_multiple_of(each)
            && let (Some(rest), Some(last)) = (batches.pop(), batches.last_mut())
        {
            *last = sum(&[*last, rest]);
        }
        batches
    }

    /// Whether a trial may end here, after so many whole seconds of its counted stretch.
    #[must_use]
    pub(super) fn is_enough(&self, seconds: &[Batch], responses: &Distribution) -> bool {
        let judged = !matches!(self.purpose, Purpose::Unloaded | Purpose::Recheck);
        let hopeless = |batch: Batch| batch.arrivals >= HOPELESS && batch.late * 2 > batch.arrivals;
        // Near the edge a queue may be long for seconds and short again: to end there would count the long ones only.
        let stretch = if matches!(self.until, Until::Decided { .. }) { seconds } else { &seconds[seconds.len() - 1..] };
        let passed = Duration::from_secs(seconds.len() as u64);
        if judged && (passed * 2 >= self.least || self.until == Until::Elapsed) && hopeless(sum(stretch)) {
            return true;
        }
        if passed < self.least {
            return false;
        }
        match self.until {
            Until::Elapsed => false,
            Until::Settled => responses.count() >= HOPELESS && interval::median_settled(responses, SETTLED),
            Until::Decided { share, dispersion } => {
                let (low, high) = interval::share(sum(seconds), dispersion, DECIDED);
                share < low || share > high
            }
        }
    }
}

/// Fewer arrivals in a second say nothing by themselves.
const HOPELESS: u64 = 20;
/// How well an unloaded median is known when it is known well enough: an error of the limit of 2 % is one of the rate of
/// less than half a per cent.
const SETTLED: f64 = 0.02;
/// The interval that excludes a threshold: 99 %, because it is looked at every second.
const DECIDED: f64 = 2.58;

/// How many values are above a limit.
#[must_use]
pub(super) fn above(distribution: &Distribution, limit: Duration) -> u64 {
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    let recorded = distribution.histogram().iter_recorded();
    recorded.filter(|bucket| bucket.value_iterated_to() > nanos).map(|bucket| u64::from(bucket.count_at_value())).sum()
}

/// A share; zero of nothing.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a share")]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
