//! `proofhouse load` as a process: its arguments, its report directory, what it said.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::built_binary::proofhouse;
use crate::server::WrongServer;

/// What signs requests; it may appear nowhere.
pub(crate) const SECRET: &str = "s3cret/Y1W2+eFwww";

/// A report directory of one test, gone when it is dropped.
pub(crate) struct Reports(pub(crate) PathBuf);

impl Reports {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("proofhouse-load-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    pub(crate) fn record(&self) -> Value {
        serde_json::from_slice(&fs::read(self.0.join("report.json")).unwrap()).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn command(reports: &Reports, arguments: &[&str]) -> Command {
    let mut command = proofhouse();
    command.args(["load", "--warm-up", "0s", "--lag-bound", "1h", "--report-dir"]).arg(&reports.0).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn with_secret(command: &mut Command) -> &mut Command {
    command.env("PROOFHOUSE_APP_KEY", "app").env("PROOFHOUSE_APP_SECRET", SECRET)
}

pub(crate) fn against(server: &WrongServer, reports: &Reports, arguments: &[&str]) -> Output {
    let url = server.url();
    let mut command = command(reports, &["--api", "rongcloud", "--target", &url]);
    with_secret(command.args(arguments)).output().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn first_line(output: &Output) -> String {
    out(output).lines().next().unwrap_or_default().to_owned()
}
