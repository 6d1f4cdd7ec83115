//! What follows the failures: misses that do not gate, doubts by reason, open points, assumptions, and the counts.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::known;
use super::results::{Detail, View};
use super::style::{Ink, paint};
use crate::record::{ApiRecord, CaseRecord, CheckRecord, Totals, Uncertainty, Verdict, characteristics};
use crate::report::cause::Cause;
use crate::report::failure::Failure;
use crate::report::text::{shortened, visible};

/// How many lines a list has without `--verbose`.
const LISTED: usize = 20;

/// How many addresses stand under one reason without `--verbose`.
const EXAMPLES: usize = 5;

/// How long an open point's description may be without `--verbose`.
const ABOUT: usize = 100;

/// Writes all of it; what a leading cause folds is not repeated.
pub(super) fn write(
    record: &CheckRecord,
    causes: &[Option<Cause<'_>>],
    view: View,
    out: &mut dyn Write,
) -> io::Result<()> {
    known::write(record, view, out)?;
    should_misses(record, view, out)?;
    doubts(record, causes, view, out)?;
    open_points(record, view, out)?;
    assumptions(record, view, out)?;
    counts(record, view, out)?;
    for reason in &record.reasons {
        writeln!(out, "because: {}", visible(reason))?;
    }
    Ok(())
}

fn bound(view: View, normal: usize) -> usize {
    if view.detail == Detail::Verbose { usize::MAX } else { normal }
}

fn heading(view: View, text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", paint(view.palette, Ink::Strong, text))
}

fn left_out(total: usize, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    if total > shown { writeln!(out, "  … and {} more; `--verbose` shows them", total - shown) } else { Ok(()) }
}

fn should_misses(record: &CheckRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    let missing: Vec<Failure<'_>> =
        record.cases().filter(|(_, case)| case.misses_a_should()).map(|(api, case)| Failure::new(api, case)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    heading(view, "what should hold and does not (it does not gate)", out)?;
    let shown = bound(view, LISTED);
    for one in missing.iter().take(shown) {
        let label = paint(view.palette, Ink::Doubt, "should");
        writeln!(out, "  {label}  {}  {}", one.case.address, one.one_line())?;
    }
    left_out(missing.len(), shown, out)?;
    writeln!(out)
}

fn doubts(record: &CheckRecord, causes: &[Option<Cause<'_>>], view: View, out: &mut dyn Write) -> io::Result<()> {
    let mut reasons: BTreeMap<Option<Uncertainty>, Vec<&CaseRecord>> = BTreeMap::new();
    for (api, cause) in record.apis.iter().zip(causes) {
        let folded =
            |case: &CaseRecord| view.detail != Detail::Verbose && cause.as_ref().is_some_and(|cause| cause.folds(case));
        for case in api.cases.iter().filter(|case| case.verdict == Verdict::Inconclusive && !folded(case)) {
            reasons.entry(case.uncertainty()).or_default().push(case);
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    heading(view, "inconclusive", out)?;
    for (why, cases) in reasons {
        let why = why.map_or("no reason was recorded", Uncertainty::sentence);
        writeln!(out, "  {}", paint(view.palette, Ink::Doubt, format_args!("{} × {why}", cases.len())))?;
        let shown = bound(view, EXAMPLES);
        for case in cases.iter().take(shown) {
            writeln!(out, "    {}", case.address)?;
        }
        left_out(cases.len(), shown, out)?;
    }
    writeln!(out)
}

fn open_points(record: &CheckRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    let points: Vec<_> = record.apis.iter().flat_map(characteristics).collect();
    if points.is_empty() {
        return Ok(());
    }
    heading(view, "what the document leaves open, and what this target chose", out)?;
    let shown = bound(view, LISTED);
    for point in points.iter().take(shown) {
        let about = shortened(point.about, bound(view, ABOUT));
        for (index, choice) in point.choices.iter().enumerate() {
            let about = if index == 0 { about.as_str() } else { "  and" };
            let cases = if point.choices.len() == 1 && view.detail != Detail::Verbose {
                String::new()
            } else {
                let some: Vec<&str> = choice.addresses.iter().copied().take(bound(view, 3)).collect();
                let more = choice.addresses.len() - some.len();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("  {}", paint(view.palette, Ink::Dim, format_args!("{}{more}", some.join(", "))))
            };
            writeln!(out, "  {about}: {}{cases}", visible(&choice.answer))?;
        }
    }
    left_out(points.len(), shown, out)?;
    writeln!(out)
}

fn assumptions(record: &CheckRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    if record.apis.iter().all(|api| api.target.assumed.is_empty()) {
        return Ok(());
    }
    heading(view, "assumed, because the target file does not declare it", out)?;
    for api in &record.apis {
        for fact in &api.target.assumed {
            writeln!(out, "  {}  {}", api.name, visible(&fact.to_string()))?;
        }
    }
    writeln!(out)
}

fn counts(record: &CheckRecord, view: View, out: &mut dyn Write) -> io::Result<()> {
    let widest = record.apis.iter().map(|api| api.name.len()).max().unwrap_or_default().max("api".len());
    let head = format!("{:<widest$}  cases   fail  inconclusive   pass  observed   skip", "api");
    // A column only for those who keep such a list.
    let known = record.known_failures.is_some();
    let head = if known { format!("{head}  known failure") } else { head };
    heading(view, &head, out)?;
    let row = |name: &str, widest: usize, totals: &Totals, out: &mut dyn Write| row(name, widest, totals, known, out);
    for api in &record.apis {
        row(&api.name, widest, &api.totals, out)?;
        kinds(view, api, out)?;
    }
    if record.apis.len() > 1 {
        row("all", widest, &record.totals(), out)?;
    }
    writeln!(out)
}

fn row(name: &str, widest: usize, totals: &Totals, known: bool, out: &mut dyn Write) -> io::Result<()> {
    let Totals { cases, fail, inconclusive, pass, observed, skip, known_failure, .. } = totals;
    write!(out, "{name:<widest$}  {cases:>5}  {fail:>5}  {inconclusive:>12}  {pass:>5}  {observed:>8}  {skip:>5}")?;
    if known { writeln!(out, "  {known_failure:>13}") } else { writeln!(out) }
}

fn kinds(view: View, api: &ApiRecord, out: &mut dyn Write) -> io::Result<()> {
    let mut kinds = api.totals.kinds();
    if api.totals.should_missed > 0 {
        kinds.push(format!("{} × a `should` is missed", api.totals.should_missed));
    }
    if api.limited > 0 {
        kinds.push(format!("{} × refused because of the rate, and sent again", api.limited));
    }
    for kind in kinds {
        writeln!(out, "  {}", paint(view.palette, Ink::Dim, kind))?;
    }
    Ok(())
}
