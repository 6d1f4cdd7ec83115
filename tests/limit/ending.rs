//! Runs that do not end as planned: an interrupt, a target that goes away, one that never answers.

use std::io::{BufRead, BufReader, Read};
use std::process::Command;

use crate::process::{Reports, begin, err, out};
use crate::server::{Answer, LimitedServer};

const SOUND: &str = "token-bucket:rate=60,burst=30";

#[test]
fn an_interrupt_ends_the_run_in_order_with_everything_written() {
    let (server, reports) = (LimitedServer::start(SOUND, Answer::Silence), Reports::new("interrupt"));
    let mut child = begin(&server.url(), &reports, &["--documented", "50", "--format", "junit,text,ndjson"]);
    // The first probe that is told has begun.
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("90 %") {
        line.clear();
        assert!(errors.read_line(&mut line).unwrap() > 0, "it ended before its second probe");
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}{rest}", out(&output));
    assert!(out(&output).lines().next().unwrap().contains("INTERRUPTED"), "{}", out(&output));
    let record = reports.record();
    assert_eq!((&record["ending"], &record["exit_code"]), (&"interrupted".into(), &130.into()));
    assert!(record["findings"].as_array().unwrap().is_empty(), "{record}");
    let sent: u64 =
        record["probes"].as_array().unwrap().iter().map(|one| one["counts"]["sent"].as_u64().unwrap()).sum();
    assert!(sent > 0 && sent <= server.requests(), "{sent} of {}", server.requests());
    for file in ["junit.xml", "report.txt", "report.ndjson"] {
        assert!(reports.0.join(file).exists(), "{file}");
    }
}

#[test]
fn a_target_that_goes_away_or_never_answers_gets_a_reason_and_no_number() {
    // Below the limit already, and in the midst of the excess.
    let early = LimitedServer::that_goes_away("none", 120);
    let late = LimitedServer::that_goes_away("none", 900);
    let silent = LimitedServer::silent();
    let told = ["stopped answering", "did not take connections", "not one request was answered"];
    let runs: Vec<_> = [("early", &early), ("late", &late), ("silent", &silent)]
        .into_iter()
        .map(|(name, server)| {
            let reports = Reports::new(name);
            let child = begin(&server.url(), &reports, &["--documented", "50", "--timeout", "1s"]);
            (name, reports, child)
        })
        .collect();
    for (name, reports, child) in runs {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{name}: {}{}", out(&output), err(&output));
        assert!(told.iter().any(|told| out(&output).contains(told)), "{name}: {}", out(&output));
        let fingerprint = &reports.record()["fingerprint"];
        assert_eq!((&fingerprint["kind"], &fingerprint["rate"]), (&"undetermined".into(), &serde_json::Value::Null));
    }
}
