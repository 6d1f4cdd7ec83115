//! What a run leaves behind: its files, and what a CI job shows beside them, which is a part of the job's summary page and
//! annotations in its log.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::{Console, Exit};
use crate::report::{DirectoryError, Format, Rendered, ReportDirectory};
use crate::settings::args::{OutputArgs, ReportArgs};
use crate::settings::environment::Environment;

/// The variable with the file to which the steps of a job append what its summary page shows.
const SUMMARY_PAGE: &str = "GITHUB_STEP_SUMMARY";

/// Where a finished run goes.
pub(super) struct Delivery<'a> {
    pub(super) directory: &'a ReportDirectory,
    pub(super) formats: &'a [Format],
    /// The directory that was asked for; without one, the fresh directory becomes the latest of the usual place.
    pub(super) asked: Option<&'a Path>,
}

/// Writes a run's files, shows it, and gives its exit code, or that of a report that is missing.
pub(super) fn deliver<R: Rendered>(
    record: &R,
    exit: Exit,
    to: &Delivery<'_>,
    show: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    environment: &Environment,
    console: &mut Console,
) -> Exit {
    let written = write_reports(record, to.formats, to.directory);
    let missing = append_summary(record, to.formats, environment);
    annotate(record, to.formats, console);
    // A reader that went away is no error.
    let _ = show(console.out());
    console.line(format_args!("report      {}", to.directory.path().display()));
    if to.asked.is_none() {
        // Only a convenience: that it fails changes nothing about the reports.
        let _ = to.directory.publish();
    }
    match written.err().map(|error| error.to_string()).or(missing) {
        Some(error) => {
            console.note(format_args!("error: {error}"));
            with_missing_report(exit)
        }
        None => exit,
    }
}

/// Where the result of a comparison goes: it is worth showing even where its files cannot be written.
pub(super) struct Handover<'a> {
    pub(super) directory: Result<ReportDirectory, DirectoryError>,
    pub(super) formats: &'a [Format],
    pub(super) report: &'a ReportArgs,
    pub(super) output: &'a OutputArgs,
}

/// Shows a comparison, writes its files, and gives its exit code, or that of a report that was asked for and is missing.
pub(super) fn hand_over<R: Rendered>(
    record: &R,
    exit: Exit,
    to: Handover<'_>,
    show: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    environment: &Environment,
    console: &mut Console,
) -> Exit {
    annotate(record, to.formats, console);
    // A reader that went away is no error.
    let _ = show(console.out()).and_then(|()| console.out().flush());
    let written = to.directory.and_then(|directory| write_reports(record, to.formats, &directory).map(|()| directory));
    let unappended = append_summary(record, to.formats, environment);
    let missing = match written {
        Ok(directory) => {
            if !to.output.quiet {
                console.note(format_args!("reports in {}", directory.path().display()));
            }
            if to.report.report_dir.is_none() {
                // Only a convenience: that it fails changes nothing about the reports.
                let _ = directory.publish();
            }
            unappended
        }
        Err(error) => Some(error.to_string()),
    };
    let Some(missing) = missing else { return exit };
    if to.report.report_dir.is_some() || !to.report.format.is_empty() {
        console.note(format_args!("error: {missing}"));
        return with_missing_report(exit);
    }
    console.note(format_args!("note: {missing}"));
    exit
}

/// Writes a record in every format that was asked for.
///
/// # Errors
/// The first file that cannot be written.
pub(super) fn write_reports<R: Rendered>(
    record: &R,
    formats: &[Format],
    directory: &ReportDirectory,
) -> Result<(), DirectoryError> {
    formats.iter().try_for_each(|format| directory.write(record, *format).map(|_| ()))
}

/// A missing report outranks nothing but success.
pub(super) fn with_missing_report(exit: Exit) -> Exit {
    let all = Exit::PRECEDENCE;
    all.into_iter().find(|one| *one == exit || *one == Exit::ReportNotWritten).unwrap_or(exit)
}

/// Appends Markdown to the summary page of the job, where there is one and the format was asked for; gives what went wrong.
pub(super) fn append_summary<R: Rendered>(record: &R, formats: &[Format], environment: &Environment) -> Option<String> {
    let path = environment.get(SUMMARY_PAGE).filter(|_| formats.contains(&Format::Markdown))?;
    let appended = append(record, Path::new(path));
    appended.err().map(|error| format!("cannot write {path}, which {SUMMARY_PAGE} names: {error}"))
}

/// Prints annotations where they were asked for: the runner reads them from the output of the step.
pub(super) fn annotate<R: Rendered>(record: &R, formats: &[Format], console: &mut Console) {
    if formats.contains(&Format::Github) {
        // A reader that went away is no error.
        let _ = record.write(Format::Github, console.out());
    }
}

/// In one write, so that parts of two steps never mix.
fn append<R: Rendered>(record: &R, path: &Path) -> io::Result<()> {
    let mut text = Vec::new();
    record.write(Format::Markdown, &mut text)?;
    OpenOptions::new().append(true).create(true).open(path)?.write_all(&text)
}
