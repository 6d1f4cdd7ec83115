//! Every format of every kind of run, written about a server that is out to break it: each is read by a parser that is
//! none of ours, and none holds what authorises calls.
//!
//! A further kind of run is one more row in `kinds`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod annotations;
#[path = "../built_binary/mod.rs"]
mod built_binary;
mod encodings;
mod hostile;
mod json;
mod junit;
mod kinds;
mod markdown;
mod secrets;
mod text;
