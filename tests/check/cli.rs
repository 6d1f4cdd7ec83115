//! Running the built binary: arguments, environment, and what came of it.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use proofhouse::reference::{Options, Running, start};
use tempfile::TempDir;

pub(crate) use crate::built_binary::proofhouse;
use crate::built_binary::with_credentials;

/// The reference implementation on a free port.
pub(crate) async fn reference(options: Options) -> Running {
    start(options, SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap()
}

/// A `check` of a target with the reference's credentials.
pub(crate) struct Run {
    command: Command,
    reports: TempDir,
    paced: bool,
}

/// What a run left.
pub(crate) struct Ended {
    pub(crate) output: Output,
    reports: TempDir,
}

impl Run {
    pub(crate) fn of(api: &str, target: &str) -> Self {
        let reports = tempfile::tempdir().unwrap();
        let mut command = proofhouse();
        command.args(["check", "--api", api, "--target", target, "--report-dir"]).arg(reports.path());
        with_credentials(&mut command);
        Self { command, reports, paced: false }
    }

    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn secret(mut self, secret: &str) -> Self {
        self.command.env("PROOFHOUSE_APP_SECRET", secret);
        self
    }

    pub(crate) fn paced(mut self) -> Self {
        self.paced = true;
        self
    }

    pub(crate) fn go(mut self) -> Ended {
        if !self.paced {
            self.command.args(["--pace", "none"]);
        }
        // The caller's runtime has other threads on which its servers go on.
        Ended { output: self.command.output().unwrap(), reports: self.reports }
    }

    /// Interrupts the run this long after its first line.
    pub(crate) fn interrupted_after(mut self, time: Duration) -> Ended {
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 1];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        std::thread::sleep(time);
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        Ended { output: child.wait_with_output().unwrap(), reports: self.reports }
    }
}

impl Ended {
    pub(crate) fn text(&self) -> String {
        let (out, err) = (String::from_utf8_lossy(&self.output.stdout), String::from_utf8_lossy(&self.output.stderr));
        format!("{out}\n{err}")
    }

    pub(crate) fn exits_with(&self, code: i32) -> &Self {
        assert_eq!(self.output.status.code(), Some(code), "{}", self.text());
        self
    }

    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.text().contains(words), "{words:?} is not in:\n{}", self.text());
        self
    }

    pub(crate) fn report(&self, name: &str) -> String {
        std::fs::read_to_string(self.reports.path().join(name)).unwrap()
    }

    pub(crate) fn reports(&self) -> &Path {
        self.reports.path()
    }
}
