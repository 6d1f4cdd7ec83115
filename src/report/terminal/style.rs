//! Colours, as names of what they mean.

use std::fmt::{self, Display};

use crate::record::ExitCode;
use crate::source::Palette;

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Ink {
    /// Wrong.
    Bad,
    /// Right.
    Good,
    /// Unsure.
    Doubt,
    /// Beside the point.
    Dim,
    /// A heading.
    Strong,
}

impl Ink {
    /// How an exit code strikes a reader: good, bad, or no verdict.
    pub(in crate::report) fn of(exit: ExitCode) -> Self {
        match exit {
            ExitCode::Conforms => Self::Good,
            ExitCode::Inconclusive | ExitCode::NothingRun | ExitCode::Interrupted => Self::Doubt,
            ExitCode::Violated
            | ExitCode::Usage
            | ExitCode::KnownFailures
            | ExitCode::ReportNotWritten
            | ExitCode::Internal => Self::Bad,
        }
    }
}

/// A text that is written with a colour, or without.
pub(in crate::report) struct Painted<T> {
    text: T,
    ink: Ink,
    palette: Palette,
}

pub(in crate::report) fn paint<T: Display>(palette: Palette, ink: Ink, text: T) -> Painted<T> {
    Painted { text, ink, palette }
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match self.ink {
            Ink::Bad => "31",
            Ink::Good => "32",
            Ink::Doubt => "33",
            Ink::Dim => "2",
            Ink::Strong => "1",
        };
        match self.palette {
            Palette::Colored => write!(formatter, "\u{1b}[{code}m{}\u{1b}[0m", self.text),
            Palette::Plain => self.text.fmt(formatter),
        }
    }
}
