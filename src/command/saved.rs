//! Saved records of every kind, from a run's directory or one of its files. A load run is derived from its journal, also
//! after a kill.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use super::load::{HISTOGRAMS, JOURNAL};
use crate::record::capacity::CapacityRecord;
use crate::record::compare::CompareRecord;
use crate::record::limit::LimitRecord;
use crate::record::load::{LoadRecord, Start, derive};
use crate::record::{
    AuditRecord, CheckRecord, ReadError, journal, read_audit, read_capacity, read_check, read_compare, read_limit,
    read_load,
};

/// A record, whichever command made it.
pub(super) enum Saved {
    Check(Box<CheckRecord>),
    /// With the head of its journal, where that lies beside it.
    Load(Box<LoadRecord>, Option<Box<Start>>),
    Audit(Box<AuditRecord>),
    Compare(Box<CompareRecord>),
    Capacity(Box<CapacityRecord>),
    Limit(Box<LimitRecord>),
}

/// Reads a directory, a journal or a record.
///
/// # Errors
/// What is wrong with the file, with its name.
pub(super) fn read(path: &Path) -> Result<Saved, String> {
    let journal = if path.is_dir() { path.join(JOURNAL) } else { path.to_owned() };
    let beside = journal.with_file_name(JOURNAL);
    if journal.file_name().is_some_and(|name| name == JOURNAL) && journal.is_file() {
        return from_journal(&journal);
    }
    let report = if path.is_dir() { path.join("report.json") } else { path.to_owned() };
    let fail = |reason: String| format!("{} {reason}", report.display());
    let text = fs::read(&report).map_err(|error| fail(format!("cannot be read: {error}")))?;
    let from = &mut text.as_slice();
    let (kind, wanted) = match read_check(&mut text.as_slice()) {
        Ok(record) => return Ok(Saved::Check(Box::new(record))),
        Err(ReadError::NoRecord { found: Some(kind), wanted }) => (kind, wanted),
        Err(error) => return Err(fail(error.to_string())),
    };
    let read = match kind.as_str() {
        // The journal says more than the report that was made of it.
        "load" if beside.is_file() => return from_journal(&beside),
        "load" => read_load(from).map(|record| Saved::Load(Box::new(record), None)),
        "diff" => read_audit(from).map(|record| Saved::Audit(Box::new(record))),
        "compare" => read_compare(from).map(|record| Saved::Compare(Box::new(record))),
        "capacity" => read_capacity(from).map(|record| Saved::Capacity(Box::new(record))),
        "limit" => read_limit(from).map(|record| Saved::Limit(Box::new(record))),
        _ => Err(ReadError::NoRecord { found: Some(kind), wanted }),
    };
    read.map_err(|error| fail(error.to_string()))
}

fn from_journal(path: &Path) -> Result<Saved, String> {
    let fail = |reason: String| format!("{}: {reason}", path.display());
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    let journal = journal::read(BufReader::new(file)).map_err(|error| fail(error.to_string()))?;
    // Without it only percentiles are missing, and only of a run that was killed.
    let log = fs::read(path.with_file_name(HISTOGRAMS)).unwrap_or_default();
    Ok(Saved::Load(Box::new(derive(&journal, &log)), Some(Box::new(journal.start))))
}
