//! After the last arrival: the report from the journal, its files, the summary, the exit code.

use std::fs;
use std::io::{self, BufReader};
use std::path::Path;

use super::recording::Recording;
use crate::command::publish::{annotate, append_summary, with_missing_report, write_reports};
use crate::command::{Console, Exit};
use crate::load::{Durations, Finished, Measure};
use crate::record::hlog::percentile_table;
use crate::record::load::{Distributions, LoadRecord, Start, derive};
use crate::report::load::{Detail, write_summary};
use crate::report::{DirectoryError, Format, ReportDirectory};
use crate::settings::environment::Environment;
use crate::settings::load_args::Load;
use crate::source::Palette;

/// The percentile tables, by the main distributions.
const TABLES: [&str; 5] = ["response.hgrm", "service.hgrm", "lag.hgrm", "wait.hgrm", "limited.hgrm"];

/// Takes away what an earlier run left in the directory: a killed run must not stand beside the report of another.
///
/// # Errors
/// A file cannot be removed.
pub(in crate::command) fn clear(directory: &ReportDirectory) -> Result<(), DirectoryError> {
    let reports = Format::ALL.into_iter().map(Format::file_name);
    for name in TABLES.into_iter().chain(reports).chain([super::JOURNAL, super::HISTOGRAMS]) {
        let path = directory.path().join(name);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(reason) => return Err(DirectoryError { path, reason }),
        }
    }
    Ok(())
}

/// Writes everything and says how it went.
pub(super) fn finish(
    finished: &Finished,
    recording: Recording,
    formats: &[Format],
    args: &Load,
    environment: &Environment,
    palette: Palette,
    console: &mut Console,
) -> Exit {
    let (journalled, directory, failure) = recording.end(finished);
    let Some(journalled) = journalled else {
        console.note("error: the engine ended without having begun");
        return Exit::Internal;
    };
    let mut record = derive(&journalled, &[]);
    if formats.contains(&Format::Html) {
        add_pictures(&mut record, &journalled.start, directory.path());
    }
    let written = write_tables(finished, &directory).and_then(|()| write_reports(&record, formats, &directory));
    let missing = append_summary(&record, formats, environment);
    annotate(&record, formats, console);
    let detail = if args.output.quiet { Detail::Quiet } else { Detail::Normal };
    // A reader that went away is no error.
    let _ = write_summary(&record, palette, detail, console.out());
    console.line(format_args!("report      {}", directory.path().display()));
    if record.deviations.iter().any(|group| !group.examples.is_empty()) {
        let path = directory.path().display();
        console.line(format_args!("again       proofhouse check --replay {path}"));
    }
    if args.report.report_dir.is_none() {
        // Only a convenience: that it fails changes nothing about the reports.
        let _ = directory.publish();
    }
    let exit = Exit::from_code(record.exit_code).unwrap_or(Exit::Internal);
    match written.err().or(failure).map(|error| error.to_string()).or(missing) {
        Some(error) => {
            console.note(format_args!("error: {error}"));
            with_missing_report(exit)
        }
        None => exit,
    }
}

/// Adds what the histogram log in a directory says beyond the record, for pictures; without a log there are fewer of them.
pub(in crate::command) fn add_pictures(record: &mut LoadRecord, start: &Start, directory: &Path) {
    if let Ok(log) = fs::File::open(directory.join(super::HISTOGRAMS)) {
        record.distributions = Distributions::read(start, BufReader::new(log));
    }
}

fn write_tables(finished: &Finished, directory: &ReportDirectory) -> Result<(), DirectoryError> {
    let limited = crate::load::Distribution::of_limited(&finished.ledger, |phase| finished.is_judged(phase));
    let distributions = [
        finished.responses(),
        finished.distribution(Measure::Service),
        finished.distribution(Measure::Lag),
        finished.distribution(Measure::Wait),
        limited,
    ];
    for (name, distribution) in TABLES.into_iter().zip(&distributions) {
        let durations: &Durations = distribution.histogram();
        if !durations.is_empty() {
            directory.write_file(name, |out| percentile_table(out, durations))?;
        }
    }
    Ok(())
}
