//! Annotations for GitHub of a measured limit: one, where it did not pass.

use std::io::{self, Write};

use super::summary::headline;
use crate::record::limit::LimitRecord;
use crate::report::annotation::{Annotation, Weight, bounded};

/// Writes the annotation.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    let lines = std::iter::once(headline(record)).chain(record.reasons.iter().cloned());
    let whole = (record.exit_code != 0).then(|| Annotation {
        title: format!("proofhouse limit: {}", record.settings.api),
        place: None,
        text: lines.collect::<Vec<_>>().join("\n"),
    });
    bounded(Weight::Error, "run", &whole.into_iter().collect::<Vec<_>>(), out)?;
    out.flush()
}
