//! Annotations for GitHub of a comparison: what is proven worse, then what is suspected.

use std::io::{self, BufWriter, Write};

use super::words;
use crate::record::compare::{ChangeFinding, CompareRecord, LatencyChange, ShareChange};
use crate::report::annotation::{Annotation, Weight, bounded};

/// Writes the annotations of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    let whole = (record.exit_code != 0).then(|| Annotation {
        title: format!("proofhouse compare: {}", record.api),
        place: None,
        text: words::headline(record),
    });
    let with = |finding: ChangeFinding| {
        let latencies = record.latencies.iter().filter(move |change| change.finding == finding).map(latency);
        latencies.chain(record.shares.iter().filter(move |change| change.finding == finding).map(share))
    };
    let errors: Vec<_> = whole.into_iter().chain(with(ChangeFinding::Regression)).collect();
    bounded(Weight::Error, "regression", &errors, out)?;
    bounded(Weight::Warning, "suspected regression", &with(ChangeFinding::Suspected).collect::<Vec<_>>(), out)?;
    out.flush()
}

fn latency(change: &LatencyChange) -> Annotation<'static> {
    let [base, head] = words::means(change);
    let (relative, interval) = (words::relative(change.change), words::interval(change));
    Annotation {
        title: words::latency(change), place: None, text: format!("{base} → {head}: {relative} ({interval})")
    }
}

fn share(change: &ShareChange) -> Annotation<'static> {
    let [base, head] = words::shares(change);
    Annotation { title: words::what(change), place: None, text: format!("{base} → {head}") }
}
