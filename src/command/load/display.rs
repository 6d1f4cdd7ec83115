//! What is shown while a run goes on: a live view on a terminal, a line each few seconds elsewhere, nothing if quiet.

use std::io::Write as _;

use crate::command::Console;
use crate::load::Distribution;
use crate::record::load::{Second, Start};
use crate::report::load::{Live, Spread, line};

/// Elsewhere than on a terminal, one second in so many is told.
const EVERY: u64 = 5;

/// The display of a run.
pub(super) enum Display {
    /// Nothing is shown.
    Quiet,
    /// A line each few seconds on standard error.
    Plain { start: Option<Start> },
    /// A view that is drawn anew each second.
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

    /// `event` is what `second` was made of: it has the histograms that a record has no room for.
    pub(super) fn second(&mut self, second: &Second, event: &crate::load::Second<'_>) {
        match self {
            Self::Plain { start: Some(start) } if (second.number + 1).is_multiple_of(EVERY) => {
                // Nobody reads it any more: that is no reason to end a run.
                let _ = writeln!(std::io::stderr(), "{}", line(start, second, event.left));
            }
            Self::Quiet | Self::Plain { .. } => {}
            Self::Live(live) => live.second(second, &spread(second, event), event.left),
        }
    }

    pub(super) fn finish(&self) {
        match self {
            Self::Quiet | Self::Plain { .. } => {}
            Self::Live(live) => live.finish(),
        }
    }
}

/// How the response times of the latest phase lie so far.
fn spread(second: &Second, event: &crate::load::Second<'_>) -> Spread {
    let latest = second.counts.last().map(|counts| counts.phase);
    let responses = Distribution::of_responses(event.so_far, |phase, _| Some(phase) == latest);
    let recorded = responses.histogram().iter_recorded();
    Spread::of(recorded.map(|value| (value.value_iterated_to(), value.count_at_value().into())))
}
