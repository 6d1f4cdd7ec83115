//! When each arrival of an open-model run is due: a pure function from index to offset.
//!
//! A phase has a rate, or a rate that grows from one value to another. The rates integrate to the cumulative number of
//! arrivals over time, N(t); the arrival with cumulative number `s` is due at N⁻¹(s). Constant arrivals have `s` = index;
//! Poisson arrivals have `s` = a sum of unit exponential draws (a time change of the unit Poisson process), so that both
//! hold for ramps as well. An offset is computed from the index and never from the previous offset plus a sleep.
//!
//! Shard `k` of `n` takes the indices `k`, `k + n`, `k + 2n`, …; the union is the same for any number of shards.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::instants::{Offset, whole};
use super::random::{scramble, unit};

/// Arrivals per second: finite and above zero.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// A rate; `None` unless it is finite and above zero.
    #[must_use]
    pub fn per_second(rate: f64) -> Option<Self> {
        (rate.is_finite() && rate > 0.0).then_some(Self(rate))
    }

    /// Arrivals per second.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/s", self.0)
    }
}

/// What a phase is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stretch {
    /// Recorded, but in no total and under no threshold.
    WarmUp,
    /// One rate throughout, judged.
    Steady,
    /// One of several rates, judged by itself.
    Step,
    /// The rate moves evenly from the first to the last.
    Ramp,
}

/// A stretch of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// How reports call it; unique within a plan.
    pub name: String,
    /// What it is for.
    pub stretch: Stretch,
    /// How long arrivals are planned in it.
    pub duration: Duration,
    /// The rate at its begin.
    pub from: Rate,
    /// The rate at its end; equal to `from` unless it is a ramp.
    pub to: Rate,
}

impl Phase {
    /// A phase of one rate.
    #[must_use]
    pub fn constant(name: impl Into<String>, stretch: Stretch, rate: Rate, duration: Duration) -> Self {
        Self { name: name.into(), stretch, duration, from: rate, to: rate }
    }

    /// One step for each rate, named after it.
    #[must_use]
    pub fn steps(rates: &[Rate], each: Duration) -> Vec<Self> {
        rates.iter().map(|&rate| Self::constant(format!("step {rate}"), Stretch::Step, rate, each)).collect()
    }
}

/// How arrivals lie around their rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arrivals {
    /// Evenly spaced.
    Constant,
    /// A Poisson process: what many independent callers look like.
    Poisson,
}

/// One planned request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its number in the run, from zero.
    pub index: u64,
    /// When it is due.
    pub intended: Offset,
    /// The phase in which it is due, as an index into the plan's phases.
    pub phase: usize,
}

/// All arrivals of a run, as a function.
#[derive(Clone, Debug)]
pub struct Schedule {
    spans: Arc<[Span]>,
    arrivals: Arrivals,
    seed: u64,
}

/// A phase with its place in time and in the cumulative number of arrivals.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: Offset,
    end: Offset,
    /// Cumulative arrivals at its begin and at its end.
    first: f64,
    last: f64,
    from: f64,
    to: f64,
}

impl Span {
    /// When the cumulative number `reached` is due. The root is taken in the form that stays exact for flat ramps.
    fn due(&self, reached: f64) -> Offset {
        let within = reached - self.first;
        let growth =
            (self.to - self.from) / self.end.as_duration().saturating_sub(self.start.as_duration()).as_secs_f64();
        let seconds = if growth == 0.0 {
            within / self.from
        } else {
            2.0 * within / (self.from + (self.from * self.from + 2.0 * growth * within).max(0.0).sqrt())
        };
        Offset::from_nanos(self.start.nanos() + whole((seconds * 1e9).round())).min(self.end)
    }

    fn rate_at(&self, at: Offset) -> f64 {
        let span = self.end.since(self.start).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a share of the phase, for display and classification")]
        let share = at.since(self.start) as f64 / span as f64;
        self.from + (self.to - self.from) * share.min(1.0)
    }
}

impl Schedule {
    /// The schedule of consecutive phases; phases without length have no arrivals.
    #[must_use]
    pub fn new(phases: &[Phase], arrivals: Arrivals, seed: u64) -> Self {
        let (mut start, mut first) = (Offset::START, 0.0);
        let spans = phases
            .iter()
            .map(|phase| {
                let end = start.plus(phase.duration);
                let last = first + (phase.from.0 + phase.to.0) / 2.0 * phase.duration.as_secs_f64();
                let span = Span { start, end, first, last, from: phase.from.0, to: phase.to.0 };
                (start, first) = (end, last);
                span
            })
            .collect();
        Self { spans, arrivals, seed }
    }

    /// When the last phase ends.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.spans.last().map_or(Offset::START, |span| span.end)
    }

    /// How many arrivals the rates amount to: exact for constant arrivals, the mean for Poisson ones.
    #[must_use]
    pub fn expected_total(&self) -> u64 {
        // A product like 0.1 × 30 is a hair above 3: less than a millionth of an arrival is no arrival.
        whole((self.spans.last().map_or(0.0, |span| span.last) - 1e-6).ceil().max(0.0))
    }

    /// The planned rate at an instant: that of the last phase after the end, zero without phases.
    #[must_use]
    pub fn offered_at(&self, at: Offset) -> f64 {
        self.spans.iter().find(|span| at < span.end).or(self.spans.last()).map_or(0.0, |span| span.rate_at(at))
    }

    /// The highest planned rate.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.spans.iter().fold(0.0, |peak: f64, span| peak.max(span.from).max(span.to))
    }

    /// The arrivals of one of `shards` shards, in their order.
    #[must_use]
    pub fn stripe(&self, shard: usize, shards: usize) -> Stripe {
        Stripe {
            schedule: self.clone(),
            span: 0,
            next: shard as u64,
            stride: shards.max(1) as u64,
            drawn: 0,
            reached: 0.0,
        }
    }
}

/// The arrivals of one shard; ends with the last phase.
#[derive(Clone, Debug)]
pub struct Stripe {
    schedule: Schedule,
    span: usize,
    next: u64,
    stride: u64,
    /// How many unit exponential gaps are in `reached`; gap `i` lies before arrival `i`.
    drawn: u64,
    reached: f64,
}

impl Stripe {
    /// The cumulative number at which arrival `index` is due. Poisson: the gaps of all shards are drawn by each shard
    /// (10 ns a gap), so that the process does not depend on how many shards there are.
    fn cumulative(&mut self, index: u64) -> f64 {
        match self.schedule.arrivals {
            #[expect(clippy::cast_precision_loss, reason = "2^53 arrivals take 90 days at a billion a second")]
            Arrivals::Constant => index as f64,
            Arrivals::Poisson => {
                while self.drawn <= index {
                    self.reached -= unit(scramble(self.schedule.seed, self.drawn)).ln();
                    self.drawn += 1;
                }
                self.reached
            }
        }
    }
}

impl Iterator for Stripe {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let index = self.next;
        let reached = self.cumulative(index);
        while reached >= self.schedule.spans.get(self.span)?.last - 1e-6 {
            self.span += 1;
        }
        self.next += self.stride;
        Some(Arrival { index, intended: self.schedule.spans[self.span].due(reached), phase: self.span })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    fn steady(per_second: f64, seconds: f64) -> Phase {
        Phase::constant("steady", Stretch::Steady, rate(per_second), Duration::from_secs_f64(seconds))
    }

    #[test]
    fn a_constant_arrival_is_due_at_its_index_times_the_period() {
        let schedule = Schedule::new(&[steady(3.0, 1_000_000.0)], Arrivals::Constant, 0);
        let arrival = schedule.stripe(0, 1).nth(2_999_998).unwrap();
        assert_eq!(arrival.intended.nanos(), 999_999_333_333_333);
        assert_eq!(schedule.expected_total(), 3_000_000);
    }

    #[test]
    fn phases_follow_each_other_without_a_gap_and_without_a_double() {
        let phases = [steady(100.0, 1.0), steady(200.0, 0.5), steady(0.1, 30.0)];
        let schedule = Schedule::new(&phases, Arrivals::Constant, 0);
        let all: Vec<Arrival> = schedule.stripe(0, 1).collect();
        assert_eq!(all.len(), 100 + 100 + 3);
        assert_eq!(all.len() as u64, schedule.expected_total());
        assert_eq!((all[100].intended.nanos(), all[100].phase), (1_000_000_000, 1));
        assert_eq!((all[200].intended.nanos(), all[200].phase), (1_500_000_000, 2));
    }

    #[test]
    fn a_ramp_reaches_half_its_arrivals_where_the_area_is_half() {
        let ramp = Phase { to: rate(300.0), stretch: Stretch::Ramp, ..steady(100.0, 10.0) };
        let schedule = Schedule::new(&[ramp], Arrivals::Constant, 0);
        // N(t) = 100 t + 10 t²; N(t) = 1 000 at t = (√20000/100 … ) = 6.1803 s.
        let middle = schedule.stripe(0, 1).nth(1_000).unwrap();
        assert!((middle.intended.as_duration().as_secs_f64() - 6.180_339_887).abs() < 1e-6);
        assert!((schedule.offered_at(middle.intended) - 223.606_797).abs() < 1e-3);
        assert_eq!(schedule.stripe(0, 1).count(), 2_000);
    }

    #[test]
    fn poisson_arrivals_repeat_with_their_seed_and_keep_their_rate() {
        let arrivals = |seed| Schedule::new(&[steady(1_000.0, 100.0)], Arrivals::Poisson, seed).stripe(0, 1);
        assert!(arrivals(1).eq(arrivals(1)));
        assert!(!arrivals(1).eq(arrivals(2)));
        let count = arrivals(1).count();
        // Five standard deviations of a count with the mean 100 000.
        assert!((count as f64 - 100_000.0).abs() < 5.0 * 316.3, "{count}");
    }

    proptest! {
        #[test]
        fn shards_partition_the_run(shards in 1usize..7, from in 1.0f64..400.0, to in 1.0f64..400.0, poisson: bool) {
            let ramp = Phase { to: rate(to), stretch: Stretch::Ramp, ..steady(from, 2.0) };
            let kind = if poisson { Arrivals::Poisson } else { Arrivals::Constant };
            let schedule = Schedule::new(&[ramp, steady(to, 1.0)], kind, 9);
            let whole: Vec<Arrival> = schedule.stripe(0, 1).collect();
            let mut parts: Vec<Arrival> = (0..shards).flat_map(|shard| schedule.stripe(shard, shards)).collect();
            parts.sort_by_key(|arrival| arrival.index);
            prop_assert_eq!(&whole, &parts);
            prop_assert!(whole.windows(2).all(|pair| pair[0].intended <= pair[1].intended));
            prop_assert!(whole.iter().all(|arrival| arrival.intended <= schedule.end()));
        }
    }
}
