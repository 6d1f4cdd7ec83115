//! `proofhouse load` from outside, against the built-in reference and against servers that misbehave in known ways.
//!
//! No test asserts a time on the real clock: the lag bound is far beyond what a busy machine does, and counts are exact.

use std::fs;
use std::process::Stdio;

use proofhouse::secret::Redactor;
use serde_json::Value;

use crate::built_binary::proofhouse;
use crate::process::{Reports, SECRET, against, command, err, first_line, out, with_secret};
use crate::server::{Answer, WrongServer, reply};

#[test]
fn without_a_target_the_built_in_reference_is_driven_and_every_output_says_so() {
    let reports = Reports::new("built-in");
    let output =
        command(&reports, &["--api", "tencent", "--rate", "200", "--duration", "1s", "--format", "text,junit"])
            .output()
            .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    assert!(first_line(&output).contains("[built-in]"), "{}", first_line(&output));
    assert!(reports.text("report.txt").lines().next().unwrap().contains("[built-in]"));
    assert!(reports.text("junit.xml").lines().nth(1).unwrap().contains("[built-in]"));
    let record = reports.record();
    assert_eq!(record["totals"]["judged"]["sent"], 200);
    assert_eq!(record["totals"]["judged"]["as_expected"], 200);
    assert_eq!(record["settings"]["built_in"], true);
    for name in ["journal.ndjson", "load.hlog", "response.hgrm", "service.hgrm", "lag.hgrm", "wait.hgrm"] {
        assert!(reports.0.join(name).is_file(), "{name}");
    }
}

#[test]
fn the_closed_model_is_called_closed_everywhere() {
    let reports = Reports::new("closed");
    let arguments =
        ["--api", "nexconn", "--rate", "max", "--duration", "1s", "--connections", "4", "--format", "text,junit"];
    let output = command(&reports, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    assert!(first_line(&output).contains("closed"));
    assert!(reports.text("junit.xml").lines().nth(1).unwrap().contains("closed"));
    let record = reports.record();
    assert_eq!(record["model"], "closed");
    assert_eq!(record["soundness"]["lag_bound_ns"], Value::Null);
    assert_eq!(record["totals"]["all"]["planned"], record["totals"]["all"]["sent"]);
}

#[test]
fn three_ways_of_answering_wrongly_are_three_groups_with_exact_counts() {
    let server = WrongServer::start(|number| match number % 100 {
        7 => Answer::Reply(reply(200, "{\"code\":1002}")),
        33 => Answer::Reply(reply(200, &format!("{{\"message\":\"request {number} failed badly\"}}"))),
        66 => Answer::Reply(reply(203, "{\"code\":200}")),
        _ => Answer::Reply(reply(200, "{\"code\":200}")),
    });
    let reports = Reports::new("wrong");
    // At the documented rate or below it no refusal is the limit at work.
    let output = against(&server, &reports, &["--rate", "100", "--duration", "2s"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    assert_eq!(server.requests(), 200);
    let record = reports.record();
    let groups = record["deviations"].as_array().unwrap();
    let counts: Vec<u64> = groups.iter().map(|group| group["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [2, 2, 2], "{groups:#?}");
    assert_eq!(record["totals"]["judged"]["deviating"], 6);
    for group in groups {
        let example = &group["examples"][0];
        assert!(!example["mismatches"].as_array().unwrap().is_empty(), "{example}");
        assert!(example["request"].as_str().unwrap().contains("Signature: ****"), "{example}");
    }
    let shown = out(&output);
    assert!(shown.contains("-   \"code\": 200") && shown.contains("+   \"code\": 1002"), "{shown}");
    assert!(shown.contains("curl -sS -K <(proofhouse sign --api rongcloud --format curl)"), "{shown}");
    let junit = reports.text("junit.xml");
    assert!(junit.contains("failures=\"1\"") && junit.contains("deviations ≤ 0"), "{junit}");
}

#[test]
fn a_refusal_that_comes_only_above_the_documented_rate_is_the_limit() {
    let server = WrongServer::start(|number| match number % 10 {
        3 => Answer::Reply(reply(200, "{\"code\":1009}")),
        5 => Answer::Reply(reply(200, "{\"code\":1008}")),
        _ => Answer::Reply(reply(200, "{\"code\":200}")),
    });
    let reports = Reports::new("limited");
    let output = against(&server, &reports, &["--rate", "300", "--duration", "1s"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    let judged = &reports.record()["totals"]["judged"];
    assert_eq!((&judged["limited"], &judged["learned"]), (&30.into(), &30.into()));
}

#[test]
fn a_dead_target_is_nothing_sent() {
    let reports = Reports::new("dead");
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}");
    let arguments = ["--api", "rongcloud", "--target", &url, "--rate", "50", "--duration", "1s"];
    let output = with_secret(&mut command(&reports, &arguments)).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("nothing was sent: no connection"), "{}", out(&output));
    let warning = format!("warning: nobody accepts connections at {url} so far; is it started");
    assert!(err(&output).contains(&warning), "{}", err(&output));
    assert_eq!(reports.record()["totals"]["judged"]["unsent"], 50);
}

#[test]
fn a_frozen_target_breaks_thresholds_and_the_run_stays_sound() {
    let server = WrongServer::start(|_| Answer::Silence);
    let reports = Reports::new("frozen");
    let output =
        against(&server, &reports, &["--rate", "50", "--duration", "1s", "--timeout", "300ms", "--connections", "2"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    let record = reports.record();
    let judged = &record["totals"]["judged"];
    let count = |name: &str| judged[name].as_u64().unwrap();
    assert_eq!(record["soundness"]["sound"], true);
    assert_eq!(count("planned"), 50);
    assert_eq!(count("as_expected"), 0);
    assert_eq!(count("planned"), count("sent") + count("shed") + count("unsent") + count("abandoned"));
    let shown = out(&output);
    assert!(shown.contains("≥") && shown.contains("all 2 connections were busy"), "{shown}");
}

#[test]
fn no_file_of_the_report_holds_a_secret_that_the_target_echoes() {
    let server = WrongServer::echoing(|request| {
        let signature = request.lines().find_map(|line| line.strip_prefix("Signature: ")).unwrap_or_default();
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        let body = serde_json::json!({
            "code": SECRET,
            "plain": SECRET,
            "quoted": format!("\"{SECRET}\""),
            "percent": SECRET.replace('/', "%2F").replace('+', "%2B"),
            "hex": hex,
            "base64": "czNjcmV0L1kxVzIrZUZ3d3c=",
            "signature": signature,
        });
        reply(200, &body.to_string()).replace("Content-Type", &format!("X-Echo: {SECRET} {signature}\r\nContent-Type"))
    });
    let reports = Reports::new("secrets");
    let output = against(&server, &reports, &["--rate", "20", "--duration", "1s", "--format", "text,markdown"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    let signatures = server.signatures();
    assert_eq!(signatures.len(), 20);
    let redactor = Redactor::new([SECRET].into_iter().chain(signatures.iter().map(String::as_str)));
    assert!(!redactor.finds(&output.stdout) && !redactor.finds(&output.stderr), "{}", out(&output));
    let mut files = 0;
    for entry in fs::read_dir(&reports.0).unwrap() {
        let path = entry.unwrap().path();
        assert!(!redactor.finds(&fs::read(&path).unwrap()), "{}", path.display());
        files += 1;
    }
    assert!(files >= 8);
}

#[test]
fn a_plan_from_a_file_draws_from_the_embedded_suite() {
    let reports = Reports::new("mix");
    fs::create_dir_all(&reports.0).unwrap();
    let plan = reports.0.join("own.load.yaml");
    let text = "version: 1\napi: nexconn\nrate: 200\nphases:\n  - { constant: rate, duration: 1s }\nmix:\n  \
                - { case: nexconn/plain, weight: 3 }\n  - { case: 'nexconn/profile/length[[]field=name,text=ascii,at=over]' }\n\
                thresholds: { limited: 0, achieved: 99 %, max: 1h }\n";
    fs::write(&plan, text.replace("[[]", "[")).unwrap();
    let output = proofhouse()
        .arg("load")
        .arg(&plan)
        .args(["--lag-bound", "1h", "--report-dir"])
        .arg(&reports.0)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    let record = reports.record();
    assert_eq!(record["totals"]["judged"]["as_expected"], 200);
    assert_eq!(record["thresholds"].as_array().unwrap().len(), 6);
    let refused = record["outcomes"].as_array().unwrap().iter();
    let refused = refused.filter(|one| one["outcome"].as_str().unwrap().starts_with("refused"));
    assert!(refused.map(|one| one["count"].as_u64().unwrap()).sum::<u64>() > 20);
}
