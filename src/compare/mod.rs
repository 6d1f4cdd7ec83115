//! Records beside each other: pure functions over what was recorded, with no target in reach.

mod diff;
mod volatile;

pub use diff::diff;
