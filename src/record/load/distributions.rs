//! Whole distributions and the latencies of each second, from the histogram log: what pictures show and summaries do not
//! hold. The log is read once, interval by interval, so that an hour of it needs no more memory than a minute.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::time::Duration;

use super::again::{Series, series};
use super::{Phase, Start, Summary};
use crate::load::{Distribution, Durations, Key, Knowledge, Latency, Ledger, Measure, Percentile};
use crate::record::hlog;

/// Steps of a spectrum for each further nine of its percentile.
const STEPS: u32 = 10;
/// Percentiles that summaries hold and that lie between these steps.
const BETWEEN: [f64; 3] = [0.5, 0.75, 0.95];
/// Ranges of a latency for each doubling of it.
const RANGES: f64 = 8.0;

/// What a histogram log says beyond the summaries; empty where there is no log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distributions {
    /// Response, service, lag, wait and limited over the judged phases; those without values left out.
    pub spectra: Vec<Spectrum>,
    /// The response times of each case over the judged phases, with its address.
    pub cases: Vec<(String, Summary)>,
    /// Second by second, over all phases; those in which nothing ended left out.
    pub seconds: Vec<LoggedSecond>,
}

/// A distribution along its percentiles.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// The measure, in the words of [`Summary`].
    pub measure: String,
    /// Ascending; the last one is the maximum.
    pub steps: Vec<Step>,
}

/// One percentile of a spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Which, from 0 to 1.
    pub quantile: f64,
    /// Its value.
    pub ns: u64,
    /// Whether the true value may be higher, because arrivals that never finished reach it.
    pub at_least: bool,
}

/// The latencies of one second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoggedSecond {
    /// Its number, from zero.
    pub second: u64,
    /// The 99th percentile of the connection wait.
    pub wait_p99_ns: Option<u64>,
    /// How many response times, ages of unfinished arrivals included, lie in which range: its number, see [`range`].
    pub responses: BTreeMap<u32, u64>,
}

/// The bounds of a range of latencies in nanoseconds; eight ranges are a doubling.
#[must_use]
pub fn range(number: u32) -> (f64, f64) {
    let bound = |number: f64| (number / RANGES).exp2();
    (bound(f64::from(number)), bound(f64::from(number) + 1.0))
}

impl Distributions {
    /// Reads a log of the run that began so.
    #[must_use]
    pub fn read(start: &Start, log: impl BufRead) -> Self {
        let mut ledger = Ledger::new(start.phases.len(), start.cases.len());
        let mut seconds: BTreeMap<u64, LoggedSecond> = BTreeMap::new();
        for Series { key, from, durations } in series(start, hlog::intervals(log)) {
            ledger.merge(key, &durations);
            let number = from.as_secs();
            let second =
                seconds.entry(number).or_insert_with(|| LoggedSecond { second: number, ..LoggedSecond::default() });
            second.add(&key, &durations);
        }
        let judged = |phase: usize| start.phases.get(phase).is_some_and(Phase::is_judged);
        let cases = start.cases.iter().enumerate().filter_map(|(index, case)| {
            let of_case = Distribution::of_responses(&ledger, |phase, one| one == index && judged(phase));
            Some((case.clone(), Summary::of(Measure::Response, &of_case)?))
        });
        Self { cases: cases.collect(), spectra: spectra(&ledger, judged), seconds: seconds.into_values().collect() }
    }
}

impl LoggedSecond {
    fn add(&mut self, key: &Key, durations: &Durations) {
        match key {
            Key::Wait { .. } => {
                let p99 = Distribution::new(durations.clone(), &crate::load::empty()).quantile(0.99);
                // Where one phase ends and the next begins within a second there are two: the longer one counts.
                self.wait_p99_ns = self.wait_p99_ns.max(p99.map(|percentile| nanos(percentile.value())));
            }
            Key::Latency { measure: Latency::Response, fate, .. } if fate.knowledge() != Knowledge::None => {
                for step in durations.iter_recorded() {
                    *self.responses.entry(number(step.value_iterated_to())).or_default() +=
                        u64::from(step.count_at_value());
                }
            }
            Key::Latency { .. } | Key::Lag { .. } => {}
        }
    }
}

/// The range that a latency lies in.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "below 8 × 42"
)]
fn number(ns: u64) -> u32 {
    ((ns.max(1) as f64).log2() * RANGES) as u32
}

fn spectra(ledger: &Ledger, judged: impl Fn(usize) -> bool) -> Vec<Spectrum> {
    let measures = [
        ("response", Measure::Response),
        ("service", Measure::Service),
        ("lag", Measure::Lag),
        ("wait", Measure::Wait),
    ];
    let measured = measures.map(|(word, measure)| (word, Distribution::of(ledger, measure, &judged)));
    let limited = ("limited", Distribution::of_limited(ledger, &judged));
    let all = measured.into_iter().chain([limited]).filter(|(_, distribution)| distribution.count() > 0);
    all.map(|(word, distribution)| Spectrum { measure: word.to_owned(), steps: steps(&distribution) }).collect()
}

/// Steps up to the percentile that still leaves one value above it, and the maximum.
#[expect(clippy::cast_precision_loss, reason = "a count below 2^53")]
fn steps(distribution: &Distribution) -> Vec<Step> {
    let count = distribution.count() as f64;
    let regular = (0..).map(|step| 1.0 - 10f64.powf(-f64::from(step) / f64::from(STEPS)));
    let mut quantiles: Vec<f64> = regular.take_while(|quantile| (1.0 - quantile) * count >= 1.0).collect();
    quantiles.extend(BETWEEN);
    quantiles.push(1.0);
    quantiles.sort_by(f64::total_cmp);
    let step = |quantile: f64| {
        let percentile = distribution.quantile(quantile)?;
        let at_least = matches!(percentile, Percentile::AtLeast(_));
        Some(Step { quantile, ns: nanos(percentile.value()), at_least })
    };
    quantiles.into_iter().filter_map(step).collect()
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latency_lies_in_its_range() {
        for ns in [1, 2, 3, 1_000, 1_048_576, 3_600_000_000_000] {
            let (from, to) = range(number(ns));
            #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
            let ns = ns as f64;
            assert!(from * 0.999_999 <= ns && ns < to * 1.000_001, "{ns} in {from}..{to}");
        }
    }

    #[test]
    fn a_spectrum_holds_the_percentiles_of_summaries_and_ends_at_the_maximum() {
        let mut durations = crate::load::empty();
        (1..=1_000).for_each(|value: u64| durations.record(value * 1_000).unwrap());
        let distribution = Distribution::new(durations, &crate::load::empty());
        let steps = steps(&distribution);
        let summary = Summary::of(Measure::Response, &distribution).unwrap();
        for percentile in &summary.percentiles {
            let quantile = f64::from(percentile.of_100_000) / 100_000.0;
            let step = steps.iter().find(|step| (step.quantile - quantile).abs() < 1e-9).unwrap();
            assert_eq!(step.ns, percentile.ns, "{quantile}");
        }
        assert!(steps.is_sorted_by_key(|step| step.ns));
    }
}
