//! The sentences of a comparison that all formats share.

use crate::record::ExitCode;
use crate::record::compare::{ChangeFinding, CompareRecord, CompareSide, Counted, Design, LatencyChange, ShareChange};
use crate::report::load::figure::{rate, share, time};
use crate::report::text::counted;

/// What every output says first: the verdict, and of whom it speaks.
pub(super) fn headline(record: &CompareRecord) -> String {
    let allowed = percent(record.max_regression);
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    let count = |finding| counted(record.count(finding), "comparison");
    let verdict = match (exit, record.design) {
        (ExitCode::Conforms, Design::Single) => format!("nothing above {allowed} seen, nothing proven"),
        (ExitCode::Conforms, _) => format!("no regression above {allowed} proven"),
        (ExitCode::Violated, _) => {
            format!("REGRESSION: worse by more than {allowed} in {}", count(ChangeFinding::Regression))
        }
        (ExitCode::Inconclusive, _) if record.count(ChangeFinding::Suspected) > 0 => {
            format!("SUSPECTED, not proven: worse by more than {allowed} in {}", count(ChangeFinding::Suspected))
        }
        (other, _) => other.sentence().to_owned(),
    };
    let marks = record.marks();
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    format!("proofhouse {} compare{marks}: {}: {verdict}", record.proofhouse, record.api)
}

/// `5 runs of http://…`.
pub(super) fn side(side: &CompareSide) -> String {
    format!("{} of {}", counted(side.runs.len(), "run"), side.targets.join(", "))
}

/// How the runs were made and are judged.
pub(super) fn design(record: &CompareRecord) -> String {
    let offered = record.offered.map_or_else(|| "as fast as it answers".to_owned(), rate);
    let design = match record.design {
        Design::Single => "one on a side",
        Design::Independent => "each run stands for itself",
        Design::Paired => "judged in pairs",
    };
    format!("{offered} for {} each; {design}", time(record.judged_ns))
}

/// What the columns mean.
pub(super) fn legend(record: &CompareRecord) -> String {
    match record.design {
        Design::Single => "intervals hold chance within the runs only: drift between runs is not included".into(),
        Design::Independent | Design::Paired => format!(
            "intervals hold together in {} of comparisons; p is corrected for their number, one-sided",
            percent(1.0 - 2.0 * record.error)
        ),
    }
}

/// `p99 of all cases`.
pub(super) fn latency(change: &LatencyChange) -> String {
    format!("{} of {}", change.percentile(), change.subject())
}

/// What is counted, with the shape of the difference where there is one.
pub(super) fn what(change: &ShareChange) -> String {
    match (&change.counted, &change.shape) {
        (Counted::Deviation, Some([outcome, shape])) => format!("deviation, {outcome}: {shape}"),
        (counted, _) => counted.as_str().to_owned(),
    }
}

/// Base and head in milliseconds or whatever unit fits.
pub(super) fn means(change: &LatencyChange) -> [String; 2] {
    match change.means_ns {
        Some([base, head]) => [time(base), time(head)],
        None => ["-".into(), "-".into()],
    }
}

/// `+12.3 %`.
pub(super) fn relative(change: Option<f64>) -> String {
    change.map_or_else(|| "-".into(), signed)
}

/// `+8.1 % … +16.7 %`.
pub(super) fn interval(change: &LatencyChange) -> String {
    change.interval.map_or_else(|| "-".into(), |[low, high]| format!("{} … {}", signed(low), signed(high)))
}

/// `0.0003`, or that it is smaller than anybody cares.
pub(super) fn probability(p: Option<f64>) -> String {
    match p {
        None => "-".into(),
        Some(p) if p < 1e-4 => "<0.0001".into(),
        Some(p) => format!("{p:.4}"),
    }
}

/// `12 (0.05 %)` of base and of head.
pub(super) fn shares(change: &ShareChange) -> [String; 2] {
    [0, 1].map(|side| format!("{} ({})", change.counts[side], share(change.counts[side], change.of[side])))
}

/// The finding, and what goes with it.
pub(super) fn finding_of_latency(change: &LatencyChange) -> String {
    let word = change.finding.as_str();
    change.why.as_ref().map_or_else(|| word.to_owned(), |why| format!("{word}: {why}"))
}

/// What could not be compared, a line for each subject and reason: `p99, p99.9 of all cases: …`.
pub(super) fn not_compared(record: &CompareRecord) -> Vec<String> {
    let mut lines: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for change in &record.latencies {
        let Some(why) = &change.why else { continue };
        match lines.iter_mut().find(|(subject, reason, _)| (*subject, *reason) == (change.subject(), why.as_str())) {
            Some((_, _, percentiles)) => percentiles.push(change.percentile()),
            None => lines.push((change.subject(), why, vec![change.percentile()])),
        }
    }
    lines.into_iter().map(|(subject, why, which)| format!("{} of {subject}: {why}", which.join(", "))).collect()
}

/// The finding; what head has and base never is called new.
pub(super) fn finding_of_share(change: &ShareChange) -> String {
    let word = change.finding.as_str();
    if change.new { format!("{word}, new in head") } else { word.to_owned() }
}

/// Beyond a thousand per cent nobody reads digits.
fn signed(change: f64) -> String {
    if change > 10.0 { ">+1000 %".into() } else { format!("{:+.1} %", change * 100.0) }
}

fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
