//! Markdown of a search, for a job's summary page: the result first, then the curve.

use std::io::{self, BufWriter, Write};

use super::summary::headline;
use crate::record::ExitCode;
use crate::record::capacity::CapacityRecord;
use crate::report::load::figure::{rate, time};
use crate::report::markdown::{code, escaped, sign};

/// The columns of the curve, in thousandths of a per cent.
const COLUMNS: [(&str, u32); 3] = [("p50", 50_000), ("p99", 99_000), ("p99.9", 99_900)];

/// Writes the record as Markdown.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    writeln!(out, "## {} {} (exit {})\n", sign(exit), escaped(&headline(record)), exit.code())?;
    writeln!(out, "{}: {}\n", code(&record.settings.target), escaped(&record.result.said))?;
    for line in record.reasons.iter().chain(&record.result.notes).filter(|line| **line != record.result.said) {
        writeln!(out, "- {}", escaped(line))?;
    }
    if let Some(knee) = record.knee {
        writeln!(out, "- the latency curve bends at about {}", rate(knee))?;
    }
    write!(out, "\n| rate |")?;
    for (name, _) in COLUMNS {
        write!(out, " {name} |")?;
    }
    writeln!(out, " |\n| ---: | ---: | ---: | ---: | --- |")?;
    for point in &record.curve {
        write!(out, "| {} |", rate(point.rate))?;
        for (_, wanted) in COLUMNS {
            let found = point.percentiles.iter().find(|percentile| percentile.of_100_000 == wanted);
            write!(out, " {} |", found.map_or_else(|| "-".into(), |percentile| time(percentile.ns)))?;
        }
        writeln!(out, " {} |", if point.met { "✅ met" } else { "❌ broken" })?;
    }
    writeln!(out, "\nproofhouse {}, {} trials, {}", record.settings.proofhouse, record.trials.len(), record.started)?;
    out.flush()
}
