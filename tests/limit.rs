//! `proofhouse limit` from outside, against the built-in reference and against the reference with a broken limiter.
//!
//! Machines that run tests are busy: what is asserted is what the target did, never how fast.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A report directory of one test, gone when it is dropped.
struct Reports(PathBuf);

impl Reports {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("proofhouse-limit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn record(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.0.join("report.json")).unwrap()).unwrap()
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn proofhouse(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofhouse"));
    command.args(arguments).stdin(Stdio::null());
    for name in ["PROOFHOUSE_APP_KEY", "PROOFHOUSE_APP_SECRET", "PROOFHOUSE_SDK_APP_ID", "PROOFHOUSE_SECRET_KEY"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_built_in_reference_is_probed_and_its_record_rendered_again() {
    let reports = Reports::new("built-in");
    let directory = reports.0.to_str().unwrap();
    let output = proofhouse(&["limit", "--api", "rongcloud", "--quick", "--report-dir", directory]);
    assert!(text(&output.stderr).contains("this takes"), "{}", text(&output.stderr));
    let record = reports.record();
    assert_eq!(record["record"], "limit");
    assert_eq!(record["settings"]["built_in"], true);
    assert_eq!(record["requirements"][0]["requirement"], "rc.rate");
    // A busy machine may leave it open, but nothing that it does condemns a sound limiter.
    assert_ne!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert_eq!(record["exit_code"].as_i64().unwrap(), i64::from(output.status.code().unwrap()));
    assert_eq!(record["excess"][0]["described"], true);
    for probe in record["probes"].as_array().unwrap() {
        let counts = &probe["counts"];
        let sum = ["admitted", "refused", "other"].map(|name| counts[name].as_u64().unwrap()).iter().sum::<u64>();
        assert_eq!(counts["sent"].as_u64().unwrap(), sum, "{probe}");
    }
    let again = proofhouse(&["report", directory]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    assert!(text(&output.stdout).contains(text(&again.stdout).trim_end()), "{}", text(&again.stdout));
    let junit = std::fs::read_to_string(reports.0.join("junit.xml")).unwrap();
    assert!(junit.contains("rc.rate") && junit.contains("rc.rate.excess"), "{junit}");
}

#[test]
fn what_is_missing_or_not_allowed_is_said_before_anything_is_sent() {
    let refused = |arguments: &[&str], says: &str| {
        let output = proofhouse(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    };
    refused(&["limit"], "give `--api`");
    refused(&["limit", "--api", "matrix"], "unknown api `matrix`");
    refused(&["limit", "--api", "rongcloud", "--documented", "0"], "from 1 to 10000");
    refused(&["limit", "--api", "rongcloud", "--format", "pdf"], "pdf");
}

#[test]
fn the_schema_of_the_record_is_published() {
    let schema: Value = serde_json::from_slice(&proofhouse(&["schema", "limit-record"]).stdout).unwrap();
    assert!(schema["properties"]["fingerprint"].is_object());
}
