//! Runs of the built binary that leave reports, and the list of them.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::chromium::open;

/// A command in a directory of its own, without any variable of the library's.
pub(crate) fn proofhouse(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofhouse"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PROOFHOUSE_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).env_remove("GITHUB_STEP_SUMMARY").env("NO_COLOR", "1");
    command
}

/// Runs it; the exit code has to be one of these.
pub(crate) fn run(command: &mut Command, codes: &[i32]) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|code| codes.contains(&code)), "{:?}: {text}", output.status);
}

pub(crate) fn record(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("report.json")).unwrap()).unwrap()
}

/// The reference with a planted fault, as a process of its own that ends with the test.
pub(crate) struct Faulty {
    child: Child,
    url: String,
}

impl Faulty {
    pub(crate) fn start(fault: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofhouse"));
        command.args(["serve", "--limiter", "none", "--listen", "127.0.0.1:0", "--until-stdin-ends", "--fault", fault]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, url }
    }
}

impl Faulty {
    /// Makes it the target of a command, with the credentials that it accepts.
    pub(crate) fn target<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("PROOFHOUSE_APP_KEY", "proofhouse-app-key").env("PROOFHOUSE_APP_SECRET", "proofhouse-app-secret");
        command.args(["--target", &self.url])
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_list_of_runs_leads_to_each_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let check =
        |api: &str| run(proofhouse(folder.path()).args(["check", "--api", api, "--only", "*/plain", "-q"]), &[0, 4]);
    check("rongcloud");
    check("tencent");
    std::fs::create_dir(folder.path().join("reports/of-somebody-else")).unwrap();
    check("nexconn");
    let ask = "return [...page.document.querySelectorAll('tbody a')].map((link) => link.getAttribute('href'));";
    let index = folder.path().join("reports/index.html");
    let Some(seen) = open(&index, ask) else { return };
    let links: Vec<&str> = seen.asked.as_array().unwrap().iter().map(|link| link.as_str().unwrap()).collect();
    assert_eq!(links.len(), 3, "{links:?}");
    assert!(links.is_sorted_by(|newer, older| newer[..15] >= older[..15]), "the newest first: {links:?}");
    for api in ["nexconn", "tencent", "rongcloud"] {
        let link = links.iter().find(|link| link.contains(api)).unwrap();
        assert!(folder.path().join("reports").join(link).is_file(), "{link}");
    }
}

#[test]
fn an_audit_shows_both_sides_and_whom_the_document_supports() {
    let folder = tempfile::tempdir().unwrap();
    let fault = "rongcloud/culprit-always-name";
    for (name, server) in [("a", Some(Faulty::start(fault))), ("b", None)] {
        let mut command = proofhouse(folder.path());
        command.args(["check", "--api", "rongcloud", "--repeat", "2", "--pace", "none", "-q", "--report-dir", name]);
        if let Some(server) = &server {
            server.target(&mut command);
        }
        run(&mut command, &[0, 1]);
    }
    run(proofhouse(folder.path()).args(["diff", "a", "b", "--report-dir", "audit"]), &[1]);
    let record = record(&folder.path().join("audit"));
    let ask = "return [...page.document.querySelectorAll('details.case')].map((block) => block.id);";
    let Some(seen) = open(&folder.path().join("audit/report.html"), ask) else { return };
    assert_eq!(seen.heading, "the sides differ in what must hold");
    let differences =
        record["groups"].as_array().unwrap().iter().flat_map(|group| group["differences"].as_array().unwrap());
    let addresses: Vec<&Value> = differences.map(|difference| &difference["address"]).collect();
    assert_eq!(
        seen.asked.as_array().unwrap().iter().collect::<Vec<_>>(),
        addresses,
        "each difference, in the order of the record"
    );
    assert!(seen.text.contains("the document supports B"), "{}", seen.text);
}
