//! `proofhouse capacity`: the highest rate that still meets the thresholds, found without guessing.
//!
//! `settle` makes settings of arguments, `trials` a trial of a run of the load engine; the search itself is
//! [`crate::capacity`].

mod settle;
mod trials;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::unbounded_channel;

use self::trials::Trials;
use super::drive::{BuiltInLimiter, Choice, Drive, Peak, Refused, named_api, not_run, plain, stop_on_interrupt};
use super::publish::{Delivery, deliver};
use super::{Console, Exit};
use crate::capacity::{Search, Settings, Thresholds, search};
use crate::clock::Clock;
use crate::load::{CannotRun, Stop};
use crate::record::capacity::{CapacityRecord, CapacitySettings, TrialReport};
use crate::report::capacity::{Detail, line, write_summary};
use crate::report::{DEFAULT_ROOT, DirectoryError, Format, ReportDirectory};
use crate::scenario::Suite;
use crate::settings::capacity_args::CapacityArgs;
use crate::settings::environment::Environment;
use crate::source::Palette;

/// A search that may begin.
struct Prepared {
    drive: Drive,
    settings: Settings,
    recorded: CapacitySettings,
}

pub(super) async fn run(args: &CapacityArgs, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.output.color, environment);
    let formats = match Format::of_run::<CapacityRecord>(&args.report.format) {
        Ok(formats) => formats,
        Err(error) => return console.usage(error),
    };
    let Prepared { drive, settings, recorded } = match prepare(args, environment).await {
        Ok(prepared) => prepared,
        Err(refused) => return refused.tell(palette, console),
    };
    let started = Clock::System.now();
    let directory = match directory(args, &recorded.api, started) {
        Ok(directory) => directory,
        Err(error) => {
            console.note(format_args!("error: {error}"));
            return Exit::ReportNotWritten;
        }
    };
    if !args.output.quiet {
        let most = humantime::format_duration(args.max_time);
        console.note(format_args!("searching the capacity of {}: takes at most {most}, mostly less", recorded.target));
    }
    let thresholds = settings.thresholds;
    let (search, failure) = find(args, drive, settings, console).await;
    if let Some(error) = failure {
        return not_run(&error, console);
    }
    let record = CapacityRecord::new(&search, recorded, &thresholds, args.require, started);
    finish(&record, &directory, &formats, args, environment, palette, console)
}

/// Suite, target, permission, settings.
async fn prepare(args: &CapacityArgs, environment: &Environment) -> Result<Prepared, Refused> {
    let suite = Suite::chosen(&args.suite).map_err(Refused::Suite)?;
    let api = named_api(args.api.as_deref(), &suite)?;
    let choice = Choice::of(&args.place.target_args(&api.name), environment, &suite, &api)?;
    let documented = choice.rate().map(f64::from);
    let settings = settle::settings(args, documented)?;
    let started = choice.start(BuiltInLimiter::None)?;
    let drawn = plain(&suite, &started.target)?;
    // Every rate that the search asks for is at or below this one.
    let peak = settings.highest.map_or(Peak::Unbounded, |highest| Peak::PerSecond(highest.get()));
    let drive = Drive::prepare(started, &drawn, &suite, peak, &args.place).await?;
    let recorded = settle::recorded(args, &settings, &suite, &drive);
    Ok(Prepared { drive, settings, recorded })
}

/// The directory that was asked for, or a fresh one.
fn directory(args: &CapacityArgs, api: &str, started: Duration) -> Result<ReportDirectory, DirectoryError> {
    match &args.report.report_dir {
        Some(path) => ReportDirectory::at(path),
        None => {
            let started = crate::record::load::rfc3339(u64::try_from(started.as_millis()).unwrap_or(u64::MAX));
            ReportDirectory::fresh(Path::new(DEFAULT_ROOT), &started, "capacity", &[api])
        }
    }
}

/// Searches on a thread of its own, and says meanwhile how far it is; also why the engine could not run, if it could not.
async fn find(
    args: &CapacityArgs,
    drive: Drive,
    settings: Settings,
    console: &mut Console,
) -> (Search, Option<CannotRun>) {
    let interrupt = Stop::default();
    stop_on_interrupt(&interrupt);
    let (tell, mut told) = unbounded_channel();
    let thresholds: Thresholds = settings.thresholds;
    let mut trials =
        Trials::new(Arc::new(drive), settle::plan(args), settle::arrivals(args), interrupt, Handle::current());
    let searching = tokio::task::spawn_blocking(move || {
        let found = search(&settings, &mut |step| trials.make(step), &mut |tried| {
            // Nobody listens any more only when the command is at its end.
            let _ = tell.send(TrialReport::new(tried, &thresholds));
        });
        (found, trials.failure())
    });
    while let Some(report) = told.recv().await {
        if !args.output.quiet {
            console.note(line(&report));
        }
    }
    match searching.await {
        Ok(found) => found,
        // A panic is ours: it goes on, and `main` makes an internal error of it.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Writes everything and says how it went.
fn finish(
    record: &CapacityRecord,
    directory: &ReportDirectory,
    formats: &[Format],
    args: &CapacityArgs,
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
