//! A load run as lines of JSON: first the run, then each threshold, outcome, deviation, phase and second.

use std::io::{self, Write};

use serde::Serialize;

use crate::record::load::{
    Completeness, Deviation, LoadRecord, Outcome, PhaseReport, SecondReport, Summary, ThresholdReport, Totals, VERSION,
};
use crate::report::lines::{Origin, write_lines};

/// What one line is about: its only other key.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum About<'a> {
    Run(Run<'a>),
    Threshold(&'a ThresholdReport),
    Outcome(&'a Outcome),
    Deviation(&'a Deviation),
    Phase(&'a PhaseReport),
    Second(&'a SecondReport),
}

/// The run as a whole.
#[derive(Serialize)]
struct Run<'a> {
    exit_code: u8,
    reasons: &'a [String],
    started: &'a str,
    model: &'a str,
    ending: Completeness,
    ran_ns: u64,
    sound: Option<bool>,
    target: &'a str,
    totals: &'a Totals,
    measures: &'a [Summary],
}

/// Writes the lines of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let run = Run {
        exit_code: record.exit_code,
        reasons: &record.reasons,
        started: &record.started,
        model: &record.model,
        ending: record.ending,
        ran_ns: record.ran_ns,
        sound: record.soundness.sound,
        target: &record.settings.target,
        totals: &record.totals,
        measures: &record.measures,
    };
    let lines = std::iter::once(About::Run(run))
        .chain(record.thresholds.iter().map(About::Threshold))
        .chain(record.outcomes.iter().map(About::Outcome))
        .chain(record.deviations.iter().map(About::Deviation))
        .chain(record.phases.iter().map(About::Phase))
        .chain(record.seconds.iter().map(About::Second));
    let settings = &record.settings;
    let origin = Origin { version: VERSION, api: &settings.api, built_in: Some(settings.built_in) };
    write_lines(origin, lines, out)
}
