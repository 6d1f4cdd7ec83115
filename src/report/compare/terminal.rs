//! A comparison for people at a terminal: the verdict first, then what changed most.

use std::io::{self, Write};

use super::words::{self, headline, interval, means, probability, relative, shares};
use crate::record::compare::{ChangeFinding, CompareRecord};
use crate::report::terminal::style::{Ink, paint};
use crate::report::text::{counted, shortened, visible};
use crate::source::Palette;

/// How many rows of percentiles are shown unasked; the record holds all.
const LATENCIES: usize = 24;
/// How many rows of shares are.
const SHARES: usize = 20;
/// How much of a shape is shown.
const SHAPE: usize = 90;

/// How a comparison is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareView {
    /// The verdict and its reasons.
    Quiet,
    /// A bounded part, with the count of what is left out.
    Normal,
    /// Every row.
    Verbose,
}

/// Writes the comparison.
///
/// # Errors
/// Those of the writer.
pub fn write_comparison(
    record: &CompareRecord,
    palette: Palette,
    view: CompareView,
    out: &mut dyn Write,
) -> io::Result<()> {
    let color = match record.exit_code {
        0 => Ink::Good,
        1 => Ink::Bad,
        _ => Ink::Doubt,
    };
    writeln!(out, "{}", paint(palette, color, headline(record)))?;
    let shown = if view == CompareView::Verbose { usize::MAX } else { SHARES };
    for reason in record.reasons.iter().take(shown) {
        writeln!(out, "  {}", visible(reason))?;
    }
    left_out(record.reasons.len(), shown, "reason", out)?;
    if view == CompareView::Quiet {
        return Ok(());
    }
    writeln!(out)?;
    for (name, side) in ["base", "head"].iter().zip(&record.sides) {
        writeln!(out, "{name}        {}", visible(&words::side(side)))?;
    }
    writeln!(out, "runs        {}\n", words::design(record))?;
    latencies(record, palette, view, out)?;
    shares_table(record, palette, view, out)?;
    writeln!(out, "\n{}", words::legend(record))?;
    for note in &record.notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    Ok(())
}

fn latencies(record: &CompareRecord, palette: Palette, view: CompareView, out: &mut dyn Write) -> io::Result<()> {
    let (title, of) = ("response time", "interval");
    writeln!(out, "{title:<30} {:>9} {:>9} {:>10}  {of:<20} {:>8}", "base", "head", "change", "p")?;
    let shown = if view == CompareView::Verbose { usize::MAX } else { LATENCIES };
    for change in record.latencies.iter().take(shown) {
        let [base, head] = means(change);
        let name = format!("{:<6} {}", change.percentile(), change.subject());
        let (relative, interval, p) = (relative(change.change), interval(change), probability(change.p));
        let finding = paint(palette, ink(change.finding), words::finding_of_latency(change));
        writeln!(out, "  {name:<28} {base:>9} {head:>9} {relative:>10}  {interval:<20} {p:>8}  {finding}")?;
    }
    left_out(record.latencies.len(), shown, "row", out)
}

fn shares_table(record: &CompareRecord, palette: Palette, view: CompareView, out: &mut dyn Write) -> io::Result<()> {
    if record.shares.is_empty() {
        let arrivals = record.sides.iter().flat_map(|side| &side.runs).map(|run| run.planned).sum::<u64>();
        return writeln!(out, "\nall {arrivals} arrivals of both sides were answered as expected");
    }
    writeln!(out, "\n{:<30} {:>19} {:>19} {:>32}", "share of arrivals", "base", "head", "p")?;
    let shown = if view == CompareView::Verbose { usize::MAX } else { SHARES };
    for change in record.shares.iter().take(shown) {
        let ([base, head], p) = (shares(change), probability(change.p));
        let finding = paint(palette, ink(change.finding), words::finding_of_share(change));
        let name = change.counted.as_str();
        writeln!(out, "  {name:<28} {base:>19} {head:>19} {p:>32}  {finding}")?;
        if let Some([outcome, shape]) = &change.shape {
            writeln!(out, "    {}: {}", visible(outcome), visible(&shortened(shape, SHAPE)))?;
        }
    }
    left_out(record.shares.len(), shown, "row", out)
}

fn left_out(total: usize, shown: usize, what: &str, out: &mut dyn Write) -> io::Result<()> {
    if total <= shown {
        return Ok(());
    }
    writeln!(out, "  … and {} more; `--verbose` shows them", counted(total - shown, what))
}

fn ink(finding: ChangeFinding) -> Ink {
    match finding {
        ChangeFinding::Regression => Ink::Bad,
        ChangeFinding::Suspected | ChangeFinding::Worse => Ink::Doubt,
        ChangeFinding::Better => Ink::Good,
        ChangeFinding::Unproven | ChangeFinding::NotCompared => Ink::Dim,
    }
}
