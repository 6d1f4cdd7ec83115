//! The load engine against the law server, with its records written as it runs: all three count the same.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use proofhouse::clock::Clock;
use proofhouse::exchange::{Pieces, Request};
use proofhouse::load::{
    Arrivals, Case, Class, Destination, Event, Finished, Judged, Load, Phase, Plan, Rate, Refusal, Setup, Signing,
    Stop, Stretch, Transport, Users, run,
};
use proofhouse::record::hlog::{HistogramLog, percentile_table};
use proofhouse::record::journal::{Journal, Journalled};
use proofhouse::record::load::{self, End, Second, Start};
use proofhouse::record::{Authentication, SchemeName, hlog, journal};
use proofhouse::reference::law::{Law, LawServer, Servers, Settings, fixed_reply};

fn plan(rate: f64, millis: u64) -> Plan {
    let rate = Rate::per_second(rate).unwrap();
    let phase = Phase::constant("steady", Stretch::Steady, rate, Duration::from_millis(millis));
    Plan::new(Load::Open { phases: vec![phase], arrivals: Arrivals::Constant })
}

fn setup(server: &LawServer, plan: Plan) -> Setup {
    Setup {
        plan,
        destination: Destination {
            address: server.address(),
            host: "localhost".into(),
            path_prefix: String::new(),
            transport: Transport::Plain,
        },
        cases: vec![Case {
            name: "get".into(),
            weight: 1,
            request: Request { method: "GET".into(), path: "/".into(), headers: Vec::new(), body: Pieces::new() },
            signing: Signing::None,
            users: Users::Numbered { prefix: "u".into(), pool: NonZeroU32::MIN },
        }],
        judge: Arc::new(|_, reply| {
            let class = Class::Deviating { shape: format!("status {}", reply.status), refusal: Refusal::No };
            Judged { class, outcome: "odd".into() }
        }),
        clock: Clock::System,
        run_number: 7,
    }
}

fn law(law: Law) -> LawServer {
    let listen = "127.0.0.1:0".parse().unwrap();
    let settings = Settings { listen, law, servers: Servers::Unlimited, seed: 3, keep_arrivals: 0 };
    LawServer::start(&settings, fixed_reply("{}")).unwrap()
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
    let server = law(Law::Exponential(Duration::from_millis(3)));
    let (finished, lines, histograms) = recorded(&setup(&server, plan(500.0, 2_300)));
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
    assert_eq!((logged("response/steady/get/deviating"), logged("lag/"), logged("wait/")), (sent, sent, sent));

    let mut table = Vec::new();
    percentile_table(&mut table, finished.responses().histogram()).unwrap();
    assert!(String::from_utf8(table).unwrap().contains(&format!("Total count    = {sent:12}]")));
}

#[test]
fn replies_of_a_law_server_are_never_early() {
    let server = law(Law::Constant(Duration::from_millis(20)));
    let finished = run(&setup(&server, plan(200.0, 500)), &Stop::default(), |_| {}).unwrap();
    let fastest = finished.responses().quantile(0.0).unwrap().value();
    // Three digits of the histogram: 20 ms may read as 19.98.
    assert!(fastest >= Duration::from_micros(19_900), "{fastest:?}");
    assert_eq!(server.stop().requests, 100);
}
