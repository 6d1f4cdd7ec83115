//! Where a value stands between the two ends of an axis.

/// A way from values to a share of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) enum Scale {
    /// Equal steps.
    Linear {
        /// The value at the beginning.
        from: f64,
        /// The value at the end.
        to: f64,
    },
    /// Equal factors; both ends are above zero.
    Log {
        /// The value at the beginning.
        from: f64,
        /// The value at the end.
        to: f64,
    },
    /// Percentiles: each further nine takes as much room as the one before; the end stands for the maximum.
    Nines {
        /// How many nines there are before the maximum.
        nines: f64,
    },
}

/// How many ticks an axis of equal steps has at most.
const TICKS: f64 = 6.0;
/// The room of the maximum behind the last percentile, in nines.
const MAXIMUM: f64 = 0.35;

impl Scale {
    /// From zero to a round value above all others.
    pub(in crate::report) fn from_zero(values: impl Iterator<Item = f64>) -> Self {
        let most = values.fold(0.0, f64::max);
        let step = step(if most > 0.0 { most } else { 1.0 });
        Self::Linear { from: 0.0, to: ((most * 1.02) / step).ceil().max(1.0) * step }
    }

    /// From a round factor below all values to one above them; zero has no place on it.
    pub(in crate::report) fn log(values: impl Iterator<Item = f64>) -> Self {
        let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|value| *value > 0.0) {
            (least, most) = (least.min(value), most.max(value));
        }
        if most == 0.0 {
            return Self::Log { from: 1.0, to: 10.0 };
        }
        let from = round(least * 0.95).filter(|end| *end <= least * 0.95).last().unwrap_or(least);
        let to = round(most * 1.05).find(|end| *end >= most * 1.05).unwrap_or(most * 2.0);
        Self::Log { from, to: to.max(from * 4.0) }
    }

    /// The share of the way to the end at which a value stands; values beyond an end stand at it.
    pub(super) fn share(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear { from, to } => (value - from) / (to - from),
            Self::Log { from, to } => (value.max(from) / from).ln() / (to / from).ln(),
            Self::Nines { .. } if value >= 1.0 => 1.0,
            Self::Nines { nines } => -(1.0 - value).log10() / (nines + MAXIMUM),
        };
        share.clamp(0.0, 1.0)
    }

    /// The values that have a tick.
    pub(super) fn ticks(self) -> Vec<f64> {
        match self {
            Self::Linear { from, to } => {
                let step = step(to - from);
                let first = (from / step - 1e-9).ceil();
                let values = (0..=20).map(|number| (first + f64::from(number)) * step);
                values.take_while(|value| *value <= to + step * 1e-9).collect()
            }
            Self::Log { from, to } => {
                let decades = (to / from).log10();
                let factors: &[f64] = if decades < 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
                let first = from.log10().floor();
                let values = (0..=16).flat_map(|decade| {
                    factors.iter().map(move |factor| factor * 10f64.powf(first + f64::from(decade)))
                });
                values.filter(|value| *value >= from * 0.999 && *value <= to * 1.001).collect()
            }
            Self::Nines { nines } => {
                let whole = (1..=12).map(f64::from).take_while(|nine| *nine <= nines);
                let early = if nines < 4.0 { vec![0.0, 0.5] } else { vec![0.0] };
                early.into_iter().chain(whole.map(|nine| 1.0 - 10f64.powf(-nine))).chain([1.0]).collect()
            }
        }
    }

    /// The kind and both ends, for whoever reads values back from the drawing.
    pub(super) fn data(self) -> String {
        match self {
            Self::Linear { from, to } => format!("linear {from} {to}"),
            Self::Log { from, to } => format!("log {from} {to}"),
            Self::Nines { nines } => format!("nines 0 {}", nines + MAXIMUM),
        }
    }
}

/// Round values around one, ascending.
fn round(value: f64) -> impl Iterator<Item = f64> {
    let decade = 10f64.powf(value.log10().floor());
    [0.5, 1.0, 2.0, 5.0, 10.0].into_iter().map(move |factor| factor * decade)
}

/// A round step that divides a length into few parts.
fn step(length: f64) -> f64 {
    let rough = length / TICKS;
    let decade = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * decade).find(|step| *step >= rough * 0.999).unwrap_or(rough)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_its_values_and_has_round_ends() {
        assert_eq!(Scale::from_zero([103.0].into_iter()), Scale::Linear { from: 0.0, to: 120.0 });
        assert_eq!(Scale::from_zero([].into_iter()), Scale::Linear { from: 0.0, to: 0.2 });
        for values in [[1e3, 9e6], [45.0, 46.0], [3e5, 3e9], [999.0, 1_001.0]] {
            let Scale::Log { from, to } = Scale::log(values.into_iter()) else { panic!("a log scale") };
            assert!(from <= values[0] && to >= values[1] && to / from < values[1] / values[0] * 12.0, "{from} {to}");
        }
    }

    #[test]
    fn each_nine_takes_the_same_room() {
        let scale = Scale::Nines { nines: 3.0 };
        let nine = scale.share(0.9);
        assert!((scale.share(0.99) - 2.0 * nine).abs() < 1e-9);
        assert!((scale.share(0.999) - 3.0 * nine).abs() < 1e-9);
        assert_eq!((scale.share(0.0), scale.share(1.0)), (0.0, 1.0));
        assert_eq!(scale.ticks().len(), 6);
    }

    #[test]
    fn ticks_stand_at_round_values() {
        assert_eq!(Scale::Linear { from: 0.0, to: 120.0 }.ticks(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0]);
        let ticks = Scale::Log { from: 1e3, to: 1e6 }.ticks();
        assert_eq!(ticks.len(), 4, "{ticks:?}");
    }
}
