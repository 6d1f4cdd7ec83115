//! The probes: which rates are offered for how long, in which order, and why.
//!
//! What lies below the limit comes first, so that a limiter which closes for good after an excess has been judged by then.
//! The excess is one stretch without a gap, long enough for two windows of ten seconds. Bursts come last, each after an idle
//! stretch in which a bucket of twice the rate fills up again.

use std::time::Duration;

use crate::load::{Phase, Rate, Stretch};

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Below the limit: nothing may be refused, and answers are as quick as they get.
    Below,
    /// The stretch by which the requirement is judged.
    Judged,
    /// Exactly the limit: reported, never judged.
    Exact,
    /// Above the limit.
    Excess,
    /// Just below the limit, directly after an excess.
    Recovery,
    /// Nothing is sent.
    Idle,
    /// Slow requests before a burst: what has only begun to fill is told apart from what was empty.
    Trickle,
    /// Far more than the limit, after idling: the allowance for bursts.
    Burst,
    /// A burst at another phase of the second: windows show at their boundaries.
    Sweep,
    /// The first probe again: is the target still what it was?
    Afterwards,
}

impl Purpose {
    /// What it is for, in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Below => "below the limit: nothing may be refused",
            Self::Judged => "the stretch by which the requirement is judged",
            Self::Exact => "exactly the limit: reported, not judged",
            Self::Excess => "above the limit: how much passes",
            Self::Recovery => "directly after the excess: when is it admitted again",
            Self::Idle => "nothing is sent",
            Self::Trickle => "slow requests before a burst",
            Self::Burst => "a burst after idling: how much passes at once",
            Self::Sweep => "a burst at another phase of the second: windows show at their boundaries",
            Self::Afterwards => "the first probe again: is the target still what it was",
        }
    }
}

/// A stretch of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Its name, unique in the plan.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Requests offered a second; zero while nothing is sent.
    pub offered: f64,
    /// How long it takes.
    pub duration: Duration,
}

/// How thorough the probes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Windows up to ten seconds are found; under 90 s.
    Full,
    /// A quarter of the time: windows up to two seconds.
    Quick,
}

impl Extent {
    /// The longest window that the probes show often enough to be told.
    #[must_use]
    pub fn longest_window(self) -> Duration {
        match self {
            Self::Full => Duration::from_secs(10),
            Self::Quick => Duration::from_secs(2),
        }
    }
}

/// All probes of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbePlan {
    /// The rate that is to be admitted.
    pub documented: Rate,
    /// The probes in their order.
    pub probes: Vec<Probe>,
    /// How thorough they are.
    pub extent: Extent,
}

/// The share of the documented rate at which the requirement is judged: a sound limiter may refuse a request that comes a
/// little early, and at 98 % each has a little room.
const JUDGED: f64 = 0.98;
/// How much more than the limit a burst offers: after 0.35 s three and a half times what a second admits, and a bucket of
/// twice the rate is empty by then.
const BURST: f64 = 10.0;
/// Rates beside the round ones. A limiter that wants a certain time between two requests shows it only where distances of
/// requests lie on both sides of it, and whole multiples of 1/2 and 1/5 of an interval leave a tenth of one between them.
const OTHER_BURST: f64 = 9.3;
const AFTER: [f64; 2] = [1.9, 2.1];
const SWEEPS: [f64; 4] = [3.9, 4.1, 4.3, 3.7];
/// The rate of idle stretches: the schedule knows no zero, and at this one no arrival is ever due.
const NEVER: f64 = 1e-9;

impl ProbePlan {
    /// The probes for a documented rate.
    #[must_use]
    pub fn new(documented: Rate, extent: Extent) -> Self {
        let mut list = List { documented: documented.get(), probes: Vec::new() };
        let ms = |full: u64, quick: u64| {
            Duration::from_millis(match extent {
                Extent::Full => full,
                Extent::Quick => quick,
            })
        };
        list.add("50 %", Purpose::Below, 0.5, ms(4_000, 1_500));
        list.add("90 %", Purpose::Below, 0.9, ms(4_000, 1_000));
        list.add("98 %", Purpose::Judged, JUDGED, ms(10_000, 3_000));
        list.add("100 %", Purpose::Exact, 1.0, ms(8_000, 2_000));
        list.add("110 %", Purpose::Excess, 1.1, ms(8_000, 2_000));
        list.add("150 %", Purpose::Excess, 1.5, ms(6_000, 1_500));
        list.add("200 %", Purpose::Excess, 2.0, ms(6_000, 1_500));
        list.add("500 %", Purpose::Excess, 5.0, ms(6_000, 2_000));
        list.add("recovery", Purpose::Recovery, JUDGED, ms(11_000, 3_000));
        list.add("idle 1", Purpose::Idle, 0.0, ms(2_500, 2_200));
        list.add("burst 1", Purpose::Burst, BURST, ms(350, 350));
        list.add("after burst 1", Purpose::Excess, AFTER[0], ms(1_650, 1_150));
        list.add("idle 2", Purpose::Idle, 0.0, ms(1_750, 1_250));
        list.add("trickle", Purpose::Trickle, 0.6, ms(750, 600));
        list.add("burst 2", Purpose::Burst, OTHER_BURST, ms(350, 350));
        list.add("after burst 2", Purpose::Excess, AFTER[1], ms(1_650, 1_150));
        let sweeps = match extent {
            Extent::Full => &SWEEPS[..],
            Extent::Quick => &SWEEPS[..1],
        };
        for (number, rate) in (1..).zip(sweeps) {
            // Two and a quarter seconds from one to the next: a quarter of a second further each time.
            list.add(&format!("idle {}", number + 2), Purpose::Idle, 0.0, Duration::from_millis(1_750));
            list.add(&format!("sweep {number}"), Purpose::Sweep, *rate, Duration::from_millis(500));
        }
        list.add("last idle", Purpose::Idle, 0.0, ms(1_500, 1_000));
        list.add("afterwards", Purpose::Afterwards, 0.5, ms(3_000, 1_500));
        Self { documented, probes: list.probes, extent }
    }

    /// How long it takes.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.probes.iter().map(|probe| probe.duration).sum()
    }

    /// The highest rate that is offered.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.probes.iter().map(|probe| probe.offered).fold(0.0, f64::max)
    }

    /// About how many requests are sent.
    #[must_use]
    pub fn requests(&self) -> f64 {
        self.probes.iter().map(|probe| probe.offered * probe.duration.as_secs_f64()).sum()
    }

    /// When a probe begins, from the start of the run.
    #[must_use]
    pub fn start_of(&self, probe: usize) -> Duration {
        self.probes.iter().take(probe).map(|probe| probe.duration).sum()
    }

    /// The probes as phases of one run of the engine, in the same order.
    #[must_use]
    pub fn phases(&self) -> Vec<Phase> {
        let phase = |probe: &Probe| {
            let rate = Rate::per_second(probe.offered).or(Rate::per_second(NEVER))?;
            Some(Phase::constant(probe.name.as_str(), Stretch::Step, rate, probe.duration))
        };
        self.probes.iter().filter_map(phase).collect()
    }
}

struct List {
    documented: f64,
    probes: Vec<Probe>,
}

impl List {
    fn add(&mut self, name: &str, purpose: Purpose, times: f64, duration: Duration) {
        self.probes.push(Probe { name: name.into(), purpose, offered: self.documented * times, duration });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Arrivals, Schedule};

    fn plan(rate: f64, extent: Extent) -> ProbePlan {
        ProbePlan::new(Rate::per_second(rate).unwrap(), extent)
    }

    #[test]
    fn all_of_it_takes_less_than_90_seconds() {
        assert!(plan(100.0, Extent::Full).duration() < Duration::from_secs(90));
        assert!(plan(100.0, Extent::Quick).duration() < Duration::from_secs(40));
    }

    #[test]
    fn every_probe_is_a_phase_of_its_own() {
        let plan = plan(100.0, Extent::Full);
        let phases = plan.phases();
        assert_eq!(phases.len(), plan.probes.len());
        let mut names: Vec<&str> = phases.iter().map(|phase| phase.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), phases.len());
    }

    #[test]
    fn nothing_is_sent_while_idling() {
        for rate in [5.0, 33.3, 100.0, 777.0, 2_000.0] {
            let plan = plan(rate, Extent::Full);
            let schedule = Schedule::new(&plan.phases(), Arrivals::Constant, 1);
            let idle = |phase: usize| plan.probes[phase].purpose == Purpose::Idle;
            // What was due in the very instant in which idling begins is of the probe before.
            let late = schedule.stripe(0, 1).filter(|arrival| {
                let into = arrival.intended.as_duration().saturating_sub(plan.start_of(arrival.phase));
                idle(arrival.phase) && into > Duration::from_millis(5)
            });
            assert_eq!(late.count(), 0, "at {rate}/s");
        }
    }
}
