//! Whether the target is still the one that the search began with. A number over one that went away, came back or slowed
//! down would be of no target at all.

use std::time::Duration;

use super::climb::{median, scaled};
use super::criterion::Criterion;
use super::edge::{self, Point, Reach};
use super::interval;
use super::outcome::{NoNumber, Tried, Verdict};
use super::search::{Early, Searcher};
use super::trial::{Purpose, Step, Trial, ratio};
use crate::load::Rate;

/// How much slower the unloaded median may become: a fifth, and twice the 50 µs by which a machine that has slept wakes
/// later than one that has not.
const SLOWER: f64 = 1.2;
const WAKING: Duration = Duration::from_micros(100);
/// A target with a queue to work off is given so long, and longer as long as it gets quicker.
const PATIENCE: Duration = Duration::from_secs(6);
/// No target is waited for longer.
const LONGEST: Duration = Duration::from_secs(60);
/// A target that does not answer is asked again so often before it counts as gone: five seconds and more.
const CALLS: u32 = 10;
/// Between two such calls.
const BETWEEN: Duration = Duration::from_millis(500);
/// Failures that are so many times the bound, and do not come again, were no matter of the rate.
const GROSS: f64 = 5.0;
/// Trials on each side of a moment at which the target may have changed.
const SIDE: usize = 3;
/// A change is believed from this difference of deviances on (one in ten thousand by chance, with ten moments to choose
/// from) …
const CONTRADICTION: f64 = 20.0;
/// … and this distance of the two rates, which no threshold would notice if it were less.
const DISTANCE: f64 = 0.06;

/// Whether the median of a trial is longer than it was by more than a machine's mood and the chance of few replies.
pub(super) fn is_slower(trial: &Trial, before: Duration) -> bool {
    let interval = interval::percentile(&trial.responses, 0.5, 1.0);
    interval.is_some_and(|(low, _)| low.value() > before.mul_f64(SLOWER) + WAKING)
}

impl Searcher<'_, '_> {
    /// After a trial: finds out what became of a target that seems to be gone, and lets one that was overloaded recover.
    pub(super) fn look_after(&mut self, place: usize) -> Result<(), Early> {
        let Tried { trial, verdict, .. } = &self.tried[place];
        let (tally, verdict) = (trial.tally, *verdict);
        if tally.refused > 0 || (tally.answered == 0 && tally.arrivals > 0) {
            return self.call(place);
        }
        let gross = ratio(tally.failed, tally.arrivals) > GROSS * self.settings.thresholds.errors && tally.failed > 2;
        match verdict {
            Verdict::Broken(Criterion::Errors) if gross && !self.fails_again() => {
                self.recover()?;
                self.again(place)
            }
            Verdict::Broken(_) | Verdict::Unsound => self.recover(),
            Verdict::Met | Verdict::Unjudged => Ok(()),
        }
    }

    /// Looks whether the target is as quick as it was.
    pub(super) fn recheck(&mut self) -> Result<(), Early> {
        if self.unloaded.is_some() { self.recover() } else { Ok(()) }
    }

    /// Sends little until the unloaded median is back.
    fn recover(&mut self) -> Result<(), Early> {
        let Some(unloaded) = self.unloaded else { return Ok(()) };
        let begin = self.spent;
        let mut medians: Vec<Duration> = Vec::new();
        loop {
            let place = self.make(self.step(Purpose::Recheck, unloaded.rate))?;
            let Tried { trial, began, .. } = &self.tried[place];
            let (tally, began) = (trial.tally, *began);
            let (now, slower) = (median(trial), is_slower(trial, unloaded.p50));
            if tally.refused > 0 || (tally.answered == 0 && tally.arrivals > 0) {
                return self.call(place);
            }
            let waited = self.spent - begin;
            let Some(now) = now else {
                // With so few arrivals now and then none falls into the step; refused ones have no latency at all.
                if waited > PATIENCE {
                    return Ok(());
                }
                continue;
            };
            if !slower {
                return Ok(());
            }
            medians.push(now);
            let falling = medians.len() < 3 || now < medians[medians.len() - 3].mul_f64(0.8);
            if (waited > PATIENCE && !falling) || waited > LONGEST {
                let slowed = NoNumber::SlowedDown { before: unloaded.p50, now, at: began };
                return Err(Early::NoNumber(slowed));
            }
        }
    }

    /// Asks a target that does not answer, until it does or is taken to be gone.
    fn call(&mut self, place: usize) -> Result<(), Early> {
        let Tried { step, began, trial, .. } = &self.tried[place];
        let (rate, at, refused) = (step.rate, *began, trial.tally.refused);
        let low = self.unloaded.map_or(self.settings.lowest, |unloaded| unloaded.rate);
        for _ in 0..CALLS {
            let call = Step { least: BETWEEN, most: BETWEEN, ..self.step(Purpose::Recheck, low) };
            let place = self.make(call).map_err(|early| match early {
                Early::TimeUp => Early::NoNumber(NoNumber::Disappeared { rate, at }),
                Early::NoNumber(_) => early,
            })?;
            let tally = self.tried[place].trial.tally;
            if tally.answered > 0 && tally.refused == 0 {
                if refused > 0 {
                    return Err(Early::NoNumber(NoNumber::Restarted { rate, at }));
                }
                // It was silent under load, and still listens: that is what overload may look like.
                return self.recover();
            }
        }
        Err(Early::NoNumber(NoNumber::Disappeared { rate, at }))
    }

    /// Tries a rate again at which requests broke off: if they do not, it was not the rate.
    fn again(&mut self, place: usize) -> Result<(), Early> {
        let Tried { step, began, trial, .. } = &self.tried[place];
        let (rate, at, failed) = (step.rate, *began, trial.tally.failed);
        let place = self.make(self.step(Purpose::Again, rate))?;
        let second = &self.tried[place];
        if second.trial.is_sound() && second.trial.tally.failed == 0 {
            return Err(Early::NoNumber(NoNumber::BrokeOff { rate, at, failed }));
        }
        self.look_after(place)
    }

    /// Whether failures were seen to come again.
    fn fails_again(&self) -> bool {
        let again = |tried: &Tried| tried.step.purpose == Purpose::Again && tried.trial.tally.failed > 0;
        self.tried.iter().any(again)
    }

    /// Looks for a moment at which the edge moved.
    pub(super) fn change(&self) -> Option<NoNumber> {
        // What a limiter lets pass depends on what it let pass before: its edge moves, and that is no change of it.
        let edge = self.edge().filter(|edge| edge.criterion == Criterion::Latency)?;
        let share = self.settings.thresholds.share(edge.criterion);
        let dispersion = edge.crossing.dispersion;
        let points = edge.points;
        for split in SIDE..(points.len() + 1).saturating_sub(SIDE) {
            let (before, after) = points.split_at(split);
            let of = |side: &[(usize, Point)]| side.iter().map(|(_, point)| point.clone()).collect::<Vec<_>>();
            let (before, after) = (of(before), of(after));
            let slope = edge.crossing.slope;
            let (deviance, distance) = edge::apart(&before, &after, slope, share, dispersion);
            if deviance > CONTRADICTION && distance.abs() > DISTANCE {
                let crossing = |points: &[Point]| {
                    let found = edge::crossing(points, share, Reach::Queue, dispersion);
                    found.map(|found| found.at.exp())
                };
                let rate = |found: Option<f64>| found.and_then(Rate::per_second).unwrap_or(self.settings.lowest);
                let at = self.tried[points[split].0].began;
                let (before, after) = (rate(crossing(&before)), rate(crossing(&after)));
                return Some(NoNumber::Changed { before, after, at });
            }
        }
        None
    }

    /// Draws the curve below a rate where nothing was measured; what breaks well below it was carried before.
    pub(super) fn draw_curve(&mut self, below: Rate) -> Result<(), Early> {
        const SHARES: [f64; 7] = [0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.15];
        /// Below it a rate ought to be carried with certainty.
        const WELL: f64 = 0.85;
        for share in SHARES {
            let rate = scaled(below, share);
            let near = |tried: &Tried| {
                let judged = !matches!(tried.verdict, Verdict::Unjudged | Verdict::Unsound);
                judged && (tried.step.rate.get() / rate.get()).ln().abs() < 0.05
            };
            if self.tried.iter().any(near) {
                continue;
            }
            let step = self.step(Purpose::Curve, rate);
            let mut broken = Vec::new();
            for _ in 0..3 {
                let place = match self.make(step.clone()) {
                    // The answer stands without the rest of the picture.
                    Err(Early::TimeUp) => return Ok(()),
                    made => made?,
                };
                self.look_after(place)?;
                match self.tried[place].verdict {
                    Verdict::Broken(criterion) => broken.push((criterion, self.tried[place].began)),
                    Verdict::Met | Verdict::Unjudged | Verdict::Unsound => break,
                }
            }
            if let [.., (broke, at)] = broken[..]
                && broken.len() == 3
                && share < WELL
            {
                return Err(Early::NoNumber(NoNumber::Unsteady { rate, broke, at }));
            }
        }
        Ok(())
    }
}
