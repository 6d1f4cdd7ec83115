//! Planted deviations: each breaks one rule of one document, so that a suite can be shown to notice it.
//!
//! A fault alters the rules as data before the first request; no code asks whether there is one. The tables stand by
//! api: `profile` for what RongCloud and Nexconn share, and one for each api's own.

mod fault;
mod nexconn;
#[cfg(test)]
mod noticed;
mod profile;
mod rongcloud;
mod tencent;

pub use fault::{Fault, Pace, UnknownFault};
