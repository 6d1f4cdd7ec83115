//! The edge: trials around the best guess, each next one where it says most, until the interval is narrow.

use std::time::Duration;

use super::criterion::Criterion;
use super::edge::{self, Crossing, Point, Reach};
use super::outcome::{Capacity, Ceiling, NoNumber, Outcome, Precision, Tried, Verdict};
use super::search::{Answer, Bracket, Early, Searcher};
use super::trial::{Batch, Purpose, above, memory};
use crate::load::Rate;

/// Fewer trials at the edge are never enough, however narrow their interval: what a machine does differently from one
/// minute to the next is seen between trials only.
const FEWEST: usize = 6;
/// The share of the time that is kept for the curve and the last look at the target, and the most of it.
const KEPT: u32 = 10;
const KEPT_MOST: Duration = Duration::from_secs(20);
/// The next trial is where the line is by this much off the bound: a factor of two to each side.
const OFFSET: f64 = 0.7;
/// The dispersion of late arrivals at the edge of an M/D/1, as simulated, and about as many as come while its queue
/// remembers: so many are assumed until trials of the target say better, within bounds.
pub(super) const USUAL_DISPERSION: f64 = 25.0;
const MOST_DISPERSION: f64 = 400.0;
/// An interval so many times as wide as it is to be says little.
const ROUGH: f64 = 2.5;
/// Failures and refusals are taken to come one by one until trials say otherwise.
const OTHERS: f64 = 1.0;

/// The logarithm of the rate of the next trial.
fn next_at(crossing: &Crossing, carried: Option<Rate>, precision: f64, tries: usize) -> f64 {
    let half = (crossing.high - crossing.low) / 2.0;
    if half > ROUGH * precision {
        // As long as little is known, the middle of what is possible halves it. A rate that was carried may not have been
        // carried for long, but the next trial need not go below it: if it was chance, that trial shows it.
        let carried = carried.map_or(f64::NEG_INFINITY, |rate| rate.get().ln());
        let low = if carried < crossing.high { crossing.low.max(carried) } else { crossing.low };
        return f64::midpoint(low, crossing.high);
    }
    // On either side in turn: the line is then known best between them.
    let offset = (OFFSET / crossing.slope).min(half / 2.0).clamp(0.003, 0.1);
    crossing.at + if tries.is_multiple_of(2) { offset } else { -offset }
}

/// The line through the edge is a little bent: in simulations of many servers the crossing lay up to so much beside the
/// truth, however long the search took. The interval says so.
const STRAIGHT: f64 = 0.01;

/// What the trials near the edge say.
pub(super) struct Edge {
    pub(super) criterion: Criterion,
    pub(super) crossing: Crossing,
    /// With their places in the list of trials.
    pub(super) points: Vec<(usize, Point)>,
}

impl Searcher<'_, '_> {
    /// Tries rates around the edge.
    pub(super) fn refine(&mut self, bracket: Bracket) -> Result<Outcome, Early> {
        let kept = (self.settings.max_time / KEPT).min(KEPT_MOST);
        let mut next = super::climb::middle(bracket.carried, bracket.broken);
        let mut unsound = 0;
        loop {
            if let Some(fence) = self.fence.filter(|fence| next >= *fence) {
                return Ok(self.at_least(Ceiling::Generator { rate: fence, causes: self.causes.clone() }));
            }
            if let Some(highest) = self.settings.highest.filter(|highest| next > *highest) {
                next = highest;
            }
            let step = self.step(Purpose::Edge, next);
            if self.left() < step.warm_up + step.least + kept {
                return Ok(self.conclude());
            }
            match self.answer(&step)? {
                Answer::Carried | Answer::Broken(_) => {}
                Answer::Unsound => {
                    unsound += 1;
                    if unsound >= FEWEST {
                        return Err(Early::NoNumber(NoNumber::Unsound(self.causes.clone())));
                    }
                }
            }
            let Some(edge) = self.edge() else { continue };
            let half = (edge.crossing.high - edge.crossing.low) / 2.0;
            self.dispersion = edge.crossing.dispersion;
            let tries = self.edge_trials();
            if half <= self.settings.precision && tries >= FEWEST {
                return Ok(self.conclude());
            }
            next = Rate::per_second(next_at(&edge.crossing, self.carried(), self.settings.precision, tries).exp())
                .unwrap_or(next);
        }
    }

    /// What can be said at this point.
    pub(super) fn conclude(&self) -> Outcome {
        let broken = self.tried.iter().any(|tried| matches!(tried.verdict, Verdict::Broken(_)));
        let Some(edge) = self.edge().filter(|_| broken) else { return self.at_least(Ceiling::TimeUp) };
        let Crossing { at, low, high, .. } = edge.crossing;
        let rate = |at: f64| Rate::per_second(at.exp()).unwrap_or(self.settings.lowest);
        let (low, high) = (low - STRAIGHT, high + STRAIGHT);
        let reached = (high - low) / 2.0 <= self.settings.precision + STRAIGHT && self.edge_trials() >= FEWEST;
        let precision = if reached { Precision::Reached } else { Precision::TimeUp };
        Outcome::Found(Capacity { rate: rate(at), low: rate(low), high: rate(high), broke: edge.criterion, precision })
    }

    fn edge_trials(&self) -> usize {
        self.tried.iter().filter(|tried| tried.step.purpose == Purpose::Edge && tried.trial.is_sound()).count()
    }

    /// The criterion that breaks at the lowest rate, and where.
    pub(super) fn edge(&self) -> Option<Edge> {
        let latency = self.edge_of(Criterion::Latency);
        let others = Criterion::ALL.into_iter().filter(|criterion| *criterion != Criterion::Latency);
        let others = others.filter(|criterion| self.breaks(*criterion)).filter_map(|criterion| self.edge_of(criterion));
        latency.into_iter().chain(others).min_by(|one, other| one.crossing.at.total_cmp(&other.crossing.at))
    }

    /// Whether any trial broke a criterion by more than chance would.
    pub(super) fn breaks(&self, criterion: Criterion) -> bool {
        self.tried.iter().any(|tried| tried.verdict == Verdict::Broken(criterion))
    }

    fn edge_of(&self, criterion: Criterion) -> Option<Edge> {
        let share = self.settings.thresholds.share(criterion);
        let (dispersion, reach) = match criterion {
            Criterion::Latency => (self.swarm(), Reach::Queue),
            Criterion::Errors | Criterion::Deviations | Criterion::Unsent | Criterion::Limited => (OTHERS, Reach::Jump),
        };
        let points: Vec<(usize, Point)> = self.points(criterion);
        let only: Vec<Point> = points.iter().map(|(_, point)| point.clone()).collect();
        let crossing = edge::crossing(&only, share, reach, dispersion)?;
        Some(Edge { criterion, crossing, points })
    }

    /// How many late arrivals come together, as long as trials do not say it.
    fn swarm(&self) -> f64 {
        let rate = self.carried().unwrap_or(self.settings.lowest);
        let together = memory(self.limit, rate).as_secs_f64() * rate.get();
        together.clamp(USUAL_DISPERSION, MOST_DISPERSION)
    }

    /// Sound trials as points, their latencies held to the limit as it is known now.
    fn points(&self, criterion: Criterion) -> Vec<(usize, Point)> {
        let judged = |tried: &Tried| matches!(tried.verdict, Verdict::Met | Verdict::Broken(_));
        let places = self.tried.iter().enumerate().filter(|(_, tried)| judged(tried));
        places.map(|(place, tried)| (place, self.point(tried, criterion))).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of arrivals")]
    fn point(&self, tried: &Tried, criterion: Criterion) -> Point {
        let (trial, at) = (&tried.trial, tried.step.rate.get().ln());
        let (arrivals, events, batches) = match (criterion, self.limit) {
            // It was held to a limit of a rough measurement; how late single batches were by this one nobody knows.
            (Criterion::Latency, Some(limit)) if tried.step.limit != self.limit => {
                (trial.responses.count(), above(&trial.responses, limit), Vec::new())
            }
            (Criterion::Latency, _) => {
                let whole = trial.whole();
                (whole.arrivals, whole.late, trial.batches.clone())
            }
            (Criterion::Errors | Criterion::Deviations | Criterion::Unsent | Criterion::Limited, _) => {
                let (arrivals, late) = trial.count(criterion);
                (arrivals, late, vec![Batch { arrivals, late }])
            }
        };
        Point { at, count: arrivals as f64, events: events as f64, batches }
    }
}
