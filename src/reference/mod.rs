//! The reference implementation: one server that speaks all three documented APIs as strictly as their documents do.
//!
//! Its rules are its own constants, each with its place in a document, and never those of an api description: a number
//! that both took from one file could be wrong in both unseen. Where the documents are silent it does what real
//! clients need; each such choice is one of its [`Readings`]. A [`Fault`] makes it break one rule on purpose, which is
//! how a suite is proved to notice. Rules are data, readings and faults alter them before the first request, and the
//! code that applies them knows of neither.
//!
//! What was written is kept in memory, sharded by user, and gone when the server stops. Nothing waits for a lock that
//! all requests share, except, when a limiter is asked for, that limiter's own.
//!
//! It is for tests: never give it real credentials on an open network.

mod answer;
mod api;
#[cfg(test)]
mod bench;
mod credentials;
mod faults;
mod form;
mod gate;
mod json;
pub mod law;
mod length;
pub mod limiter;
mod nexconn;
mod options;
mod profile;
mod readings;
mod rongcloud;
mod row;
mod server;
mod service;
mod store;
mod tencent;
mod tls;
mod workers;
mod write;

pub use api::{Api, UnknownApi};
pub use credentials::Credentials;
pub use faults::{Fault, Pace, UnknownFault};
pub use options::Options;
pub use readings::{Choice, Reading, ReadingError, Readings};
pub use server::{Running, StartError, start};
pub use tls::Tls;
