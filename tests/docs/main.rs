//! What the documentation says is true: references are generated from the code (`UPDATE_GOLDEN=1` writes them again),
//! commands that it shows are understood and do what it says, links lead somewhere, CI files are what their readers expect.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../built_binary/mod.rs"]
mod built_binary;
mod ci_files;
mod commands;
mod committed;
mod exit_codes;
mod links;
mod schemas;
mod shown;
