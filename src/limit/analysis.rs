//! Everything that follows from a run of the probes.

use std::time::Duration;

use super::infer::{Fingerprint, Kind, Reach, fingerprint};
use super::learn::{Observed, observed};
use super::observation::Observation;
use super::probe::{ProbePlan, Purpose};
use super::share::{Share, all_of};
use super::steady::{Unsteady, unsteady};
use super::verdict::{Admits, Finding, admits, findings, recovery};
use crate::load::Finished;

/// What a run says about a target's limit.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// What was observed.
    pub observed: Observed,
    /// Why nothing else can be believed.
    pub unsteady: Option<Unsteady>,
    /// Whether the documented rate is admitted.
    pub admits: Admits,
    /// What was admitted at exactly the documented rate.
    pub exact: Share,
    /// What a sound limiter does not do; empty for a target that was not measured.
    pub findings: Vec<Finding>,
    /// How the target limits.
    pub fingerprint: Fingerprint,
    /// How long after the excess the documented rate was admitted again.
    pub recovery: Option<Duration>,
}

/// Analyses a finished run of the plan's phases.
#[must_use]
pub fn analyse(plan: &ProbePlan, finished: &Finished) -> Analysis {
    let observed = observed(plan, finished);
    let unsteady = unsteady(plan, &observed);
    let observations = &observed.observations;
    let fingerprint = match &unsteady {
        Some(reason) => Fingerprint::undetermined(reason.to_string()),
        None => or_unexplained(plan, observations, infer(plan, observations)),
    };
    let findings = if unsteady.is_some() { Vec::new() } else { findings(plan, observations, &fingerprint) };
    Analysis {
        admits: admits(plan, observations),
        exact: all_of(plan, observations, |purpose| purpose == Purpose::Exact),
        recovery: recovery(plan, observations).filter(|_| unsteady.is_none()),
        findings,
        fingerprint,
        unsteady,
        observed,
    }
}

/// The share of requests above the limit that may fail, and still there is no limit.
const FAILING: f64 = 0.02;

/// Where nothing was refused, but much failed in ways that come below the limit too, nobody knows whether there is one.
fn or_unexplained(plan: &ProbePlan, observations: &[Observation], fingerprint: Fingerprint) -> Fingerprint {
    let above =
        all_of(plan, observations, |purpose| matches!(purpose, Purpose::Excess | Purpose::Burst | Purpose::Sweep));
    let failed = above.sent - above.admitted - above.refused;
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let is_much = failed as f64 > FAILING * above.sent as f64;
    if fingerprint.kind != Kind::None || !is_much {
        return fingerprint;
    }
    let all = above.sent;
    Fingerprint::undetermined(format!(
        "{failed} of {all} requests above the limit got neither the reply that they must get nor one that comes above it \
         only: `proofhouse check` shows why"
    ))
}

/// A part without at least so many times the documented rate says too little.
const LEAST_SEEN: f64 = 1.4;

/// The fingerprint; where no law explains all that was offered, that of the part before the steepest excess.
#[must_use]
pub fn infer(plan: &ProbePlan, observations: &[Observation]) -> Fingerprint {
    let (documented, longest) = (plan.documented.get(), plan.extent.longest_window());
    let whole = fingerprint(observations, documented, longest);
    if whole.kind != Kind::Undetermined {
        return whole;
    }
    let excess = plan.probes.iter().enumerate().filter(|(_, probe)| probe.purpose == Purpose::Excess);
    let contiguous = plan.probes.iter().position(|probe| probe.purpose == Purpose::Recovery).unwrap_or(usize::MAX);
    let rates: Vec<(usize, f64)> =
        excess.filter(|(number, _)| *number < contiguous).map(|(number, probe)| (number, probe.offered)).collect();
    for pair in rates.windows(2).rev() {
        let ((_, below), (steeper, _)) = (pair[0], pair[1]);
        // With less than that a limiter has hardly begun to show.
        if below < LEAST_SEEN * documented {
            break;
        }
        let before: Vec<Observation> = observations.iter().filter(|one| one.probe < steeper).copied().collect();
        let part = fingerprint(&before, documented, longest);
        // What was offered must have been well above the rate, or anything explains it.
        let pressed = part.rate.is_none_or(|rate| rate.high * LEAST_SEEN <= below);
        if pressed && !matches!(part.kind, Kind::Undetermined | Kind::None) {
            let note = format!("above {below:.0}/s the target decides otherwise: {}", whole.undetermined.join("; "));
            let undetermined = part.undetermined.iter().cloned().chain([note]).collect();
            return Fingerprint { reach: Reach::UpTo(below), undetermined, ..part };
        }
    }
    whole
}
