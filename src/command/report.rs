//! `proofhouse report`: saved records rendered again.

use std::path::{Path, PathBuf};

use super::load::add_pictures;
use super::publish::write_reports;
use super::saved::{self, Saved};
use super::{Console, Exit};
use crate::record::ExitCode;
use crate::record::load::LoadRecord;
use crate::report::audit::write_audit;
use crate::report::capacity::{Detail as CapacityDetail, write_summary as write_capacity};
use crate::report::compare::write_comparison;
use crate::report::limit::{Detail as LimitDetail, write_summary as write_limit};
use crate::report::load::{Detail as LoadDetail, write_summary};
use crate::report::terminal::{Detail, Header, View, write_header, write_results};
use crate::report::{DirectoryError, Format, Rendered, ReportDirectory, UnknownFormat};
use crate::settings::environment::Environment;
use crate::settings::load_args::Report;
use crate::source::Palette;

pub(super) fn run(args: &Report, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.color, environment);
    let mut worst = Exit::Conforms;
    for path in &args.records {
        let exit = match saved::read(path) {
            Ok(record) => render(record, path, args, palette, console),
            Err(message) => console.usage(message),
        };
        worst = Exit::PRECEDENCE.into_iter().find(|one| *one == exit || *one == worst).unwrap_or(exit);
    }
    worst
}

fn render(mut record: Saved, path: &Path, args: &Report, palette: Palette, console: &mut Console) -> Exit {
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
        Saved::Check(record) => write(record.as_ref(), args, &directory),
        Saved::Audit(record) => write(record.as_ref(), args, &directory),
        Saved::Compare(record) => write(record.as_ref(), args, &directory),
        Saved::Capacity(record) => write(record.as_ref(), args, &directory),
        Saved::Limit(record) => write(record.as_ref(), args, &directory),
        Saved::Load(record, start) => {
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
fn show(record: &Saved, palette: Palette, console: &mut Console) -> Exit {
    let view = View { palette, detail: Detail::Normal };
    let shown = match record {
        Saved::Check(record) => {
            let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
            write_header(&Header::of(record), view, console.out())
                .and_then(|()| write_results(record, exit, view, console.out()))
        }
        Saved::Audit(record) => write_audit(record, view, console.out()),
        Saved::Compare(record) => write_comparison(record, view, console.out()),
        Saved::Capacity(record) => write_capacity(record, palette, CapacityDetail::Normal, console.out()),
        Saved::Limit(record) => write_limit(record, palette, LimitDetail::Normal, console.out()),
        Saved::Load(record, _) => write_summary(record, palette, LoadDetail::Normal, console.out()),
    };
    // A reader that goes away is no error.
    let _ = shown.and_then(|()| console.out().flush());
    Exit::Conforms
}
