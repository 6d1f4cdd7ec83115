//! A comparison as lines of JSON: first the result, then the change of each percentile and of each share.

use std::io::{self, Write};

use serde::Serialize;

use crate::record::compare::{CompareRecord, CompareSide, Design, LatencyChange, ShareChange};
use crate::report::lines::{Origin, write_lines};

/// What one line is about: its only other key.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum About<'a> {
    Run(Run<'a>),
    Latency(&'a LatencyChange),
    Share(&'a ShareChange),
}

/// The comparison as a whole.
#[derive(Serialize)]
struct Run<'a> {
    exit_code: u8,
    reasons: &'a [String],
    design: Design,
    max_regression: f64,
    sides: &'a [CompareSide; 2],
    notes: &'a [String],
}

/// Writes the lines of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    let run = Run {
        exit_code: record.exit_code,
        reasons: &record.reasons,
        design: record.design,
        max_regression: record.max_regression,
        sides: &record.sides,
        notes: &record.notes,
    };
    let changes = record.latencies.iter().map(About::Latency).chain(record.shares.iter().map(About::Share));
    let built_in = Some(record.sides.iter().any(|side| side.built_in));
    let origin = Origin { version: record.version, api: &record.api, built_in };
    write_lines(origin, std::iter::once(About::Run(run)).chain(changes), out)
}
