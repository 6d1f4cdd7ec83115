//! An audit as lines of JSON: first the result, then each difference with its requirement, then what was not compared.

use std::io::{self, Write};

use serde::Serialize;

use crate::record::{AuditRecord, AuditSide, Difference, Level, NotCompared, RequirementGroup};
use crate::report::lines::{Origin, write_lines};

/// What one line is about.
#[derive(Serialize)]
#[serde(untagged)]
enum About<'a> {
    Run { run: Run<'a> },
    Difference(OfRequirement<'a>),
    NotCompared { not_compared: &'a NotCompared },
}

/// The audit as a whole.
#[derive(Serialize)]
struct Run<'a> {
    exit_code: u8,
    gate: Level,
    sides: &'a [AuditSide; 2],
    compared: usize,
    differing: usize,
    notes: &'a [String],
}

/// A difference with the few words that its record leaves to what is around it.
#[derive(Serialize)]
struct OfRequirement<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<&'a str>,
    level: Level,
    difference: &'a Difference,
}

/// Writes the lines of an audit.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    let run = Run {
        exit_code: audit.exit_code,
        gate: audit.gate,
        sides: &audit.sides,
        compared: audit.compared,
        differing: audit.differing,
        notes: &audit.notes,
    };
    let lines = std::iter::once(About::Run { run })
        .chain(audit.groups.iter().flat_map(differences))
        .chain(audit.not_compared.iter().map(|not_compared| About::NotCompared { not_compared }));
    write_lines(Origin { version: audit.version, api: &audit.api, built_in: None }, lines, out)
}

fn differences(group: &RequirementGroup) -> impl Iterator<Item = About<'_>> {
    let requirement = group.requirement.as_deref();
    group
        .differences
        .iter()
        .map(move |difference| About::Difference(OfRequirement { requirement, level: group.level, difference }))
}
