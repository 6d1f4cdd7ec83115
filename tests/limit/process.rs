//! `proofhouse limit` as a process: its arguments, its report directory, what it said.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::built_binary::{proofhouse, with_credentials};

/// A report directory of one test, gone when it is dropped.
pub(crate) struct Reports(pub(crate) PathBuf);

impl Reports {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("proofhouse-limit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    pub(crate) fn record(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.0.join("report.json")).unwrap()).unwrap()
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command with what the reference lets in, its output kept.
fn command(arguments: &[&str]) -> Command {
    let mut command = proofhouse();
    command.arg("limit").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    with_credentials(&mut command);
    command
}

/// Short probes of a target, which begin now.
pub(crate) fn begin(url: &str, reports: &Reports, arguments: &[&str]) -> Child {
    let mut command = command(&["--api", "rongcloud", "--quick", "--target", url, "--report-dir"]);
    command.arg(&reports.0).args(arguments).spawn().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
