//! Where the latency curve bends.

use super::outcome::{Tried, Verdict};
use crate::load::{Percentile, Rate};

/// Trials this close together, as logarithms of their rates, are one point of the curve.
const TOGETHER: f64 = 0.03;

/// The rate with the most throughput for its latency: the highest ratio of rate to p99, which Kleinrock called power and
/// at which queueing begins to cost more than it brings. Rates above `up_to` are left out.
///
/// `None` for less than three points: a curve has a bend from three on.
#[must_use]
pub(super) fn knee(tried: &[Tried], up_to: Option<Rate>) -> Option<Rate> {
    let up_to = up_to?;
    let mut points: Vec<(f64, f64)> = tried
        .iter()
        .filter(|tried| matches!(tried.verdict, Verdict::Met | Verdict::Broken(_)) && tried.step.rate <= up_to)
        .filter_map(|tried| {
            let p99 = tried.trial.responses.quantile(super::criterion::QUANTILE).map(Percentile::value)?;
            Some((tried.step.rate.get(), p99.as_secs_f64()))
        })
        .collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut groups: Vec<Vec<(f64, f64)>> = Vec::new();
    for point in points {
        match groups.last_mut() {
            Some(group) if (point.0 / group[0].0).ln() <= TOGETHER => group.push(point),
            _ => groups.push(vec![point]),
        }
    }
    if groups.len() < 3 {
        return None;
    }
    let power = |group: &Vec<(f64, f64)>| {
        let mut latencies: Vec<f64> = group.iter().map(|(_, p99)| *p99).collect();
        latencies.sort_by(f64::total_cmp);
        group[0].0 / latencies[latencies.len() / 2].max(1e-9)
    };
    let best = groups.iter().max_by(|one, other| power(one).total_cmp(&power(other)))?;
    Rate::per_second(best[best.len() / 2].0)
}
