//! What people and tools read of a search for the capacity: every format is rendered from its one record.
//!
//! `summary` is for the terminal and `report.txt`, with `plot` in it; `junit`, `github`, `markdown` and `ndjson` are for
//! CI; `progress` is for the time in between.

mod format;
mod github;
mod junit;
mod markdown;
mod ndjson;
mod plot;
mod progress;
mod summary;

pub use progress::line;
pub use summary::{Detail, write_summary};
