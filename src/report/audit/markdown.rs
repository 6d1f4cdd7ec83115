//! An audit as Markdown, for a job's summary page or to be handed on: the verdict, then each requirement as a table.

use std::io::{self, BufWriter, Write};

use super::words::{changes, headline, notes, sides, title};
use crate::record::{AuditRecord, Difference, ExitCode, NotCompared, RequirementGroup};
use crate::report::diff::shortened_lines;
use crate::report::markdown::{code, escaped, fenced, sign};
use crate::report::text::counted;

/// How many cases of a requirement have rows: GitHub cuts a summary at 1 MiB, and nobody reads that much.
const CASES: usize = 100;
/// How many pairs of replies of a requirement are shown.
const REPLIES: usize = 10;
/// How many cases that were not compared are listed.
const LISTED: usize = 100;
/// How long a value may be in its cell.
const VALUE: usize = 120;
/// How many lines of one pair of replies are shown.
const LINES: usize = 30;

/// Writes the audit as Markdown.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::with_capacity(64 * 1024, out);
    let exit = ExitCode::from_code(audit.exit_code).unwrap_or(ExitCode::Internal);
    writeln!(out, "## {} {}\n", sign(exit), escaped(&headline(audit)))?;
    writeln!(out, "| side | target |\n| --- | --- |")?;
    for (name, side) in sides(audit) {
        writeln!(out, "| {name} | {} |", escaped(&side))?;
    }
    writeln!(out)?;
    for group in &audit.groups {
        requirement(group, out)?;
    }
    if !audit.not_compared.is_empty() {
        writeln!(out, "### Not compared: {}\n", counted(audit.not_compared.len(), "case"))?;
        for NotCompared { address, why } in audit.not_compared.iter().take(LISTED) {
            writeln!(out, "- {}: {}", code(address), escaped(why))?;
        }
        left_out(audit.not_compared.len(), LISTED, "case", out)?;
    }
    for note in notes(audit) {
        writeln!(out, "- {}", escaped(&note))?;
    }
    out.flush()
}

fn requirement(group: &RequirementGroup, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### {}\n", escaped(&title(group)))?;
    if let Some(authority) = &group.authority {
        writeln!(out, "_{}_\n", escaped(authority))?;
    }
    writeln!(out, "| case | what | A | B | |\n| --- | --- | --- | --- | --- |")?;
    for difference in group.differences.iter().take(CASES) {
        for (what, a, b) in changes(difference, VALUE) {
            let (address, supports) = (code(&difference.address), difference.supports.sentence());
            writeln!(out, "| {address} | {} | {} | {} | {supports} |", escaped(&what), code(&a), code(&b))?;
        }
    }
    left_out(group.differences.len(), CASES, "case", out)?;
    let with_replies = || group.differences.iter().filter(|one| one.replies.is_some());
    for difference in with_replies().take(REPLIES) {
        replies(difference, out)?;
    }
    left_out(with_replies().count(), REPLIES, "pair of replies", out)
}

fn replies(difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    let Some([a, b]) = &difference.replies else { return Ok(()) };
    let lines = shortened_lines(a, b, LINES);
    let text: Vec<String> = lines.iter().map(|(side, line)| format!("{} {line}", side.sign())).collect();
    writeln!(out, "<details><summary>{}</summary>\n", code(&difference.address))?;
    fenced("diff", &text.join("\n"), out)?;
    writeln!(out, "</details>\n")
}

/// Ends a list, with how much of it is missing.
fn left_out(total: usize, shown: usize, what: &str, out: &mut dyn Write) -> io::Result<()> {
    if total > shown {
        writeln!(out, "\n… and {} not shown here; the other reports show them.", counted(total - shown, what))?;
    }
    writeln!(out)
}
