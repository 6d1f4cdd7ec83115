//! What the documents leave open, and what the reference makes of it: `NAME=VALUE`, every value conformant.
//!
//! The counterpart of the faults: a suite must stay silent about readings, and may describe them. Like faults they
//! alter the rules as data. The tables stand by api, as the faults' do.

mod nexconn;
#[cfg(test)]
mod noticed;
mod profile;
mod reading;
mod rongcloud;
mod setting;
mod tencent;

pub use reading::{Choice, Reading};
pub use setting::{ReadingError, Readings};
