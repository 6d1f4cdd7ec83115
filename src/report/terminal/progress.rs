//! One line on standard error that moves while a run is under way; nothing where that is no terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::record::CheckEvent;

/// The line, driven by the engine's events.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line on standard error, which draws nothing when that is no terminal.
    #[must_use]
    pub fn on_stderr() -> Self {
        Self::with(ProgressDrawTarget::stderr_with_hz(10))
    }

    /// A line that is never drawn, for a quiet run.
    #[must_use]
    pub fn hidden() -> Self {
        Self::with(ProgressDrawTarget::hidden())
    }

    fn with(target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {elapsed} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar }
    }

    /// Shows what has happened. May be called from any thread.
    pub fn show(&self, event: &CheckEvent) {
        match event {
            CheckEvent::ApiStarted { api, cases } => {
                self.bar.inc_length(*cases as u64);
                self.bar.set_prefix(api.clone());
                self.bar.enable_steady_tick(Duration::from_millis(250));
            }
            CheckEvent::CaseSent { .. } => self.bar.inc(1),
            CheckEvent::SlowedDown { api } => self.bar.set_message(format!("{api} limits: slower")),
            CheckEvent::TargetGone { api } => self.bar.set_message(format!("{api} does not answer any more")),
        }
    }

    /// Takes the line away, so that a report can follow.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
