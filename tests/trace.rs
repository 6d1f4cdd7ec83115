//! `proofhouse trace` from outside: the matrix with and without a record, and the pages in `docs/`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");

fn proofhouse(arguments: &[&str], directory: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofhouse"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PROOFHOUSE_")) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(directory).env("NO_COLOR", "1").output().unwrap()
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn rule<'a>(matrix: &'a Value, id: &str) -> &'a Value {
    let rules = matrix["apis"].as_array().unwrap().iter().flat_map(|api| api["requirements"].as_array().unwrap());
    rules.into_iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn the_pages_in_docs_are_those_of_the_suites() {
    let fresh = tempfile::tempdir().unwrap();
    succeeded(&proofhouse(&["trace", "--docs", "."], fresh.path()));
    for api in ["nexconn", "rongcloud", "tencent"] {
        let name = format!("coverage-{api}.md");
        let written = fs::read_to_string(fresh.path().join(&name)).unwrap();
        let kept = Path::new(DOCS).join(&name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(DOCS).unwrap();
            fs::write(&kept, &written).unwrap();
        }
        let kept = fs::read_to_string(kept).unwrap_or_default();
        assert_eq!(kept, written, "docs/{name} differs; UPDATE_GOLDEN=1 writes it anew");
    }
}

#[test]
fn without_a_record_all_rules_stand_with_their_cases() {
    let elsewhere = tempfile::tempdir().unwrap();
    let text = succeeded(&proofhouse(&["trace"], elsewhere.path()));
    for words in ["rongcloud: ", "nexconn: ", "tencent: ", "rc.name.length", "excluded: ", "0 UNCOVERED"] {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
    let json = succeeded(&proofhouse(&["trace", "--api", "tencent", "--json"], elsewhere.path()));
    let matrix: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&matrix["version"], matrix["apis"].as_array().unwrap().len()), (&Value::from(1), 1));
    assert_eq!(rule(&matrix, "tc.https")["coverage"], "excluded");
    assert!(!rule(&matrix, "tc.users")["cases"].as_array().unwrap().is_empty());
}

#[test]
fn a_record_gives_the_cases_their_verdicts() {
    let elsewhere = tempfile::tempdir().unwrap();
    let only = ["--only", "nexconn/profile/*", "--report-dir", "run", "--quiet"];
    succeeded(&proofhouse(&[&["check", "--api", "nexconn"], only.as_slice()].concat(), elsewhere.path()));
    for record in ["run", "run/report.json"] {
        let json = succeeded(&proofhouse(&["trace", record, "--json"], elsewhere.path()));
        let matrix: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(matrix["apis"].as_array().unwrap().len(), 1, "only that of the record");
        assert_eq!(matrix["run"]["self_check"], true);
        assert!(rule(&matrix, "nx.name.length")["verdicts"]["pass"].as_u64().unwrap() >= 2);
        assert!(rule(&matrix, "nx.reply.code")["verdicts"]["pass"].as_u64().unwrap() >= 2, "by the envelope");
        assert!(rule(&matrix, "nx.signature.wrong")["verdicts"]["not-run"].as_u64().unwrap() >= 1);
    }
}

#[test]
fn what_is_no_record_and_no_suite_is_told() {
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("other.json"), "{}").unwrap();
    let wrong = [
        (["trace", "other.json"], "is JSON, but no record"),
        (["trace", "missing.json"], "cannot read missing.json"),
        (["trace", "--api=none"], "unknown api `none`"),
    ];
    for (arguments, words) in wrong {
        let output = proofhouse(&arguments, elsewhere.path());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn rules_of_ones_own_that_nothing_checks_are_shown_and_no_mistake() {
    let suite = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fourth-api");
    let elsewhere = tempfile::tempdir().unwrap();
    let text = succeeded(&proofhouse(&["trace", suite], elsewhere.path()));
    assert!(text.contains("notes: 6 requirements"), "{text}");
    succeeded(&proofhouse(&["lint", suite], elsewhere.path()));
}

#[test]
fn a_rule_that_is_excluded_and_checked_is_a_mistake_at_its_line() {
    let elsewhere = tempfile::tempdir().unwrap();
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fourth-api");
    let api = fs::read_to_string(suite.join("api.yaml")).unwrap();
    let excluded = api.replace("rule: calls carry the key,", "rule: calls carry the key, excluded: too hard,");
    assert_ne!(api, excluded);
    fs::write(elsewhere.path().join("api.yaml"), excluded).unwrap();
    fs::copy(suite.join("notes.yaml"), elsewhere.path().join("notes.yaml")).unwrap();
    for command in ["lint", "trace"] {
        let output = proofhouse(&[command, "."], elsewhere.path());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("`no.key` is excluded, and checked by `notes/"), "{error}");
        assert!(error.contains("api.yaml:37:"), "{error}");
    }
}
