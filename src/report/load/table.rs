//! The table of percentiles: one row for each distribution, phase by phase where there are several.

use std::io::{self, Write};

use super::figure::time;
use crate::record::load::{LoadRecord, Percentile, PhaseReport, Summary};

/// The columns, in thousandths of a per cent.
pub(in crate::report) const COLUMNS: [(&str, u32); 5] =
    [("p50", 50_000), ("p90", 90_000), ("p99", 99_000), ("p99.9", 99_900), ("max", 100_000)];

/// Writes the table of the judged phases, and one for each where there are several.
pub(super) fn write(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    head("percentiles", out)?;
    for summary in &record.measures {
        row(name(record, &summary.measure), summary, out)?;
    }
    if record.measures.is_empty() {
        writeln!(out, "  nothing was measured in a judged phase")?;
    }
    let judged: Vec<&PhaseReport> = record.phases.iter().filter(|phase| phase.judged).collect();
    if judged.len() > 1 {
        writeln!(out)?;
        head("response time by phase", out)?;
        for phase in judged {
            match phase.measures.iter().find(|summary| summary.measure == "response") {
                Some(summary) => row(&phase.name, summary, out)?,
                None => writeln!(out, "  {:<24} nothing measured", phase.name)?,
            }
        }
    }
    Ok(())
}

fn head(title: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{title:<26} {:>9}", "count")?;
    for (name, _) in COLUMNS {
        write!(out, " {name:>9}")?;
    }
    writeln!(out)
}

fn row(name: &str, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "  {name:<24} {:>9}", summary.count)?;
    for (_, of_100_000) in COLUMNS {
        write!(out, " {:>9}", summary.at(of_100_000).map_or_else(|| "-".into(), value))?;
    }
    writeln!(out)
}

/// A lower bound has a sign: what never finished reaches it.
pub(in crate::report) fn value(percentile: &Percentile) -> String {
    format!("{}{}", if percentile.at_least { "≥" } else { "" }, time(percentile.ns))
}

/// A distribution as people call it.
pub(in crate::report) fn name<'a>(record: &LoadRecord, measure: &'a str) -> &'a str {
    match measure {
        // In the closed model nothing is intended before the reply to the one before it is there.
        "response" if record.model == "closed" => "response (closed)",
        "response" => "response time",
        "service" => "service time",
        "lag" => "dispatch lag",
        "wait" => "connection wait",
        "limited" => "limited replies",
        other => other,
    }
}
