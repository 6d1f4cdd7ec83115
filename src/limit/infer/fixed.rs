//! Windows that do not slide: on a grid, or begun by the first request after the last one ended.

use super::capacity::{Capacity, Fill, Unit};
use super::hypothesis::{Fit, Law, least, refine};
use super::lengths::{ROUND, best_of, candidates, opening_instants, spacings};
use super::trace::Trace;
use crate::limit::observation::Decision;

/// A length this near to a round one is tried as the round one too.
const NEAR: f64 = 0.004;
/// How far around a candidate a length is searched, as a share of it.
const AROUND: f64 = 0.06;
/// By how much of its length the guessed beginning of a window may be late.
const DRIFT: f64 = 0.1;

/// The best grid: lengths and phases come from the instants at which the limiter opened, because on a grid each of them is
/// a boundary.
pub(super) fn fit_grid(trace: &Trace, documented: f64) -> Option<Fit> {
    let instants = opening_instants(trace);
    let mut lengths: Vec<f64> = Vec::new();
    for seed in candidates(trace, documented) {
        lengths.extend(unwrapped(&instants, seed));
    }
    lengths.extend(
        ROUND
            .iter()
            .filter(|round| lengths.iter().any(|one| (one / **round - 1.0).abs() < NEAR))
            .copied()
            .collect::<Vec<_>>(),
    );
    lengths.sort_by(f64::total_cmp);
    lengths.dedup_by(|one, other| (*one - *other).abs() < 1e-5 * *other);
    let fits = lengths.into_iter().map(|length| {
        let (low, high, _) = boundaries(trace, length);
        let phase = f64::midpoint(low, high).rem_euclid(length);
        let capacity = Capacity::find(trace, &grid_fills(trace, length, phase), Unit::Whole);
        // Over the whole run the boundaries may have moved by no more than they are uncertain.
        let spread = (high - low).abs().max(trace.slack) * length / span(&instants).max(length);
        Fit {
            law: Law::Grid,
            capacity,
            scale: length,
            scale_low: length - spread,
            scale_high: length + spread,
            phase: Some(phase),
        }
    });
    // Of equally good ones a round length.
    let is_round = |fit: &Fit| ROUND.contains(&fit.scale);
    let cost = |fit: &Fit| fit.cost() + if is_round(fit) { 0.0 } else { 1.0 };
    fits.min_by(|one, other| cost(one).total_cmp(&cost(other)))
}

fn span(instants: &[f64]) -> f64 {
    instants.last().zip(instants.first()).map_or(0.0, |(last, first)| last - first)
}

/// The length, near the seed, of which the distances between openings are whole multiples.
fn unwrapped(instants: &[f64], seed: f64) -> Option<f64> {
    let first = *instants.first()?;
    let mut length = seed;
    let (mut count, mut sum_k, mut sum_t, mut sum_kk, mut sum_kt) = (1.0, 0.0, 0.0, 0.0, 0.0);
    let mut reached = 0.0;
    let mut at = first;
    for instant in &instants[1..] {
        let steps = ((instant - at) / length).round();
        if steps < 1.0 {
            continue;
        }
        reached += steps;
        at = *instant;
        let time = instant - first;
        count += 1.0;
        sum_k += reached;
        sum_t += time;
        sum_kk += reached * reached;
        sum_kt += reached * time;
        let spread = count * sum_kk - sum_k * sum_k;
        if spread > 0.0 {
            length = (count * sum_kt - sum_k * sum_t) / spread;
        }
        if (length / seed - 1.0).abs() > 0.2 {
            return None;
        }
    }
    (count > 2.0).then_some(length)
}

/// Where in a window the boundary lies if most openings have one between refusal and admission, and how many have.
fn boundaries(trace: &Trace, length: f64) -> (f64, f64, usize) {
    let mut edges: Vec<(f64, i32)> = Vec::new();
    for opening in &trace.openings {
        let from = trace.at[opening.refused] - trace.slack;
        let width = (trace.at[opening.admitted] + trace.slack - from).min(length);
        let from = from.rem_euclid(length);
        edges.push((from, 1));
        edges.push((from + width, -1));
        // The part that lies beyond the end of the circle.
        edges.push((from - length, 1));
        edges.push((from - length + width, -1));
    }
    edges.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
    let (mut covered, mut most, mut best) = (0_i32, 0_i32, (0.0, 0.0));
    for (number, (at, step)) in edges.iter().enumerate() {
        covered += step;
        if covered > most && *at >= 0.0 {
            most = covered;
            best = (*at, edges.get(number + 1).map_or(*at, |next| next.0));
        }
    }
    (best.0, best.1, usize::try_from(most).unwrap_or_default())
}

/// Windows that open at fixed instants although no count explains what they admit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regular {
    pub(super) length: f64,
    pub(super) phase: f64,
    /// How many openings of how many lie at one phase.
    pub(super) regular: usize,
    pub(super) openings: usize,
}

/// So many openings must be regular, of as many as that.
const REGULAR: f64 = 0.75;
const LEAST_OPENINGS: usize = 8;
/// An opening must be seen this sharply, as a share of the window, for its phase to be one.
const SHARP: f64 = 0.1;

/// The length and phase at which the limiter opens, if nearly always there.
#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
pub(super) fn regular(trace: &Trace) -> Option<Regular> {
    let openings = trace.openings.len();
    if openings < LEAST_OPENINGS {
        return None;
    }
    let instants = opening_instants(trace);
    let width =
        trace.openings.iter().map(|one| trace.at[one.admitted] - trace.at[one.refused]).sum::<f64>() / openings as f64;
    let seeds = spacings(trace).into_iter().filter(|length| width < SHARP * length);
    let lengths = seeds.filter_map(|seed| unwrapped(&instants, seed));
    let found = lengths.map(|length| {
        let round = ROUND.into_iter().find(|round| (length / round - 1.0).abs() < NEAR);
        let length = round.unwrap_or(length);
        let (low, high, regular) = boundaries(trace, length);
        Regular { length, phase: f64::midpoint(low, high).rem_euclid(length), regular, openings }
    });
    found.filter(|one| one.regular as f64 >= REGULAR * openings as f64).max_by_key(|one| one.regular)
}

fn grid_fills(trace: &Trace, length: f64, phase: f64) -> Vec<Fill> {
    let (mut window, mut last, mut this) = (f64::MIN, 0.0, 0.0_f64);
    let mut fills = Vec::with_capacity(trace.len());
    for index in 0..trace.len() {
        let place = (trace.at[index] - phase) / length;
        let of = place.floor();
        if of > window {
            last = if of - window < 1.5 { this } else { 0.0 };
            this = 0.0;
            window = of;
        }
        let into = (place - of) * length;
        let close = trace.close[index];
        let (mut low, mut high) = (this - close.before, this + close.after);
        if into < trace.slack {
            high = high.max(last);
        }
        if length - into < trace.late[index] {
            low = 0.0;
        }
        low = low.max(0.0);
        fills.push(Fill { low, high });
        if trace.decision[index] == Decision::Admitted {
            this += 1.0;
        }
    }
    fills
}

/// The best windows that begin with a request.
pub(super) fn fit_anchored(trace: &Trace, documented: f64) -> Option<Fit> {
    let of = |length: f64| Capacity::find(trace, &anchored_fills(trace, length), Unit::Whole);
    let lengths = best_of(candidates(trace, documented), |length| of(length).cost);
    let best = least(lengths.into_iter().map(|length| refine(length, length * AROUND, of)))?;
    Some(Fit {
        law: Law::Anchored,
        capacity: best.capacity,
        scale: best.value,
        scale_low: best.low - trace.slack,
        scale_high: best.high + trace.slack,
        phase: None,
    })
}

fn anchored_fills(trace: &Trace, length: f64) -> Vec<Fill> {
    let (mut began, mut began_late, mut count, mut was_refused) = (f64::MIN, 0.0, 0.0_f64, false);
    // While nothing is refused nobody sees where windows begin, and the guess drifts: until one was seen to begin, at an
    // opening or after idling, anything is possible.
    let (mut seen, mut then) = (false, f64::MIN);
    // But whoever is refused is in a window, and that began with an admission no longer ago than it lasts.
    let mut admitted_by = f64::MIN;
    let mut fills = Vec::with_capacity(trace.len());
    let mut open = Vec::new();
    for index in 0..trace.len() {
        let (at, late, close) = (trace.at[index], trace.late[index], trace.close[index]);
        let admitted = trace.decision[index] == Decision::Admitted;
        let idle = at > then + length + trace.slack;
        let opens = admitted && was_refused && (!seen || at >= began + length * (1.0 - DRIFT));
        let over = idle || opens || at >= began + length - late;
        let too_early = !idle && seen && at < began + length - late - trace.slack;
        let starved = at > admitted_by + length + trace.slack;
        let surely = idle || starved || at > began + began_late + length + trace.slack;
        let low = if !seen || (over && !too_early) { 0.0 } else { (count - close.before).max(0.0) };
        let high = if surely { 0.0 } else { count + close.after };
        if !seen && !idle && !starved {
            open.push(index);
        }
        fills.push(Fill { low, high });
        if admitted && over {
            let sharp = seen && surely && then < began + length - late - trace.slack;
            seen = idle || was_refused || sharp;
            (began, began_late, count) = (at, late, 0.0);
        }
        if admitted {
            count += 1.0;
            admitted_by = at + late;
        }
        (was_refused, then) = (trace.decision[index] == Decision::Refused, at);
    }
    let most = fills.iter().map(|fill| fill.high).fold(0.0, f64::max);
    for index in open {
        fills[index].high = most;
    }
    fills
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::limit::observation::Observation;

    #[test]
    fn windows_as_long_as_what_one_second_admits_do_not_explain_whole_seconds() {
        let one = |index: u32| {
            let sent = Duration::from_millis(2) * index;
            let decision = if sent.subsec_millis() < 200 { Decision::Admitted } else { Decision::Refused };
            Observation { sent, answered: sent + Duration::from_micros(300), decision, probe: 0 }
        };
        let observations: Vec<Observation> = (0..5_000).map(one).collect();
        let trace = Trace::new(&observations, 100.0);
        let cost = |length: f64| Capacity::find(&trace, &anchored_fills(&trace, length), Unit::Whole).cost;
        assert!(cost(0.198) > 20.0, "{}", cost(0.198));
        assert!(cost(1.0) < 3.0, "{}", cost(1.0));
    }
}
