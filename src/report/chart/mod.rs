//! Charts as geometry: what is shown, measured out for an SVG of 640 × 300 units. `templates/chart.html` writes it.
//!
//! `spec` says what a chart shows, `scale` and `unit` where a value stands and how it reads, `draw` makes lines, bars and
//! cells of it, `table` the same values as text. No series is told by its colour alone.

mod draw;
mod scale;
mod slices;
mod spec;
mod table;
mod unit;

pub(super) use draw::{Drawing, draw};
pub(super) use scale::Scale;
pub(super) use slices::Slices;
pub(super) use spec::{Axis, Band, Cell, Chart, Heat, Ink, Rule, Series, Shape, Value};
pub(super) use unit::Unit;
