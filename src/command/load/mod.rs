//! `proofhouse load`: an implementation driven on a schedule, every reply judged, everything accounted for.
//!
//! `settle`, `cases`, `judge` and `destination` make the engine's setup of arguments, plan and target; `permission` says
//! whether it may be sent; `recording` writes while the run goes on; `finish` derives the report and the exit code.

mod built_in;
mod cases;
mod destination;
mod display;
mod evidence;
mod finish;
mod judge;
mod permission;
mod prepare;
mod recording;
mod settle;

pub(super) use finish::write_reports;
pub(super) use recording::{HISTOGRAMS, JOURNAL};

use std::sync::Arc;
use std::time::Duration;

use self::display::Display;
use self::evidence::Evidence;
use self::prepare::{Prepared, Refused};
use self::recording::Recording;
use super::{Console, Exit};
use crate::load::{CannotRun, Stop};
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
    let prepared = match prepare::prepare(args, environment).await {
        Ok(prepared) => prepared,
        Err(Refused::Suite(error)) => return console.suite_error(&error, palette),
        Err(Refused::Mistakes(mistakes)) => return console.mistakes(&mistakes, palette),
        Err(Refused::Usage(message)) => return console.usage(message),
    };
    let directory = match directory(args, &prepared) {
        Ok(directory) => directory,
        Err(error) => {
            console.note(format_args!("error: {error}"));
            return Exit::ReportNotWritten;
        }
    };
    let Prepared { setup, settings, target, claims, issued, built_in } = prepared;
    let evidence = Evidence::new(&target, claims, issued);
    let display = Display::new(console, args.output.quiet);
    let mut recording = Recording::new(directory, settings, evidence, display);
    let stop = Stop::default();
    stop_on_interrupt(&stop);
    // The engine blocks the thread that it is called on; this one has to hear an interrupt.
    let running = tokio::task::spawn_blocking(move || {
        let result = crate::load::run(&setup, &stop, |event| recording.take(event));
        (result, recording)
    });
    let Ok((result, recording)) = running.await else { return Exit::Internal };
    drop(built_in);
    match result {
        Ok(finished) => finish::finish(&finished, recording, &formats, args, environment, palette, console),
        Err(error) => {
            recording.abandon();
            console.note(format_args!("error: {error}"));
            match error {
                CannotRun::NothingToSend | CannotRun::NoTime => Exit::Usage,
                CannotRun::System(_) | CannotRun::Panicked | CannotRun::Identity(_) => Exit::Internal,
            }
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

/// The first interrupt ends the run in order; a second one ends the process at once.
fn stop_on_interrupt(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.request();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    });
}

/// How long the built-in reference may take to accept connections after it said that it listens.
const BUILT_IN_PATIENCE: Duration = Duration::from_secs(5);

/// The claims of the cases, by index.
type Claims = Arc<Vec<Vec<crate::expectation::Claim>>>;
