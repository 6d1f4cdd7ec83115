//! From a journal to the report of the run. A run that was killed has no last line: its counts are the sums of its seconds,
//! and its percentiles come from the histogram log.

use super::report::{
    Completeness, LoadKind, LoadRecord, PhaseReport, SecondReport, SoundnessReport, ThresholdVerdict, Totals,
};
use super::tally::Tally;
use super::{Cost, Counts, Distributions, PhaseMeasures, Second, Summary, VERSION, again, threshold};
use crate::load::Fate;
use crate::record::journal::Journalled;
use crate::record::{ExitCode, ExitFacts, exit_code};

/// A second in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// The report of a run. `log` is its histogram log, which is looked at only when the journal has no last line.
#[must_use]
pub fn derive(journal: &Journalled, log: &[u8]) -> LoadRecord {
    let start = &journal.start;
    let found = Tally::of(journal);
    let (counts, measures, by_phase) = match &journal.end {
        Some(end) => {
            let mut counts = vec![Counts::default(); start.phases.len()];
            end.counts.iter().for_each(|one| counts[one.phase] = one.counts);
            (counts, end.measures.clone(), end.by_phase.clone())
        }
        None => {
            let (measures, by_phase) = again::measures(start, log);
            (counts_of_seconds(&journal.seconds, &found.unlearned()), measures, by_phase)
        }
    };
    let mut judged = Counts::default();
    let mut all = Counts::default();
    for (phase, counts) in counts.iter().enumerate() {
        all.add(counts);
        if start.phases[phase].is_judged() {
            judged.add(counts);
        }
    }
    let ran = journal.end.as_ref().map_or(journal.seconds.len() as u64 * SECOND, |end| end.ran_ns);
    let achieved = achieved(journal, ran);
    let soundness = soundness(journal, &measures);
    let ending = match &journal.end {
        None => Completeness::Killed,
        Some(end) if end.interrupted => Completeness::Interrupted,
        Some(_) => Completeness::Completed,
    };
    let mut record = LoadRecord {
        record: LoadKind::Load,
        version: VERSION,
        exit_code: 0,
        reasons: Vec::new(),
        started: rfc3339(start.started_ms),
        model: start.model.clone(),
        ending,
        ran_ns: ran,
        settings: start.settings.clone(),
        threads: start.threads,
        spin_ns: start.spin_ns,
        soundness,
        totals: Totals { all, judged, identity: judged.identity(), achieved },
        measures,
        thresholds: Vec::new(),
        deviations: found.deviations(),
        outcomes: found.outcomes(),
        phases: phase_reports(journal, &counts, by_phase),
        cost: journal.end.as_ref().map_or_else(|| cost_of_seconds(&journal.seconds), |end| end.cost),
        seconds: journal.seconds.iter().map(second_report).collect(),
        distributions: Distributions::default(),
    };
    record.thresholds = threshold::judge(&record);
    let exit = exit_code(facts(&record));
    record.exit_code = exit.code();
    record.reasons = reasons(&record, exit);
    record
}

fn facts(record: &LoadRecord) -> ExitFacts {
    let any = |verdict| record.thresholds.iter().any(|threshold| threshold.verdict == verdict);
    ExitFacts {
        interrupted: record.ending != Completeness::Completed,
        nothing_run: record.totals.all.sent == 0,
        violated: any(ThresholdVerdict::Broken),
        undecided: record.soundness.sound != Some(true) || any(ThresholdVerdict::Unjudged),
        ..ExitFacts::CLEAN
    }
}

fn reasons(record: &LoadRecord, exit: ExitCode) -> Vec<String> {
    let mut reasons = Vec::new();
    match record.ending {
        Completeness::Completed => {}
        Completeness::Interrupted => reasons.push("the run was interrupted".into()),
        Completeness::Killed => reasons.push("the run was killed: this reaches up to its last whole second".into()),
    }
    if exit == ExitCode::NothingRun {
        let failures = record.outcomes.iter().filter(|outcome| outcome.fate == Fate::Unsent.word());
        let why = match failures.max_by_key(|outcome| outcome.count) {
            Some(outcome) => outcome.outcome.as_str(),
            None if record.totals.all.shed > 0 => "no connection was ready before an arrival was given up",
            None => "no arrival was due",
        };
        reasons.push(format!("nothing was sent: {why}"));
    }
    for threshold in record.thresholds.iter().filter(|threshold| threshold.verdict == ThresholdVerdict::Broken) {
        let actual = threshold.actual.as_deref().unwrap_or("nothing");
        reasons.push(format!("{} does not hold: {actual}", threshold.text));
    }
    reasons.extend(record.soundness.causes.iter().map(|cause| format!("unsound: {cause}")));
    for threshold in record.thresholds.iter().filter(|threshold| threshold.verdict == ThresholdVerdict::Unjudged) {
        if record.soundness.sound == Some(true) && exit != ExitCode::NothingRun {
            reasons.push(format!("{} could not be judged", threshold.text));
        }
    }
    reasons
}

fn soundness(journal: &Journalled, measures: &[Summary]) -> SoundnessReport {
    let lag = measures.iter().find(|summary| summary.measure == "lag");
    let end = journal.end.as_ref();
    SoundnessReport {
        sound: end.map(|end| end.unsound.is_empty()),
        causes: end.map(|end| end.unsound.clone()).unwrap_or_default(),
        steal_blamed: end.is_some_and(|end| end.steal_blamed),
        lag_p99_ns: lag.and_then(|summary| summary.at(99_000)).map(|percentile| percentile.ns),
        lag_bound_ns: end.and_then(|end| end.lag_bound_ns),
    }
}

/// Arrivals sent a second in the judged phases, as far as they came. What was sent only after the last of them was planned
/// came too late to be a part of the rate.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn achieved(journal: &Journalled, ran_ns: u64) -> f64 {
    let (mut judged, mut warm_up) = (0, 0);
    for phase in &journal.start.phases {
        *if phase.is_judged() { &mut judged } else { &mut warm_up } += phase.duration_ns;
    }
    let in_time = journal.seconds.iter().filter(|second| second.number * SECOND < warm_up + judged);
    let counts = in_time.flat_map(|second| &second.counts);
    let sent = counts.filter(|one| journal.start.phases[one.phase].is_judged()).map(|one| one.counts.sent).sum::<u64>();
    let took = judged.min(ran_ns.saturating_sub(warm_up));
    if took == 0 { 0.0 } else { sent as f64 / (took as f64 / SECOND as f64) }
}

fn phase_reports(journal: &Journalled, counts: &[Counts], by_phase: Vec<PhaseMeasures>) -> Vec<PhaseReport> {
    let pairs = journal.start.phases.iter().zip(counts);
    let reports = pairs.map(|(phase, counts)| PhaseReport {
        name: phase.name.clone(),
        stretch: phase.stretch.clone(),
        judged: phase.is_judged(),
        duration_ns: phase.duration_ns,
        counts: *counts,
        measures: Vec::new(),
    });
    let mut reports: Vec<PhaseReport> = reports.collect();
    for PhaseMeasures { phase, measures } in by_phase {
        reports[phase].measures = measures;
    }
    reports
}

fn second_report(second: &Second) -> SecondReport {
    let mut counts = Counts::default();
    second.counts.iter().for_each(|one| counts.add(&one.counts));
    let at = |measure: &str, of_100_000| {
        let summary = second.measures.iter().find(|summary| summary.measure == measure)?;
        summary.at(of_100_000).map(|percentile| percentile.ns)
    };
    SecondReport {
        second: second.number,
        offered: second.offered,
        counts,
        p50_ns: at("response", 50_000),
        p99_ns: at("response", 99_000),
        max_ns: at("response", 100_000),
        lag_p99_ns: at("lag", 99_000),
    }
}

/// Sums of what the seconds say; what had not ended when the run was killed counts as in flight or as abandoned.
fn counts_of_seconds(seconds: &[Second], unlearned: &[u64]) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); unlearned.len()];
    for one in seconds.iter().flat_map(|second| &second.counts) {
        counts[one.phase].add(&one.counts);
    }
    for (counts, unlearned) in counts.iter_mut().zip(unlearned) {
        counts.learned = counts.learned.saturating_sub(*unlearned);
        counts.deviating += unlearned;
        counts.in_flight += counts.sent.saturating_sub(counts.after_sending());
        counts.abandoned += counts.planned.saturating_sub(counts.sent + counts.never_sent());
    }
    counts
}

fn cost_of_seconds(seconds: &[Second]) -> Cost {
    seconds.iter().map(|second| second.cost).fold(Cost::default(), |sum, cost| Cost {
        cpu_ns: sum.cpu_ns + cost.cpu_ns,
        spun_ns: sum.spun_ns + cost.spun_ns,
        busiest: sum.busiest.max(cost.busiest),
        steal: sum.steal.max(cost.steal),
        opened: sum.opened + cost.opened,
        no_descriptor: sum.no_descriptor + cost.no_descriptor,
        no_port: sum.no_port + cost.no_port,
    })
}

/// An instant as RFC 3339 in UTC.
#[must_use]
pub fn rfc3339(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}
