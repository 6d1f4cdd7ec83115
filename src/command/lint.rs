//! `proofhouse lint`: every mistake in scenario files, and nothing else.

use std::path::PathBuf;

use crate::scenario::{Suite, SuiteError};

/// Reads a suite: the embedded one, or the one in these paths.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_suite(paths: &[PathBuf]) -> Result<Suite, SuiteError> {
    if paths.is_empty() { Suite::embedded() } else { Suite::from_paths(paths) }
}
