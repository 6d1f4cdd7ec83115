//! The search itself: unloaded latency, climb, bisection, edge, curve; pure over a function that makes one trial.
//!
//! The shape is that of RFC 9971 (`MLRsearch`): bounds that close in, and short trials repeated where noise could decide.
//! Different from there, the trials near the edge are not counted as votes but fitted together (see `edge`), because a
//! percentile in a queue says more by how far it is off than by on which side it is.

use std::time::Duration;

use super::criterion::{Criterion, Thresholds};
use super::knee;
use super::outcome::{Ceiling, NoNumber, Outcome, Search, Tried, Unloaded, Verdict};
use super::refine::USUAL_DISPERSION;
use super::trial::{Purpose, Step, Trial, Until, memory};
use crate::load::Rate;

/// What is searched for, and within which bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What a rate has to meet.
    pub thresholds: Thresholds,
    /// Where the search begins, and takes the target to have nothing else to do.
    pub lowest: Rate,
    /// The documented rate, if there is one: the climb begins there at the highest.
    pub documented: Option<Rate>,
    /// The highest rate that may be sent.
    pub highest: Option<Rate>,
    /// Half the width of the interval at which the search ends, as a share of the rate.
    pub precision: f64,
    /// How long everything may take.
    pub max_time: Duration,
}

/// After so many times what a queue remembers it is hardly known that it was empty at first.
const REMEMBERED: f64 = 3.0;
/// So many times what a queue remembers are a stretch in which its percentiles settle.
const LASTING: f64 = 12.0;

/// The default of [`Settings::precision`]. The interval is a 95 % one: an answer is then within 5 % in more than 99 of 100.
pub const PRECISION: f64 = 0.03;

/// Makes a trial; `None` when the search is to end.
pub type Try<'a> = dyn FnMut(&Step) -> Option<Trial> + 'a;

/// Searches. `tell` hears of each trial as soon as it is judged.
pub fn search(settings: &Settings, attempt: &mut Try<'_>, tell: &mut dyn FnMut(&Tried)) -> Search {
    let mut searcher = Searcher {
        settings,
        attempt,
        tell,
        spent: Duration::ZERO,
        tried: Vec::new(),
        unloaded: None,
        limit: None,
        fence: None,
        causes: Vec::new(),
        dispersion: USUAL_DISPERSION,
    };
    let mut outcome = match searcher.find() {
        Ok(outcome) => outcome,
        Err(Early::TimeUp) => searcher.conclude(),
        Err(Early::NoNumber(why)) => Outcome::NoNumber(why),
    };
    if matches!(outcome, Outcome::Found(_))
        && let Some(changed) = searcher.change()
    {
        outcome = Outcome::NoNumber(changed);
    }
    let Searcher { spent, tried, unloaded, limit, .. } = searcher;
    let up_to = match &outcome {
        Outcome::Found(capacity) => Some(capacity.rate),
        Outcome::AtLeast { .. } | Outcome::Below { .. } | Outcome::NoNumber(_) => None,
    };
    let knee = knee::knee(&tried, up_to);
    Search { outcome, unloaded, limit, tried, knee, took: spent }
}

/// Why a stage ends before its work is done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Early {
    /// There is no time for another step.
    TimeUp,
    /// There will be no number.
    NoNumber(NoNumber),
}

/// What a rate amounts to, disturbances left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Carried,
    Broken(Criterion),
    Unsound,
}

/// A search under way.
pub(super) struct Searcher<'a, 'b> {
    pub(super) settings: &'a Settings,
    attempt: &'a mut Try<'b>,
    tell: &'a mut dyn FnMut(&Tried),
    pub(super) spent: Duration,
    pub(super) tried: Vec<Tried>,
    pub(super) unloaded: Option<Unloaded>,
    pub(super) limit: Option<Duration>,
    /// The lowest rate that the generator could not offer: no rate at or above it is tried again.
    pub(super) fence: Option<Rate>,
    /// Why it could not, the last time.
    pub(super) causes: Vec<String>,
    /// How much more than binomially late arrivals vary near the edge, as known so far.
    pub(super) dispersion: f64,
}

/// A rate that is carried and one that is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bracket {
    pub(super) carried: Rate,
    pub(super) broken: Rate,
}

impl Searcher<'_, '_> {
    fn find(&mut self) -> Result<Outcome, Early> {
        self.measure_unloaded()?;
        let bracket = match self.climb()? {
            Ok(bracket) => bracket,
            Err(outcome) => return Ok(outcome),
        };
        let bracket = self.bisect(bracket)?;
        self.settle_limit(bracket)?;
        let outcome = self.refine(bracket)?;
        if let Outcome::Found(capacity) = &outcome {
            self.draw_curve(capacity.low)?;
            self.recheck()?;
        }
        Ok(outcome)
    }

    pub(super) fn left(&self) -> Duration {
        self.settings.max_time.saturating_sub(self.spent)
    }

    /// Makes a step and judges it; gives its place in `tried`.
    pub(super) fn make(&mut self, step: Step) -> Result<usize, Early> {
        let left = self.left().saturating_sub(step.warm_up);
        if left < step.least {
            return Err(Early::TimeUp);
        }
        let step = Step { most: step.most.min(left), ..step };
        let Some(trial) = (self.attempt)(&step) else { return Err(Early::NoNumber(NoNumber::Stopped)) };
        let judged = match step.purpose {
            Purpose::Unloaded | Purpose::Recheck => false,
            Purpose::Climb | Purpose::Bisection | Purpose::Edge | Purpose::Again | Purpose::Curve => true,
        };
        let verdict = match trial.broken(&self.settings.thresholds) {
            _ if !trial.is_sound() => Verdict::Unsound,
            _ if !judged => Verdict::Unjudged,
            Some(criterion) => Verdict::Broken(criterion),
            None => Verdict::Met,
        };
        let tried = Tried { step, began: self.spent, verdict, trial };
        self.spent += tried.trial.took;
        (self.tell)(&tried);
        self.tried.push(tried);
        Ok(self.tried.len() - 1)
    }

    /// Tries a rate; once more where the generator was disturbed. Afterwards the target is as idle as before.
    pub(super) fn answer(&mut self, step: &Step) -> Result<Answer, Early> {
        for _ in 0..2 {
            let place = self.make(step.clone())?;
            let verdict = self.tried[place].verdict;
            if verdict == Verdict::Unsound {
                self.causes.clone_from(&self.tried[place].trial.unsound);
            }
            self.look_after(place)?;
            match verdict {
                Verdict::Met | Verdict::Unjudged => return Ok(Answer::Carried),
                Verdict::Broken(criterion) => return Ok(Answer::Broken(criterion)),
                Verdict::Unsound => {}
            }
        }
        // Where the generator has offered as much before, the moment is to blame and not the rate.
        let offered = |tried: &Tried| tried.trial.is_sound() && tried.step.rate >= step.rate;
        if !self.tried.iter().any(offered) {
            self.fence = Some(self.fence.map_or(step.rate, |fence| if step.rate < fence { step.rate } else { fence }));
        }
        Ok(Answer::Unsound)
    }

    /// A step of a purpose at a rate, with the warm-up and the patience that fit them.
    pub(super) fn step(&self, purpose: Purpose, rate: Rate) -> Step {
        let median = self.unloaded.map_or(Duration::ZERO, |unloaded| unloaded.p50);
        let seconds = |arrivals: f64| Duration::from_secs_f64((arrivals / rate.get()).min(1e6));
        let second = Duration::from_secs(1);
        // A queue forgets within some hundred service times how it began, and the median is about one.
        let warm_up =
            |times: u32, most: u64| (median * times).clamp(second / 5, second * u32::try_from(most).unwrap_or(5));
        // How long a trial at the edge begins with what it remembers of an empty queue, and lasts after that.
        let memory = memory(self.limit, rate);
        let longest = (self.settings.max_time / 12).max(second * 5);
        let (warm_up, most) = match purpose {
            Purpose::Climb | Purpose::Curve => (warm_up(30, 2), seconds(400.0).clamp(second, second * 4)),
            Purpose::Bisection | Purpose::Again => (warm_up(60, 3), seconds(1_000.0).clamp(second * 2, second * 6)),
            // A limiter that lets bursts pass shows its rate only when it has been met for much longer than a burst.
            Purpose::Edge if self.breaks(Criterion::Limited) => (second * 5, second * 30),
            Purpose::Edge => (
                warm_up(150, 5).max(memory.mul_f64(REMEMBERED).min(longest / 3)),
                seconds(3_000.0).clamp(second * 5, second * 30).max(memory.mul_f64(LASTING).min(longest)),
            ),
            // At first its order of magnitude is enough; the limit is taken from a second measurement.
            Purpose::Unloaded if self.limit.is_none() => (warm_up(10, 1), second * 4),
            Purpose::Unloaded => {
                let longest = (self.settings.max_time / 20).clamp(second * 2, second * 20);
                (warm_up(10, 1), seconds(1_500.0).clamp(second * 2, longest))
            }
            Purpose::Recheck => (Duration::ZERO, seconds(20.0).clamp(second / 2, second * 3)),
        };
        // What is held to a time has to last several times as long to show that it is kept.
        let floor = self.limit.map_or(Duration::ZERO, |limit| limit.saturating_mul(4));
        let floor = floor.min(second * 30).min(self.settings.max_time / 20);
        let most = most.max(floor);
        let (until, least) = match purpose {
            Purpose::Edge | Purpose::Bisection | Purpose::Again => {
                let share = self.settings.thresholds.share(Criterion::Latency);
                (Until::Decided { share, dispersion: self.dispersion }, (most / 2).max(floor))
            }
            Purpose::Unloaded => (Until::Settled, second),
            Purpose::Climb | Purpose::Curve | Purpose::Recheck => (Until::Elapsed, most),
        };
        Step { purpose, rate, warm_up, least, most, limit: self.limit, until }
    }

    /// The highest rate that was carried, of those below any that was not.
    pub(super) fn carried(&self) -> Option<Rate> {
        let judged = |wanted: fn(Verdict) -> bool| {
            self.tried.iter().filter(move |tried| wanted(tried.verdict)).map(|tried| tried.step.rate)
        };
        let broken = judged(|verdict| matches!(verdict, Verdict::Broken(_)));
        let lowest_broken = broken.fold(f64::INFINITY, |lowest, rate| lowest.min(rate.get()));
        let carried = judged(|verdict| verdict == Verdict::Met).filter(|rate| rate.get() < lowest_broken);
        carried.max_by(|one, other| one.get().total_cmp(&other.get()))
    }

    /// At least what was carried, if anything was.
    pub(super) fn at_least(&self, ceiling: Ceiling) -> Outcome {
        match (self.carried(), ceiling) {
            (Some(rate), ceiling) => Outcome::AtLeast { rate, ceiling },
            (None, Ceiling::Generator { causes, .. }) => Outcome::NoNumber(NoNumber::Unsound(causes)),
            (None, Ceiling::Highest | Ceiling::TimeUp) => Outcome::NoNumber(NoNumber::OutOfTime),
        }
    }
}
