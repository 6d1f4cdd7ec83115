//! Rate limiters as laws: what they admit is a pure function of the instants at which requests come and finish.
//!
//! A [`Law`] is data with a text form; a [`Limiter`] is one at work. Nothing here reads a clock or sleeps, so every
//! law is tested in virtual time. Sound laws and broken ones stand side by side: what measures limiters needs both.

mod broken;
mod bucket;
mod law;
mod state;
mod window;

pub use law::{Law, LawError, Rate};
pub use state::{Decision, Limiter};
