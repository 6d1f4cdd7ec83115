//! A comparison for people at a terminal: the verdict first, then what changed most.

use std::io::{self, Write};

use super::words::{self, headline, interval, means, probability, relative, shares};
use crate::record::ExitCode;
use crate::record::compare::{ChangeFinding, CompareRecord};
use crate::report::terminal::style::{Ink, paint};
use crate::report::terminal::{Detail, View};
use crate::report::text::{counted, shortened, visible};

/// How many rows of percentiles are shown unasked; the record holds all.
const LATENCIES: usize = 24;
/// How many rows of shares are.
const SHARES: usize = 20;
/// How wide the first column is at least.
const NAME: usize = 26;
/// How much of a shape is shown.
const SHAPE: usize = 90;

/// Writes the comparison.
///
/// # Errors
/// Those of the writer.
pub fn write_comparison(record: &CompareRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    writeln!(out, "{}", paint(view.palette, Ink::of(exit), headline(record)))?;
    let shown = if view.detail == Detail::Verbose { usize::MAX } else { SHARES };
    for reason in record.reasons.iter().take(shown) {
        writeln!(out, "  {}", visible(reason))?;
    }
    left_out(record.reasons.len(), shown, "reason", out)?;
    if view.detail == Detail::Quiet {
        return Ok(());
    }
    writeln!(out)?;
    for (name, side) in ["base", "head"].iter().zip(&record.sides) {
        writeln!(out, "{name}        {}", visible(&words::side(side)))?;
    }
    writeln!(out, "runs        {}\n", words::design(record))?;
    latencies(record, view, out)?;
    shares_table(record, view, out)?;
    writeln!(out, "\n{}", words::legend(record))?;
    for note in &record.notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    Ok(())
}

fn latencies(record: &CompareRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    let bound = if view.detail == Detail::Verbose { usize::MAX } else { LATENCIES };
    let compared: Vec<_> = record.latencies.iter().filter(|change| change.why.is_none()).collect();
    let names: Vec<String> =
        compared.iter().take(bound).map(|one| format!("{:<6} {}", one.percentile(), one.subject())).collect();
    let wide = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().max(NAME);
    let (title, of) = ("response time", "interval");
    let margin = wide + 2;
    writeln!(out, "{title:<margin$} {:>9} {:>9} {:>10}  {of:<20} {:>8}", "base", "head", "change", "p")?;
    for (change, name) in compared.iter().zip(&names) {
        let [base, head] = means(change);
        let (relative, interval, p) = (relative(change.change), interval(change), probability(change.p));
        let finding = paint(view.palette, ink(change.finding), words::finding_of_latency(change));
        writeln!(out, "  {name:<wide$} {base:>9} {head:>9} {relative:>10}  {interval:<20} {p:>8}  {finding}")?;
    }
    left_out(compared.len(), bound, "row", out)?;
    let lost = words::not_compared(record);
    for line in lost.iter().take(bound) {
        writeln!(out, "  {}", paint(view.palette, Ink::Dim, format_args!("not compared: {}", visible(line))))?;
    }
    left_out(lost.len(), bound, "line", out)
}

fn shares_table(record: &CompareRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    if record.shares.is_empty() {
        let arrivals = record.sides.iter().flat_map(|side| &side.runs).map(|run| run.planned).sum::<u64>();
        return writeln!(out, "\nall {arrivals} arrivals of both sides were answered as expected");
    }
    let (title, margin) = ("share of arrivals", NAME + 2);
    writeln!(out, "\n{title:<margin$} {:>18} {:>18} {:>8}", "base", "head", "p")?;
    let bound = if view.detail == Detail::Verbose { usize::MAX } else { SHARES };
    for change in record.shares.iter().take(bound) {
        let ([base, head], p) = (shares(change), probability(change.p));
        let finding = paint(view.palette, ink(change.finding), words::finding_of_share(change));
        writeln!(out, "  {:<NAME$} {base:>18} {head:>18} {p:>8}  {finding}", change.counted.as_str())?;
        if let Some([outcome, shape]) = &change.shape {
            writeln!(out, "    {}: {}", visible(outcome), visible(&shortened(shape, SHAPE)))?;
        }
    }
    left_out(record.shares.len(), bound, "row", out)
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
