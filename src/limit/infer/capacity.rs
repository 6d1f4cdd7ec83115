//! Holds a hypothesis against the decisions: a hypothesis says how full a limiter was before each request, and the capacity
//! is the number that parts what was admitted from what was refused.
//!
//! A limiter with capacity `c` admits while its fill is at most `c − 1`. Fills are intervals, because instants are: an
//! admission contradicts `c` when even the least fill leaves no room, a refusal when even the greatest does. A contradiction
//! costs as much of a request as it is off, and one at most: under a steady excess a bucket hovers at its edge, where the
//! least error of a rate turns hundreds of decisions around, each by a hair.

use super::trace::Trace;
use crate::limit::observation::Decision;

/// How full a limiter was before a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The capacity with the least cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Capacity {
    /// The least that costs about as little.
    pub(super) low: f64,
    /// The greatest.
    pub(super) high: f64,
    /// The best.
    pub(super) best: f64,
    /// What contradicts it, in requests.
    pub(super) cost: f64,
}

/// Whether fills are whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Counts of requests.
    Whole,
    /// Counts with a part of one, such as tokens.
    Real,
}

/// How finely capacities of real numbers are told apart: a twentieth of a request, or less than a thousandth of the range.
const STEP: f64 = 0.05;
const MOST_STEPS: f64 = 20_000.0;
/// What a contradiction costs that is off by nothing: all on one edge must cost more than none.
const HAIR: f64 = 0.03;
/// So much more cost does not exclude a capacity.
const AS_GOOD: f64 = 1.0;

impl Capacity {
    /// The capacity that explains most decisions.
    pub(super) fn find(trace: &Trace, fills: &[Fill], unit: Unit) -> Self {
        let top = fills.iter().map(|fill| fill.high).fold(0.0, f64::max) + 2.0;
        let step = match unit {
            Unit::Whole => 1.0,
            Unit::Real => STEP.max(top / MOST_STEPS),
        };
        let last = at_least(top, step);
        let (mut admissions, mut refusals) = (Needs::new(last), Needs::new(last));
        for (fill, decision) in fills.iter().zip(&trace.decision) {
            match decision {
                Decision::Admitted => admissions.add(at_least(fill.low + 1.0, step)),
                // The first step that is too much; measured from the other end, so that both are summed alike.
                Decision::Refused => refusals.add(last - at_least((fill.high + 1.0).max(0.0), step).min(last)),
                Decision::Unknown => {}
            }
        }
        let (short, wide) = (admissions.costs(step), refusals.costs(step));
        // A refusal contradicts the very step that an admission would be content with.
        let edge = match unit {
            Unit::Whole => 1.0,
            Unit::Real => HAIR,
        };
        let cost = |bin: usize| short[bin] + wide[last - bin] + edge * refusals.at(last - bin);
        let costs: Vec<f64> = (0..=last).map(cost).collect();
        let best = (0..=last).min_by(|one, other| costs[*one].total_cmp(&costs[*other])).unwrap_or(0);
        let good = |bin: &usize| costs[*bin] <= costs[best] + AS_GOOD;
        let low = (0..=best).rev().take_while(good).last().unwrap_or(best);
        let high = (best..=last).take_while(good).last().unwrap_or(best);
        Self {
            low: coordinate(low, step),
            high: coordinate(high, step),
            best: coordinate(best, step),
            cost: costs[best],
        }
    }

    /// The best, or the whole number next to it that is as good.
    pub(super) fn value(self) -> f64 {
        let whole = self.best.round();
        if (self.low..=self.high).contains(&whole) { whole } else { self.best }
    }
}

/// How many decisions need how much, by step.
struct Needs(Vec<f64>);

impl Needs {
    fn new(last: usize) -> Self {
        Self(vec![0.0; last + 1])
    }

    fn add(&mut self, bin: usize) {
        let last = self.0.len() - 1;
        self.0[bin.min(last)] += 1.0;
    }

    fn at(&self, bin: usize) -> f64 {
        self.0[bin]
    }

    /// For each step what it costs to have no more than it.
    fn costs(&self, step: f64) -> Vec<f64> {
        let whole = at_least(1.0, step).max(1);
        let mut costs = vec![0.0; self.0.len()];
        // From above: what is missing by less than a request, summed, and how many miss a request or more.
        let (mut near, mut missing, mut far) = (0.0, 0.0, 0.0);
        for bin in (0..self.0.len() - 1).rev() {
            let entering = self.0[bin + 1];
            near += entering;
            missing += near * step;
            if let Some(leaving) = self.0.get(bin + 1 + whole) {
                near -= leaving;
                missing -= leaving * (coordinate(whole, step) + step);
                far += leaving;
            }
            costs[bin] = missing + HAIR * near + far * (1.0 + HAIR);
        }
        costs
    }
}

/// The first step at or above a value.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "fills are from 0 to some thousands")]
fn at_least(value: f64, step: f64) -> usize {
    (value / step - 1e-9).ceil().max(0.0) as usize
}

#[expect(clippy::cast_precision_loss, reason = "fills are from 0 to some thousands")]
fn coordinate(bin: usize, step: f64) -> f64 {
    bin as f64 * step
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::limit::Observation;

    /// Requests a second apart, each with how full the limiter was and whether it was admitted.
    fn found(of: &[(f64, f64, bool)], unit: Unit) -> Capacity {
        let one = |(number, (_, _, admitted)): (u64, &(f64, f64, bool))| {
            let sent = Duration::from_secs(number);
            let decision = if *admitted { Decision::Admitted } else { Decision::Refused };
            Observation { sent, answered: sent + Duration::from_millis(1), decision, probe: 0 }
        };
        let observations: Vec<Observation> = (0..).zip(of).map(one).collect();
        let fills: Vec<Fill> = of.iter().map(|&(low, high, _)| Fill { low, high }).collect();
        Capacity::find(&Trace::new(&observations, 1.0), &fills, unit)
    }

    #[test]
    fn the_capacity_parts_what_was_admitted_from_what_was_refused() {
        let clear = [(0.0, 0.0, true), (3.0, 3.0, true), (4.0, 4.0, true), (5.0, 5.0, false), (2.0, 2.0, true)];
        let capacity = found(&clear, Unit::Whole);
        assert_eq!((capacity.best, capacity.cost), (5.0, 0.0));
    }

    #[test]
    fn a_gap_between_them_is_the_interval() {
        let gap = [(2.0, 2.0, true), (9.0, 9.0, false), (2.0, 2.0, true), (9.0, 9.0, false), (2.0, 2.0, true)];
        let capacity = found(&gap, Unit::Whole);
        assert!(capacity.low <= 3.0 && capacity.high >= 9.0, "{capacity:?}");
    }

    #[test]
    fn a_contradiction_costs_what_it_is_off_and_one_at_most() {
        let mut decisions = [(4.0, 4.0, true), (4.1, 4.1, false)].repeat(10);
        let cost = |decisions: &[(f64, f64, bool)]| found(decisions, Unit::Real).cost;
        let before = cost(&decisions);
        decisions.push((4.3, 4.3, true));
        let by_a_part = cost(&decisions) - before;
        assert!(by_a_part > 0.0 && by_a_part < 0.5, "{by_a_part}");
        decisions.push((300.0, 300.0, true));
        let by_far = cost(&decisions) - before - by_a_part;
        assert!((1.0..1.2).contains(&by_far), "{by_far}");
    }

    #[test]
    fn an_instant_that_is_not_known_exactly_contradicts_nothing_within_its_range() {
        let unsure = [(4.0, 4.0, true), (5.0, 5.0, false), (3.5, 7.0, true), (3.5, 7.0, false), (4.0, 4.0, true)];
        assert!(found(&unsure, Unit::Real).cost <= 2.0 * HAIR);
    }
}
