//! What the list of known failures excuses, and what is wrong with the list.

use std::io::{self, Write};

use super::results::{Detail, View};
use super::style::{Ink, paint};
use crate::record::{CaseRecord, CheckRecord};
use crate::report::failure::Failure;
use crate::report::text::visible;

/// How many excused cases have a line without `--verbose`; trouble with the list is always told in full.
const LISTED: usize = 20;

/// Writes both, where there is a list.
pub(super) fn write(record: &CheckRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    let Some(list) = &record.known_failures else {
        return Ok(());
    };
    let known: Vec<_> = record
        .cases()
        .filter_map(|(api, case): (_, &CaseRecord)| Some((Failure::new(api, case), case.known_failure.as_ref()?)))
        .collect();
    if !known.is_empty() {
        writeln!(out, "{}", paint(view.palette, Ink::Strong, "known failures (they do not gate)"))?;
        let shown = if view.detail == Detail::Verbose { usize::MAX } else { LISTED };
        for (failure, why) in known.iter().take(shown) {
            let label = paint(view.palette, Ink::Doubt, "known");
            writeln!(out, "  {label}  {}  {}", failure.case.address, failure.one_line())?;
            writeln!(out, "         {}", paint(view.palette, Ink::Dim, visible(&why.to_string())))?;
        }
        if known.len() > shown {
            writeln!(out, "  … and {} more; `--verbose` shows them", known.len() - shown)?;
        }
        writeln!(out)?;
    }
    if !list.findings.is_empty() {
        let heading = if list.is_at_fault() { "the list of known failures is at fault" } else { "known failures" };
        writeln!(out, "{}", paint(view.palette, Ink::Strong, heading))?;
        for finding in &list.findings {
            let (ink, label) = if finding.trouble.is_fault() { (Ink::Bad, "fault") } else { (Ink::Doubt, "soon") };
            writeln!(out, "  {:<5}  {}", paint(view.palette, ink, label), visible(&finding.to_string()))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
