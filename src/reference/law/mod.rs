//! A server whose latencies follow a known law, so that what a load engine reports can be compared with the truth.
//!
//! Departures are computed in virtual time from the arrivals: a late wake-up of the server delays one reply by as much and
//! moves nothing behind it. Service times are a seeded permutation of the law's exact quantiles, so that a run of some
//! thousand requests has the law's percentiles and not a sample's.

mod draws;
mod queue;
mod server;
mod service;

pub use draws::Draws;
pub use queue::{Queue, Servers};
pub use server::{Answer, Arrived, LawServer, Served, Settings, fixed_reply};
pub use service::Law;
