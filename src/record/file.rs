//! A record as a file: written in one pass, read with an error that says what is wrong with it.

use std::fmt;
use std::io::{self, BufWriter, Read, Write};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::capacity::CapacityRecord;
use super::compare::CompareRecord;
use super::limit::LimitRecord;
use super::load::LoadRecord;
use super::{AuditRecord, CheckRecord, VERSION, audit, capacity, compare, limit, load};

/// How a record is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Indented, for people.
    Pretty,
    /// On one line.
    Compact,
}

/// Writes a record without building its text in memory.
///
/// # Errors
/// Those of the writer.
pub fn write_check(record: &CheckRecord, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    match layout {
        Layout::Pretty => serde_json::to_writer_pretty(&mut out, record)?,
        Layout::Compact => serde_json::to_writer(&mut out, record)?,
    }
    out.write_all(b"\n")?;
    out.flush()
}

/// Why a file is no record that can be read.
#[derive(Debug)]
pub enum ReadError {
    /// It cannot be read at all.
    Io(io::Error),
    /// It is no JSON.
    Json(serde_json::Error),
    /// It is JSON, but no record of the wanted kind.
    NoRecord {
        /// The command whose record is wanted.
        wanted: &'static str,
        /// What it is a record of, if of anything.
        found: Option<String>,
    },
    /// It is a record of another version than the one that is read.
    Version {
        /// Its own.
        found: u64,
        /// The one that is read.
        read: u32,
    },
    /// It is a record of this version that does not keep to the format.
    Shape {
        /// The path of the member.
        at: String,
        /// What is wrong there.
        reason: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(formatter, "cannot be read: {error}"),
            Self::Json(error) => write!(formatter, "is no JSON: {error}"),
            Self::NoRecord { wanted, found: Some(kind) } => {
                write!(formatter, "is a record of `{kind}`: a record of `{wanted}` is needed, its `report.json`")
            }
            Self::NoRecord { wanted, found: None } => {
                write!(formatter, "is JSON, but no record: give the `report.json` that `proofhouse {wanted}` wrote")
            }
            Self::Version { found, read } => write!(
                formatter,
                "is a record of version {found}; this proofhouse reads version {read}: use the one that wrote it"
            ),
            Self::Shape { at, reason } => write!(formatter, "is a damaged record: at `{at}`: {reason}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// What is looked at before all else.
#[derive(Deserialize)]
struct Head {
    record: Option<serde_json::Value>,
    version: Option<serde_json::Value>,
}

/// Reads the record of a check.
///
/// # Errors
/// Anything but a whole record of this version.
pub fn read_check(from: &mut dyn Read) -> Result<CheckRecord, ReadError> {
    read(from, "check", VERSION)
}

/// Reads the record of a load run from its `report.json`; its journal says the same, second by second.
///
/// # Errors
/// Anything but a whole record of this version.
pub fn read_load(from: &mut dyn Read) -> Result<LoadRecord, ReadError> {
    read(from, "load", load::VERSION)
}

/// Reads the result of a comparison of load runs.
///
/// # Errors
/// Anything but a whole record of this version.
pub fn read_compare(from: &mut dyn Read) -> Result<CompareRecord, ReadError> {
    read(from, "compare", compare::VERSION)
}

/// Reads the result of a search for the capacity.
///
/// # Errors
/// Anything but a whole record of this version.
pub fn read_capacity(from: &mut dyn Read) -> Result<CapacityRecord, ReadError> {
    read(from, "capacity", capacity::VERSION)
}

/// Reads the record of a measured rate limit.
///
/// # Errors
/// Anything but a whole record of this version.
pub fn read_limit(from: &mut dyn Read) -> Result<LimitRecord, ReadError> {
    read(from, "limit", limit::VERSION)
}

/// Reads the result of an audit.
///
/// # Errors
/// Anything but a whole record of this version.
pub fn read_audit(from: &mut dyn Read) -> Result<AuditRecord, ReadError> {
    read(from, "diff", audit::VERSION)
}

fn read<T: DeserializeOwned>(from: &mut dyn Read, wanted: &'static str, version: u32) -> Result<T, ReadError> {
    let mut text = Vec::new();
    from.read_to_end(&mut text).map_err(ReadError::Io)?;
    let head: Head = match serde_json::from_slice(&text) {
        Ok(head) => head,
        Err(error) if error.is_data() => return Err(ReadError::NoRecord { wanted, found: None }),
        Err(error) => return Err(ReadError::Json(error)),
    };
    match head.record.as_ref().and_then(serde_json::Value::as_str) {
        Some(kind) if kind == wanted => {}
        kind => return Err(ReadError::NoRecord { wanted, found: kind.map(ToOwned::to_owned) }),
    }
    match head.version.as_ref().and_then(serde_json::Value::as_u64) {
        Some(found) if found == u64::from(version) => {}
        Some(found) => return Err(ReadError::Version { found, read: version }),
        None => return Err(ReadError::Shape { at: "version".into(), reason: "it is missing or no number".into() }),
    }
    let mut reader = serde_json::Deserializer::from_slice(&text);
    serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| ReadError::Shape { at: error.path().to_string(), reason: error.inner().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    fn error(text: &str) -> String {
        read_check(&mut text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_was_written_is_read_again() {
        let record = sample::record();
        for layout in [Layout::Pretty, Layout::Compact] {
            let mut text = Vec::new();
            write_check(&record, layout, &mut text).unwrap();
            assert_eq!(read_check(&mut text.as_slice()).unwrap(), record);
        }
    }

    #[test]
    fn what_is_no_record_is_told_apart() {
        assert!(error("<html>").starts_with("is no JSON"));
        assert!(error("[]").starts_with("is JSON, but no record"));
        assert!(error("{\"a\":1}").starts_with("is JSON, but no record"));
        assert!(error("{\"record\":\"load\",\"version\":1}").starts_with("is a record of `load`"));
        assert!(error("{\"record\":\"check\",\"version\":7}").contains("version 7"));
        assert!(error("{\"record\":\"check\",\"version\":1,\"apis\":3}").contains("at `apis`"));
        let check = read_load(&mut "{\"record\":\"check\",\"version\":1}".as_bytes()).unwrap_err().to_string();
        assert!(check.starts_with("is a record of `check`: a record of `load` is needed"), "{check}");
    }
}
