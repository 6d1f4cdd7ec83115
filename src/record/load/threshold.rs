//! Judging thresholds: a pure function over what was counted and measured.
//!
//! In an unsound run nothing is judged but deviations: a wrong answer is wrong however late it was asked for.

use std::time::Duration;

use super::report::{Completeness, LoadRecord, ThresholdReport, ThresholdVerdict};
use super::{Bound, Counts, Quantity, Threshold};
use crate::load::connections_needed;

/// Judges every threshold of a record that is whole but for them.
#[must_use]
pub(super) fn judge(record: &LoadRecord) -> Vec<ThresholdReport> {
    record.settings.thresholds.iter().map(|threshold| judge_one(record, threshold)).collect()
}

fn judge_one(record: &LoadRecord, threshold: &Threshold) -> ThresholdReport {
    let (actual, holds) = match value(record, threshold) {
        Some((actual, holds)) => (Some(actual), holds),
        None => (None, None),
    };
    // What an interrupted run has counted is true; that it holds would be said of a run that did not take place.
    let partial = record.ending != Completeness::Completed;
    let believed = record.soundness.sound != Some(false) || threshold.quantity == Quantity::Deviations;
    let verdict = match holds.filter(|_| believed) {
        Some(true) if partial => ThresholdVerdict::Unjudged,
        Some(true) => ThresholdVerdict::Met,
        Some(false) => ThresholdVerdict::Broken,
        None => ThresholdVerdict::Unjudged,
    };
    let remedy = (verdict == ThresholdVerdict::Broken).then(|| remedy(record, threshold.quantity)).flatten();
    let sign = if threshold.quantity == Quantity::Achieved { '≥' } else { '≤' };
    let text = format!("{} {sign} {}", threshold.quantity, threshold.bound);
    ThresholdReport { threshold: *threshold, text, actual, verdict, remedy }
}

/// The value in words, and whether the threshold holds; that is `None` where a lower bound does not tell.
#[expect(clippy::cast_precision_loss, reason = "shares of counts")]
fn value(record: &LoadRecord, threshold: &Threshold) -> Option<(String, Option<bool>)> {
    let counts = &record.totals.judged;
    if let Quantity::Response(of_100_000) = threshold.quantity {
        let summary = record.measures.iter().find(|summary| summary.measure == "response")?;
        let percentile = summary.at(of_100_000)?;
        let text = format!("{}{:?}", if percentile.at_least { "≥ " } else { "" }, Duration::from_nanos(percentile.ns));
        let Bound::TimeNs(most) = threshold.bound else { return None };
        let holds = if percentile.ns > most { Some(false) } else { (!percentile.at_least).then_some(true) };
        return Some((text, holds));
    }
    let count = counted(counts, threshold.quantity, record.ending);
    let share = if counts.planned == 0 { None } else { Some(count as f64 / counts.planned as f64) };
    match threshold.bound {
        Bound::Count(most) => Some((count.to_string(), Some(count <= most))),
        Bound::Share(bound) => {
            let share = share?;
            let holds = if threshold.quantity == Quantity::Achieved { share >= bound } else { share <= bound };
            Some((format!("{} ({count} of {})", Bound::Share(share), counts.planned), Some(holds)))
        }
        Bound::PerSecond(least) => {
            let achieved = record.totals.achieved;
            Some((Bound::PerSecond(achieved).to_string(), Some(achieved >= least)))
        }
        Bound::TimeNs(_) => None,
    }
}

fn counted(counts: &Counts, quantity: Quantity, ending: Completeness) -> u64 {
    match quantity {
        // What is still in flight when a whole run ends was waited for and never came; an interrupt cuts off the living too.
        Quantity::Errors if ending == Completeness::Completed => counts.timed_out + counts.failed + counts.in_flight,
        Quantity::Errors => counts.timed_out + counts.failed,
        Quantity::Deviations => counts.deviating,
        Quantity::Unsent => counts.never_sent(),
        Quantity::Limited => counts.limited + counts.learned,
        Quantity::Achieved => counts.sent,
        Quantity::Response(_) => 0,
    }
}

fn remedy(record: &LoadRecord, quantity: Quantity) -> Option<String> {
    let counts = &record.totals.judged;
    match quantity {
        Quantity::Unsent | Quantity::Achieved if counts.shed + counts.abandoned > 0 => {
            let service = record.measures.iter().find(|summary| summary.measure == "service");
            let mean = Duration::from_nanos(service.map(|summary| summary.mean_ns).unwrap_or_default());
            let offered = record.seconds.iter().map(|second| second.offered).fold(0.0, f64::max);
            let needed = connections_needed(offered, mean);
            let bound = record.settings.connections;
            let settings =
                format!("all {bound} connections were busy: {offered:.0}/s at a mean service time of {mean:.1?}");
            Some(if needed > u64::from(bound) {
                format!("{settings} needs about {needed} (Little's law): raise --connections, or offer less")
            } else {
                format!("{settings} needs about {needed} on average: the target stood still for a while, or offer less")
            })
        }
        Quantity::Unsent if counts.unsent > 0 => {
            Some("connections were refused or broke: is the target overloaded?".into())
        }
        Quantity::Errors if counts.timed_out > 0 => Some("raise --timeout only if such late replies are of use".into()),
        Quantity::Limited if record.settings.documented.is_some() => {
            Some("the target limits: `proofhouse limit` shows how".into())
        }
        _ => None,
    }
}
