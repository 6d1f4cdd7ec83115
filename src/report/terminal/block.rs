//! One failing case, or one leading cause, as a block worth reading.

use std::io::{self, Write};

use super::results::{Detail, View};
use super::style::{Ink, paint};
use crate::record::{ApiRecord, MismatchRecord};
use crate::report::cause::Cause;
use crate::report::diff::Side;
use crate::report::failure::Failure;
use crate::report::text::{counted, visible};

/// How many lines of a diff are shown without `--verbose`.
const DIFF_LINES: usize = 40;

/// How many mismatches of one claim are shown without `--verbose`.
const MISMATCHES: usize = 4;

/// The cause that explains the rest, with how many cases it folds.
pub(super) fn cause(
    view: View,
    api: &ApiRecord,
    cause: &Cause<'_>,
    folded: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let headline = cause.headline(api);
    writeln!(out, "{}  {}", paint(view.palette, Ink::Bad, api.name.as_str()), strong(view, headline))?;
    for line in cause.lines(api) {
        writeln!(out, "    {line}")?;
    }
    if folded > 0 {
        let folded = format!("{} that only repeat this are not shown; `--verbose` shows them", counted(folded, "case"));
        writeln!(out, "    {}", paint(view.palette, Ink::Dim, folded))?;
    }
    writeln!(out)
}

/// Everything about one failing case.
pub(super) fn failure(view: View, failure: &Failure<'_>, out: &mut dyn Write) -> io::Result<()> {
    let case = failure.case;
    let label = paint(view.palette, Ink::Bad, "FAIL");
    writeln!(out, "{label}  {}  {}", strong(view, case.address.as_str()), case.level)?;
    writeln!(out, "      {}", paint(view.palette, Ink::Bad, failure.sentence()))?;
    if let Some(about) = &case.about {
        row(view, "about", about, out)?;
    }
    for (claim, mismatches) in &failure.broken {
        if let Some((rule, authority)) = failure.rule(claim) {
            let level = if claim.level == case.level { String::new() } else { format!(" [{}]", claim.level) };
            row(view, "rule", &format!("{rule}{level}"), out)?;
            row(view, "", &paint(view.palette, Ink::Dim, authority).to_string(), out)?;
        }
        let shown = if view.detail == Detail::Verbose { mismatches.len() } else { MISMATCHES };
        for one in mismatches.iter().take(shown) {
            mismatch(view, failure, one, out)?;
        }
        if mismatches.len() > shown {
            row(view, "", &format!("and {} more", mismatches.len() - shown), out)?;
        }
    }
    if let Some(reply) = failure.reply() {
        row(view, "reply", &reply, out)?;
    }
    diff(view, failure, out)?;
    for note in failure.notes() {
        row(view, "note", &paint(view.palette, Ink::Doubt, note).to_string(), out)?;
    }
    if let Some(line) = failure.curl() {
        row(view, "repeat", &line, out)?;
    }
    row(view, "case", &case.place.to_string(), out)?;
    writeln!(out)
}

/// A mismatch of another kind than the headline's says its own.
fn mismatch(view: View, failure: &Failure<'_>, mismatch: &MismatchRecord, out: &mut dyn Write) -> io::Result<()> {
    let other = failure.case.kind() != Some(mismatch.kind);
    let kind = if other { format!(" ({})", mismatch.kind.sentence()) } else { String::new() };
    row(view, "at", &format!("{}{kind}", mismatch.at), out)?;
    row(view, "expected", &paint(view.palette, Ink::Good, visible(&mismatch.expected)).to_string(), out)?;
    row(view, "actual", &paint(view.palette, Ink::Bad, visible(&mismatch.actual)).to_string(), out)
}

fn diff(view: View, failure: &Failure<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(diff) = failure.diff() else {
        return Ok(());
    };
    let lines = diff.lines();
    let shown = if view.detail == Detail::Verbose { lines.len() } else { DIFF_LINES };
    row(view, "diff", "- expected, + actual", out)?;
    for (side, line) in lines.iter().take(shown) {
        let line = format!("{} {line}", side.sign());
        match side {
            Side::Both => writeln!(out, "          {line}")?,
            Side::Gap => writeln!(out, "          {}", paint(view.palette, Ink::Dim, line))?,
            Side::Expected => writeln!(out, "          {}", paint(view.palette, Ink::Good, line))?,
            Side::Actual => writeln!(out, "          {}", paint(view.palette, Ink::Bad, line))?,
        }
    }
    if lines.len() > shown {
        writeln!(out, "          … {} not shown", counted(lines.len() - shown, "line"))?;
    }
    Ok(())
}

fn row(view: View, name: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let name = format!("{name:<9}");
    writeln!(out, "      {} {text}", paint(view.palette, Ink::Dim, name))
}

fn strong<T: std::fmt::Display>(view: View, text: T) -> impl std::fmt::Display {
    paint(view.palette, Ink::Strong, text)
}
