//! The report for people at a terminal: what is wrong first, counts after it, the verdict last.

mod block;
mod header;
mod known;
mod progress;
mod results;
pub(super) mod style;
mod summary;

pub use header::{Header, write_header};
pub use progress::Progress;
pub use results::{Detail, View, counts, last_line, write_results};
