//! What people and other tools read: every format is rendered from the one record.
//!
//! `format` names the formats and says what a kind of record gives to be written in them; `check`, `load` and their
//! siblings give it. `failure`, `cause`, `curl` and `diff` say things once for all formats; each other file is one format.
//! Nothing here decides anything: verdicts and the exit code stand in the record.

mod annotation;
pub mod audit;
pub mod capacity;
mod cause;
mod chart;
mod check;
pub mod compare;
mod curl;
mod diff;
mod directory;
mod failure;
mod format;
mod github;
#[cfg(test)]
mod golden;
mod html;
mod index;
mod junit;
pub mod limit;
mod lines;
pub mod load;
mod markdown;
mod ndjson;
pub mod terminal;
mod text;

pub(crate) use cause::remedy;
pub use directory::{DEFAULT_ROOT, DirectoryError, ReportDirectory};
pub use format::{Format, Rendered, UnknownFormat, Writer};
