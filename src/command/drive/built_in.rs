//! The built-in reference as a child process: its work is not the generator's, and a crash of it is a finding.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

/// How the built-in reference limits requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum BuiltInLimiter {
    /// Not at all: a load is to be carried, whatever its rate.
    None,
    /// As `serve` does without being told: by the documented rate.
    Documented,
}

/// The child; dropping it ends the process, and so does the end of this one, because its standard input ends then.
pub(in crate::command) struct BuiltIn {
    child: Child,
    /// Its base URL.
    pub(in crate::command) url: String,
}

impl BuiltIn {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// It could not be started, or did not say where it listens.
    pub(in crate::command) fn start(limiter: BuiltInLimiter) -> Result<Self, String> {
        let fail = |reason: String| format!("the built-in reference did not start: {reason}");
        let executable = std::env::current_exe().map_err(|error| fail(error.to_string()))?;
        let mut child = Command::new(executable)
            .args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-ends"])
            .args(match limiter {
                BuiltInLimiter::None => ["--limiter", "none"].as_slice(),
                BuiltInLimiter::Documented => &[],
            })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A Ctrl-C goes to the whole foreground group: the server has to outlive the generator's orderly end.
            .process_group(0)
            .spawn()
            .map_err(|error| fail(error.to_string()))?;
        let out = child.stdout.take();
        let mut started = Self { child, url: String::new() };
        let mut line = String::new();
        if let Some(out) = out {
            BufReader::new(out).read_line(&mut line).map_err(|error| fail(error.to_string()))?;
        }
        let url = line.trim().strip_prefix("listening on ");
        started.url = url.ok_or_else(|| fail(format!("it said {line:?}")))?.to_owned();
        Ok(started)
    }
}

impl Drop for BuiltIn {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to end, only to collect.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
