//! What people and other tools read: every format is rendered from the one record.
//!
//! `failure`, `cause`, `curl` and `diff` say things once for all formats; each other file is one format. Nothing here
//! decides anything: verdicts and the exit code stand in the record.

mod cause;
mod curl;
mod diff;
mod failure;
mod format;
mod junit;
pub mod terminal;
mod text;

pub use format::{Format, UnknownFormat, write};
