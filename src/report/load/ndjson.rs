//! A load run as lines of JSON: first the run, then each threshold, outcome, deviation, phase and second.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::record::load::{
    Completeness, Deviation, LoadRecord, Outcome, PhaseReport, SecondReport, Summary, ThresholdReport, Totals, VERSION,
};

/// What every line says.
#[derive(Serialize)]
struct Line<'a> {
    /// The version of this format: that of the record.
    version: u32,
    api: &'a str,
    built_in: bool,
    #[serde(flatten)]
    about: About<'a>,
}

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
    let mut out = BufWriter::with_capacity(64 * 1024, out);
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
    for about in lines {
        let (api, built_in) = (record.settings.api.as_str(), record.settings.built_in);
        serde_json::to_writer(&mut out, &Line { version: VERSION, api, built_in, about })?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
