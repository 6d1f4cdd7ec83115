//! The page of a load run: each chart shows what the record and the histogram log say.

use std::collections::BTreeMap;
use std::path::Path;

use proofhouse::record::hlog;
use serde_json::Value;

use super::chart::Chart;
use super::chromium::{Seen, open};
use super::reports::{Faulty, proofhouse, record, run};

const ASK: &str = r##"
  const svg = page.document.querySelector("#latency svg");
  const box = svg.getBoundingClientRect();
  svg.dispatchEvent(new page.PointerEvent("pointermove", { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
  return { tip: page.document.querySelector("#latency .tip").innerText,
    tiles: [...page.document.querySelectorAll(".tile")].map((tile) => tile.textContent) };
"##;

fn load(folder: &Path, server: Option<&Faulty>, arguments: &[&str]) -> Value {
    let mut command = proofhouse(folder);
    command.args(["load", "--warm-up", "1s", "--lag-bound", "1h", "--report-dir", ".", "-q"]).args(arguments);
    if let Some(server) = server {
        server.target(&mut command);
    }
    run(&mut command, &[0, 1]);
    record(folder)
}

pub(crate) fn chart<'a>(seen: &'a Seen, id: &str) -> &'a Chart {
    seen.charts.iter().find(|chart| chart.id == id).unwrap_or_else(|| panic!("no chart {id}"))
}

fn numbers(record: &Value, at: &str) -> Vec<Option<f64>> {
    record["seconds"].as_array().unwrap().iter().map(|second| second.pointer(at).and_then(Value::as_f64)).collect()
}

/// The values of the chart equal those of the record.
fn agree(chart: &Chart, series: &str, expected: &[Option<f64>]) {
    assert_eq!(chart.values(series), expected, "{}: {series}", chart.id);
}

/// The values of the log by second, of the series whose tags begin so.
fn logged(folder: &Path, tags: impl Fn(&str) -> bool) -> BTreeMap<u64, Vec<hlog::LoggedInterval>> {
    let mut seconds: BTreeMap<u64, Vec<hlog::LoggedInterval>> = BTreeMap::new();
    for interval in hlog::read(&std::fs::read(folder.join("load.hlog")).unwrap()) {
        if tags(&interval.tag) {
            seconds.entry(interval.from.as_secs()).or_default().push(interval);
        }
    }
    seconds
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "counts of a short run")]
fn every_chart_of_a_run_shows_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let record = load(folder.path(), None, &["--api", "tencent", "--rate", "150", "--duration", "4s"]);
    let Some(seen) = open(&folder.path().join("report.html"), ASK) else { return };
    for chart in &seen.charts {
        chart.is_true();
        assert_eq!(chart.marks, ["built-in"], "{}", chart.id);
    }
    let rates = chart(&seen, "rates");
    agree(rates, "sent", &numbers(&record, "/counts/sent"));
    agree(rates, "offered", &numbers(&record, "/offered"));
    let latency = chart(&seen, "latency");
    for (name, at) in [("p50", "/p50_ns"), ("p99", "/p99_ns"), ("max", "/max_ns")] {
        agree(latency, name, &numbers(&record, at));
    }
    let outcomes = chart(&seen, "outcomes");
    agree(outcomes, "as expected", &numbers(&record, "/counts/as_expected"));
    let delays = chart(&seen, "delays");
    agree(delays, "dispatch lag p99", &numbers(&record, "/lag_p99_ns"));
    let waits = logged(folder.path(), |tag| tag.starts_with("wait/"));
    for (second, value) in delays.values("connection wait p99").iter().enumerate() {
        let p99 = |one: &hlog::LoggedInterval| one.durations.value_at_quantile(0.99) as f64;
        let expected = waits.get(&(second as u64)).map(|all| all.iter().map(p99).fold(0.0, f64::max));
        assert_eq!(*value, expected, "{second}");
    }
    let cells: u64 = latency.cells.iter().sum();
    let replies = logged(folder.path(), |tag| tag.starts_with("response/"));
    assert_eq!(cells, replies.values().flatten().map(|one| one.durations.len()).sum::<u64>());
    spectrum_agrees(chart(&seen, "spectrum"), &record);
    let tip = seen.asked["tip"].as_str().unwrap();
    assert!(tip.contains("second of the run") && tip.contains("p99"), "hovering shows values: {tip}");
    let sent = record["totals"]["judged"]["sent"].as_u64().unwrap();
    assert!(seen.text.contains(record["totals"]["identity"].as_str().unwrap()), "the accounting identity");
    assert!(seen.text.contains(&format!("{sent} requests sent")), "{}", seen.heading);
}

/// Each percentile of the record stands in the spectrum.
fn spectrum_agrees(spectrum: &Chart, record: &Value) {
    let names = [
        ("response", "response time"),
        ("service", "service time"),
        ("lag", "dispatch lag"),
        ("wait", "connection wait"),
    ];
    let mut compared = 0;
    for summary in record["measures"].as_array().unwrap() {
        let name = names.iter().find(|(word, _)| summary["measure"] == *word).unwrap().1;
        for percentile in summary["percentiles"].as_array().unwrap() {
            let share = percentile["of_100_000"].as_f64().unwrap() / 1_000.0;
            let place = if share >= 100.0 { "max".to_owned() } else { format!("{share} %") };
            let Some(row) = spectrum.places.iter().position(|one| *one == place) else {
                // Beyond the percentile that leaves one value above it there is only the maximum.
                assert!(share > 99.0, "{place} is missing");
                continue;
            };
            if let Some(value) = spectrum.values(name)[row] {
                assert_eq!(Some(value), percentile["ns"].as_f64(), "{name} {place}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 20, "{compared} percentiles were compared");
}

#[test]
fn deviations_are_shown_with_their_difference_and_thresholds_as_lines() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Faulty::start("rongcloud/success-code-0"));
    let plan = folder.path().join("held.load.yaml");
    std::fs::write(&plan, PLAN).unwrap();
    let plan = plan.display().to_string();
    let record = load(folder.path(), Some(&server), &[&plan]);
    let Some(seen) = open(&folder.path().join("report.html"), ASK) else { return };
    seen.charts.iter().for_each(Chart::is_true);
    let troubles = chart(&seen, "troubles");
    assert_eq!(troubles.names(), ["deviating"]);
    let deviating: f64 = numbers(&record, "/counts/deviating").into_iter().flatten().sum();
    assert!(deviating > 0.0, "the server answers wrongly");
    assert!(seen.text.contains(&format!("{} ×", record["deviations"][0]["count"])), "{}", seen.text);
    assert!(seen.text.contains("proofhouse sign --api rongcloud"), "a line that sends it again");
    for id in ["latency", "spectrum"] {
        assert_eq!(chart(&seen, id).rules, ["p99 ≤ 2s"], "{id}");
    }
    assert!(chart(&seen, "rates").rules.iter().any(|rule| rule.contains("documented 100")), "the documented rate");
}

const PLAN: &str = "version: 1
api: rongcloud
phases:
  - { warm_up: 50, duration: 1s }
  - { name: steady, constant: 80, duration: 3s }
mix:
  - { case: rongcloud/plain }
thresholds: { p99: 2s, deviations: 0 }
";

#[test]
fn a_closed_run_is_labelled_in_every_chart() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path(), None, &["--api", "rongcloud", "--rate", "max", "--connections", "2", "--duration", "2s"]);
    let Some(seen) = open(&folder.path().join("report.html"), ASK) else { return };
    assert!(seen.charts.len() >= 4);
    for chart in &seen.charts {
        chart.is_true();
        assert!(chart.marks.contains(&"closed".to_owned()), "{}: {:?}", chart.id, chart.marks);
    }
    assert_eq!(chart(&seen, "rates").names(), ["sent"], "nothing is offered");
}
