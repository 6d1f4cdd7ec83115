//! The page of a comparison of load runs: base and head in two columns, what changed most first.

use std::io::{self, Write};

use askama::Template;

use super::lead::{Lead, Tile, class};
use super::written::written;
use crate::record::ExitCode;
use crate::record::compare::{ChangeFinding, CompareRecord, CompareSide, Design, LatencyChange, RunValue, ShareChange};
use crate::report::load::figure::{rate, share, time};
use crate::report::text::{counted, visible};

/// How many changes of latencies have a row.
const LATENCIES: usize = 500;
/// How many changes of shares have one.
const SHARES: usize = 200;
/// The width of the little picture of an interval.
const WIDTH: f64 = 240.0;

#[derive(Template)]
#[template(path = "compare.html")]
struct Page<'a> {
    title: String,
    lead: Lead,
    marks: Vec<&'static str>,
    record: &'a CompareRecord,
    latencies: Vec<LatencyRow<'a>>,
    latencies_left_out: usize,
    shares: Vec<ShareRow>,
    shares_left_out: usize,
    ends: [String; 2],
    width: f64,
    zero: String,
    allowed: String,
}

struct LatencyRow<'a> {
    change: &'a LatencyChange,
    class: &'static str,
    means: [String; 2],
    percent: String,
    picture: Option<Picture>,
    runs: [String; 2],
    said: String,
}

/// The interval of a change on the scale of all rows.
struct Picture {
    low: String,
    high: String,
    at: String,
    text: String,
}

struct ShareRow {
    class: &'static str,
    what: String,
    sides: [String; 2],
    said: String,
}

/// Writes the comparison as one HTML file.
///
/// # Errors
/// Those of the writer.
pub(in crate::report) fn write(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    written(&page(record), out)
}

fn page(record: &CompareRecord) -> Page<'_> {
    let scale = Scale::of(record);
    let latencies = record.latencies.iter().take(LATENCIES).map(|change| latency(change, &scale));
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    Page {
        title: format!("proofhouse compare: {}: {}", record.api, verdict(record)),
        lead: lead(record, exit),
        marks: record.marks(),
        record,
        latencies: latencies.collect(),
        latencies_left_out: record.latencies.len().saturating_sub(LATENCIES),
        shares: record.shares.iter().take(SHARES).map(share_row).collect(),
        shares_left_out: record.shares.len().saturating_sub(SHARES),
        ends: [percent(-scale.end), percent(scale.end)],
        width: WIDTH,
        zero: scale.place(0.0),
        allowed: scale.place(record.max_regression),
    }
}

fn verdict(record: &CompareRecord) -> &'static str {
    if record.count(ChangeFinding::Regression) > 0 {
        "slower than is allowed"
    } else if record.count(ChangeFinding::Suspected) > 0 {
        "perhaps slower than is allowed"
    } else if record.findings().all(|finding| finding == ChangeFinding::NotCompared) {
        "nothing could be compared"
    } else if record.design == Design::Single {
        "no regression shown; drift between runs not included"
    } else {
        "no regression proven"
    }
}

fn lead(record: &CompareRecord, exit: ExitCode) -> Lead {
    let side = |side: &CompareSide| format!("{} of {}", counted(side.runs.len(), "run"), side.targets.join(", "));
    let design = match record.design {
        Design::Single => "one run on a side: how far runs drift against each other is unknown, so nothing is proven",
        Design::Independent => "each run stands for itself",
        Design::Paired => "runs in pairs, one of each side after the other",
    };
    let advice = match exit {
        ExitCode::Conforms => "Nothing became slower than is allowed, as far as these runs can tell.",
        ExitCode::Violated => "What became slower stands in the first rows: its interval lies beyond what is allowed.",
        _ => "This decides nothing: several sound runs a side, or longer ones, would.",
    };
    let tile = |name: &str, finding: ChangeFinding, class: &'static str| {
        let count = record.count(finding);
        Tile::new(name, count.to_string(), if count > 0 { class } else { "" })
    };
    let offered = record.offered.map_or_else(|| "as fast as they answer".to_owned(), rate);
    Lead {
        over: "proofhouse compare",
        class: class(exit),
        verdict: verdict(record).to_owned(),
        summary: format!("{}: base {}, head {}", record.api, side(&record.sides[0]), side(&record.sides[1])),
        reasons: record.reasons.iter().map(|reason| visible(reason)).collect(),
        advice: advice.to_owned(),
        facts: vec![
            ("design", design.to_owned()),
            ("offered", offered),
            ("judged", format!("{} of each run", time(record.judged_ns))),
            ("allowed", percent(record.max_regression)),
        ],
        tiles: vec![
            tile("regressions", ChangeFinding::Regression, "fail"),
            tile("suspected", ChangeFinding::Suspected, "inconclusive"),
            tile("worse, within what is allowed", ChangeFinding::Worse, ""),
            tile("better", ChangeFinding::Better, "pass"),
            tile("no change proven", ChangeFinding::Unproven, ""),
            tile("not compared", ChangeFinding::NotCompared, "inconclusive"),
        ],
        ..Lead::default()
    }
}

fn latency<'a>(change: &'a LatencyChange, scale: &Scale) -> LatencyRow<'a> {
    let means = change.means_ns.map_or(["-".to_owned(), "-".to_owned()], |means| means.map(time));
    let picture = change.change.zip(change.interval).map(|(at, [low, high])| Picture {
        low: scale.place(low),
        high: scale.place(high),
        at: scale.place(at),
        text: format!("{} ({} to {})", percent(at), percent(low), percent(high)),
    });
    let value = |run: &RunValue| {
        let text = run.ns.map_or_else(|| "nothing".to_owned(), time);
        if run.at_least { format!("≥{text}") } else { text }
    };
    let runs = |index: usize| change.runs[index].iter().map(value).collect::<Vec<_>>().join(", ");
    LatencyRow {
        change,
        class: class_of(change.finding),
        means,
        percent: change.change.map_or_else(|| "-".into(), percent),
        picture,
        runs: [runs(0), runs(1)],
        said: said(change.finding, change.p, change.why.as_deref()),
    }
}

fn share_row(change: &ShareChange) -> ShareRow {
    let side = |index: usize| {
        format!("{} of {} ({})", change.counts[index], change.of[index], share(change.counts[index], change.of[index]))
    };
    let shape = change.shape.as_ref().map(|[outcome, shape]| format!(": {} {}", visible(outcome), visible(shape)));
    let new = if change.new { ", new in head" } else { "" };
    ShareRow {
        class: class_of(change.finding),
        what: format!("{}{}{new}", change.counted.as_str(), shape.unwrap_or_default()),
        sides: [side(0), side(1)],
        said: said(change.finding, change.p, None),
    }
}

fn said(finding: ChangeFinding, p: Option<f64>, why: Option<&str>) -> String {
    let p = p.map_or_else(String::new, |p| if p < 0.0001 { ", p < 0.0001".into() } else { format!(", p {p:.4}") });
    let why = why.map_or_else(String::new, |why| format!(": {}", visible(why)));
    format!("{}{p}{why}", finding.as_str())
}

fn class_of(finding: ChangeFinding) -> &'static str {
    match finding {
        ChangeFinding::Regression => "fail",
        ChangeFinding::Suspected | ChangeFinding::NotCompared => "inconclusive",
        ChangeFinding::Better => "pass",
        ChangeFinding::Worse | ChangeFinding::Unproven => "",
    }
}

/// A share as a change in per cent, with its sign.
fn percent(share: f64) -> String {
    let digits = if share.abs() < 0.1 { 2 } else { 1 };
    format!("{:+.digits$} %", share * 100.0)
}

/// From the largest slowdown or gain of all rows to its opposite.
struct Scale {
    end: f64,
}

impl Scale {
    fn of(record: &CompareRecord) -> Self {
        let intervals = record.latencies.iter().filter_map(|one| one.interval).flatten();
        let finite = intervals.filter(|end| end.is_finite()).map(f64::abs);
        Self { end: finite.fold(record.max_regression * 2.0, f64::max).clamp(0.01, 2.0) }
    }

    fn place(&self, change: f64) -> String {
        let share = (change / self.end).clamp(-1.0, 1.0);
        format!("{:.1}", WIDTH / 2.0 * (1.0 + share))
    }
}
