//! `proofhouse load`: an implementation driven on a schedule, every reply judged, everything accounted for.
//!
//! `settle` makes the engine's plan of arguments and load plan, `prepare` the [`drive`](super::drive) of suite and target;
//! `recording` writes while the run goes on; `finish` derives the report and the exit code. `once` is a run for commands that
//! make several.

mod display;
mod finish;
mod once;
mod prepare;
mod recording;
mod settle;

pub(super) use finish::{add_pictures, clear};
pub(super) use once::{NoRecord, run_once};
pub(super) use prepare::{Prepared, prepare};
pub(super) use recording::{HISTOGRAMS, JOURNAL};

use self::display::Display;
use self::recording::Recording;
use super::drive::{not_run, stop_on_interrupt};
use super::{Console, Exit};
use crate::load::Stop;
use crate::record::load::LoadRecord;
use crate::report::{Format, ReportDirectory};
use crate::settings::environment::Environment;
use crate::settings::load_args::Load;

pub(super) async fn run(args: &Load, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.output.color, environment);
    let formats = match Format::of_run::<LoadRecord>(&args.report.format) {
        Ok(formats) => formats,
        Err(error) => return console.usage(error),
    };
    let prepared = match prepare(args, environment).await {
        Ok(prepared) => prepared,
        Err(refused) => return refused.tell(palette, console),
    };
    let directory = match directory(args, &prepared) {
        Ok(directory) => directory,
        Err(error) => {
            console.note(format_args!("error: {error}"));
            return Exit::ReportNotWritten;
        }
    };
    let Prepared { drive, plan, settings } = prepared;
    if let Some(warning) = drive.warning().filter(|_| !args.output.quiet) {
        console.note(warning);
    }
    let display = Display::new(console, args.output.quiet);
    let recording = Recording::new(directory, settings, drive.evidence(), display);
    let stop = Stop::default();
    stop_on_interrupt(&stop);
    let (result, recording) = drive.run(plan, &stop, recording, Recording::take).await;
    drop(drive);
    match result {
        Ok(finished) => finish::finish(&finished, recording, &formats, args, environment, palette, console),
        Err(error) => {
            recording.abandon();
            not_run(&error, console)
        }
    }
}

/// The directory that was asked for, or a fresh one.
fn directory(args: &Load, prepared: &Prepared) -> Result<ReportDirectory, crate::report::DirectoryError> {
    use crate::report::DEFAULT_ROOT;
    let directory = match &args.report.report_dir {
        Some(path) => ReportDirectory::at(path)?,
        None => {
            let now = crate::clock::Clock::System.now();
            let started = crate::record::load::rfc3339(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
            let api = prepared.settings.api.as_str();
            ReportDirectory::fresh(std::path::Path::new(DEFAULT_ROOT), &started, "load", &[api])?
        }
    };
    finish::clear(&directory)?;
    Ok(directory)
}
