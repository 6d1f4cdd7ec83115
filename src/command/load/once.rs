//! One run of what was prepared, recorded in a directory and shown to nobody: what a command does that needs several.

use super::display::Display;
use super::prepare::Prepared;
use super::recording::Recording;
use crate::load::{CannotRun, Finished, Ledger, Plan, Stop};
use crate::record::load::{LoadRecord, Settings, derive};
use crate::report::{DirectoryError, Format, ReportDirectory};

/// Why there is no record of a run.
pub(in crate::command) enum NoRecord {
    /// The engine could not run.
    NotRun(CannotRun),
    /// Its record could not be written.
    NotWritten(DirectoryError),
}

/// Runs the plan with another seed; gives the record that is then in the directory, and the histograms of the run.
///
/// # Errors
/// The engine could not run, or the record is not whole.
pub(in crate::command) async fn run_once(
    prepared: &Prepared,
    seed: u64,
    directory: ReportDirectory,
    stop: &Stop,
) -> Result<(LoadRecord, Ledger), NoRecord> {
    super::finish::clear(&directory).map_err(NoRecord::NotWritten)?;
    let settings = Settings { seed, ..prepared.settings.clone() };
    let plan = Plan { seed, ..prepared.plan.clone() };
    let recording = Recording::new(directory, settings, prepared.drive.evidence(), Display::Quiet);
    let (result, recording) = prepared.drive.run(plan, stop, recording, Recording::take).await;
    match result {
        Ok(finished) => recorded(finished, recording),
        Err(error) => {
            recording.abandon();
            Err(NoRecord::NotRun(error))
        }
    }
}

fn recorded(finished: Finished, recording: Recording) -> Result<(LoadRecord, Ledger), NoRecord> {
    let (journalled, directory, failure) = recording.end(&finished);
    if let Some(failure) = failure {
        return Err(NoRecord::NotWritten(failure));
    }
    // An engine that ended has begun.
    let journalled = journalled.ok_or(NoRecord::NotRun(CannotRun::Panicked))?;
    let record = derive(&journalled, &[]);
    directory.write(&record, Format::Json).map_err(NoRecord::NotWritten)?;
    Ok((record, finished.ledger))
}
