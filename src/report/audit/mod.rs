//! How an audit of two implementations is shown: by requirement, those that bind furthest first.
//!
//! `words` says things once for all formats; each other file is one of them.

mod format;
mod github;
mod junit;
mod markdown;
mod ndjson;
mod terminal;
pub(super) mod words;

pub use terminal::write_audit;
