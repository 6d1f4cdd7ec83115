//! What people and tools read of a load run: every format is rendered from its one record.
//!
//! `summary` is for the terminal and `report.txt`, `junit`, `github`, `markdown` and `ndjson` are for CI, `live` is for the
//! time in between, with `spread` as its histogram; `example` shows one deviation, `figure` writes durations and counts.

pub(in crate::report) mod example;
pub(in crate::report) mod figure;
mod format;
mod github;
mod junit;
mod live;
mod markdown;
mod ndjson;
mod spread;
pub(in crate::report) mod summary;
pub(in crate::report) mod table;

pub use live::{Live, line};
pub use spread::Spread;
pub use summary::{Detail, write_summary};
