//! The summary of a measured limit for people: verdict first, then how the target limits, then what that rests on.

use std::io::{self, Write};
use std::time::Duration;

use super::plot;
use crate::record::ExitCode;
use crate::record::limit::{Estimate, ExcessReply, FingerprintReport, LimitRecord, RateOrigin, RequirementVerdict};
use crate::report::terminal::style::{Ink, paint};
use crate::report::text::{shortened, visible};
use crate::source::Palette;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The first line and what is wrong.
    Quiet,
    /// Everything.
    Normal,
}

/// How many kinds of replies to an excess are shown: the record holds all.
const SHOWN_REPLIES: usize = 5;
/// How much of a body is.
const SHOWN_BODY: usize = 120;

/// What every output says first.
pub(super) fn headline(record: &LimitRecord) -> String {
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    let documented = record.settings.documented;
    let verdict = match exit {
        ExitCode::Conforms => format!("admits {documented}/s, limiter sound"),
        ExitCode::Violated => "VIOLATED".to_owned(),
        ExitCode::Inconclusive => "INCONCLUSIVE".to_owned(),
        ExitCode::Interrupted => "INTERRUPTED".to_owned(),
        ExitCode::Usage
        | ExitCode::KnownFailures
        | ExitCode::ReportNotWritten
        | ExitCode::NothingRun
        | ExitCode::Internal => exit.sentence().to_owned(),
    };
    let marks = record.marks();
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    format!("proofhouse {} limit{marks}: {}: {verdict}", record.settings.proofhouse, record.settings.api)
}

/// Writes the summary.
///
/// # Errors
/// Those of the writer.
pub fn write_summary(record: &LimitRecord, palette: Palette, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let ink = match record.exit_code {
        0 => Ink::Good,
        1 => Ink::Bad,
        _ => Ink::Doubt,
    };
    writeln!(out, "{}", paint(palette, ink, headline(record)))?;
    for reason in &record.reasons {
        writeln!(out, "  {}", visible(reason))?;
    }
    if detail == Detail::Quiet {
        return Ok(());
    }
    writeln!(out)?;
    target(record, out)?;
    fingerprint(&record.fingerprint, palette, out)?;
    requirements(record, palette, out)?;
    excess(record, out)?;
    plot::write(record, palette, out)
}

fn target(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    let settings = &record.settings;
    let who = if settings.built_in { " (the built-in reference: nothing is said about any other server)" } else { "" };
    writeln!(out, "target      {}{who}", settings.target)?;
    let origin = match settings.documented_by {
        RateOrigin::Document => "the document says so",
        RateOrigin::Target => "the target file says so",
        RateOrigin::Argument => "by --documented",
    };
    writeln!(out, "to admit    {}/s, {origin}", settings.documented)?;
    let lag = record.soundness.lag_p99_ns.map_or_else(String::new, |lag| {
        format!("; sent within {:.1?} of plan (p99), and judged by when it was sent", Duration::from_nanos(lag))
    });
    let sound = if record.soundness.sound == Some(true) { "sound" } else { "UNSOUND" };
    let sent: u64 = record.probes.iter().map(|probe| probe.counts.sent).sum();
    writeln!(
        out,
        "generator   {sound}: {sent} requests in {:.0} s{lag}",
        Duration::from_nanos(record.ran_ns).as_secs_f64()
    )?;
    for cause in &record.soundness.causes {
        writeln!(out, "            {cause}")?;
    }
    Ok(())
}

fn fingerprint(of: &FingerprintReport, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nlimiter     {}", paint(palette, Ink::Strong, &of.words))?;
    let rows = [
        ("rate", of.rate, Figure::Count, "/s"),
        ("burst", of.burst, Figure::Count, " at once"),
        ("window", of.window_ns, Figure::Time, ""),
        ("phase", of.phase_ns, Figure::Time, " after the wall clock"),
        ("queue", of.queue, Figure::Count, " waiting"),
        ("concurrency", of.concurrency, Figure::Count, " at the same time"),
    ];
    for (name, estimate, figure, unit) in rows {
        if let Some(Estimate { value, low, high }) = estimate {
            let [value, low, high] = [value, low, high].map(|number| figure.shown(number));
            writeln!(out, "  {name:<11} {value}{unit}   from {low} to {high}")?;
        }
    }
    if let Some(recovery) = of.recovery_ns {
        let recovery = Duration::from_nanos(recovery).as_secs_f64();
        let what = "at least 90 % of what was offered, 98 % of the limit, was admitted again";
        writeln!(out, "  {:<11} {recovery:.2} s after the excess {what}", "recovery")?;
    }
    if of.explained + of.unexplained > 0 {
        writeln!(out, "  {:<11} {} decisions agree, {} do not", "fit", of.explained, of.unexplained)?;
    }
    for reason in &of.undetermined {
        writeln!(out, "  undetermined: {}", visible(reason))?;
    }
    Ok(())
}

/// What a number of a fingerprint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Count,
    Time,
}

impl Figure {
    fn shown(self, number: f64) -> String {
        match self {
            Self::Count => format!("{number:.1}"),
            Self::Time => format!("{:.1} ms", number / 1e6),
        }
    }
}

fn requirements(record: &LimitRecord, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nrequirements")?;
    for one in &record.requirements {
        let (word, ink) = match one.verdict {
            RequirementVerdict::Pass => ("pass", Ink::Good),
            RequirementVerdict::Fail => ("FAIL", Ink::Bad),
            RequirementVerdict::Inconclusive => ("INCONCLUSIVE", Ink::Doubt),
            RequirementVerdict::Observed => ("observed", Ink::Dim),
        };
        let place = one.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        writeln!(out, "  {}  {} {}: {}{place}", paint(palette, ink, word), one.level, one.requirement, one.rule)?;
        writeln!(out, "        {}", visible(&one.said))?;
    }
    for finding in &record.findings {
        writeln!(out, "  {}  a sound limiter would not: {}", paint(palette, Ink::Bad, "FAIL"), visible(&finding.said))?;
    }
    Ok(())
}

fn excess(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    if record.excess.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nan excess gets")?;
    for one in record.excess.iter().take(SHOWN_REPLIES) {
        writeln!(out, "  {:>7} × {}", one.count, reply(one))?;
        if let Some(body) = one.body.as_deref().filter(|body| !body.is_empty()) {
            writeln!(out, "            {}", visible(&shortened(body, SHOWN_BODY)))?;
        }
    }
    if record.excess.len() > SHOWN_REPLIES {
        writeln!(out, "  … and {} more kinds in report.json", record.excess.len() - SHOWN_REPLIES)?;
    }
    Ok(())
}

pub(super) fn reply(one: &ExcessReply) -> String {
    let known = if one.described { "as the api describes it" } else { "learned: it came above the limit" };
    let status = one.status.map(|status| format!(", HTTP {status}")).unwrap_or_default();
    let retry =
        one.retry_after.as_deref().map(|value| format!(", Retry-After: {}", visible(value))).unwrap_or_default();
    format!("{}{status}{retry} ({known})", visible(&one.outcome))
}
