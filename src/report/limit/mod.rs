//! What people and tools read of a measured rate limit: every format is rendered from its one record.
//!
//! `summary` is for the terminal and `report.txt`, with the picture of `plot`; `junit`, `github`, `markdown` and `ndjson` are
//! for CI.

mod format;
mod github;
mod junit;
mod markdown;
mod ndjson;
mod plot;
mod summary;

pub use summary::{Detail, write_summary};
