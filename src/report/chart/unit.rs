//! How a value of a chart reads.

use crate::report::load::figure::{rate, time};

/// What the numbers of an axis or a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Unit {
    /// Nanoseconds.
    Time,
    /// Arrivals a second.
    Rate,
    /// A number of arrivals.
    Count,
    /// A share, from 0 to 1.
    Share,
    /// Seconds since the start of the run.
    Second,
    /// A percentile as a share, from 0 to 1.
    Percentile,
}

impl Unit {
    /// A value with its unit.
    pub(in crate::report) fn text(self, value: f64) -> String {
        match self {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a duration up to an hour")]
            Self::Time => time(value.max(0.0) as u64),
            Self::Rate => rate(value),
            Self::Count => plain(value),
            Self::Share => format!("{} %", plain(value * 100.0)),
            Self::Second => format!("{} s", plain(value)),
            Self::Percentile if value >= 1.0 => "max".into(),
            Self::Percentile => format!("{} %", plain(value * 100.0)),
        }
    }

    /// A value beside an axis: as short as it can be.
    pub(super) fn tick(self, value: f64) -> String {
        match self {
            Self::Time => short_time(value),
            Self::Rate | Self::Count => plain(value),
            Self::Second => format!("{}s", plain(value)),
            Self::Share | Self::Percentile => self.text(value),
        }
    }
}

/// At most five digits after the point, and none that say nothing.
fn plain(value: f64) -> String {
    let digits = match value.abs() {
        ..100.0 => 5,
        100.0..10_000.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn short_time(nanos: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    let (size, unit) = UNITS.into_iter().find(|(size, _)| nanos >= *size * 0.999).unwrap_or((1.0, "ns"));
    format!("{}{unit}", plain((nanos / size * 1e4).round() / 1e4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_with_their_units_and_without_idle_digits() {
        assert_eq!(Unit::Percentile.text(0.999), "99.9 %");
        assert_eq!(Unit::Percentile.text(1.0), "max");
        assert_eq!(Unit::Share.text(0.001), "0.1 %");
        assert_eq!(Unit::Count.text(1_200.0), "1200");
        assert_eq!(Unit::Time.tick(2e6), "2ms");
        assert_eq!(Unit::Time.tick(0.0), "0ns");
        assert_eq!(Unit::Second.tick(600.0), "600s");
    }
}
