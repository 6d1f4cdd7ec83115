//! A search for people: the result first, then what it rests on.

use std::io::{self, Write};

use super::plot;
use crate::record::ExitCode;
use crate::record::capacity::{CapacityRecord, CurvePoint, RequirementVerdict, ResultKind, TrialVerdict};
use crate::record::load::Bound;
use crate::report::load::figure::{rate, time};
use crate::report::terminal::style::{Ink, paint};
use crate::report::text::visible;
use crate::source::Palette;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The first line and why the run did not pass.
    Quiet,
    /// Everything.
    Normal,
}

/// The columns of the curve, in thousandths of a per cent.
const COLUMNS: [(&str, u32); 4] = [("p50", 50_000), ("p90", 90_000), ("p99", 99_000), ("p99.9", 99_900)];

/// What every output says first.
pub(super) fn headline(record: &CapacityRecord) -> String {
    let result = &record.result;
    let marks = record.marks();
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    let number = |value: Option<f64>| value.map_or_else(|| "-".into(), rate);
    let found = match result.kind {
        ResultKind::Found => {
            let (at, low, high) = (number(result.rate), number(result.low), number(result.high));
            format!("{at} ({low} to {high}), then {} breaks", result.broke.as_deref().unwrap_or("something"))
        }
        ResultKind::AtLeast => format!("at least {}", number(result.rate)),
        ResultKind::Below => format!("below {}", number(result.rate)),
        ResultKind::NoNumber => "NO NUMBER".into(),
    };
    let required = record.required.map_or_else(String::new, |required| {
        let word = match required.verdict {
            RequirementVerdict::Met => "carried",
            RequirementVerdict::Broken => "NOT CARRIED",
            RequirementVerdict::Unjudged => "not judged",
        };
        format!("; required {}: {word}", rate(required.rate))
    });
    format!("proofhouse {} capacity{marks}: {}: {found}{required}", record.settings.proofhouse, record.settings.api)
}

/// Writes the summary.
///
/// # Errors
/// Those of the writer.
pub fn write_summary(record: &CapacityRecord, palette: Palette, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let ink = match ExitCode::from_code(record.exit_code) {
        Some(ExitCode::Conforms) => Ink::Good,
        Some(ExitCode::Violated) => Ink::Bad,
        _ => Ink::Doubt,
    };
    writeln!(out, "{}", paint(palette, ink, headline(record)))?;
    for reason in &record.reasons {
        writeln!(out, "  {}", visible(reason))?;
    }
    if detail == Detail::Quiet {
        return Ok(());
    }
    writeln!(out)?;
    settings(record, out)?;
    result(record, out)?;
    plot::write(record, out)?;
    curve(record, palette, out)?;
    outcomes(record, out)
}

fn settings(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    let settings = &record.settings;
    let who = if settings.built_in { " (the built-in reference: nothing is said about any other server)" } else { "" };
    writeln!(out, "target      {}{who}", settings.target)?;
    let (trials, took) = (record.trials.len(), time(record.ran_ns));
    writeln!(out, "search      {trials} trials in {took}, of at most {}", time(settings.max_time_ns))?;
    let threads = if settings.threads == 1 { "thread" } else { "threads" };
    writeln!(
        out,
        "            {} arrivals, seed {}; {} {threads}, up to {} connections",
        settings.arrivals, settings.seed, settings.threads, settings.connections
    )?;
    if let Some(documented) = settings.documented {
        writeln!(out, "documented  {}", rate(documented))?;
    }
    if let Some(unloaded) = record.unloaded {
        writeln!(out, "unloaded    p50 {} at {}", time(unloaded.p50_ns), rate(unloaded.rate))?;
    }
    let bound = |bound: Bound| match bound {
        Bound::TimeNs(nanos) => time(nanos),
        Bound::Share(_) | Bound::Count(_) | Bound::PerSecond(_) => bound.to_string(),
    };
    let thresholds = record.thresholds.iter().map(|one| format!("{} ≤ {}", one.quantity, bound(one.bound)));
    writeln!(out, "thresholds  {}", thresholds.collect::<Vec<_>>().join(", "))?;
    match settings.p99_times {
        Some(times) => writeln!(out, "            the p99 is held to {times} × the unloaded p50"),
        None => Ok(()),
    }
}

fn result(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\ncapacity    {}", visible(&record.result.said))?;
    if let Some(broke) = &record.result.broke {
        writeln!(out, "breaks      {broke} first")?;
    }
    if let Some(knee) = record.knee {
        writeln!(out, "knee        about {}: the most throughput for its p99", rate(knee))?;
    }
    for note in &record.result.notes {
        writeln!(out, "note        {}", visible(note))?;
    }
    Ok(())
}

fn curve(record: &CapacityRecord, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    if record.curve.is_empty() {
        return Ok(());
    }
    write!(out, "\n{:>12} {:>7}", "rate", "trials")?;
    for (name, _) in COLUMNS {
        write!(out, " {name:>9}")?;
    }
    writeln!(out)?;
    for point in &record.curve {
        row(point, palette, out)?;
    }
    let unsound = record.trials.iter().filter(|trial| trial.verdict == TrialVerdict::Unsound).count();
    if unsound > 0 {
        writeln!(out, "{unsound} trials were unsound and say nothing about the target; report.json says why")?;
    }
    Ok(())
}

fn row(point: &CurvePoint, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{:>12} {:>7}", rate(point.rate), point.trials)?;
    for (_, wanted) in COLUMNS {
        let found = point.percentiles.iter().find(|percentile| percentile.of_100_000 == wanted);
        let text = found.map_or_else(
            || "-".into(),
            |percentile| format!("{}{}", if percentile.at_least { "≥" } else { "" }, time(percentile.ns)),
        );
        write!(out, " {text:>9}")?;
    }
    let (ink, word) = if point.met { (Ink::Good, "met") } else { (Ink::Bad, "broken") };
    writeln!(out, "  {}", paint(palette, ink, word))
}

/// What went wrong where something other than the latency breaks, or nothing is admitted.
fn outcomes(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    let Some(trial) = record.trials.iter().rev().find(|trial| !trial.outcomes.is_empty()) else { return Ok(()) };
    writeln!(out, "\nnot as expected, at {}", rate(trial.rate))?;
    for outcome in &trial.outcomes {
        writeln!(out, "  {:>9}  {:<18} {}", outcome.count, outcome.fate, visible(&outcome.outcome))?;
    }
    Ok(())
}
