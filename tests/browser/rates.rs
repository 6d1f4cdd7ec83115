//! The pages of a search for the capacity, of a measured limit and of a comparison of runs: values of the record, in
//! charts and columns.

use serde_json::Value;

use super::chromium::open;
use super::load::chart;
use super::reports::{Faulty, proofhouse, record, run};

fn percentile(point: &Value, of_100_000: u64) -> Option<f64> {
    let found = point["percentiles"].as_array().unwrap().iter().find(|one| one["of_100_000"] == of_100_000);
    found.and_then(|one| one["ns"].as_f64())
}

#[test]
fn the_curve_and_the_search_show_every_trial() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = proofhouse(folder.path());
    command.args(["capacity", "--api", "rongcloud", "--highest", "60", "--max-time", "20s", "--p99", "5s"]);
    run(command.args(["--report-dir", "."]), &[0, 1, 3]);
    let record = record(folder.path());
    let Some(seen) = open(&folder.path().join("report.html"), "return null;") else { return };
    for chart in &seen.charts {
        chart.is_true();
        assert_eq!(chart.marks, ["built-in"], "{}", chart.id);
    }
    assert!(seen.text.contains(record["result"]["said"].as_str().unwrap()), "{}", seen.text);
    let trials = record["trials"].as_array().unwrap();
    let drawn = chart(&seen, "trials");
    let shown: usize = drawn.names().iter().map(|name| drawn.values(name).iter().flatten().count()).sum();
    assert_eq!(shown, trials.len());
    for (name, verdict) in [("met", "met"), ("broken", "broken"), ("not judged", "unjudged")] {
        let expected = trials.iter().map(|trial| trial["rate"].as_f64().filter(|_| trial["verdict"] == verdict));
        let expected: Vec<Option<f64>> = expected.collect();
        if expected.iter().any(Option::is_some) {
            assert_eq!(drawn.values(name), expected, "{name}");
        }
    }
    let points = record["curve"].as_array().unwrap();
    if points.is_empty() {
        return;
    }
    let curve = chart(&seen, "curve");
    for (name, of_100_000) in [("p50", 50_000), ("p99", 99_000), ("p99.9", 99_900)] {
        let expected: Vec<Option<f64>> = points.iter().map(|point| percentile(point, of_100_000)).collect();
        assert_eq!(curve.values(name), expected, "{name}");
    }
    assert_eq!(curve.rules, ["p99 ≤ 5.00s"]);
}

#[test]
fn a_comparison_has_both_sides_in_columns() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Faulty::start("rongcloud/portrait-uri-128"));
    for run_of in ["base-1", "base-2", "head-1", "head-2"] {
        let mut command = proofhouse(folder.path());
        command.args(["load", "--api", "rongcloud", "--rate", "80", "--warm-up", "0s", "--duration", "2s", "-q"]);
        command.args(["--lag-bound", "1h", "--report-dir", run_of]);
        run(server.target(&mut command), &[0, 1]);
    }
    let sides = ["--base", "base-1", "--base", "base-2", "--head", "head-1", "--head", "head-2"];
    run(proofhouse(folder.path()).arg("compare").args(sides).args(["--report-dir", "both"]), &[0, 1, 3]);
    let record = record(&folder.path().join("both"));
    let ask = "return [...page.document.querySelectorAll('.latencies tbody tr')].map((row) => \
               ({ what: row.cells[0].textContent, said: row.cells[5].textContent, drawn: Boolean(row.querySelector('svg title')) }));";
    let Some(seen) = open(&folder.path().join("both/report.html"), ask) else { return };
    let changes = record["latencies"].as_array().unwrap();
    let rows = seen.asked.as_array().unwrap();
    assert_eq!(rows.len(), changes.len(), "each percentile, in the order of the record");
    for (row, change) in rows.iter().zip(changes) {
        let percentile = format!("p{}", change["of_100_000"].as_f64().unwrap() / 1_000.0);
        assert!(row["what"].as_str().unwrap().starts_with(&percentile), "{row}");
        assert_eq!(row["drawn"], !change["interval"].is_null(), "{row}");
    }
    for side in ["base-1", "base-2", "head-1", "head-2"] {
        assert!(seen.text.contains(side), "{side}");
    }
}

#[test]
fn what_a_limiter_admits_is_drawn_as_it_was_counted() {
    let folder = tempfile::tempdir().unwrap();
    run(proofhouse(folder.path()).args(["limit", "--api", "tencent", "--quick", "--report-dir", "."]), &[0, 1, 3]);
    let record = record(folder.path());
    let Some(seen) = open(&folder.path().join("report.html"), "return null;") else { return };
    seen.charts.iter().for_each(super::chart::Chart::is_true);
    assert!(seen.text.contains(record["fingerprint"]["words"].as_str().unwrap()), "{}", seen.text);
    let seconds = record["seconds"].as_array().unwrap();
    let drawn = chart(&seen, "seconds");
    for (name, at) in [("admitted", "/counts/admitted"), ("refused", "/counts/refused"), ("offered", "/offered")] {
        let expected = seconds.iter().map(|second| second.pointer(at).and_then(Value::as_f64));
        assert_eq!(drawn.values(name), expected.collect::<Vec<_>>(), "{name}");
    }
    let admitted: Vec<f64> = chart(&seen, "admitted").values("admitted").iter().flatten().copied().collect();
    let probes = record["probes"].as_array().unwrap().iter();
    let long = probes.filter(|probe| probe["duration_ns"].as_u64().unwrap() >= 1_000_000_000);
    let mut expected: Vec<&Value> = long.filter(|probe| probe["counts"]["sent"].as_u64().unwrap() > 0).collect();
    expected.retain(|probe| probe["offered"].as_f64().unwrap() > 0.0);
    expected.sort_by(|a, b| a["offered"].as_f64().unwrap().total_cmp(&b["offered"].as_f64().unwrap()));
    let expected: Vec<f64> = expected.iter().map(|probe| probe["admitted_rate"].as_f64().unwrap()).collect();
    assert_eq!(admitted, expected);
}
