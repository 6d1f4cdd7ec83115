//! The page of a measured rate limit: verdicts first, the fingerprint in words, then what was offered and admitted.

use std::io::{self, Write};

use askama::Template;

use super::lead::{Lead, Tile, class};
use super::written::written;
use crate::record::limit::{
    Estimate, ExcessReply, LimitRecord, LimitVerdict, ProbeReport, RateOrigin, RequirementVerdict,
};
use crate::record::{ExitCode, Level};
use crate::report::chart::{Axis, Band, Chart, Drawing, Ink, Rule, Scale, Series, Shape, Slices, Unit, Value, draw};
use crate::report::load::figure::{rate, time};
use crate::report::text::{shortened, visible};

/// How much of a reply to an excess is shown.
const BODY: usize = 500;
/// How many kinds of replies have a row.
const REPLIES: usize = 50;
/// A probe that is shorter says nothing about a rate a second.
const SHORTEST: u64 = 1_000_000_000;

#[derive(Template)]
#[template(path = "limit.html")]
struct Page<'a> {
    title: String,
    lead: Lead,
    marks: Vec<&'static str>,
    record: &'a LimitRecord,
    requirements: Vec<RequirementRow<'a>>,
    estimates: Vec<(&'static str, String)>,
    charts: Vec<Drawing>,
    excess: Vec<ExcessRow<'a>>,
    excess_left_out: usize,
    probes: Vec<ProbeRow<'a>>,
}

struct RequirementRow<'a> {
    verdict: &'a LimitVerdict,
    class: &'static str,
    word: &'static str,
    place: String,
}

struct ExcessRow<'a> {
    reply: &'a ExcessReply,
    outcome: String,
    body: String,
}

struct ProbeRow<'a> {
    probe: &'a ProbeReport,
    offered: String,
    admitted: String,
    took: String,
    service: String,
}

/// Writes the run as one HTML file.
///
/// # Errors
/// Those of the writer.
pub(in crate::report) fn write(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    written(&page(record), out)
}

fn page(record: &LimitRecord) -> Page<'_> {
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    let charts = [admitted_against_offered(record), by_second(record)];
    let excess = record.excess.iter().take(REPLIES).map(|reply| ExcessRow {
        reply,
        outcome: visible(&reply.outcome),
        body: visible(&shortened(reply.body.as_deref().unwrap_or_default(), BODY)),
    });
    Page {
        title: format!("proofhouse limit: {}: {}", record.settings.api, exit.sentence()),
        lead: lead(record, exit),
        marks: record.marks(),
        record,
        requirements: record.requirements.iter().map(requirement).collect(),
        estimates: estimates(record),
        charts: charts.iter().filter(|chart| !chart.grid.is_empty()).map(draw).collect(),
        excess: excess.collect(),
        excess_left_out: record.excess.len().saturating_sub(REPLIES),
        probes: record.probes.iter().map(probe).collect(),
    }
}

fn lead(record: &LimitRecord, exit: ExitCode) -> Lead {
    let settings = &record.settings;
    let who = match settings.documented_by {
        RateOrigin::Document => "by the document",
        RateOrigin::Target => "by the target file",
        RateOrigin::Argument => "as was asked",
    };
    let fingerprint = &record.fingerprint;
    let mut tiles = vec![Tile::new(format!("to be admitted, {who}"), rate(settings.documented), "")];
    if let Some(estimate) = &fingerprint.rate {
        tiles.push(Tile::new("admitted in the long run", rate(estimate.value), ""));
    }
    if let Some(estimate) = &fingerprint.burst {
        tiles.push(Tile::new("at once after idling", Unit::Count.text(estimate.value.round()), ""));
    }
    if let Some(recovery) = fingerprint.recovery_ns {
        tiles.push(Tile::new("to recover after an excess", time(recovery), ""));
    }
    let (sound, sound_class) = match record.soundness.sound {
        Some(true) => ("sound", "pass"),
        Some(false) => ("unsound", "fail"),
        None => ("not judged", "inconclusive"),
    };
    tiles.push(Tile::new("generator", sound, sound_class));
    let advice = match exit {
        ExitCode::Conforms => "The documented rate is admitted; what the document leaves open stands below.",
        ExitCode::Violated => "What is broken stands below with its numbers; the charts show where it happened.",
        _ => "This is no verdict on the target: remove the cause that is named above, and run again.",
    };
    Lead {
        over: "proofhouse limit",
        class: class(exit),
        verdict: exit.sentence().to_owned(),
        summary: format!("{}: {}", settings.api, visible(&fingerprint.words)),
        reasons: record.reasons.iter().map(|reason| visible(reason)).collect(),
        advice: advice.to_owned(),
        facts: vec![
            (
                "target",
                format!("{}{}", settings.target, if settings.built_in { " (the built-in reference)" } else { "" }),
            ),
            ("documented", rate(settings.documented)),
            ("started", record.started.clone()),
            ("took", time(record.ran_ns)),
        ],
        tiles,
        ..Lead::default()
    }
}

fn requirement(verdict: &LimitVerdict) -> RequirementRow<'_> {
    let (class, word) = match verdict.verdict {
        RequirementVerdict::Pass => ("pass", "pass"),
        RequirementVerdict::Fail if verdict.level == Level::Must => ("fail", "fail"),
        RequirementVerdict::Fail => ("missed", "missed"),
        RequirementVerdict::Inconclusive => ("inconclusive", "inconclusive"),
        RequirementVerdict::Observed => ("", "observed"),
    };
    let place = verdict.place.as_ref().map(ToString::to_string).unwrap_or_default();
    RequirementRow { verdict, class, word, place }
}

fn estimates(record: &LimitRecord) -> Vec<(&'static str, String)> {
    let found = &record.fingerprint;
    let numbers = |unit: Unit| {
        move |one: &Estimate| format!("{} ({} to {})", unit.text(one.value), unit.text(one.low), unit.text(one.high))
    };
    let all = [
        ("rate", found.rate.as_ref().map(numbers(Unit::Rate))),
        ("burst", found.burst.as_ref().map(numbers(Unit::Count))),
        ("window", found.window_ns.as_ref().map(numbers(Unit::Time))),
        ("begin of a window", found.phase_ns.as_ref().map(numbers(Unit::Time))),
        ("queue", found.queue.as_ref().map(numbers(Unit::Count))),
        ("at the same time", found.concurrency.as_ref().map(numbers(Unit::Count))),
        ("recovery", found.recovery_ns.map(time)),
        ("decisions explained", Some(format!("{} of {}", found.explained, found.explained + found.unexplained))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn documented(record: &LimitRecord) -> Vec<Rule> {
    let label = format!("documented {}", rate(record.settings.documented));
    vec![Rule { at: record.settings.documented, label, only_at: None }]
}

fn admitted_against_offered(record: &LimitRecord) -> Chart {
    let long = record.probes.iter().filter(|probe| probe.offered > 0.0 && probe.duration_ns >= SHORTEST);
    let mut probes: Vec<&ProbeReport> = long.filter(|probe| probe.counts.sent > 0).collect();
    probes.sort_by(|a, b| a.offered.total_cmp(&b.offered));
    let grid: Vec<f64> = probes.iter().map(|probe| probe.offered).collect();
    let exact = |of: &dyn Fn(&ProbeReport) -> f64| probes.iter().map(|probe| Some(Value::exact(of(probe)))).collect();
    let most = |probe: &ProbeReport| {
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let most = probe.most_in_a_second as f64;
        most
    };
    let series = vec![
        Series { name: "all of it".into(), ink: Ink::Fifth, shape: Shape::Line, values: exact(&|probe| probe.offered) },
        Series { name: "most in any second".into(), ink: Ink::Second, shape: Shape::Dots, values: exact(&most) },
        Series {
            name: "admitted".into(),
            ink: Ink::First,
            shape: Shape::Marks,
            values: exact(&|probe| probe.admitted_rate),
        },
    ];
    let values = series.iter().flat_map(|series| &series.values).flatten().map(|value| value.value);
    let rules = documented(record);
    Chart {
        id: "admitted",
        title: "Admitted against offered".into(),
        about: "Requests admitted a second for each rate that was offered for a second or longer. A limiter bends the \
                line away from the one on which everything is admitted."
            .into(),
        note: String::new(),
        x: Axis { label: "offered a second", unit: Unit::Rate, scale: Scale::from_zero(grid.iter().copied()) },
        y: Axis {
            label: "admitted a second",
            unit: Unit::Rate,
            scale: Scale::from_zero(values.chain([record.settings.documented])),
        },
        grid,
        series,
        rules,
        bands: Vec::new(),
        heat: None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts, and seconds of a run")]
fn by_second(record: &LimitRecord) -> Chart {
    let slices = Slices::of(record.seconds.last().map_or(0, |second| second.second + 1));
    let width = slices.width as f64;
    let mut sums = vec![[0.0; 4]; slices.count()];
    for second in &record.seconds {
        let sum = &mut sums[slices.number(second.second)];
        let counts = &second.counts;
        let parts = [second.offered, counts.admitted as f64, counts.refused as f64, counts.other as f64];
        sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part / width);
    }
    let series = |name: &str, ink, shape, index: usize| Series {
        name: name.to_owned(),
        ink,
        shape,
        values: sums.iter().map(|sum| Some(Value::exact(sum[index]))).collect(),
    };
    let mut all = vec![series("admitted", Ink::First, Shape::Bars, 1), series("refused", Ink::Second, Shape::Bars, 2)];
    if record.seconds.iter().any(|second| second.counts.other > 0) {
        all.push(series("other", Ink::Third, Shape::Bars, 3));
    }
    all.push(series("offered", Ink::Fifth, Shape::Steps, 0));
    let highest = sums.iter().map(|sum| sum[0].max(sum[1] + sum[2] + sum[3]));
    let grid = slices.starts();
    let end = grid.last().copied().unwrap_or_default() + width;
    let mut bands: Vec<Band> = record
        .probes
        .iter()
        .filter(|probe| probe.duration_ns > 0)
        .map(|probe| Band {
            from: probe.from_ns as f64 / 1e9,
            to: ((probe.from_ns + probe.duration_ns) as f64 / 1e9).min(end),
            name: probe.name.clone(),
            is_grey: probe.offered == 0.0,
        })
        .collect();
    bands.retain(|band| band.from < end);
    Chart {
        id: "seconds",
        title: "Second by second".into(),
        about:
            "What was sent in each second and what became of it, with the rate that was planned. Grey: nothing is sent."
                .into(),
        note: slices.sum_note(),
        x: Axis { label: "second of the run", unit: Unit::Second, scale: Scale::Linear { from: 0.0, to: end } },
        y: Axis { label: "requests a second", unit: Unit::Rate, scale: Scale::from_zero(highest) },
        grid,
        series: all,
        rules: documented(record),
        bands,
        heat: None,
    }
}

fn probe(probe: &ProbeReport) -> ProbeRow<'_> {
    let service = match (probe.service_p50_ns, probe.service_p99_ns) {
        (Some(p50), Some(p99)) => format!("{} / {}", time(p50), time(p99)),
        _ => "-".into(),
    };
    ProbeRow {
        probe,
        offered: if probe.offered > 0.0 { rate(probe.offered) } else { "-".into() },
        admitted: if probe.counts.sent > 0 { rate(probe.admitted_rate) } else { "-".into() },
        took: time(probe.duration_ns),
        service,
    }
}
