//! The load engine against the law server, with its records written as it runs: all three count the same.

use std::fs::File;
use std::num::NonZeroU32;
use std::time::Duration;

use proofhouse::load::{Event, Fate, Finished, Measure, Percentile, Plan, Setup, Stop, run};
use proofhouse::record::hlog::{HistogramLog, percentile_table};
use proofhouse::record::journal::{Journal, Journalled};
use proofhouse::record::load::{self, End, Second, Start};
use proofhouse::record::{Authentication, SchemeName, hlog, journal};
use proofhouse::reference::law::{Law, LawServer, Servers, Settings, fixed_reply};

use crate::setup::{setup, steady};

fn law(law: Law, reply: &str) -> LawServer {
    let listen = "127.0.0.1:0".parse().unwrap();
    let settings = Settings { listen, law, servers: Servers::Unlimited, seed: 3, keep_arrivals: 0 };
    LawServer::start(&settings, fixed_reply(reply)).unwrap()
}

fn settings() -> load::Settings {
    load::Settings {
        proofhouse: "0".into(),
        api: "none".into(),
        authentication: Authentication { scheme: SchemeName::Header, names: Vec::new() },
        target: "http://localhost".into(),
        trusted: proofhouse::record::Trusted::default(),
        built_in: false,
        plan: None,
        suite: None,
        mix: Vec::new(),
        arrivals: None,
        connections: 1,
        requests_per_connection: None,
        pacing: "auto".into(),
        seed: 0,
        timeout_ns: 0,
        documented: None,
        lag_bound_ns: None,
        thresholds: Vec::new(),
    }
}

/// Runs with both records written to files, and reads these.
fn recorded(setup: &Setup) -> (Finished, Vec<u8>, Vec<u8>) {
    let folder = std::env::temp_dir().join(format!("load-records-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (lines, histograms) = (folder.join("journal.ndjson"), folder.join("load.hlog"));
    let mut records = None;
    let finished = run(setup, &Stop::default(), |event| match event {
        Event::Started(start) => {
            let first = Start::new(start, settings());
            let journal = Journal::begin(File::create(&lines).unwrap(), first).unwrap();
            records =
                Some((journal, HistogramLog::begin(File::create(&histograms).unwrap(), start).unwrap(), start.clone()));
        }
        Event::Second(second) => {
            let (journal, log, started) = records.as_mut().unwrap();
            journal.second(Second::from(&second)).unwrap();
            log.second(&second, started).unwrap();
        }
    })
    .unwrap();
    records.unwrap().0.end(End::from(&finished)).unwrap();
    let read = (std::fs::read(lines).unwrap(), std::fs::read(histograms).unwrap());
    std::fs::remove_dir_all(folder).unwrap();
    (finished, read.0, read.1)
}

#[test]
fn server_engine_journal_and_histogram_log_count_the_same() {
    let server = law(Law::Exponential(Duration::from_millis(3)), "odd");
    let (finished, lines, histograms) = recorded(&setup(steady(500.0, 2_300), server.address()));
    let sent = finished.ledger.total().sent;
    assert_eq!(sent, 1_150);
    assert_eq!(server.stop().requests, sent);

    let Journalled { seconds, end, .. } = journal::read(&lines[..]).unwrap();
    let end = end.unwrap();
    assert_eq!(end.counts[0].counts.sent, sent);
    let sum: u64 = seconds.iter().flat_map(|second| &second.counts).map(|counts| counts.counts.sent).sum();
    assert_eq!(sum, sent);
    let found: u64 = seconds.iter().flat_map(|second| &second.found).map(|found| found.within).sum();
    assert_eq!(found, sent);
    let examples: usize = seconds.iter().flat_map(|second| &second.found).map(|found| found.examples.len()).sum();
    assert_eq!(examples, 3);
    assert_eq!(end.measures[0].count, sent);

    let intervals = hlog::read(&histograms);
    let logged = |tag: &str| -> u64 {
        intervals.iter().filter(|line| line.tag.starts_with(tag)).map(|line| line.durations.len()).sum()
    };
    assert_eq!((logged("response/steady/set/deviating"), logged("lag/"), logged("wait/")), (sent, sent, sent));

    let mut table = Vec::new();
    percentile_table(&mut table, finished.responses().histogram()).unwrap();
    assert!(String::from_utf8(table).unwrap().contains(&format!("Total count    = {sent:12}]")));
}

#[test]
fn replies_of_a_law_server_are_never_early() {
    let server = law(Law::Constant(Duration::from_millis(20)), "ok");
    let finished = run(&setup(steady(200.0, 500), server.address()), &Stop::default(), |_| {}).unwrap();
    let fastest = finished.responses().quantile(0.0).unwrap().value();
    // Three digits of the histogram: 20 ms may read as 19.98.
    assert!(fastest >= Duration::from_micros(19_900), "{fastest:?}");
    assert_eq!(server.stop().requests, 100);
}

#[test]
fn a_freeze_against_64_connections_is_sound_and_its_percentiles_are_true() {
    let freeze = Law::Freeze {
        service: Duration::from_millis(1),
        stall: Duration::from_millis(500),
        every: Duration::from_secs(1),
    };
    let server = law(freeze, "ok");
    // The bound is far above the lag of a busy machine and far below what the freeze would add to it.
    let plan = Plan {
        connections: NonZeroU32::new(64).unwrap(),
        lag_bound: Some(Duration::from_millis(250)),
        ..steady(1_000.0, 1_000)
    };
    let finished = run(&setup(plan, server.address()), &Stop::default(), |_| {}).unwrap();
    let total = finished.ledger.total();
    assert_eq!((total.planned, total.sent, total.of(Fate::AsExpected)), (1_000, 1_000, 1_000));
    assert_eq!(server.stop().requests, 1_000);
    assert!(finished.soundness.is_sound(), "{:?}", finished.soundness.causes);
    // A closed model would have seen 64 slow requests of a thousand: its p90 would be a millisecond.
    for quantile in [0.6, 0.75, 0.9, 0.95] {
        let Some(Percentile::Exact(reported)) = finished.responses().quantile(quantile) else {
            panic!("a lower bound")
        };
        let law = freeze.response(quantile);
        assert!(reported >= law.mul_f64(0.95), "{quantile}: {reported:?}, by the law {law:?}");
    }
    let wait = finished.distribution(Measure::Wait).max().unwrap().value();
    assert!(wait >= Duration::from_millis(300), "{wait:?}");
}
