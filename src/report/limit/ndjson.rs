//! A measured limit as lines of JSON: first the result, then what an excess gets, then each probe.

use std::io::{self, Write};

use serde::Serialize;

use crate::record::limit::{
    ExcessReply, FingerprintReport, LimitFinding, LimitRecord, LimitVerdict, ProbeReport, VERSION,
};
use crate::report::lines::{Origin, write_lines};

/// What one line is about: its only other key.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum About<'a> {
    Run(Run<'a>),
    Excess(&'a ExcessReply),
    Probe(&'a ProbeReport),
}

/// The run as a whole.
#[derive(Serialize)]
struct Run<'a> {
    exit_code: u8,
    reasons: &'a [String],
    started: &'a str,
    ran_ns: u64,
    target: &'a str,
    requirements: &'a [LimitVerdict],
    findings: &'a [LimitFinding],
    fingerprint: &'a FingerprintReport,
}

/// Writes the lines of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    let run = Run {
        exit_code: record.exit_code,
        reasons: &record.reasons,
        started: &record.started,
        ran_ns: record.ran_ns,
        target: &record.settings.target,
        requirements: &record.requirements,
        findings: &record.findings,
        fingerprint: &record.fingerprint,
    };
    let parts = record.excess.iter().map(About::Excess).chain(record.probes.iter().map(About::Probe));
    let lines = std::iter::once(About::Run(run)).chain(parts);
    let settings = &record.settings;
    let origin = Origin { version: VERSION, api: &settings.api, built_in: Some(settings.built_in) };
    write_lines(origin, lines, out)
}
