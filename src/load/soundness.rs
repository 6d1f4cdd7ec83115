//! Whether a run's generator held its own schedule: a pure function over what was measured.
//!
//! Only the generator's own failings count: dispatch lag, descriptors, ports, processor. Waiting for connections is the
//! target's doing. The closed model has no schedule, and so neither a lag nor a processor bound.

use std::fmt;
use std::time::Duration;

use super::interval::Exhausted;
use super::plan::Model;

/// What soundness is judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The model of the run.
    pub model: Model,
    /// The 99th percentile of the dispatch lag over the judged phases.
    pub lag_p99: Option<Duration>,
    /// The 99th percentile of the service time over the judged phases.
    pub service_p99: Option<Duration>,
    /// The bound that the user set.
    pub lag_bound: Option<Duration>,
    /// What ran out.
    pub exhausted: Exhausted,
    /// The judged seconds in which a shard had no processor time left.
    pub busy_seconds: u64,
    /// All judged seconds.
    pub judged_seconds: u64,
    /// The time that the hypervisor took away from all cores together, as a share of the judged time.
    pub steal: f64,
}

/// Why a run is unsound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// Arrivals were taken up too late.
    Lag {
        /// The 99th percentile.
        p99: Duration,
        /// What it may be.
        bound: Duration,
    },
    /// The process ran out of file descriptors.
    Descriptors,
    /// The machine ran out of local ports.
    Ports,
    /// A shard had no processor time left in too many seconds.
    Cpu {
        /// The number of these seconds.
        seconds: u64,
        /// All judged seconds.
        of: u64,
    },
}

impl Cause {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Lag { .. } => "run the generator on a quieter machine or on cores of its own, or offer a lower rate",
            Self::Descriptors => "raise the limit of open files (ulimit -n) or lower --connections",
            Self::Ports => "lower --connections, or widen net.ipv4.ip_local_port_range",
            Self::Cpu { .. } => "use more --threads, or offer a lower rate",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lag { p99, bound } => {
                write!(formatter, "the generator's dispatch lag has a p99 of {p99:.2?}, above its bound of {bound:.2?}")
            }
            Self::Descriptors => formatter.write_str("the generator ran out of file descriptors"),
            Self::Ports => formatter.write_str("the generator ran out of local ports"),
            Self::Cpu { seconds, of } => {
                write!(formatter, "a generator thread had no processor time left in {seconds} of {of} seconds")
            }
        }
    }
}

/// Whether steal explains an unsound run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Steal {
    /// The hypervisor took noticeable time away: it is likely the cause.
    Blamed,
    /// It did not.
    Negligible,
}

/// The verdict on the generator.
#[derive(Clone, Debug, PartialEq)]
pub struct Soundness {
    /// Why it is unsound; empty for a sound run.
    pub causes: Vec<Cause>,
    /// Whether steal explains it.
    pub steal: Steal,
    /// The bound that the lag was held to; `None` in the closed model.
    pub lag_bound: Option<Duration>,
}

impl Soundness {
    /// Whether the run's figures can be judged.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.causes.is_empty()
    }
}

/// The least lag bound: below it a lag is noise for latencies of networks.
const LEAST_BOUND: Duration = Duration::from_millis(1);
/// A shard that works more than this share of its core in a second, waiting awake left out, has no room left to be on time.
pub(crate) const BUSY: f64 = 0.95;
/// What share of the seconds may be busy, as one in a hundred: a long run survives the second after a freeze, in which all
/// that has waited is sent at once. What that cost is in the lag, whose p99 is held to its own bound.
const ONE_BUSY_IN: u64 = 100;
/// From this share on steal is blamed: a p99 tells of the latest hundredth of the arrivals, and less than a hundredth of a
/// core's time cannot have held up all of these.
const NOTICEABLE_STEAL: f64 = 0.01;

/// Judges the generator.
#[must_use]
pub(crate) fn judge(evidence: &Evidence) -> Soundness {
    let mut causes = Vec::new();
    let bound = evidence.lag_bound.unwrap_or_else(|| {
        let share = evidence.service_p99.unwrap_or_default() / 20;
        share.max(LEAST_BOUND)
    });
    let lag_bound = match evidence.model {
        Model::Open => {
            if let Some(p99) = evidence.lag_p99.filter(|p99| *p99 > bound) {
                causes.push(Cause::Lag { p99, bound });
            }
            if evidence.busy_seconds * ONE_BUSY_IN > evidence.judged_seconds {
                causes.push(Cause::Cpu { seconds: evidence.busy_seconds, of: evidence.judged_seconds });
            }
            Some(bound)
        }
        Model::Closed => None,
    };
    if evidence.exhausted.descriptors > 0 {
        causes.push(Cause::Descriptors);
    }
    if evidence.exhausted.ports > 0 {
        causes.push(Cause::Ports);
    }
    // It makes late; it uses up neither descriptors nor ports.
    let late = causes.iter().any(|cause| matches!(cause, Cause::Lag { .. } | Cause::Cpu { .. }));
    let steal = if late && evidence.steal >= NOTICEABLE_STEAL { Steal::Blamed } else { Steal::Negligible };
    Soundness { causes, steal, lag_bound }
}

/// How many connections Little's law asks for: the rate times the mean service time, for the message on shed arrivals.
#[must_use]
pub fn connections_needed(rate: f64, mean_service: Duration) -> u64 {
    super::instants::whole((rate * mean_service.as_secs_f64()).ceil().max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet() -> Evidence {
        Evidence {
            model: Model::Open,
            lag_p99: Some(Duration::from_micros(50)),
            service_p99: Some(Duration::from_millis(2)),
            lag_bound: None,
            exhausted: Exhausted::default(),
            busy_seconds: 0,
            judged_seconds: 10,
            steal: 0.0,
        }
    }

    #[test]
    fn a_generator_on_time_is_sound() {
        let verdict = judge(&quiet());
        assert!(verdict.is_sound());
        assert_eq!(verdict.lag_bound, Some(Duration::from_millis(1)));
    }

    #[test]
    fn the_bound_grows_with_the_service_time_unless_it_is_given() {
        let late = Evidence { lag_p99: Some(Duration::from_millis(4)), ..quiet() };
        assert!(!judge(&late).is_sound());
        assert!(judge(&Evidence { service_p99: Some(Duration::from_millis(500)), ..late }).is_sound());
        assert!(judge(&Evidence { lag_bound: Some(Duration::from_millis(5)), ..late }).is_sound());
        assert!(!judge(&Evidence { lag_bound: Some(Duration::from_micros(10)), ..quiet() }).is_sound());
    }

    #[test]
    fn what_ran_out_is_named() {
        let exhausted = Exhausted { descriptors: 1, ports: 1 };
        let verdict = judge(&Evidence { exhausted, busy_seconds: 1, steal: 0.02, ..quiet() });
        assert_eq!(verdict.causes, [Cause::Cpu { seconds: 1, of: 10 }, Cause::Descriptors, Cause::Ports]);
        assert_eq!(verdict.steal, Steal::Blamed);
    }

    #[test]
    fn steal_is_blamed_only_for_lateness_and_only_where_there_was_enough_of_it() {
        let late = Evidence { lag_p99: Some(Duration::from_millis(4)), ..quiet() };
        assert_eq!(judge(&Evidence { steal: 0.009, ..late }).steal, Steal::Negligible);
        assert_eq!(judge(&Evidence { steal: 0.011, ..late }).steal, Steal::Blamed);
        let ports = Evidence { exhausted: Exhausted { descriptors: 0, ports: 1 }, steal: 0.5, ..quiet() };
        assert_eq!(judge(&ports).steal, Steal::Negligible);
    }

    #[test]
    fn one_busy_second_in_a_hundred_is_forgiven() {
        assert!(judge(&Evidence { busy_seconds: 6, judged_seconds: 600, ..quiet() }).is_sound());
        assert!(!judge(&Evidence { busy_seconds: 7, judged_seconds: 600, ..quiet() }).is_sound());
    }

    #[test]
    fn the_closed_model_has_no_lag_bound() {
        let late =
            Evidence { model: Model::Closed, lag_p99: Some(Duration::from_secs(1)), busy_seconds: 10, ..quiet() };
        assert!(judge(&late).is_sound());
    }

    #[test]
    fn littles_law_gives_the_connections() {
        assert_eq!(connections_needed(1_000.0, Duration::from_millis(250)), 250);
    }
}
