//! An audit for people at a terminal, the differences that bind furthest first; its last line is the result.

use std::io::{self, Write};

use super::words::{changes, notes, summary, title};
use crate::record::{AuditRecord, Difference, NotCompared, RequirementGroup};
use crate::report::diff::{Side, shortened_lines};
use crate::report::terminal::style::{Ink, paint};
use crate::report::terminal::{Detail, View};
use crate::report::text::visible;

/// How many cases of one requirement are told without being asked.
const CASES: usize = 10;
/// How many cases that were not compared are listed without being asked.
const LISTED: usize = 20;
/// How many lines of one pair of replies are shown.
const LINES: usize = 30;
/// How long a value may be on its line.
const VALUE: usize = 120;

/// Writes an audit; quiet, only its requirements and the result.
///
/// # Errors
/// Those of the writer.
pub fn write_audit(audit: &AuditRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    if view.detail != Detail::Quiet {
        for (name, side) in ["A", "B"].iter().zip(&audit.sides) {
            writeln!(out, "{name}  {}  {}, checked {}", audit.api, side.target, side.started)?;
        }
        writeln!(out)?;
    }
    for group in &audit.groups {
        writeln!(out, "{}", paint(view.palette, Ink::Strong, title(group)))?;
        if view.detail != Detail::Quiet {
            requirement(group, view, out)?;
        }
    }
    if view.detail != Detail::Quiet {
        not_compared(audit, view, out)?;
        for line in notes(audit) {
            writeln!(out, "note: {line}")?;
        }
    }
    writeln!(out, "{}", summary(audit))
}

fn requirement(group: &RequirementGroup, view: View, out: &mut dyn Write) -> io::Result<()> {
    if let Some(authority) = &group.authority {
        writeln!(out, "  {}", paint(view.palette, Ink::Dim, authority))?;
    }
    let shown = bound(view, CASES);
    for one in group.differences.iter().take(shown) {
        difference(one, view, out)?;
    }
    left_out(group.differences.len(), shown, out)?;
    writeln!(out)
}

fn difference(difference: &Difference, view: View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {}: {}", difference.address, difference.supports.sentence())?;
    for (what, a, b) in changes(difference, VALUE) {
        let (a, b) = (paint(view.palette, Ink::Bad, a), paint(view.palette, Ink::Good, b));
        writeln!(out, "    {what}: A {a}, B {b}")?;
    }
    let lines = difference.replies.as_ref().map(|[a, b]| shortened_lines(a, b, LINES)).unwrap_or_default();
    for (side, line) in lines {
        let ink = match side {
            Side::Both | Side::Gap => Ink::Dim,
            Side::Expected => Ink::Bad,
            Side::Actual => Ink::Good,
        };
        writeln!(out, "      {}", paint(view.palette, ink, format_args!("{} {line}", side.sign())))?;
    }
    Ok(())
}

fn not_compared(audit: &AuditRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    if audit.not_compared.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(view.palette, Ink::Strong, "not compared"))?;
    let shown = bound(view, LISTED);
    for NotCompared { address, why } in audit.not_compared.iter().take(shown) {
        writeln!(out, "  {address}: {}", visible(why))?;
    }
    left_out(audit.not_compared.len(), shown, out)?;
    writeln!(out)
}

fn bound(view: View, normal: usize) -> usize {
    if view.detail == Detail::Verbose { usize::MAX } else { normal }
}

fn left_out(total: usize, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    if total > shown { writeln!(out, "  … and {} more; `--verbose` shows them", total - shown) } else { Ok(()) }
}
