//! `diff` from outside: planted differences are found, all of them and nothing else, live and from saved records.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proofhouse::reference::{Credentials, Fault, Options, Readings, Running};
use serde_json::Value;

use super::cli::{Run, proofhouse, reference};

fn target(directory: &Path, name: &str, api: &str, url: &str) -> PathBuf {
    let known = Credentials::reference();
    let (key, secret) = (&known.app_key, known.app_secret.expose());
    let entry = format!("{{ url: \"{url}\", app_key: \"{key}\", app_secret: \"{secret}\" }}");
    let path = directory.join(name);
    fs::write(&path, format!("version: 1\napis:\n  {api}: {entry}\n")).unwrap();
    path
}

fn url(server: &Running) -> String {
    format!("http://{}", server.addr())
}

fn diff(a: &Path, b: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = proofhouse()
        .arg("diff")
        .args([a, b])
        .args(["--pace", "none", "--report-dir"])
        .arg(a.with_extension("diff"))
        .args(more)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// What is planted in A: the requirement by which it is found, how far that binds, and whom the document supports.
const PLANTED: [(&str, &str, &str, &str); 5] = [
    ("rongcloud/culprit-always-name", "rc.reply.profile-key", "must", "b"),
    ("rongcloud/ext-bare=refused", "rc.ext.key.bare", "observe", "open"),
    ("rongcloud/null-profile=refused", "rc.profile.empty", "observe", "open"),
    ("rongcloud/ext-underscore=accepted", "rc.ext.key.underscore", "observe", "open"),
    ("rongcloud/length-unit=utf16", "rc.length.unit", "observe", "open"),
];

/// Requirement, level and side of each group of differences.
fn found(a: &Path, b: &Path) -> (Option<i32>, BTreeSet<(String, String, String)>) {
    let (code, text) = diff(a, b, &["--format", "json"]);
    let result: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut found = BTreeSet::new();
    for group in result["groups"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        // The first of a group proves it; others may show it in passing.
        let first = &group["differences"][0];
        found.insert((text(&group["requirement"]), text(&group["level"]), text(&first["supports"])));
    }
    (code, found)
}

/// The record of a check that sent everything twice.
fn recorded(server: &Running) -> super::cli::Ended {
    Run::of("rongcloud", &url(server)).arg("--repeat").arg("2").go()
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_targets_do_not_differ_and_different_apis_cannot_be_compared() {
    let directory = tempfile::tempdir().unwrap();
    let server = reference(Options::default()).await;
    let other = reference(Options::default()).await;
    let a = target(directory.path(), "a.yaml", "rongcloud", &url(&server));
    let b = target(directory.path(), "b.yaml", "rongcloud", &url(&other));
    assert_eq!(found(&a, &b), (Some(0), BTreeSet::new()));
    let nexconn = target(directory.path(), "c.yaml", "nexconn", &url(&other));
    let (code, text) = diff(&a, &nexconn, &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("A has rongcloud, B has nexconn"), "{text}");
    let nobody = target(directory.path(), "d.yaml", "rongcloud", "http://127.0.0.1:1");
    let (code, text) = diff(&a, &nobody, &["--only", "*/profile/*"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("inconclusive on B"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_planted_differences_are_found_live_and_from_records() {
    let directory = tempfile::tempdir().unwrap();
    let choices = PLANTED.map(|(choice, _, _, _)| choice);
    let mut readings = Readings::default();
    choices.iter().filter(|choice| choice.contains('=')).for_each(|choice| readings.choose(choice).unwrap());
    let fault: Option<Fault> = choices.iter().find(|choice| !choice.contains('=')).map(|name| name.parse().unwrap());
    let server = reference(Options { fault, readings, ..Options::default() }).await;
    let other = reference(Options::default()).await;
    let a = target(directory.path(), "a.yaml", "rongcloud", &url(&server));
    let b = target(directory.path(), "b.yaml", "rongcloud", &url(&other));
    let expected: BTreeSet<_> = PLANTED
        .iter()
        .map(|(_, requirement, level, side)| ((*requirement).to_owned(), (*level).to_owned(), (*side).to_owned()))
        .collect();
    assert_eq!(found(&a, &b), (Some(1), expected.clone()));
    let (of_a, of_b) = (recorded(&server), recorded(&other));
    assert_eq!(found(of_a.reports(), of_b.reports()), (Some(1), expected));
    let (code, text) = diff(&of_a.reports().join("report.json"), of_b.reports(), &["--format", "markdown"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("the document supports B") && text.contains("```diff"), "{text}");
    let (_, shown) = diff(of_a.reports(), of_b.reports(), &[]);
    assert!(shown.contains("no rule checked here decides"), "{shown}");
}
