//! After the last probe: the record's files, the summary, the exit code.

use std::io::Write;
use std::path::Path;

use super::prepare::Prepared;
use crate::command::publish::{Delivery, deliver};
use crate::command::{Console, Exit};
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
    let exit = Exit::from_code(record.exit_code).unwrap_or(Exit::Internal);
    let detail = if args.output.quiet { Detail::Quiet } else { Detail::Normal };
    let delivery = Delivery { directory, formats, asked: args.report.report_dir.as_deref() };
    let show = |out: &mut dyn Write| write_summary(record, palette, detail, out);
    deliver(record, exit, &delivery, show, environment, console)
}
