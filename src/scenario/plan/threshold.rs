//! A threshold: what is held to which bound. Written in plans, kept in records.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a run is held to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// What is held.
    pub quantity: Quantity,
    /// To what.
    pub bound: Bound,
}

/// What a threshold holds. All are of the judged phases together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A percentile of the response time, in thousandths of a per cent: 99 900 is p99.9, 100 000 the maximum.
    Response(u32),
    /// Timeouts and failures after sending, as a share of what was planned.
    Errors,
    /// Replies that differ from their expectation.
    Deviations,
    /// Unsent, shed and abandoned arrivals.
    Unsent,
    /// Replies that were refused for the rate.
    Limited,
    /// What was sent: as a share of what was planned, or per second. Its bound is the least value; all others' is the most.
    Achieved,
}

/// A bound in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Nanoseconds.
    TimeNs(u64),
    /// A share, from 0 to 1.
    Share(f64),
    /// A number of arrivals.
    Count(u64),
    /// Arrivals a second.
    PerSecond(f64),
}

impl Threshold {
    /// No deviation, at most 0.1 % unsent, at most 0.1 % timeouts and failures, and no bound on latencies.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        vec![
            Self { quantity: Quantity::Deviations, bound: Bound::Count(0) },
            Self { quantity: Quantity::Errors, bound: Bound::Share(0.001) },
            Self { quantity: Quantity::Unsent, bound: Bound::Share(0.001) },
        ]
    }

    /// Reads a bound as written.
    ///
    /// # Errors
    /// What would be right.
    pub(super) fn read(quantity: Quantity, value: &Value) -> Result<Self, String> {
        let bound = match quantity {
            Quantity::Response(_) => time(value),
            Quantity::Errors | Quantity::Deviations | Quantity::Unsent | Quantity::Limited => count_or_share(value),
            Quantity::Achieved => share(value).or_else(|| per_second(value)),
        };
        bound.map(|bound| Self { quantity, bound }).ok_or_else(|| match quantity {
            Quantity::Response(_) => "a percentile is held to a time: 50ms".into(),
            Quantity::Achieved => "`achieved` is held to a share or a rate: 99 % or 95/s".into(),
            Quantity::Errors | Quantity::Deviations | Quantity::Unsent | Quantity::Limited => {
                format!("`{quantity}` is held to a share or a count: 0.1 % or 0")
            }
        })
    }
}

fn time(value: &Value) -> Option<Bound> {
    let time = humantime::parse_duration(value.as_str()?).ok()?;
    u64::try_from(time.as_nanos()).ok().map(Bound::TimeNs)
}

fn share(value: &Value) -> Option<Bound> {
    let percent: f64 = value.as_str()?.strip_suffix('%')?.trim().parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(Bound::Share(percent / 100.0))
}

fn per_second(value: &Value) -> Option<Bound> {
    let rate: f64 = value.as_str()?.strip_suffix("/s")?.trim().parse().ok()?;
    (rate.is_finite() && rate > 0.0).then_some(Bound::PerSecond(rate))
}

fn count_or_share(value: &Value) -> Option<Bound> {
    value.as_u64().map(Bound::Count).or_else(|| share(value))
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(100_000) => formatter.write_str("max"),
            Self::Response(of_100_000) => write!(formatter, "p{}", f64::from(*of_100_000) / 1_000.0),
            Self::Errors => formatter.write_str("errors"),
            Self::Deviations => formatter.write_str("deviations"),
            Self::Unsent => formatter.write_str("unsent"),
            Self::Limited => formatter.write_str("limited"),
            Self::Achieved => formatter.write_str("achieved"),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeNs(nanos) => write!(formatter, "{:?}", Duration::from_nanos(*nanos)),
            // Three digits after the point: a thousandth of a per cent is one arrival in a hundred thousand.
            Self::Share(share) => write!(formatter, "{} %", (share * 100_000.0).round() / 1_000.0),
            Self::Count(count) => write!(formatter, "{count}"),
            Self::PerSecond(rate) => write!(formatter, "{}/s", (rate * 1_000.0).round() / 1_000.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bound(quantity: Quantity, value: Value) -> Option<Bound> {
        Threshold::read(quantity, &value).ok().map(|threshold| threshold.bound)
    }

    #[test]
    fn bounds_are_written_with_their_units() {
        assert_eq!(bound(Quantity::Response(99_000), json!("50ms")), Some(Bound::TimeNs(50_000_000)));
        assert_eq!(bound(Quantity::Errors, json!("0.1 %")), Some(Bound::Share(0.001)));
        assert_eq!(bound(Quantity::Deviations, json!(0)), Some(Bound::Count(0)));
        assert_eq!(bound(Quantity::Achieved, json!("99%")), Some(Bound::Share(0.99)));
        assert_eq!(bound(Quantity::Achieved, json!("95/s")), Some(Bound::PerSecond(95.0)));
        for (quantity, wrong) in [
            (Quantity::Response(99_000), json!(50)),
            (Quantity::Errors, json!("0.1")),
            (Quantity::Errors, json!("101 %")),
            (Quantity::Deviations, json!(-1)),
            (Quantity::Achieved, json!(99)),
        ] {
            assert_eq!(bound(quantity, wrong), None);
        }
    }

    #[test]
    fn thresholds_read_as_they_are_written() {
        assert_eq!(Quantity::Response(99_900).to_string(), "p99.9");
        assert_eq!(Quantity::Response(100_000).to_string(), "max");
        assert_eq!(Bound::Share(0.001).to_string(), "0.1 %");
        assert_eq!(Bound::TimeNs(50_000_000).to_string(), "50ms");
    }
}
