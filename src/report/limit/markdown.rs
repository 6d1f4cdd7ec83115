//! A measured limit as a block of Markdown, for a job's summary page.

use std::io::{self, Write};

use super::summary::{Detail, headline, write_summary};
use crate::record::limit::LimitRecord;
use crate::source::Palette;

/// Writes what the terminal shows under a heading.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    // A fence that is longer than any in what a server said.
    writeln!(out, "## {}\n\n``````text", headline(record))?;
    write_summary(record, Palette::Plain, Detail::Normal, out)?;
    writeln!(out, "``````")
}
