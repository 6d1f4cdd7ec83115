//! The values of a chart as a table: for those who do not see it, for copying, and for what hovering shows.

use super::spec::Chart;

/// The table behind a chart.
#[derive(Debug)]
pub(in crate::report) struct Table {
    /// What stands at the head of each column; the first is that of the places along the bottom.
    pub(in crate::report) head: Vec<String>,
    /// One row for each place.
    pub(in crate::report) rows: Vec<Row>,
}

/// The values at one place.
#[derive(Debug)]
pub(in crate::report) struct Row {
    /// The place.
    pub(in crate::report) at: String,
    /// The raw value and its text; both empty where there is none.
    pub(in crate::report) values: Vec<(String, String)>,
}

pub(super) fn table(chart: &Chart) -> Table {
    let mut head = vec![chart.x.label.to_owned()];
    head.extend(chart.series.iter().map(|series| series.name.clone()));
    let rows = chart.grid.iter().enumerate().map(|(index, place)| {
        let values = chart.series.iter().map(|series| match series.values.get(index).copied().flatten() {
            Some(value) => (raw(value.value), value.text(chart.y.unit)),
            None => (String::new(), String::new()),
        });
        Row { at: chart.x.unit.text(*place), values: values.collect() }
    });
    Table { head, rows: rows.collect() }
}

/// The value as the record has it, as short as it can be written.
fn raw(value: f64) -> String {
    format!("{value}")
}
