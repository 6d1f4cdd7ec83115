//! What people and tools read of a comparison of load runs: every format is rendered from its one record.
//!
//! `words` says things once for all formats; each other file is one format.

mod format;
mod github;
mod junit;
mod markdown;
mod ndjson;
mod terminal;
mod words;

pub use terminal::write_comparison;
