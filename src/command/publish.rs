//! What a CI job shows of a run beside its files: a part of the job's summary page, and annotations in its log.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::Console;
use crate::report::{Format, Rendered};
use crate::settings::environment::Environment;

/// The variable with the file to which the steps of a job append what its summary page shows.
const SUMMARY_PAGE: &str = "GITHUB_STEP_SUMMARY";

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
fn append<R: Rendered>(record: &R, path: &Path) -> std::io::Result<()> {
    let mut text = Vec::new();
    record.write(Format::Markdown, &mut text)?;
    OpenOptions::new().append(true).create(true).open(path)?.write_all(&text)
}
