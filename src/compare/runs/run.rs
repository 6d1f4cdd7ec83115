//! One load run as it is compared: its record, and percentiles of all cases and of each, with what chance makes of them.

use crate::load::{Distribution, Ledger, Percentile};
use crate::record::compare::RunValue;
use crate::record::load::LoadRecord;

use super::evidence::Value;

/// The percentiles that are compared, in thousandths of a per cent. The maximum is one request: it is never compared.
pub(super) const PERCENTILES: [u32; 4] = [50_000, 90_000, 99_000, 99_900];
/// With less values beyond it than this in a run, a percentile is hardly more than a maximum.
const BEYOND: u64 = 5;
/// The variance that three digits of a histogram give the logarithm of a value: a step is a thousandth.
const RESOLUTION: f64 = 1e-6 / 12.0;

/// A load run that can be compared.
#[derive(Clone, Debug)]
pub struct LoadRun {
    /// The file or directory of its record.
    pub source: String,
    /// Its record.
    pub record: LoadRecord,
    all: Vec<Reading>,
    /// By index of the case, where there are several; `None` where only the record is known.
    cases: Option<Vec<Vec<Reading>>>,
}

/// One percentile of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    /// Its value in nanoseconds; `None` where nothing was measured.
    ns: Option<u64>,
    at_least: bool,
    /// How many values lie beyond it.
    beyond: u64,
    /// The variance that chance gives its logarithm; `None` where the histogram is not known.
    chance: Option<f64>,
}

/// Why a reading is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoValue {
    /// Nothing was measured.
    Nothing,
    /// It is a lower bound.
    Bound,
    /// Too few values lie beyond it.
    TooFew,
}

impl LoadRun {
    /// A run with its record and, where they are known, its histograms by case. Those that do not hold what the record
    /// counts, as those of a log that was cut, are not used.
    #[must_use]
    pub fn new(source: String, record: LoadRecord, histograms: Option<&Ledger>) -> Self {
        let judged = |phase: usize| record.phases.get(phase).is_some_and(|phase| phase.judged);
        let response = record.measures.iter().find(|summary| summary.measure == "response");
        let count = response.map_or(0, |summary| summary.count);
        let whole = histograms.and_then(|ledger| {
            let all = Distribution::of_responses(ledger, |phase, _| judged(phase));
            (all.count() == count).then_some((ledger, all))
        });
        let (all, cases) = match whole {
            Some((ledger, all)) => {
                let of_case = |case| Distribution::of_responses(ledger, |phase, one| judged(phase) && one == case);
                // A single case is all cases.
                let cases = Some(record.settings.mix.len()).filter(|count| *count > 1).unwrap_or_default();
                (readings(&all), Some((0..cases).map(|case| readings(&of_case(case))).collect()))
            }
            None => {
                let reading = |&of_100_000: &u32| {
                    let found = response.and_then(|summary| summary.at(of_100_000));
                    Reading {
                        ns: found.map(|percentile| percentile.ns),
                        at_least: found.is_some_and(|percentile| percentile.at_least),
                        beyond: beyond(count, of_100_000),
                        chance: None,
                    }
                };
                (PERCENTILES.iter().map(reading).collect(), None)
            }
        };
        Self { source, record, all, cases }
    }

    /// Whether percentiles of single cases are known, and what chance makes of each.
    pub(super) fn has_histograms(&self) -> bool {
        self.cases.is_some()
    }

    /// The percentiles of one case, or of all together.
    pub(super) fn readings(&self, case: Option<usize>) -> &[Reading] {
        match case {
            None => &self.all,
            Some(case) => self.cases.iter().flatten().nth(case).map_or(&[], Vec::as_slice),
        }
    }
}

impl Reading {
    /// The logarithm of the value with its chance.
    ///
    /// # Errors
    /// Why it cannot be compared.
    pub(super) fn value(&self) -> Result<Value, NoValue> {
        match self.ns {
            None => Err(NoValue::Nothing),
            Some(_) if self.at_least => Err(NoValue::Bound),
            Some(_) if self.beyond < BEYOND => Err(NoValue::TooFew),
            #[expect(clippy::cast_precision_loss, reason = "a latency of up to an hour")]
            Some(ns) => Ok(Value { at: (ns.max(1) as f64).ln(), chance: self.chance.unwrap_or_default() + RESOLUTION }),
        }
    }

    /// Whether it is known what chance makes of it.
    pub(super) fn knows_chance(&self) -> bool {
        self.chance.is_some()
    }

    /// As it stands in the record.
    pub(super) fn recorded(&self) -> RunValue {
        RunValue { ns: self.ns, at_least: self.at_least }
    }
}

fn readings(distribution: &Distribution) -> Vec<Reading> {
    let count = distribution.count();
    let reading = |&of_100_000: &u32| {
        let percentile = distribution.quantile(f64::from(of_100_000) / 100_000.0);
        Reading {
            ns: percentile.map(nanos),
            at_least: matches!(percentile, Some(Percentile::AtLeast(_))),
            beyond: beyond(count, of_100_000),
            chance: chance(distribution, of_100_000),
        }
    };
    PERCENTILES.iter().map(reading).collect()
}

/// How many of so many values lie beyond a percentile.
fn beyond(count: u64, of_100_000: u32) -> u64 {
    count * u64::from(100_000 - of_100_000) / 100_000
}

/// The variance of the logarithm of a percentile: the number of values below it is binomial, so that the values one
/// standard deviation of that number to either side lie one of its own from it.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53, latencies up to an hour")]
fn chance(distribution: &Distribution, of_100_000: u32) -> Option<f64> {
    let share = f64::from(of_100_000) / 100_000.0;
    let step = (share * (1.0 - share) / distribution.count() as f64).sqrt();
    let log = |at: f64| distribution.quantile(at.clamp(0.0, 1.0)).map(|one| (nanos(one).max(1) as f64).ln());
    let half = (log(share + step)? - log(share - step)?) / 2.0;
    Some(half * half)
}

fn nanos(percentile: Percentile) -> u64 {
    u64::try_from(percentile.value().as_nanos()).unwrap_or(u64::MAX)
}
