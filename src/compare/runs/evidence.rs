//! What a few runs say about a change: how large it is, and how surely it is more than chance and drift.
//!
//! A run is one value, however many requests it has: runs drift against each other, and only several of them show by how
//! much. Five show it badly, so that Student's test alone would need changes far larger than the scatter. One thing more is
//! known, though: each run says by how much its own value can be off by chance, and the scatter between runs cannot be less
//! than that. So the variance of the change is what chance makes plus that of the drift, with the likelihood that the
//! scatter gives it and a prior that is flat for a drift far below chance and without scale (dτ/τ) far above it. Where
//! drift is large this is Welch's test; where there is none it comes close to the normal one.

/// One run's value of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Value {
    /// The value on a scale on which a change is a difference.
    pub(super) at: f64,
    /// The variance that chance within the run gives it; above zero.
    pub(super) chance: f64,
}

/// What the runs of two sides say about the change from one to the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence {
    /// Mean of head less mean of base.
    pub(super) change: f64,
    /// The variance that chance within the runs gives the change: the true one is not less.
    chance: f64,
    drift: Drift,
}

/// What is known of how far runs drift against each other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drift {
    /// Nothing is, or nothing needs to be: chance within the runs is all there is to go by.
    Unknown,
    /// The scatter of the runs, which holds chance and drift together.
    Seen {
        /// The variance of the change that follows from it.
        variance: f64,
        /// Its degrees of freedom.
        freedom: f64,
    },
}

impl Evidence {
    /// From runs that stand for themselves; the sides may scatter differently (Welch 1947). `None` for a side without runs.
    pub(super) fn between(base: &[Value], head: &[Value]) -> Option<Self> {
        let (a, b) = (Side::of(base)?, Side::of(head)?);
        let (change, chance) = (b.mean - a.mean, a.chance / a.count + b.chance / b.count);
        let (Some(of_a), Some(of_b)) = (a.variance, b.variance) else {
            return Some(Self { change, chance, drift: Drift::Unknown });
        };
        let (of_a, of_b) = (of_a / a.count, of_b / b.count);
        let variance = of_a + of_b;
        let parts = of_a * of_a / (a.count - 1.0) + of_b * of_b / (b.count - 1.0);
        let freedom = if parts > 0.0 { variance * variance / parts } else { a.count + b.count - 2.0 };
        Some(Self { change, chance, drift: Drift::Seen { variance, freedom } })
    }

    /// From pairs of runs, base and head, that were made right after each other, so that slow drift meets both.
    pub(super) fn of_pairs(base: &[Value], head: &[Value]) -> Option<Self> {
        let pairs = base.iter().zip(head);
        let differences: Vec<Value> =
            pairs.map(|(a, b)| Value { at: b.at - a.at, chance: a.chance + b.chance }).collect();
        let Side { count, mean, variance, chance } = Side::of(&differences)?;
        let drift = match variance {
            Some(variance) => Drift::Seen { variance: variance / count, freedom: count - 1.0 },
            None => Drift::Unknown,
        };
        Some(Self { change: mean, chance: chance / count, drift })
    }

    /// The same where drift cannot be the reason.
    pub(super) fn without_drift(self) -> Self {
        Self { drift: Drift::Unknown, ..self }
    }

    /// The probability of a change as far up as this one where there is none: one-sided.
    pub(super) fn doubt(&self) -> f64 {
        self.tail(self.change)
    }

    /// The same for a change as far down.
    pub(super) fn doubt_of_less(&self) -> f64 {
        self.tail(-self.change)
    }

    /// How far below or above the change the true one can be, each with this probability of error, which is below a half.
    pub(super) fn margin(&self, error: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.chance.sqrt());
        // The probability falls with the distance, in the end below any error.
        while self.tail(high) > error && high.is_finite() {
            (low, high) = (high, high * 2.0);
        }
        for _ in 0..30 {
            let middle = f64::midpoint(low, high);
            if self.tail(middle) > error {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// The upper tail of the change's distribution about zero.
    fn tail(&self, distance: f64) -> f64 {
        match self.drift {
            Drift::Unknown => normal_tail(distance / self.chance.sqrt()),
            Drift::Seen { variance, freedom } => averaged_tail(distance, self.chance, variance, freedom / 2.0),
        }
    }
}

/// The normal law's upper tail, averaged over what the variance may be. With the variance written as chance × cosh² s, so
/// that the drift is √chance × sinh s, the prior is flat in s; the integral is by the trapezoidal rule.
fn averaged_tail(distance: f64, chance: f64, seen: f64, half_freedom: f64) -> f64 {
    const STEPS: u32 = 200;
    let place = |variance: f64| (variance / chance).max(1.0).sqrt().acosh();
    // Below a fiftieth of the scatter's sum of squares, or e^(−40) of the way up, nothing is left of the density.
    let from = place(half_freedom * seen / 50.0);
    let to = place(seen) + 20.0 / half_freedom + 1.0;
    let step = (to - from) / f64::from(STEPS);
    let log_density = |variance: f64| -half_freedom * (variance.ln() + seen / variance);
    let highest = log_density(seen.max(chance));
    let (mut mass, mut tail) = (0.0, 0.0);
    for number in 0..=STEPS {
        let variance = chance * (from + step * f64::from(number)).cosh().powi(2);
        let ends = if number == 0 || number == STEPS { 0.5 } else { 1.0 };
        let weight = ends * (log_density(variance) - highest).exp();
        mass += weight;
        tail += weight * normal_tail(distance / variance.sqrt());
    }
    tail / mass
}

/// The probability that a standard normal variable is larger.
fn normal_tail(deviates: f64) -> f64 {
    libm::erfc(deviates / std::f64::consts::SQRT_2) / 2.0
}

/// The runs of one side in a few numbers.
struct Side {
    count: f64,
    mean: f64,
    /// Of the runs about their mean, n − 1 in the denominator; `None` for one run.
    variance: Option<f64>,
    /// The mean of what chance gives each.
    chance: f64,
}

impl Side {
    fn of(values: &[Value]) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "a number of runs")]
        let count = values.len() as f64;
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().map(|value| value.at).sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value.at - mean) * (value.at - mean)).sum();
        let chance = values.iter().map(|value| value.chance).sum::<f64>() / count;
        Some(Self { count, mean, variance: (values.len() > 1).then(|| squares / (count - 1.0)), chance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(at: &[f64], chance: f64) -> Vec<Value> {
        at.iter().map(|at| Value { at: *at, chance }).collect()
    }

    #[test]
    fn where_drift_is_large_it_is_students_test() {
        // Means 0 and 1, variances 2.5 each, t = 1 with 8 degrees of freedom: a one-sided probability of 0.1733.
        let (base, head) = ([-2.0, -1.0, 0.0, 1.0, 2.0], [-1.0, 0.0, 1.0, 2.0, 3.0]);
        let evidence = Evidence::between(&values(&base, 1e-9), &values(&head, 1e-9)).unwrap();
        assert!((evidence.doubt() - 0.1733).abs() < 0.001, "{}", evidence.doubt());
        // t(8) at 0.5 % is 3.355.
        assert!((evidence.margin(0.005) - 3.355).abs() < 0.02, "{}", evidence.margin(0.005));
    }

    #[test]
    fn without_drift_it_comes_close_to_the_normal_test_and_never_below_it() {
        let same = values(&[0.0, 0.0, 0.0, 0.0, 0.0], 1.0);
        let evidence = Evidence::between(&same, &same).unwrap();
        // The standard error is √0.4; the normal law has 2.576 of them at 0.5 %, Student's 3.355.
        let deviates = evidence.margin(0.005) / 0.4_f64.sqrt();
        assert!((2.576..2.9).contains(&deviates), "{deviates}");
        assert!((evidence.doubt() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn pairs_take_out_what_meets_both() {
        let base = values(&[1.0, 5.0, 9.0, 3.0], 1e-6);
        let head = values(&[1.1, 5.11, 9.1, 3.09], 1e-6);
        let paired = Evidence::of_pairs(&base, &head).unwrap();
        assert!((paired.change - 0.1).abs() < 1e-9 && paired.doubt() < 1e-3, "{paired:?}");
        assert!(Evidence::between(&base, &head).unwrap().doubt() > 0.4);
    }

    #[test]
    fn one_run_a_side_has_only_chance() {
        let evidence = Evidence::between(&values(&[0.0], 0.5), &values(&[1.96], 0.5)).unwrap();
        assert!((evidence.doubt() - 0.025).abs() < 1e-3);
        assert!((evidence.doubt_of_less() - 0.975).abs() < 1e-3);
        assert_eq!(Evidence::between(&[], &values(&[1.0], 1.0)), None);
    }
}
