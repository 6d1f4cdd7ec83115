//! What a chart shows, in values.

use super::scale::Scale;
use super::unit::Unit;

/// A chart: series over one grid, with lines for what they are held to.
#[derive(Clone, Debug)]
pub(in crate::report) struct Chart {
    /// Unique on its page.
    pub(in crate::report) id: &'static str,
    /// What it shows.
    pub(in crate::report) title: String,
    /// How it is to be read, in a sentence or two.
    pub(in crate::report) about: String,
    /// What was left out; empty where nothing was.
    pub(in crate::report) note: String,
    /// Along the bottom.
    pub(in crate::report) x: Axis,
    /// Upwards.
    pub(in crate::report) y: Axis,
    /// The places of the values of every series along the bottom, ascending.
    pub(in crate::report) grid: Vec<f64>,
    /// The first is drawn first, under the others.
    pub(in crate::report) series: Vec<Series>,
    /// What values are held to.
    pub(in crate::report) rules: Vec<Rule>,
    /// Stretches along the bottom.
    pub(in crate::report) bands: Vec<Band>,
    /// Counts in ranges of both axes, under everything else.
    pub(in crate::report) heat: Option<Heat>,
}

/// An axis.
#[derive(Clone, Debug)]
pub(in crate::report) struct Axis {
    /// What it measures.
    pub(in crate::report) label: &'static str,
    /// How its values read.
    pub(in crate::report) unit: Unit,
    /// Where they stand.
    pub(in crate::report) scale: Scale,
}

/// One series.
#[derive(Clone, Debug)]
pub(in crate::report) struct Series {
    /// Its name in the legend.
    pub(in crate::report) name: String,
    /// Its colour together with its dashes or hatching.
    pub(in crate::report) ink: Ink,
    /// How it is drawn.
    pub(in crate::report) shape: Shape,
    /// Its values, one for each place of the grid.
    pub(in crate::report) values: Vec<Option<Value>>,
}

/// A value of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) struct Value {
    /// The value.
    pub(in crate::report) value: f64,
    /// Whether the true value may be higher.
    pub(in crate::report) at_least: bool,
}

/// A look that can be told from the others without colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Ink {
    /// Blue, unbroken, plain.
    First,
    /// Vermilion, dashed, hatched.
    Second,
    /// Green, dotted, dotted.
    Third,
    /// Purple, dashes and dots, crossed.
    Fourth,
    /// Grey, long dashes, hatched the other way.
    Fifth,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Shape {
    /// A line from value to value.
    Line,
    /// A line with a mark at each value.
    Marks,
    /// A mark at each value, and no line.
    Dots,
    /// A line that holds each value until the next.
    Steps,
    /// Bars, each upon those of the series before it.
    Bars,
}

/// A line that values are held to.
#[derive(Clone, Debug)]
pub(in crate::report) struct Rule {
    /// Where it stands.
    pub(in crate::report) at: f64,
    /// What it says.
    pub(in crate::report) label: String,
    /// The one place along the bottom that it binds; without it the rule binds everywhere.
    pub(in crate::report) only_at: Option<f64>,
}

/// A stretch along the bottom.
#[derive(Clone, Debug)]
pub(in crate::report) struct Band {
    /// Where it begins.
    pub(in crate::report) from: f64,
    /// Where it ends.
    pub(in crate::report) to: f64,
    /// Its name.
    pub(in crate::report) name: String,
    /// Whether it is greyed, because it does not count.
    pub(in crate::report) is_grey: bool,
}

/// Counts over a grid of ranges.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Heat {
    /// What is counted.
    pub(in crate::report) name: String,
    /// The width of each cell along the bottom.
    pub(in crate::report) width: f64,
    /// The cells that are not empty.
    pub(in crate::report) cells: Vec<Cell>,
}

/// One cell of a heat map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) struct Cell {
    /// Where it begins along the bottom.
    pub(in crate::report) x: f64,
    /// Its lower and its upper end.
    pub(in crate::report) y: (f64, f64),
    /// How many values lie in it.
    pub(in crate::report) count: u64,
}

impl Ink {
    /// The class by which the style sheet knows it.
    pub(in crate::report) fn class(self) -> &'static str {
        match self {
            Self::First => "i1",
            Self::Second => "i2",
            Self::Third => "i3",
            Self::Fourth => "i4",
            Self::Fifth => "i5",
        }
    }
}

impl Value {
    /// A value that is exact.
    pub(in crate::report) fn exact(value: f64) -> Self {
        Self { value, at_least: false }
    }

    /// The value as it reads.
    pub(in crate::report) fn text(self, unit: Unit) -> String {
        format!("{}{}", if self.at_least { "≥ " } else { "" }, unit.text(self.value))
    }
}
