//! Markdown of a load run, for a job's summary page: verdict and soundness first, thresholds, percentiles, deviations.

use std::io::{self, BufWriter, Write};

use super::figure::{rate, share, time};
use super::summary::{headline, offered};
use super::{example, table};
use crate::record::ExitCode;
use crate::record::load::{LoadRecord, ThresholdVerdict};
use crate::report::markdown::{code, escaped, fenced, sign};

/// How many groups of deviations, and how many outcomes, are told: the record holds all.
const LISTED: usize = 20;

/// Writes the record as Markdown.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::with_capacity(64 * 1024, out);
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    writeln!(out, "## {} {} (exit {})\n", sign(exit), escaped(&headline(record)), exit.code())?;
    for reason in &record.reasons {
        writeln!(out, "- {}", escaped(reason))?;
    }
    let offered = offered(record).map_or_else(|| "as fast as it answers".to_owned(), rate);
    let achieved = rate(record.totals.achieved);
    writeln!(out, "\n{}: offered {offered}, achieved {achieved}  ", code(&record.settings.target))?;
    writeln!(out, "{}\n", escaped(&record.totals.identity))?;
    thresholds(record, out)?;
    percentiles(record, out)?;
    outcomes(record, out)?;
    deviations(record, out)?;
    let plan = record.settings.plan.as_deref().unwrap_or("from arguments");
    writeln!(out, "proofhouse {}, plan {}, {}", record.settings.proofhouse, escaped(plan), record.started)?;
    out.flush()
}

fn thresholds(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| threshold | verdict | measured |\n| --- | --- | --- |")?;
    for threshold in &record.thresholds {
        let verdict = match threshold.verdict {
            ThresholdVerdict::Met => "✅ met",
            ThresholdVerdict::Broken => "❌ broken",
            ThresholdVerdict::Unjudged => "⚠️ not judged",
        };
        let actual = escaped(threshold.actual.as_deref().unwrap_or("nothing measured"));
        let remedy = threshold.remedy.as_ref().map_or_else(String::new, |remedy| format!("; {}", escaped(remedy)));
        writeln!(out, "| {} | {verdict} | {actual}{remedy} |", escaped(&threshold.text))?;
    }
    writeln!(out)
}

fn percentiles(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "| percentiles | count |")?;
    for (name, _) in table::COLUMNS {
        write!(out, " {name} |")?;
    }
    writeln!(out, "\n| --- | ---: |{}", " ---: |".repeat(table::COLUMNS.len()))?;
    for summary in &record.measures {
        write!(out, "| {} | {} |", escaped(table::name(record, &summary.measure)), summary.count)?;
        for (_, of_100_000) in table::COLUMNS {
            write!(out, " {} |", summary.at(of_100_000).map_or_else(|| "-".into(), table::value))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn outcomes(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let counted: Vec<_> = record.outcomes.iter().filter(|outcome| outcome.count > 0).collect();
    writeln!(out, "| outcome | counts as | case | arrivals | share |\n| --- | --- | --- | ---: | ---: |")?;
    for outcome in counted.iter().take(LISTED) {
        let (what, fate, case) = (escaped(&outcome.outcome), escaped(&outcome.fate), escaped(&outcome.case));
        let share = share(outcome.count, record.totals.judged.planned);
        writeln!(out, "| {what} | {fate} | {case} | {} | {share} |", outcome.count)?;
    }
    if counted.len() > LISTED {
        writeln!(out, "| … and {} more | | | | |", counted.len() - LISTED)?;
    }
    writeln!(out)
}

fn deviations(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let groups = &record.deviations;
    if !groups.is_empty() {
        writeln!(out, "### Deviations, by the shape of their difference\n")?;
    }
    for group in groups.iter().take(LISTED) {
        let (shape, outcome) = (code(&group.shape), code(&group.outcome));
        writeln!(out, "<details><summary><b>{} ×</b> {shape} {outcome}</summary>\n", group.count)?;
        for case in &group.cases {
            writeln!(out, "- {}: {}", code(&case.case), case.count)?;
        }
        writeln!(out)?;
        if let Some(one) = group.examples.first() {
            for mismatch in &one.mismatches {
                let (expected, actual) = (code(&mismatch.expected), code(&mismatch.actual));
                writeln!(out, "- {}: expected {expected}, actual {actual}", code(&mismatch.at))?;
            }
            writeln!(out, "\nArrival {} at {}: HTTP {}\n", one.index, time(one.intended_ns), one.status)?;
            fenced("bash", &example::curl(&record.settings, one), out)?;
        }
        writeln!(out, "</details>\n")?;
    }
    if groups.len() > LISTED {
        writeln!(out, "… and {} groups not shown here; the record shows them.\n", groups.len() - LISTED)?;
    }
    Ok(())
}
