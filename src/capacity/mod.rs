//! The search for the highest rate that still meets the thresholds.
//!
//! [`search`] is pure over a function that makes one [`Trial`]; `watch` makes one of a run of the load engine. `climb`,
//! `refine` and `steadiness` are the stages of the search, `edge` and `interval` its statistics, `outcome` what it ends
//! with, `knee` where the latency curve bends.

mod climb;
mod criterion;
mod edge;
mod interval;
mod knee;
mod outcome;
mod refine;
mod search;
#[cfg(test)]
mod simulated;
mod steadiness;
#[cfg(test)]
mod tests;
mod trial;
mod watch;

pub use criterion::{Criterion, LatencyLimit, Thresholds};
pub use outcome::{Capacity, Ceiling, NoNumber, Outcome, Precision, Search, Tried, Unloaded, Verdict};
pub use search::{PRECISION, Settings, Try, search};
pub use trial::{Batch, Purpose, Step, Tally, Trial, Until};
pub use watch::Watch;
