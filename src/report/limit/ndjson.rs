//! A measured limit as lines of JSON: first the result, then each probe.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::record::limit::{FingerprintReport, LimitFinding, LimitRecord, LimitVerdict, ProbeReport, VERSION};

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
    let mut out = BufWriter::with_capacity(64 * 1024, out);
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
    let lines = std::iter::once(About::Run(run)).chain(record.probes.iter().map(About::Probe));
    for about in lines {
        let (api, built_in) = (record.settings.api.as_str(), record.settings.built_in);
        serde_json::to_writer(&mut out, &Line { version: VERSION, api, built_in, about })?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
