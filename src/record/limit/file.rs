//! Reads the record of a measured limit, with an error that says what is wrong with it.

use std::io::Read;

use serde::Deserialize;

use super::{LimitRecord, VERSION};
use crate::record::ReadError;

/// What is looked at before all else.
#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
}

/// Reads a record of which it is known that it is of `limit`.
///
/// # Errors
/// Anything but a whole record of this version.
pub fn read_limit(from: &mut dyn Read) -> Result<LimitRecord, ReadError> {
    let mut text = Vec::new();
    from.read_to_end(&mut text).map_err(ReadError::Io)?;
    let head: Head = serde_json::from_slice(&text).map_err(ReadError::Json)?;
    if let Some(version) = head.version.filter(|version| *version != u64::from(VERSION)) {
        return Err(ReadError::Version(version));
    }
    let mut reader = serde_json::Deserializer::from_slice(&text);
    serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| ReadError::Shape { at: error.path().to_string(), reason: error.inner().to_string() })
}
