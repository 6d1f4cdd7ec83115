//! What records and suites say when they are laid beside each other: pure functions, with no target in reach.

mod diff;
pub mod runs;
pub mod trace;
mod volatile;

pub use diff::diff;
