//! `proofhouse check --replay`: what a record holds against a target is sent again, newly signed, and judged.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::built_binary::proofhouse;
use crate::process::{Reports, against, err, out, with_secret};
use crate::server::{WrongServer, reply};

/// A server that takes no request of this user, and of all others everything.
fn refusing(user: &'static str) -> WrongServer {
    WrongServer::echoing(move |request| {
        let code = if request.contains(user) { 1_002 } else { 200 };
        reply(200, &format!("{{\"code\":{code}}}"))
    })
}

fn replay(record: &Path, reports: &Reports, arguments: &[&str]) -> Output {
    let mut command = proofhouse();
    command.args(["check", "--pace", "none", "--replay"]).arg(record).arg("--report-dir").arg(&reports.0);
    with_secret(command.args(arguments)).stdin(Stdio::null()).output().unwrap()
}

/// A run in which some users are refused, and its record.
fn driven(server: &WrongServer, name: &str) -> (Reports, Value) {
    let reports = Reports::new(name);
    let output = against(server, &reports, &["--rate", "100", "--duration", "1s"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    let record = reports.record();
    (reports, record)
}

fn failing(record: &Value) -> Vec<&str> {
    let cases = record["apis"][0]["cases"].as_array().unwrap().iter();
    cases.filter(|case| case["verdict"] == "fail").map(|case| case["address"].as_str().unwrap()).collect()
}

#[test]
fn examples_of_a_load_run_are_sent_again_to_the_same_users_with_new_signatures() {
    // One user in ten: the load run's own users end in a digit.
    let server = refusing("7&");
    let (load, record) = driven(&server, "replay-load");
    let examples = record["deviations"][0]["examples"].as_array().unwrap();
    let before = server.signatures();

    let reports = Reports::new("replay-load-check");
    let output = replay(&load.0, &reports, &[]);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("3 deviating requests of"), "{}", out(&output));
    let replayed = reports.record();
    let expected: Vec<String> =
        examples.iter().map(|example| format!("rongcloud/plain[arrival={}]", example["index"])).collect();
    assert_eq!(failing(&replayed), expected);
    for example in examples {
        let user = example["user"].as_str().unwrap();
        assert!(user.ends_with('7'), "{user}");
        assert!(replayed.to_string().contains(&format!("userId={user}")), "{user}");
    }
    // The plain request, and the three examples.
    let after = server.signatures();
    assert_eq!(after.len(), before.len() + 4);
    assert!(after[before.len()..].iter().all(|signature| !before.contains(signature)));
}

#[test]
fn what_no_longer_deviates_passes_also_from_the_report_alone_and_at_another_target() {
    let (load, _) = driven(&refusing("7&"), "replay-mended");
    let alone = load.0.join("elsewhere.json");
    fs::rename(load.0.join("report.json"), &alone).unwrap();
    fs::remove_file(load.0.join("journal.ndjson")).unwrap();
    let mended = refusing("nobody");
    let reports = Reports::new("replay-mended-check");
    let url = mended.url();
    let output = replay(&alone, &reports, &["--target", &url]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    assert_eq!(mended.requests(), 4);
}

#[test]
fn cases_that_failed_in_a_check_are_sent_again_alone() {
    let server = refusing("name");
    let reports = Reports::new("replay-check");
    let url = server.url();
    let first = proofhouse();
    let narrow = ["--only", "rongcloud/profile/length[[]field=name,text=ascii*"].map(|text| text.replace("[[]", "["));
    let mut first = first;
    first.args(["check", "--pace", "none", "--api", "rongcloud", "--target", &url]).args(&narrow);
    let output = with_secret(first.arg("--report-dir").arg(&reports.0)).stdin(Stdio::null()).output().unwrap();
    let record = reports.record();
    let failed = failing(&record);
    assert!(!failed.is_empty(), "{}{}", out(&output), err(&output));

    let again = Reports::new("replay-check-again");
    let output = replay(&reports.0, &again, &[]);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    assert_eq!(failing(&again.record()), failed);

    let output = replay(&again.0, &Reports::new("replay-check-twice"), &[]);
    assert_eq!(output.status.code(), Some(2), "{}{}", out(&output), err(&output));
    assert!(err(&output).contains("is itself a replay"), "{}", err(&output));
}

#[test]
fn what_holds_nothing_to_send_again_is_told_apart() {
    let reports = Reports::new("replay-nothing");
    let server = refusing("nobody");
    let output = against(&server, &reports, &["--rate", "20", "--duration", "1s"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    let check = Reports::new("replay-nothing-check");
    let output = replay(&reports.0, &check, &[]);
    assert_eq!(output.status.code(), Some(4), "{}{}", out(&output), err(&output));
    assert!(err(&output).contains("there is nothing to send again"), "{}", err(&output));
    for (record, said) in [("Cargo.toml", "is no JSON"), ("no-such-file", "cannot be read")] {
        let output = replay(Path::new(record), &check, &[]);
        assert_eq!(output.status.code(), Some(2), "{}{}", out(&output), err(&output));
        assert!(err(&output).contains(said), "{}", err(&output));
    }
    assert_eq!(server.requests(), 20);
}
