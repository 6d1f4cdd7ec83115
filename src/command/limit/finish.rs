//! After the last probe: the record's files, the summary, the exit code.

use std::path::Path;

use super::prepare::Prepared;
use crate::command::publish::{annotate, append_summary};
use crate::command::{Console, Exit, load};
use crate::record::limit::LimitRecord;
use crate::record::load::rfc3339;
use crate::report::limit::{Detail, write_summary};
use crate::report::{DEFAULT_ROOT, DirectoryError, Format, ReportDirectory};
use crate::settings::environment::Environment;
use crate::settings::limit_args::Limit;
use crate::source::Palette;

/// The directory that was asked for, or a fresh one.
///
/// # Errors
/// It cannot be made.
pub(super) fn directory(args: &Limit, prepared: &Prepared) -> Result<ReportDirectory, DirectoryError> {
    if let Some(path) = &args.report.report_dir {
        return ReportDirectory::at(path);
    }
    let now = crate::clock::Clock::System.now();
    let started = rfc3339(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    ReportDirectory::fresh(Path::new(DEFAULT_ROOT), &started, "limit", &[prepared.api.name.as_str()])
}

/// Writes everything and says how it went.
pub(super) fn finish(
    record: &LimitRecord,
    directory: &ReportDirectory,
    formats: &[Format],
    args: &Limit,
    environment: &Environment,
    palette: Palette,
    console: &mut Console,
) -> Exit {
    let written = load::write_reports(record, formats, directory);
    let missing = append_summary(record, formats, environment);
    annotate(record, formats, console);
    let detail = if args.output.quiet { Detail::Quiet } else { Detail::Normal };
    // A reader that went away is no error.
    let _ = write_summary(record, palette, detail, console.out());
    console.line(format_args!("report      {}", directory.path().display()));
    if args.report.report_dir.is_none() {
        // Only a convenience: that it fails changes nothing about the reports.
        let _ = directory.publish();
    }
    let exit = Exit::from_code(record.exit_code).unwrap_or(Exit::Internal);
    match written.err().map(|error| error.to_string()).or(missing) {
        Some(error) => {
            console.note(format_args!("error: {error}"));
            load::with_missing_report(exit)
        }
        None => exit,
    }
}
