//! What becomes of a check's record: files in the report directory, and what the terminal shows.

use std::path::Path;
use std::sync::Arc;

use super::api_run::Planned;
use super::publish::{annotate, append_summary};
use super::{Console, Exit};
use crate::check::Event;
use crate::record::{CheckRecord, ExitFacts, SuiteOrigin, exit_code};
use crate::report::terminal::{self, Detail, Header, View, write_header, write_results};
use crate::report::{DEFAULT_ROOT, DirectoryError, Format, ReportDirectory};
use crate::settings::args::{Check, OutputArgs, ReportArgs};
use crate::settings::environment::Environment;
use crate::source::Palette;

/// Where reports go and which; an error found before the run counts at its end, when the target's verdict is known.
pub(super) struct Plan {
    formats: Vec<Format>,
    directory: Result<ReportDirectory, DirectoryError>,
    is_fresh: bool,
    is_asked_for: bool,
}

impl Plan {
    /// Makes the directory.
    ///
    /// # Errors
    /// A format that does not exist.
    pub(super) fn new(args: &ReportArgs, command: &str, apis: &[&str], started: &str) -> Result<Self, String> {
        let formats = Format::of_run::<CheckRecord>(&args.format).map_err(|error| error.to_string())?;
        let directory = match &args.report_dir {
            Some(path) => ReportDirectory::at(path),
            None => ReportDirectory::fresh(Path::new(DEFAULT_ROOT), started, command, apis),
        };
        let is_asked_for = args.report_dir.is_some() || !args.format.is_empty();
        Ok(Self { formats, directory, is_fresh: args.report_dir.is_none(), is_asked_for })
    }

    /// Writes every format; gives what could not be written.
    fn write(&self, record: &CheckRecord) -> Vec<String> {
        let directory = match &self.directory {
            Ok(directory) => directory,
            Err(error) => return vec![error.to_string()],
        };
        let written = self.formats.iter().map(|format| directory.write(record, *format).map(|_| ()));
        // Last, for the list says what there is by then.
        let listed = std::iter::once_with(|| if self.is_fresh { directory.publish() } else { Ok(()) });
        written.chain(listed).filter_map(|result| result.err().map(|error| error.to_string())).collect()
    }
}

/// The progress line of a run.
pub(super) struct Progress(Arc<terminal::Progress>);

impl Progress {
    pub(super) fn start(args: &OutputArgs) -> Self {
        if args.quiet { Self(Arc::new(terminal::Progress::hidden())) } else { Self::on_terminal() }
    }

    /// A line that is seen wherever there is a terminal.
    pub(super) fn on_terminal() -> Self {
        Self(Arc::new(terminal::Progress::on_stderr()))
    }

    pub(super) fn listener(&self) -> Box<dyn Fn(Event) + Send + Sync> {
        let line = Arc::clone(&self.0);
        Box::new(move |event| line.show(&event))
    }

    pub(super) fn finish(self) {
        self.0.finish();
    }
}

/// How the terminal shows a record.
pub(super) fn view(args: &OutputArgs, palette: Palette) -> View {
    let detail = match (args.quiet, args.verbose) {
        (true, _) => Detail::Quiet,
        (false, true) => Detail::Verbose,
        (false, false) => Detail::Normal,
    };
    View { palette, detail }
}

/// Says what is about to be checked.
pub(super) fn announce(
    planned: &[Planned],
    suite: &SuiteOrigin,
    self_check: bool,
    settings: &crate::record::Settings,
    view: View,
    console: &mut Console,
) {
    let apis = planned.iter().map(|planned| (planned.target.api.name.as_str(), planned.target.base.as_str()));
    let apis = apis.collect();
    let (gate, pacing, replay) = (settings.gate, settings.pacing, settings.replay.as_deref());
    let header = Header { self_check, suite, gate, pacing, replay, apis };
    // A reader that went away is no error.
    let _ = write_header(&header, view, console.out()).and_then(|()| console.out().flush());
}

/// Writes all reports, shows the results, and gives the exit code.
pub(super) fn finish(
    mut record: CheckRecord,
    plan: &Plan,
    args: &Check,
    environment: &Environment,
    view: View,
    console: &mut Console,
) -> Exit {
    let mut unwritten = plan.write(&record);
    unwritten.extend(append_summary(&record, &plan.formats, environment));
    let report_not_written = plan.is_asked_for && !unwritten.is_empty();
    let exit = exit_code(ExitFacts { report_not_written, ..ExitFacts::of(&record) });
    if record.exit_code != exit.code() {
        // What could be written says how the run really ended.
        record.exit_code = exit.code();
        record.reasons.extend(unwritten.iter().cloned());
        let _ = plan.write(&record);
    }
    annotate(&record, &plan.formats, console);
    let _ = write_results(&record, exit, view, console.out());
    for message in &unwritten {
        console.note(format_args!("{}: {message}", if report_not_written { "error" } else { "note" }));
    }
    if let (Ok(directory), false) = (&plan.directory, args.output.quiet) {
        console.note(format_args!("reports in {}", directory.path().display()));
    }
    exit
}
