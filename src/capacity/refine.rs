//! The edge: trials around the best guess, each next one where it says most, until the interval is narrow.

use std::time::Duration;

use super::criterion::Criterion;
use super::edge::{self, Crossing, Point};
use super::outcome::{Capacity, Ceiling, NoNumber, Outcome, Precision, Tried, Verdict};
use super::search::{Answer, Bracket, Early, Searcher};
use super::trial::Purpose;
use crate::load::Rate;

/// Fewer trials at the edge are never enough, however narrow their interval: what a machine does differently from one
/// minute to the next is seen between trials only.
const FEWEST: usize = 6;
/// The share of the time that is kept for the curve and the last look at the target, and the most of it.
const KEPT: u32 = 10;
const KEPT_MOST: Duration = Duration::from_secs(20);
/// The next trial is where the line is by this much off the bound: a factor of two to each side.
const OFFSET: f64 = 0.7;
/// The dispersion of late arrivals at the edge of an M/D/1, as simulated: assumed until trials of the target say better.
pub(super) const USUAL_DISPERSION: f64 = 25.0;
/// An interval so many times as wide as it is to be says little.
const ROUGH: f64 = 2.5;
/// Failures and refusals come in swarms as well, and no batches say in how large ones.
const OTHERS: f64 = 10.0;

/// The logarithm of the rate of the next trial.
fn next_at(crossing: &Crossing, half: f64, precision: f64, tries: usize) -> f64 {
    if half > ROUGH * precision {
        // As long as little is known, the middle of what is possible halves it.
        return f64::midpoint(crossing.low, crossing.high);
    }
    // On either side in turn: the line is then known best between them.
    let offset = (OFFSET / crossing.slope).min(half / 2.0).clamp(0.003, 0.1);
    crossing.at + if tries % 2 == 0 { offset } else { -offset }
}

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
            if let Some((fence, causes)) = &self.fence
                && next >= *fence
            {
                return Ok(self.at_least(Ceiling::Generator { rate: *fence, causes: causes.clone() }));
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
                        let causes = self.fence.as_ref().map(|(_, causes)| causes.clone()).unwrap_or_default();
                        return Err(Early::NoNumber(NoNumber::Unsound(causes)));
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
            next =
                Rate::per_second(next_at(&edge.crossing, half, self.settings.precision, tries).exp()).unwrap_or(next);
        }
    }

    /// What can be said at this point.
    pub(super) fn conclude(&self) -> Outcome {
        let broken = self.tried.iter().any(|tried| matches!(tried.verdict, Verdict::Broken(_)));
        let Some(edge) = self.edge().filter(|_| broken) else { return self.at_least(Ceiling::TimeUp) };
        let Crossing { at, low, high, .. } = edge.crossing;
        let rate = |at: f64| Rate::per_second(at.exp()).unwrap_or(self.settings.lowest);
        let reached = (high - low) / 2.0 <= self.settings.precision && self.edge_trials() >= FEWEST;
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
    fn breaks(&self, criterion: Criterion) -> bool {
        self.tried.iter().any(|tried| tried.verdict == Verdict::Broken(criterion))
    }

    fn edge_of(&self, criterion: Criterion) -> Option<Edge> {
        let share = self.settings.thresholds.share(criterion);
        let dispersion = if criterion == Criterion::Latency { USUAL_DISPERSION } else { OTHERS };
        let points: Vec<(usize, Point)> = self.points(criterion);
        let only: Vec<Point> = points.iter().map(|(_, point)| point.clone()).collect();
        let crossing = edge::crossing(&only, share, dispersion)?;
        Some(Edge { criterion, crossing, points })
    }

    /// Sound trials under the limit that holds now.
    #[expect(clippy::cast_precision_loss, reason = "counts of arrivals")]
    fn points(&self, criterion: Criterion) -> Vec<(usize, Point)> {
        let counts = |tried: &Tried| {
            let judged = matches!(tried.verdict, Verdict::Met | Verdict::Broken(_));
            judged && (tried.step.limit == self.limit || criterion != Criterion::Latency)
        };
        let point = |tried: &Tried| {
            let (arrivals, events) = tried.trial.count(criterion);
            let batches = if criterion == Criterion::Latency { tried.trial.batches.clone() } else { Vec::new() };
            Point { at: tried.step.rate.get().ln(), count: arrivals as f64, events: events as f64, batches }
        };
        let places = self.tried.iter().enumerate().filter(|(_, tried)| counts(tried));
        places.map(|(place, tried)| (place, point(tried))).collect()
    }
}
