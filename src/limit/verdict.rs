//! What the observations say about the requirement, and about soundness: pure, and never by what came late.

use std::time::Duration;

use super::infer::{Fingerprint, Kind, Reach};
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
/// The share that counts as admitted again.
const RECOVERED: f64 = 0.98;
/// A limiter of one second has forgotten an excess after two; a longer window after itself and a half.
const PATIENCE: Duration = Duration::from_secs(3);

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

/// What came of the probes of a purpose, whether early or not.
fn all_of(plan: &ProbePlan, observations: &[Observation], wanted: impl Fn(Purpose) -> bool) -> Share {
    let of = observations.iter().filter(|one| wanted(plan.probes[one.probe].purpose));
    of.fold(Share::default(), |share, one| Share {
        sent: share.sent + 1,
        admitted: share.admitted + usize::from(one.decision == Decision::Admitted),
        refused: share.refused + usize::from(one.decision == Decision::Refused),
        early: 0,
    })
}

/// Whether so many of all are too many: a single one never is.
fn exceeds(some: usize, all: usize) -> bool {
    some > 1 && count(some) > (1.0 - ENOUGH) * count(all)
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn count(number: usize) -> f64 {
    number as f64
}

/// What came of the probes of a purpose.
#[must_use]
pub fn share_of(plan: &ProbePlan, observations: &[Observation], wanted: impl Fn(Purpose) -> bool) -> Share {
    let interval = Duration::from_secs_f64(1.0 / plan.documented.get());
    let usual = usual_service(observations);
    let mut share = Share::default();
    let mut before: Option<&Observation> = None;
    for one in observations {
        if wanted(plan.probes[one.probe].purpose) {
            // The one before may have come so much later than it was sent as its answer was late.
            let late = before.map_or(Duration::ZERO, |before| before.service().saturating_sub(usual));
            let apart = before.map(|before| one.sent.saturating_sub(before.sent + late));
            if plan.probes[one.probe].offered <= plan.documented.get() && apart.is_some_and(|apart| apart < interval) {
                share.early += 1;
            } else {
                share.sent += 1;
                share.admitted += usize::from(one.decision == Decision::Admitted);
                share.refused += usize::from(one.decision == Decision::Refused);
            }
        }
        before = Some(one);
    }
    share
}

/// What most answers take at least.
fn usual_service(observations: &[Observation]) -> Duration {
    let mut services: Vec<Duration> = observations.iter().map(Observation::service).collect();
    services.sort_unstable();
    services.get(services.len() / 2).copied().unwrap_or_default()
}

/// How long after the excess the documented rate is admitted again; `None` if it is not while it is watched.
#[must_use]
pub fn recovery(plan: &ProbePlan, observations: &[Observation]) -> Option<Duration> {
    let number = plan.probes.iter().position(|probe| probe.purpose == Purpose::Recovery)?;
    let start = plan.start_of(number);
    let of: Vec<&Observation> = observations.iter().filter(|one| one.probe == number).collect();
    // From the end: the longest stretch of which enough is admitted, and its first second too.
    let second = plan.documented.get().round();
    let mut admitted = 0;
    let mut recovered = None;
    for (behind, one) in of.iter().rev().enumerate() {
        admitted += usize::from(one.decision == Decision::Admitted);
        let enough = count(admitted) >= RECOVERED * count(behind + 1);
        if enough && one.decision == Decision::Admitted && count(behind + 1) >= second.min(count(of.len()) / 4.0) {
            recovered = Some(one.sent.saturating_sub(start));
        }
    }
    recovered
}

/// What a sound limiter would not do.
#[must_use]
pub fn findings(plan: &ProbePlan, observations: &[Observation], fingerprint: &Fingerprint) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, probe) in plan.probes.iter().enumerate().filter(|(_, probe)| probe.purpose == Purpose::Below) {
        let of: Vec<Observation> = observations.iter().filter(|one| one.probe == number).copied().collect();
        let share = share_of(plan, &of, |_| true);
        if exceeds(share.refused, share.sent) && share.sent >= of.len() / 2 {
            found.push(Finding::ThrottlesBelow { offered: probe.offered, share });
            break;
        }
    }
    found.extend(too_much(plan, observations, fingerprint).map(Finding::AdmitsTooMuch));
    let recovery = recovery(plan, observations);
    let window = fingerprint.window.map_or(Duration::ZERO, |window| window.value);
    let patience = PATIENCE.max(window.mul_f64(1.5));
    let refuses = observations.iter().any(|one| one.decision == Decision::Refused);
    let was_watched = observations.iter().any(|one| plan.probes[one.probe].purpose == Purpose::Recovery);
    if refuses && was_watched && recovery.is_none_or(|took| took > patience) {
        found.push(Finding::StaysClosed(recovery));
    }
    found
}

/// How much passes a second, if that is too much. A law that explains everything is judged by its rate: what a bucket or a
/// window lets pass at once is its nature, and reported as such. Where no law does, the seconds of a steady excess speak.
fn too_much(plan: &ProbePlan, observations: &[Observation], fingerprint: &Fingerprint) -> Option<f64> {
    let bound = TOO_MUCH * plan.documented.get();
    match (fingerprint.kind, fingerprint.reach) {
        // Whether an excess is refused at all is open, and how many are answered at once is no rate.
        (Kind::None | Kind::Concurrency, Reach::Everything) => None,
        (Kind::FixedWindow | Kind::SlidingWindow | Kind::TokenBucket | Kind::LeakyBucket, Reach::Everything) => {
            fingerprint.rate.filter(|rate| rate.low > bound).map(|rate| rate.value)
        }
        (Kind::Undetermined, _) | (_, Reach::UpTo(_)) => {
            let refused = observations.iter().any(|one| one.decision == Decision::Refused);
            let most = count(most_in_a_second(&steady_excess(plan, observations)));
            (refused && most > bound).then_some(most)
        }
    }
}

/// What was admitted under a steady excess, but for its first second, in which an allowance for bursts is spent.
fn steady_excess(plan: &ProbePlan, observations: &[Observation]) -> Vec<Duration> {
    let first = plan.probes.iter().position(|probe| probe.purpose == Purpose::Excess);
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
