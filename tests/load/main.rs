//! Load from outside: the engine by its public interface, and the built binary on real sockets.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../built_binary/mod.rs"]
mod built_binary;
mod cli;
mod ending;
mod engine;
mod input;
mod misbehaviour;
mod process;
mod records;
mod replay;
mod selftest;
mod server;
mod setup;
mod tls;
