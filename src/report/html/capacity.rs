//! The page of a search for the capacity: the result first, then the curve with its knee, then every trial.

use std::io::{self, Write};

use askama::Template;

use super::lead::{Lead, Tile, class};
use super::written::written;
use crate::record::ExitCode;
use crate::record::capacity::{CapacityRecord, RequirementVerdict, ResultKind, TrialReport, TrialVerdict};
use crate::record::load::{Bound, Percentile, Quantity};
use crate::report::chart::{Axis, Band, Chart, Drawing, Ink, Rule, Scale, Series, Shape, Unit, Value, draw};
use crate::report::load::figure::{rate, time};
use crate::report::load::table::value;
use crate::report::text::visible;

/// How many trials have a row.
const TRIALS: usize = 500;
/// Rates that lie further apart than this factor stand on a log scale.
const WIDE: f64 = 20.0;

#[derive(Template)]
#[template(path = "capacity.html")]
struct Page<'a> {
    title: String,
    lead: Lead,
    marks: Vec<&'static str>,
    record: &'a CapacityRecord,
    notes: Vec<String>,
    charts: Vec<Drawing>,
    trials: Vec<TrialRow<'a>>,
    trials_left_out: usize,
}

struct TrialRow<'a> {
    trial: &'a TrialReport,
    began: String,
    rate: String,
    steady: String,
    p50: String,
    p99: String,
    interval: String,
    class: &'static str,
    word: &'static str,
    said: String,
}

/// Writes the search as one HTML file.
///
/// # Errors
/// Those of the writer.
pub(in crate::report) fn write(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    written(&page(record), out)
}

fn page(record: &CapacityRecord) -> Page<'_> {
    let charts = [curve(record), trials(record)];
    Page {
        title: format!("proofhouse capacity: {}: {}", record.settings.api, verdict(record)),
        lead: lead(record),
        marks: record.marks(),
        record,
        notes: record.result.notes.iter().map(|note| visible(note)).collect(),
        charts: charts.iter().filter(|chart| !chart.grid.is_empty()).map(draw).collect(),
        trials: record.trials.iter().take(TRIALS).map(trial).collect(),
        trials_left_out: record.trials.len().saturating_sub(TRIALS),
    }
}

fn capacity(record: &CapacityRecord) -> String {
    let sign = match record.result.kind {
        ResultKind::Found | ResultKind::NoNumber => "",
        ResultKind::AtLeast => "≥ ",
        ResultKind::Below => "< ",
    };
    record.result.rate.map_or_else(|| "none".into(), |at| format!("{sign}{}", rate(at)))
}

fn verdict(record: &CapacityRecord) -> String {
    let broken = record.required.as_ref().filter(|required| required.verdict == RequirementVerdict::Broken);
    match (record.result.kind, broken) {
        (ResultKind::Found, Some(required)) => {
            format!("{}, not the {} that is required", carried(record), rate(required.rate))
        }
        _ => carried(record),
    }
}

/// What was found, whatever is required.
fn carried(record: &CapacityRecord) -> String {
    let at = record.result.rate.map(rate).unwrap_or_default();
    match record.result.kind {
        ResultKind::Found => format!("carries {at}"),
        ResultKind::AtLeast => format!("carries at least {at}"),
        ResultKind::Below => format!("does not even carry {at}"),
        ResultKind::NoNumber => "no capacity can be given".into(),
    }
}

fn lead(record: &CapacityRecord) -> Lead {
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    let (settings, result) = (&record.settings, &record.result);
    let mut tiles = vec![Tile::new("capacity", capacity(record), "")];
    if let (Some(low), Some(high)) = (result.low, result.high) {
        tiles.push(Tile::new("95 % interval", format!("{} to {}", Unit::Rate.text(low), rate(high)), ""));
    }
    if let Some(knee) = record.knee {
        tiles.push(Tile::new("knee of the curve", rate(knee), ""));
    }
    if let Some(unloaded) = &record.unloaded {
        tiles.push(Tile::new("unloaded p50", time(unloaded.p50_ns), ""));
    }
    if let Some(broke) = &result.broke {
        tiles.push(Tile::new("breaks first", visible(broke), ""));
    }
    if let Some(required) = &record.required {
        let (word, class) = match required.verdict {
            RequirementVerdict::Met => ("met", "pass"),
            RequirementVerdict::Broken => ("broken", "fail"),
            RequirementVerdict::Unjudged => ("not judged", "inconclusive"),
        };
        tiles.push(Tile::new(format!("{} required", rate(required.rate)), word, class));
    }
    let advice = match exit {
        ExitCode::Conforms => {
            "Up to this rate the thresholds hold; the curve shows what happens on the way there and above."
        }
        ExitCode::Violated => "The rate that is needed is not carried: the curve shows what gives way first.",
        _ => "This is no number to rely on: the reason stands above, with what would help.",
    };
    Lead {
        over: "proofhouse capacity",
        class: class(exit),
        verdict: verdict(record),
        summary: format!("{}: {}", settings.api, visible(&result.said)),
        reasons: record.reasons.iter().filter(|reason| **reason != result.said).map(|reason| visible(reason)).collect(),
        advice: advice.to_owned(),
        facts: vec![
            (
                "target",
                format!("{}{}", settings.target, if settings.built_in { " (the built-in reference)" } else { "" }),
            ),
            ("arrivals", format!("{}, seed {}", settings.arrivals, settings.seed)),
            ("started", record.started.clone()),
            ("took", time(record.ran_ns)),
        ],
        tiles,
        ..Lead::default()
    }
}

fn at(percentiles: &[Percentile], of_100_000: u32) -> Option<&Percentile> {
    percentiles.iter().find(|one| one.of_100_000 == of_100_000)
}

#[expect(clippy::cast_precision_loss, reason = "durations up to an hour")]
fn point(percentile: &Percentile) -> Value {
    Value { value: percentile.ns as f64, at_least: percentile.at_least }
}

fn rates(values: impl Iterator<Item = f64> + Clone) -> Scale {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.clone().fold(0.0, f64::max);
    if most / least > WIDE { Scale::log(values) } else { Scale::from_zero(values) }
}

#[expect(clippy::cast_precision_loss, reason = "durations up to an hour")]
fn curve(record: &CapacityRecord) -> Chart {
    let grid: Vec<f64> = record.curve.iter().map(|point| point.rate).collect();
    let series = |name: &str, ink, of_100_000| Series {
        name: name.to_owned(),
        ink,
        shape: Shape::Marks,
        values: record.curve.iter().map(|one| at(&one.percentiles, of_100_000).map(point)).collect(),
    };
    let series = vec![
        series("p99.9", Ink::Third, 99_900),
        series("p99", Ink::Second, 99_000),
        series("p50", Ink::First, 50_000),
    ];
    let rules: Vec<Rule> = record
        .thresholds
        .iter()
        .filter_map(|threshold| match (threshold.quantity, threshold.bound) {
            (Quantity::Response(_), Bound::TimeNs(ns)) => {
                let label = format!("{} ≤ {}", threshold.quantity, time(ns));
                Some(Rule { at: ns as f64, label, only_at: None })
            }
            _ => None,
        })
        .collect();
    let line = |from, to, name: &str| Band { from, to, name: name.to_owned(), is_grey: true };
    let mut bands: Vec<Band> = record.knee.iter().map(|knee| line(*knee, *knee, "knee")).collect();
    match (record.result.low, record.result.high, record.result.rate) {
        (Some(low), Some(high), _) => bands.push(line(low, high, "capacity")),
        (_, _, Some(rate)) => bands.push(line(rate, rate, &carried(record))),
        _ => {}
    }
    bands.sort_by(|a, b| a.from.total_cmp(&b.from));
    let values = series.iter().flat_map(|series| &series.values).flatten().map(|value| value.value);
    let ends = bands.iter().map(|band| band.to);
    let x = rates(grid.iter().copied().chain(ends));
    Chart {
        id: "curve",
        title: "Latency against rate".into(),
        about: "Response times at each rate that was tried and judged. Left of the knee they hardly grow; the grey stretch or \
                line is how far the thresholds hold."
            .into(),
        note: String::new(),
        x: Axis { label: "requests a second", unit: Unit::Rate, scale: x },
        y: Axis {
            label: "response time, log scale",
            unit: Unit::Time,
            scale: Scale::log(values.chain(rules.iter().map(|rule| rule.at))),
        },
        grid,
        series,
        rules,
        bands,
        heat: None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a duration")]
fn trials(record: &CapacityRecord) -> Chart {
    let all = &record.trials;
    let kinds = [
        ("met", Ink::First, TrialVerdict::Met),
        ("broken", Ink::Second, TrialVerdict::Broken),
        ("unsound", Ink::Fourth, TrialVerdict::Unsound),
        ("not judged", Ink::Fifth, TrialVerdict::Unjudged),
    ];
    let series = kinds.into_iter().filter(|(_, _, verdict)| all.iter().any(|trial| trial.verdict == *verdict));
    let series = series.map(|(name, ink, verdict)| Series {
        name: name.to_owned(),
        ink,
        shape: Shape::Dots,
        values: all.iter().map(|trial| (trial.verdict == verdict).then(|| Value::exact(trial.rate))).collect(),
    });
    let grid: Vec<f64> = all.iter().map(|trial| trial.began_ns as f64 / 1e9).collect();
    let scale = Scale::from_zero(grid.iter().copied().chain([record.ran_ns as f64 / 1e9]));
    let capacity = record.result.rate.map(|at| Rule { at, label: carried(record), only_at: None });
    Chart {
        id: "trials",
        title: "The search".into(),
        about: "Each trial at its rate, in the order in which they were made, and what it amounts to.".into(),
        note: String::new(),
        x: Axis { label: "second of the search", unit: Unit::Second, scale },
        y: Axis { label: "requests a second", unit: Unit::Rate, scale: rates(all.iter().map(|trial| trial.rate)) },
        grid,
        series: series.collect(),
        rules: capacity.into_iter().collect(),
        bands: Vec::new(),
        heat: None,
    }
}

fn trial(trial: &TrialReport) -> TrialRow<'_> {
    let (class, word) = match trial.verdict {
        TrialVerdict::Met => ("pass", "met"),
        TrialVerdict::Broken => ("fail", "broken"),
        TrialVerdict::Unsound => ("inconclusive", "unsound"),
        TrialVerdict::Unjudged => ("", "not judged"),
    };
    let text = |of_100_000| at(&trial.percentiles, of_100_000).map_or_else(|| "-".into(), value);
    let interval = match (trial.p99_low_ns, trial.p99_high_ns) {
        (Some(low), Some(high)) => format!("{} to {}", time(low), time(high)),
        _ => "-".into(),
    };
    TrialRow {
        trial,
        began: time(trial.began_ns),
        rate: rate(trial.rate),
        steady: time(trial.steady_ns),
        p50: text(50_000),
        p99: text(99_000),
        interval,
        class,
        word,
        said: visible(&trial.said),
    }
}
