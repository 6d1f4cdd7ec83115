//! Markdown of a measured limit, for a job's summary page: what holds first, then the limiter in words, then the probes.

use std::io::{self, BufWriter, Write};

use super::summary::{headline, reply};
use crate::record::ExitCode;
use crate::record::limit::{LimitRecord, RequirementVerdict};
use crate::report::load::figure::rate;
use crate::report::markdown::{code, escaped, sign};
use crate::report::text::shortened;

/// How many kinds of replies to an excess are shown: the record holds all.
const SHOWN_REPLIES: usize = 5;
/// How much of a body is.
const SHOWN_BODY: usize = 200;

/// Writes the record as Markdown.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    writeln!(out, "## {} {} (exit {})\n", sign(exit), escaped(&headline(record)), exit.code())?;
    writeln!(out, "{}: {}\n", code(&record.settings.target), escaped(&record.fingerprint.words))?;
    let findings = record.findings.iter().map(|finding| &finding.said);
    for line in record.reasons.iter().chain(findings).chain(&record.fingerprint.undetermined) {
        writeln!(out, "- {}", escaped(line))?;
    }
    writeln!(out, "\n| requirement | level | verdict | measured |\n| --- | --- | --- | --- |")?;
    for one in &record.requirements {
        let verdict = match one.verdict {
            RequirementVerdict::Pass => "✅ pass",
            RequirementVerdict::Fail => "❌ fail",
            RequirementVerdict::Inconclusive => "⚠️ inconclusive",
            RequirementVerdict::Observed => "observed",
        };
        let rule = format!("{} ({})", one.rule, one.requirement);
        writeln!(out, "| {} | {} | {verdict} | {} |", escaped(&rule), one.level, escaped(&one.said))?;
    }
    writeln!(out, "\n| probe | offered | admitted | refused | other |\n| --- | ---: | ---: | ---: | ---: |")?;
    for probe in &record.probes {
        let (offered, admitted) = (rate(probe.offered), rate(probe.admitted_rate));
        let counts = probe.counts;
        writeln!(out, "| {} | {offered} | {admitted} | {} | {} |", escaped(&probe.name), counts.refused, counts.other)?;
    }
    if !record.excess.is_empty() {
        writeln!(out, "\nAn excess gets:\n")?;
    }
    for one in record.excess.iter().take(SHOWN_REPLIES) {
        let body = one.body.as_deref().map(|body| format!(": {}", code(&shortened(body, SHOWN_BODY))));
        writeln!(out, "- {} × {}{}", one.count, escaped(&reply(one)), body.unwrap_or_default())?;
    }
    if let Some(more) = record.excess.len().checked_sub(SHOWN_REPLIES).filter(|more| *more > 0) {
        writeln!(out, "- and {more} more kinds in `report.json`")?;
    }
    writeln!(out, "\nproofhouse {}, {}", record.settings.proofhouse, record.started)?;
    out.flush()
}
