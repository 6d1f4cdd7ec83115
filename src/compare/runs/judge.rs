//! The whole comparison: the design, every change with what can be said of it, notes, reasons and the exit code.

use std::cmp::Reverse;

use super::alike::{judged_ns, offered};
use super::latency::latencies;
use super::run::LoadRun;
use super::share::shares;
use super::verdict::{ERROR, Terms};
use crate::record::compare::{
    ChangeFinding, CompareKind, CompareRecord, CompareSide, ComparedRun, Counted, Design, LatencyChange, ShareChange,
    VERSION,
};
use crate::record::{ExitFacts, exit_code};

/// How the runs were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// At any time; nothing ties one to another.
    Apart,
    /// In turn: base and head of the same place right after each other.
    InPairs,
}

/// From so many pairs on the differences within pairs are judged. Fewer have so few degrees of freedom that it takes less
/// to prove a change with each run for itself, which is safe too: what pairs have in common only widens the scatter.
const PAIRS: usize = 8;
/// Below this a side says little about how its runs scatter.
const RECOMMENDED: usize = 5;

/// Compares two sides, of which [`super::check`] has found no reason against it.
#[must_use]
pub fn compare(base: &[LoadRun], head: &[LoadRun], arrangement: Arrangement, max_regression: f64) -> CompareRecord {
    let fewest = base.len().min(head.len());
    let design = match arrangement {
        _ if fewest < 2 => Design::Single,
        Arrangement::InPairs if fewest >= PAIRS && base.len() == head.len() => Design::Paired,
        Arrangement::InPairs | Arrangement::Apart => Design::Independent,
    };
    let terms = Terms { design, max_regression };
    let mut latencies = latencies(base, head, &terms);
    latencies.sort_by_key(|change| change.finding);
    let mut shares = shares(base, head, &terms);
    shares.sort_by_key(|change| (change.finding, Reverse(change.new), Reverse(change.counts[1])));
    let first = base.first().or(head.first()).map(|run| &run.record);
    let mut record = CompareRecord {
        record: CompareKind::Compare,
        version: VERSION,
        exit_code: 0,
        reasons: Vec::new(),
        proofhouse: env!("CARGO_PKG_VERSION").into(),
        api: first.map(|record| record.settings.api.clone()).unwrap_or_default(),
        model: first.map(|record| record.model.clone()).unwrap_or_default(),
        offered: first.and_then(offered),
        judged_ns: first.map_or(0, judged_ns),
        design,
        max_regression,
        error: ERROR,
        sides: [side(base), side(head)],
        latencies,
        shares,
        notes: notes(base, head, design, arrangement),
    };
    let nothing = record.latencies.iter().all(|change| change.finding == ChangeFinding::NotCompared);
    let exit = exit_code(ExitFacts {
        violated: record.count(ChangeFinding::Regression) > 0,
        undecided: record.count(ChangeFinding::Suspected) > 0 || nothing,
        ..ExitFacts::CLEAN
    });
    record.exit_code = exit.code();
    record.reasons = reasons(&record);
    if nothing {
        record.reasons.push("no percentile could be compared".into());
    }
    record
}

fn side(runs: &[LoadRun]) -> CompareSide {
    let mut targets: Vec<String> = Vec::new();
    for run in runs {
        let target = &run.record.settings.target;
        if !targets.contains(target) {
            targets.push(target.clone());
        }
    }
    let compared = |run: &LoadRun| ComparedRun {
        source: run.source.clone(),
        started: run.record.started.clone(),
        planned: run.record.totals.judged.planned,
    };
    CompareSide {
        targets,
        built_in: runs.iter().any(|run| run.record.settings.built_in),
        runs: runs.iter().map(compared).collect(),
    }
}

/// Why the exit code is what it is: what is proven, and else what is suspected.
fn reasons(record: &CompareRecord) -> Vec<String> {
    let told = if record.exit_code == 1 { ChangeFinding::Regression } else { ChangeFinding::Suspected };
    let latencies =
        record.latencies.iter().filter(|change| change.finding == told).map(|change| latency(change, record));
    latencies.chain(record.shares.iter().filter(|change| change.finding == told).map(share)).collect()
}

fn latency(change: &LatencyChange, record: &CompareRecord) -> String {
    let (percentile, subject) = (change.percentile(), change.subject());
    let higher = change.change.unwrap_or_default() * 100.0;
    let text =
        format!("{percentile} of {subject} is {higher:.1} % higher; {:.1} % is allowed", record.max_regression * 100.0);
    if change.finding == ChangeFinding::Suspected { format!("{text}; not proven") } else { text }
}

fn share(change: &ShareChange) -> String {
    let what = match (&change.counted, &change.shape) {
        (Counted::Deviation, Some([outcome, shape])) => format!("deviation `{shape}` ({outcome})"),
        (counted, _) => counted.as_str().to_owned(),
    };
    let ([base, head], [of_base, of_head]) = (change.counts, change.of);
    let text = format!("{what}: {head} of {of_head} arrivals in head, {base} of {of_base} in base");
    if change.finding == ChangeFinding::Suspected { format!("{text}; not proven") } else { text }
}

fn notes(base: &[LoadRun], head: &[LoadRun], design: Design, arrangement: Arrangement) -> Vec<String> {
    let mut notes = Vec::new();
    let fewest = base.len().min(head.len());
    match design {
        Design::Single => notes.push(format!(
            "one run on a side: drift between runs is not included, so no difference is proven; give {RECOMMENDED} records a \
             side, or let `--rerun` make them"
        )),
        Design::Independent if fewest < RECOMMENDED => notes.push(format!(
            "{fewest} runs on a side show little of how runs scatter: only large changes can be proven; {RECOMMENDED} or more \
             show it better"
        )),
        Design::Independent | Design::Paired => {}
    }
    if arrangement == Arrangement::Apart && is_apart(base, head) {
        notes.push(
            "all runs of one side were made before those of the other: what changed on the machine in between looks like a \
             change of the target; make them in turn, as `--rerun` does"
                .into(),
        );
    }
    if !base.iter().chain(head).all(LoadRun::has_histograms) {
        notes.push(
            "of a run only `report.json` was found whole: with its `journal.ndjson` and `load.hlog` single cases are compared \
             too, and smaller changes proven"
                .into(),
        );
    }
    let differs = |of: fn(&LoadRun) -> Option<&str>| {
        let mut all = base.iter().chain(head).map(of);
        let first = all.next();
        all.any(|one| Some(one) != first)
    };
    if differs(|run| Some(&run.record.settings.proofhouse)) {
        notes.push("the runs were made with different versions of proofhouse".into());
    }
    if differs(|run| run.record.settings.suite.as_deref()) {
        notes.push("the cases are from different suites: requests of the same name may differ".into());
    }
    notes
}

/// Whether one side ended before the other began.
fn is_apart(base: &[LoadRun], head: &[LoadRun]) -> bool {
    let started = |runs: &[LoadRun]| -> Vec<jiff::Timestamp> {
        runs.iter().filter_map(|run| run.record.started.parse().ok()).collect()
    };
    let (base, head) = (started(base), started(head));
    let before = |one: &[jiff::Timestamp], other: &[jiff::Timestamp]| one.iter().max() < other.iter().min();
    base.len() > 1 && head.len() > 1 && (before(&base, &head) || before(&head, &base))
}
