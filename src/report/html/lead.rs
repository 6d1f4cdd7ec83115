//! What every page says first: the verdict, why, what to do now, and of what it speaks.

use crate::record::ExitCode;
use crate::report::terminal::style::Ink;
use crate::report::text::counted;

/// How many points there are at most: they have to fit on the first screen.
pub(super) const POINTS: usize = 4;

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
    /// What is wrong, each with a link to the first case that shows it.
    pub(super) points: Vec<Point>,
    /// How many more there are.
    pub(super) points_left_out: usize,
    /// What somebody does next who has never seen such a report.
    pub(super) advice: String,
    /// Name and value.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The figures that are looked at first.
    pub(super) tiles: Vec<Tile>,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(super) struct Point {
    /// In which way.
    pub(super) strong: String,
    /// The rule; empty for what stands under none.
    pub(super) text: String,
    /// Where the document says so; may be empty.
    pub(super) place: String,
    /// What the first case shows; may be empty.
    pub(super) example: String,
    /// How many cases show it.
    pub(super) count: usize,
    /// The first of them.
    pub(super) address: String,
}

impl Point {
    /// The address as the fragment of a link.
    pub(super) fn link(&self) -> String {
        percent_encoding::utf8_percent_encode(&self.address, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    pub(super) fn cases(&self) -> String {
        counted(self.count, "case")
    }
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
    match Ink::of(exit) {
        Ink::Good => "pass",
        Ink::Doubt => "inconclusive",
        Ink::Bad | Ink::Dim | Ink::Strong => "fail",
    }
}
