//! What came of the requests of some probes, and which of them may have come too early to count.

use std::time::Duration;

use super::observation::{Decision, Observation};
use super::probe::{ProbePlan, Purpose};

/// How many of a stretch were admitted, among those that came no earlier than the documented rate allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// All that count.
    pub sent: usize,
    /// Those that were admitted.
    pub admitted: usize,
    /// Those that were refused because of the rate.
    pub refused: usize,
    /// Those that are left out, because they may have reached the target too early.
    pub early: usize,
}

impl Share {
    fn count(&mut self, one: &Observation) {
        self.sent += 1;
        self.admitted += usize::from(one.decision == Decision::Admitted);
        self.refused += usize::from(one.decision == Decision::Refused);
    }
}

/// An answer that is later than this was worked on: the way there takes no longer.
const LATEST: Duration = Duration::from_millis(5);

/// What came of the probes of a purpose, whether early or not.
#[must_use]
pub fn all_of(plan: &ProbePlan, observations: &[Observation], wanted: impl Fn(Purpose) -> bool) -> Share {
    let mut share = Share::default();
    observations.iter().filter(|one| wanted(plan.probes[one.probe].purpose)).for_each(|one| share.count(one));
    share
}

/// What came of the probes of a purpose, as far as even the strictest limiter of the documented rate would have had to
/// admit it: one request in each interval, without any allowance. After a request that was late, those that follow in time
/// come too early for such a limiter, until what was offered has fallen back behind the rate.
#[must_use]
pub fn share_of(plan: &ProbePlan, observations: &[Observation], wanted: impl Fn(Purpose) -> bool) -> Share {
    let mut share = Share::default();
    for (one, early) in observations.iter().zip(early(plan, observations)) {
        let probe = &plan.probes[one.probe];
        if !wanted(probe.purpose) {
            continue;
        }
        if early && probe.offered <= plan.documented.get() {
            share.early += 1;
        } else {
            share.count(one);
        }
    }
    share
}

/// Which requests may have reached the target too early for the strictest limiter of the documented rate.
pub(super) fn early(plan: &ProbePlan, observations: &[Observation]) -> Vec<bool> {
    let interval = Duration::from_secs_f64(1.0 / plan.documented.get());
    let usual = usual_service(observations);
    let mut due = Duration::ZERO;
    let early = observations.iter().map(|one| {
        let early = one.sent < due;
        // It may have reached the target as much later as its answer was late.
        let late = one.service().saturating_sub(usual).min(LATEST);
        due = due.max(one.sent + late) + interval;
        early
    });
    early.collect()
}

/// What most answers take at least.
fn usual_service(observations: &[Observation]) -> Duration {
    let mut services: Vec<Duration> = observations.iter().map(Observation::service).collect();
    services.sort_unstable();
    services.get(services.len() / 2).copied().unwrap_or_default()
}

/// The requests of a probe at or below the documented rate that cannot have reached the target too early.
pub(super) fn in_time(plan: &ProbePlan, observations: &[Observation], probe: usize) -> Vec<Observation> {
    let of: Vec<Observation> = observations.iter().filter(|one| one.probe == probe).copied().collect();
    let early = early(plan, &of);
    of.into_iter().zip(early).filter(|(_, early)| !early).map(|(one, _)| one).collect()
}
