//! An hour of load that was killed, and a server that is out to break the page.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::Duration;

use hdrhistogram::Histogram;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use proofhouse::record::journal::Journal;
use proofhouse::record::load::{
    Cost, Counts, Example, Found, MixedCase, Percentile, Phase, PhaseCounts, Second, Settings, Start, Summary,
    Threshold,
};
use proofhouse::record::{Authentication, MismatchKind, MismatchRecord, SchemeName, Trusted};

use super::chromium::open;
use super::load::chart;
use super::reports::{proofhouse, run};

const SECONDS: u64 = 3_600;
/// What must stay text wherever it comes up.
const HOSTILE: &str =
    "<img src=x onerror=\"parent.injected=1;window.injected=1\"></script><script>window.injected=1</script>";

fn start() -> Start {
    Start {
        version: 1,
        model: "open".into(),
        phases: vec![Phase {
            name: "steady".into(),
            stretch: "steady".into(),
            duration_ns: (SECONDS + 60) * 1_000_000_000,
        }],
        cases: vec!["rongcloud/plain".into()],
        threads: 1,
        spin_ns: 0,
        started_ms: 1_782_909_005_250,
        settings: Settings {
            proofhouse: "0.1.0".into(),
            api: "rongcloud".into(),
            authentication: Authentication { scheme: SchemeName::AppKeySha1, names: vec!["Signature".into()] },
            target: "http://127.0.0.1:8650".into(),
            built_in: false,
            trusted: Trusted::default(),
            plan: Some("an-hour".into()),
            suite: None,
            mix: vec![MixedCase { address: "rongcloud/plain".into(), share: 1.0 }],
            arrivals: Some("constant".into()),
            connections: 64,
            requests_per_connection: None,
            pacing: "auto".into(),
            seed: 1,
            timeout_ns: 10_000_000_000,
            documented: Some(100.0),
            lag_bound_ns: None,
            thresholds: Threshold::defaults(),
        },
    }
}

fn second(number: u64) -> Second {
    let ns = 1_000_000 + number * 1_000;
    let summary = |measure: &str, ns: u64| Summary {
        measure: measure.into(),
        count: 100,
        mean_ns: ns,
        percentiles: [50_000, 99_000, 100_000]
            .map(|of_100_000| Percentile { of_100_000, ns: ns + u64::from(of_100_000), at_least: false })
            .to_vec(),
    };
    let deviating = u64::from(number.is_multiple_of(10));
    let counts = Counts { planned: 100, sent: 100, as_expected: 100 - deviating, deviating, ..Counts::default() };
    let found = |fate: &str, shape: Option<&str>, within, examples| Found {
        case: 0,
        phase: 0,
        outcome: HOSTILE.into(),
        fate: fate.into(),
        shape: shape.map(ToOwned::to_owned),
        may_be_limit: false,
        within,
        above: 0,
        examples,
    };
    let mut all = vec![found("as expected", None, 100 - deviating, Vec::new())];
    if deviating > 0 {
        all.push(found("deviating", Some(HOSTILE), deviating, if number < 40 { vec![example()] } else { Vec::new() }));
    }
    Second {
        number,
        offered: 100.0,
        counts: vec![PhaseCounts { phase: 0, counts }],
        measures: vec![summary("response", ns), summary("lag", 20_000)],
        found: all,
        cost: Cost::default(),
    }
}

fn example() -> Example {
    Example {
        case: None,
        user: None,
        unique: None,
        index: 1,
        intended_ns: 1,
        released_ns: 2,
        dispatched_ns: 3,
        finished_ns: 4_000_000,
        offered: 100.0,
        request: format!("POST /user/profile/set.json HTTP/1.1\r\nHost: x\r\n\r\n{HOSTILE}"),
        status: 200,
        headers: vec![("x".into(), HOSTILE.into())],
        body: serde_json::json!({ "code": 200, "text": HOSTILE }).to_string(),
        mismatches: vec![MismatchRecord {
            kind: MismatchKind::WrongContent,
            at: "/text".into(),
            expected: "\"plain\" (string)".into(),
            actual: HOSTILE.into(),
        }],
    }
}

/// The histogram log of that hour, as the generator leaves it: times that scatter, drift, and stall now and then.
fn log(path: &Path) {
    let mut sink = BufWriter::new(File::create(path).unwrap());
    let mut serializer = V2DeflateSerializer::new();
    let mut log = IntervalLogWriterBuilder::new().begin_log_with(&mut sink, &mut serializer).unwrap();
    let mut state = 7_u64;
    let mut scatter = || {
        // Knuth's generator; the low bits are the poor ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(u32::MAX >> 1)
    };
    for number in 0..SECONDS {
        let stall = if number % 600 < 5 { 40.0 } else { 1.0 };
        let drift = Duration::from_millis(4).mul_f64(stall * (1.0 + number as f64 / SECONDS as f64));
        let mut of = |count: u64, unit: Duration| {
            let mut histogram = Histogram::<u32>::new(3).unwrap();
            for _ in 0..count {
                let time = unit.mul_f64(0.5 - (1.0 - scatter() * 0.999).ln());
                histogram.record(u64::try_from(time.as_nanos()).unwrap()).unwrap();
            }
            histogram
        };
        let deviating = u64::from(number.is_multiple_of(10));
        for (tag, count, unit) in [
            ("response/steady/rongcloud/plain/as_expected", 100 - deviating, drift),
            ("service/steady/rongcloud/plain/as_expected", 100 - deviating, drift.mul_f64(0.9)),
            ("response/steady/rongcloud/plain/deviating", deviating, drift),
            ("lag/steady", 100, Duration::from_micros(20)),
            ("wait/steady", 100, Duration::from_micros(10)),
        ] {
            if count > 0 {
                let (from, second) = (Duration::from_secs(number), Duration::from_secs(1));
                log.write_histogram(&of(count, unit), from, second, Tag::new(tag)).unwrap();
            }
        }
    }
}

#[test]
fn an_hour_stays_below_two_megabytes_counts_what_it_leaves_out_and_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(File::create(folder.path().join("journal.ndjson")).unwrap(), start()).unwrap();
    (0..SECONDS).for_each(|number| journal.second(second(number)).unwrap());
    drop(journal);
    log(&folder.path().join("load.hlog"));
    run(proofhouse(folder.path()).args(["report", ".", "--format", "html"]), &[0]);
    let page = folder.path().join("report.html");
    let size = std::fs::metadata(&page).unwrap().len();
    assert!(size < 2_000_000, "{size} bytes");
    let text = std::fs::read_to_string(&page).unwrap();
    let cells = text.split("data-n=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<u64>().unwrap());
    assert_eq!(cells.sum::<u64>(), SECONDS * 100, "each reply of the log lies in a cell of the heat map");
    let Some(seen) = open(&page, "return null;") else { return };
    assert_eq!(seen.injected, 0, "what a server says is text");
    assert!(seen.heading.starts_with("KILLED"), "{}", seen.heading);
    for chart in &seen.charts {
        chart.is_true();
        assert_eq!(chart.marks, ["killed"], "{}", chart.id);
    }
    let latency = chart(&seen, "latency");
    assert!(latency.note.contains("240 points stand for 3600 seconds, 3360 are left out"), "{}", latency.note);
    // The worst of 15 seconds is the last of them here.
    let worst: Vec<Option<f64>> =
        (1..=240).map(|slice| Some((1_000_000 + (slice * 15 - 1) * 1_000 + 99_000) as f64)).collect();
    assert_eq!(latency.values("p99"), worst);
    let sent: f64 = chart(&seen, "outcomes").values("as expected").iter().flatten().sum();
    assert!((sent - 359_640.0).abs() < 1e-6, "sums lose nothing: {sent}");
}
