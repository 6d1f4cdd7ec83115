//! Everything that the page of a load run shows, gathered from its record and its histogram log.

use std::io::{self, Write};

use askama::Template;

use super::deviations::{Group, groups};
use super::latency::{over_time, spectrum};
use super::time::Timeline;
use crate::record::ExitCode;
use crate::record::load::{Completeness, LoadRecord, Outcome, PhaseReport, Summary, ThresholdReport, ThresholdVerdict};
use crate::report::chart::{Drawing, draw};
use crate::report::html::lead::{Lead, Tile, class};
use crate::report::html::written::written;
use crate::report::load::figure::{rate, share, time};
use crate::report::load::summary::{offered, verdict};
use crate::report::load::table::{COLUMNS, name, value};
use crate::report::text::visible;

/// How many outcomes have a row.
const OUTCOMES: usize = 100;
/// How many cases and phases have a row in their tables.
const ROWS: usize = 100;

#[derive(Template)]
#[template(path = "load.html")]
struct Page<'a> {
    title: String,
    lead: Lead,
    marks: Vec<&'static str>,
    record: &'a LoadRecord,
    thresholds: Vec<ThresholdRow<'a>>,
    sides: Vec<Side>,
    charts: Vec<Drawing>,
    tables: Vec<Percentiles>,
    groups: Vec<Group>,
    groups_left_out: usize,
    outcomes: Vec<OutcomeRow<'a>>,
    outcomes_left_out: usize,
    settings: Vec<(&'static str, String)>,
}

struct ThresholdRow<'a> {
    report: &'a ThresholdReport,
    class: &'static str,
    word: &'static str,
}

/// One side of the accounting identity.
struct Side {
    name: &'static str,
    count: u64,
    parts: Vec<(&'static str, u64)>,
}

/// A table of percentiles, one row for each distribution.
struct Percentiles {
    title: &'static str,
    head: Vec<&'static str>,
    rows: Vec<(String, u64, Vec<String>)>,
    left_out: usize,
}

struct OutcomeRow<'a> {
    outcome: &'a Outcome,
    text: String,
    share: String,
    class: &'static str,
}

/// Writes the run as one HTML file.
///
/// # Errors
/// Those of the writer.
pub(in crate::report) fn write(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    written(&page(record), out)
}

fn page(record: &LoadRecord) -> Page<'_> {
    let timeline = Timeline::new(record);
    let charts = [
        over_time(&timeline),
        spectrum(&timeline),
        Some(timeline.rates()),
        timeline.delays(),
        Some(timeline.outcomes()),
        timeline.troubles(),
    ];
    let (groups, groups_left_out) = groups(record);
    let seen = || record.outcomes.iter().filter(|outcome| outcome.count + outcome.warm_up > 0);
    Page {
        title: format!("proofhouse load: {}: {}", record.settings.api, verdict(record)),
        lead: lead(record),
        marks: record.marks(),
        record,
        thresholds: record.thresholds.iter().map(threshold_row).collect(),
        sides: sides(record),
        charts: charts.iter().flatten().filter(|chart| !chart.grid.is_empty()).map(draw).collect(),
        tables: tables(record),
        groups,
        groups_left_out,
        outcomes: seen().take(OUTCOMES).map(|outcome| outcome_row(record, outcome)).collect(),
        outcomes_left_out: seen().count().saturating_sub(OUTCOMES),
        settings: settings(record),
    }
}

fn lead(record: &LoadRecord) -> Lead {
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    let counts = &record.totals.judged;
    let offered = offered(record).map_or_else(|| "as fast as it answers".to_owned(), rate);
    let who = if record.settings.built_in { " (the built-in reference)" } else { "" };
    let trouble = |count: u64| if count > 0 { "fail" } else { "" };
    let mut tiles = vec![Tile::new("sent a second", rate(record.totals.achieved), "")];
    if let Some(response) = record.measures.iter().find(|summary| summary.measure == "response") {
        for (name, of_100_000) in COLUMNS.into_iter().filter(|(name, _)| ["p50", "p99", "max"].contains(name)) {
            if let Some(percentile) = response.at(of_100_000) {
                tiles.push(Tile::new(format!("response {name}"), value(percentile), ""));
            }
        }
    }
    tiles.push(Tile::new("deviating", counts.deviating.to_string(), trouble(counts.deviating)));
    tiles.push(Tile::new("timed out, failed", (counts.timed_out + counts.failed).to_string(), ""));
    tiles.push(Tile::new("never sent", counts.never_sent().to_string(), ""));
    let (sound, sound_class) = match record.soundness.sound {
        Some(true) => ("sound", "pass"),
        Some(false) => ("unsound", "fail"),
        None => ("not judged", "inconclusive"),
    };
    tiles.push(Tile::new("generator", sound, sound_class));
    Lead {
        over: "proofhouse load",
        class: class(exit),
        verdict: verdict(record).to_owned(),
        summary: format!(
            "{}: {} requests sent, {} of {offered} offered",
            record.settings.api,
            counts.sent,
            rate(record.totals.achieved),
        ),
        reasons: record.reasons.iter().map(|reason| visible(reason)).collect(),
        advice: advice(record, exit).to_owned(),
        facts: vec![
            ("target", format!("{}{who}", record.settings.target)),
            ("plan", record.settings.plan.clone().unwrap_or_else(|| "from arguments".into())),
            ("phases", phases(record)),
            ("started", record.started.clone()),
        ],
        tiles,
        ..Lead::default()
    }
}

fn advice(record: &LoadRecord, exit: ExitCode) -> &'static str {
    match exit {
        ExitCode::Conforms => {
            "Every threshold holds, and the generator kept its schedule: the figures can be believed."
        }
        ExitCode::Violated if record.totals.judged.deviating > 0 => {
            "Look at the deviations below: each group shows what should have come, what came instead, and a line that \
             sends the request again."
        }
        ExitCode::Violated => {
            "The thresholds that do not hold stand below, with what would help where something is known."
        }
        ExitCode::Inconclusive => {
            "This is no verdict on the target: remove the cause that is named above, and run again."
        }
        ExitCode::NothingRun => {
            "This is no verdict on the target: no request reached it. Is it started, and is the URL right?"
        }
        ExitCode::Interrupted => {
            "The run was not finished: what is shown reaches up to its end, and nothing was passed."
        }
        ExitCode::Usage | ExitCode::KnownFailures | ExitCode::ReportNotWritten | ExitCode::Internal => "",
    }
}

fn phases(record: &LoadRecord) -> String {
    let one = |phase: &PhaseReport| format!("{} {}", phase.name, time(phase.duration_ns));
    let shown: Vec<String> = record.phases.iter().take(8).map(one).collect();
    let more = record.phases.len().saturating_sub(8);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn threshold_row(report: &ThresholdReport) -> ThresholdRow<'_> {
    let (class, word) = match report.verdict {
        ThresholdVerdict::Met => ("pass", "met"),
        ThresholdVerdict::Broken => ("fail", "broken"),
        ThresholdVerdict::Unjudged => ("inconclusive", "not judged"),
    };
    ThresholdRow { report, class, word }
}

fn sides(record: &LoadRecord) -> Vec<Side> {
    let counts = &record.totals.judged;
    let planned = vec![
        ("sent", counts.sent),
        ("unsent: connect or write failed", counts.unsent),
        ("shed: waited for a connection too long", counts.shed),
        ("abandoned: cut off by the end", counts.abandoned),
    ];
    let sent = vec![
        ("as expected", counts.as_expected),
        ("deviating", counts.deviating),
        ("limited for the rate", counts.limited + counts.learned),
        ("timed out", counts.timed_out),
        ("failed", counts.failed),
        ("in flight at the end", counts.in_flight),
    ];
    vec![
        Side { name: "planned", count: counts.planned, parts: planned },
        Side { name: "sent", count: counts.sent, parts: sent },
    ]
}

fn tables(record: &LoadRecord) -> Vec<Percentiles> {
    let head: Vec<&'static str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let row = |name: String, summary: &Summary| {
        let at = |of_100_000| summary.at(of_100_000).map_or_else(|| "-".into(), value);
        (name, summary.count, COLUMNS.iter().map(|(_, of_100_000)| at(*of_100_000)).collect())
    };
    let measures = record.measures.iter().map(|summary| row(name(record, &summary.measure).to_owned(), summary));
    let mut tables = vec![Percentiles { title: "measure", head: head.clone(), rows: measures.collect(), left_out: 0 }];
    let response = |phase: &PhaseReport| phase.measures.iter().find(|summary| summary.measure == "response").cloned();
    let of_phases: Vec<_> = record
        .phases
        .iter()
        .filter(|phase| phase.judged)
        .filter_map(|phase| Some(row(visible(&phase.name), &response(phase)?)))
        .collect();
    let of_cases: Vec<_> =
        record.distributions.cases.iter().map(|(case, summary)| row(visible(case), summary)).collect();
    for (title, mut rows) in [("response time by phase", of_phases), ("response time by case", of_cases)] {
        if rows.len() > 1 {
            let left_out = rows.len().saturating_sub(ROWS);
            rows.truncate(ROWS);
            tables.push(Percentiles { title, head: head.clone(), rows, left_out });
        }
    }
    tables
}

fn outcome_row<'a>(record: &LoadRecord, outcome: &'a Outcome) -> OutcomeRow<'a> {
    let class = match outcome.fate.as_str() {
        "as expected" => "pass",
        "deviating" | "timed out" | "failed" => "fail",
        _ => "inconclusive",
    };
    let share = share(outcome.count, record.totals.judged.planned);
    OutcomeRow { outcome, text: visible(&outcome.outcome), share, class }
}

fn settings(record: &LoadRecord) -> Vec<(&'static str, String)> {
    let settings = &record.settings;
    let soundness = &record.soundness;
    let lag = match (soundness.lag_p99_ns, soundness.lag_bound_ns) {
        (Some(lag), Some(bound)) => format!("p99 {}, bound {}", time(lag), time(bound)),
        (Some(lag), None) => format!("p99 {}, no bound", time(lag)),
        (None, _) => "none".into(),
    };
    let model = match (&settings.arrivals, record.model.as_str()) {
        (_, "closed") => "closed: every connection busy, no lag bound, latencies without their queue".to_owned(),
        (Some(arrivals), _) => format!("open: {arrivals} arrivals, seed {}", settings.seed),
        (None, _) => record.model.clone(),
    };
    let mix = settings.mix.iter().take(20).map(|one| format!("{:.1} % {}", one.share * 100.0, visible(&one.address)));
    let ending = match record.ending {
        Completeness::Completed => "everything planned was taken up",
        Completeness::Interrupted => "stopped in order before its end",
        Completeness::Killed => "killed: the record reaches up to the last whole second",
    };
    vec![
        ("model", model),
        ("cases", mix.collect::<Vec<_>>().join(", ")),
        (
            "generator",
            format!("{} threads, pacing {}, spinning {}", record.threads, settings.pacing, time(record.spin_ns)),
        ),
        ("connections", format!("up to {}, {} were opened", settings.connections, record.cost.opened)),
        ("timeout", time(settings.timeout_ns)),
        ("dispatch lag", lag),
        (
            "busiest thread",
            format!("{:.0} % of a core, steal {:.1} %", record.cost.busiest * 100.0, record.cost.steal * 100.0),
        ),
        ("ran", time(record.ran_ns)),
        ("ending", ending.to_owned()),
    ]
}
