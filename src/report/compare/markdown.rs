//! Markdown of a comparison, for a job's summary page: the verdict first, then the rows, those that changed most on top.

use std::io::{self, BufWriter, Write};

use super::words;
use crate::record::ExitCode;
use crate::record::compare::{ChangeFinding, CompareRecord};
use crate::report::markdown::{code, escaped, sign};
use crate::report::text::shortened;

/// How many rows of each table are told: the record holds all.
const LISTED: usize = 40;
/// How much of a shape is.
const SHAPE: usize = 200;

/// Writes the record as Markdown.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::with_capacity(64 * 1024, out);
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    writeln!(out, "## {} {} (exit {})\n", sign(exit), escaped(&words::headline(record)), exit.code())?;
    for reason in record.reasons.iter().take(LISTED) {
        writeln!(out, "- {}", escaped(&shortened(reason, SHAPE)))?;
    }
    writeln!(out)?;
    for (name, side) in ["base", "head"].iter().zip(&record.sides) {
        writeln!(out, "- {name}: {}", escaped(&words::side(side)))?;
    }
    writeln!(out, "- {}\n", escaped(&words::design(record)))?;
    latencies(record, out)?;
    shares(record, out)?;
    writeln!(out, "{}\n", escaped(&words::legend(record)))?;
    for note in &record.notes {
        writeln!(out, "- {}", escaped(note))?;
    }
    out.flush()
}

fn latencies(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| response time | base | head | change | interval | p | |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | :---: | ---: | --- |")?;
    let compared: Vec<_> = record.latencies.iter().filter(|change| change.why.is_none()).collect();
    for change in compared.iter().take(LISTED) {
        let [base, head] = words::means(change);
        let (relative, interval, p) =
            (words::relative(change.change), words::interval(change), words::probability(change.p));
        let (name, finding) = (escaped(&words::latency(change)), escaped(&words::finding_of_latency(change)));
        let p = escaped(&p);
        writeln!(
            out,
            "| {name} | {base} | {head} | {relative} | {interval} | {p} | {}{finding} |",
            mark(change.finding)
        )?;
    }
    left_out(compared.len(), " | | | | | |", out)?;
    let lost = words::not_compared(record);
    for line in lost.iter().take(LISTED) {
        writeln!(out, "- not compared: {}", escaped(line))?;
    }
    if lost.len() > LISTED {
        writeln!(out, "- … and {} more", lost.len() - LISTED)?;
    }
    writeln!(out)
}

fn shares(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    if record.shares.is_empty() {
        return Ok(());
    }
    writeln!(out, "| share of arrivals | base | head | p | |\n| --- | ---: | ---: | ---: | --- |")?;
    for change in record.shares.iter().take(LISTED) {
        let ([base, head], p) = (words::shares(change), escaped(&words::probability(change.p)));
        let finding = escaped(&words::finding_of_share(change));
        let what = match &change.shape {
            Some([outcome, shape]) => format!("{} {}", escaped(outcome), code(&shortened(shape, SHAPE))),
            None => escaped(change.counted.as_str()),
        };
        writeln!(out, "| {what} | {base} | {head} | {p} | {}{finding} |", mark(change.finding))?;
    }
    left_out(record.shares.len(), " | | | |", out)
}

fn left_out(total: usize, columns: &str, out: &mut dyn Write) -> io::Result<()> {
    if total > LISTED {
        writeln!(out, "| … and {} more{columns}", total - LISTED)?;
    }
    writeln!(out)
}

fn mark(finding: ChangeFinding) -> &'static str {
    match finding {
        ChangeFinding::Regression => "❌ ",
        ChangeFinding::Suspected => "⚠️ ",
        ChangeFinding::Worse | ChangeFinding::Better | ChangeFinding::Unproven | ChangeFinding::NotCompared => "",
    }
}
