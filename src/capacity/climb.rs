//! From nothing to a bracket: the unloaded median, rates that double until one breaks, and a first narrowing.

use super::outcome::{Ceiling, NoNumber, Outcome, Tried, Unloaded};
use super::search::{Answer, Bracket, Early, Searcher};
use super::steadiness::is_slower;
use super::trial::{Purpose, Trial};
use crate::load::{Percentile, Rate};

/// With this many requests under way on average a target may not be unloaded: then a lower rate is looked at.
const IN_FLIGHT: f64 = 0.2;
/// No unloaded rate is lower: its measurement would take minutes.
const LEAST: f64 = 1.0;
/// Beside the capacity this is next to nothing: the median of an M/M/1 is 5 % longer than alone, that of an M/D/1 the same.
const CALM: f64 = 0.05;
/// A bracket that is narrower is left to the fit.
const NARROW: f64 = 1.2;

impl Searcher<'_, '_> {
    /// Measures the target with nothing else to do, as well as that can be said before anything of it is known.
    pub(super) fn measure_unloaded(&mut self) -> Result<(), Early> {
        let mut rate = self.capped(self.settings.lowest);
        loop {
            let before = self.unloaded;
            let place = self.make(self.step(Purpose::Unloaded, rate))?;
            let trial = &self.tried[place].trial;
            let nothing = |why| Err(Early::NoNumber(why));
            if trial.tally.answered == 0 {
                return nothing(NoNumber::NothingAnswers);
            }
            if trial.tally.as_expected == 0 {
                return nothing(NoNumber::NothingAdmitted);
            }
            let Some(p50) = median(trial) else { return nothing(NoNumber::NothingAnswers) };
            self.unloaded = Some(Unloaded { p50, rate });
            self.limit = Some(self.settings.thresholds.latency.at(p50));
            let loaded = p50.as_secs_f64() * rate.get() > IN_FLIGHT;
            // A target with many workers is slow and idle: a lower rate does not make it quicker.
            let quicker = before.is_none_or(|before| before.p50 > p50.mul_f64(1.1));
            if !loaded || !quicker || rate.get() <= LEAST {
                return Ok(());
            }
            rate = not_below(scaled(rate, 0.25), LEAST);
        }
    }

    /// Doubles the rate until it is too high; the inner error is how the search ends instead.
    pub(super) fn climb(&mut self) -> Result<Result<Bracket, Outcome>, Early> {
        let Some(unloaded) = self.unloaded else { return Err(Early::TimeUp) };
        let documented = self.settings.documented.map_or(f64::INFINITY, Rate::get);
        // One worker would be busy a fifth of the time.
        let first = (IN_FLIGHT / unloaded.p50.as_secs_f64()).min(documented).max(2.0 * unloaded.rate.get());
        let mut rate = self.capped(of(first).unwrap_or(unloaded.rate));
        let mut carried: Option<Rate> = None;
        loop {
            match self.answer(&self.step(Purpose::Climb, rate))? {
                Answer::Carried if self.is_highest(rate) => {
                    return Ok(Err(Outcome::AtLeast { rate, ceiling: Ceiling::Highest }));
                }
                Answer::Carried => {
                    carried = Some(rate);
                    rate = self.capped(scaled(rate, 2.0));
                }
                Answer::Broken(_) => return self.floor(carried, rate),
                Answer::Unsound => {}
            }
            // Between what was carried and what the generator cannot offer the target may still break.
            if let Some(fence) = self.fence.filter(|fence| rate >= *fence) {
                let low = carried.unwrap_or(unloaded.rate);
                if fence.get() / low.get() < NARROW {
                    let ceiling = Ceiling::Generator { rate: fence, causes: self.causes.clone() };
                    return Ok(Err(self.at_least(ceiling)));
                }
                rate = middle(low, fence);
            }
        }
    }

    /// The lower end of a bracket, where the climb did not find one on its way.
    fn floor(&mut self, carried: Option<Rate>, broken: Rate) -> Result<Result<Bracket, Outcome>, Early> {
        if let Some(carried) = carried {
            return Ok(Ok(Bracket { carried, broken }));
        }
        let mut broken = broken;
        let lowest =
            self.capped(self.settings.lowest).get().min(self.unloaded.map_or(LEAST, |unloaded| unloaded.rate.get()));
        loop {
            let rate = not_below(scaled(broken, 0.25), lowest);
            match self.answer(&self.step(Purpose::Climb, rate))? {
                Answer::Carried => return Ok(Ok(Bracket { carried: rate, broken })),
                Answer::Broken(broke) if rate.get() <= lowest || rate >= broken => {
                    return Ok(Err(Outcome::Below { rate, broke }));
                }
                Answer::Broken(_) => broken = rate,
                Answer::Unsound => return Err(Early::NoNumber(NoNumber::Unsound(self.causes.clone()))),
            }
        }
    }

    /// Halves a bracket until it is narrow.
    pub(super) fn bisect(&mut self, mut bracket: Bracket) -> Result<Bracket, Early> {
        while bracket.broken.get() / bracket.carried.get() > NARROW {
            let rate = middle(bracket.carried, bracket.broken);
            match self.answer(&self.step(Purpose::Bisection, rate))? {
                Answer::Carried => bracket.carried = rate,
                Answer::Broken(_) => bracket.broken = rate,
                // Twice disturbed here, and not at a higher rate: not the rate is to blame. The fit goes on from there.
                Answer::Unsound => break,
            }
        }
        Ok(bracket)
    }

    /// Measures the unloaded median again, at a rate that is low beside the capacity, and takes the limit from it.
    pub(super) fn settle_limit(&mut self, bracket: Bracket) -> Result<(), Early> {
        let Some(rough) = self.unloaded else { return Err(Early::TimeUp) };
        let calm = scaled(middle(bracket.carried, bracket.broken), CALM);
        let rate = if calm > rough.rate { calm } else { rough.rate };
        for attempt in 0..3 {
            let place = self.make(self.step(Purpose::Unloaded, rate))?;
            self.look_after(place)?;
            let Tried { trial, began, .. } = &self.tried[place];
            let Some(p50) = median(trial) else { continue };
            if is_slower(trial, rough.p50) {
                // Once may be a disturbance.
                if attempt == 2 {
                    let slowed = NoNumber::SlowedDown { before: rough.p50, now: p50, at: *began };
                    return Err(Early::NoNumber(slowed));
                }
                continue;
            }
            self.unloaded = Some(Unloaded { p50, rate });
            self.limit = Some(self.settings.thresholds.latency.at(p50));
            return Ok(());
        }
        Ok(())
    }

    /// The rate, or the highest that may be sent.
    pub(super) fn capped(&self, rate: Rate) -> Rate {
        self.settings.highest.filter(|highest| rate > *highest).unwrap_or(rate)
    }

    fn is_highest(&self, rate: Rate) -> bool {
        self.settings.highest.is_some_and(|highest| rate >= highest)
    }
}

/// The median response time.
pub(super) fn median(trial: &Trial) -> Option<std::time::Duration> {
    trial.responses.quantile(0.5).map(Percentile::value)
}

fn of(rate: f64) -> Option<Rate> {
    Rate::per_second(rate)
}

/// A rate so many times another.
pub(super) fn scaled(rate: Rate, times: f64) -> Rate {
    of(rate.get() * times).unwrap_or(rate)
}

/// The geometric mean.
pub(super) fn middle(one: Rate, other: Rate) -> Rate {
    of((one.get() * other.get()).sqrt()).unwrap_or(one)
}

/// The rate, but not less than a number.
fn not_below(rate: Rate, least: f64) -> Rate {
    of(rate.get().max(least)).unwrap_or(rate)
}
