//! `proofhouse check` from outside: the built binary, real sockets, exit codes and what people read.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli;
mod input;
mod known;
mod secrets;
mod verdicts;
