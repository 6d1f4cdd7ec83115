//! From what the search ends with to the record.

use std::time::Duration;

use super::words;
use super::{
    CapacityKind, CapacityRecord, CapacityResult, CapacitySettings, CurvePoint, Requirement, RequirementVerdict,
    ResultKind, TrialCounts, TrialOutcome, TrialReport, UnloadedReport, VERSION,
};
use crate::capacity::{Ceiling, NoNumber, Outcome, Search, Thresholds, Tried, Verdict};
use crate::load::{Distribution, Rate};
use crate::record::load::{Completeness, Percentile, rfc3339};
use crate::record::{ExitFacts, exit_code};

/// The percentiles that are kept, in thousandths of a per cent.
const PERCENTILES: [u32; 6] = [50_000, 75_000, 90_000, 99_000, 99_900, 100_000];
/// Trials whose rates lie this close together are one point of the curve.
const TOGETHER: f64 = 1.02;

impl CapacityRecord {
    /// The record of a search that began at a time since 1970-01-01 UTC.
    #[must_use]
    pub fn new(
        search: &Search,
        settings: CapacitySettings,
        thresholds: &Thresholds,
        required: Option<f64>,
        started: Duration,
    ) -> Self {
        let (kind, broke) = words::kind(&search.outcome);
        let (rate, low, high) = figures(&search.outcome);
        let result = CapacityResult {
            kind,
            rate: rate.map(Rate::get),
            low: low.map(Rate::get),
            high: high.map(Rate::get),
            broke,
            said: words::said(search, thresholds),
            notes: words::notes(search, settings.connections),
        };
        let required = required.map(|rate| Requirement { rate, verdict: judge(rate, &result) });
        let stopped = search.outcome == Outcome::NoNumber(NoNumber::Stopped);
        let facts = facts(search, required);
        let mut reasons = Vec::new();
        if facts != ExitFacts::CLEAN {
            reasons.push(result.said.clone());
        }
        if let Some(Requirement { rate, verdict }) = required.filter(|one| one.verdict != RequirementVerdict::Met) {
            let word = if verdict == RequirementVerdict::Broken { "is not carried" } else { "may be carried or not" };
            reasons.push(format!("{rate}/s, which was required, {word}"));
        }
        Self {
            record: CapacityKind::Capacity,
            version: VERSION,
            exit_code: exit_code(facts).code(),
            reasons,
            started: rfc3339(u64::try_from(started.as_millis()).unwrap_or(u64::MAX)),
            ending: if stopped { Completeness::Interrupted } else { Completeness::Completed },
            ran_ns: nanos(search.took),
            settings,
            result,
            required,
            thresholds: thresholds.as_of_load(search.limit),
            unloaded: search
                .unloaded
                .map(|unloaded| UnloadedReport { rate: unloaded.rate.get(), p50_ns: nanos(unloaded.p50) }),
            knee: search.knee.map(Rate::get),
            curve: curve(search, thresholds),
            trials: search.tried.iter().map(|tried| TrialReport::new(tried, thresholds)).collect(),
        }
    }

    /// What every output says first, as far as it applies: `built-in`, `interrupted`.
    #[must_use]
    pub fn marks(&self) -> Vec<&'static str> {
        let interrupted = self.ending == Completeness::Interrupted;
        let marks = [(self.settings.built_in, "built-in"), (interrupted, "interrupted")];
        marks.into_iter().filter_map(|(applies, mark)| applies.then_some(mark)).collect()
    }
}

fn figures(outcome: &Outcome) -> (Option<Rate>, Option<Rate>, Option<Rate>) {
    match outcome {
        Outcome::Found(capacity) => (Some(capacity.rate), Some(capacity.low), Some(capacity.high)),
        Outcome::AtLeast { rate, .. } | Outcome::Below { rate, .. } => (Some(*rate), None, None),
        Outcome::NoNumber(_) => (None, None, None),
    }
}

fn judge(required: f64, result: &CapacityResult) -> RequirementVerdict {
    let (low, high) = match result.kind {
        ResultKind::Found => (result.low, result.high),
        ResultKind::AtLeast => (result.rate, None),
        ResultKind::Below => (None, result.rate),
        ResultKind::NoNumber => (None, None),
    };
    if low.is_some_and(|low| low >= required) {
        RequirementVerdict::Met
    } else if high.is_some_and(|high| high < required) || (result.kind == ResultKind::Below && high == Some(required)) {
        RequirementVerdict::Broken
    } else {
        RequirementVerdict::Unjudged
    }
}

/// A required rate decides where there is one; without it what matters is that a capacity was found.
fn facts(search: &Search, required: Option<Requirement>) -> ExitFacts {
    let required = required.map(|required| required.verdict);
    let interrupted = search.outcome == Outcome::NoNumber(NoNumber::Stopped);
    let (violated, undecided) = match (&search.outcome, required) {
        (Outcome::Below { .. }, _) | (_, Some(RequirementVerdict::Broken)) => (true, false),
        (_, Some(RequirementVerdict::Unjudged)) | (Outcome::NoNumber(_), _) => (false, true),
        (_, Some(RequirementVerdict::Met)) | (Outcome::Found(_), None) => (false, false),
        (Outcome::AtLeast { ceiling: Ceiling::Highest, .. }, None) => (false, false),
        (Outcome::AtLeast { ceiling: Ceiling::Generator { .. } | Ceiling::TimeUp, .. }, None) => (false, true),
    };
    ExitFacts { interrupted, violated, undecided, ..ExitFacts::CLEAN }
}

impl TrialReport {
    /// A trial as it is kept.
    #[must_use]
    pub fn new(tried: &Tried, thresholds: &Thresholds) -> Self {
        let (trial, tally, step) = (&tried.trial, &tried.trial.tally, &tried.step);
        let whole = trial.whole();
        let interval = tried.trial.p99_interval();
        let (verdict, said) = words::trial(tried, thresholds);
        Self {
            purpose: step.purpose.word().into(),
            rate: step.rate.get(),
            began_ns: nanos(tried.began),
            warm_up_ns: nanos(step.warm_up),
            steady_ns: nanos(trial.steady),
            counts: TrialCounts {
                arrivals: tally.arrivals,
                answered: tally.answered,
                as_expected: tally.as_expected,
                deviating: tally.deviating,
                limited: tally.limited,
                failed: tally.failed,
                unsent: tally.unsent,
                refused: tally.refused,
                shed: tally.shed,
                timed: whole.arrivals,
                late: whole.late,
            },
            percentiles: percentiles(&trial.responses),
            p99_low_ns: interval.map(|(low, _)| nanos(low.value())),
            p99_high_ns: interval.map(|(_, high)| nanos(high.value())),
            limit_ns: step.limit.map(nanos),
            verdict,
            broke: match tried.verdict {
                Verdict::Broken(criterion) => Some(criterion.word().into()),
                Verdict::Met | Verdict::Unsound | Verdict::Unjudged => None,
            },
            said,
            disturbed: trial.disturbed,
            outcomes: trial
                .outcomes
                .iter()
                .map(|(outcome, fate, count)| TrialOutcome {
                    outcome: outcome.clone(),
                    fate: fate.word().into(),
                    count: *count,
                })
                .collect(),
        }
    }
}

fn percentiles(responses: &Distribution) -> Vec<Percentile> {
    let of = |of_100_000: u32| {
        let found = responses.quantile(f64::from(of_100_000) / 100_000.0)?;
        let at_least = matches!(found, crate::load::Percentile::AtLeast(_));
        Some(Percentile { of_100_000, ns: nanos(found.value()), at_least })
    };
    PERCENTILES.into_iter().filter_map(of).collect()
}

/// Sound trials that were held to the thresholds, with those of nearly the same rate together.
fn curve(search: &Search, thresholds: &Thresholds) -> Vec<CurvePoint> {
    let judged = |tried: &&Tried| matches!(tried.verdict, Verdict::Met | Verdict::Broken(_));
    let mut sorted: Vec<&Tried> = search.tried.iter().filter(judged).collect();
    sorted.sort_by(|one, other| one.step.rate.get().total_cmp(&other.step.rate.get()));
    let near = |one: &&Tried, other: &&Tried| other.step.rate.get() / one.step.rate.get() < TOGETHER;
    sorted.chunk_by(near).map(|group| point(group, thresholds)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a mean over some trials")]
fn point(group: &[&Tried], thresholds: &Thresholds) -> CurvePoint {
    let mut joint = group[0].trial.clone();
    for tried in &group[1..] {
        joint.join(&tried.trial);
    }
    let rates: f64 = group.iter().map(|tried| tried.step.rate.get()).sum();
    CurvePoint {
        rate: rates / group.len() as f64,
        trials: group.len(),
        percentiles: percentiles(&joint.responses),
        met: joint.broken(thresholds).is_none(),
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
