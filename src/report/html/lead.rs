//! What every page says first: the verdict, why, what to do now, and of what it speaks.

use crate::record::ExitCode;

/// The head of a page.
#[derive(Debug, Default)]
pub(super) struct Lead {
    /// Which command made it.
    pub(super) over: &'static str,
    /// `pass`, `fail` or `inconclusive`.
    pub(super) class: &'static str,
    /// In a few words.
    pub(super) verdict: String,
    /// In a sentence, with the figures that matter most.
    pub(super) summary: String,
    /// Why it is this one.
    pub(super) reasons: Vec<String>,
    /// What somebody does next who has never seen such a report.
    pub(super) advice: String,
    /// Name and value.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The figures that are looked at first.
    pub(super) tiles: Vec<Tile>,
}

/// A figure in a box of its own.
#[derive(Debug)]
pub(super) struct Tile {
    pub(super) name: String,
    pub(super) value: String,
    /// `pass`, `fail`, `inconclusive`, or nothing where it is not judged.
    pub(super) class: &'static str,
}

impl Tile {
    pub(super) fn new(name: impl Into<String>, value: impl Into<String>, class: &'static str) -> Self {
        Self { name: name.into(), value: value.into(), class }
    }
}

/// The word by which a verdict is coloured.
pub(in crate::report) fn class(exit: ExitCode) -> &'static str {
    match exit {
        ExitCode::Conforms => "pass",
        ExitCode::Inconclusive | ExitCode::NothingRun | ExitCode::Interrupted => "inconclusive",
        ExitCode::Violated
        | ExitCode::Usage
        | ExitCode::KnownFailures
        | ExitCode::ReportNotWritten
        | ExitCode::Internal => "fail",
    }
}
