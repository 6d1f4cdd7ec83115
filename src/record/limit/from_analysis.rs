//! From a run of the probes and its analysis to the record.

use std::time::Duration;

use super::{
    Estimate, ExcessReply, FingerprintReport, LimitFinding, LimitFindingKind, LimitKind, LimitRecord, LimitSecond,
    LimitSettings, LimitVerdict, LimiterKind, ProbeCounts, ProbeReport, RequirementVerdict, VERSION, words,
};
use crate::api::{Level, Requirement};
use crate::limit::infer::{self, Fingerprint, Form, Kind};
use crate::limit::{Admits, Analysis, Decision, Finding, Known, Observation, Probe, ProbePlan, most_in_a_second};
use crate::load::{Cause, Ending, Finished, Measure, Percentile, Steal};
use crate::record::load::{Completeness, SoundnessReport, rfc3339};
use crate::record::{ExitFacts, exit_code};

/// What the record says beside what was measured.
pub struct LimitFacts<'a> {
    /// How the run was done.
    pub settings: LimitSettings,
    /// The requirement that states the rate, with its id.
    pub rate: (String, &'a Requirement),
    /// The open point about an excess, with its id.
    pub excess: Option<(String, &'a Requirement)>,
    /// One reply for each outcome that was judged in full.
    pub replies: Vec<ReplyFacts>,
}

/// What is shown of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyFacts {
    /// The outcome in the api's words.
    pub outcome: String,
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`, if the reply has one.
    pub retry_after: Option<String>,
    /// The beginning of its body.
    pub body: String,
}

impl LimitRecord {
    /// The record of a finished run.
    #[must_use]
    pub fn new(plan: &ProbePlan, finished: &Finished, analysis: &Analysis, facts: LimitFacts<'_>) -> Self {
        let interrupted = finished.ending == Ending::Interrupted;
        let soundness = soundness(finished);
        let requirements = requirements(analysis, &facts);
        let documented = facts.settings.documented;
        let is_judged = !interrupted && soundness.sound == Some(true);
        let findings: Vec<LimitFinding> =
            if is_judged { analysis.findings.iter().map(|one| finding(one, documented)).collect() } else { Vec::new() };
        let reasons = reasons(analysis, &requirements, &findings, &soundness, interrupted);
        let of = |verdict| requirements.iter().any(|one| one.verdict == verdict);
        let exit = exit_code(ExitFacts {
            interrupted,
            violated: is_judged && (of(RequirementVerdict::Fail) || !findings.is_empty()),
            undecided: !is_judged || analysis.unsteady.is_some() || of(RequirementVerdict::Inconclusive),
            ..ExitFacts::CLEAN
        });
        Self {
            record: LimitKind::Limit,
            version: VERSION,
            exit_code: exit.code(),
            reasons,
            started: rfc3339(u64::try_from(finished.started.at.as_millis()).unwrap_or(u64::MAX)),
            ending: if interrupted { Completeness::Interrupted } else { Completeness::Completed },
            ran_ns: nanos(finished.ran),
            soundness,
            findings,
            fingerprint: fingerprint(analysis, finished.started.at),
            excess: excess(analysis, &facts.replies),
            probes: plan
                .probes
                .iter()
                .zip(0..)
                .map(|(probe, number)| probe_report(plan, probe, number, analysis))
                .collect(),
            seconds: seconds(plan, &analysis.observed.observations),
            settings: facts.settings,
            requirements,
        }
    }
}

/// Whether the generator could do what was planned. Its lag is told and does not decide: requests count by when they were
/// sent, and those that came too early by its fault are left out.
fn soundness(finished: &Finished) -> SoundnessReport {
    let causes = finished.soundness.causes.iter().filter(|cause| !matches!(cause, Cause::Lag { .. }));
    let causes: Vec<String> = causes.map(|cause| format!("{cause}; {}", cause.remedy())).collect();
    SoundnessReport {
        sound: Some(causes.is_empty()),
        causes,
        steal_blamed: finished.soundness.steal == Steal::Blamed,
        lag_p99_ns: finished.distribution(Measure::Lag).quantile(0.99).map(Percentile::value).map(nanos),
        lag_bound_ns: None,
    }
}

fn requirements(analysis: &Analysis, facts: &LimitFacts<'_>) -> Vec<LimitVerdict> {
    let documented = facts.settings.documented;
    let verdict = match (analysis.admits, &analysis.unsteady) {
        (_, Some(_)) | (Admits::Unknown(_), None) => RequirementVerdict::Inconclusive,
        (Admits::Yes(_), None) => RequirementVerdict::Pass,
        (Admits::No(_), None) => RequirementVerdict::Fail,
    };
    let said = match &analysis.unsteady {
        Some(reason) => reason.to_string(),
        None => format!(
            "{}; at exactly {documented:.0}/s {}",
            words::admits(analysis.admits, documented),
            words::admitted(analysis.exact)
        ),
    };
    let mut requirements = vec![one(&facts.rate, Level::Must, verdict, said)];
    if let Some(excess) = &facts.excess {
        let said = match analysis.observed.excess.first() {
            Some(most) => format!("refused: {}, {} times", most.outcome, most.count),
            None if analysis.fingerprint.kind == Kind::LeakyBucket => {
                "answered later: it waits for its turn".to_owned()
            }
            None if analysis.fingerprint.kind == Kind::Undetermined => {
                format!("nobody knows: {}", analysis.fingerprint.undetermined.join("; "))
            }
            None => "answered like any other".to_owned(),
        };
        requirements.push(one(excess, Level::Observe, RequirementVerdict::Observed, said));
    }
    requirements
}

fn one(requirement: &(String, &Requirement), level: Level, verdict: RequirementVerdict, said: String) -> LimitVerdict {
    let (id, requirement) = requirement;
    let (rule, place) = (requirement.rule.clone(), requirement.place.clone());
    LimitVerdict { requirement: id.clone(), level, rule, place, verdict, said }
}

fn finding(finding: &Finding, documented: f64) -> LimitFinding {
    let kind = match finding {
        Finding::AdmitsTooMuch(_) => LimitFindingKind::AdmitsTooMuch,
        Finding::StaysClosed(_) => LimitFindingKind::StaysClosed,
        Finding::ThrottlesBelow { .. } => LimitFindingKind::ThrottlesBelow,
    };
    LimitFinding { finding: kind, said: words::finding(finding, documented) }
}

fn reasons(
    analysis: &Analysis,
    requirements: &[LimitVerdict],
    findings: &[LimitFinding],
    soundness: &SoundnessReport,
    interrupted: bool,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if interrupted {
        reasons.push("the run was interrupted: nothing is judged".to_owned());
    }
    if let Some(reason) = &analysis.unsteady {
        reasons.push(reason.to_string());
    } else {
        let broken = requirements.iter().filter(|one| one.verdict == RequirementVerdict::Fail);
        reasons.extend(broken.map(|one| format!("{}: {}", one.rule, one.said)));
        reasons.extend(findings.iter().map(|one| one.said.clone()));
    }
    reasons.extend(soundness.causes.iter().cloned());
    reasons
}

fn fingerprint(analysis: &Analysis, started: Duration) -> FingerprintReport {
    let of: &Fingerprint = &analysis.fingerprint;
    // Against the wall clock, because that is what windows are aligned with.
    let against_wall_clock = |phase: Duration| {
        let window = of.window.filter(|window| !window.value.is_zero())?.value.as_nanos();
        u64::try_from((phase + started).as_nanos() % window).ok().map(Duration::from_nanos)
    };
    let phase = of.phase.and_then(|phase| Some((against_wall_clock(phase.value)?, phase)));
    let span = |one: infer::Estimate<Duration>| Estimate {
        value: in_nanos(one.value),
        low: in_nanos(one.low),
        high: in_nanos(one.high),
    };
    let number = |one: infer::Estimate<f64>| Estimate { value: one.value, low: one.low, high: one.high };
    FingerprintReport {
        kind: match of.kind {
            Kind::None => LimiterKind::None,
            Kind::FixedWindow => LimiterKind::FixedWindow,
            Kind::SlidingWindow => LimiterKind::SlidingWindow,
            Kind::TokenBucket => LimiterKind::TokenBucket,
            Kind::LeakyBucket => LimiterKind::LeakyBucket,
            Kind::Concurrency => LimiterKind::Concurrency,
            Kind::Undetermined => LimiterKind::Undetermined,
        },
        words: words::fingerprint(of, phase.filter(|_| of.form == Form::Grid).map(|(wall, _)| wall)),
        undetermined: of.undetermined.clone(),
        rate: of.rate.map(number),
        burst: of.burst.map(number),
        window_ns: of.window.map(span),
        phase_ns: phase.map(|(wall, own)| {
            let off = in_nanos(own.high.saturating_sub(own.low)) / 2.0;
            let value = in_nanos(wall);
            Estimate { value, low: value - off, high: value + off }
        }),
        // Infinity is no number of JSON: a queue without a known end has none.
        queue: of.queue.filter(|queue| queue.high.is_finite()).map(number),
        concurrency: of.concurrency.map(number),
        recovery_ns: analysis.recovery.map(nanos),
        explained: of.explained as u64,
        unexplained: of.unexplained as u64,
    }
}

fn excess(analysis: &Analysis, replies: &[ReplyFacts]) -> Vec<ExcessReply> {
    let one = |excess: &crate::limit::Excess| {
        let reply = replies.iter().find(|reply| *reply.outcome == *excess.outcome);
        ExcessReply {
            outcome: excess.outcome.to_string(),
            count: excess.count as u64,
            described: excess.known == Known::Described,
            status: reply.map(|reply| reply.status),
            retry_after: reply.and_then(|reply| reply.retry_after.clone()),
            body: reply.map(|reply| reply.body.clone()),
        }
    };
    analysis.observed.excess.iter().map(one).collect()
}

fn counts<'a>(observations: impl Iterator<Item = &'a Observation>) -> ProbeCounts {
    let mut counts = ProbeCounts::default();
    for one in observations {
        counts.sent += 1;
        match one.decision {
            Decision::Admitted => counts.admitted += 1,
            Decision::Refused => counts.refused += 1,
            Decision::Unknown => counts.other += 1,
        }
    }
    counts
}

#[expect(clippy::cast_precision_loss, reason = "rates")]
fn probe_report(plan: &ProbePlan, probe: &Probe, number: usize, analysis: &Analysis) -> ProbeReport {
    let observations = &analysis.observed.observations;
    let of = || observations.iter().filter(|one| one.probe == number);
    let counts = counts(of());
    let admitted = || of().filter(|one| one.decision == Decision::Admitted);
    let mut services: Vec<Duration> = admitted().map(Observation::service).collect();
    services.sort_unstable();
    let quantile = |of_100: usize| services.get(services.len() * of_100 / 100).copied().map(nanos);
    let instants: Vec<Duration> = admitted().map(|one| one.sent).collect();
    ProbeReport {
        name: probe.name.clone(),
        purpose: probe.purpose.words().to_owned(),
        from_ns: nanos(plan.start_of(number)),
        duration_ns: nanos(probe.duration),
        offered: probe.offered,
        counts,
        admitted_rate: counts.admitted as f64 / probe.duration.as_secs_f64(),
        most_in_a_second: most_in_a_second(&instants) as u64,
        service_p50_ns: quantile(50),
        service_p99_ns: quantile(99),
    }
}

fn seconds(plan: &ProbePlan, observations: &[Observation]) -> Vec<LimitSecond> {
    let last = observations.last().map_or(0, |one| one.sent.as_secs() + 1);
    let one = |second: u64| LimitSecond {
        second,
        offered: offered_in(plan, second),
        counts: counts(observations.iter().filter(|one| one.sent.as_secs() == second)),
    };
    (0..last).map(one).collect()
}

/// The mean planned rate of a second.
fn offered_in(plan: &ProbePlan, second: u64) -> f64 {
    let (from, to) = (Duration::from_secs(second), Duration::from_secs(second + 1));
    let mut sum = 0.0;
    for (number, probe) in plan.probes.iter().enumerate() {
        let begin = plan.start_of(number);
        let overlap = to.min(begin + probe.duration).saturating_sub(from.max(begin));
        sum += probe.offered * overlap.as_secs_f64();
    }
    sum
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn in_nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}
