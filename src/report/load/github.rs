//! Annotations for GitHub of a load run: what is broken, then what could not be judged.

use std::io::{self, BufWriter, Write};

use super::summary::headline;
use crate::record::load::{Deviation, LoadRecord, ThresholdReport, ThresholdVerdict};
use crate::report::annotation::{Annotation, Weight, bounded};

/// Writes the annotations of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    let whole = (record.exit_code != 0).then(|| whole(record));
    let with = |verdict| record.thresholds.iter().filter(move |one| one.verdict == verdict).map(threshold);
    let deviations = record.deviations.iter().map(deviation);
    let errors: Vec<Annotation<'_>> =
        whole.into_iter().chain(with(ThresholdVerdict::Broken)).chain(deviations).collect();
    bounded(Weight::Error, "group of deviations", &errors, out)?;
    bounded(Weight::Warning, "threshold", &with(ThresholdVerdict::Unjudged).collect::<Vec<_>>(), out)?;
    out.flush()
}

/// The run as a whole, which has not passed.
fn whole(record: &LoadRecord) -> Annotation<'static> {
    let lines = std::iter::once(headline(record)).chain(record.reasons.iter().cloned());
    Annotation {
        title: format!("proofhouse load: {}", record.settings.api),
        place: None,
        text: lines.collect::<Vec<_>>().join("\n"),
    }
}

fn threshold(threshold: &ThresholdReport) -> Annotation<'static> {
    let actual = threshold.actual.as_deref().unwrap_or("nothing measured");
    let remedy = threshold.remedy.as_ref().map_or_else(String::new, |remedy| format!("\n{remedy}"));
    let word = match threshold.verdict {
        ThresholdVerdict::Met => "met",
        ThresholdVerdict::Broken => "broken",
        ThresholdVerdict::Unjudged => "not judged",
    };
    let text = format!("{word}: {actual}{remedy}");
    Annotation { title: threshold.text.clone(), place: None, text }
}

fn deviation(group: &Deviation) -> Annotation<'static> {
    let cases: Vec<&str> = group.cases.iter().map(|case| case.case.as_str()).collect();
    Annotation {
        title: format!("{} × {}", group.count, group.shape),
        place: None,
        text: format!("{}: {}", group.outcome, cases.join(", ")),
    }
}
