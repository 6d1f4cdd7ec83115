//! Admitted against offered, as a picture of bars: one row for each probe that offers something.

use std::io::{self, Write};

use crate::record::limit::{LimitRecord, ProbeReport};
use crate::report::terminal::style::{Ink, paint};
use crate::source::Palette;

/// How wide the longest bar is.
const WIDTH: f64 = 40.0;
/// Beyond so many times the documented rate bars are cut: what lies there differs by length of the bar no more.
const MOST: f64 = 5.0;

/// Writes the picture: `█` admitted, `░` offered and not admitted, `|` the documented rate.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LimitRecord, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let documented = record.settings.documented;
    writeln!(out, "\nadmitted of what was offered, per second (█ admitted, ░ not, | {documented:.0}/s)")?;
    for probe in record.probes.iter().filter(|probe| probe.counts.sent > 0) {
        let (bar, cut) = bar(probe, documented);
        let numbers = format!("{:>6.0} of {:>6.0}/s", probe.admitted_rate, probe.offered);
        writeln!(
            out,
            "  {:<14} {numbers}  {}{}",
            probe.name,
            paint(palette, Ink::Strong, bar),
            if cut { "…" } else { "" }
        )?;
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some tens of columns")]
fn bar(probe: &ProbeReport, documented: f64) -> (String, bool) {
    let columns = |rate: f64| (rate / documented / MOST * WIDTH).round() as usize;
    let offered = columns(probe.offered.min(MOST * documented)).max(1);
    let admitted = columns(probe.admitted_rate).min(offered);
    let mark = columns(documented);
    let cell = |column: usize| match column {
        // Between the cells that reach the documented rate and those beyond it.
        column if column == mark => '|',
        column if column < admitted => '█',
        column if column < offered => '░',
        _ => ' ',
    };
    let last = offered.max(mark + 1);
    ((0..last).map(cell).collect(), probe.offered > MOST * documented)
}
