//! `proofhouse report`: saved records rendered again. A load run is derived from its journal, also after a kill.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::load::{HISTOGRAMS, JOURNAL, write_reports};
use super::{Console, Exit};
use crate::record::load::{LoadRecord, derive};
use crate::record::{self, CheckRecord, ExitCode, ReadError, journal, read_check};
use crate::report::load::{Detail as LoadDetail, write_summary};
use crate::report::terminal::{Detail, Header, View, write_header, write_results};
use crate::report::{DirectoryError, Format, Rendered, ReportDirectory, UnknownFormat};
use crate::settings::environment::Environment;
use crate::settings::load_args::Report;
use crate::source::Palette;

/// A record, whichever command made it.
pub(super) enum Record {
    Check(Box<CheckRecord>),
    Load(Box<LoadRecord>),
}

pub(super) fn run(args: &Report, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.color, environment);
    let mut worst = Exit::Conforms;
    for path in &args.records {
        let exit = match read(path) {
            Ok(record) => render(&record, path, args, palette, console),
            Err(message) => console.usage(message),
        };
        worst = Exit::PRECEDENCE.into_iter().find(|one| *one == exit || *one == worst).unwrap_or(exit);
    }
    worst
}

/// Reads a directory, a journal or a record.
pub(super) fn read(path: &Path) -> Result<Record, String> {
    let journal = if path.is_dir() { path.join(JOURNAL) } else { path.to_owned() };
    let beside = journal.with_file_name(JOURNAL);
    if journal.file_name().is_some_and(|name| name == JOURNAL) && journal.is_file() {
        return read_load(&journal);
    }
    let report = if path.is_dir() { path.join("report.json") } else { path.to_owned() };
    let fail = |reason: String| format!("{} {reason}", report.display());
    let mut file = File::open(&report).map_err(|error| fail(format!("cannot be read: {error}")))?;
    match read_check(&mut file) {
        Ok(record) => Ok(Record::Check(Box::new(record))),
        // The journal says more than the report that was made of it.
        Err(ReadError::NoRecord { found: Some(kind), .. }) if kind == "load" && beside.is_file() => read_load(&beside),
        Err(ReadError::NoRecord { found: Some(kind), .. }) if kind == "load" => {
            let mut file = File::open(&report).map_err(|error| fail(format!("cannot be read: {error}")))?;
            let record = record::read_load(&mut file).map_err(|error| fail(error.to_string()))?;
            Ok(Record::Load(Box::new(record)))
        }
        Err(error) => Err(fail(error.to_string())),
    }
}

fn read_load(path: &Path) -> Result<Record, String> {
    let fail = |reason: String| format!("{}: {reason}", path.display());
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    let journal = journal::read(BufReader::new(file)).map_err(|error| fail(error.to_string()))?;
    // Without it only percentiles are missing, and only of a run that was killed.
    let log = fs::read(path.with_file_name(HISTOGRAMS)).unwrap_or_default();
    Ok(Record::Load(Box::new(derive(&journal, &log))))
}

fn render(record: &Record, path: &Path, args: &Report, palette: Palette, console: &mut Console) -> Exit {
    if args.format.is_empty() {
        return show(record, palette, console);
    }
    let own: PathBuf = if path.is_dir() { path.to_owned() } else { path.parent().unwrap_or(path).to_owned() };
    let directory = match ReportDirectory::at(args.report_dir.as_deref().unwrap_or(&own)) {
        Ok(directory) => directory,
        Err(error) => {
            console.note(format_args!("error: {error}"));
            return Exit::ReportNotWritten;
        }
    };
    let written = match record {
        Record::Check(record) => write(record.as_ref(), args, &directory),
        Record::Load(record) => write(record.as_ref(), args, &directory),
    };
    let written = match written {
        Ok(written) => written,
        Err(unknown) => return console.usage(unknown),
    };
    match written {
        Ok(()) => {
            console.line(format_args!("written to {}", directory.path().display()));
            Exit::Conforms
        }
        Err(error) => {
            console.note(format_args!("error: {error}"));
            Exit::ReportNotWritten
        }
    }
}

/// Writes a record in the formats that were asked for, unless one of them is none of its own.
fn write<R: Rendered>(
    record: &R,
    args: &Report,
    directory: &ReportDirectory,
) -> Result<Result<(), DirectoryError>, UnknownFormat> {
    Ok(write_reports(record, &Format::named::<R>(&args.format)?, directory))
}

/// Shows a record; the command itself has done its work, whatever the run's exit code was.
fn show(record: &Record, palette: Palette, console: &mut Console) -> Exit {
    let shown = match record {
        Record::Check(record) => {
            let view = View { palette, detail: Detail::Normal };
            let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
            write_header(&Header::of(record), view, console.out())
                .and_then(|()| write_results(record, exit, view, console.out()))
        }
        Record::Load(record) => write_summary(record, palette, LoadDetail::Normal, console.out()),
    };
    // A reader that goes away is no error.
    let _ = shown.and_then(|()| console.out().flush());
    Exit::Conforms
}
