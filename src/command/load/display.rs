//! What is shown while a run goes on: a line that moves on a terminal, a line each few seconds elsewhere, nothing if quiet.

use std::io::Write as _;
use std::time::Duration;

use crate::command::Console;
use crate::record::load::{Second, Start};
use crate::report::load::{Live, line};

/// Elsewhere than on a terminal, one second in so many is told.
const EVERY: u64 = 5;

/// The display of a run.
pub(super) enum Display {
    /// Nothing is shown.
    Quiet,
    /// A line each few seconds on standard error.
    Plain { start: Option<Start> },
    /// A line that moves.
    Live(Live),
}

impl Display {
    pub(super) fn new(console: &Console, quiet: bool) -> Self {
        match (quiet, console.shows_progress()) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Live(Live::on_stderr()),
            (false, false) => Self::Plain { start: None },
        }
    }

    pub(super) fn start(&mut self, begun: &Start) {
        match self {
            Self::Quiet => {}
            Self::Plain { start } => *start = Some(begun.clone()),
            Self::Live(live) => live.start(begun),
        }
    }

    pub(super) fn second(&mut self, second: &Second, left: Duration) {
        match self {
            Self::Plain { start: Some(start) } if (second.number + 1).is_multiple_of(EVERY) => {
                // Nobody reads it any more: that is no reason to end a run.
                let _ = writeln!(std::io::stderr(), "{}", line(start, second, left));
            }
            Self::Quiet | Self::Plain { .. } => {}
            Self::Live(live) => live.second(second, left),
        }
    }

    pub(super) fn finish(&self) {
        match self {
            Self::Quiet | Self::Plain { .. } => {}
            Self::Live(live) => live.finish(),
        }
    }
}
