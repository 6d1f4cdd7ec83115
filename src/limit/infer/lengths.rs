//! Lengths of windows worth trying: what the data suggest, and the round ones that people write.

use super::trace::Trace;
use crate::limit::infer::bucket::paces;

/// Lengths that people write, in seconds.
pub(super) const ROUND: [f64; 14] = [0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0];
/// Lengths that differ by less than this are one candidate.
const SAME: f64 = 0.002;

/// Candidates, without doubles.
pub(super) fn candidates(trace: &Trace, documented: f64) -> Vec<f64> {
    let mut lengths = ROUND.to_vec();
    lengths.extend(spacings(trace));
    lengths.extend(filled_in(trace, documented));
    lengths.retain(|length| length.is_finite() && *length > 2e-3);
    lengths.sort_by(f64::total_cmp);
    lengths.dedup_by(|one, other| (*one - *other).abs() < SAME * *other);
    lengths
}

/// How many candidates are looked at closely: those that cost least as they stand.
const LOOKED_AT: usize = 2;

/// The candidates worth a closer look.
pub(super) fn best_of(lengths: Vec<f64>, cost: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut lengths: Vec<(f64, f64)> = lengths.into_iter().map(|length| (length, cost(length))).collect();
    lengths.sort_by(|one, other| one.1.total_cmp(&other.1));
    lengths.into_iter().take(LOOKED_AT).map(|(length, _)| length).collect()
}

/// The usual distances from one opening to the next: a window opens once in its length.
pub(super) fn spacings(trace: &Trace) -> Vec<f64> {
    let instants = opening_instants(trace);
    let mut spacings: Vec<f64> = instants.windows(2).map(|pair| pair[1] - pair[0]).collect();
    spacings.sort_by(f64::total_cmp);
    let at = |share: usize| spacings.get(spacings.len() * share / 100).copied();
    [10, 25, 50, 75, 90].into_iter().filter_map(at).collect()
}

/// The middle between each refusal and the admission after it.
pub(super) fn opening_instants(trace: &Trace) -> Vec<f64> {
    trace.openings.iter().map(|one| f64::midpoint(trace.at[one.refused], trace.at[one.admitted])).collect()
}

/// How long a window is if what was admitted in a row at most is its count: count ÷ pace.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn filled_in(trace: &Trace, documented: f64) -> Vec<f64> {
    let Some(pace) = paces(trace, documented / 100.0).into_iter().max_by_key(|pace| pace.admitted) else {
        return Vec::new();
    };
    let runs = &trace.runs;
    let at = |share: usize| runs.get((runs.len() * share / 100).min(runs.len().saturating_sub(1))).copied();
    [50, 75, 90, 100].into_iter().filter_map(at).map(|run| run as f64 / pace.rate).collect()
}
