//! An audit of two implementations, for a terminal and as Markdown: by requirement, those that bind furthest first.

use std::io::{self, Write};

use super::diff::{Side, lines_between};
use super::text::{counted, shortened, visible};
use crate::record::{AuditRecord, Difference, NotCompared, RequirementGroup};
use crate::source::Palette;

/// How many cases of one requirement are told without being asked.
const CASES: usize = 10;

/// How many cases that were not compared are listed without being asked.
const LISTED: usize = 20;

/// How many lines of one pair of replies are shown.
const LINES: usize = 30;

/// How long a value may be on its line.
const VALUE: usize = 120;

/// How an audit is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditView {
    /// Whether with colours.
    pub palette: Palette,
    /// Whether everything is told, instead of a bounded part with counts.
    pub everything: bool,
}

/// Writes an audit for people at a terminal; the result is its last line.
///
/// # Errors
/// Those of the writer.
pub fn write_audit(audit: &AuditRecord, view: AuditView, out: &mut dyn Write) -> io::Result<()> {
    for (name, side) in ["A", "B"].iter().zip(&audit.sides) {
        writeln!(out, "{name}  {}  {}, checked {}", audit.api, side.target, side.started)?;
    }
    writeln!(out)?;
    for group in &audit.groups {
        writeln!(out, "{}", ink(view, "1", &title(group)))?;
        if let Some(authority) = &group.authority {
            writeln!(out, "  {}", ink(view, "2", authority))?;
        }
        let shown = bound(view, CASES);
        for difference in group.differences.iter().take(shown) {
            writeln!(out, "  {}: {}", difference.address, difference.supports.sentence())?;
            for (what, a, b) in changes(difference) {
                writeln!(out, "    {what}: A {}, B {}", ink(view, "31", &a), ink(view, "32", &b))?;
            }
            for (side, line) in reply_lines(difference) {
                let line = format!("{} {line}", side.sign());
                let code = match side {
                    Side::Both | Side::Gap => "2",
                    Side::Expected => "31",
                    Side::Actual => "32",
                };
                writeln!(out, "      {}", ink(view, code, &line))?;
            }
        }
        left_out(group.differences.len(), shown, out)?;
        writeln!(out)?;
    }
    if !audit.not_compared.is_empty() {
        writeln!(out, "{}", ink(view, "1", "not compared"))?;
        let shown = bound(view, LISTED);
        for NotCompared { address, why } in audit.not_compared.iter().take(shown) {
            writeln!(out, "  {address}: {}", visible(why))?;
        }
        left_out(audit.not_compared.len(), shown, out)?;
        writeln!(out)?;
    }
    for line in volatile(audit).chain(audit.notes.iter().cloned()) {
        writeln!(out, "note: {}", visible(&line))?;
    }
    writeln!(out, "{}", last_line(audit))
}

/// Writes an audit as Markdown, all of it: it is to be handed on.
///
/// # Errors
/// Those of the writer.
pub fn write_audit_markdown(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    use super::markdown::{code, escaped, fenced};
    writeln!(out, "## proofhouse diff: {}\n", escaped(&last_line(audit)))?;
    for (name, side) in ["A", "B"].iter().zip(&audit.sides) {
        writeln!(out, "- {name}: {}, checked {}", code(&side.target), escaped(&side.started))?;
    }
    writeln!(out)?;
    for group in &audit.groups {
        writeln!(out, "### {}\n", escaped(&title(group)))?;
        if let Some(authority) = &group.authority {
            writeln!(out, "_{}_\n", escaped(authority))?;
        }
        writeln!(out, "| case | what | A | B | |\n| --- | --- | --- | --- | --- |")?;
        for difference in &group.differences {
            for (what, a, b) in changes(difference) {
                let (address, supports) = (code(&difference.address), difference.supports.sentence());
                writeln!(out, "| {address} | {} | {} | {} | {supports} |", escaped(&what), code(&a), code(&b))?;
            }
        }
        writeln!(out)?;
        for difference in group.differences.iter().filter(|one| one.replies.is_some()) {
            let lines = reply_lines(difference);
            let text: Vec<String> = lines.iter().map(|(side, line)| format!("{} {line}", side.sign())).collect();
            writeln!(out, "<details><summary>{}</summary>\n", code(&difference.address))?;
            fenced("diff", &text.join("\n"), out)?;
            writeln!(out, "</details>\n")?;
        }
    }
    if !audit.not_compared.is_empty() {
        writeln!(out, "### Not compared: {}\n", counted(audit.not_compared.len(), "case"))?;
        for NotCompared { address, why } in &audit.not_compared {
            writeln!(out, "- {}: {}", code(address), escaped(why))?;
        }
        writeln!(out)?;
    }
    for line in volatile(audit).chain(audit.notes.iter().cloned()) {
        writeln!(out, "- {}", escaped(&line))?;
    }
    Ok(())
}

fn last_line(audit: &AuditRecord) -> String {
    let gating = audit.groups.iter().filter(|group| group.level >= audit.gate);
    let gating: usize = gating.map(|group| group.differences.len()).sum();
    format!(
        "{}: {} compared, {} differ in {} ({gating} at the gate `{}`), {} not compared",
        audit.api,
        counted(audit.compared, "case"),
        audit.differing,
        counted(audit.groups.len(), "requirement"),
        audit.gate,
        audit.not_compared.len()
    )
}

fn title(group: &RequirementGroup) -> String {
    let rule = group.rule.as_deref().unwrap_or("no requirement");
    let id = group.requirement.as_ref().map_or_else(String::new, |id| format!(" ({id})"));
    format!("{}: {rule}{id}", group.level)
}

fn volatile(audit: &AuditRecord) -> impl Iterator<Item = String> {
    let sides = ["A", "B"].iter().zip(&audit.sides).filter(|(_, side)| !side.volatile.is_empty());
    sides.map(|(name, side)| format!("{name} changes from time to time, left out: {}", side.volatile.join(", ")))
}

/// What, on A, on B.
fn changes(difference: &Difference) -> impl Iterator<Item = (String, String, String)> {
    let short = |text: &str| visible(&shortened(text, VALUE));
    difference.changes.iter().map(move |change| {
        let at = if change.at.is_empty() { String::new() } else { format!(" at {}", visible(&change.at)) };
        (format!("{}{at}", change.aspect.as_str()), short(&change.a), short(&change.b))
    })
}

fn reply_lines(difference: &Difference) -> Vec<(Side, String)> {
    let mut lines = difference.replies.as_ref().map(|[a, b]| lines_between(a, b)).unwrap_or_default();
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push((Side::Gap, format!("… {} not shown", counted(more, "line"))));
    }
    lines
}

fn bound(view: AuditView, normal: usize) -> usize {
    if view.everything { usize::MAX } else { normal }
}

fn left_out(total: usize, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    if total > shown { writeln!(out, "  … and {} more; `--verbose` shows them", total - shown) } else { Ok(()) }
}

fn ink(view: AuditView, code: &str, text: &str) -> String {
    match view.palette {
        Palette::Colored => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        Palette::Plain => text.to_owned(),
    }
}
