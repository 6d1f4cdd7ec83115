//! The latency curve on the terminal: p50 and p99 against the rate, with the limit and the capacity.

use std::io::{self, Write};

use crate::record::capacity::CapacityRecord;
use crate::record::load::{Bound, Quantity};
use crate::report::load::figure::{rate, time};

const WIDTH: usize = 60;
const HEIGHT: usize = 14;
/// Latencies far above the limit say only that the target is overloaded: so many limits are the top of the plot.
const TOP: f64 = 10.0;

/// Draws the curve; nothing for less than two points.
pub(super) fn write(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    let Some(plot) = Plot::of(record) else { return Ok(()) };
    writeln!(out, "\nresponse time against rate: ● p99, ○ p50, ─ limit, │ capacity")?;
    for (number, line) in plot.cells().iter().enumerate() {
        let label = match number {
            0 => plot.top,
            _ if number == HEIGHT - 1 => plot.bottom,
            _ if Some(number) == plot.limit.map(|limit| plot.row(limit)) => plot.limit.unwrap_or_default(),
            _ => 0.0,
        };
        let label = if label > 0.0 { time(whole(label)) } else { String::new() };
        writeln!(out, "{label:>9} ┤{}", line.iter().collect::<String>().trim_end())?;
    }
    let (first, last) = ("0".to_owned(), rate(plot.right));
    writeln!(out, "{:>9} └{}\n{:>11}{first}{last:>width$}", "", "─".repeat(WIDTH), "", width = WIDTH - 1)
}

struct Plot {
    /// Rate, p50 and p99 in nanoseconds.
    points: Vec<(f64, f64, f64)>,
    right: f64,
    bottom: f64,
    top: f64,
    limit: Option<f64>,
    capacity: Option<f64>,
}

impl Plot {
    #[expect(clippy::cast_precision_loss, reason = "a picture of some hundred cells")]
    fn of(record: &CapacityRecord) -> Option<Self> {
        let limit = record.thresholds.iter().find_map(|threshold| match (threshold.quantity, threshold.bound) {
            (Quantity::Response(_), Bound::TimeNs(nanos)) => Some(nanos as f64),
            _ => None,
        });
        let capacity = record.result.rate;
        let near = capacity.map_or(f64::INFINITY, |capacity| capacity * 1.3);
        let mut points = Vec::new();
        for point in record.curve.iter().filter(|point| point.rate <= near) {
            let at = |wanted: u32| {
                let found = point.percentiles.iter().find(|percentile| percentile.of_100_000 == wanted);
                found.map(|percentile| percentile.ns.max(1) as f64)
            };
            if let (Some(p50), Some(p99)) = (at(50_000), at(99_000)) {
                points.push((point.rate, p50, p99));
            }
        }
        if points.len() < 2 {
            return None;
        }
        let right = points.iter().map(|point| point.0).chain(capacity).fold(0.0, f64::max);
        let bottom = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
        let highest = points.iter().map(|point| point.2).chain(limit).fold(0.0, f64::max);
        let top = highest.min(limit.map_or(f64::INFINITY, |limit| limit * TOP)).max(bottom * 1.01);
        Some(Self { points, right, bottom, top, limit: limit.filter(|limit| (bottom..=top).contains(limit)), capacity })
    }

    fn row(&self, nanos: f64) -> usize {
        let share = (self.top / nanos.max(1.0)).ln() / (self.top / self.bottom).ln();
        place(share, HEIGHT)
    }

    fn column(&self, rate: f64) -> usize {
        place(rate / self.right, WIDTH)
    }

    fn cells(&self) -> Vec<Vec<char>> {
        let mut cells = vec![vec![' '; WIDTH]; HEIGHT];
        if let Some(limit) = self.limit {
            cells[self.row(limit)].fill('─');
        }
        if let Some(capacity) = self.capacity {
            let column = self.column(capacity);
            cells.iter_mut().for_each(|line| line[column] = if line[column] == '─' { '┼' } else { '│' });
        }
        for (rate, p50, p99) in &self.points {
            cells[self.row(*p50)][self.column(*rate)] = '○';
            cells[self.row(*p99)][self.column(*rate)] = '●';
        }
        cells
    }
}

/// The cell of a share of the whole.
fn place(share: f64, cells: usize) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "some hundred cells")]
    let cell = share.clamp(0.0, 1.0) * (cells - 1) as f64;
    usize::try_from(whole(cell.round())).unwrap_or_default().min(cells - 1)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(number: f64) -> u64 {
    number as u64
}
