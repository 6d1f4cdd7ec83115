//! `proofhouse check` from outside: the built binary, real sockets, exit codes and what people read.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
#[path = "../built_binary/mod.rs"]
mod built_binary;
mod cli;
mod input;
mod known;
mod verdicts;
