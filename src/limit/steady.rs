//! Whether the target was the same server all the time: one that went away, came back or slowed down is not measured.

use std::fmt;
use std::time::Duration;

use super::learn::Observed;
use super::observation::{Decision, Observation};
use super::probe::{ProbePlan, Purpose};

/// Why nothing can be said about a target's limit.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsteady {
    /// From this instant on nothing was answered.
    Gone(Duration),
    /// Connections were refused or not to be had between these instants.
    Unreachable(Duration, Duration),
    /// The same requests took so much longer at the end than at the beginning.
    SlowedDown(Duration, Duration),
    /// Below the limit already, requests got neither the reply that they must get nor a refusal: so many of so many.
    Failing(usize, usize),
    /// Not a single request was admitted, nor refused for its rate.
    NeverAdmits,
}

/// By how much answers must be slower at the end.
const SLOWER: u32 = 3;
const SLOWER_BY: Duration = Duration::from_millis(10);
/// How many connections that fail are no chance.
const FAILED: usize = 3;
/// The share of requests below the limit that may fail.
const FAILING: f64 = 0.02;

/// What speaks against measuring, the most telling first.
#[must_use]
pub fn unsteady(plan: &ProbePlan, observed: &Observed) -> Option<Unsteady> {
    let observations = &observed.observations;
    let answered: Vec<&Observation> = observations.iter().filter(|one| one.decision != Decision::Unknown).collect();
    let Some(last) = answered.last() else { return Some(Unsteady::NeverAdmits) };
    let end = observations.last().map(|one| one.sent).max(observed.unreachable.last().copied());
    // The last probe sends in each second: two without an answer are the end.
    if end.is_some_and(|end| end > last.sent + Duration::from_secs(2)) {
        return Some(Unsteady::Gone(last.sent));
    }
    if let ([first, ..], [.., last]) = (observed.unreachable.as_slice(), observed.unreachable.as_slice())
        && observed.unreachable.len() >= FAILED
    {
        return Some(Unsteady::Unreachable(*first, *last));
    }
    if !answered.iter().any(|one| one.decision == Decision::Admitted) {
        return observations.iter().all(|one| one.decision != Decision::Refused).then_some(Unsteady::NeverAdmits);
    }
    let within = |one: &&Observation| {
        matches!(plan.probes[one.probe].purpose, Purpose::Below | Purpose::Judged | Purpose::Afterwards)
    };
    let all = observations.iter().filter(within).count();
    let failing = observations.iter().filter(within).filter(|one| one.decision == Decision::Unknown).count();
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    if failing as f64 > FAILING * all as f64 {
        return Some(Unsteady::Failing(failing, all));
    }
    let median = |wanted: &dyn Fn(usize) -> bool| {
        let of = answered.iter().filter(|one| wanted(one.probe) && one.decision == Decision::Admitted);
        let mut services: Vec<Duration> = of.map(|one| one.service()).collect();
        services.sort_unstable();
        services.get(services.len() / 2).copied()
    };
    let before = median(&|probe| probe == 0)?;
    let after = median(&|probe| plan.probes[probe].purpose == Purpose::Afterwards)?;
    (after > before * SLOWER && after > before + SLOWER_BY).then_some(Unsteady::SlowedDown(before, after))
}

impl fmt::Display for Unsteady {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(since) => {
                write!(formatter, "the target stopped answering {:.1} s after the start", since.as_secs_f64())
            }
            Self::Unreachable(first, last) => write!(
                formatter,
                "the target did not take connections between {:.1} s and {:.1} s after the start: was it restarted?",
                first.as_secs_f64(),
                last.as_secs_f64()
            ),
            Self::SlowedDown(before, after) => write!(
                formatter,
                "the target slowed down: the same requests took {before:.1?} at the beginning and {after:.1?} at the end"
            ),
            Self::Failing(failing, all) => write!(
                formatter,
                "{failing} of {all} requests below the limit got neither the reply that they must get nor a refusal for the \
                 rate: `proofhouse check` shows why"
            ),
            Self::NeverAdmits => {
                formatter.write_str("not one request was answered as it must be: `proofhouse check` shows why")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Extent;
    use crate::load::{Arrivals, Rate, Schedule};

    const MS: Duration = Duration::from_millis(1);

    fn plan() -> ProbePlan {
        ProbePlan::new(Rate::per_second(50.0).unwrap(), Extent::Quick)
    }

    /// Everything that the plan sends, each answered after `service` with what `decide` says.
    fn run(plan: &ProbePlan, service: impl Fn(usize) -> Duration, decide: impl Fn(usize) -> Decision) -> Observed {
        let arrivals = Schedule::new(&plan.phases(), Arrivals::Constant, 1);
        let one = |(number, arrival): (usize, crate::load::Arrival)| {
            let sent = arrival.intended.as_duration();
            let (answered, decision) = (sent + service(arrival.phase), decide(number));
            Observation { sent, answered, decision, probe: arrival.phase }
        };
        let observations = arrivals.stripe(0, 1).enumerate().map(one).collect();
        Observed { observations, excess: Vec::new(), unreachable: Vec::new() }
    }

    fn admitted(plan: &ProbePlan) -> Observed {
        run(plan, |_| MS, |_| Decision::Admitted)
    }

    #[test]
    fn a_target_that_is_the_same_all_the_time_is_measured() {
        let plan = plan();
        assert_eq!(unsteady(&plan, &admitted(&plan)), None);
        // One that refuses all of it is as steady as can be.
        assert_eq!(unsteady(&plan, &run(&plan, |_| MS, |_| Decision::Refused)), None);
    }

    #[test]
    fn two_seconds_of_silence_up_to_the_end_are_the_end_of_the_target() {
        let plan = plan();
        let last = run(&plan, |_| MS, |number| if number < 500 { Decision::Admitted } else { Decision::Unknown });
        let since = last.observations[499].sent;
        assert_eq!(unsteady(&plan, &last), Some(Unsteady::Gone(since)));
        // The same where nothing could be sent any more.
        let mut refused = admitted(&plan);
        refused.observations.truncate(500);
        refused.unreachable = vec![since + MS * 10, since + MS * 2_100];
        assert_eq!(unsteady(&plan, &refused), Some(Unsteady::Gone(since)));
    }

    #[test]
    fn connections_that_could_not_be_had_are_told_from_a_single_one() {
        let plan = plan();
        let mut observed = admitted(&plan);
        observed.unreachable = vec![MS * 5_000, MS * 5_100];
        assert_eq!(unsteady(&plan, &observed), None);
        observed.unreachable.push(MS * 6_000);
        let told = unsteady(&plan, &observed).unwrap();
        assert_eq!(told, Unsteady::Unreachable(MS * 5_000, MS * 6_000));
        assert!(told.to_string().contains("between 5.0 s and 6.0 s"), "{told}");
    }

    #[test]
    fn a_median_of_three_times_as_long_is_a_target_that_slowed_down() {
        let plan = plan();
        let end = plan.probes.len() - 1;
        let slower = |times: u32| {
            run(&plan, move |probe| if probe == end { MS * 8 * times } else { MS * 8 }, |_| Decision::Admitted)
        };
        assert_eq!(unsteady(&plan, &slower(3)), None);
        assert_eq!(unsteady(&plan, &slower(4)), Some(Unsteady::SlowedDown(MS * 8, MS * 32)));
    }

    #[test]
    fn replies_that_are_neither_below_the_limit_make_it_a_matter_of_conformance() {
        let plan = plan();
        let each = |every: usize| {
            run(&plan, |_| MS, move |number| if number % every == 0 { Decision::Unknown } else { Decision::Admitted })
        };
        assert_eq!(unsteady(&plan, &each(100)), None);
        assert!(matches!(unsteady(&plan, &each(20)), Some(Unsteady::Failing(failing, all)) if failing * 15 < all));
    }

    #[test]
    fn one_that_never_answers_as_it_must_never_admits() {
        let plan = plan();
        let never = run(&plan, |_| MS, |_| Decision::Unknown);
        assert_eq!(unsteady(&plan, &never), Some(Unsteady::NeverAdmits));
    }
}
