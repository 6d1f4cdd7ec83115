//! One line of JSON per case, for tools that read line by line.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::record::{CaseRecord, CheckRecord, MismatchKind, Uncertainty, Verdict};

/// A case with the few words that its record leaves to what is around it.
#[derive(Serialize)]
struct Line<'a> {
    /// The version of this format: that of the record.
    version: u32,
    api: &'a str,
    self_check: bool,
    /// By which a failing case is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<MismatchKind>,
    /// By which an inconclusive case is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    inconclusive: Option<Uncertainty>,
    case: &'a CaseRecord,
}

/// Writes the cases of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    for (api, case) in record.cases() {
        let line = Line {
            version: record.version,
            api: &api.name,
            self_check: record.self_check,
            kind: case.kind().filter(|_| matches!(case.verdict, Verdict::Fail | Verdict::KnownFailure)),
            inconclusive: case.uncertainty().filter(|_| case.verdict == Verdict::Inconclusive),
            case,
        };
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    #[test]
    fn each_case_is_one_line() {
        let record = sample::record();
        let mut text = Vec::new();
        write(&record, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), record.totals().cases);
        assert_eq!(lines[2]["kind"], "wrongly-accepted");
        assert_eq!(lines[2]["case"]["verdict"], "fail");
    }
}
