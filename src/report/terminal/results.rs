//! Everything that is said after a run, in the order in which it is worth reading.

use std::io::{self, BufWriter, Write};

use super::header::SELF_CHECK;
use super::style::{Ink, paint};
use super::{block, summary};
use crate::record::{ApiRecord, CaseRecord, CheckRecord, ExitCode, Verdict};
use crate::report::cause::{Cause, cause};
use crate::report::failure::Failure;
use crate::report::text::counted;
use crate::source::Palette;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A line for each failure, and the last line.
    Quiet,
    /// What fits a screen or two, with counts of what is left out.
    Normal,
    /// Everything.
    Verbose,
}

/// How a record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Whether with colours; the caller knows `NO_COLOR` and what the output is.
    pub palette: Palette,
    /// How much.
    pub detail: Detail,
}

/// How many failures are shown in full without `--verbose`.
const FULL: usize = 20;

/// How many of the others have a line each without `--verbose`.
const LINES: usize = 200;

/// Writes everything but the head. `exit` is the exit code in the end, to which reports that could not be written may
/// have added.
///
/// # Errors
/// Those of the writer.
pub fn write_results(record: &CheckRecord, exit: ExitCode, view: View, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::with_capacity(64 * 1024, out);
    let causes: Vec<Option<Cause<'_>>> = record.apis.iter().map(cause).collect();
    let mut failures = Vec::new();
    for (api, cause) in record.apis.iter().zip(&causes) {
        let folds =
            |case: &CaseRecord| view.detail != Detail::Verbose && cause.as_ref().is_some_and(|cause| cause.folds(case));
        if let Some(cause) = cause {
            let folded = api.cases.iter().filter(|case| folds(case)).count();
            leading(view, api, cause, folded, out)?;
        }
        let failing = api.cases.iter().filter(|case| case.verdict == Verdict::Fail && !folds(case));
        failures.extend(failing.map(|case| Failure::new(api, case)));
    }
    write_failures(view, &failures, out)?;
    if view.detail != Detail::Quiet {
        summary::write(record, &causes, view, out)?;
    }
    writeln!(out, "{}", paint(view.palette, Ink::of(exit), last_line(record, exit)))?;
    out.flush()
}

fn leading(view: View, api: &ApiRecord, cause: &Cause<'_>, folded: usize, out: &mut dyn Write) -> io::Result<()> {
    match view.detail {
        Detail::Quiet => writeln!(out, "{}  {}", api.name, cause.headline(api)),
        Detail::Normal | Detail::Verbose => block::cause(view, api, cause, folded, out),
    }
}

fn write_failures(view: View, failures: &[Failure<'_>], out: &mut dyn Write) -> io::Result<()> {
    let full = match view.detail {
        Detail::Quiet => 0,
        Detail::Normal => FULL,
        Detail::Verbose => usize::MAX,
    };
    for failure in failures.iter().take(full) {
        block::failure(view, failure, out)?;
    }
    let rest = failures.get(full..).unwrap_or_default();
    for failure in rest.iter().take(LINES) {
        let label = paint(view.palette, Ink::Bad, "FAIL");
        writeln!(out, "{label}  {}  {}", failure.case.address, failure.one_line())?;
    }
    if rest.len() > LINES {
        writeln!(
            out,
            "… and {} not shown; `--verbose` and the reports show them",
            counted(rest.len() - LINES, "failure")
        )?;
    }
    if !rest.is_empty() && view.detail != Detail::Quiet {
        writeln!(out)?;
    }
    Ok(())
}

/// The verdict in one line, with the exit code; the last line of every run.
#[must_use]
pub fn last_line(record: &CheckRecord, exit: ExitCode) -> String {
    let who = if record.self_check { format!("{SELF_CHECK}: ") } else { String::new() };
    format!("{who}{} (exit {}): {}", exit.sentence(), exit.code(), counts(record))
}

/// The cases by verdict: `12 cases: 2 fail, 10 pass`.
#[must_use]
pub fn counts(record: &CheckRecord) -> String {
    let totals = record.totals();
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .filter(|verdict| totals.count(*verdict) > 0)
        .map(|verdict| format!("{} {}", totals.count(verdict), verdict.as_str()))
        .collect();
    format!("{}: {}", counted(totals.cases, "case"), counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::{self, Scene};
    use crate::report::golden::golden;
    use crate::report::terminal::{Header, write_header};

    const PLAIN: View = View { palette: Palette::Plain, detail: Detail::Normal };

    fn shown(record: &CheckRecord, view: View) -> String {
        let mut text = Vec::new();
        write_header(&Header::of(record), view, &mut text).unwrap();
        let exit = ExitCode::from_code(record.exit_code).unwrap();
        write_results(record, exit, view, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_scene_reads_well() {
        for (scene, name) in [
            (Scene::Mixed, "mixed"),
            (Scene::Conformant, "conformant"),
            (Scene::BaselineRefused, "baseline-refused"),
            (Scene::NotFound, "not-found"),
            (Scene::NoConnection, "no-connection"),
        ] {
            golden(&format!("terminal-{name}.txt"), &shown(&sample::of(scene), PLAIN));
        }
    }

    #[test]
    fn a_self_check_says_so_in_its_first_and_last_line() {
        let mut record = sample::of(Scene::Conformant);
        record.self_check = true;
        for detail in [Detail::Quiet, Detail::Normal, Detail::Verbose] {
            let text = shown(&record, View { detail, ..PLAIN });
            let mut lines = text.lines();
            assert!(lines.next().unwrap().contains(SELF_CHECK), "{text}");
            assert!(lines.next_back().unwrap().contains(SELF_CHECK), "{text}");
        }
    }

    #[test]
    fn many_failures_are_bounded_and_counted() {
        let mut record = sample::record();
        let case = record.apis[0].cases[2].clone();
        record.apis[0].cases = vec![case; 300];
        let text = shown(&record, PLAIN);
        assert_eq!(text.matches("expected  ").count(), FULL, "{text}");
        assert!(text.contains("… and 80 failures not shown"), "{text}");
        let all = shown(&record, View { detail: Detail::Verbose, ..PLAIN });
        assert_eq!(all.matches("expected  ").count(), 300);
        let quiet = shown(&record, View { detail: Detail::Quiet, ..PLAIN });
        assert!(!quiet.contains("expected  "), "{quiet}");
    }

    #[test]
    fn colours_appear_only_when_wanted() {
        let record = sample::record();
        assert!(!shown(&record, PLAIN).contains('\u{1b}'));
        assert!(shown(&record, View { palette: Palette::Colored, ..PLAIN }).contains("\u{1b}[31m"));
    }
}
