//! Are the runs of one side slower than those of another? Load records compared, a run at a time as the unit.
//!
//! `run` makes of each record the values that are compared, `alike` refuses what cannot be; `evidence` is the statistics,
//! `verdict` what follows from them, `latency` and `share` apply both to percentiles and to counts; `judge` puts the record
//! together.

mod alike;
mod evidence;
mod judge;
mod latency;
mod run;
#[cfg(test)]
mod sample;
mod share;
#[cfg(test)]
mod simulation;
mod verdict;

pub use alike::{Refusal, check};
pub use judge::{Arrangement, compare};
pub use run::LoadRun;
