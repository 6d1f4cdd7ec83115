//! A bound on what is being answered at the same time.

use super::capacity::{Capacity, Fill, Unit};
use super::hypothesis::{Fit, Law};
use super::trace::Trace;
use crate::limit::observation::Decision;

/// How well the number under way explains the refusals. Nothing is searched.
pub(super) fn fit(trace: &Trace) -> Option<Fit> {
    if trace.admitted.is_empty() || trace.refusals == 0 {
        return None;
    }
    let capacity = Capacity::find(trace, &fills(trace), Unit::Whole);
    Some(Fit { law: Law::Concurrency, capacity, scale: 0.0, scale_low: 0.0, scale_high: 0.0, phase: None })
}

/// How many admitted requests were under way at the target. It lets go of one when it answers, which is as much earlier than
/// the answer comes here as a request needs to get there: together the time that a refusal takes.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn fills(trace: &Trace) -> Vec<Fill> {
    let way = way(trace);
    let mut released: Vec<f64> = trace.admitted.iter().map(|&index| trace.answered[index] - way).collect();
    released.sort_by(f64::total_cmp);
    let before = |at: f64| released.partition_point(|&one| one <= at) as f64;
    let mut begun = 0.0;
    let mut fills = Vec::with_capacity(trace.len());
    for index in 0..trace.len() {
        let (at, close) = (trace.at[index], trace.close[index]);
        let low = begun - before(at + trace.late[index]) - close.before;
        let high = begun - before(at - trace.slack) + close.after;
        fills.push(Fill { low: low.max(0.0), high: high.max(0.0) });
        if trace.decision[index] == Decision::Admitted {
            begun += 1.0;
        }
    }
    fills
}

fn way(trace: &Trace) -> f64 {
    let refused = (0..trace.len()).filter(|&index| trace.decision[index] == Decision::Refused);
    let mut service: Vec<f64> = refused.map(|index| trace.service(index)).collect();
    service.sort_by(f64::total_cmp);
    service.get(service.len() / 10).copied().unwrap_or_default()
}
