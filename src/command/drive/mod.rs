//! One target, prepared once, and any number of load plans run against it: what `load` and the commands built on load runs
//! share.
//!
//! [`Choice`] says which target is meant, [`Choice::start`] gives it (and starts the built-in reference), and
//! [`Drive::prepare`] decides whether it may be driven and how. [`Drive::run`] then runs one plan to its end.

mod built_in;
mod cases;
mod choice;
mod destination;
mod evidence;
mod interrupt;
mod judge;
mod permission;
mod prepare;
mod refused;

pub(super) use built_in::BuiltInLimiter;
pub(super) use choice::{Choice, Started, named_api};
pub(super) use evidence::Evidence;
pub(super) use interrupt::stop_on_interrupt;
pub(super) use permission::Peak;
pub(super) use prepare::{Drive, plain};
pub(super) use refused::{Refused, not_run};
