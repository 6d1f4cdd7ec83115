//! Annotations for GitHub of an audit: requirements in which the sides differ, first those that gate.

use std::io::{self, BufWriter, Write};

use super::words::{rule, summary, told};
use crate::record::{AuditRecord, RequirementGroup};
use crate::report::annotation::{Annotation, Weight, bounded};
use crate::report::text::counted;

/// How long a value may be on its line.
const VALUE: usize = 120;

/// Writes the annotations of an audit.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    let whole = (audit.exit_code != 0).then(|| Annotation {
        title: format!("proofhouse diff: {}", audit.api),
        place: None,
        text: summary(audit),
    });
    let (gating, others): (Vec<_>, Vec<_>) = audit.groups.iter().partition(|group| group.level >= audit.gate);
    let errors: Vec<_> = whole.into_iter().chain(gating.into_iter().map(requirement)).collect();
    bounded(Weight::Error, "requirement", &errors, out)?;
    let warnings: Vec<_> = others.into_iter().map(requirement).collect();
    bounded(Weight::Warning, "requirement", &warnings, out)?;
    out.flush()
}

/// The first case shows what differs; the reports show the others.
fn requirement(group: &RequirementGroup) -> Annotation<'static> {
    let mut lines = group.differences.first().map_or_else(Vec::new, |first| told(first, VALUE));
    let more = group.differences.len().saturating_sub(1);
    lines.extend((more > 0).then(|| format!("and {}", counted(more, "further case"))));
    let id = group.requirement.as_ref().map_or_else(String::new, |id| format!(" ({id})"));
    Annotation { title: format!("{}{id}", rule(group)), place: None, text: lines.join("\n") }
}
