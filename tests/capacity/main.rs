//! `proofhouse capacity` from outside: searches that end early for a reason, against servers whose law is known.
//!
//! How good the estimate is, is tested in virtual time; a machine that runs tests has no steady capacity. Here nothing is
//! asserted on the real clock.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../built_binary/mod.rs"]
mod built_binary;
mod changes;

use std::borrow::Cow;
use std::fs;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use built_binary::{proofhouse, with_credentials};
use proofhouse::reference::law::{Answer, Law, LawServer, Servers, Settings, fixed_reply};
use serde_json::Value;

const ACCEPTED: &str = "{\"code\":200}";

/// A report directory of one test, gone when it is dropped.
struct Reports(PathBuf);

impl Reports {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("proofhouse-capacity-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.0.join("report.json")).unwrap()).unwrap()
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server with one worker that takes five milliseconds for each request.
fn slow_server(answer: Answer) -> LawServer {
    let settings = Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        law: Law::Constant(Duration::from_millis(5)),
        servers: Servers::Count(NonZeroU32::MIN),
        seed: 1,
        keep_arrivals: 0,
    };
    LawServer::start(&settings, answer).unwrap()
}

/// A limit that no machine is too busy for.
const PATIENT: [&str; 2] = ["--p99", "2s"];

fn reply(code: u32) -> Cow<'static, [u8]> {
    let body = format!("{{\"code\":{code}}}");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
    Cow::Owned(format!("{head} {}\r\n\r\n{body}", body.len()).into_bytes())
}

fn search(reports: &Path, target: &str, arguments: &[&str]) -> Output {
    let mut command: Command = proofhouse();
    command.args(["capacity", "--api", "rongcloud", "--target", target, "--report-dir"]).arg(reports).args(arguments);
    command.stdin(Stdio::null());
    with_credentials(&mut command).output().unwrap()
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_rate_that_was_allowed_at_most_is_a_lower_bound_and_renders_again() {
    let server = slow_server(fixed_reply(ACCEPTED));
    let reports = Reports::new("highest");
    let mut arguments = vec!["--highest", "20", "--require", "15", "--max-time", "2m", "--format", "junit,text,ndjson"];
    arguments.extend(PATIENT);
    let output = search(&reports.0, &url(server.address()), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    assert!(
        out(&output).lines().next().unwrap().contains("at least 20.0/s; required 15.0/s: carried"),
        "{}",
        out(&output)
    );
    assert!(err(&output).contains("takes at most 2m"), "{}", err(&output));
    let record = reports.record();
    assert_eq!(record["record"], "capacity");
    assert_eq!((&record["result"]["kind"], &record["required"]["verdict"]), (&"at_least".into(), &"met".into()));
    let rates = record["trials"].as_array().unwrap().iter().map(|trial| trial["rate"].as_f64().unwrap());
    assert!(rates.fold(0.0, f64::max) <= 20.0, "{record}");
    assert!(fs::read_to_string(reports.0.join("junit.xml")).unwrap().contains("carries 15.0/s"));
    let again = proofhouse().arg("report").arg(&reports.0).output().unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    assert_eq!(out(&again), fs::read_to_string(reports.0.join("report.txt")).unwrap());
}

#[test]
fn thresholds_that_break_even_at_the_lowest_rate_are_a_violation() {
    let mut count = 0u64;
    let server = slow_server(Box::new(move |_| {
        count += 1;
        reply(if count.is_multiple_of(2) { 1002 } else { 200 })
    }));
    let reports = Reports::new("below");
    let arguments = [&["--max-time", "2m"], &PATIENT[..]].concat();
    let output = search(&reports.0, &url(server.address()), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    let record = reports.record();
    assert_eq!((&record["result"]["kind"], &record["result"]["broke"]), (&"below".into(), &"deviations".into()));
    assert!(fs::read_to_string(reports.0.join("junit.xml")).unwrap().contains("failures=\"1\""));
}

#[test]
fn a_target_that_admits_nothing_has_no_number() {
    let server = slow_server(fixed_reply("{\"code\":1004}"));
    let reports = Reports::new("nothing");
    let output = search(&reports.0, &url(server.address()), &["--max-time", "2m"]);
    assert_eq!(output.status.code(), Some(3), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("NO NUMBER") && out(&output).contains("refused 1004"), "{}", out(&output));
    assert_eq!(reports.record()["result"]["rate"], Value::Null);
}

#[test]
fn a_target_that_is_not_there_has_no_number() {
    let address = slow_server(fixed_reply(ACCEPTED)).address();
    let reports = Reports::new("gone");
    let output = search(&reports.0, &url(address), &["--max-time", "2m"]);
    assert_eq!(output.status.code(), Some(3), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("nothing answers"), "{}", out(&output));
}

#[test]
fn a_target_that_refuses_for_the_rate_breaks_on_its_limit() {
    // Every fourth of the requests that come less than a twentieth of a second after the one before.
    let (mut last, mut count) = (Duration::ZERO, 0u64);
    let server = slow_server(Box::new(move |arrived| {
        let close = arrived.at.saturating_sub(last) < Duration::from_millis(50);
        last = arrived.at;
        count += 1;
        reply(if close && count.is_multiple_of(4) { 1008 } else { 200 })
    }));
    let reports = Reports::new("limited");
    let arguments = [&["--lowest", "5", "--highest", "60", "--max-time", "40s"], &PATIENT[..]].concat();
    let output = search(&reports.0, &url(server.address()), &arguments);
    let record = reports.record();
    assert_eq!(record["result"]["broke"], "limit", "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("refused because of the rate"), "{}", out(&output));
}

#[test]
fn more_than_the_documented_rate_on_a_vendors_host_has_to_be_allowed() {
    let reports = Reports::new("vendor");
    for arguments in [&[][..], &["--highest", "101"]] {
        let output = search(&reports.0, "https://api.rong-api.com", arguments);
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
        assert!(err(&output).contains("--allow-overload api.rong-api.com"), "{}", err(&output));
    }
}

#[test]
fn bounds_that_contradict_each_other_send_nothing() {
    let reports = Reports::new("bounds");
    for (arguments, said) in [
        (&["--highest", "5"][..], "--lowest"),
        (&["--p99", "0s"], "above zero"),
        (&["--max-time", "1s"], "10s"),
        (&["--errors", "0.1"], "0.1%"),
        (&["--p99", "1ms", "--p99-times", "3"], "cannot be used with"),
        (&["--require", "-3"], "unexpected argument"),
    ] {
        let output = search(&reports.0, "http://127.0.0.1:1", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(said), "{arguments:?}: {}", err(&output));
    }
    assert!(!reports.0.exists());
}
