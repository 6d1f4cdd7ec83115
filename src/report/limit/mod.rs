//! What people and tools read of a measured rate limit: every format is rendered from its one record.
//!
//! `summary` is for the terminal and `report.txt`, with the picture of `plot`; `junit` is for CI.

mod junit;
mod plot;
mod summary;

use std::io::{self, Write};

pub use summary::{Detail, write_summary};

use crate::record::limit::LimitRecord;
use crate::report::load::LoadFormat;
use crate::source::Palette;

/// Writes a record in a format.
///
/// # Errors
/// Those of the writer.
pub fn write(record: &LimitRecord, format: LoadFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        LoadFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, record)?;
            out.write_all(b"\n")
        }
        LoadFormat::Junit => junit::write(record, out),
        LoadFormat::Text => write_summary(record, Palette::Plain, Detail::Normal, out),
        LoadFormat::Markdown => {
            // A fence that is longer than any in what a server said.
            writeln!(out, "## {}\n\n``````text", summary::headline(record))?;
            write_summary(record, Palette::Plain, Detail::Normal, out)?;
            writeln!(out, "``````")
        }
    }
}
