//! What the observations say about the requirement, and about soundness: pure, and never by what came late.

use std::time::Duration;

use super::infer::{Fingerprint, Kind, Reach};
use super::observation::{Decision, Observation};
use super::probe::{Probe, ProbePlan, Purpose};
use super::share::{Share, all_of, in_time, share_of};

/// Whether the documented rate is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admits {
    /// Enough was.
    Yes(Share),
    /// Too much was refused.
    No(Share),
    /// Nobody can say: too few requests count, or too many got neither a reply as expected nor a refusal.
    Unknown(Share),
}

/// Something that a sound limiter does not do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// More than 1.5 times the limit passes: so much a second.
    AdmitsTooMuch(f64),
    /// After the excess the documented rate is not admitted for this long, or not at all while it was watched.
    StaysClosed(Option<Duration>),
    /// Requests below the documented rate are refused: at this offered rate so many.
    ThrottlesBelow {
        /// Requests offered a second.
        offered: f64,
        /// What came of them.
        share: Share,
    },
}

/// The least share that must be admitted at 98 % of the documented rate.
const ENOUGH: f64 = 0.995;
/// So many requests that cannot have been early are enough to judge by, even if most were.
const LEAST_JUDGED: usize = 100;
/// From here on a second admits too much.
const TOO_MUCH: f64 = 1.5;
/// The share that counts as admitted again: a strict limiter refuses what a noisy machine sends a little early.
const RECOVERED: f64 = 0.9;
/// The share that must be refused below the limit for a limiter to throttle there, for the same reason.
const THROTTLED: f64 = 0.05;
/// A limiter of one second has forgotten an excess after two, and one that counts a part of the last window after two
/// windows.
const PATIENCE: Duration = Duration::from_secs(3);
const WINDOWS: f64 = 2.1;
/// So many requests that cannot have been early tell whether a target is open again.
const LEAST_WATCHED: usize = 20;

/// Judges the stretch at 98 %. What is refused counts only if it cannot have reached the target too early: on a noisy machine
/// that leaves few requests to judge by, and with too few of them nobody can say.
#[must_use]
pub fn admits(plan: &ProbePlan, observations: &[Observation]) -> Admits {
    let is_judged = |purpose| purpose == Purpose::Judged;
    let all = all_of(plan, observations, is_judged);
    let share = share_of(plan, observations, is_judged);
    let neither = all.sent - all.admitted - all.refused;
    if all.sent == 0 || exceeds(neither, all.sent) {
        Admits::Unknown(all)
    } else if !exceeds(all.refused, all.sent) {
        Admits::Yes(all)
    } else if share.sent < all.sent / 2 && share.sent < LEAST_JUDGED {
        Admits::Unknown(share)
    } else if exceeds(share.refused, share.sent) {
        Admits::No(share)
    } else {
        Admits::Yes(share)
    }
}

/// Whether so many of all are too many: a single one never is.
fn exceeds(some: usize, all: usize) -> bool {
    some > 1 && count(some) > (1.0 - ENOUGH) * count(all)
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn count(number: usize) -> f64 {
    number as f64
}

/// How long after the excess the documented rate is admitted again; `None` if it is not while it is watched.
///
/// What may have come too early says nothing against a target. But where too little is left without it, a few refusals
/// would seem to be many; so what is admitted of all counts as well.
#[must_use]
pub fn recovery(plan: &ProbePlan, observations: &[Observation]) -> Option<Duration> {
    let number = plan.probes.iter().position(|probe| probe.purpose == Purpose::Recovery)?;
    let all: Vec<Observation> = observations.iter().filter(|one| one.probe == number).copied().collect();
    let of = [in_time(plan, observations, number), all];
    of.iter().filter_map(|of| recovered(plan, of)).min().map(|at| at.saturating_sub(plan.start_of(number)))
}

/// From when on enough of these requests is admitted.
fn recovered(plan: &ProbePlan, of: &[Observation]) -> Option<Duration> {
    // From the end: the longest stretch of which enough is admitted, and its first second too.
    let second = plan.documented.get().round();
    let mut admitted = 0;
    let mut recovered = None;
    for (behind, one) in of.iter().rev().enumerate() {
        admitted += usize::from(one.decision == Decision::Admitted);
        let enough = count(admitted) >= RECOVERED * count(behind + 1);
        if enough && one.decision == Decision::Admitted && count(behind + 1) >= second.min(count(of.len()) / 4.0) {
            recovered = Some(one.sent);
        }
    }
    recovered
}

/// Whether the documented rate was not admitted again in time, and how long that took. Nobody can say where a long window
/// may have outlasted the watch, or where few requests came late enough to be admitted for certain.
fn stays_closed(plan: &ProbePlan, observations: &[Observation], fingerprint: &Fingerprint) -> Option<Finding> {
    let number = plan.probes.iter().position(|probe| probe.purpose == Purpose::Recovery)?;
    let window = fingerprint.window.map_or(Duration::ZERO, |window| window.value);
    let patience = PATIENCE.max(window.mul_f64(WINDOWS));
    let watched = in_time(plan, observations, number);
    if watched.len() < LEAST_WATCHED || plan.probes[number].duration < patience {
        return None;
    }
    let recovery = recovery(plan, observations);
    recovery.is_none_or(|took| took > patience).then_some(Finding::StaysClosed(recovery))
}

/// What a sound limiter would not do.
#[must_use]
pub fn findings(plan: &ProbePlan, observations: &[Observation], fingerprint: &Fingerprint) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, probe) in plan.probes.iter().enumerate().filter(|(_, probe)| probe.purpose == Purpose::Below) {
        let of: Vec<Observation> = observations.iter().filter(|one| one.probe == number).copied().collect();
        let share = share_of(plan, &of, |_| true);
        let throttled = share.refused > 1 && count(share.refused) > THROTTLED * count(share.sent);
        if throttled && share.sent >= of.len() / 2 {
            found.push(Finding::ThrottlesBelow { offered: probe.offered, share });
            break;
        }
    }
    let refuses = observations.iter().any(|one| one.decision == Decision::Refused);
    // One that throttles below the limit does not stay closed: it was never open.
    if found.is_empty() && refuses {
        found.extend(stays_closed(plan, observations, fingerprint));
    }
    found.extend(too_much(plan, observations, fingerprint).map(Finding::AdmitsTooMuch));
    found
}

/// How much passes a second, if that is too much. A law that explains everything and whose rate is known is judged by it:
/// what a bucket or a window lets pass at once is its nature, and reported as such. Where no law does, the seconds of a
/// steady excess speak. No law is believed against these: where they pass no more, its rate is a misreading.
fn too_much(plan: &ProbePlan, observations: &[Observation], fingerprint: &Fingerprint) -> Option<f64> {
    let bound = TOO_MUCH * plan.documented.get();
    match (fingerprint.kind, fingerprint.reach) {
        // Whether an excess is refused at all is open, and how many are answered at once is no rate.
        (Kind::None | Kind::Concurrency, Reach::Everything) => None,
        (Kind::FixedWindow | Kind::SlidingWindow | Kind::TokenBucket | Kind::LeakyBucket, Reach::Everything)
            if fingerprint.rate.is_some_and(|rate| rate.high - rate.low < rate.value) =>
        {
            fingerprint
                .rate
                .filter(|rate| rate.low > bound && steadily(plan, observations, bound) > bound)
                .map(|rate| rate.value)
        }
        _ => {
            let refused = observations.iter().any(|one| one.decision == Decision::Refused);
            let most = count(most_in_a_second(&steady_excess(plan, observations, bound)));
            (refused && most > bound).then_some(most)
        }
    }
}

/// How much was admitted a second in the probe of a steady excess above a bound that got most.
fn steadily(plan: &ProbePlan, observations: &[Observation], bound: f64) -> f64 {
    let passed = steady_excess(plan, observations, bound);
    let rate = |probe: usize| {
        let (from, length) = (plan.start_of(probe), plan.probes[probe].duration);
        let inside = passed.iter().filter(|sent| (from..from + length).contains(*sent));
        count(inside.count()) / length.as_secs_f64()
    };
    (0..plan.probes.len()).map(rate).fold(0.0, f64::max)
}

/// What was admitted under a steady excess of more than a bound, but for its first second. An allowance for bursts is spent
/// by then; and where no more than the bound is offered, more passes in a second only because it was sent late.
fn steady_excess(plan: &ProbePlan, observations: &[Observation], bound: f64) -> Vec<Duration> {
    let is_more = |probe: &Probe| probe.purpose == Purpose::Excess && probe.offered > bound;
    let first = plan.probes.iter().position(is_more);
    let from = first.map_or(Duration::ZERO, |first| plan.start_of(first)) + Duration::from_secs(1);
    let until = plan.probes.iter().position(|probe| probe.purpose == Purpose::Recovery);
    let until = until.map_or(Duration::MAX, |until| plan.start_of(until));
    let admitted = observations.iter().filter(|one| one.decision == Decision::Admitted);
    admitted.map(|one| one.sent).filter(|sent| (from..until).contains(sent)).collect()
}

/// The most of these instants, in order, that lie in any one second.
#[must_use]
pub fn most_in_a_second(instants: &[Duration]) -> usize {
    let mut last = 0;
    let mut most = 0;
    for (first, from) in instants.iter().enumerate() {
        while instants.get(last).is_some_and(|instant| *instant < *from + Duration::from_secs(1)) {
            last += 1;
        }
        most = most.max(last - first);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Extent;
    use crate::limit::infer::fingerprint;
    use crate::limit::share::early;
    use crate::load::{Arrivals, Rate, Schedule};

    fn plan() -> ProbePlan {
        ProbePlan::new(Rate::per_second(100.0).unwrap(), Extent::Full)
    }

    /// Everything that the plan sends, sent in time and decided by `decide`.
    fn run(plan: &ProbePlan, mut decide: impl FnMut(Duration, Purpose) -> Decision) -> Vec<Observation> {
        let arrivals = Schedule::new(&plan.phases(), Arrivals::Constant, 1);
        let one = |arrival: crate::load::Arrival| {
            let sent = arrival.intended.as_duration();
            let decision = decide(sent, plan.probes[arrival.phase].purpose);
            Observation { sent, answered: sent + Duration::from_micros(300), decision, probe: arrival.phase }
        };
        arrivals.stripe(0, 1).map(one).collect()
    }

    fn found(plan: &ProbePlan, observations: &[Observation]) -> Vec<Finding> {
        findings(plan, observations, &fingerprint(observations, 100.0, Duration::from_secs(10)))
    }

    #[test]
    fn a_single_refusal_at_98_percent_is_forgiven_and_one_in_twenty_is_not() {
        let plan = plan();
        let refuse_every = |every: usize| {
            let mut number = 0;
            run(&plan, move |_, purpose| {
                number += usize::from(purpose == Purpose::Judged);
                let hit = purpose == Purpose::Judged && number % every == every - 1;
                if hit { Decision::Refused } else { Decision::Admitted }
            })
        };
        assert!(matches!(admits(&plan, &refuse_every(600)), Admits::Yes(_)));
        assert!(matches!(admits(&plan, &refuse_every(20)), Admits::No(share) if share.refused == 49));
    }

    #[test]
    fn a_refusal_after_a_late_one_is_no_evidence() {
        let plan = plan();
        let mut observations = run(&plan, |_, _| Decision::Admitted);
        let judged = plan.probes.iter().position(|probe| probe.purpose == Purpose::Judged).unwrap();
        // Each hundredth is sent 5 ms late, and the one after it comes too early for a strict limiter.
        let places: Vec<usize> = (0..observations.len()).filter(|&index| observations[index].probe == judged).collect();
        for pair in places.chunks(100).filter(|pair| pair.len() == 100) {
            observations[pair[4]].sent += Duration::from_millis(5);
            observations[pair[4]].answered += Duration::from_millis(5);
            observations[pair[5]].decision = Decision::Refused;
        }
        assert!(matches!(admits(&plan, &observations), Admits::Yes(share) if (200..400).contains(&share.early)));
    }

    #[test]
    fn a_few_refusals_among_the_few_that_surely_came_in_time_do_not_keep_a_target_closed() {
        let plan = plan();
        let recovery_probe = plan.probes.iter().position(|probe| probe.purpose == Purpose::Recovery).unwrap();
        let mut observations = run(&plan, |_, _| Decision::Admitted);
        let places: Vec<usize> =
            (0..observations.len()).filter(|&index| observations[index].probe == recovery_probe).collect();
        // Every tenth waits so long that nobody knows when it arrived, and each that came in time after that is refused.
        for ten in places.chunks(10) {
            observations[ten[0]].answered += Duration::from_millis(50);
        }
        let early = early(&plan, &observations);
        let in_time: Vec<usize> = places.iter().copied().filter(|&index| !early[index]).collect();
        assert!(in_time.len() < places.len() / 5, "{} of {}", in_time.len(), places.len());
        in_time.iter().step_by(4).for_each(|&index| observations[index].decision = Decision::Refused);
        assert_eq!(found(&plan, &observations), []);
        assert!(recovery(&plan, &observations).unwrap() < Duration::from_secs(1));
    }

    #[test]
    fn requests_that_get_neither_answer_leave_it_open() {
        let plan = plan();
        let mut number = 0;
        let observations = run(&plan, |_, _| {
            number += 1;
            if number % 10 == 0 { Decision::Unknown } else { Decision::Admitted }
        });
        assert!(matches!(admits(&plan, &observations), Admits::Unknown(_)));
    }

    #[test]
    fn what_never_refuses_is_not_condemned() {
        let plan = plan();
        let observations = run(&plan, |_, _| Decision::Admitted);
        assert!(found(&plan, &observations).is_empty());
        assert_eq!(recovery(&plan, &observations), Some(Duration::ZERO));
    }

    #[test]
    fn a_rate_that_no_excess_shows_is_a_misreading() {
        let plan = plan();
        let mut admitted = std::collections::HashMap::new();
        let observations = run(&plan, |sent, _| {
            let count = admitted.entry(sent.as_secs()).or_insert(0);
            *count += 1;
            if *count <= 100 { Decision::Admitted } else { Decision::Refused }
        });
        let mut misread = fingerprint(&observations, 100.0, Duration::from_secs(10));
        assert_eq!(misread.kind, Kind::FixedWindow);
        let rate = misread.rate.as_mut().unwrap();
        (rate.value, rate.low, rate.high) = (500.0, 490.0, 515.0);
        assert!(findings(&plan, &observations, &misread).is_empty());
    }

    #[test]
    fn staying_closed_after_the_excess_is_found() {
        let plan = plan();
        let excess = plan.probes.iter().position(|probe| probe.purpose == Purpose::Excess).unwrap();
        let closed_from = plan.start_of(excess) + Duration::from_secs(1);
        let observations =
            run(&plan, |sent, _| if sent > closed_from { Decision::Refused } else { Decision::Admitted });
        assert!(found(&plan, &observations).contains(&Finding::StaysClosed(None)));
        assert_eq!(recovery(&plan, &observations), None);
    }

    #[test]
    fn refusing_below_the_limit_is_found() {
        let plan = plan();
        let mut number = 0;
        let observations = run(&plan, |_, _| {
            number += 1;
            if number % 3 == 0 { Decision::Refused } else { Decision::Admitted }
        });
        assert!(matches!(found(&plan, &observations)[0], Finding::ThrottlesBelow { offered, .. } if offered < 51.0));
    }

    #[test]
    fn a_second_begins_with_any_request() {
        let ms = Duration::from_millis;
        let instants: Vec<Duration> = [0, 900, 950, 1_000, 1_899, 1_900].map(ms).to_vec();
        assert_eq!(most_in_a_second(&instants), 4);
        assert_eq!(most_in_a_second(&[]), 0);
    }
}
