//! `proofhouse limit` from outside, against the built-in reference and against servers that refuse in their own ways.
//!
//! Machines that run tests are busy: what is asserted is what the target did, never how fast.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../built_binary/mod.rs"]
mod built_binary;
mod ending;
mod excess;
mod process;
mod server;

use std::process::Output;

use built_binary::proofhouse;
use process::{Reports, err, out};
use serde_json::Value;

/// Without credentials: the built-in reference has its own.
fn limit(arguments: &[&str]) -> Output {
    proofhouse().arg("limit").args(arguments).output().unwrap()
}

#[test]
fn the_built_in_reference_is_probed_and_its_record_rendered_again() {
    let reports = Reports::new("built-in");
    let directory = reports.0.to_str().unwrap();
    let output = limit(&["--api", "rongcloud", "--quick", "--report-dir", directory]);
    assert!(err(&output).contains("this takes"), "{}", err(&output));
    let record = reports.record();
    assert_eq!(record["record"], "limit");
    assert_eq!(record["settings"]["built_in"], true);
    assert_eq!(record["requirements"][0]["requirement"], "rc.rate");
    // A busy machine may leave it open, but nothing that it does condemns a sound limiter.
    assert_ne!(output.status.code(), Some(1), "{}", out(&output));
    assert_eq!(record["exit_code"].as_i64().unwrap(), i64::from(output.status.code().unwrap()));
    assert_eq!(record["excess"][0]["described"], true);
    for probe in record["probes"].as_array().unwrap() {
        let counts = &probe["counts"];
        let sum = ["admitted", "refused", "other"].map(|name| counts[name].as_u64().unwrap()).iter().sum::<u64>();
        assert_eq!(counts["sent"].as_u64().unwrap(), sum, "{probe}");
    }
    let again = proofhouse().args(["report", directory]).output().unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    assert!(out(&output).contains(out(&again).trim_end()), "{}", out(&again));
    let junit = std::fs::read_to_string(reports.0.join("junit.xml")).unwrap();
    assert!(junit.contains("rc.rate") && junit.contains("rc.rate.excess"), "{junit}");
}

#[test]
fn what_is_missing_or_not_allowed_is_said_before_anything_is_sent() {
    let refused = |arguments: &[&str], says: &str| {
        let output = limit(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(says), "{}", err(&output));
    };
    refused(&[], "give `--api`");
    refused(&["--api", "matrix"], "unknown api `matrix`");
    refused(&["--api", "rongcloud", "--documented", "0"], "from 1 to 10000");
    refused(&["--api", "rongcloud", "--format", "pdf"], "pdf");
}

#[test]
fn the_schema_of_the_record_is_published() {
    let schema: Value =
        serde_json::from_slice(&proofhouse().args(["schema", "limit-record"]).output().unwrap().stdout).unwrap();
    assert!(schema["properties"]["fingerprint"].is_object());
}
