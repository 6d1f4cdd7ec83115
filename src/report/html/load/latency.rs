//! Latencies: over the time as a heat map with percentiles upon it, and along the percentiles.

use std::collections::BTreeMap;

use super::time::{Timeline, everywhere};
use crate::record::load::{Bound, LoadRecord, Quantity, Spectrum, Step, range};
use crate::report::chart::{Axis, Cell, Chart, Heat, Ink, Rule, Scale, Series, Shape, Unit, Value};

/// How many rows a heat map has at most: more could not be told apart.
const ROWS: u32 = 40;
/// How many columns it has at most.
const COLUMNS: usize = 120;

/// The response times second by second.
pub(super) fn over_time(timeline: &Timeline<'_>) -> Option<Chart> {
    let line = |name: &str, ink, values| Series { name: name.into(), ink, shape: Shape::Line, values };
    let series = vec![
        line("max", Ink::Third, timeline.worst(|second| second.max_ns)),
        line("p99", Ink::Second, timeline.worst(|second| second.p99_ns)),
        line("p50", Ink::First, timeline.worst(|second| second.p50_ns)),
    ];
    let heat = heat(timeline);
    let rules = time_rules(timeline.record, |_| None);
    let values = series.iter().flat_map(|series| &series.values).flatten().map(|value| value.value);
    let cells = heat.iter().flat_map(|heat| &heat.cells).flat_map(|cell| [cell.y.0, cell.y.1]);
    values.clone().next()?;
    let scale = Scale::log(values.chain(cells).chain(rules.iter().map(|rule| rule.at)));
    let about = if heat.is_some() {
        "How long replies took, from the planned instant on: the darker, the more of them in that time and range."
    } else {
        "How long replies took, from the planned instant on. There is no histogram log, and so no heat map."
    };
    let axis = Axis { label: "response time, log scale", unit: Unit::Time, scale };
    let chart = timeline.chart("latency", "Response time by second", about, axis);
    Some(Chart { series, rules, heat, ..chart })
}

fn heat(timeline: &Timeline<'_>) -> Option<Heat> {
    let seconds = &timeline.record.distributions.seconds;
    let numbers = || seconds.iter().flat_map(|second| second.responses.keys().copied());
    let (least, most) = (numbers().min()?, numbers().max()?);
    let rows = (most - least + 1).div_ceil(ROWS).max(1);
    let slices = timeline.slices.count().div_ceil(COLUMNS).max(1);
    let mut counts: BTreeMap<(usize, u32), u64> = BTreeMap::new();
    for second in seconds {
        let column = timeline.slices.number(second.second) / slices;
        for (number, count) in &second.responses {
            *counts.entry((column, (number - least) / rows)).or_default() += count;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
    let width = timeline.width() * slices as f64;
    let cells = counts.into_iter().map(|((column, row), count)| {
        let first = least + row * rows;
        #[expect(clippy::cast_precision_loss, reason = "at most 120 columns")]
        let x = column as f64 * width;
        Cell { x, y: (range(first).0, range(first + rows - 1).1), count }
    });
    Some(Heat { name: "replies".into(), width, cells: cells.collect() })
}

/// The distributions along their percentiles, as far as the record has them where there is no log.
pub(super) fn spectrum(timeline: &Timeline<'_>) -> Option<Chart> {
    let record = timeline.record;
    let of_log = &record.distributions.spectra;
    let spectra = if of_log.is_empty() { of_summaries(record) } else { of_log.clone() };
    let mut quantiles: Vec<f64> = spectra.iter().flat_map(|one| &one.steps).map(|step| step.quantile).collect();
    quantiles.sort_by(f64::total_cmp);
    quantiles.dedup();
    let series: Vec<Series> = spectra.iter().filter_map(|spectrum| one_series(record, spectrum, &quantiles)).collect();
    let nines = quantiles.iter().filter(|quantile| **quantile < 1.0).map(|quantile| -(1.0 - quantile).log10());
    let nines = nines.fold(1.0, f64::max);
    let rules = time_rules(record, Some);
    let values = series.iter().flat_map(|series| &series.values).flatten().map(|value| value.value);
    let scale = Scale::log(values.chain(rules.iter().map(|rule| rule.at)));
    let mut about = "The time within which a share of all arrivals of the judged phases had their reply. \
                     Each further nine has the same room."
        .to_owned();
    if series.iter().flat_map(|series| &series.values).flatten().any(|value| value.at_least) {
        about.push_str(" Thick dots: at least this much, for some arrivals never finished.");
    }
    (!series.is_empty()).then(|| Chart {
        id: "spectrum",
        title: "Percentile spectrum".into(),
        about,
        note: if of_log.is_empty() {
            "Only the percentiles of the record: there is no log.".into()
        } else {
            String::new()
        },
        x: Axis { label: "percentile, by nines", unit: Unit::Percentile, scale: Scale::Nines { nines } },
        y: Axis { label: "time, log scale; zero at the foot", unit: Unit::Time, scale },
        grid: quantiles,
        series,
        rules,
        bands: Vec::new(),
        heat: None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "durations up to an hour")]
fn one_series(record: &LoadRecord, spectrum: &Spectrum, quantiles: &[f64]) -> Option<Series> {
    let (name, ink) = match spectrum.measure.as_str() {
        "response" if record.model == "closed" => ("response (closed)", Ink::First),
        "response" => ("response time", Ink::First),
        "service" => ("service time", Ink::Third),
        "lag" => ("dispatch lag", Ink::Fifth),
        "wait" => ("connection wait", Ink::Second),
        "limited" => ("limited replies", Ink::Fourth),
        _ => return None,
    };
    // Beyond the last percentile that leaves a value above it, every further one is the maximum.
    let values = quantiles.iter().map(|quantile| {
        let step = spectrum.steps.iter().find(|step| step.quantile >= *quantile)?;
        Some(Value { value: step.ns as f64, at_least: step.at_least })
    });
    Some(Series { name: name.into(), ink, shape: Shape::Line, values: values.collect() })
}

fn of_summaries(record: &LoadRecord) -> Vec<Spectrum> {
    let spectra = record.measures.iter().map(|summary| Spectrum {
        measure: summary.measure.clone(),
        steps: summary
            .percentiles
            .iter()
            .map(|one| Step { quantile: f64::from(one.of_100_000) / 100_000.0, ns: one.ns, at_least: one.at_least })
            .collect(),
    });
    spectra.collect()
}

/// The thresholds of response times as rules.
fn time_rules(record: &LoadRecord, only_at: impl Fn(f64) -> Option<f64>) -> Vec<Rule> {
    let rules = record.thresholds.iter().filter_map(|one| match (one.threshold.quantity, one.threshold.bound) {
        #[expect(clippy::cast_precision_loss, reason = "a duration")]
        (Quantity::Response(of_100_000), Bound::TimeNs(ns)) => {
            let quantile = f64::from(of_100_000) / 100_000.0;
            Some(Rule { only_at: only_at(quantile), ..everywhere(ns as f64, one.text.clone()) })
        }
        _ => None,
    });
    rules.collect()
}
