//! Percentiles of two sides, of all cases together and of each: the change, its interval, what is proven.
//!
//! The comparisons share the error that may be used: half of it is for all cases together, so that a mix of many cases does
//! not hide what slows all of them; half of each share is for p99, which targets are held to, and the least for p99.9,
//! which short runs hardly know.

use super::evidence::{Evidence, Value};
use super::run::{LoadRun, NoValue, PERCENTILES, Reading};
use super::verdict::{ERROR, OF_LATENCIES, Size, Terms};
use crate::record::compare::{ChangeFinding, Design, LatencyChange};

/// The shares of the error for [`PERCENTILES`].
const SHARES: [f64; 4] = [0.2, 0.2, 0.5, 0.1];

/// One percentile of one subject on both sides.
struct Pair<'a> {
    case: Option<usize>,
    percentile: usize,
    base: Vec<&'a Reading>,
    head: Vec<&'a Reading>,
}

/// Compares all percentiles.
pub(super) fn latencies(base: &[LoadRun], head: &[LoadRun], terms: &Terms) -> Vec<LatencyChange> {
    let mut subjects = vec![None];
    let cases = base.first().map_or(0, |run| run.record.settings.mix.len());
    if cases > 1 && base.iter().chain(head).all(LoadRun::has_histograms) {
        subjects.extend((0..cases).map(Some));
    }
    let mut changes = Vec::new();
    for &case in &subjects {
        let pairs: Vec<Pair<'_>> = (0..PERCENTILES.len()).map(|place| Pair::of(case, place, base, head)).collect();
        let used: f64 = pairs.iter().filter(|pair| pair.values().is_ok()).map(|pair| SHARES[pair.percentile]).sum();
        let weight = weight_of(case, subjects.len()) / used;
        for pair in pairs {
            let name = case.map(|case| base[0].record.settings.mix[case].address.clone());
            let error = ERROR * OF_LATENCIES * weight * SHARES[pair.percentile];
            changes.push(pair.judged(name, terms, error));
        }
    }
    changes
}

/// The part of the error that a subject has.
#[expect(clippy::cast_precision_loss, reason = "a number of cases")]
fn weight_of(case: Option<usize>, subjects: usize) -> f64 {
    match case {
        _ if subjects == 1 => 1.0,
        None => 0.5,
        Some(_) => 0.5 / (subjects - 1) as f64,
    }
}

impl<'a> Pair<'a> {
    fn of(case: Option<usize>, percentile: usize, base: &'a [LoadRun], head: &'a [LoadRun]) -> Self {
        let side = |runs: &'a [LoadRun]| runs.iter().filter_map(|run| run.readings(case).get(percentile)).collect();
        Self { case, percentile, base: side(base), head: side(head) }
    }

    /// The values of both sides, or why there are none.
    fn values(&self) -> Result<[Vec<Value>; 2], String> {
        Ok([values("base", &self.base)?, values("head", &self.head)?])
    }

    fn judged(self, case: Option<String>, terms: &Terms, error: f64) -> LatencyChange {
        debug_assert_eq!(self.case.is_some(), case.is_some());
        let recorded = |side: &[&Reading]| side.iter().map(|reading| reading.recorded()).collect();
        let mut change = LatencyChange {
            case,
            of_100_000: PERCENTILES[self.percentile],
            finding: ChangeFinding::NotCompared,
            why: None,
            means_ns: None,
            change: None,
            interval: None,
            p: None,
            runs: [recorded(&self.base), recorded(&self.head)],
        };
        let [base, head] = match self.values() {
            Ok(values) => values,
            Err(why) => {
                change.why = Some(why);
                return change;
            }
        };
        let evidence = match terms.design {
            Design::Paired => Evidence::of_pairs(&base, &head),
            Design::Independent | Design::Single => Evidence::between(&base, &head),
        };
        let Some(evidence) = evidence else { return change };
        let size = if evidence.change > terms.max_regression.ln_1p() { Size::Above } else { Size::Within };
        change.finding = terms.finding(&evidence, size, error);
        change.means_ns = Some([geometric_mean(&base), geometric_mean(&head)]);
        change.change = Some(evidence.change.exp_m1());
        change.p = terms.corrected(&evidence, error);
        // With one run a side its own chance is all there is to say, and that is in its histogram.
        let knows = self.base.iter().chain(&self.head).all(|reading| reading.knows_chance());
        if knows || terms.design != Design::Single {
            let margin = evidence.margin(error);
            change.interval = Some([(evidence.change - margin).exp_m1(), (evidence.change + margin).exp_m1()]);
        }
        change
    }
}

fn values(side: &str, readings: &[&Reading]) -> Result<Vec<Value>, String> {
    let values: Result<Vec<Value>, NoValue> = readings.iter().map(|reading| reading.value()).collect();
    values.map_err(|reason| {
        let count = readings.iter().filter(|reading| reading.value() == Err(reason)).count();
        let of = format!("in {count} of {} runs of {side}", readings.len());
        match reason {
            NoValue::Nothing => format!("nothing was measured {of}"),
            NoValue::Bound => format!("it is only a lower bound {of}: arrivals that never finished reach it"),
            NoValue::TooFew => format!("too few values lie beyond it {of}: longer runs have more"),
        }
    })
}

#[expect(clippy::cast_precision_loss, reason = "a number of runs")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the latencies it is the mean of")]
fn geometric_mean(values: &[Value]) -> u64 {
    let mean = values.iter().map(|value| value.at).sum::<f64>() / values.len() as f64;
    mean.exp().round() as u64
}
