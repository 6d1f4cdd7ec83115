//! Saved load records by path: a record, its directory, or a directory that holds several.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use crate::command::load::{HISTOGRAMS, JOURNAL};
use crate::compare::runs::LoadRun;
use crate::record::load::{derive, distributions};
use crate::record::{ReadError, journal, read_load};

const REPORT: &str = "report.json";

/// The runs that the paths of one side hold, in the order of the paths and, within a directory, of the names.
///
/// # Errors
/// A path with no load record.
pub(super) fn runs(paths: &[String]) -> Result<Vec<LoadRun>, String> {
    let mut runs = Vec::new();
    for path in paths {
        let path = Path::new(path);
        if path.is_dir() && !holds_record(path) {
            runs.extend(below(path)?);
        } else {
            runs.push(one(path).map_err(|reason| format!("{} {reason}", path.display()))?);
        }
    }
    Ok(runs)
}

fn holds_record(directory: &Path) -> bool {
    directory.join(JOURNAL).is_file() || directory.join(REPORT).is_file()
}

/// The runs in a directory of run directories, and of records that were copied there under names of their own.
fn below(directory: &Path) -> Result<Vec<LoadRun>, String> {
    let fail = |error: io::Error| format!("{} cannot be read: {error}", directory.display());
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(fail)?);
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        // A link, such as that to the latest run, is the same run as another one.
        if (kind.is_dir() && holds_record(&path)) || (kind.is_file() && is_json) {
            entries.push(path);
        }
    }
    entries.sort();
    let mut runs = Vec::new();
    for path in entries {
        match one(&path) {
            Ok(run) => runs.push(run),
            // Runs of other commands lie beside each other in one directory of reports.
            Err(Unread::Report(ReadError::NoRecord { .. })) => {}
            Err(reason) => return Err(format!("{} {reason}", path.display())),
        }
    }
    if runs.is_empty() { Err(format!("{} holds no load record", directory.display())) } else { Ok(runs) }
}

/// Why there is no run at a path.
#[derive(Debug)]
enum Unread {
    Journal(journal::CannotRead),
    Report(ReadError),
}

impl std::fmt::Display for Unread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Journal(error) => write!(formatter, "is no load record: {error}"),
            Self::Report(error) => error.fmt(formatter),
        }
    }
}

/// One run: from its journal and histograms where these are, or from its report alone.
fn one(path: &Path) -> Result<LoadRun, Unread> {
    let source = path.display().to_string();
    let report = if path.is_dir() { path.join(REPORT) } else { path.to_owned() };
    // A report of another name was copied without what lay beside it.
    let own = report.file_name().is_some_and(|name| name == REPORT || name == JOURNAL);
    let beside = report.with_file_name(JOURNAL);
    if own && beside.is_file() {
        let file = File::open(&beside).map_err(|error| Unread::Journal(journal::CannotRead::Io(error)))?;
        let journal = journal::read(BufReader::new(file)).map_err(Unread::Journal)?;
        let log = fs::read(report.with_file_name(HISTOGRAMS)).unwrap_or_default();
        let histograms = distributions(&journal.start, &log);
        return Ok(LoadRun::new(source, derive(&journal, &log), Some(&histograms)));
    }
    let mut file = File::open(&report).map_err(|error| Unread::Report(ReadError::Io(error)))?;
    let record = read_load(&mut file).map_err(Unread::Report)?;
    Ok(LoadRun::new(source, record, None))
}
