//! The summary of a run for people: verdict and soundness first, then what they rest on.

use std::io::{self, Write};

use super::figure::{rate, share, time};
use super::{example, table};
use crate::record::ExitCode;
use crate::record::load::{Completeness, LoadRecord, PhaseReport, ThresholdVerdict};
use crate::report::terminal::style::{Ink, paint};
use crate::report::text::visible;
use crate::source::Palette;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The first line and what is broken.
    Quiet,
    /// Everything.
    Normal,
}

/// How many groups of deviations are shown: the record holds all.
const SHOWN_GROUPS: usize = 10;
/// How many outcomes are.
const SHOWN_OUTCOMES: usize = 12;

/// What every output says first: the verdict, and whether it can be believed and of whom it speaks.
pub(super) fn headline(record: &LoadRecord) -> String {
    let marks = record.marks();
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    let (version, api, verdict) = (&record.settings.proofhouse, &record.settings.api, verdict(record));
    format!("proofhouse {version} load{marks}: {api}: {verdict}")
}

/// The verdict in a few words, soundness with it.
pub(in crate::report) fn verdict(record: &LoadRecord) -> &'static str {
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    match exit {
        ExitCode::Conforms => "thresholds met, run sound",
        ExitCode::Violated if record.soundness.sound == Some(false) => "VIOLATED, and the run is unsound",
        ExitCode::Violated => "VIOLATED, run sound",
        ExitCode::Inconclusive if record.soundness.sound == Some(false) => "UNSOUND: thresholds not judged",
        ExitCode::Inconclusive => "INCONCLUSIVE",
        ExitCode::NothingRun => "NOTHING SENT",
        ExitCode::Interrupted if record.ending == Completeness::Killed => "KILLED: up to the last whole second",
        ExitCode::Interrupted => "INTERRUPTED",
        ExitCode::Usage | ExitCode::KnownFailures | ExitCode::ReportNotWritten | ExitCode::Internal => exit.sentence(),
    }
}

/// Writes the summary.
///
/// # Errors
/// Those of the writer.
pub fn write_summary(record: &LoadRecord, palette: Palette, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
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
    settings(record, out)?;
    soundness(record, out)?;
    writeln!(out, "\naccounting  {}", record.totals.identity)?;
    let warm_up = record.totals.all.planned.saturating_sub(record.totals.judged.planned);
    if warm_up > 0 {
        writeln!(out, "            {warm_up} more were planned in the warm-up and do not count")?;
    }
    writeln!(out)?;
    table::write(record, out)?;
    outcomes(record, out)?;
    deviations(record, palette, out)?;
    thresholds(record, palette, out)
}

fn settings(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let settings = &record.settings;
    let who = if settings.built_in { " (the built-in reference: nothing is said about any other server)" } else { "" };
    writeln!(out, "target      {}{who}", settings.target)?;
    let plan = settings.plan.as_deref().unwrap_or("from arguments");
    let phases: Vec<String> = record.phases.iter().map(phase).collect();
    writeln!(out, "plan        {plan}: {}", phases.join(", "))?;
    let how = match (&settings.arrivals, record.model.as_str()) {
        (_, "closed") => "closed model: every connection busy, no lag bound, latencies without their queue".to_owned(),
        (Some(arrivals), _) => format!("{arrivals} arrivals, seed {}", settings.seed),
        (None, _) => String::new(),
    };
    let threads = if record.threads == 1 { "thread" } else { "threads" };
    writeln!(out, "            {how}; {} {threads}, up to {} connections", record.threads, settings.connections)?;
    for mixed in settings.mix.iter().filter(|_| settings.mix.len() > 1) {
        writeln!(out, "            {:>5.1} % {}", mixed.share * 100.0, mixed.address)?;
    }
    let documented = settings.documented.map(|documented| format!("; documented {}", rate(documented)));
    let offered = offered(record).map_or_else(|| "as fast as it answers".to_owned(), rate);
    let achieved = rate(record.totals.achieved);
    writeln!(out, "rate        offered {offered}, achieved {achieved}{}", documented.unwrap_or_default())
}

fn phase(phase: &PhaseReport) -> String {
    format!("{} {}", phase.name, time(phase.duration_ns))
}

/// The mean planned rate of the judged phases; `None` in the closed model.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub(in crate::report) fn offered(record: &LoadRecord) -> Option<f64> {
    let nanos: u64 = record.phases.iter().filter(|phase| phase.judged).map(|phase| phase.duration_ns).sum();
    let whole = record.ending == Completeness::Completed && nanos > 0;
    if record.model == "closed" {
        return None;
    }
    if whole {
        return Some(record.totals.judged.planned as f64 / (nanos as f64 / 1e9));
    }
    record.seconds.last().map(|second| second.offered)
}

fn soundness(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let soundness = &record.soundness;
    let word = match soundness.sound {
        Some(true) => "sound",
        Some(false) => "UNSOUND",
        None => "not judged",
    };
    let lag = match (soundness.lag_p99_ns, soundness.lag_bound_ns) {
        (Some(lag), Some(bound)) => format!(": dispatch lag p99 {}, bound {}", time(lag), time(bound)),
        (Some(lag), None) => format!(": dispatch lag p99 {}", time(lag)),
        (None, _) => String::new(),
    };
    let cost = &record.cost;
    let (busiest, steal) = (cost.busiest * 100.0, cost.steal * 100.0);
    writeln!(out, "generator   {word}{lag}; busiest thread {busiest:.0} % of a core, steal {steal:.1} %")?;
    for cause in &soundness.causes {
        let blame = if soundness.steal_blamed { " (steal: the hypervisor took the time away)" } else { "" };
        writeln!(out, "            {cause}{blame}")?;
    }
    Ok(())
}

fn outcomes(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    if record.outcomes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\noutcomes")?;
    let planned = record.totals.judged.planned;
    for outcome in record.outcomes.iter().filter(|outcome| outcome.count > 0).take(SHOWN_OUTCOMES) {
        let share = share(outcome.count, planned);
        let what = visible(&outcome.outcome);
        writeln!(out, "  {:>9}  {share:>8}  {:<18} {what:<22} {}", outcome.count, outcome.fate, outcome.case)?;
    }
    let shown = record.outcomes.iter().filter(|outcome| outcome.count > 0).count();
    if shown > SHOWN_OUTCOMES {
        writeln!(out, "  … and {} more in report.json", shown - SHOWN_OUTCOMES)?;
    }
    Ok(())
}

fn deviations(record: &LoadRecord, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let groups = &record.deviations;
    if groups.is_empty() {
        return Ok(());
    }
    let word = if groups.len() == 1 { "group" } else { "groups" };
    writeln!(out, "\ndeviations: {} {word}, by the shape of their difference", groups.len())?;
    for (number, group) in (1..).zip(groups).take(SHOWN_GROUPS) {
        let warm_up =
            if group.warm_up > 0 { format!(" (and {} in the warm-up)", group.warm_up) } else { String::new() };
        let title = format!("{number}. {} × {}{warm_up}", group.count, visible(&group.shape));
        writeln!(out, "  {}", paint(palette, Ink::Bad, title))?;
        let cases: Vec<String> = group.cases.iter().map(|case| format!("{} ({})", case.case, case.count)).collect();
        writeln!(out, "     {}: {}", visible(&group.outcome), cases.join(", "))?;
        if let Some(one) = group.examples.first() {
            example::write(&record.settings, one, palette, out)?;
        }
    }
    if groups.len() > SHOWN_GROUPS {
        writeln!(out, "  … and {} more groups in report.json", groups.len() - SHOWN_GROUPS)?;
    }
    Ok(())
}

fn thresholds(record: &LoadRecord, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nthresholds")?;
    for threshold in &record.thresholds {
        let (word, ink) = match threshold.verdict {
            ThresholdVerdict::Met => ("met", Ink::Good),
            ThresholdVerdict::Broken => ("BROKEN", Ink::Bad),
            ThresholdVerdict::Unjudged => ("not judged", Ink::Doubt),
        };
        let actual = threshold.actual.as_deref().unwrap_or("nothing measured");
        writeln!(out, "  {:<24} {} ({actual})", threshold.text, paint(palette, ink, word))?;
        if let Some(remedy) = &threshold.remedy {
            writeln!(out, "    {remedy}")?;
        }
    }
    Ok(())
}
