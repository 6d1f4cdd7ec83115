//! What the documents leave open, and what a target chose: every characteristic is proved by configurations of the
//! reference that differ in it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod open_points;
mod run;
mod searched;
