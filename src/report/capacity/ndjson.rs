//! A search as lines of JSON: first the result, then each trial.

use std::io::{self, Write};

use serde::Serialize;

use crate::record::capacity::{CapacityRecord, CapacityResult, TrialReport, VERSION};
use crate::report::lines::{Origin, write_lines};

/// What one line is about: its only other key.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum About<'a> {
    Run(Run<'a>),
    Trial(&'a TrialReport),
}

/// The search as a whole.
#[derive(Serialize)]
struct Run<'a> {
    exit_code: u8,
    reasons: &'a [String],
    started: &'a str,
    ran_ns: u64,
    target: &'a str,
    result: &'a CapacityResult,
}

/// Writes the lines of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    let run = Run {
        exit_code: record.exit_code,
        reasons: &record.reasons,
        started: &record.started,
        ran_ns: record.ran_ns,
        target: &record.settings.target,
        result: &record.result,
    };
    let lines = std::iter::once(About::Run(run)).chain(record.trials.iter().map(About::Trial));
    let settings = &record.settings;
    let origin = Origin { version: VERSION, api: &settings.api, built_in: Some(settings.built_in) };
    write_lines(origin, lines, out)
}
