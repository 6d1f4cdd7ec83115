//! `proofhouse report`: saved records rendered again. A load run is derived from its journal, also after a kill.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::load::{HISTOGRAMS, JOURNAL, add_pictures, write_reports};
use super::{Console, Exit};
use crate::record::capacity::CapacityRecord;
use crate::record::compare::CompareRecord;
use crate::record::load::{LoadRecord, Start, derive};
use crate::record::{
    AuditRecord, CheckRecord, ExitCode, ReadError, journal, read_capacity, read_check, read_compare,
    read_load as read_report,
};
use crate::report::capacity::{Detail as CapacityDetail, write_summary as write_capacity};
use crate::report::compare::{CompareView, write_comparison};
use crate::report::load::{Detail as LoadDetail, write_summary};
use crate::report::terminal::{Detail, Header, View, write_header, write_results};
use crate::report::{AuditView, DirectoryError, Format, Rendered, ReportDirectory, UnknownFormat, write_audit};
use crate::settings::environment::Environment;
use crate::settings::load_args::Report;
use crate::source::Palette;

/// A record, whichever command made it.
pub(super) enum Record {
    Check(Box<CheckRecord>),
    /// With the first line of its journal, where that is at hand.
    Load(Box<LoadRecord>, Option<Box<Start>>),
    Audit(Box<AuditRecord>),
    Compare(Box<CompareRecord>),
    Capacity(Box<CapacityRecord>),
}

pub(super) fn run(args: &Report, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.color, environment);
    let mut worst = Exit::Conforms;
    for path in &args.records {
        let exit = match read(path) {
            Ok(record) => render(record, path, args, palette, console),
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
            let record = read_report(&mut file).map_err(|error| fail(error.to_string()))?;
            Ok(Record::Load(Box::new(record), None))
        }
        Err(ReadError::NoRecord { found: Some(kind), .. }) if kind == "diff" => {
            let text = fs::read(&report).map_err(|error| fail(error.to_string()))?;
            let audit = serde_json::from_slice(&text).map_err(|error| fail(format!("is a damaged record: {error}")))?;
            Ok(Record::Audit(audit))
        }
        Err(ReadError::NoRecord { found: Some(kind), .. }) if kind == "compare" => {
            let mut file = File::open(&report).map_err(|error| fail(format!("cannot be read: {error}")))?;
            let comparison = read_compare(&mut file).map_err(|error| fail(error.to_string()))?;
            Ok(Record::Compare(Box::new(comparison)))
        }
        Err(ReadError::NoRecord { found: Some(kind), .. }) if kind == "capacity" => {
            let mut file = File::open(&report).map_err(|error| fail(format!("cannot be read: {error}")))?;
            let search = read_capacity(&mut file).map_err(|error| fail(error.to_string()))?;
            Ok(Record::Capacity(Box::new(search)))
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
    Ok(Record::Load(Box::new(derive(&journal, &log)), Some(Box::new(journal.start))))
}

fn render(mut record: Record, path: &Path, args: &Report, palette: Palette, console: &mut Console) -> Exit {
    if args.format.is_empty() {
        return show(&record, palette, console);
    }
    let own: PathBuf = if path.is_dir() { path.to_owned() } else { path.parent().unwrap_or(path).to_owned() };
    let directory = match ReportDirectory::at(args.report_dir.as_deref().unwrap_or(&own)) {
        Ok(directory) => directory,
        Err(error) => {
            console.note(format_args!("error: {error}"));
            return Exit::ReportNotWritten;
        }
    };
    let written = match &mut record {
        Record::Check(record) => write(record.as_ref(), args, &directory),
        Record::Audit(record) => write(record.as_ref(), args, &directory),
        Record::Compare(record) => write(record.as_ref(), args, &directory),
        Record::Capacity(record) => write(record.as_ref(), args, &directory),
        Record::Load(record, start) => {
            let formats = Format::named::<LoadRecord>(&args.format);
            if let Some(start) = start
                && formats.is_ok_and(|formats| formats.contains(&Format::Html))
            {
                add_pictures(record, start, &own);
            }
            write(record.as_ref(), args, &directory)
        }
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
        Record::Audit(record) => write_audit(record, AuditView { palette, everything: false }, console.out()),
        Record::Compare(record) => write_comparison(record, palette, CompareView::Normal, console.out()),
        Record::Capacity(record) => write_capacity(record, palette, CapacityDetail::Normal, console.out()),
        Record::Load(record, _) => write_summary(record, palette, LoadDetail::Normal, console.out()),
    };
    // A reader that goes away is no error.
    let _ = shown.and_then(|()| console.out().flush());
    Exit::Conforms
}
